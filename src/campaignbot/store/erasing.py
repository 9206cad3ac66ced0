"""Deleting people's rows so that nothing of them is left in the file: what was deleted is owed until the file has been
written anew, so that neither a crash nor a reader that holds on to the old pages lets it be forgotten.

A row deleted is overwritten at once, but not the copies that SQLite left behind when it moved rows between pages, nor
those in the log beside the file.
"""

import sqlite3
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, exc, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from campaignbot.store import files
from campaignbot.store.database import BUSY_SECONDS, Database
from campaignbot.store.people import answers, chains, counts, decisions, heads, joiners, metadata, samples, waiting

_OWED = "owed"
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
#: Milliseconds that the file's other readers are waited for: who waits holds up whoever wants to write.
WAIT = 5_000
_LOOK_AGAIN = 50  #: likewise, between two looks at a server's readers
_LOCKED = "55P03"  #: Postgres: somebody held the table for longer than that
_OLDER = text("""
SELECT EXISTS (SELECT FROM (
    SELECT backend_xmin AS oldest FROM pg_stat_activity
      WHERE pid <> pg_backend_pid() AND coalesce(datname, current_database()) = current_database()
    UNION ALL SELECT xmin FROM pg_replication_slots
  ) AS readers WHERE age(oldest) > age(CAST(CAST(CAST(:now AS text) AS xid8) AS xid)))
""")


def wipe(c: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    """Delete rows of people, and owe their bytes; how many there were."""
    number = c.execute(delete(table).where(*where)).rowcount
    if number:
        owe(c)
    return number


def owe(c: Connection) -> None:
    """Old bytes of people may still stand in the file, once this is committed."""
    insert = postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert
    put = insert(counts).values(name=_OWED, number=1)
    c.execute(put.on_conflict_do_update(index_elements=["name"], set_={"number": counts.c.number + 1}))


def drop_waiting(c: Connection, *, before: datetime) -> int:
    """Delete what was read before this moment and has waited since, for a decision, a look or an answer; how many
    texts there were."""
    wipe(c, answers, answers.c.at < before)
    return wipe(c, waiting, waiting.c.at < before) + wipe(c, samples, samples.c.hour < before)


def drop_joiners(c: Connection) -> int:
    """Delete every joiner, when they may be kept no longer; how many there were. The counts stay: they name nobody."""
    wipe(c, chains)
    return wipe(c, joiners)


def owed(c: Connection) -> int:
    """How many deletions may still have bytes in the file."""
    return c.scalar(select(counts.c.number).where(counts.c.name == _OWED)) or 0


def scrub(people: Database) -> bool:
    """Write the file anew without what was deleted, and empty its log; False where somebody who still reads the old
    pages keeps that from being done: then it is still owed. Nothing to do where nothing is owed.

    On a server the tables are written anew; its log and its copies are beyond our reach.
    """
    with people.read() as c:
        number = owed(c)
    if not number:
        return True
    with files.in_words(people.where):
        done = _file_anew(people) if people.alone else _tables_anew(people)
    if done:
        with people.write() as c:
            c.execute(update(counts).where(counts.c.name == _OWED).values(number=counts.c.number - number))
    return done


def _file_anew(people: Database) -> bool:
    with people.engine.connect() as c:  # outside of a transaction
        c.exec_driver_sql(f"PRAGMA busy_timeout={WAIT}")
        # the new copy is made in memory, not in a file elsewhere
        c.exec_driver_sql("PRAGMA temp_store=MEMORY")
        try:
            c.exec_driver_sql("VACUUM")
            busy: int = c.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
        except exc.OperationalError as error:
            if isinstance(error.orig, sqlite3.Error) and error.orig.sqlite_errorcode & 0xFF in _BUSY:
                return False
            raise
        finally:
            c.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    return not busy


def _tables_anew(people: Database) -> bool:
    """A plain VACUUM would leave the bytes on their page."""
    with people.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.exec_driver_sql(f"SET lock_timeout={WAIT}")
        try:
            if not _nobody_reads_older(c):  # for them the deleted rows would be written anew with the others
                return False
            for table in metadata.sorted_tables:
                if table not in (decisions, heads):
                    c.exec_driver_sql(f"VACUUM (FULL) {table.name}")
        except exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == _LOCKED:  # psycopg's, which may not be installed
                return False
            raise
        finally:
            c.exec_driver_sql("RESET lock_timeout")
    return True


def _nobody_reads_older(c: Connection) -> bool:
    """Whether within the time to wait everybody has ended who sees the database as it was before now, as far as our
    user is told of others."""
    now = c.scalar(text("SELECT CAST(pg_current_xact_id() AS text)"))
    for _ in range(WAIT // _LOOK_AGAIN):
        if not c.scalar(_OLDER, {"now": now}):
            return True
        c.exec_driver_sql(f"SELECT pg_sleep({_LOOK_AGAIN / 1000})")
    return False
