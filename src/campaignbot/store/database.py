"""One database: how it is opened, read and written, and what its refusals mean to a person."""

import contextlib
import importlib
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    MetaData,
    StaticPool,
    column,
    create_engine,
    event,
    inspect,
    select,
    table,
)
from sqlalchemy.engine import make_url

from campaignbot.model import errors
from campaignbot.store import files, statements

Kind = Literal["ledger", "people"]

MIGRATIONS = Path(__file__).parent / "migrations"
#: Where each kind's tables are written down; imported on first use: a worker that only sends needs no table of people.
TABLES: dict[Kind, str] = {"ledger": "campaignbot.store.schema", "people": "campaignbot.store.people"}
SQLITE = "sqlite:///"
BUSY_SECONDS = 15
FROZEN_SECONDS = 10
PAGE_BYTES = 8192
CACHE_KIB = 8192
NO_POSTGRES = "Postgres needs more packages: pip install 'campaignbot[postgres]'"

__all__ = ["Connection", "Database", "Kind", "look", "memory", "open"]


class Database:
    """An open database. Reads see one moment; a write is one transaction, alone, on the disk when the block ends."""

    def __init__(self, engine: Engine, *, where: str, shared: bool = False) -> None:
        self.engine = engine
        self.where = where  #: the file or the server, for a person
        self.alone = engine.dialect.name == "sqlite"  #: whether one machine's one process is all that writes here
        self._begins = self.alone  #: Postgres's driver begins by itself
        # what the lock is to Postgres, IMMEDIATE is to SQLite
        self._opening = "BEGIN IMMEDIATE" if self.alone else "SELECT pg_advisory_xact_lock(4611)"
        self._beside = self._opening if self.alone else "SELECT pg_advisory_xact_lock_shared(4611)"
        self._writing = threading.RLock()
        self._reading: contextlib.AbstractContextManager[object] = self._writing if shared else contextlib.nullcontext()

    @contextlib.contextmanager
    def write(self, *, beside: bool = False) -> Iterator[Connection]:
        """One transaction that nobody else writes beside; or nobody but other processes that say `beside` too: who does
        writes only what is its own by a lease. UserError where the disk or the file will not have it: then nothing of
        it was recorded."""
        with self._writing, files.in_words(self.where), self.engine.connect() as connection, connection.begin():
            statements.tell(connection, self._beside if beside else self._opening)
            yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing is written. UserError where the file cannot be read."""
        with self._reading, files.in_words(self.where), self.engine.connect() as connection:
            if self._begins:
                statements.tell(connection, "BEGIN")
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def open(url: str, *, kind: Kind) -> Database:
    """Open a database, made or migrated first where needed. Files are 0600, in WAL with FULL synchronisation.

    UserError: it cannot be read or written, the disk is full, it lies on a network file system, it is no database,
    or a newer campaignbot made it.
    """
    database = _made(url, kind, looking=False)
    try:
        _bring_up(database, kind)
    except BaseException:
        database.close()
        raise
    return database


def look(url: str, *, kind: Kind) -> Database:
    """Open a database that is there, only to read it: nothing is made, migrated or written, and a write is refused.

    UserError as for `open`, and where another version of campaignbot made it.
    """
    database = _made(url, kind, looking=True)
    try:
        with database.read() as c:
            if _version(c, kind) != _revisions(kind)[-1]:
                raise errors.UserError(
                    f"{database.where} is of another version of campaignbot; `campaignbot status` brings it up to date"
                )
    except BaseException:
        database.close()
        raise
    return database


def _made(url: str, kind: Kind, *, looking: bool) -> Database:
    if url.startswith(SQLITE):
        path = Path(url.removeprefix(SQLITE)).absolute()  # as it stands: a folder's name may hold a question mark
        if looking:
            files.refuse_remote(path)
            how: dict[str, Any] = {"creator": lambda: files.only_read(path, busy_seconds=BUSY_SECONDS)}
        else:
            files.prepare(path)
            how = {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
        address = URL.create("sqlite", database=str(path))
        engine = create_engine(address, hide_parameters=True, **how)  # an error must not show anyone's words
        _tune(engine, kind, wal=not looking)
        return Database(engine, where=str(path))
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        # both kinds live at one address, each in its schema
        # who only looks sees one moment, however many statements that takes; a writer is alone anyway
        one_moment = " -c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"
        read_only = one_moment if looking else ""
        # a process that was frozen inside a transaction holds everybody up: the server ends it, and nothing of it holds
        frozen = f" -c idle_in_transaction_session_timeout={FROZEN_SECONDS}s"
        # whatever the server's own setting: an intent that a power cut forgets is a post sent twice
        kept = " -c synchronous_commit=on"
        try:
            engine = create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                hide_parameters=True,
                pool_pre_ping=True,  # a server that was restarted costs nobody a turn
                connect_args={"options": f"-c search_path={kind}{frozen}{kept}{read_only}"},
            )
        except ImportError:
            raise errors.UserError(NO_POSTGRES) from None
        return Database(engine, where=f"the database on {parsed.host}")
    raise errors.UserError("CAMPAIGNBOT_DATABASE_URL must begin with sqlite:/// or postgresql://")


def memory(*, kind: Kind) -> Database:
    """A database of this process alone, gone when it is closed. Every thread sees the same one."""
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, hide_parameters=True, connect_args={"check_same_thread": False}
    )
    _tune(engine, kind, wal=False)
    database = Database(engine, where="memory", shared=True)
    tables: MetaData = importlib.import_module(TABLES[kind]).metadata
    with database.write() as c:
        tables.create_all(c)
    return database


def _tune(engine: Engine, kind: Kind, *, wal: bool) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: files.SQLite, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: a listener would be asked at every statement
        if wal:
            # of a new file only. Twice the usual: half as many writes where a campaign comes in by the ten thousand
            connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode=WAL")
        # a turn of a burst touches more pages than the usual 2 MiB hold, and would read them anew each time
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        connection.execute("PRAGMA synchronous=FULL")  # an intent that a power cut forgets is a post sent twice
        connection.execute("PRAGMA foreign_keys=ON")
        if kind == "people":
            connection.execute("PRAGMA secure_delete=ON")


def _bring_up(database: Database, kind: Kind) -> None:
    known = _revisions(kind)
    if not database.alone:
        with database.write() as c:
            c.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {kind}")
    with database.read() as c:
        version = _version(c, kind)
    if version == known[-1]:
        return
    with database.write() as c:
        version = _version(c, kind)  # another process may have been faster
        if version is not None and version not in known:
            raise errors.UserError(
                f"{database.where} was written by a newer campaignbot; install that version, or put back an older copy"
            )
        if version != known[-1]:
            _migrate(c, kind)


def _revisions(kind: Kind) -> list[str]:
    found = (re.search(r"\d{4}", path.name) for path in (MIGRATIONS / kind).glob("*.py"))
    return sorted(match.group() for match in found if match)


def _version(c: Connection, kind: Kind) -> str | None:
    name = f"{kind}_version"
    if not inspect(c).has_table(name):
        return None
    version: str | None = c.scalar(select(column("version_num")).select_from(table(name)))
    return version


def _migrate(c: Connection, kind: Kind) -> None:
    from alembic import command  # noqa: PLC0415 - 20 MiB that a current database never needs: start and idle are budgeted
    from alembic.config import Config  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("path_separator", "newline")  # a path may hold any other separator
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("version_locations", str(MIGRATIONS / kind).replace("%", "%%"))
    config.attributes.update(connection=c, kind=kind)
    command.upgrade(config, "head")
