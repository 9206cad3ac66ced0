"""What every adapter promises, over real HTTP against an embedded network. `test_contract.py` runs it for each."""

import contextlib
import dataclasses
import itertools
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

import made
from campaignbot.model import errors
from campaignbot.model.delivery import Receipt
from campaignbot.model.post import Draft, Shown
from campaignbot.model.reply import Cursor, Reply
from campaignbot.networks import wire
from campaignbot.platforms import base

START = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
LATER = START + timedelta(hours=1)
#: The smallest PNG there is.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)
#: Words that a network turns inside out on the way.
HARD = "Bucharest: <18:00> & later — Ștefan's “café” 🧑🏽‍⚕️ Наркотики\nhttps://example.org/join?a=1&b=2 #WAD"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, passed: timedelta) -> None:
        self.now += passed


@dataclass(frozen=True, kw_only=True)
class World:
    """An account, its network, and the public."""

    platform: base.Platform
    clock: Clock
    network: Any
    draft: Draft
    out: Callable[[], list[tuple[str, tuple[str | None, ...]]]]  #: what stands there: text and alt texts
    answer: Callable[[str, str, str], str]  #: (who, to which post, text) -> its id
    late: Callable[[str, str, str, timedelta], str]  #: the same, indexed late
    lock_out: Callable[[], None]  #: the secrets are good no longer
    another: Callable[[], base.Platform]  #: an adapter whose account is not the secrets' own
    canaries: tuple[str, ...]  #: secrets, none of which may appear anywhere

    def saying(self, text: str, *pictures: str) -> Draft:
        shown = tuple(Shown(path=f"media/{alt}.png", media_type="image/png", data=PNG, alt=alt) for alt in pictures)
        return dataclasses.replace(self.draft, text=text, pictures=shown)

    def fault(self, kind: wire.Kind, **more: Any) -> None:
        self.network.faults.add(wire.Fault(kind=kind, **more))


def read_all(world: World, to: tuple[Receipt, ...], *, times: int, every: timedelta) -> dict[str, Reply]:
    """What polling so many times gives, by id."""
    cursor: Cursor | None = None
    read: dict[str, Reply] = {}
    for _ in range(times):
        page = world.platform.replies(to, after=cursor)
        read |= {reply.id: reply for reply in page.replies}
        cursor = page.cursor
        world.clock.pass_by(every)
    return read


class Saying:
    """For every platform, the dry one too."""

    limits: ClassVar[Any]
    proves_absence: ClassVar[bool]

    def test_it_says_what_it_takes(self, world: World) -> None:
        assert (world.platform.limits, world.platform.proves_absence) == (self.limits, self.proves_absence)

    def test_a_post_goes_out_and_is_found(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        assert receipt.at == START
        found = world.platform.find(world.draft, since=START)
        assert [(each.id, each.at) for each in found] == [(receipt.id, START)]

    def test_other_words_and_earlier_ones_are_not_found(self, world: World) -> None:
        world.platform.publish(world.draft, parent=None)
        world.clock.pass_by(timedelta(minutes=5))
        assert world.platform.find(world.saying("Other words"), since=START) == ()
        assert world.platform.find(world.draft, since=START + timedelta(minutes=1)) == ()

    def test_hard_words_are_found_again(self, world: World) -> None:
        receipt = world.platform.publish(world.saying(HARD), parent=None)
        assert [each.id for each in world.platform.find(world.saying(HARD), since=START)] == [receipt.id]

    def test_what_may_not_leave_does_not_and_says_what_it_was_told(self, world: World) -> None:
        with pytest.raises(errors.TryLater) as told:
            world.platform.publish(world.draft, parent=None, may_leave=_no(1))
        assert (told.value.reason, told.value.at) == ("its time is up", LATER)
        assert world.platform.find(world.draft, since=START) == ()
        receipt = world.platform.publish(world.draft, parent=None, may_leave=_no(99))
        assert [each.id for each in world.platform.find(world.draft, since=START)] == [receipt.id]

    def test_nobody_has_answered(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        page = world.platform.replies([receipt], after=None)
        assert (page.replies, page.complete) == ((), True)
        again = world.platform.replies([receipt], after=page.cursor)
        assert (again.replies, again.complete) == ((), True)

    def test_all_is_in_place(self, world: World) -> None:
        assert [check for check in world.platform.check() if not check.ok] == []


class OverHttp(Saying):
    """For every network."""

    @pytest.mark.parametrize("alts", [(), ("a candle",), ("a candle", "a crowd")])
    def test_it_is_asked_whether_it_may_leave_just_before_the_one_public_request(
        self, world: World, alts: tuple[str, ...]
    ) -> None:
        asked: list[int] = []

        def may_leave() -> None:
            asked.append(len(world.network.requests))
            assert world.out() == []

        world.platform.publish(world.saying("Once", *alts), parent=None, may_leave=may_leave)
        assert asked == list(range(len(world.network.requests))), "before each request, and none after the last answer"
        assert world.out() == [("Once", alts)]

    def test_stopped_after_any_of_its_requests_nothing_is_public(self, world: World) -> None:
        draft = world.saying("Never", "a candle", "a crowd")
        before: list[Any] = []
        for number in itertools.count(1):
            with contextlib.suppress(errors.TryLater):
                world.platform.publish(draft, parent=None, may_leave=_no(number))
                break
            before.append(world.out())
        assert len(before) > 2, "the pictures alone are two requests"
        assert before == [[]] * len(before)
        assert world.out() == [("Never", ("a candle", "a crowd"))]

    def test_an_answer_too_asks_whether_it_may_leave(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        theirs = world.answer("anna", receipt.id, "I will come")
        to = Receipt(id=theirs, url=None, at=world.clock())
        with pytest.raises(errors.TryLater, match="its time is up"):
            world.platform.publish(world.saying("Thank you"), parent=to, may_leave=_no(1))
        world.clock.pass_by(timedelta(hours=4))
        world.platform.find(world.draft, since=START)  # who asks without it is not held back
        assert [text for text, _ in world.out()] == [world.draft.text]

    def test_the_public_sees_the_words_once_byte_for_byte(self, world: World) -> None:
        world.platform.publish(world.saying(HARD), parent=None)
        assert world.out() == [(HARD, ())]

    @pytest.mark.parametrize("alts", [("a candle",), ("a candle", "a crowd")])
    def test_pictures_go_out_with_their_descriptions(self, world: World, alts: tuple[str, ...]) -> None:
        draft = world.saying("With pictures", *alts)
        receipt = world.platform.publish(draft, parent=None)
        assert world.out() == [("With pictures", alts)]
        assert [each.id for each in world.platform.find(draft, since=START)] == [receipt.id]

    @pytest.mark.parametrize(
        ("kind", "more", "there"),
        [
            ("lost_request", {}, 0),
            ("lost_answer", {}, 1),
            ("error_after_storing", {}, 1),
            ("html_502", {"stores": False}, 0),
            ("html_502", {"stores": True}, 1),
            ("slow", {"seconds": 1.5}, 1),
        ],
    )
    def test_no_answer_is_told_apart_by_the_timeline(
        self, world: World, kind: wire.Kind, more: dict[str, Any], there: int
    ) -> None:
        world.fault(kind, **more)
        with pytest.raises(errors.NoAnswer):
            world.platform.publish(world.draft, parent=None)
        assert len(world.platform.find(world.draft, since=START)) == there
        assert len(world.out()) == there

    def test_the_same_words_twice_are_for_the_timeline_to_judge(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        with pytest.raises(errors.NoAnswer):
            world.platform.publish(world.draft, parent=None)
        assert [each.id for each in world.platform.find(world.draft, since=START)] == [receipt.id]

    def test_what_stands_there_twice_is_found_twice(self, world: World) -> None:
        receipts = []
        for draft in (world.draft, world.saying("Other words"), world.draft):
            receipts.append(world.platform.publish(draft, parent=None))
            world.clock.pass_by(timedelta(hours=25))
        assert {each.id for each in world.platform.find(world.draft, since=START)} == {receipts[0].id, receipts[2].id}

    def test_a_post_beyond_the_timelines_first_page_is_found(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        for number in range(101):
            world.clock.pass_by(timedelta(seconds=1))
            world.platform.publish(world.saying(f"Number {number}"), parent=None)
        assert [each.id for each in world.platform.find(world.draft, since=START)] == [receipt.id]

    def test_too_many_is_for_later_and_holds_the_account(self, world: World) -> None:
        world.fault("rate_limited", seconds=1800)
        with pytest.raises(errors.TryLater) as told:
            world.platform.publish(world.draft, parent=None)
        assert (told.value.at, told.value.account_wide) == (START + timedelta(minutes=30), True)
        assert world.out() == []

    def test_bad_secrets_lock_out(self, world: World) -> None:
        world.fault("expired_token")
        with pytest.raises(errors.LockedOut):
            world.platform.publish(world.draft, parent=None)
        assert world.out() == []

    def test_doctor_says_that_secrets_are_bad(self, world: World) -> None:
        world.lock_out()
        (check,) = world.platform.check()
        assert check.ok is False
        assert re.search("new tokens|long-lived token", str(check.fix))

    def test_doctor_says_that_the_way_to_the_network_is_cut(self, world: World) -> None:
        url = world.network.url
        world.network.stop()
        (check,) = world.platform.check()
        assert check.ok is False
        assert str(check.fix).startswith(f"see that this machine reaches {url}: ")
        assert not re.search("Read and Write|token", str(check.fix))

    def test_doctor_says_until_when_the_network_has_had_enough_of_us(self, world: World) -> None:
        world.fault("rate_limited", method="GET", seconds=1800)
        (check,) = world.platform.check()
        assert (check.ok, check.fix) == (False, "wait until 2026-12-01 12:30 UTC, then `campaignbot doctor` again")

    def test_nothing_is_said_with_the_secrets_of_another_account(self, world: World) -> None:
        with pytest.raises(errors.LockedOut, match="to another"):
            world.another().publish(world.draft, parent=None)
        assert world.out() == []

    def test_an_unreadable_timeline_proves_nothing(self, world: World) -> None:
        world.platform.publish(world.draft, parent=None)
        for kind in ("html_502", "lost_answer", "rate_limited"):
            world.fault(kind, method="GET")
            with pytest.raises(errors.TryLater):
                world.platform.find(world.draft, since=START)

    def test_a_network_that_is_not_there_was_surely_not_told(self, world: World) -> None:
        world.network.stop()
        with pytest.raises(errors.TryLater):
            world.platform.publish(world.draft, parent=None)

    def test_many_threads_may_speak(self, world: World) -> None:
        ids: list[str] = []

        def speak(number: int) -> None:
            ids.append(world.platform.publish(world.saying(f"Number {number}"), parent=None).id)

        threads = [threading.Thread(target=speak, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(text for text, _ in world.out()) == [f"Number {number}" for number in range(4)]
        assert len(set(ids)) == 4

    def test_answers_are_read(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        world.clock.pass_by(timedelta(minutes=1))
        written = world.answer("anna", receipt.id, "I will come, with two friends & a dog")
        (reply,) = world.platform.replies([receipt], after=None).replies
        assert reply == Reply(
            account=world.draft.account.id,
            platform=world.draft.account.platform,
            id=written,
            author=reply.author,
            handle="anna",
            text=reply.text,
            at=START + timedelta(minutes=1),
            root=receipt.id,
        )
        assert reply.author != ""
        assert reply.text.endswith("I will come, with two friends & a dog")

    def test_polling_goes_on_where_it_was(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        first = world.answer("anna", receipt.id, "one")
        page = world.platform.replies([receipt], after=None)
        assert {reply.id for reply in page.replies} == {first}
        world.clock.pass_by(timedelta(hours=3))
        second = world.answer("boris", receipt.id, "two")
        page = world.platform.replies([receipt], after=page.cursor)
        assert second in {reply.id for reply in page.replies}
        assert page.complete

    def test_an_answer_that_shows_up_late_is_read_in_the_end(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        late = world.late("anna", receipt.id, "late", timedelta(hours=2))
        soon = world.answer("boris", receipt.id, "soon")
        read = read_all(world, (receipt,), times=12, every=timedelta(minutes=30))
        assert set(read) == {late, soon}

    def test_more_answers_than_one_page_holds(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        written = {world.answer(f"person{number}", receipt.id, f"{number}") for number in range(120)}
        page = world.platform.replies([receipt], after=None)
        assert {reply.id for reply in page.replies} == written
        assert len(page.replies) == len(written)
        assert page.complete

    def test_what_we_answer_is_known_as_ours(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        theirs = world.answer("anna", receipt.id, "I will come")
        world.platform.publish(world.saying("Thank you"), parent=Receipt(id=theirs, url=None, at=world.clock()))
        read = read_all(world, (receipt,), times=12, every=timedelta(minutes=30))
        assert [reply.id for reply in read.values() if not reply.by_us] == [theirs]

    def test_an_answer_is_found_under_the_very_reply_that_it_answers(self, world: World) -> None:
        """The same words went to two people, and out as a post."""
        receipt = world.platform.publish(world.draft, parent=None)
        ids = [world.answer(name, receipt.id, "I'll be there") for name in ("ann", "ben", "cleo")]
        ann, ben, cleo = (Receipt(id=one, url=None, at=receipt.at) for one in ids)
        answered = [world.platform.publish(world.draft, parent=to).id for to in (ann, ben)]
        since = receipt.at - timedelta(minutes=1)
        found = [world.platform.find(world.draft, since=since, parent=to) for to in (ann, ben, cleo)]
        assert [[one.id for one in each] for each in found] == [[answered[0]], [answered[1]], []]
        assert world.platform.find(world.saying("Other words"), since=since, parent=ann) == ()

    def test_what_its_author_has_deleted_has_vanished(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        kept, gone = (world.answer(who, receipt.id, f"{who} here") for who in ("anna", "boris"))
        assert world.platform.vanished([kept, gone]) == frozenset()
        world.network.remove(gone)
        assert world.platform.vanished([kept, gone]) == {gone}
        assert world.platform.vanished([]) == frozenset()

    def test_nothing_has_vanished_because_a_network_does_not_say(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        gone = world.answer("anna", receipt.id, "here")
        world.network.remove(gone)
        for kind in ("html_502", "lost_answer", "rate_limited"):
            world.fault(kind, method="GET")
            with pytest.raises(errors.TryLater):
                world.platform.vanished([gone])
        world.fault("expired_token", method="GET")
        with pytest.raises(errors.LockedOut):
            world.platform.vanished([gone])

    def test_the_network_counts_too(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        for who in ("anna", "boris", "chen"):
            world.answer(who, receipt.id, f"{who} here")
        cursor, claimed = None, list[int | None]()
        for _ in range(12):
            page = world.platform.replies([receipt], after=cursor)
            cursor = page.cursor
            claimed.append(page.claimed_total)
            world.clock.pass_by(timedelta(minutes=30))
        assert {count for count in claimed if count is not None} == {3}

    def test_nothing_secret_and_nobodys_words_are_let_slip(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        told = []
        receipt = world.platform.publish(world.draft, parent=None)
        world.answer("annas-handle", receipt.id, "annas words")
        world.platform.replies([receipt], after=None)
        for kind in ("lost_request", "html_502", "rate_limited", "expired_token"):
            for method in ("GET", "POST"):
                world.fault(kind, method=method)
            for speak in (
                lambda: world.platform.publish(world.saying("our own words"), parent=None),
                lambda: world.platform.replies([receipt], after=None),
            ):
                with pytest.raises(errors.PlatformError) as error:
                    speak()
                told.append(repr(error.value) + str(error.value) + repr(error.value.__cause__))
        world.network.stop()
        with pytest.raises(errors.PlatformError) as error:
            world.platform.publish(world.draft, parent=None)
        told += [
            str(error.value),
            repr(world.platform),
            caplog.text,
            str([record.__dict__ for record in caplog.records]),
        ]
        told += [" ".join(asked) for asked in world.network.requests]
        for canary in (*world.canaries, "annas-handle", "annas words", "our own words"):
            assert [text for text in told if canary in text] == []


def _no(number: int) -> Callable[[], None]:
    """Lets the first requests leave, but not this one."""
    left = itertools.count(1)

    def may_leave() -> None:
        if next(left) == number:
            raise errors.TryLater("its time is up", at=LATER)

    return may_leave


def draft_for(account: Any) -> Draft:
    """A draft of the account's own."""
    return made.draft(account=account, post=made.post(account=account.id, platform=account.platform))
