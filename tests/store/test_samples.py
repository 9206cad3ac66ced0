"""What is set aside for a look: sealed, found again by its person alone, and gone in time."""

from dataclasses import replace
from datetime import timedelta

import pytest

import made
import postgres
from campaignbot.model import errors
from campaignbot.model.reply import Intent, Reading, Reply
from campaignbot.store import erasing, inbox, people, samples, seal
from campaignbot.store.database import Database
from campaignbot.store.inbox import Waiting

KEY = b"k" * 32
PUBLIC, IDENTITY = seal.new_key()
READING = Reading(
    intent=Intent.SUPPORT,
    city=None,
    party_size=None,
    language="en",
    confidence=0.95,
    needs_review=False,
    why="support: thank you",
)
REPLY = Reply(
    account="x-london",
    platform="x",
    id="1",
    author="ann",
    handle="@ann",
    text="thank you \ud800\0 zebrafinch",
    at=made.NOON,
    root=None,
    city="London",
)


@pytest.fixture
def db(opened: postgres.Opened) -> Database:
    return opened("people")


def keep(db: Database, *who: bytes, after: timedelta = timedelta()) -> None:
    with db.write() as c:
        for person in who:
            samples.keep(c, person, REPLY, READING, alias=b"@" + person, recipients=[PUBLIC], now=made.NOON + after)


def test_who_has_the_key_reads_what_was_set_aside_and_takes_it_once(db: Database) -> None:
    keep(db, b"ann", b"ben")
    one = Waiting(
        id=0,
        account="x-london",
        platform="x",
        city="London",
        text=REPLY.text,
        reading=READING,
        at=made.NOON,
        answer_to="@ann",
        pseudonym=b"ann",
        alias=b"@ann",
        filed=True,
    )
    with db.write() as c:
        first, second = samples.opened(c, [IDENTITY])
        assert (first, second.pseudonym, samples.number(c)) == (replace(one, id=first.id), b"ben", 2)
        assert samples.opened(c, [seal.new_key()[1]]) == []
        assert samples.take(c, first.id, [seal.new_key()[1]]) is None
        assert samples.take(c, first.id, [IDENTITY]) == first
        assert samples.take(c, first.id, [IDENTITY]) is None
        assert samples.number(c) == 1
        samples.drop(c)
        assert samples.number(c) == 0
    assert "zebrafinch" not in repr(first)


def test_a_withdrawal_and_an_opt_out_delete_it(db: Database) -> None:
    keep(db, b"ann", b"ben", b"cleo", b"ann")
    with db.write() as c:
        assert inbox.withdraw(c, b"ann", key=KEY)
        inbox.leave(c, b"ben", key=KEY, now=made.NOON)
        assert [one.pseudonym for one in samples.opened(c, [IDENTITY])] == [b"cleo"]


def test_who_is_forgotten_by_their_handle_alone_leaves_nothing_to_look_at(db: Database) -> None:
    keep(db, b"ann", b"ben")
    with db.write() as c:
        assert inbox.forget(c, [b"@ann"], key=KEY, now=made.NOON) == (0, 0, 0)
        assert [one.pseudonym for one in samples.opened(c, [IDENTITY])] == [b"ben"]
        assert erasing.owed(c) > 0


def test_it_goes_by_the_hour_in_which_it_was_read(db: Database) -> None:
    keep(db, b"ann", after=timedelta(minutes=59, seconds=59))
    keep(db, b"ben", after=timedelta(minutes=60))
    with db.write() as c:
        assert [row.hour for row in c.execute(people.samples.select().order_by(people.samples.c.id))] == [
            made.NOON,
            made.NOON + timedelta(hours=1),
        ]
        assert erasing.drop_waiting(c, before=made.NOON + timedelta(minutes=1)) == 1
        assert [one.pseudonym for one in samples.opened(c, [IDENTITY])] == [b"ben"]


def test_a_file_without_a_key_is_refused(db: Database) -> None:
    keep(db, b"ann")
    with db.read() as c, pytest.raises(errors.UserError, match="no private key"):
        samples.opened(c, ["# nothing"])
