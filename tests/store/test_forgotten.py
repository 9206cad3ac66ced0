"""The second memory of who wants none of us, beside the book."""

import stat
from pathlib import Path

import pytest

import made
import postgres
from campaignbot.model import errors
from campaignbot.model.reply import Note
from campaignbot.store import erasing, forgotten, inbox, joining, journal, seal
from campaignbot.store.database import Database

KEY = b"k" * 32
PUBLIC, _ = seal.new_key()
CAMPAIGN = made.campaign(recipients=(PUBLIC,))
ANN, BEN = b"a" * 32, b"b" * 32


@pytest.fixture
def db(opened: postgres.Opened) -> Database:
    db = opened("people")
    with db.write() as c:
        for person in (ANN, BEN):
            note = Note(city="London", party_size=None, language="en", platform="x", answer_to=None, at=made.NOON)
            assert joining.join(c, person, note, campaign=CAMPAIGN, key=KEY)
    return db


def test_what_the_book_has_forgotten_is_written_beside_it_once(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "people.gone"
    assert forgotten.agree(db, path, key=KEY, now=made.NOON) == 0
    assert not path.exists()
    with db.write() as c:
        inbox.leave(c, ANN, key=KEY, now=made.NOON)
    for _ in range(2):
        assert forgotten.agree(db, path, key=KEY, now=made.NOON) == 0
    assert path.read_text().split() == [ANN.hex()]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_book_that_does_not_know_it_forgets_again(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "people.gone"
    path.write_text(f"{ANN.hex()}\n{BEN.hex()[:20]}")  # the second line broke off
    assert [forgotten.agree(db, path, key=KEY, now=made.NOON) for _ in range(2)] == [1, 0]
    with db.write() as c:
        assert (inbox.left(c, [ANN, BEN]), inbox.joined(c), erasing.owed(c) > 0) == ({ANN}, {"London": 1}, True)
        (entry,) = journal.entries(c, journal.PEOPLE)
        assert entry.entry == {"what": "forgotten again", "by": "daemon", "names": 1}
        inbox.leave(c, BEN, key=KEY, now=made.NOON)
    forgotten.agree(db, path, key=KEY, now=made.NOON)
    assert path.read_text().split() == [ANN.hex(), BEN.hex()[:20], BEN.hex()]


def test_a_file_that_is_none_is_said_in_words(db: Database, tmp_path: Path) -> None:
    with pytest.raises(errors.UserError, match="cannot be read"):
        forgotten.agree(db, tmp_path, key=KEY, now=made.NOON)
    with db.write() as c:
        inbox.leave(c, ANN, key=KEY, now=made.NOON)
    with pytest.raises(errors.UserError, match="cannot be written"):
        forgotten.agree(db, tmp_path / "no" / "people.gone", key=KEY, now=made.NOON)
