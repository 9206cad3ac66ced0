from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import made
from campaignbot.store import database
from stages.deliver import listed


@pytest.fixture(params=["sqlite", "postgres"])
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[listed.Room]:
    """A ledger an hour before noon of the day, started, with the account x-london; on either database."""
    on_disk = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/ledger.db" if on_disk else request.getfixturevalue("server").clean()
    db = database.open(url, kind="ledger")
    room = listed.Room(db, now=made.NOON - timedelta(hours=1))
    room.recover()
    yield room
    db.close()
