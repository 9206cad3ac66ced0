"""What the files would change against the ledger."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from campaignbot.model.campaign import base
from campaignbot.model.delivery import Delivery, State
from campaignbot.model.post import Draft, Post

_NO_LOGINS: Mapping[str, tuple[str, str]] = {}
_CANCELLABLE = frozenset({State.HELD, State.WAITING, State.FAILED})
_OVER = frozenset({State.MISSED, State.CANCELLED})


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What would become of one key. `detail` says it in words for a person."""

    key: str
    city: str
    what: Literal["new", "moved", "reworded", "cancelled", "untouched", "sent", "skipped", "renamed"]
    detail: str | None = None


def changes(
    drafts: Sequence[Draft],
    deliveries: Mapping[str, Delivery],
    *,
    now: datetime,
    logins: Mapping[str, tuple[str, str]] = _NO_LOGINS,
) -> list[Change]:
    """One change for each draft, in their order, then one for each delivery that has vanished from the files.

    `deliveries` are those of this campaign's posts, by key. `logins` says, by account id, the platform and remote
    account of accounts that the files no longer name; where that is not known either, an equal platform counts as the
    same account: at worst a post is held that need not be.
    """
    here = {draft.key for draft in drafts}
    known = {**logins, **{draft.account.id: (draft.account.platform, draft.account.remote) for draft in drafts}}
    vanished = [delivery for key, delivery in sorted(deliveries.items()) if key not in here]
    found = []
    for draft in drafts:
        if draft.key in deliveries:
            found.append(_kept(draft, deliveries[draft.key]))
        else:
            found.append(_new(draft, _predecessor(draft, vanished, known), now))
    return found + [change for delivery in vanished for change in _vanished(delivery)]


def _change(
    draft: Draft,
    what: Literal["new", "moved", "reworded", "untouched", "sent", "skipped", "renamed"],
    detail: str | None = None,
) -> Change:
    return Change(key=draft.key, city=draft.post.city, what=what, detail=detail)


def _new(draft: Draft, predecessor: Delivery | None, now: datetime) -> Change:
    due = draft.post.due
    if predecessor is not None:
        return _change(draft, "renamed", f"{predecessor.key} ({predecessor.state}) says the same there")
    if due is not None and due < now:
        return _change(draft, "skipped", f"it was due {_utc(due)}")
    return _change(draft, "new", None if due is None else f"due {_utc(due)}")


def _predecessor(draft: Draft, vanished: Sequence[Delivery], logins: Mapping[str, tuple[str, str]]) -> Delivery | None:
    """The delivery under a vanished key that may have said the same: one post must not go out under two names."""
    login = (draft.account.platform, draft.account.remote)
    post = draft.post
    for delivery in vanished:
        old = delivery.post
        if (
            (old.city, old.message, base(old.language)) == (post.city, post.message, base(post.language))
            and old.platform == post.platform
            and logins.get(old.account, login) == login
        ):
            return delivery
    return None


def _kept(draft: Draft, delivery: Delivery) -> Change:
    if delivery.state is State.SENT:
        changed = _differs(draft, delivery)
        return _change(draft, "sent", f"it {changed}, but it is out already" if changed else None)
    if delivery.state in _OVER:
        return _change(draft, "untouched", f"{delivery.state}: approve it again to bring it back")
    if delivery.state in (State.SENDING, State.IN_DOUBT):
        return _change(draft, "untouched", str(delivery.state))
    if _same_words(draft, delivery):
        moves = _moves(draft, delivery)
        return _change(draft, "moved", moves) if moves else _change(draft, "untouched")
    lacks = f"it lacks {', '.join(draft.missing)}; " if draft.missing else ""
    moves = _moves(draft, delivery)
    return _change(draft, "reworded", f"{lacks}approve it again" + (f"; {moves}" if moves else ""))


def _differs(draft: Draft, delivery: Delivery) -> str | None:
    return None if _same_words(draft, delivery) else "reads otherwise now"


def _same_words(draft: Draft, delivery: Delivery) -> bool:
    """Whether the approved digest fits this draft once its time is put back to the approved one."""
    then = dataclasses.replace(draft.post, wall=delivery.post.wall, zone=delivery.post.zone)
    return dataclasses.replace(draft, post=then).digest == delivery.digest


def _moves(draft: Draft, delivery: Delivery) -> str | None:
    """How the files' schedule differs from the one in the ledger, in words. What a person decided since, by sending
    a called post or approving one late, is no change in the files."""
    new, old = draft.post, delivery.post
    if (new.wall, new.zone) != (old.wall, old.zone):
        return f"from {_place(old.wall, old.zone)} to {_place(new.wall, new.zone)}; approve it again"
    if new.due != old.due:
        return f"from {_utc(old.due)} to {_utc(new.due)}"
    if new.expires != old.expires:
        return f"may go out until {_last(new)}, not {_last(old)}"
    if (new.late, new.armed) != (old.late, old.armed):
        return f"late: {new.late}, armed: {str(new.armed).lower()}"
    return None


def _vanished(delivery: Delivery) -> list[Change]:
    key, city, state = delivery.key, delivery.post.city, delivery.state
    if state in _CANCELLABLE:
        return [Change(key=key, city=city, what="cancelled", detail="the files no longer have it")]
    if state is State.SENT:
        return [Change(key=key, city=city, what="sent", detail="the files no longer have it")]
    if state in _OVER:
        return []
    return [Change(key=key, city=city, what="untouched", detail=f"the files no longer have it, but it is {state}")]


def _place(wall: str | None, zone: str) -> str:
    return f"{wall or 'called'} {zone}"


def _last(post: Post) -> str:
    if isinstance(post.expires, timedelta):
        return f"{int(post.expires.total_seconds() // 60)} min after it is due"
    return _utc(post.expires)


def _utc(moment: datetime | None) -> str:
    return "called" if moment is None else f"{moment:%Y-%m-%dT%H:%MZ}"
