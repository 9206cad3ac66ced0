"""An organiser says yes: to these exact words and no others, and the ledger takes it up in the same transaction."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.model.delivery import MOVES, Delivery, Hold, State
from campaignbot.model.post import Approval, Draft, Post
from campaignbot.stages.review import course, difference, minute, renaming
from campaignbot.store import drafts as kept
from campaignbot.store import ledger
from campaignbot.store.database import Connection, Database

LONGEST_ID = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What became of one approval, with what a person should know of it."""

    key: str
    outcome: Literal["approved", "waits for another", "refused"]
    detail: str | None


def approve(
    db: Database,
    campaign: Campaign,
    drafts: Sequence[Draft],
    *,
    digests: Mapping[str, str],
    by: str,
    now: datetime,
    late: bool = False,
) -> list[Verdict]:
    """The organiser `by` says yes to the drafts named by key and digest. One transaction: words, yes and move.

    `drafts` is the whole plan as it now stands. With `late`, a post whose time is past goes out at the next minute
    the limits allow. UserError, and nothing approved, where a key is unknown, a draft lacks something or any digest
    differs; the difference is in the message.
    """
    organiser(by)
    with db.write() as c:
        deliveries = {key: one for key, one in ledger.deliveries(c).items() if not one.post.person}
        approvals = kept.approvals(c, list(digests))
        named = difference.exact(c, drafts, digests, deliveries=deliveries, approvals=approvals)
        ledger.keep_approvals(c, campaign.approvals)
        desk = _Desk(
            c=c,
            campaign=campaign,
            by=by,
            now=now,
            late=late,
            deliveries=deliveries,
            approvals=approvals,
            first=ledger.seen(c, list(digests)),
            renamed=renaming.renamed(c, campaign, drafts, deliveries, now=now),
            taken=minute.taken(campaign, deliveries, drafts, now=now) if late else [],
        )
        verdicts = [desk.one(draft) for draft in named]
        desk.write()
    return verdicts


def organiser(by: str) -> str:
    """The organiser's id as given; UserError where it is none."""
    # a space at an end, or letters of another width, would make two organisers of one
    plain = by == unicodedata.normalize("NFKC", by).strip()
    if not by or not plain or len(by) > LONGEST_ID or not by.isprintable():
        raise errors.UserError(f"an organiser is named by a short id such as toronto-1 (at most {LONGEST_ID} letters)")
    return by


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    """What one approval is to do in the ledger."""

    draft: Draft
    delivery: Delivery | None
    goal: course.Goal
    not_before: datetime | None = None
    until: datetime | None = None


@dataclass(kw_only=True)
class _Desk:
    """One call of `approve`: what it found, and what it will write."""

    c: Connection
    campaign: Campaign
    by: str
    now: datetime
    late: bool
    deliveries: Mapping[str, Delivery]
    approvals: Mapping[str, Sequence[Approval]]
    first: Mapping[str, datetime]
    renamed: Mapping[str, str]
    taken: list[minute.Taken]
    said: list[Draft] = field(default_factory=list)
    steps: list[_Step] = field(default_factory=list)

    def one(self, draft: Draft) -> Verdict:
        delivery = self.deliveries.get(draft.key)
        if words := course.beyond(delivery):
            same = delivery is not None and delivery.digest == draft.digest
            return Verdict(key=draft.key, outcome="approved" if same else "refused", detail=words)
        late = course.too_late(draft, delivery, first=self.first.get(draft.key), now=self.now)
        if late and not self.late:
            return Verdict(key=draft.key, outcome="refused", detail=_is_past(draft.post))
        yeses = self._yeses(draft, delivery)
        if yeses < self.campaign.approvals:
            return self._first_of_many(draft, delivery, yeses)
        goal = course.goal(draft, delivery, renamed=draft.key in self.renamed)
        if goal is None:
            self.said.append(draft)
            failed = delivery is not None and delivery.state is State.FAILED
            return Verdict(key=draft.key, outcome="approved", detail="it failed: `retry` sends it" if failed else None)
        if late:
            return self._late(draft, delivery, goal)
        self.said.append(draft)
        self.steps.append(_Step(draft=draft, delivery=delivery, goal=goal))
        return Verdict(key=draft.key, outcome="approved", detail=self._detail(draft, goal))

    def write(self) -> None:
        """Everything that was said, into the ledger."""
        for draft in self.said:
            if self._lapsed(draft, self.deliveries.get(draft.key)):
                kept.void(self.c, key=draft.key)
        kept.keep_all(self.c, self.said, now=self.now)
        named = [(draft.key, draft.digest or "") for draft in self.said]
        kept.approve_all(self.c, named, by=self.by, now=self.now)
        ledger.see(self.c, [draft.key for draft in self.said], self.now)
        new = [
            ledger.New(
                post=step.draft.post,
                state=step.goal.state,
                reason=step.goal.reason,
                digest=step.draft.digest,
                not_before=step.not_before,
                until=step.until,
            )
            for step in self.steps
            if step.delivery is None
        ]
        ledger.add_all(self.c, new, by=self.by, now=self.now)
        for step in self.steps:
            if step.delivery is not None:
                self._move(step, step.delivery)

    def _lapsed(self, draft: Draft, delivery: Delivery | None) -> bool:
        return any(course.lapsed(one, draft, delivery) for one in self.approvals.get(draft.key, ()))

    def _yeses(self, draft: Draft, delivery: Delivery | None) -> int:
        """How many different organisers, this one among them, have said yes to these words."""
        said = () if self._lapsed(draft, delivery) else self.approvals.get(draft.key, ())
        return len({one.by.casefold() for one in said} | {self.by.casefold()})

    def _first_of_many(self, draft: Draft, delivery: Delivery | None, yeses: int) -> Verdict:
        self.said.append(draft)
        if delivery and delivery.state is State.WAITING and delivery.digest != draft.digest:
            self.steps.append(_Step(draft=draft, delivery=delivery, goal=course.VOIDED))
        detail = f"{yeses} of {self.campaign.approvals} organisers have said yes"
        return Verdict(key=draft.key, outcome="waits for another", detail=detail)

    def _late(self, draft: Draft, delivery: Delivery | None, goal: course.Goal) -> Verdict:
        post = draft.post
        until = course.late_until(post, now=self.now)
        at = minute.first_free(post, self.campaign, self.taken, now=self.now)
        if at is None or at >= until:
            detail = f"the limits allow no minute before its last moment ({until:%Y-%m-%d %H:%M} UTC)"
            return Verdict(key=draft.key, outcome="refused", detail=detail)
        self.said.append(draft)
        if goal.state is State.HELD:
            self.steps.append(_Step(draft=draft, delivery=delivery, goal=goal, until=until))
            return Verdict(key=draft.key, outcome="approved", detail=self._detail(draft, goal))
        self.taken.append(minute.Taken(minute.login(self.campaign, post), post.slot, post.key, at))
        self.steps.append(_Step(draft=draft, delivery=delivery, goal=goal, not_before=at, until=until))
        local = at.astimezone(ZoneInfo(post.zone))
        said = f"goes out at {local:%Y-%m-%d %H:%M} ({post.zone})"
        return Verdict(key=draft.key, outcome="approved", detail=said)

    def _move(self, step: _Step, delivery: Delivery) -> None:
        """The ledger keeps no move from a state to itself, nor from FAILED to HELD: those go by another state, which
        nobody sees, for it is one transaction."""
        source, goal, draft = delivery.state, step.goal, step.draft
        voids = goal == course.VOIDED
        stands = (delivery.state, delivery.reason, delivery.digest, delivery.post)
        if stands == (goal.state, goal.reason, draft.digest, draft.post):
            return
        if (source, goal.state) not in MOVES:
            between = State.WAITING if goal.state is State.HELD else State.HELD
            self._moved(ledger.move(self.c, draft.key, sources={source}, to=between, by=self.by, now=self.now))
            source = between
        self._moved(
            ledger.move(
                self.c,
                draft.key,
                sources={source},
                to=goal.state,
                by=self.by,
                now=self.now,
                reason=goal.reason,
                post=None if voids else draft.post,
                digest=None if voids else draft.digest,
                not_before=step.not_before,
                until=step.until,
            )
        )

    def _moved(self, moved: bool) -> None:
        if not moved:
            raise errors.UserError("nothing is approved: the ledger moved on at this very moment; try again")

    def _detail(self, draft: Draft, goal: course.Goal) -> str | None:
        if goal.reason is Hold.RENAMED and draft.key in self.renamed:
            return f"held: {self.renamed[draft.key]}; `arm` releases it if it is another post"
        if goal.reason in course.FIRM:
            return f"still held ({goal.reason}): `arm` releases it"
        return str(goal.reason) if goal.reason else None


def _is_past(post: Post) -> str:
    return (
        f"due {post.due:%Y-%m-%d %H:%M} UTC is past; approve with --late to send it at the next minute the limits allow"
    )
