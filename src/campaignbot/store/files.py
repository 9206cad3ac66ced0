"""The file under a database: its rights, its place, and its refusals in words for a person."""

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import exc

from campaignbot.model import errors

SQLite = sqlite3.Connection

#: File systems of other machines: their locks and shared memory cannot carry SQLite's WAL.
REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs"})
MOUNTS = Path("/proc/self/mountinfo")

_PUT_BACK = (
    "end every campaignbot that uses it, move it away with the -wal and -shm files beside it, and copy your latest "
    "copy there; what was due meanwhile waits until the accounts have been read. Without a copy, look at the accounts "
    "first"
)
_REFUSALS = (
    ("SQLITE_FULL", "the disk is full at {where}: nothing more was recorded or sent; free some space and start again"),
    ("SQLITE_READONLY", "{where} cannot be written; make the file and its folder writable for this user (chmod u+rw)"),
    ("SQLITE_CANTOPEN", "{where} cannot be opened; make the file and its folder readable and writable for this user"),
    ("SQLITE_PERM", "{where} cannot be opened; make the file and its folder readable and writable for this user"),
    ("SQLITE_NOTADB", f"{{where}} is not a database; {_PUT_BACK}"),
    ("SQLITE_CORRUPT", f"{{where}} is damaged; {_PUT_BACK}"),
    ("SQLITE_BUSY", "{where} is kept locked by another program; end that one and try again"),
    ("SQLITE_LOCKED", "{where} is kept locked by another program; end that one and try again"),
    ("SQLITE_IOERR", "the disk refuses {where}: nothing more was recorded or sent; check the disk and start again"),
)


@contextlib.contextmanager
def in_words(where: str) -> Iterator[None]:
    """Turn a refusal that a person can mend into one UserError; anything else is a bug and rises as it is."""
    try:
        yield
    except exc.DBAPIError as error:
        name = error.orig.sqlite_errorname if isinstance(error.orig, sqlite3.Error) else ""
        for refusal, words in _REFUSALS:
            if name.startswith(refusal):
                raise errors.UserError(words.format(where=where)) from error
        if isinstance(error, exc.OperationalError) and not isinstance(error.orig, sqlite3.Error):
            raise errors.UserError(
                f"{where} does not answer; check that it runs and that the address is right"
            ) from error
        raise


def prepare(path: Path) -> None:
    """Make the file, 0600, before SQLite would make it wider. UserError where that cannot be."""
    refuse_remote(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if stat.S_IMODE(os.fstat(descriptor).st_mode) != 0o600:
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise errors.UserError(
            f"{path} cannot be opened ({error.strerror}); "
            "make the file and its folder readable and writable for this user"
        ) from error


def refuse_remote(path: Path) -> None:
    """UserError where the file lies on another machine."""
    kind = _mounted_as(path)
    if kind in REMOTE:
        raise errors.UserError(f"{path} lies on a network file system ({kind}); keep the state folder on a local disk")


def only_read(path: Path, *, busy_seconds: float) -> SQLite:
    """A connection by which the file cannot change: one opened for writing would tidy up after whoever died, at its
    end."""
    address = f"{path.as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=busy_seconds, check_same_thread=False)


def _mounted_as(path: Path) -> str | None:
    """The kind of file system a path lies on; None where this machine does not say."""
    if not MOUNTS.exists():
        return None
    best, kind = 0, None
    for line in MOUNTS.read_text(encoding="utf-8").splitlines():
        left, _, right = line.partition(" - ")
        mount = left.split()[4].replace("\\040", " ")
        if path.is_relative_to(mount) and len(mount) >= best:  # a later mount covers an earlier one at the same place
            best, kind = len(mount), right.split()[0]
    return kind
