"""What one transaction of a sender decides: results, marks, and who sends what next. All in the ledger's own terms."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property, partial

from campaignbot.model import errors
from campaignbot.model.campaign import Late, Pacing
from campaignbot.model.delivery import Delivery, Hold, Receipt, State
from campaignbot.model.post import Draft
from campaignbot.stages.deliver import lane, pace
from campaignbot.store import drafts, journal, ledger
from campaignbot.store.database import Connection
from campaignbot.store.ledger import accounts, lanes, sending

#: How long a lease holds unless renewed: longer than any adapter's total deadline.
LEASE = timedelta(seconds=300)
#: No request of a send begins later than this after its intent; and as none lasts longer than `Patience.upload`, all is
#: over before the lease is.
STALE = timedelta(seconds=120)
#: So old an intent asks again, before it leaves, whether somebody has pulled the cord meanwhile.
FRESH = timedelta(seconds=1)
#: How far clocks and networks may disagree about when something was said: ours may have been a day off, as clocks are
#: that somebody set. Whoever looks too far back finds nothing that is not ours, whoever does not look far enough posts
#: twice.
SKEW = timedelta(hours=25)
FOUND = "found on the timeline"
LEFT = "whoever it was for is not to be answered any more"
TWICE = "found more than once on the timeline: delete the others there"


@dataclass(kw_only=True)
class Desk:
    """One turn. `moved` is what to tell once it is committed."""

    c: Connection
    now: datetime
    owner: str
    stays: Callable[[Delivery, str], bool] = lambda _one, _attempt: False  #: asked of a send that took long to leave
    answered: Callable[[Delivery], Receipt | None] | None = None
    """In a turn of answers: what one answers, as long as its author may be answered. None in a turn of posts."""
    moved: list[tuple[Delivery, str | None]] = field(default_factory=list)
    lines: list[journal.Line] = field(default_factory=list)
    leased: set[str] = field(default_factory=set)  #: in this turn
    again: bool = False  #: something stood aside, so the next in line has not been asked yet

    @cached_property
    def started(self) -> datetime:
        return ledger.started(self.c, self.owner, now=self.now)

    @cached_property
    def start(self) -> str:
        """This very start, by name: a process may come back under its old one."""
        return f"{self.owner} {self.started.isoformat()}"

    @cached_property
    def pacing(self) -> Pacing:
        return ledger.pacing(self.c)

    @cached_property
    def unpaced(self) -> bool:
        """Whether nothing is held back at all: the limits are off."""
        pacing, off = self.pacing, ledger.OPEN
        return not (pacing.quiet or pacing.spacing) and pacing.per_account_per_day >= off.per_account_per_day

    @cached_property
    def talkative(self) -> set[str]:
        """The accounts on which what was said before may matter; all, where posts are spaced."""
        return lanes.talkative(self.c, at_least=1 if self.pacing.spacing else self.pacing.per_account_per_day)

    def results(self, done: Iterable[tuple[lane.Order, lane.Outcome]]) -> None:
        """Take what the lanes brought back."""
        ends, words = [], {}
        for order, outcome in done:
            if isinstance(outcome, errors.LockedOut):
                account = order.delivery.post.account
                accounts.pause(self.c, account, reason=outcome.reason, by=self.owner, now=self.now)
            if isinstance(outcome, errors.TryLater) and outcome.account_wide:
                self._patience(order, outcome)
            if isinstance(order, lane.Look):
                self._looked(order, outcome)
            else:
                ends.append(self._result(order, outcome))
                words[order.delivery.key] = order.draft.text
        for moved in sending.record(self.c, ends, by=self.owner, now=self.now, lines=self.lines):
            self.moved.append((moved, words[moved.key]))

    def close(self) -> None:
        """Journal what was written so far: before any other move of the same chains, and before the commit."""
        journal.add_all(self.c, self.lines, now=self.now)
        self.lines.clear()

    def sweep(self) -> None:
        """Mark what is too late, on every account."""
        for line in lanes.overdue(self.c, now=self.now, late=self.now - pace.GRACE):
            self._marked(line)

    def orders(self, names: Collection[str], *, room: int, boot: float) -> list[lane.Order]:
        """What to do next on those of these accounts that may do something; the intents are written."""
        chosen = self._chosen(names, room=room)
        ready = drafts.ready(
            self.c,
            {line.delivery.key: (line.delivery.post, line.delivery.digest or "") for line in chosen},
            approvals=ledger.approvals_asked(self.c),
        )
        looks: list[lane.Order] = []
        sends: list[tuple[Delivery, Receipt | None]] = []
        for line in chosen:
            one, parent = line.delivery, None
            if one.key not in ready:
                if one.post.person:  # nobody approves an answer of its own
                    self._mark(one, State.CANCELLED, Hold.VOID)
                else:
                    self._mark(one, State.HELD, Hold.VOID)
                self.again = True
            elif one.post.person and (parent := self._parent(one)) is None:
                self._mark(one, State.CANCELLED, LEFT)
                self.again = True
            elif self._unseen(line):
                looks.append(self._look(one, ready[one.key], parent=parent))
            elif self._affordable(ready[one.key]):
                sends.append((one, parent))
        return looks + self._sends(sends, ready, boot=boot)

    def _parent(self, one: Delivery) -> Receipt | None:
        return None if self.answered is None else self.answered(one)

    def rest(self, names: Collection[str]) -> None:
        """Give back the leases of those of these accounts on which nothing of ours is on its way: others may speak."""
        if idle := set(names) - self.leased:
            accounts.release(self.c, idle, owner=self.owner)

    @cached_property
    def _budgets(self) -> dict[str, Decimal]:
        known = ledger.accounts_kept(self.c)
        return {account.id: account.budget_usd for account in known if account.budget_usd is not None}

    def _affordable(self, draft: Draft) -> bool:
        """Whether its account's budget lets this post out; else the account is paused, until a person has raised it."""
        account = draft.post.account
        if not draft.cost_usd or account not in self._budgets:
            return True
        budget, after = self._budgets[account], lanes.spent(self.c, account) + draft.cost_usd
        if after <= budget:
            return True
        self.close()
        reason = f"the next post would bring what it has cost to {after:.2f} USD, over its budget_usd of {budget:.2f}"
        accounts.pause(self.c, account, reason=reason, by=self.owner, now=self.now)
        return False

    def _sends(
        self, sends: Sequence[tuple[Delivery, Receipt | None]], ready: Mapping[str, Draft], *, boot: float
    ) -> list[lane.Order]:
        chosen = [one for one, _ in sends]
        attempt, begun = sending.begin(self.c, chosen, owner=self.owner, now=self.now, lines=self.lines)
        if begun:
            self._lease([one.post.account for one in begun])
        orders: list[lane.Order] = []
        for one, (_, parent) in zip(begun, sends, strict=True):
            draft = ready[one.key]
            left = STALE if one.until is None else min(STALE, one.until - self.now)
            deadline = boot + left.total_seconds()
            fresh = boot + FRESH.total_seconds()
            stays = partial(self.stays, one, attempt)
            orders.append(
                lane.Send(
                    delivery=one,
                    attempt=attempt,
                    draft=draft,
                    deadline=deadline,
                    fresh=fresh,
                    parent=parent,
                    called_back=stays,
                )
            )
            self.moved.append((one, draft.text))
        return orders

    def _chosen(self, names: Collection[str], *, room: int) -> list[lanes.Line]:
        halted = halts(self.c)
        if halted.world:
            return []
        shut = halted.accounts | lanes.flying(self.c) | accounts.closed(self.c, owner=self.owner, now=self.now)
        free = [name for name in names if name not in shut]
        firsts = lanes.firsts(self.c, free, now=self.now, answers=self.answered is not None)
        chosen: list[lanes.Line] = []
        for name, first in firsts.items():
            if len(chosen) == room:
                break
            line = first if self._may(first, halted) else self._next(name, halted)
            if line is not None:
                chosen.append(line)
        return chosen

    def _next(self, name: str, halted: "Halts") -> lanes.Line | None:
        waiting = lanes.waiting(self.c, name, now=self.now, answers=self.answered is not None)
        return next((line for line in waiting if self._may(line, halted)), None)

    def _may(self, line: lanes.Line, halted: "Halts") -> bool:
        """Whether this one may go now; one that came too late is marked so."""
        if self._marked(line):
            return False
        return line.delivery.post.city not in halted.cities and self.allowed(line, start=self.now) <= self.now

    def allowed(self, line: lanes.Line, *, start: datetime) -> datetime:
        """When the limits let this one out, from `start` on."""
        pacing, post = self.pacing, line.delivery.post
        if post.person:
            said = lanes.attempts(self.c, post.account, since=start - 2 * pace.DAY, answers=True)
            return pace.allowed(post, start=start, due=start, pacing=pace.of_answers(pacing), said=said)
        if self.unpaced or line.delivery.due is None:
            return start
        said = []
        if post.account in self.talkative:
            said = lanes.attempts(self.c, post.account, since=start - pace.lookback(pacing))
        return pace.allowed(post, start=start, due=line.delivery.due, pacing=pacing, said=said)

    def _marked(self, line: lanes.Line) -> bool:
        """Whether it was too late for this one; then it is marked so."""
        one = line.delivery
        if one.until is not None and one.until <= self.now:
            why = f"its time passed ({one.reason})" if one.reason else "its time passed"
            self._mark(one, State.MISSED, why)
            return True
        if one.state is not State.WAITING or one.attempts or line.freed or line.begin is None:
            return False
        late = one.post.late
        if late is Late.SEND or self.now <= line.begin + pace.GRACE:
            return False
        if self.now <= self.allowed(line, start=line.begin) + pace.GRACE:
            return False  # the limits held it back until now
        if late is Late.SKIP:
            self._mark(one, State.MISSED, "overdue, and its slot says late: skip")
        else:
            self._mark(one, State.HELD, Hold.LATE)
        return True

    def _mark(self, one: Delivery, to: State, reason: str) -> None:
        self.close()
        if ledger.move(
            self.c, one.key, sources={one.state}, to=to, by=self.owner, now=self.now, reason=reason, until=one.until
        ):
            self._tell(one.key, None)

    def _unseen(self, line: lanes.Line) -> bool:
        """Whether it was due before this start, and the timeline was not read for it since: a ledger put back from an
        old copy does not know what went out after it was made."""
        due = line.delivery.due
        return due is not None and due <= self.started and line.seen_by != self.start

    def _look(self, one: Delivery, draft: Draft, *, parent: Receipt | None) -> lane.Look:
        first = [approval.at for approval in drafts.approvals(self.c, [one.key]).get(one.key, ())]
        since = min([*first, one.due or self.now]) - SKEW
        self._lease([one.post.account])
        return lane.Look(delivery=one, draft=draft, since=since, parent=parent)

    def _looked(self, order: lane.Look, outcome: lane.Outcome) -> None:
        one = order.delivery
        if isinstance(outcome, tuple):
            if found := lanes.unclaimed(self.c, one, outcome):
                self._found(one, found, order.draft.text)
            else:
                sending.looked(self.c, [one.key], start=self.start)
            return
        at = outcome.at if isinstance(outcome, errors.TryLater) else None
        sending.postpone(self.c, one, until=at or self.now + lane.back_off(1))

    def _found(self, one: Delivery, receipts: tuple[Receipt, ...], text: str) -> None:
        self.close()
        first = min(receipts, key=lambda receipt: receipt.at)
        by, now = self.owner, self.now
        if ledger.move(self.c, one.key, sources={State.WAITING}, to=State.SENDING, by=by, now=now, reason=FOUND):
            twice = TWICE if len(receipts) > 1 else None
            ledger.move(
                self.c,
                one.key,
                sources={State.SENDING},
                to=State.SENT,
                by=by,
                now=now,
                reason=twice,
                receipt=kept(one, first),
            )
            self._tell(one.key, text)

    def _result(self, order: lane.Send, outcome: lane.Outcome) -> sending.Result:
        one, attempt = order.delivery, order.attempt
        match outcome:
            case Receipt():
                return sending.Result(delivery=one, attempt=attempt, to=State.SENT, receipt=kept(one, outcome))
            case errors.Refused():
                return sending.Result(delivery=one, attempt=attempt, to=State.FAILED, reason=outcome.reason)
            case errors.LockedOut():
                return sending.Result(delivery=one, attempt=attempt, to=State.WAITING, reason=outcome.reason)
            case errors.TryLater():
                at = outcome.at or self.now + lane.back_off(one.attempts)
                return sending.Result(
                    delivery=one, attempt=attempt, to=State.WAITING, reason=outcome.reason, not_before=at
                )
            case _:
                reason = outcome.reason if isinstance(outcome, errors.PlatformError) else "no receipt came back"
                at = self.now + self.pacing.settle
                return sending.Result(delivery=one, attempt=attempt, to=State.IN_DOUBT, reason=reason, settle_at=at)

    def _patience(self, order: lane.Order, answer: errors.TryLater) -> None:
        at = answer.at or self.now + lane.back_off(order.delivery.attempts)
        accounts.patience(self.c, order.delivery.post.account, until=at)

    def _lease(self, names: Collection[str]) -> None:
        accounts.lease(self.c, names, owner=self.owner, expires=self.now + LEASE)
        self.leased.update(names)

    def _tell(self, key: str, text: str | None) -> None:
        self.moved.append((ledger.deliveries(self.c, keys=[key])[key], text))


def kept(one: Delivery, receipt: Receipt) -> Receipt | None:
    """What the ledger keeps of a receipt: of an answer nothing, since its address leads to whom it answers."""
    return None if one.post.person else receipt


def called_back(c: Connection, one: Delivery, *, attempt: str) -> bool:
    """Whether a post that is on its way must not leave: the cord was pulled, or the attempt is another's by now."""
    halted = halts(c)
    stopped = halted.world or one.post.account in halted.accounts or one.post.city in halted.cities
    return stopped or not sending.stands(c, one.key, attempt=attempt)


@dataclass(frozen=True, kw_only=True, slots=True)
class Halts:
    """What the stop cord holds back."""

    world: bool
    accounts: frozenset[str]
    cities: frozenset[str]


def halts(c: Connection) -> Halts:
    """The stops in force, with countries as their cities."""
    stops = ledger.stops(c)
    countries = {stop.value for stop in stops if stop.scope == "country"}
    inside = {city for city, country in ledger.places(c).items() if country in countries} if countries else set()
    return Halts(
        world=any(stop.scope == "world" for stop in stops),
        accounts=frozenset(stop.value for stop in stops if stop.scope == "account"),
        cities=frozenset(inside | {stop.value for stop in stops if stop.scope == "city"}),
    )
