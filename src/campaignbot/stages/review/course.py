"""Where an approval takes a post: pure decisions, from what the ledger says of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaignbot.model.delivery import Delivery, Hold, State
from campaignbot.model.post import Approval, Draft, Post

#: Holds that an approval never lifts: a person, or a doubt about the day or the name, put them there.
FIRM = frozenset({Hold.PERSON, Hold.LATE, Hold.RENAMED})
_OUT = {
    State.SENT: "it is out already: nothing changes it any more",
    State.SENDING: "it is going out at this moment: look at it again in a minute",
    State.IN_DOUBT: "nobody knows yet whether it is out: `settle` it first",
}
_OVER = frozenset({State.MISSED, State.CANCELLED, State.FAILED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """Where an approved post is to stand."""

    state: State
    reason: Hold | None


VOIDED = Goal(state=State.HELD, reason=Hold.VOID)


def beyond(delivery: Delivery | None) -> str | None:
    """Why approving comes too late to matter, in words; None while it can still take effect."""
    return _OUT.get(delivery.state) if delivery else None


def past(post: Post, *, now: datetime) -> bool:
    """Whether the post was due before `now`. What waits for a person's call is never past."""
    return post.due is not None and post.due < now


def skipped(post: Post, *, first: datetime | None, now: datetime) -> bool:
    """Whether a post that is not in the ledger is past for good: nobody had recorded it (`first`) while it was still
    to come, or its last moment is over."""
    if not past(post, now=now):
        return False
    unseen = first is None or post.due is None or first > post.due
    return unseen or over(post, now=now)


def over(post: Post, *, now: datetime) -> bool:
    return post.until is not None and post.until <= now


def too_late(draft: Draft, delivery: Delivery | None, *, first: datetime | None, now: datetime) -> bool:
    """Whether only `--late` can still bring this post out."""
    post = draft.post
    if delivery is None:
        return skipped(post, first=first, now=now)
    if not past(post, now=now) or delivery.reason in FIRM:
        return False
    if delivery.state in _OVER:
        return not _stays_failed(draft, delivery)
    return over(post, now=now) and (delivery.digest != draft.digest or delivery.reason == Hold.VOID)


def goal(draft: Draft, delivery: Delivery | None, *, renamed: bool) -> Goal | None:
    """Where the post is to stand once it is approved; None: where it stands."""
    if delivery is None:
        return _fresh(draft.post, renamed=renamed)
    if delivery.state is State.HELD:
        firm = next((hold for hold in FIRM if hold == delivery.reason), None)
        return Goal(state=State.HELD, reason=firm) if firm else _fresh(draft.post, renamed=False)
    if _stays_failed(draft, delivery) or (delivery.state is State.WAITING and delivery.digest == draft.digest):
        return None
    return _fresh(draft.post, renamed=renamed)


def late_until(post: Post, *, now: datetime) -> datetime:
    """The last moment (UTC) of a post approved late: counted from now where it counted from due."""
    return now + post.expires if isinstance(post.expires, timedelta) else post.expires


def lapsed(approval: Approval, draft: Draft, delivery: Delivery | None) -> bool:
    """Whether an earlier yes to this key has lost its force: it was for other words, or the post was missed,
    cancelled or voided since."""
    if approval.digest != draft.digest:
        return True
    ended = delivery is not None and (delivery.state in _OVER or delivery.reason == Hold.VOID)
    return ended and delivery is not None and approval.at < delivery.since


def _stays_failed(draft: Draft, delivery: Delivery) -> bool:
    """What failed in these very words goes out again by a person's `retry`, not by one more yes."""
    return delivery.state is State.FAILED and delivery.digest == draft.digest


def _fresh(post: Post, *, renamed: bool) -> Goal:
    if renamed:
        return Goal(state=State.HELD, reason=Hold.RENAMED)
    if post.called:
        return Goal(state=State.HELD, reason=Hold.CALLED if post.person is None else Hold.ANSWERS)
    if post.armed:
        return Goal(state=State.HELD, reason=Hold.ARMED)
    return Goal(state=State.WAITING, reason=None)
