"""A database opens, migrates, keeps to itself, and says in plain words what is wrong."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import made
import postgres
from campaignbot.model import errors
from campaignbot.store import database, files, ledger, schema


def url(path: Path) -> str:
    return f"sqlite:///{path}/ledger.db"


def refused(path: Path) -> str:
    with pytest.raises(errors.UserError) as found:
        database.open(url(path), kind="ledger").close()
    return found.value.message


def test_migrations_make_exactly_the_tables(tmp_path: Path) -> None:
    db = database.open(url(tmp_path), kind="ledger")
    with db.read() as c:
        context = MigrationContext.configure(c, opts={"version_table": "ledger_version"})
        assert compare_metadata(context, schema.metadata) == []
    db.close()


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    wide = tmp_path / "ledger.db"
    wide.touch(mode=0o644)
    db = database.open(url(tmp_path), kind="ledger")
    with db.write() as c:
        ledger.see(c, ["a"], made.NOON)
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {
        "ledger.db": 0o600,
        "ledger.db-wal": 0o600,
        "ledger.db-shm": 0o600,
    }
    db.close()


def test_what_is_promised_of_the_disk(tmp_path: Path) -> None:
    db = database.open(url(tmp_path), kind="ledger")
    with db.read() as c:
        assert [
            c.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
        ] == ["wal", 2, 1]
    db.close()


def test_opening_a_current_database_is_light(tmp_path: Path) -> None:
    database.open(url(tmp_path), kind="ledger").close()
    code = (
        "import sys; from campaignbot.store import database; "
        f"database.open({url(tmp_path)!r}, kind='ledger').close(); "
        "print([name for name in ('alembic', 'mako', 'sqlalchemy.orm') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_write_is_all_or_nothing(tmp_path: Path) -> None:
    db = database.open(url(tmp_path), kind="ledger")

    def fails() -> None:
        with db.write() as c:
            ledger.see(c, ["a"], made.NOON)
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    with db.read() as c:
        assert ledger.seen(c) == {}
    db.close()


@pytest.mark.parametrize("where", ["disk", "memory"])
def test_threads_share_one_database(tmp_path: Path, where: str) -> None:
    db = database.memory(kind="ledger") if where == "memory" else database.open(url(tmp_path), kind="ledger")

    def write(name: int) -> None:
        for n in range(20):
            with db.write() as c:
                ledger.see(c, [f"{name}/{n}"], made.NOON)
            with db.read() as c:
                assert ledger.seen(c, [f"{name}/{n}"]) == {f"{name}/{n}": made.NOON}

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.read() as c:
        assert len(ledger.seen(c)) == 80
    db.close()


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    db = database.open(url(tmp_path), kind="ledger")
    with db.write() as c:
        c.exec_driver_sql("UPDATE ledger_version SET version_num = '9999'")
    db.close()
    assert refused(tmp_path) == (
        f"{tmp_path}/ledger.db was written by a newer campaignbot; install that version, or put back an older copy"
    )


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("dear diary, " * 100)
    assert refused(tmp_path) == (
        f"{tmp_path}/ledger.db is not a database; end every campaignbot that uses it, move it away with the -wal and "
        "-shm files beside it, and copy your latest copy there; what was due meanwhile waits until the accounts have "
        "been read. Without a copy, look at the accounts first"
    )


def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    assert refused(tmp_path) == (
        f"{tmp_path}/ledger.db cannot be opened (Is a directory); "
        "make the file and its folder readable and writable for this user"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert "Permission denied" in refused(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_a_lock_that_another_program_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    db = database.open(url(tmp_path), kind="ledger")
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(errors.UserError, match="is kept locked by another program"), db.write() as c:
        ledger.see(c, ["a"], made.NOON)
    other.execute("ROLLBACK")
    other.close()
    db.close()


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        f"23 22 0:40 / {tmp_path} rw,relatime shared:2 - nfs4 server:/home rw\n"
    )
    monkeypatch.setattr(files, "MOUNTS", mounts)
    assert refused(tmp_path) == (
        f"{tmp_path}/ledger.db lies on a network file system (nfs4); keep the state folder on a local disk"
    )
    monkeypatch.setattr(files, "MOUNTS", tmp_path / "no such file")
    database.open(url(tmp_path), kind="ledger").close()


def test_other_addresses_are_refused() -> None:
    with pytest.raises(errors.UserError, match="must begin with sqlite:/// or postgresql://"):
        database.open("mysql://localhost/x", kind="ledger")


def test_a_bug_is_no_users_fault(tmp_path: Path) -> None:
    db = database.open(url(tmp_path), kind="ledger")
    with pytest.raises(Exception, match="no such table") as found, db.read() as c:
        c.exec_driver_sql("SELECT * FROM nowhere")
    assert not isinstance(found.value, errors.UserError)
    db.close()


def test_to_look_is_never_to_write(tmp_path: Path) -> None:
    db = database.open(url(tmp_path), kind="ledger")
    with db.write() as c:
        ledger.see(c, ["a"], made.NOON)
    db.close()
    before = (tmp_path / "ledger.db").read_bytes()

    looking = database.look(url(tmp_path), kind="ledger")
    with looking.read() as c:
        assert ledger.seen(c) == {"a": made.NOON}
    with pytest.raises(errors.UserError), looking.write() as c:
        ledger.see(c, ["b"], made.NOON)
    looking.close()

    assert (tmp_path / "ledger.db").read_bytes() == before


def test_to_look_is_not_to_tidy_up_after_a_daemon_that_was_killed(tmp_path: Path) -> None:
    here, copy = tmp_path / "here", tmp_path / "a 100% copy?"
    db = database.open(f"sqlite:///{here}/ledger.db", kind="ledger")
    with db.write() as c:
        ledger.see(c, ["a"], made.NOON)
    shutil.copytree(here, copy)  # what a kill leaves: the last commits beside the file, not yet in it
    db.close()
    before = {name: (copy / name).read_bytes() for name in ("ledger.db", "ledger.db-wal")}

    looking = database.look(f"sqlite:///{copy}/ledger.db", kind="ledger")
    with looking.read() as c:
        assert ledger.seen(c) == {"a": made.NOON}
    looking.close()

    assert {name: (copy / name).read_bytes() for name in before} == before


def test_to_look_at_a_ledger_of_another_version_is_refused(tmp_path: Path) -> None:
    database.open(url(tmp_path), kind="ledger").close()
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("UPDATE ledger_version SET version_num = '0000'")
    raw.close()

    with pytest.raises(errors.UserError) as found:
        database.look(url(tmp_path), kind="ledger")

    assert found.value.message == (
        f"{tmp_path}/ledger.db is of another version of campaignbot; `campaignbot status` brings it up to date"
    )


def test_what_a_server_commits_is_on_the_disk_whatever_its_own_setting(server: postgres.Server) -> None:
    url = server.empty()
    with psycopg.connect(url, autocommit=True) as c:
        c.execute(f"ALTER DATABASE campaign{server.made} SET synchronous_commit = off")
    with psycopg.connect(url) as c:
        assert c.execute("SHOW synchronous_commit").fetchall() == [("off",)]
    db = database.open(url, kind="ledger")
    with db.write() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    db.close()
