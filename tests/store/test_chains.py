"""The chains of one city, and sealing notes anew."""

from dataclasses import replace

import pytest

import made
import postgres
from campaignbot.model.reply import Note
from campaignbot.store import chains, inbox, joining, seal
from campaignbot.store.database import Database

KEY = b"k" * 32
PUBLIC, IDENTITY = seal.new_key()
CAMPAIGN = made.campaign(
    recipients=(PUBLIC,),
    cities={"london": made.city(), "toronto": made.city(id="toronto", names={"en": "Toronto"})},
)
LONDON = Note(city="London", party_size=None, language="en", platform="x", answer_to="@ann", at=made.NOON)
TORONTO = replace(LONDON, city="Toronto")


@pytest.fixture
def db(opened: postgres.Opened) -> Database:
    return opened("people")


def test_a_city_has_the_chains_of_those_who_come_there_and_of_nobody_else(db: Database) -> None:
    with db.write() as c:
        for person, note in [
            (b"ann", LONDON),
            (b"ben", TORONTO),
            (b"cleo", LONDON),
            (b"cleo", TORONTO),
            (b"dan", LONDON),
        ]:
            assert joining.join(c, person, note, campaign=CAMPAIGN, key=KEY)
        inbox.withdraw(c, b"dan", key=KEY)
        of_london, of_toronto = (chains.of_city(c, city, key=KEY) for city in ("London", "Toronto"))
        assert chains.of_city(c, "Paris", key=KEY) == chains.of_city(c, "London", key=b"q" * 32) == []
    assert [len(chain) for chain in of_london] == [1]
    assert sorted(len(chain) for chain in of_toronto) == [1, 2]
    opened = [[seal.open(note, [IDENTITY]) for note in chain] for chain in of_toronto]
    assert sorted(opened, key=len) == [[TORONTO], [LONDON, TORONTO]]


def test_a_note_that_is_gone_or_was_changed_is_not_renewed(db: Database) -> None:
    with db.write() as c:
        for person in (b"ann", b"ben", b"cleo"):
            joining.join(c, person, LONDON, campaign=CAMPAIGN, key=KEY)
        (one, first), (two, second), (three, third) = chains.notes(c)
        inbox.withdraw(c, b"ben", key=KEY)
        assert chains.renew(c, [(one, first, b"new"), (two, second, b"back"), (three, b"another", b"no")]) == 1
        assert chains.notes(c) == [(one, b"new"), (three, third)]
