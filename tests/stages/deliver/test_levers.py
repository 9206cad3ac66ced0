"""What people decide on the day: done once, journalled with who did it, refused with a reason."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import made
from campaignbot.model import errors
from campaignbot.model.campaign import Late
from campaignbot.model.delivery import Hold, State
from campaignbot.stages import deliver
from campaignbot.store import drafts, journal, ledger
from stages.deliver.listed import Room

NOON = made.NOON
BY = "london-1"


def said(room: Room, lever: Callable[..., Any], *words: Any, **more: Any) -> str:
    """What a lever refuses with."""
    with pytest.raises(errors.UserError) as refused:
        lever(room.db, *words, by=BY, now=room.clock.now, **more)
    return refused.value.message


def test_arm_releases_and_late_no_longer_applies(room: Room) -> None:
    key = room.put(due=NOON, armed=True, state=State.HELD, reason=Hold.ARMED, late=Late.SKIP)
    room.clock.forward(hours=2)
    assert room.due() == 0
    deliver.arm(room.db, key, by=BY, now=room.clock.now)
    assert (room.due(), room.states()) == (1, {"morning": "SENT"})
    assert said(room, deliver.arm, key) == f"{key} is SENT, not HELD: there is nothing to arm"
    with room.db.read() as c:
        assert dict(journal.entries(c, "account/x-london")[1].entry) == {
            "key": key,
            "from": "HELD",
            "to": "WAITING",
            "by": BY,
        }


def test_arm_needs_an_approval_and_time(room: Room) -> None:
    key = room.put(due=NOON, state=State.HELD, reason=Hold.LATE)
    with room.db.write() as c:
        drafts.reject(c, key=key, by="london-2", why="the venue is wrong", now=room.clock.now)
    assert said(room, deliver.arm, key) == f"{key} is not approved as it now stands; approve it first"
    digest = room.one(key).digest or ""
    with room.db.write() as c:
        drafts.approve(c, key=key, digest=digest, by=BY, now=room.clock.now)
    room.clock.forward(hours=7)
    assert said(room, deliver.arm, key) == (
        f"{key} could be sent until 2026-12-01 18:00 UTC; approve it with --late to send it after all"
    )


def test_hold_and_arm_again(room: Room) -> None:
    key = room.put(due=NOON)
    deliver.hold(room.db, key, by=BY, now=room.clock.now)
    room.clock.forward(hours=1)
    assert (room.due(), room.states()) == (0, {"morning": "HELD: held by a person"})
    assert said(room, deliver.hold, key) == f"{key} is HELD, not WAITING: it cannot be held back"
    deliver.arm(room.db, key, by=BY, now=room.clock.now)
    assert room.due() == 1


def test_unknown_keys_slots_and_cities(room: Room) -> None:
    key = room.put(due=NOON)
    room.put(slot="cancelled", due=None, wall=None, called=True, state=State.HELD, reason=Hold.CALLED)
    assert said(room, deliver.arm, key[:-1]) == f"the ledger has no post {key[:-1]!r}; did you mean {key!r}?"
    assert said(room, deliver.hold, "x") == "the ledger has no post 'x'; `campaignbot deliveries` lists them"
    assert said(room, deliver.send, "canceled", city="london") == (
        "the ledger has no approved posts of a slot 'canceled' in london; did you mean 'cancelled'?"
    )
    assert said(room, deliver.send, "cancelled", city="Londn") == (
        "the ledger knows no city 'Londn'; did you mean 'london'?"
    )
    assert said(room, deliver.cancel_city, "paris") == (
        "the ledger knows no city 'paris'; `campaignbot plan` lists them"
    )
    assert said(room, deliver.send, "morning", city="london") == (
        "morning is not called: it goes out by itself; `arm` and `retry` are for single posts"
    )


def test_retry(room: Room) -> None:
    key = room.put(due=NOON)
    assert said(room, deliver.retry, key) == f"{key} is WAITING, not FAILED: there is nothing to retry"
    room.x.answers = [errors.Refused("too long")]
    room.clock.forward(hours=1)
    room.due()
    deliver.retry(room.db, key, by=BY, now=room.clock.now)
    assert (room.due(), room.states()) == (1, {"morning": "SENT"})


def test_what_failed_is_not_tried_again_after_its_time(room: Room) -> None:
    key = room.put(due=NOON)
    room.x.answers = [errors.Refused("too long")]
    room.clock.forward(hours=1)
    room.due()
    room.clock.forward(hours=6)
    assert said(room, deliver.retry, key) == f"{key} could be sent until 2026-12-01 18:00 UTC; its time has passed"


def in_doubt(room: Room) -> str:
    key = room.put(due=NOON)
    room.x.answers = [errors.NoAnswer("read timeout")]
    room.clock.forward(hours=1)
    room.due()
    return key


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://x.com/wad_london/status/123?s=20", "123"),
        ("https://www.facebook.com/permalink.php?story_fbid=77&id=5", "77"),
        ("https://example.org/", "https://example.org/"),
    ],
)
def test_a_person_found_it(room: Room, url: str, found: str) -> None:
    key = in_doubt(room)
    deliver.settle_sent(room.db, key, url=url, by=BY, now=room.clock.now)
    one = room.one(key)
    assert (one.state, one.receipt and one.receipt.id, one.receipt and one.receipt.url) == (State.SENT, found, url)
    assert said(room, deliver.settle_sent, key, url=url) == f"{key} is SENT, not IN_DOUBT: there is nothing to settle"


def test_no_address(room: Room) -> None:
    assert said(room, deliver.settle_sent, in_doubt(room), url="x.com/1") == (
        "'x.com/1' is no web address; give the post's own, beginning with https://"
    )


def test_a_person_did_not_find_it_twice(room: Room) -> None:
    key = in_doubt(room)
    deliver.settle_not_sent(room.db, key, by=BY, now=room.clock.now)
    room.x.answers = [errors.NoAnswer("read timeout")]
    assert (room.due(), room.one(key).state) == (1, State.IN_DOUBT)
    deliver.settle_not_sent(room.db, key, by=BY, now=room.clock.now)
    assert room.one(key).state is State.FAILED


def test_let_it_be(room: Room) -> None:
    key = in_doubt(room)
    deliver.settle_drop(room.db, key, by=BY, now=room.clock.now)
    assert room.states() == {"morning": "CANCELLED: dropped by a person"}


def test_send_counts_until_from_now(room: Room) -> None:
    key = room.put(slot="moved", due=None, wall=None, called=True, state=State.HELD, reason=Hold.CALLED)
    room.clock.forward(days=3)
    assert (room.due(), room.one(key).state, room.one(key).due) == (0, State.HELD, None)
    now = room.clock.now
    assert deliver.send(room.db, "moved", city="london", by=BY, now=now) == [key]
    assert (room.one(key).due, room.one(key).until, room.one(key).post.due) == (now, now + timedelta(hours=6), None)
    assert (room.due(), room.one(key).state) == (1, State.SENT)
    assert (
        said(room, deliver.send, "moved", city="london") == "nothing of moved in london can still be sent: it is SENT"
    )


def test_cancelling_a_city(room: Room) -> None:
    waiting, doubt = room.put(slot="b-waiting", due=NOON + timedelta(hours=2)), in_doubt(room)
    held = room.put(slot="c-held", due=NOON + timedelta(hours=2), state=State.HELD, reason=Hold.ARMED)
    called = room.put(slot="cancelled", due=None, wall=None, called=True, state=State.HELD, reason=Hold.CALLED)
    room.put(slot="moved", due=None, wall=None, called=True, state=State.HELD, reason=Hold.CALLED)
    elsewhere = room.put(slot="a", city="paris", due=NOON + timedelta(hours=2))
    assert deliver.cancel_city(room.db, "london", by=BY, now=room.clock.now) == ([waiting, held], [called], [])
    assert room.due() == 1
    assert room.states() == {
        "a": "WAITING",
        "b-waiting": "CANCELLED: its city is cancelled",
        "c-held": "CANCELLED: its city is cancelled",
        "cancelled": "SENT",
        "morning": "IN_DOUBT: read timeout",
        "moved": f"HELD: {Hold.CALLED}",
    }
    assert (room.one(doubt).state, room.one(elsewhere).state) == (State.IN_DOUBT, State.WAITING)
    assert deliver.cancel_city(room.db, "paris", by=BY, now=room.clock.now) == ([elsewhere], [], [])
    assert deliver.cancel_city(room.db, "london", by=BY, now=room.clock.now) == ([], [], [called])


def test_a_cancelled_city_says_nothing_again_that_turns_out_not_to_be_out(room: Room) -> None:
    doubt = in_doubt(room)
    deliver.cancel_city(room.db, "london", by=BY, now=room.clock.now)
    room.clock.forward(minutes=10)
    assert (room.settle(), room.due(), room.states()) == (1, 0, {"morning": f"HELD: {Hold.VOID}"})
    with room.db.read() as c:
        last = journal.entries(c, journal.PEOPLE)[-1].entry
    assert (last, room.x.texts()) == ({"what": "void", "key": doubt, "by": BY}, [])


def test_a_city_is_cancelled_although_its_cancelled_post_comes_too_late(room: Room) -> None:
    waiting = room.put(slot="thanks", due=NOON + timedelta(hours=2))
    room.put(
        slot="cancelled", due=None, wall=None, called=True, state=State.HELD, reason=Hold.CALLED, expires=room.clock.now
    )
    assert deliver.cancel_city(room.db, "london", by=BY, now=room.clock.now) == ([waiting], [], [])


def test_one_language_without_its_approval_does_not_keep_the_others_back(room: Room) -> None:
    def called(language: str) -> str:
        return room.put(
            slot="moved", language=language, due=None, wall=None, called=True, state=State.HELD, reason=Hold.CALLED
        )

    first, second = called("en-GB"), called("fr-FR")
    with room.db.write() as c:
        drafts.void(c, key=first)
    assert deliver.send(room.db, "moved", city="london", by=BY, now=room.clock.now) == [second]
    assert said(room, deliver.send, "moved", city="london") == (
        f"{first} is not approved as it now stands; approve it first"
    )


def test_the_cord_knows_what_there_is(room: Room) -> None:
    room.put(due=NOON)
    with room.db.write() as c:
        ledger.keep_places(c, {"london": "GB"})
    deliver.stop(room.db, "city", "London", by=BY, now=room.clock.now)
    deliver.stop(room.db, "city", "london", by="london-2", now=room.clock.now)
    with room.db.read() as c:
        assert ledger.stops(c) == [ledger.Stop(scope="city", value="london", by=BY, at=room.clock.now)]
        assert [dict(line.entry) for line in journal.entries(c, "people")][1:] == [
            {"what": "stop", "scope": "city", "value": "london", "by": BY}
        ]
    with pytest.raises(errors.UserError, match=r"^the ledger knows no account 'x-londn'; did you mean 'x-london'\?$"):
        deliver.stop(room.db, "account", "x-londn", by=BY, now=room.clock.now)
    with pytest.raises(errors.UserError, match=r"^world is not stopped; what is: city london$"):
        deliver.resume(room.db, "world", "", by=BY, now=room.clock.now)
