"""A network that is a list: honest, and able to lose, refuse, lag and answer late. For the tests of `deliver`."""

import dataclasses
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import made
from campaignbot.model import errors
from campaignbot.model.delivery import Delivery, Receipt, State
from campaignbot.model.post import Draft, Limits
from campaignbot.model.reply import Check, Cursor, Page
from campaignbot.platforms import base
from campaignbot.stages import deliver
from campaignbot.store import database, drafts, ledger


class Crash(BaseException):
    """The process dies here."""


class Clock:
    """A clock that a test moves; it can strike at its n-th reading from now, as a kill would."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.readings_left: int | None = None

    def __call__(self) -> datetime:
        if self.readings_left is not None:
            self.readings_left -= 1
            if self.readings_left < 0:
                self.readings_left = None
                raise Crash
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclasses.dataclass
class Listed:
    """One account's timeline."""

    clock: Clock
    proves_absence: bool = True
    lag: timedelta = timedelta(0)  #: how long a post stays off the readable timeline
    told: list[tuple[datetime, str]] = dataclasses.field(default_factory=list)
    answers: list[Exception | BaseException | str] = dataclasses.field(default_factory=list)
    """What the next calls of publish do: raise before ("lose request" is NoAnswer without a post), or
    "answer lost", "late effect": post (later), then raise; "crash before", "crash after"; "lie": post, then claim that
    it was surely not sent; empty: post."""
    reading: list[Exception] = dataclasses.field(default_factory=list)
    finds: int = 0
    finding: Callable[[], object] | None = None  #: what happens elsewhere, once, while the timeline is read
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)
    upload: Callable[[], None] | None = None  #: what happens before the one public request leaves
    during: Callable[[], None] | None = None  #: what happens elsewhere while a post is on its way

    @property
    def limits(self) -> Limits:
        return made.LIMITS_X

    def publish(self, draft: Draft, *, parent: Receipt | None, may_leave: Callable[[], None] = base.always) -> Receipt:
        with self.lock:
            if self.upload is not None:
                self.upload()
            may_leave()
            answer = self.answers.pop(0) if self.answers else "posted"
            if self.during is not None:
                self.during()
            if isinstance(answer, BaseException):
                raise answer
            if answer == "crash before":
                raise Crash
            late = timedelta(minutes=2) if answer == "late effect" else timedelta(0)
            self.told.append((self.clock.now + late, draft.text))
            if answer == "crash after":
                raise Crash
            if answer == "lie":
                raise errors.TryLater("surely not sent, it says")
            if answer in ("answer lost", "late effect"):
                raise errors.NoAnswer("no answer came back")
            return self._receipt(len(self.told) - 1)

    def find(self, draft: Draft, *, since: datetime, parent: Receipt | None = None) -> tuple[Receipt, ...]:
        meanwhile, self.finding = self.finding, None
        if meanwhile is not None:
            meanwhile()
        with self.lock:
            self.finds += 1
            if self.reading:
                raise self.reading.pop(0)
            return tuple(
                self._receipt(n)
                for n, (at, text) in enumerate(self.told)
                if text == draft.text and since <= at <= self.clock.now - self.lag
            )

    def replies(self, to: Sequence[Receipt], *, after: Cursor | None) -> Page:
        return Page(replies=(), cursor=after, complete=True, claimed_total=None)

    def vanished(self, replies: Sequence[str]) -> frozenset[str]:
        return frozenset()

    def check(self) -> tuple[Check, ...]:
        return ()

    def texts(self) -> list[str]:
        return [text for _, text in self.told]

    def _receipt(self, n: int) -> Receipt:
        return Receipt(id=str(n + 1), url=f"https://example.org/{n + 1}", at=self.told[n][0])


@dataclasses.dataclass
class Told:
    """What `deliver` told of its moves."""

    moves: list[tuple[str, str, str | None]] = dataclasses.field(default_factory=list)

    def __call__(self, delivery: Delivery, text: str | None) -> None:
        self.moves.append((delivery.post.slot, str(delivery.state), text))


class Room:
    """A ledger, one or more accounts that are lists, a clock: everything `deliver` needs."""

    def __init__(
        self, place: Path | database.Database, *, now: datetime, accounts: Sequence[str] = ("x-london",)
    ) -> None:
        self.clock = Clock(now)
        self.told = Told()
        self.lists = {name: Listed(self.clock) for name in accounts}
        self.owner = "here:1"
        self.db = database.open(f"sqlite:///{place}/ledger.db", kind="ledger") if isinstance(place, Path) else place

    @property
    def x(self) -> Listed:
        return self.lists["x-london"]

    def recover(self) -> None:
        deliver.recover(self.db, self.lists, owner=self.owner, clock=self.clock, emit=self.told)

    def due(self) -> int:
        return deliver.due(self.db, self.lists, owner=self.owner, clock=self.clock, emit=self.told)

    def settle(self, *, alone: bool = False) -> int:
        return deliver.settle(self.db, self.lists, owner=self.owner, clock=self.clock, emit=self.told, alone=alone)

    def next_due(self) -> datetime | None:
        return deliver.next_due(self.db, now=self.clock.now)

    def put(self, *, state: State = State.WAITING, reason: str | None = None, cost: str = "0", **post: Any) -> str:
        return put(self.db, now=self.clock.now, state=state, reason=reason, cost=cost, **post)

    def pace(self, **changes: Any) -> None:
        """Keep a pacing that holds nothing back but for these."""
        with self.db.write() as c:
            ledger.keep_pacing(c, dataclasses.replace(ledger.OPEN, **changes))

    def states(self) -> dict[str, str]:
        """The state of every delivery, by slot; with the reason where there is one."""
        with self.db.read() as c:
            return {
                one.post.slot: f"{one.state}: {one.reason}" if one.reason else str(one.state)
                for one in ledger.deliveries(c).values()
            }

    def one(self, key: str) -> Delivery:
        with self.db.read() as c:
            return ledger.deliveries(c, keys=[key])[key]


def put(
    db: database.Database,
    *,
    now: datetime,
    state: State = State.WAITING,
    reason: str | None = None,
    cost: str = "0",
    **post: Any,
) -> str:
    """Bring an approved post into the ledger; its text is its key's slot, city and language."""
    planned = made.post(**post)
    words = f"{planned.slot} {planned.city} {planned.language}"
    account = made.account(id=planned.account)
    draft = made.draft(post=planned, account=account, text=words, cost_usd=Decimal(cost))
    assert draft.digest is not None
    with db.write() as c:
        drafts.keep(c, draft, now=now)
        drafts.approve(c, key=draft.key, digest=draft.digest, by="london-1", now=now)
        ledger.add(c, post=planned, state=state, reason=reason, digest=draft.digest, by="london-1", now=now)
    return draft.key
