"""Doubt ends on the timeline, or with a person."""

from datetime import timedelta

import pytest

import made
from campaignbot.model import errors
from campaignbot.model.delivery import Receipt, State
from campaignbot.stages import deliver
from campaignbot.stages.deliver import desk, settling
from stages.deliver.listed import Room

NOON = made.NOON
WORDS = "morning london en-GB"


@pytest.fixture
def doubt(room: Room) -> str:
    """A post whose request was lost; five minutes on."""
    return doubted(room, errors.NoAnswer("read timeout"))


def doubted(room: Room, answer: Exception | str) -> str:
    key = room.put(due=NOON)
    room.x.answers = [answer]
    room.clock.forward(hours=1)
    room.due()
    assert room.one(key).state is State.IN_DOUBT
    assert (room.settle(), room.next_due()) == (0, NOON + timedelta(minutes=5))
    room.clock.forward(minutes=5)
    return key


def test_found_once_is_sent(room: Room) -> None:
    key = doubted(room, "answer lost")
    assert room.settle() == 1
    assert (room.one(key).state, room.one(key).receipt, room.one(key).reason) == (
        State.SENT,
        Receipt(id="1", url="https://example.org/1", at=NOON),
        None,
    )
    assert room.told.moves[-1] == ("morning", "SENT", WORDS)


def test_found_twice_is_sent_and_shown(room: Room) -> None:
    key = doubted(room, "answer lost")
    room.x.told.append((NOON + timedelta(seconds=5), WORDS))
    room.settle()
    one = room.one(key)
    assert (one.state, one.reason, one.receipt and one.receipt.id) == (State.SENT, desk.TWICE, "1")


def test_absence_proved_is_one_more_try_and_then_failed(room: Room, doubt: str) -> None:
    assert (room.settle(), room.states()) == (1, {"morning": f"WAITING: {settling.ABSENT}"})
    room.x.answers = [errors.NoAnswer("reset")]
    assert room.due() == 1
    room.clock.forward(minutes=5)
    assert (room.settle(), room.states()) == (1, {"morning": f"FAILED: {settling.ABSENT_AGAIN}"})
    deliver.retry(room.db, doubt, by="london-1", now=room.clock.now)
    assert (room.due(), room.states(), room.x.texts()) == (1, {"morning": "SENT"}, [WORDS])


def test_absence_proved_too_late_is_missed(room: Room, doubt: str) -> None:
    room.clock.forward(hours=6)
    assert (room.settle(), room.due()) == (1, 0)
    assert room.states() == {"morning": f"MISSED: its time passed ({settling.ABSENT})"}


def test_where_absence_is_never_proved_a_person_looks_in_the_end(room: Room, doubt: str) -> None:
    room.x.proves_absence = False
    looked = []
    for _ in range(5):
        looked.append(room.settle())
        room.clock.forward(minutes=5)
    assert looked == [1, 1, 1, 0, 0]
    one = room.one(doubt)
    assert (one.state, one.reason, one.settle_at) == (State.IN_DOUBT, settling.NOT_THERE, None)
    assert (room.next_due(), room.x.texts()) == (None, [])


def test_an_unreadable_timeline_proves_nothing(room: Room, doubt: str) -> None:
    later = room.clock.now + timedelta(hours=1)
    room.x.reading = [errors.LockedOut("no right to read"), errors.TryLater("rate", at=later), errors.NoAnswer("html")]
    room.settle()
    room.clock.forward(minutes=5)
    room.settle()
    assert room.next_due() == later
    room.clock.now = later
    room.settle()
    one = room.one(doubt)
    assert (one.state, one.reason, one.settle_at) == (State.IN_DOUBT, "the timeline could not be read: html", None)


def test_a_post_found_after_all_when_it_took_effect_late(room: Room, doubt: str) -> None:
    room.x.proves_absence = False
    room.settle()
    room.x.told.append((room.clock.now, WORDS))
    room.clock.forward(minutes=5)
    assert (room.settle(), room.one(doubt).state) == (1, State.SENT)


def test_a_sender_whose_lease_is_over_leaves_a_doubt(room: Room) -> None:
    key = room.put(due=NOON)
    room.clock.forward(hours=1)
    room.x.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        room.due()
    assert (room.settle(), room.one(key).state) == (0, State.SENDING)
    assert room.next_due() == NOON + desk.LEASE
    room.clock.forward(seconds=desk.LEASE.total_seconds())
    assert (room.settle(), room.one(key).state, room.one(key).reason) == (0, State.IN_DOUBT, settling.GONE)


def test_a_doubt_that_somebody_else_ended_meanwhile_is_told_by_them_alone(room: Room) -> None:
    key = room.put(due=NOON)
    room.x.answers = ["answer lost"]
    room.clock.forward(hours=1)
    room.due()
    room.clock.forward(minutes=6)
    other = Room(room.db, now=room.clock.now)
    other.lists, other.owner = room.lists, "there:1"
    room.x.finding = lambda: other.settle()
    room.told.moves.clear()
    room.settle()
    assert (room.one(key).state, room.told.moves) == (State.SENT, [])
    assert other.told.moves == [("morning", "SENT", WORDS)]


def test_accounts_of_other_workers_are_left_to_them(room: Room, doubt: str) -> None:
    room.lists.clear()
    assert (room.settle(), room.one(doubt).state) == (0, State.IN_DOUBT)


def test_a_doubt_on_an_account_that_nobody_can_read_any_more_is_a_persons(room: Room, doubt: str) -> None:
    room.lists.clear()
    assert room.settle(alone=True) == 0
    one = room.one(doubt)
    assert (one.state, one.settle_at, one.reason) == (State.IN_DOUBT, None, settling.NO_ACCOUNT)


def test_the_same_words_of_another_post_end_no_doubt(room: Room) -> None:
    before = room.put(slot="evening", due=NOON)
    room.clock.forward(hours=1)
    room.due()
    room.x.told[0] = (NOON, WORDS)  # what it said, the next one is to say as well
    key = room.put(due=room.clock.now)
    room.x.answers = [errors.NoAnswer("read timeout")]
    room.due()
    room.clock.forward(minutes=5)
    assert (room.settle(), room.one(key).state, room.one(before).state) == (1, State.WAITING, State.SENT)


def test_a_clock_that_was_ahead_hides_nothing(room: Room) -> None:
    key = room.put(due=NOON)
    room.clock.forward(hours=1)
    room.x.answers = ["answer lost"]
    room.due()
    room.x.told[0] = (NOON - timedelta(minutes=50), WORDS)  # by the network's clock, which was right
    room.clock.forward(minutes=5)
    assert (room.settle(), room.one(key).state) == (1, State.SENT)
