"""The lock of a ledger: one daemon at a time runs on it. The kernel, or Postgres, frees it at death."""

import contextlib
import fcntl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import text

from campaignbot.model import errors
from campaignbot.store import database
from campaignbot.store.ledger import kept

UNSAID = "it has not said who it is"
_DAEMON = 4612  #: the advisory lock of the one daemon


@contextlib.contextmanager
def alone(path: Path, *, owner: str, now: datetime) -> Iterator[None]:
    """Hold the lock. Taken where another holds it, and names that one; UserError where the file cannot be opened."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = path.open("a+b", buffering=0)
    except OSError as error:
        raise errors.UserError(
            f"{path} cannot be opened ({error.strerror}); run campaignbot as the user whose file it is"
        ) from None
    with opened as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise errors.Taken(_taken(path.parent, _holder(lock))) from None
        with contextlib.suppress(OSError):  # on a full disk the lock holds all the same, without a name in it
            lock.truncate(0)
            lock.write(f"{_said(owner, now)}\n".encode())
        yield


@contextlib.contextmanager
def alone_on(db: database.Database, *, owner: str, now: datetime) -> Iterator[None]:
    """Hold the lock of a ledger on a server, whichever machine this is. Taken where another holds it, and names that
    one."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": _DAEMON}):
            with db.read() as c:
                raise errors.Taken(_taken(db.where, kept.read(c, "daemon") or UNSAID))
        with db.write() as c:
            kept.keep(c, "daemon", _said(owner, now))
        yield


def _said(owner: str, now: datetime) -> str:
    return f"{owner} since {now:%Y-%m-%dT%H:%M:%SZ}"


def _taken(where: object, holder: str) -> str:
    return (
        f"another campaignbot already runs on {where} ({holder}); "
        "stop that one first, or give this one a campaign folder of its own"
    )


def _holder(lock: IO[bytes]) -> str:
    lock.seek(0)
    return lock.read().decode().strip() or UNSAID
