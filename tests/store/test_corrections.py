"""What people decided, kept to teach the model: numbers, a label and a keyed hash."""

from pathlib import Path

import pytest

import made
import postgres
from campaignbot.model.reply import Correction, Intent
from campaignbot.store import corrections, database, erasing, inbox
from campaignbot.store.database import Database

KEY = b"k" * 32
ANN, BEN = b"ann" * 10, b"ben" * 10


@pytest.fixture
def db(opened: postgres.Opened) -> Database:
    return opened("people")


def line(intent: Intent, *, embedder: str = "e 1") -> Correction:
    return Correction(embedder=embedder, vector=(0.5, -0.25, 2.0**-20), intent=intent)


def keep(db: Database, person: bytes, *lines: Correction, alias: bytes | None = None) -> None:
    with db.write() as c:
        for one in lines:
            corrections.keep(c, person, one, alias=alias, key=KEY)


def test_what_was_kept_comes_back_of_the_same_embedder_alone(db: Database) -> None:
    keep(db, ANN, line(Intent.JOIN), line(Intent.JOIN), line(Intent.OTHER, embedder="e 2"))
    with db.read() as c:
        assert corrections.kept(c, embedder="e 1") == [line(Intent.JOIN)] * 2
        assert corrections.kept(c, embedder="e 2") == [line(Intent.OTHER, embedder="e 2")]
        assert corrections.kept(c, embedder="e 3") == []


def test_who_leaves_takes_their_lines_with_them(db: Database) -> None:
    keep(db, ANN, line(Intent.JOIN), line(Intent.OTHER, embedder="e 2"))
    keep(db, BEN, line(Intent.SUPPORT))
    with db.write() as c:
        inbox.leave(c, ANN, key=KEY, now=made.NOON)
    with db.read() as c:
        assert corrections.kept(c, embedder="e 1") == [line(Intent.SUPPORT)]
        assert corrections.kept(c, embedder="e 2") == []


def test_who_is_named_by_their_handle_takes_them_along_too_and_their_bytes_are_owed(db: Database) -> None:
    keep(db, ANN, line(Intent.SUPPORT), alias=b"@ann" * 8)
    keep(db, BEN, line(Intent.JOIN), alias=b"@ben" * 8)
    with db.write() as c:
        inbox.forget(c, [b"@ann" * 8], key=KEY, now=made.NOON)
        assert erasing.owed(c) == 1
        assert corrections.kept(c, embedder="e 1") == [line(Intent.JOIN)]
    assert erasing.scrub(db)


def test_all_are_dropped_and_counted(db: Database) -> None:
    keep(db, ANN, line(Intent.JOIN), line(Intent.OTHER))
    with db.write() as c:
        assert corrections.drop(c) == 2
        assert corrections.drop(c) == 0
        assert erasing.owed(c) == 1


def test_no_line_shows_whose_it_is_or_what_they_meant(tmp_path: Path) -> None:
    """Neither the pseudonym that a chain has, nor anything else that the two tables share."""
    db = database.open(f"sqlite:///{tmp_path}/people.db", kind="people")
    keep(db, ANN, line(Intent.JOIN), alias=BEN)
    db.close()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (ANN in written, BEN in written) == (False, False)
    assert repr(line(Intent.JOIN)) == "Correction(embedder='e 1', intent=<Intent.JOIN: 'join'>)"
