"""The moves of the table and no others, by compare-and-swap, each in the journal."""

import gc
from datetime import timedelta

import pytest
import sqlalchemy.exc

import made
import postgres
from campaignbot.model.delivery import MOVES, Delivery, Receipt, State
from campaignbot.store import database, journal, ledger

NOON = made.NOON
POST = made.post()
BY = "london-1"


@pytest.fixture
def db(opened: postgres.Opened) -> database.Database:
    return opened("ledger")


def add(c: database.Connection, state: State = State.WAITING, **post: object) -> str:
    new = made.post(**post)
    ledger.add(c, post=new, state=state, reason=None, digest="d" * 64, by=BY, now=NOON)
    return new.key


def test_a_post_comes_back_as_it_was(db: database.Database) -> None:
    instant = NOON + timedelta(hours=3, microseconds=7)
    posts = [
        made.post(),
        made.post(slot="p", expires=instant, armed=True, ignores_quiet=True),
        made.post(slot="a", due=None, wall=None, called=True),
    ]
    with db.write() as c:
        for post in posts:
            ledger.add(c, post=post, state=State.HELD, reason="why", digest=None, by=BY, now=NOON)
        found = list(ledger.deliveries(c).values())
    assert [one.post for one in found] == posts
    assert found[1] == Delivery(
        post=posts[1], state=State.HELD, reason="why", digest=None, due=POST.due, until=instant, since=NOON
    )


def test_the_table_of_moves_is_all_there_is(db: database.Database) -> None:
    with db.write() as c:
        key = add(c)
        for source in State:
            for to in State:
                if (source, to) not in MOVES:
                    with pytest.raises(ValueError, match=f"no move from {source} to {to}"):
                        ledger.move(c, key, sources={source}, to=to, by=BY, now=NOON)
        with pytest.raises(ValueError, match="no move from None to SENT"):
            add(c, State.SENT, slot="b")


def test_a_move_from_elsewhere_does_nothing(db: database.Database) -> None:
    with db.write() as c:
        key = add(c)
        before = ledger.deliveries(c)
        assert not ledger.move(c, key, sources={State.HELD}, to=State.WAITING, by=BY, now=NOON)
        assert not ledger.move(c, "nowhere", sources={State.WAITING}, to=State.HELD, by=BY, now=NOON)
        assert not ledger.move(c, key, sources={State.WAITING}, to=State.HELD, by=BY, now=NOON, attempt="another")
        assert (ledger.deliveries(c), len(journal.entries(c, "account/x-london"))) == (before, 1)


def test_a_move_writes_all_that_it_brings(db: database.Database) -> None:
    later, receipt = NOON + timedelta(hours=1), Receipt(id="1", url=None, at=NOON)
    again = made.post(due=later, wall="2026-12-01T13:00")
    with db.write() as c:
        key = add(c, State.HELD)
        assert ledger.move(
            c,
            key,
            sources={State.HELD, State.CANCELLED},
            to=State.WAITING,
            by=BY,
            now=later,
            post=again,
            digest="e" * 64,
            not_before=later + timedelta(minutes=5),
            until=later + timedelta(days=1),
        )
        assert ledger.deliveries(c, keys=[key])[key] == Delivery(
            post=again,
            state=State.WAITING,
            reason=None,
            digest="e" * 64,
            due=later,
            until=later + timedelta(days=1),
            since=later,
            not_before=later + timedelta(minutes=5),
        )
        ledger.move(c, key, sources={State.WAITING}, to=State.SENDING, by=BY, now=later)
        ledger.move(c, key, sources={State.SENDING}, to=State.SENT, by=BY, now=later, receipt=receipt)
        found = ledger.deliveries(c, states=[State.SENT])[key]
        assert (found.receipt, found.not_before, found.digest) == (receipt, None, "e" * 64)
        assert [dict(line.entry) for line in journal.entries(c, "account/x-london")] == [
            {"key": key, "from": None, "to": "HELD", "by": BY, "digest": "d" * 64},
            {"key": key, "from": "HELD", "to": "WAITING", "by": BY, "digest": "e" * 64},
            {"key": key, "from": "WAITING", "to": "SENDING", "by": BY},
            {"key": key, "from": "SENDING", "to": "SENT", "by": BY},
        ]


def test_retime_moves_what_still_waits(db: database.Database) -> None:
    later = NOON + timedelta(hours=1)
    with db.write() as c:
        key, gone = add(c), add(c, slot="gone")
        ledger.move(c, gone, sources={State.WAITING}, to=State.CANCELLED, by=BY, now=NOON)
        for slot in ("morning", "gone", "nowhere"):
            ledger.retime(c, made.post(slot=slot, due=later), by="file", now=NOON)
        ledger.retime(c, made.post(due=later), by="file", now=NOON)
        found = ledger.deliveries(c)
        assert [(one.due, one.until) for one in found.values()] == [
            (POST.due, POST.until),
            (later, later + timedelta(hours=6)),
        ]
        assert [dict(line.entry) for line in journal.entries(c, "account/x-london")][-1] == {
            "what": "retime",
            "key": key,
            "by": "file",
            "due": "2026-12-01T13:00:00+00:00",
        }
        assert len(journal.entries(c, "account/x-london")) == 4


def test_many_keys_at_once(db: database.Database) -> None:
    many = [
        ledger.New(post=made.post(slot=f"s{n:04}"), state=State.WAITING, reason=None, digest=None) for n in range(1200)
    ]
    with db.write() as c:
        ledger.add_all(c, many, by=BY, now=NOON)
        keys = [new.post.key for new in many]
        assert list(ledger.deliveries(c, keys=keys)) == keys
        assert ledger.deliveries(c, keys=[]) == {}


def test_the_collector_looks_again_after_many_were_added(db: database.Database) -> None:
    with db.write() as c:
        ledger.add_all(c, [], by=BY, now=NOON)
        assert gc.isenabled()
        twice = [ledger.New(post=made.post(), state=State.WAITING, reason=None, digest=None)] * 2
        with pytest.raises(sqlalchemy.exc.IntegrityError):
            ledger.add_all(c, twice, by=BY, now=NOON)
        assert gc.isenabled()
