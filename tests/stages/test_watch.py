"""What is out, what is next, what needs a person."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import made
from campaignbot.model import errors
from campaignbot.model.delivery import Hold, State
from campaignbot.model.reply import Cursor
from campaignbot.stages import deliver, watch
from campaignbot.stages.deliver import desk
from campaignbot.store import cursors, database, ledger
from stages.deliver.listed import Room

NOON = made.NOON


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path, now=NOON - timedelta(hours=1))
    room.recover()
    yield room
    room.db.close()


@pytest.fixture
def people() -> Iterator[database.Database]:
    people = database.memory(kind="people")
    yield people
    people.close()


def test_a_quiet_campaign_needs_nobody(room: Room, people: database.Database) -> None:
    first, second = room.put(slot="a", due=NOON), room.put(slot="b", due=NOON + timedelta(hours=1))
    room.put(slot="c", due=NOON, armed=True, state=State.HELD, reason=Hold.ARMED)
    room.put(slot="d", due=None, wall=None, called=True, state=State.HELD, reason=Hold.CALLED)
    assert watch.status(room.db, people=people, now=room.clock.now, waiting={"crisis": 0}) == watch.Status(
        counts={
            "HELD": 2,
            "WAITING": 2,
            "SENDING": 0,
            "SENT": 0,
            "IN_DOUBT": 0,
            "FAILED": 0,
            "MISSED": 0,
            "CANCELLED": 0,
        },
        attention=(),
        next=(room.one(first), room.one(second)),
        stops=(),
        accounts=(ledger.Standing(account="x-london"),),
        waiting={"crisis": 0},
    )
    assert [one.post.slot for one in watch.deliveries(room.db)] == ["a", "c", "b", "d"]


def test_each_thing_that_needs_a_person_says_what_to_do(room: Room, people: database.Database) -> None:
    slots = ("a-doubt", "b-twice", "c-failed", "d-late", "e-void", "f-locked")
    keys = {slot: room.put(slot=slot, due=NOON, expires=timedelta(minutes=30)) for slot in slots}
    missed = room.put(slot="g-missed", due=NOON - timedelta(minutes=50), expires=timedelta(minutes=1))
    with room.db.write() as c:
        for slot, hold in (("d-late", Hold.LATE), ("e-void", Hold.VOID)):
            now = room.clock.now
            ledger.move(c, keys[slot], sources={State.WAITING}, to=State.HELD, by="x", now=now, reason=hold)
    room.x.proves_absence = False
    room.x.answers = [errors.NoAnswer("reset"), "answer lost", errors.Refused("too long"), errors.LockedOut("expired")]
    room.clock.forward(hours=1)
    room.due()
    room.x.told.append((NOON, "b-twice london en-GB"))
    for _ in range(3):
        room.clock.forward(minutes=5)
        room.settle()
    deliver.stop(room.db, "city", "london", by="central", now=room.clock.now)
    hour_ago, now = NOON - timedelta(hours=1), room.clock.now
    doubt = "not found on the timeline, which there does not prove that it is not out"
    x = "x-london"
    assert watch.attention(room.db, people=people, now=now) == [
        watch.Attention(
            kind="stop",
            key=None,
            account=None,
            since=now,
            fix="central stopped london: `campaignbot resume --city london` lifts it",
        ),
        watch.Attention(
            kind="paused",
            key=None,
            account=x,
            since=NOON,
            fix=f"expired: mend it, then `campaignbot resume --account {x}`",
        ),
        watch.Attention(
            kind="failed",
            key=keys["c-failed"],
            account=x,
            since=NOON,
            fix=f"too long: `campaignbot retry {keys['c-failed']}` tries it again",
        ),
        watch.Attention(
            kind="held",
            key=keys["d-late"],
            account=x,
            since=hour_ago,
            fix=watch.FIXES[Hold.LATE].format(key=keys["d-late"]),
        ),
        watch.Attention(kind="held", key=keys["e-void"], account=x, since=hour_ago, fix=watch.FIXES[Hold.VOID]),
        watch.Attention(
            kind="in_doubt",
            key=keys["a-doubt"],
            account=x,
            since=NOON,
            fix=f"{doubt}: look at the account, then `campaignbot settle {keys['a-doubt']}` "
            "with --sent URL, --not-sent or --drop",
        ),
        watch.Attention(
            kind="missed",
            key=missed,
            account=x,
            since=NOON,
            fix=f"its time passed: `campaignbot approve {missed}=DIGEST --late` sends it after all",
        ),
        watch.Attention(
            kind="found_twice", key=keys["b-twice"], account=x, since=NOON + timedelta(minutes=5), fix=desk.TWICE
        ),
    ]


def test_a_post_that_stands_elsewhere_than_the_journal_says_is_found(room: Room, people: database.Database) -> None:
    first, second, third = (room.put(slot=slot, due=NOON) for slot in ("a", "b", "c"))
    assert [(chain.name, chain.pages, chain.lines, chain.fault) for chain in watch.journals(room.db, people)] == [
        ("ledger/account/x-london", 3, 3, None),
        ("ledger/people", 3, 3, None),
    ]
    for done, fault in (
        (f"UPDATE deliveries SET state = 'SENT' WHERE key = '{second}'", f"{second} is SENT in the ledger and WAITING"),
        (f"DELETE FROM deliveries WHERE key = '{first}'", f"{second} is SENT in the ledger and WAITING"),
        (f"UPDATE deliveries SET state = 'WAITING' WHERE key = '{second}'", f"{first} is nowhere in the ledger"),
        (f"UPDATE deliveries SET account = 'y' WHERE key = '{third}'", f"{first} is nowhere in the ledger"),
    ):
        with room.db.write() as c:
            c.exec_driver_sql(done)
        (found,) = [chain for chain in watch.journals(room.db, people) if chain.fault]
        assert found.name == "ledger/account/x-london"
        assert str(found.fault).startswith(fault)


def test_what_a_network_counts_stands_beside_what_was_read(room: Room, people: database.Database) -> None:
    now = room.clock.now
    with people.write() as c:
        cursors.keep(c, "x-london", to=Cursor("a"), claimed=None, read=2, now=now)
        cursors.keep(c, "x-london", to=Cursor("b"), claimed=5, read=1, now=now)
        cursors.keep(c, "fb-london", to=Cursor("a"), claimed=0, read=0, now=now)
    for passed in (timedelta(0), timedelta(days=1)):
        seen = watch.status(room.db, people=people, now=now + passed)
        assert [
            (one.account, one.claimed, one.read) for one in map(seen.replies_to, ("x-london", "fb-london", "no"))
        ] == [
            ("x-london", 5, 3),
            ("fb-london", 0, 0),
            ("no", None, 0),
        ]
        assert seen.attention == ()


def test_replies_that_are_counted_and_never_shown_need_a_person(room: Room, people: database.Database) -> None:
    began = room.clock.now
    for minutes, claimed in ((0, 0), (5, 2), (30, None), (60, 3)):
        with people.write() as c:
            now = began + timedelta(minutes=minutes)
            cursors.keep(c, "fb-london", to=Cursor("a"), claimed=claimed, read=0, now=now)
    assert watch.attention(room.db, people=people, now=began + timedelta(minutes=65)) == []
    (told,) = watch.attention(room.db, people=people, now=began + timedelta(minutes=66))
    assert (told.kind, told.key, told.account, told.since) == (
        "unread",
        None,
        "fb-london",
        began + timedelta(minutes=5),
    )
    for claimed, read in ((0, 0), (3, 1)):
        with people.write() as c:
            cursors.keep(c, "fb-london", to=Cursor("a"), claimed=claimed, read=read, now=began)
        assert watch.attention(room.db, people=people, now=began + timedelta(days=1)) == []
