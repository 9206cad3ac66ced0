from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import made
from stages.deliver import listed


@pytest.fixture
def room(tmp_path: Path) -> Iterator[listed.Room]:
    """A ledger on disk an hour before noon of the day, started, with the account x-london."""
    room = listed.Room(tmp_path, now=made.NOON - timedelta(hours=1))
    room.recover()
    yield room
    room.db.close()
