"""What people decide on the day, one post or one city at a time: each one transaction, journalled with its author."""

import difflib
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from campaignbot.model import errors
from campaignbot.model.delivery import Delivery, Hold, Receipt, State
from campaignbot.stages.deliver import desk, settling
from campaignbot.store import drafts, journal, ledger
from campaignbot.store.database import Connection, Database
from campaignbot.store.ledger import lanes

#: The called slot that `cancel` sends.
CANCELLED_SLOT = "cancelled"
#: Where a called post stands that was called, and is out or may yet be.
CALLED = (State.WAITING, State.SENDING, State.SENT, State.IN_DOUBT)


def arm(db: Database, key: str, *, by: str, now: datetime) -> None:
    """Release a HELD post that is approved, whatever held it; a called one is due now. UserError where it is not
    HELD, not approved, or its time has passed."""
    with db.write() as c:
        one = _known(c, key)
        if one.state is not State.HELD:
            raise errors.UserError(f"{key} is {one.state}, not HELD: there is nothing to arm")
        _release(c, one, by=by, now=now)


def hold(db: Database, key: str, *, by: str, now: datetime) -> None:
    """Hold a WAITING post back until somebody arms it. UserError where it is not WAITING."""
    with db.write() as c:
        one = _known(c, key)
        if not ledger.move(c, key, sources={State.WAITING}, to=State.HELD, by=by, now=now, reason=Hold.PERSON):
            raise errors.UserError(f"{key} is {one.state}, not WAITING: it cannot be held back")


def retry(db: Database, key: str, *, by: str, now: datetime) -> None:
    """Try a FAILED post again. UserError where it is not FAILED, or its time has passed."""
    with db.write() as c:
        one = _known(c, key)
        if one.state is not State.FAILED:
            raise errors.UserError(f"{key} is {one.state}, not FAILED: there is nothing to retry")
        _in_time(one, now=now, way="its time has passed")  # in these words no approval brings it back either
        ledger.move(c, key, sources={State.FAILED}, to=State.WAITING, by=by, now=now, freed=True, absences=0)


def settle_sent(db: Database, key: str, *, url: str, by: str, now: datetime) -> None:
    """A person found it on the account, at this address. UserError where it is not IN_DOUBT or that is no address."""
    found = urlsplit(url)
    if found.scheme not in ("http", "https") or not found.hostname:
        raise errors.UserError(f"{url!r} is no web address; give the post's own, beginning with https://")
    receipt = Receipt(id=_remote_id(url), url=url, at=now)
    with db.write() as c:
        kept = desk.kept(_in_doubt(c, key).delivery, receipt)
        ledger.move(c, key, sources={State.IN_DOUBT}, to=State.SENT, by=by, now=now, receipt=kept)


def settle_not_sent(db: Database, key: str, *, by: str, now: datetime) -> None:
    """A person looked, and it is not out: one more try within its time, once; then it has failed. UserError where it is
    not IN_DOUBT."""
    with db.write() as c:
        settling.absent(c, _in_doubt(c, key), by=by, now=now)


def settle_drop(db: Database, key: str, *, by: str, now: datetime) -> None:
    """Whatever became of it, let it be. UserError where it is not IN_DOUBT."""
    with db.write() as c:
        _in_doubt(c, key)
        ledger.move(c, key, sources={State.IN_DOUBT}, to=State.CANCELLED, by=by, now=now, reason="dropped by a person")


def send(db: Database, slot: str, *, city: str, by: str, now: datetime) -> list[str]:
    """Make a called slot's approved posts of one city due now; their keys. UserError where the slot is not called, or
    nothing of it is approved and unsent."""
    with db.write() as c:
        there = _of_city(c, city)
        named = [one for one in there if one.post.slot == slot]
        if not named:
            slots = {one.post.slot for one in there if one.post.called}
            hint = _near(slot, slots) or "approve its drafts first"
            raise errors.UserError(f"the ledger has no approved posts of a slot {slot!r} in {city}; {hint}")
        if not named[0].post.called:
            raise errors.UserError(
                f"{slot} is not called: it goes out by itself; `arm` and `retry` are for single posts"
            )
        held = [one for one in named if one.state is State.HELD]
        if not held:
            states = ", ".join(sorted({str(one.state) for one in named}))
            raise errors.UserError(f"nothing of {slot} in {city} can still be sent: it is {states}")
        # one language that lacks its approval must not keep the others back; where all do, `_release` says so
        released = [one for one in held if _approved(c, one)] or held
        for one in released:
            _release(c, one, by=by, now=now)
        return [one.key for one in released]


def cancel_city(db: Database, city: str, *, by: str, now: datetime) -> tuple[list[str], list[str], list[str]]:
    """Cancel a city: what is HELD, WAITING or FAILED there is CANCELLED, but for called posts, and its approved
    `cancelled` posts are due now. The keys of both, and of those `cancelled` posts that were called before; without any
    of these two, people must be told by hand. What is on its way or in doubt loses its approval: it may turn out to be
    out, but never goes out again."""
    with db.write() as c:
        there = _of_city(c, city)
        for one in there:
            if one.state in (State.SENDING, State.IN_DOUBT) and not one.post.called:
                drafts.void(c, key=one.key)
                journal.add(c, chain=journal.PEOPLE, entry={"what": "void", "key": one.key, "by": by}, now=now)
        gone = [one.key for one in there if not one.post.called and _cancel(c, one, by=by, now=now)]
        told = [one for one in there if one.post.called and one.post.slot == CANCELLED_SLOT]
        sent, before = [], [one.key for one in told if one.state in CALLED]
        for one in told:
            if one.state is State.HELD and _approved(c, one) and _until(one, now=now) > now:
                _release(c, one, by=by, now=now)
                sent.append(one.key)
        return gone, sent, before


def _cancel(c: Connection, one: Delivery, *, by: str, now: datetime) -> bool:
    sources = {State.HELD, State.WAITING, State.FAILED}
    return ledger.move(c, one.key, sources=sources, to=State.CANCELLED, by=by, now=now, reason="its city is cancelled")


def _release(c: Connection, one: Delivery, *, by: str, now: datetime) -> None:
    if one.post.person == "":
        raise errors.UserError(f"{one.key} is the text of answers: it goes to who asks, never out by itself")
    if not _approved(c, one):
        raise errors.UserError(f"{one.key} is not approved as it now stands; approve it first")
    if not one.post.called:
        _in_time(one, now=now, way="approve it with --late to send it after all")
        ledger.move(c, one.key, sources={State.HELD}, to=State.WAITING, by=by, now=now, freed=True)
        return
    until = _until(one, now=now)
    if until <= now:
        raise errors.UserError(f"{one.key} could be sent until {until:%Y-%m-%d %H:%M} UTC; its time has passed")
    ledger.move(c, one.key, sources={State.HELD}, to=State.WAITING, by=by, now=now, due=now, until=until, freed=True)


def _until(one: Delivery, *, now: datetime) -> datetime:
    """The last moment (UTC) of a called post that is called now."""
    expires = one.post.expires
    return expires if isinstance(expires, datetime) else now + expires


def _approved(c: Connection, one: Delivery) -> bool:
    named = {one.key: (one.post, one.digest or "")}
    return one.key in drafts.ready(c, named, approvals=ledger.approvals_asked(c))


def _in_time(one: Delivery, *, now: datetime, way: str) -> None:
    if one.until is not None and one.until <= now:
        raise errors.UserError(f"{one.key} could be sent until {one.until:%Y-%m-%d %H:%M} UTC; {way}")


def _in_doubt(c: Connection, key: str) -> lanes.Line:
    one = _known(c, key)
    line = lanes.in_doubt(c, key)
    if line is None:
        raise errors.UserError(f"{key} is {one.state}, not IN_DOUBT: there is nothing to settle")
    return line


def _known(c: Connection, key: str) -> Delivery:
    found = ledger.deliveries(c, keys=[key]).get(key)
    if found is None:
        hint = _near(key, ledger.deliveries(c)) or "`campaignbot deliveries` lists them"
        raise errors.UserError(f"the ledger has no post {key!r}; {hint}")
    return found


def _of_city(c: Connection, city: str) -> list[Delivery]:
    everywhere = ledger.deliveries(c)
    there = [one for one in everywhere.values() if one.post.city == city]
    places = {one.post.city for one in everywhere.values()} | set(ledger.places(c))
    if not there and city not in places:
        hint = _near(city, places) or "`campaignbot plan` lists them"
        raise errors.UserError(f"the ledger knows no city {city!r}; {hint}")
    return there


def _near(word: str, known: Iterable[str]) -> str | None:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else None


def _remote_id(url: str) -> str:
    """The network's own id in a post's address: what stands last in its path, or what Facebook names in the query."""
    parts = urlsplit(url)
    story = parse_qs(parts.query).get("story_fbid")
    return story[0] if story else parts.path.rstrip("/").rpartition("/")[2] or url
