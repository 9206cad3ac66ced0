"""The lock beside a ledger: one process at a time sends from it. The kernel frees it at death."""

import contextlib
import fcntl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from campaignbot.model import errors


@contextlib.contextmanager
def alone(path: Path, *, owner: str, now: datetime) -> Iterator[None]:
    """Hold the lock. UserError where another holds it, and names that one; or where the file cannot be opened."""
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
            raise errors.UserError(
                f"another campaignbot already runs on {path.parent} ({_holder(lock)}); "
                "stop that one first, or give this one a campaign folder of its own"
            ) from None
        with contextlib.suppress(OSError):  # on a full disk the lock holds all the same, without a name in it
            lock.truncate(0)
            lock.write(f"{owner} since {now:%Y-%m-%dT%H:%M:%SZ}\n".encode())
        yield


def _holder(lock: IO[bytes]) -> str:
    lock.seek(0)
    return lock.read().decode().strip() or "it has not said who it is"
