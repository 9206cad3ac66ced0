"""A second memory of who wants none of us, in a file of its own beside the key of the hashes: an old copy of the book
that is put back does not know who was forgotten since, and must not bring them back.

It holds keyed hashes alone, a line each, and only grows.
"""

import os
import re
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from campaignbot.model import errors
from campaignbot.store import inbox, journal
from campaignbot.store.database import Database
from campaignbot.store.people import gone

_LINE = re.compile(rb"[0-9a-f]{64}")


def agree(people: Database, path: Path, *, key: bytes, now: datetime) -> int:
    """Bring the book and the file in line, each with what only the other one knows; how many the book had still to
    forget. What it deletes is owed to `erasing.scrub`. UserError where the file cannot be read or written."""
    with people.read() as c:
        known = set(c.scalars(select(gone.c.pseudonym)))
    written = _read(path)
    _append(path, known - written)
    lost = sorted(written - known)
    if lost:
        with people.write() as c:
            for person in lost:
                inbox.leave(c, person, key=key, now=now)
            journal.add(
                c, chain=journal.PEOPLE, entry={"what": "forgotten again", "by": "daemon", "names": len(lost)}, now=now
            )
    return len(lost)


def _read(path: Path) -> set[bytes]:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise errors.UserError(f"{path} cannot be read ({error.strerror}); run: chmod 600 {path}") from None
    return {bytes.fromhex(line.decode()) for line in lines if _LINE.fullmatch(line)}


def _append(path: Path, people: set[bytes]) -> None:
    if not people:
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            # on a line of its own even where a crash has left half a line
            file.write(b"".join(b"\n" + person.hex().encode() for person in sorted(people)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise errors.UserError(
            f"{path} cannot be written ({error.strerror}); make room and its folder writable"
        ) from None
