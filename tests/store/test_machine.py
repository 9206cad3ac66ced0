"""Any order of approvals, claims, answers, deaths, decisions and clocks: hypothesis looks for the shortest story in
which the ledger says something twice, or loses it. On either database."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import hypothesis
import hypothesis.strategies as some
import pytest
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import made
import postgres
from campaignbot.model import errors
from campaignbot.model.delivery import Receipt, State
from campaignbot.model.post import Draft
from campaignbot.platforms import base
from campaignbot.platforms.dry import Dry
from campaignbot.stages import deliver
from campaignbot.stages.deliver import desk, lane
from campaignbot.store import database, drafts, journal, ledger, schema
from campaignbot.store.ledger import accounts

ACCOUNTS = ("x-london", "x-paris")
BY = "london-1"
Choice = some.integers(0, 9)


@dataclasses.dataclass
class Flight:
    """What a sender has in hand: a committed intent, and whether its words have left."""

    hand: str
    order: lane.Send
    begun: datetime  #: true time
    left: bool = False
    stored: bool = False


class Timeline(Dry):
    """What is really out on one account."""

    def find(self, draft: Draft, *, since: datetime, parent: Receipt | None = None) -> tuple[Receipt, ...]:
        return tuple(receipt for told, receipt in self.published if told.key == draft.key and receipt.at >= since)


class Machine(RuleBasedStateMachine):
    db: database.Database

    def __init__(self) -> None:
        super().__init__()
        self.true, self.off = made.NOON, timedelta(0)
        with self.db.write() as c:
            for table in reversed(schema.metadata.sorted_tables):
                c.execute(table.delete())
        self.out: dict[str, int] = {}
        self.dropped: set[str] = set()
        self.held: set[str] = set()
        self.stopped = False
        self.flights: list[Flight] = []
        self.born = 0
        limits = made.LIMITS_X
        self.platforms: dict[str, base.Platform] = {
            name: Timeline(made.account(id=name), limits=limits, clock=lambda: self.true) for name in ACCOUNTS
        }

    @property
    def now(self) -> datetime:
        return self.true + self.off

    def keys(self, *states: State) -> list[str]:
        with self.db.read() as c:
            return list(ledger.deliveries(c, states=states))

    @initialize()
    def start(self) -> None:
        with self.db.write() as c:
            accounts.know(c, ACCOUNTS)
        self.hands = [self.birth(), self.birth()]
        for account, minutes in ((ACCOUNTS[0], 0), (ACCOUNTS[0], 1), (ACCOUNTS[1], 0), (ACCOUNTS[1], 9)):
            self.approve(account, minutes, 600)

    def birth(self) -> str:
        self.born += 1
        name = f"here:{self.born}"
        deliver.recover(self.db, self.platforms, owner=name, clock=lambda: self.now, emit=_silent)
        return name

    @precondition(lambda self: len(self.out) < 8)
    @rule(account=some.sampled_from(ACCOUNTS), minutes=some.integers(-5, 30), grace=some.sampled_from((20, 600)))
    def approve(self, account: str, minutes: int, grace: int) -> None:
        due, expires = self.now + timedelta(minutes=minutes), timedelta(minutes=grace)
        post = made.post(slot=f"s{len(self.out)}", account=account, due=due, expires=expires)
        draft = made.draft(post=post, account=made.account(id=account), text=post.key)
        with self.db.write() as c:
            drafts.keep(c, draft, now=self.now)
            drafts.approve(c, key=draft.key, digest=draft.digest or "", by=BY, now=self.now)
            ledger.add(c, post=post, state=State.WAITING, reason=None, digest=draft.digest, by=BY, now=self.now)
        self.out[post.key] = 0

    @precondition(lambda self: self.keys(State.WAITING))
    @rule(who=Choice)
    def claim_when_due(self, who: int) -> None:
        with self.db.read() as c:
            dues = [one.due for one in ledger.deliveries(c, states=[State.WAITING]).values() if one.due]
        self.true = max(self.true, min(dues) - self.off)
        self.claim(who)

    @rule(who=Choice)
    def claim(self, who: int) -> None:
        """One turn of a sender that brings no results; what it looks for it finds, if it is there."""
        hand = self.hands[who % 2]
        busy = {flight.order.delivery.post.account for flight in self.flights if flight.hand == hand}
        done: list[tuple[lane.Order, lane.Outcome]] = []
        for _ in range(3):
            with self.db.write() as c:
                turn = desk.Desk(c=c, now=self.now, owner=hand)
                turn.results(done)
                turn.sweep()
                orders = turn.orders([name for name in ACCOUNTS if name not in busy], room=9, boot=0.0)
                turn.close()
            looks = [order for order in orders if isinstance(order, lane.Look)]
            done = [(look, lane.carry_out(self.platforms[look.delivery.post.account], look)) for look in looks]
            for order in orders:
                if isinstance(order, lane.Send):
                    self.began(hand, order)
                    busy.add(order.delivery.post.account)

    def began(self, hand: str, order: lane.Send) -> None:
        one = order.delivery
        assert not self.stopped, "after a stop"
        assert one.key not in self.held, "held by a person"
        assert one.due is not None
        assert one.until is not None
        assert one.due <= self.now < one.until, "outside of its time"
        self.flights.append(Flight(hand, order, self.true))

    @precondition(lambda self: self.flights)
    @rule(which=Choice, stored=some.booleans())
    def leave(self, which: int, stored: bool) -> None:
        """Its words leave, unless its moment has passed; the network stores them, or they are lost."""
        flight = self.flights[which % len(self.flights)]
        key = flight.order.delivery.key
        if flight.left or self.true - flight.begun > desk.STALE:
            return
        assert self.out[key] == 0, "it is out already"
        flight.left, flight.stored = True, stored
        if stored:
            self.out[key] += 1
            self.platforms[flight.order.delivery.post.account].publish(flight.order.draft, parent=None)

    @precondition(lambda self: self.flights)
    @rule(which=Choice, kind=some.sampled_from((errors.Refused, errors.TryLater, errors.LockedOut, errors.NoAnswer)))
    def answer(self, which: int, kind: Any) -> None:
        """An answer comes back, a true one; or none."""
        flight = self.flights.pop(which % len(self.flights))
        outcome: lane.Outcome = kind("so it says")
        if not flight.left:
            outcome = errors.TryLater("its moment passed")
        elif flight.stored and kind is not errors.NoAnswer:
            outcome = Receipt(id=flight.order.delivery.key, url=None, at=self.true)
        with self.db.write() as c:
            turn = desk.Desk(c=c, now=self.now, owner=flight.hand)
            turn.results([(flight.order, outcome)])
            turn.rest({flight.order.delivery.post.account})
            turn.close()

    @rule(who=Choice)
    def die(self, who: int) -> None:
        gone = self.hands[who % 2]
        self.flights = [flight for flight in self.flights if flight.hand != gone]
        self.hands[who % 2] = self.birth()

    @rule(seconds=some.sampled_from((1, 30, 90, 400, 1500)))
    def time_passes(self, seconds: int) -> None:
        self.true += timedelta(seconds=seconds)

    @precondition(lambda self: not self.flights and not self.keys(State.IN_DOUBT, State.SENDING))
    @rule(hours=some.sampled_from((-24, -1, 0, 1, 24)))
    def somebody_sets_the_clock(self, hours: int) -> None:
        self.off = timedelta(hours=hours)

    @rule(who=Choice)
    def look(self, who: int) -> None:
        deliver.settle(self.db, self.platforms, owner=self.hands[who % 2], clock=lambda: self.now, emit=_silent)

    @rule(which=Choice)
    def hold(self, which: int) -> None:
        if key := _one(self.keys(State.WAITING), which):
            deliver.hold(self.db, key, by=BY, now=self.now)
            self.held.add(key)

    @rule(which=Choice)
    def arm_or_retry(self, which: int) -> None:
        if key := _one(self.keys(State.HELD, State.FAILED), which):
            try:
                (deliver.arm if key in self.keys(State.HELD) else deliver.retry)(self.db, key, by=BY, now=self.now)
            except errors.UserError:
                return
            self.held.discard(key)

    @rule(which=Choice)
    def drop(self, which: int) -> None:
        if key := _one(self.keys(State.IN_DOUBT), which):
            deliver.settle_drop(self.db, key, by=BY, now=self.now)
            self.dropped.add(key)

    @rule()
    def stop(self) -> None:
        deliver.stop(self.db, "world", "", by=BY, now=self.now)
        self.stopped = True

    @rule()
    def resume(self) -> None:
        for scope, value in (("world", ""), *(("account", name) for name in ACCOUNTS)):
            try:
                deliver.resume(self.db, scope, value, by=BY, now=self.now)  # type: ignore[arg-type]  # a literal
            except errors.UserError:
                continue
        self.stopped = False

    @invariant()
    def nothing_is_said_twice_or_lost(self) -> None:
        with self.db.read() as c:
            standing = ledger.deliveries(c)
            assert journal.broken(c) == []
        assert standing.keys() == self.out.keys()
        for key, one in standing.items():
            times = {State.SENT: {1}, State.FAILED: {0}, State.MISSED: {0}, State.WAITING: {0}, State.HELD: {0}}
            assert self.out[key] in times.get(one.state, {0, 1}), f"{key} is {one.state}"
            assert key not in self.dropped or one.state is State.CANCELLED, "a person's decision"


def _silent(_delivery: object, _text: object) -> None:
    pass


def _one(keys: Sequence[str], which: int) -> str | None:
    return keys[which % len(keys)] if keys else None


def tell(db: database.Database, *, stories: int, shrinks: bool = True) -> None:
    """So many stories, the same each time."""
    db.alone = False  # several senders
    phases = [phase for phase in hypothesis.Phase if shrinks or phase is hypothesis.Phase.generate]
    how = hypothesis.settings(
        max_examples=stories,
        stateful_step_count=50,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=phases,
    )
    run_state_machine_as_test(type("Told", (Machine,), {"db": db}), settings=how)


def test_any_story(opened: postgres.Opened) -> None:
    db = opened("ledger")
    tell(db, stories=25 if db.engine.dialect.name == "sqlite" else 5)


def test_a_planted_bug_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = desk.Halts(world=False, accounts=frozenset(), cities=frozenset())
    monkeypatch.setattr(desk, "halts", lambda _: nothing)
    db = database.memory(kind="ledger")
    with pytest.raises(AssertionError, match="after a stop"):
        tell(db, stories=25, shrinks=False)
    db.close()
