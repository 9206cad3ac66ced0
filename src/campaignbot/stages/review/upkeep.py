"""The ledger follows the files: what was edited, moved, cancelled or renamed since it was approved."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from campaignbot.model.campaign import Campaign, CityStatus
from campaignbot.model.delivery import Delivery, Hold, State
from campaignbot.model.post import Draft
from campaignbot.stages import plan
from campaignbot.stages.plan import Change
from campaignbot.stages.review import course, renaming
from campaignbot.store import drafts as kept
from campaignbot.store import journal, ledger
from campaignbot.store.database import Connection, Database

FILES = "the files"  #: who moved it, in the journal
_OPEN = frozenset({State.HELD, State.WAITING, State.FAILED})
#: May come back to WAITING without anybody's asking: what the files no longer say so must not go out then.
_ON_ITS_WAY = frozenset({State.SENDING, State.IN_DOUBT})


def take_up(db: Database, campaign: Campaign, drafts: Sequence[Draft], *, now: datetime) -> list[Change]:
    """Brings the ledger in line with the whole plan as it now stands, and says what that changed. One transaction.

    A draft that differs from what was approved loses its approval and is held; it goes out in neither wording. A post
    whose words stand and whose minute moved gets its new times. What the files no longer have is cancelled. Of both
    kinds, what is on its way or in doubt loses its approval: should it turn out not to be out, it is held. Every key is
    remembered as seen: a post first seen after it was due is skipped.
    """
    with db.write() as c:
        deliveries = _posts(c)
        changes = _changes(c, campaign, drafts, deliveries, now=now)
        ledger.keep_approvals(c, campaign.approvals)
        ledger.see(c, [draft.key for draft in drafts], now)
        changed = []
        for draft in drafts:
            delivery = deliveries.get(draft.key)
            if delivery is None or delivery.state not in _OPEN | _ON_ITS_WAY:
                continue
            if draft.digest != delivery.digest:
                changed.append(delivery)
            elif delivery.state in _OPEN:
                _follow(c, draft, delivery, now=now)
        here = {draft.key for draft in drafts}
        changed += [one for key, one in deliveries.items() if key not in here and one.state in _ON_ITS_WAY]
        _void(c, changed, now=now)
        _cancel(c, campaign, here, deliveries, now=now)
    return changes


def differences(db: Database, campaign: Campaign, drafts: Sequence[Draft], *, now: datetime) -> list[Change]:
    """What `take_up` would say; nothing is written."""
    with db.read() as c:
        return _changes(c, campaign, drafts, _posts(c), now=now)


def _posts(c: Connection) -> dict[str, Delivery]:
    """What the files are about: an answer to somebody is not in them, and hangs on the approval of its text."""
    return {key: one for key, one in ledger.deliveries(c).items() if not one.post.person}


def _changes(
    c: Connection, campaign: Campaign, drafts: Sequence[Draft], deliveries: Mapping[str, Delivery], *, now: datetime
) -> list[Change]:
    found = plan.changes(drafts, deliveries, now=now, logins=renaming.logins(c, campaign, deliveries))
    here = {draft.key: draft for draft in drafts}
    return [_as_approved(change, here.get(change.key), deliveries.get(change.key)) for change in found]


def _follow(c: Connection, draft: Draft, delivery: Delivery, *, now: datetime) -> None:
    """The same words on other terms: new times, or a person on site who must now release it."""
    if draft.post == delivery.post or delivery.state is State.FAILED:
        return
    if delivery.state is State.WAITING and draft.post.armed and not delivery.post.armed:
        post, reason = draft.post, Hold.ARMED
        ledger.move(c, draft.key, sources={State.WAITING}, to=State.HELD, by=FILES, now=now, reason=reason, post=post)
    elif not _approved_late(delivery):
        ledger.retime(c, draft.post, by=FILES, now=now)


def _void(c: Connection, changed: Sequence[Delivery], *, now: datetime) -> None:
    """Ends every yes to these. A person's hold, or a doubt about its day or name, stays the reason one is held."""
    approved = list(kept.approvals(c, [delivery.key for delivery in changed]))
    lines: list[tuple[str, Mapping[str, journal.JSON]]] = []
    for key in approved:
        kept.void(c, key=key)
        lines.append((journal.PEOPLE, {"what": "void", "key": key, "by": FILES}))
    journal.add_all(c, lines, now=now)
    for delivery in changed:
        key = delivery.key
        if delivery.state not in (State.HELD, State.WAITING):
            continue
        if delivery.reason in course.FIRM or delivery.reason == Hold.VOID:
            continue
        if delivery.state is State.HELD:  # the ledger keeps no move from HELD to HELD
            ledger.move(c, key, sources={State.HELD}, to=State.WAITING, by=FILES, now=now)
        ledger.move(c, key, sources={State.WAITING}, to=State.HELD, by=FILES, now=now, reason=Hold.VOID)


def _cancel(
    c: Connection, campaign: Campaign, here: Collection[str], deliveries: Mapping[str, Delivery], *, now: datetime
) -> None:
    for key, delivery in deliveries.items():
        if key in here or delivery.state not in _OPEN:
            continue
        city = campaign.cities.get(delivery.post.city)
        called_off = city is not None and city.status is CityStatus.CANCELLED
        reason = "the city is cancelled in the files" if called_off else "no longer in the plan"
        ledger.move(c, key, sources=_OPEN, to=State.CANCELLED, by=FILES, now=now, reason=reason)


def _approved_late(delivery: Delivery) -> bool:
    """Whether a person approved it after its time, on terms that the files do not know."""
    return not delivery.post.called and delivery.until != delivery.post.until


def _as_approved(change: Change, draft: Draft | None, delivery: Delivery | None) -> Change:
    """An approval given late has moved the last moment; that is no change in the files. A new wall time is one, and so
    is that a person on site must now release it."""
    if change.what != "moved" or draft is None or delivery is None:
        return change
    edited = draft.digest != delivery.digest or draft.post.armed != delivery.post.armed
    if not edited and delivery.due == delivery.post.due and _approved_late(delivery):
        return dataclasses.replace(change, what="untouched", detail=None)
    return change
