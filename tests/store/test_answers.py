"""Which reply is answered, on a server that several connections write to: once a person, and only until it is over."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from town import until

import made
import postgres
from campaignbot.model.delivery import Hold, Receipt, State
from campaignbot.stages import deliver
from campaignbot.store import answers, database, erasing, inbox, ledger, seal, upstream
from campaignbot.store.answers import Wanted
from campaignbot.store.database import Connection, Database
from stages.deliver.listed import Room

KEY = b"k" * 32
WORDS = "wad/sign_up/london/en-GB/x-london"
ANN, BEN = b"a" * 32, b"b" * 32
LATER = made.NOON + timedelta(seconds=1, microseconds=1)
_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('advisory', 'transactionid')"
Write = Callable[[Connection], object]
Meanwhile = Callable[..., "Future[None]"]


@pytest.fixture
def url(server: postgres.Server) -> str:
    return server.clean()


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    people = database.open(url, kind="people")
    yield people
    people.close()


@pytest.fixture
def other(url: str) -> Iterator[Database]:
    """The same book, by connections of another's."""
    people = database.open(url, kind="people")
    yield people
    people.close()


def handle(who: bytes) -> bytes:
    known = inbox.alias(KEY, platform="x", handle=f"@{who.decode()}", campaign="wad")
    assert known is not None
    return known


def hashed(who: bytes) -> str:
    """How the ledger names the answer to somebody."""
    return seal.keyed(KEY, "answer", who.hex()).hex()


def want(c: Connection, who: bytes, remote: str, *, words: str = WORDS, now: datetime = made.NOON) -> None:
    answers.want(c, who, alias=handle(who), account="x-london", remote=remote, words=words, key=KEY, now=now)


def wanted(who: bytes, remote: str, *, at: datetime = made.NOON) -> Wanted:
    return Wanted(person=hashed(who), words=WORDS, at=at, remote=remote)


def owed(db: Database) -> list[Wanted]:
    with db.read() as c:
        return answers.wanted(c)


def test_it_is_found_by_the_hash_that_the_ledger_knows_and_is_the_first_of_each(db: Database, other: Database) -> None:
    with db.write() as c:
        want(c, BEN, "7", now=LATER)
        want(c, ANN, "8")
    with other.write() as c:
        want(c, ANN, "9", words="wad/asked/london/en-GB/x-london", now=LATER)
    assert owed(other) == [wanted(ANN, "8"), wanted(BEN, "7", at=LATER)]
    with other.read() as c:
        assert [answers.reply(c, person) for person in (hashed(ANN), hashed(BEN), ANN.hex())] == [
            Receipt(id="8", url=None, at=made.NOON),
            Receipt(id="7", url=None, at=LATER),
            None,
        ]


@pytest.mark.parametrize("name", [ANN, handle(ANN)], ids=["author", "handle"])
def test_whoever_has_left_under_either_name_is_owed_none(db: Database, name: bytes) -> None:
    with db.write() as c:
        inbox.leave(c, name, key=KEY, now=made.NOON)
        want(c, ANN, "7")
        want(c, BEN, "8")
    assert owed(db) == [wanted(BEN, "8")]


@pytest.fixture
def meanwhile(other: Database) -> Iterator[Meanwhile]:
    """What another writes at once: it has begun, and waits for what stands in this transaction."""
    with ThreadPoolExecutor(max_workers=1) as thread:

        def begun(c: Connection, written: Write, *, beside: bool = False) -> "Future[None]":
            def write() -> None:
                with other.write(beside=beside) as mine:
                    written(mine)

            writing = thread.submit(write)
            until(lambda: writing.done() or c.exec_driver_sql(_WAITING).scalar_one() > 0)
            assert not writing.done()
            return writing

        yield begun


@pytest.mark.parametrize("beside", [False, True], ids=["in turn", "beside each other"])
def test_two_at_once_that_want_it_owe_one(db: Database, meanwhile: Meanwhile, *, beside: bool) -> None:
    with db.write(beside=beside) as c:
        want(c, ANN, "7")
        second = meanwhile(c, lambda c: want(c, ANN, "8"), beside=beside)
    second.result()
    assert owed(db) == [wanted(ANN, "7")]


def test_where_the_first_comes_to_nothing_the_second_is_owed(db: Database, meanwhile: Meanwhile) -> None:
    with db.write(beside=True) as c:
        want(c, ANN, "7")
        second = meanwhile(c, lambda c: want(c, ANN, "8"), beside=True)
        c.rollback()
    second.result()
    assert owed(db) == [wanted(ANN, "8")]


def leaves(c: Connection) -> None:
    inbox.leave(c, ANN, key=KEY, now=made.NOON)


def asks(c: Connection) -> None:
    want(c, ANN, "7")


@pytest.mark.parametrize(("first", "second"), [(leaves, asks), (asks, leaves)], ids=["leaves first", "asks first"])
def test_whoever_asks_and_leaves_at_once_is_owed_none(
    db: Database, meanwhile: Meanwhile, first: Write, second: Write
) -> None:
    with db.write() as c:
        first(c)
        then = meanwhile(c, second)
    then.result()
    assert owed(db) == []


ENDS: dict[str, Write] = {
    "it is out": lambda c: answers.done(c, [hashed(ANN)]),
    "opted out": lambda c: inbox.leave(c, ANN, key=KEY, now=LATER),
    "forgotten under the handle": lambda c: inbox.forget(c, [handle(ANN)], key=KEY, now=LATER),
    "does not come": lambda c: inbox.withdraw(c, ANN, key=KEY),
    "deleted the reply": lambda c: upstream.follow(c, "x-london", asked=["7", "8"], gone=["7"], now=LATER),
    "waited too long": lambda c: erasing.drop_waiting(c, before=LATER),
}


@pytest.mark.parametrize("end", ENDS)
def test_however_it_ends_that_row_is_deleted_and_no_other(db: Database, other: Database, end: str) -> None:
    with db.write() as c:
        want(c, ANN, "7")
        want(c, BEN, "8", now=LATER)
    with other.write() as c:
        ENDS[end](c)
    assert owed(db) == [wanted(BEN, "8", at=LATER)]
    with db.read() as c:
        assert (answers.reply(c, hashed(ANN)), erasing.owed(c)) == (None, 1)
    assert erasing.scrub(db)
    with db.read() as c:
        assert erasing.owed(c) == 0


def test_once_it_is_out_the_row_is_gone_from_beside_the_ledger(url: str, db: Database, other: Database) -> None:
    with closing(database.open(url, kind="ledger")) as book:
        room = Room(book, now=made.NOON)
        room.recover()
        room.clock.now = LATER  # what is older than the start is looked for first: these lists know no replies
        words = room.put(
            slot="sign_up", state=State.HELD, reason=Hold.ANSWERS, due=None, wall=None, called=True, person=""
        )
        given = []
        for remote in ("7", "8"):  # and asks again
            with other.write() as c:
                want(c, ANN, remote, words=words, now=LATER)
            deliver.answer(
                book, db, room.lists, owner=room.owner, clock=room.clock, emit=room.told, stopping=lambda: False
            )
            with book.read() as c:
                given.append([(one.post.person, one.state) for one in ledger.deliveries(c).values() if one.post.person])
            assert owed(other) == []
    assert (given, len(room.x.told)) == ([[(hashed(ANN), State.SENT)]] * 2, 1)
    with db.read() as c:
        assert erasing.owed(c) == 0
