"""A post goes out once; what may not go waits; what came too late is marked."""

import dataclasses
import sqlite3
import threading
from collections.abc import Collection
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event

import made
import postgres
from campaignbot.model import errors
from campaignbot.model.campaign import Late
from campaignbot.model.delivery import Delivery, Hold, Receipt, State
from campaignbot.platforms import base
from campaignbot.stages import deliver
from campaignbot.stages.deliver import desk, lane, sender
from campaignbot.store import database, drafts, journal, ledger
from campaignbot.store.ledger import accounts
from stages.deliver.listed import Crash, Listed, Room

NOON = made.NOON
WORDS = "morning london en-GB"


def commits(room: Room) -> list[object]:
    counted: list[object] = []
    event.listen(room.db.engine, "commit", counted.append)
    return counted


def test_a_lone_post_costs_two_commits_and_is_told_word_for_word(room: Room) -> None:
    key = room.put(due=NOON)
    counted = commits(room)
    assert room.due() == 0
    room.clock.forward(hours=1)
    assert room.due() == 1
    assert len(counted) == 2
    assert room.x.texts() == [WORDS]
    assert room.one(key) == Delivery(
        post=made.post(due=NOON),
        state=State.SENT,
        reason=None,
        digest=room.one(key).digest,
        due=NOON,
        until=NOON + timedelta(hours=6),
        since=NOON,
        attempts=1,
        attempted=NOON,
        receipt=Receipt(id="1", url="https://example.org/1", at=NOON),
    )
    assert room.told.moves == [("morning", "SENDING", WORDS), ("morning", "SENT", WORDS)]
    assert room.due() == 0
    with room.db.read() as c:
        lines = [dict(line.entry) for line in journal.entries(c, "account/x-london")]
        assert journal.broken(c) == []
    digest = room.one(key).digest
    assert lines == [
        {"key": key, "from": None, "to": "WAITING", "by": "london-1", "digest": digest},
        {"key": key, "from": "WAITING", "to": "SENDING", "by": "here:1"},
        {"key": key, "from": "SENDING", "to": "SENT", "by": "here:1"},
    ]


def test_a_burst_shares_its_commits(tmp_path: Path) -> None:
    names = [f"x-{n}" for n in range(8)]
    room = Room(tmp_path, now=NOON - timedelta(hours=1), accounts=names)
    room.recover()
    for n in range(160):
        room.put(slot=f"s{n}", account=names[n % 8], due=NOON)
    counted = commits(room)
    room.clock.forward(hours=1)
    assert room.due() == 160
    assert sorted(text for one in room.lists.values() for text in one.texts()) == sorted(
        f"s{n} london en-GB" for n in range(160)
    )
    assert len(counted) <= 160 * 0.75
    room.db.close()


def test_the_four_errors_and_everything_else(room: Room) -> None:
    at = NOON + timedelta(hours=1)
    answers: dict[str, Exception | str] = {
        "a-refused": errors.Refused("too long"),
        "b-later": errors.TryLater("busy", at=at),
        "c-later": errors.TryLater("no road"),
        "d-unknown": errors.NoAnswer("read timeout"),
        "e-broken": KeyError("data"),
        "f-sent": "posted",
        "g-locked": errors.LockedOut("the token was refused"),
        "h-after": "posted",
    }
    for slot in answers:
        room.put(slot=slot, due=NOON)
    room.x.answers = list(answers.values())
    room.clock.forward(hours=1)
    assert room.due() == 7
    assert room.states() == {
        "a-refused": "FAILED: too long",
        "b-later": "WAITING: busy",
        "c-later": "WAITING: no road",
        "d-unknown": "IN_DOUBT: read timeout",
        "e-broken": "IN_DOUBT: the adapter failed (KeyError)",
        "f-sent": "SENT",
        "g-locked": "WAITING: the token was refused",
        "h-after": "WAITING",
    }
    with room.db.read() as c:
        found = ledger.deliveries(c, states=[State.WAITING, State.IN_DOUBT]).values()
        assert {one.post.slot: one.not_before or one.settle_at for one in found} == {
            "b-later": at,
            "c-later": NOON + timedelta(seconds=30),
            "d-unknown": NOON + timedelta(minutes=5),
            "e-broken": NOON + timedelta(minutes=5),
            "g-locked": None,
            "h-after": None,
        }
    room.clock.forward(seconds=40)
    assert room.due() == 0  # paused, whatever else is due
    deliver.resume(room.db, "account", "x-london", by="london-1", now=room.clock.now)
    assert room.due() == 3
    assert sorted(room.x.texts()) == [
        "c-later london en-GB",
        "f-sent london en-GB",
        "g-locked london en-GB",
        "h-after london en-GB",
    ]


def test_patience_of_a_whole_account(room: Room) -> None:
    first, second = room.put(slot="a", due=NOON), room.put(slot="b", due=NOON + timedelta(minutes=1))
    room.x.answers = [errors.TryLater("rate limited", at=NOON + timedelta(minutes=15), account_wide=True)]
    room.clock.forward(hours=1)
    assert room.due() == 1
    room.clock.forward(minutes=5)
    assert (room.due(), room.next_due()) == (0, NOON + timedelta(minutes=15))
    room.clock.forward(minutes=10)
    assert room.due() == 2
    assert [room.one(key).state for key in (first, second)] == [State.SENT, State.SENT]


def test_what_is_too_late_is_marked(room: Room) -> None:
    room.put(slot="a-send", due=NOON)
    room.put(slot="b-skip", due=NOON, late=Late.SKIP)
    room.put(slot="c-ask", due=NOON, late=Late.ASK)
    room.put(slot="d-past", due=NOON, expires=timedelta(minutes=1))
    room.put(slot="e-held", due=NOON, expires=timedelta(minutes=1), state=State.HELD, reason=Hold.ARMED, armed=True)
    room.put(slot="f-fresh", due=NOON + timedelta(minutes=1), late=Late.SKIP)
    room.clock.forward(hours=1, minutes=2)
    assert room.due() == 2
    assert room.states() == {
        "a-send": "SENT",
        "b-skip": "MISSED: overdue, and its slot says late: skip",
        "c-ask": "HELD: late: ask",
        "d-past": "MISSED: its time passed",
        "e-held": f"MISSED: its time passed ({Hold.ARMED})",
        "f-fresh": "SENT",
    }


def test_nothing_goes_without_an_approval_of_these_very_words(room: Room) -> None:
    no_yes, other_wall, fine = (room.put(slot=slot, due=NOON) for slot in ("a", "b", "c"))
    with room.db.write() as c:
        drafts.void(c, key=no_yes)
        ledger.retime(c, made.post(slot="b", due=NOON, wall="2026-12-01T09:00"), by="file", now=room.clock.now)
    room.clock.forward(hours=1)
    assert room.due() == 1
    assert [room.one(key).reason for key in (no_yes, other_wall, fine)] == [Hold.VOID, Hold.VOID, None]
    assert room.x.texts() == ["c london en-GB"]


def test_two_organisers_where_two_are_asked(room: Room) -> None:
    key = room.put(due=NOON)
    with room.db.write() as c:
        ledger.keep_approvals(c, 2)
    room.clock.forward(hours=1)
    assert (room.due(), room.one(key).reason) == (0, Hold.VOID)


@pytest.mark.parametrize(
    ("scope", "value"), [("world", ""), ("country", "GB"), ("city", "london"), ("account", "x-london")]
)
def test_the_stop_cord(room: Room, scope: ledger.Scope, value: str) -> None:
    room.put(due=NOON)
    with room.db.write() as c:
        ledger.keep_places(c, {"london": "GB", "paris": "FR"})
    deliver.stop(room.db, scope, value, by="central", now=room.clock.now)
    room.clock.forward(hours=1)
    assert (room.due(), room.next_due()) == (0, None)
    deliver.resume(room.db, scope, value, by="central", now=room.clock.now)
    assert room.due() == 1


def test_a_stop_in_another_place_stops_nothing(room: Room) -> None:
    room.put(due=NOON)
    with room.db.write() as c:
        ledger.keep_places(c, {"london": "GB", "paris": "FR"})
    deliver.stop(room.db, "country", "fr", by="central", now=room.clock.now)
    room.clock.forward(hours=1)
    assert room.due() == 1


def test_a_lease_is_respected_until_it_is_over(room: Room) -> None:
    room.put(due=NOON)
    room.clock.forward(hours=1)
    with room.db.write() as c:
        accounts.know(c, ["x-london"])
        accounts.lease(c, ["x-london"], owner="there:2", expires=NOON + timedelta(minutes=5))
    assert room.due() == 0
    room.clock.forward(minutes=5)
    assert room.due() == 1


def test_one_in_flight_an_account_even_for_two_passes_at_once(room: Room) -> None:
    room.put(slot="a", due=NOON)
    room.put(slot="b", due=NOON)
    room.clock.forward(hours=1)
    meanwhile: list[int] = []

    def second_pass() -> None:
        if not meanwhile:
            meanwhile.append(0)
            meanwhile[0] = room.due()

    room.x.during = second_pass
    assert room.due() == 2
    assert meanwhile == [0]
    assert room.x.texts() == ["a london en-GB", "b london en-GB"]


def test_catching_up_is_paced(room: Room) -> None:
    room.pace(spacing=timedelta(minutes=30))
    for n, slot in enumerate(("a", "b", "c")):
        room.put(slot=slot, due=NOON + timedelta(minutes=n))
    room.put(slot="a", language="fr-FR", due=NOON + timedelta(minutes=1))
    room.put(slot="called", due=None, wall=None, called=True, state=State.HELD, reason=Hold.CALLED)
    room.clock.forward(hours=2)
    sent: list[tuple[datetime, list[str]]] = []
    deliver.send(room.db, "called", city="london", by="london-1", now=room.clock.now)
    while (at := room.next_due()) is not None:
        room.clock.now = at
        before = len(room.x.told)
        room.due()
        sent.append((at, room.x.texts()[before:]))
    one = NOON + timedelta(hours=1)
    two = one + timedelta(seconds=59)  # the versions of one slot go a minute apart, as they were planned
    assert sent == [
        (one, ["a london en-GB", "called london en-GB"]),
        (two, ["a london fr-FR"]),
        (two + timedelta(minutes=30), ["b london en-GB"]),
        (two + timedelta(minutes=60), ["c london en-GB"]),
    ]


def budget(room: Room, usd: str) -> None:
    with room.db.write() as c:
        ledger.keep_accounts(c, [made.account(budget_usd=Decimal(usd)), made.account(id="fb-london")])


def test_an_account_stops_at_its_budget_until_a_person_has_raised_it(room: Room) -> None:
    room.lists["fb-london"] = Listed(room.clock)
    for n in range(3):
        room.put(slot=f"s{n}", due=NOON, cost="0.20")
    room.put(slot="free", due=NOON + timedelta(seconds=1))
    room.put(slot="elsewhere", account="fb-london", due=NOON, cost="0.20")
    budget(room, "0.50")
    room.x.answers = ["posted", errors.NoAnswer("read timeout")]  # what is in doubt counts
    room.clock.forward(hours=2)
    assert (room.due(), room.states()) == (
        3,
        {
            "elsewhere": "SENT",
            "s0": "SENT",
            "s1": "IN_DOUBT: read timeout",
            "s2": "WAITING",
            "free": "WAITING",
        },
    )
    why = "the next post would bring what it has cost to 0.60 USD, over its budget_usd of 0.50"
    with room.db.read() as c:
        assert ledger.standings(c)["x-london"].paused == why
        assert ledger.standings(c)["fb-london"].paused is None
        assert journal.entries(c, "account/x-london")[-1].entry == {"what": "pause", "why": why, "by": "here:1"}
    deliver.resume(room.db, "account", "x-london", by="london-1", now=room.clock.now)
    assert room.due() == 0
    with room.db.read() as c:
        assert ledger.standings(c)["x-london"].paused == why
    budget(room, "0.60")
    deliver.resume(room.db, "account", "x-london", by="london-1", now=room.clock.now)
    assert (room.due(), room.states()["s2"], room.states()["free"]) == (2, "SENT", "SENT")


def test_what_is_not_out_costs_nothing(room: Room) -> None:
    room.put(slot="a", due=NOON, cost="0.20")
    room.put(slot="b", due=NOON, cost="0.20")
    budget(room, "0.20")
    room.x.answers = [errors.Refused("no")]
    room.clock.forward(hours=2)
    assert (room.due(), room.states()) == (2, {"a": "FAILED: no", "b": "SENT"})


def test_quiet_hours_and_caps_are_the_citys(room: Room) -> None:
    room.pace(quiet=(time(21), time(8)), per_account_per_day=2)
    for slot in ("a", "b", "c"):
        room.put(slot=slot, due=NOON + timedelta(hours=8, minutes=30), expires=timedelta(days=3))
    room.put(slot="d-quiet", due=NOON + timedelta(hours=10), expires=timedelta(days=3))
    room.put(slot="e-ignores", due=NOON + timedelta(hours=10), ignores_quiet=True)
    went: list[tuple[str, str]] = []
    while (at := room.next_due()) is not None:
        room.clock.now = at
        room.due()
        went += [(f"{at:%d %H:%M}", text.split()[0]) for _, text in room.x.told[len(went) :]]
    assert went == [
        ("01 20:30", "a"),
        ("01 20:30", "b"),
        ("01 22:00", "e-ignores"),
        ("02 08:00", "c"),
        ("02 08:00", "d-quiet"),
    ]


def test_an_old_copy_of_the_ledger_cannot_post_twice(tmp_path: Path) -> None:
    room = Room(tmp_path, now=NOON + timedelta(minutes=10))
    key, other = room.put(slot="a", due=NOON), room.put(slot="b", due=NOON)
    room.x.told = [(NOON + timedelta(seconds=1), "a london en-GB")]
    room.recover()
    assert room.due() == 1
    assert room.x.texts() == ["a london en-GB", "b london en-GB"]
    assert room.one(key).receipt == Receipt(id="1", url="https://example.org/1", at=NOON + timedelta(seconds=1))
    assert (room.one(key).state, room.one(other).state, room.x.finds) == (State.SENT, State.SENT, 2)
    room.db.close()


def test_an_old_copy_cannot_say_again_what_a_person_called(tmp_path: Path) -> None:
    room = Room(tmp_path, now=NOON)
    key = room.put(slot="moved", due=None, wall=None, called=True, state=State.HELD, reason=Hold.CALLED)
    deliver.send(room.db, "moved", city="london", by="london-1", now=NOON)
    room.x.told = [(NOON + timedelta(seconds=1), "moved london en-GB")]
    room.clock.forward(minutes=10)
    room.recover()
    assert (room.due(), room.one(key).state, len(room.x.texts())) == (0, State.SENT, 1)
    room.db.close()


def test_the_same_words_of_another_post_do_not_stand_for_one_that_is_overdue(tmp_path: Path) -> None:
    room = Room(tmp_path, now=NOON)
    room.put(slot="a", due=NOON)
    room.recover()
    room.due()
    key = room.put(slot="b", due=NOON + timedelta(minutes=5))
    room.x.told = [(NOON, "b london en-GB")]  # what the first one said, the second is to say as well
    room.clock.forward(minutes=10)
    room.recover()
    assert (room.due(), room.one(key).state, room.x.texts()) == (1, State.SENT, ["b london en-GB"] * 2)
    room.db.close()


def test_a_slow_lane_keeps_its_lease(room: Room) -> None:
    slow = room.put(slot="a-slow", due=NOON)
    room.lists["fb-london"] = Listed(room.clock)
    room.put(slot="b", account="fb-london", due=NOON)
    for n in range(1, 10):
        room.put(slot=f"c{n}", account="fb-london", due=NOON + timedelta(minutes=n))
    room.clock.forward(hours=1)
    spoken = threading.Event()

    def spin() -> None:  # nine minutes pass for the one while the other goes on speaking
        spoken.wait(60)

    def minute() -> None:
        room.clock.forward(minutes=1)
        if len(room.lists["fb-london"].told) == 9:
            assert room.settle() == 0
            states.append(room.one(slow).state)
            spoken.set()

    states: list[State] = []
    room.x.during, room.lists["fb-london"].during = spin, minute
    room.due()
    assert (states, room.one(slow).state) == ([State.SENDING], State.SENT)


def test_each_start_looks_for_itself_even_under_the_same_name(tmp_path: Path) -> None:
    room = Room(tmp_path, now=NOON + timedelta(minutes=10))
    key = room.put(due=NOON)
    room.x.answers = [errors.TryLater("busy")]
    room.recover()
    assert (room.due(), room.x.finds) == (1, 1)
    room.clock.forward(minutes=1)
    room.recover()
    assert (room.due(), room.x.finds, room.one(key).state) == (1, 2, State.SENT)
    room.db.close()


def test_an_unreadable_timeline_keeps_overdue_posts_back_and_no_others(tmp_path: Path) -> None:
    room = Room(tmp_path, now=NOON + timedelta(minutes=10))
    room.put(slot="a-overdue", due=NOON)
    room.put(slot="b-to-come", due=NOON + timedelta(minutes=10, seconds=1))
    room.x.reading = [errors.NoAnswer("read timeout")]
    room.recover()
    room.clock.forward(seconds=2)
    assert (room.due(), room.x.texts()) == (1, ["b-to-come london en-GB"])
    room.clock.forward(seconds=30)
    assert (room.due(), room.x.texts()) == (1, ["b-to-come london en-GB", "a-overdue london en-GB"])
    room.db.close()


def test_a_crash_in_the_lane_leaves_a_doubt_that_the_timeline_ends(room: Room) -> None:
    key = room.put(due=NOON)
    room.x.answers = ["crash after"]
    room.clock.forward(hours=1)
    with pytest.raises(Crash):
        room.due()
    assert room.one(key).state is State.SENDING
    room.owner = "here:2"
    room.clock.now += desk.LEASE  # on several machines its lease has to run out first
    room.recover()
    assert room.one(key).state is State.IN_DOUBT
    assert (room.due(), room.settle()) == (0, 0)
    room.clock.forward(minutes=5)
    assert (room.settle(), room.one(key).state, room.x.texts()) == (1, State.SENT, [WORDS])


def test_a_late_receipt_ends_a_doubt_but_not_what_a_person_decided(room: Room) -> None:
    doubted, dropped = room.put(slot="a", due=NOON), room.put(slot="b", due=NOON)
    room.clock.forward(hours=1)

    def lease_ends() -> None:
        room.clock.forward(minutes=10)
        room.settle()
        if room.one(dropped).state is State.IN_DOUBT:
            deliver.settle_drop(room.db, dropped, by="london-1", now=room.clock.now)

    room.x.during = lease_ends
    room.lists["other"] = room.x
    assert room.due() == 2
    assert (room.one(doubted).state, room.one(dropped).state) == (State.SENT, State.CANCELLED)


def test_nothing_new_begins_once_asked_to_stop(room: Room) -> None:
    room.put(slot="a", due=NOON)
    room.put(slot="b", due=NOON)
    room.clock.forward(hours=1)
    begun: list[int] = []
    room.x.during = lambda: begun.append(1)
    tried = deliver.due(
        room.db, room.lists, owner=room.owner, clock=room.clock, emit=room.told, stopping=lambda: bool(begun)
    )
    assert (tried, room.states()) == (1, {"a": "SENT", "b": "WAITING"})


def test_what_came_of_a_post_is_written_when_the_server_is_there_again(
    server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "AGAIN", 0.01)
    room = Room(database.open(server.clean(), kind="ledger"), now=NOON - timedelta(hours=1))
    room.recover()
    key = room.put(due=NOON)
    room.clock.forward(hours=1)
    stopped, refusals = threading.Event(), 0

    def stop() -> None:
        server.stop()
        stopped.set()

    def refused(_context: object) -> None:
        nonlocal refusals
        if stopped.is_set():
            refusals += 1
            if refusals == 3:  # the connection that it had, another one, and another turn's
                server.start()

    event.listen(room.db.engine, "handle_error", refused)
    room.x.during = stop
    assert room.due() == 1
    assert (refusals >= 3, room.x.texts(), room.one(key).state) == (True, [WORDS], State.SENT)
    room.db.close()


def test_accounts_join_a_pass_that_is_under_way_and_leave_it_when_nothing_of_theirs_may_go(room: Room) -> None:
    paris = room.lists["x-paris"] = Listed(room.clock)
    for slot, account in (("a", "x-london"), ("b", "x-london"), ("c", "x-paris")):
        room.put(slot=slot, account=account, due=NOON)
    room.clock.forward(hours=1)
    sending, left = threading.Event(), threading.Event()
    came = [{"x-paris": paris}]
    gone: list[str] = []

    def slow() -> None:
        sending.set()
        assert left.wait(60)

    def leave(names: Collection[str]) -> None:
        gone.extend(names)
        if "x-paris" in names:
            left.set()

    room.x.during = slow
    tried = deliver.due(
        room.db,
        {"x-london": room.x},
        owner=room.owner,
        clock=room.clock,
        emit=room.told,
        door=deliver.Door(come=lambda: came.pop() if sending.is_set() and came else {}, leave=leave),
    )
    assert (tried, gone) == (3, ["x-paris", "x-london"])
    assert room.states() == {"a": "SENT", "b": "SENT", "c": "SENT"}


def test_what_came_too_late_is_marked_on_an_account_that_joins(room: Room) -> None:
    paris = room.lists["x-paris"] = Listed(room.clock)
    room.put(slot="a", due=NOON)
    late = room.put(slot="b", account="x-paris", due=NOON + timedelta(hours=1), late=Late.SKIP)
    room.clock.forward(hours=1)
    came: list[dict[str, Listed]] = []

    def meanwhile() -> None:
        room.clock.forward(hours=2)
        came.append({"x-paris": paris})

    room.x.during = meanwhile
    deliver.due(
        room.db,
        {"x-london": room.x},
        owner=room.owner,
        clock=room.clock,
        emit=room.told,
        door=deliver.Door(come=lambda: came.pop() if came else {}, leave=lambda names: None),
    )
    assert (room.one(late).state, paris.texts()) == (State.MISSED, [])


def test_a_full_disk_sends_nothing_and_says_so(tmp_path: Path) -> None:
    names = [f"x-{n}" for n in range(32)]
    room = Room(tmp_path, now=NOON - timedelta(hours=1), accounts=names)
    room.recover()
    for name in names:
        room.put(account=name, due=NOON)
    room.clock.forward(hours=1)
    with room.db.read() as c:
        pages = c.exec_driver_sql("PRAGMA page_count").scalar()

    def cap(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(room.db.engine, "checkout", cap)
    with pytest.raises(errors.UserError) as refused:
        room.due()
    assert refused.value.message == (
        f"the disk is full at {tmp_path}/ledger.db: nothing more was recorded or sent; free some space and start again"
    )
    assert [one.texts() for one in room.lists.values()] == [[]] * 32
    event.remove(room.db.engine, "checkout", cap)
    room.db.engine.dispose()
    assert (room.due(), [one.texts() for one in room.lists.values()]) == (32, [[WORDS]] * 32)
    room.db.close()


@pytest.fixture
def boot(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The boot-time clock, to be moved."""
    told = [1000.0]
    monkeypatch.setattr(lane, "boot_seconds", lambda: told[0])
    return told


def _slow(room: Room, boot: list[float], *, seconds: float) -> None:
    """Its pictures take so long, once."""

    def upload() -> None:
        room.x.upload = None
        boot[0] += seconds
        room.clock.forward(seconds=seconds)

    room.x.upload = upload


def test_whose_time_passes_while_its_pictures_are_on_their_way_does_not_leave(room: Room, boot: list[float]) -> None:
    room.put(due=NOON, expires=timedelta(seconds=90))
    room.clock.forward(hours=1)
    _slow(room, boot, seconds=91)
    room.due()
    room.clock.forward(seconds=60)
    room.due()
    assert room.x.texts() == []
    assert room.states() == {"morning": "MISSED: its time passed (its last moment passed before it could leave)"}


def test_whose_pictures_take_too_long_is_tried_again(room: Room, boot: list[float]) -> None:
    room.put(due=NOON)
    room.clock.forward(hours=1)
    _slow(room, boot, seconds=desk.STALE.total_seconds() + 1)
    room.due()
    assert room.states() == {"morning": "WAITING: its last moment passed before it could leave"}
    room.clock.forward(seconds=60)
    room.due()
    assert (room.x.texts(), room.states()) == ([WORDS], {"morning": "SENT"})


@pytest.mark.parametrize(("scope", "value"), [("world", ""), ("account", "x-london"), ("city", "london")])
def test_a_stop_reaches_a_post_whose_pictures_are_on_their_way(
    room: Room, boot: list[float], scope: ledger.Scope, value: str
) -> None:
    room.put(due=NOON)
    room.clock.forward(hours=1)

    def upload() -> None:
        boot[0] += 2
        deliver.stop(room.db, scope, value, by="london-1", now=room.clock.now)

    room.x.upload = upload
    room.due()
    room.clock.forward(minutes=5)
    room.due()
    assert room.x.texts() == []
    assert room.states() == {"morning": "WAITING: it was stopped before it could leave"}
    room.x.upload = None
    deliver.resume(room.db, scope, value, by="london-1", now=room.clock.now)
    room.due()
    assert (room.x.texts(), room.states()) == ([WORDS], {"morning": "SENT"})


def test_a_post_that_another_has_given_up_on_meanwhile_does_not_leave(room: Room, boot: list[float]) -> None:
    key = room.put(due=NOON)
    room.clock.forward(hours=1)

    def upload() -> None:  # this machine stood still, its lease ran out, and another one put the post in doubt
        boot[0] += 30
        with room.db.write() as c:
            ledger.move(c, key, sources={State.SENDING}, to=State.IN_DOUBT, by="other:1", now=room.clock.now)

    room.x.upload = upload
    room.due()
    assert (room.x.texts(), room.states()) == ([], {"morning": "IN_DOUBT"})


def test_where_nobody_can_say_whether_it_was_stopped_it_stays(room: Room, boot: list[float]) -> None:
    room.put(due=NOON)
    room.clock.forward(hours=1)

    def broken() -> bool:
        raise errors.UserError("the database on somewhere does not answer")

    (order,) = _orders(room)
    assert isinstance(order, lane.Send)
    boot[0] += 2
    outcome = lane.carry_out(room.x, dataclasses.replace(order, called_back=broken))
    assert (type(outcome), room.x.texts()) == (errors.TryLater, [])
    assert "does not answer" in str(outcome)


def _orders(room: Room) -> list[lane.Order]:
    with room.db.write() as c:
        turn = desk.Desk(c=c, now=room.clock.now, owner=room.owner)
        accounts.know(c, list(room.lists))
        return turn.orders(list(room.lists), room=1, boot=lane.boot_seconds())


def test_a_whole_send_is_over_before_its_lease_is() -> None:
    # its last request may begin when it is nearly stale, and takes `upload` at the most
    longest = desk.STALE + timedelta(seconds=max(base.Patience().upload, base.Patience().total))
    assert longest < desk.LEASE
