from collections.abc import Iterator
from contextlib import ExitStack

import pytest

import postgres
from campaignbot.store import database


@pytest.fixture(params=["memory", "postgres"])
def opened(request: pytest.FixtureRequest) -> Iterator[postgres.Opened]:
    """Opens an empty database of one kind; every test runs on either of the two that there are."""
    with ExitStack() as stack:

        def open_(kind: database.Kind) -> database.Database:
            if request.param == "memory":
                db = database.memory(kind=kind)
            else:
                db = database.open(request.getfixturevalue("server").clean(), kind=kind)
            stack.callback(db.close)
            return db

        yield open_
