"""Answers in the ledger, on either database: one a person, never among the posts, within their own limits."""

import dataclasses
from collections.abc import Iterator
from datetime import time, timedelta
from decimal import Decimal

import pytest

import made
from campaignbot.model.delivery import Delivery, Hold, State
from campaignbot.stages import deliver
from campaignbot.store import answers, database, ledger
from stages.deliver.listed import Room

KEY = b"k" * 32


@dataclasses.dataclass
class Desk:
    room: Room
    people: database.Database

    def want(self, name: str, words: str) -> None:
        with self.people.write() as c:
            answers.want(
                c,
                name.encode(),
                alias=None,
                account="x-london",
                remote=f"id-of-{name}",
                words=words,
                key=KEY,
                now=self.room.clock.now,
            )

    def answer(self) -> None:
        room = self.room
        deliver.answer(
            room.db,
            self.people,
            room.lists,
            owner=room.owner,
            clock=room.clock,
            emit=room.told,
            stopping=lambda: False,
        )

    def given(self) -> list[Delivery]:
        with self.room.db.read() as c:
            return [one for one in ledger.deliveries(c).values() if one.post.person]

    def owed(self) -> list[str]:
        with self.people.read() as c:
            return [one.remote for one in answers.wanted(c)]


@pytest.fixture
def desk(room: Room) -> Iterator[Desk]:
    people = database.memory(kind="people")
    room.clock.now += timedelta(
        minutes=1
    )  # what is older than the start is looked for first: these lists know no replies
    yield Desk(room=room, people=people)
    people.close()


def text(room: Room, *, cost: str = "0") -> str:
    return room.put(
        slot="sign_up", state=State.HELD, reason=Hold.ANSWERS, due=None, wall=None, called=True, person="", cost=cost
    )


def test_one_a_person_and_nothing_of_the_reply_stays(desk: Desk) -> None:
    words = text(desk.room)
    for name in ("ann", "ben", "ann"):
        desk.want(name, words)
    desk.answer()
    desk.want("ann", words)
    desk.answer()
    assert [(one.post.words, one.state, one.receipt) for one in desk.given()] == [(words, State.SENT, None)] * 2
    assert (len(desk.room.x.told), desk.owed()) == (2, [])


def test_a_pass_of_posts_leaves_answers_alone_and_the_other_way_round(desk: Desk) -> None:
    words, post = text(desk.room), desk.room.put(slot="announce", due=desk.room.clock.now)
    desk.want("ann", words)
    desk.room.pace(quiet=(time(0), time(23, 59)))
    desk.answer()
    assert [one.state for one in desk.given()] == [State.WAITING]
    desk.room.pace()
    desk.room.due()
    assert ([one.state for one in desk.given()], desk.room.one(post).state) == ([State.WAITING], State.SENT)
    later = desk.room.put(slot="why", due=desk.room.clock.now)
    desk.answer()
    assert ([one.state for one in desk.given()], desk.room.one(later).state) == ([State.SENT], State.WAITING)


def test_answers_neither_wait_for_posts_nor_count_as_such(desk: Desk) -> None:
    words = text(desk.room)
    desk.room.pace(spacing=timedelta(hours=1), per_account_per_day=1)
    for name in ("ann", "ben"):
        desk.want(name, words)
    desk.answer()
    post = desk.room.put(slot="announce", due=desk.room.clock.now)
    desk.room.due()
    assert [one.state for one in desk.given()] == [State.SENT] * 2
    assert desk.room.one(post).state is State.SENT


def test_what_answers_cost_counts_towards_the_budget(desk: Desk) -> None:
    words = text(desk.room, cost="0.20")
    with desk.room.db.write() as c:
        ledger.keep_accounts(c, [made.account(budget_usd=Decimal("0.50"))])
    for name in ("ann", "ben", "cleo"):
        desk.want(name, words)
    desk.answer()
    assert sorted(one.state for one in desk.given()) == [State.SENT, State.SENT, State.WAITING]


def test_a_text_that_is_not_approved_answers_nobody(desk: Desk) -> None:
    desk.want("ann", "wad/sign_up/london/en-GB/x-london")
    desk.answer()
    assert (desk.given(), desk.owed()) == ([], [])


def test_what_a_person_found_is_not_written_down(desk: Desk) -> None:
    desk.want("ann", text(desk.room))
    with desk.people.read() as c:
        (owed,) = answers.wanted(c)
    post = made.post(slot="sign_up", due=desk.room.clock.now, wall=None, person=owed.person)
    with desk.room.db.write() as c:
        now = desk.room.clock.now
        ledger.add(c, post=post, state=State.WAITING, reason=None, digest="0" * 64, by="test", now=now)
        ledger.move(c, post.key, sources={State.WAITING}, to=State.SENDING, by="test", now=now)
        ledger.move(c, post.key, sources={State.SENDING}, to=State.IN_DOUBT, by="test", now=now)
    deliver.settle_sent(desk.room.db, post.key, url="https://example.org/7", by="london-1", now=now)
    assert [(one.state, one.receipt) for one in desk.given()] == [(State.SENT, None)]
