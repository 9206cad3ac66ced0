"""What must hold on every simulated day: asked when a post begins, when it leaves, after each step, and at the end."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from campaignbot.model.campaign import Late
from campaignbot.model.delivery import Delivery, Hold
from campaignbot.model.post import Draft, Post
from campaignbot.stages import watch
from campaignbot.stages.deliver import lane
from campaignbot.store import journal, ledger
from campaignbot.store.columns import EPOCH, MICROSECOND, micros

if TYPE_CHECKING:
    from stages.deliver.day import Day
    from stages.deliver.hands import Hand

GRACE = timedelta(seconds=60)
VERSIONS = timedelta(seconds=59)
LEASE = timedelta(seconds=300)
STALE = timedelta(seconds=120)
FRESH = timedelta(seconds=1)
COUNTRIES = {"london": "GB", "paris": "FR"}


def begun(day: "Day", hand: "Hand", order: lane.Send) -> None:
    """Its intent was committed a moment ago."""
    post, key, now, seen = order.delivery.post, order.delivery.key, hand.read, hand.seen
    if seen.stops & scopes(post):
        day.wrong(f"{key} began after a stop")
    if key in seen.void:
        day.wrong(f"{key} began although its approval is void")
    if key in seen.held or key in seen.decided:
        day.wrong(f"{key} began against a person's decision")
    due, until = times(post, seen.called.get(key))
    if not due <= now < until:
        day.wrong(f"{key} began outside of its time")
    if late(day, post, now, first=order.delivery.attempts == 1 and key not in seen.freed):
        day.wrong(f"{key} began although it is overdue")
    if why := paced(day, post, now):
        day.wrong(f"{key} began against the {why}")
    other, end = day.flying.get(post.account, (hand, now))
    if other is not hand and now < end:
        day.wrong(f"{key} began while another sender holds {post.account}")
    [(paused, patience)] = day.shelf.rows("SELECT paused, not_before FROM accounts WHERE account = ?", post.account)
    thawed = day.now > now  # it slept since; then the deadline keeps it from leaving
    if not thawed and (paused is not None or (patience or 0) > micros(now)):
        day.wrong(f"{key} began although {post.account} is to wait")
    day.begun[key] = (now, day.true)
    day.flying[post.account] = (hand, now + LEASE)


def leaves(day: "Day", draft: Draft) -> None:
    """Its first byte leaves now."""
    key, post = draft.key, day.posts[draft.key]
    if day.networks[post.account].out(key):
        day.wrong(f"{key} leaves although it is out")
    [(state,)] = day.shelf.rows("SELECT state FROM deliveries WHERE key = ?", key)
    ours, true = day.begun[key]
    _, until = times(post, day.known.called.get(key))
    if state != "SENDING":
        day.wrong(f"{key} leaves although the ledger has it {state}")
    if day.true - true > STALE or ours + (day.true - true) > until:
        day.wrong(f"{key} leaves although its moment has passed")
    if day.true - true > FRESH and day.known.stops & scopes(post):
        day.wrong(f"{key} leaves although it was stopped meanwhile")


def scopes(post: Post) -> set[tuple[str, str]]:
    """The stops that hold this post back."""
    return {("world", ""), ("city", post.city), ("country", COUNTRIES[post.city]), ("account", post.account)}


def times(post: Post, called: datetime | None) -> tuple[datetime, datetime]:
    due = post.due or called
    assert due is not None
    assert isinstance(post.expires, timedelta)
    return due, due + post.expires


def late(day: "Day", post: Post, now: datetime, *, first: bool) -> bool:
    if post.due is None or post.late is Late.SEND or day.pacing != ledger.OPEN or not first:
        return False
    return now > post.due + GRACE


def paced(day: "Day", post: Post, now: datetime) -> str | None:
    """Which of the limits forbids this post now, by what is out; None where none does."""
    pacing = day.pacing
    if pacing == ledger.OPEN or post.called or (post.ignores_quiet and post.due and now <= post.due + GRACE):
        return None
    zone = ZoneInfo(post.zone)
    here = now.astimezone(zone)
    if pacing.quiet and not post.ignores_quiet and pacing.quiet[0] <= here.time() < pacing.quiet[1]:
        return "quiet hours"
    said = [
        (other, day.begun[key][0])
        for key, other in day.posts.items()
        if key in day.begun and key != post.key and other.account == post.account and not other.called
        if key not in day.known.decided  # what a person has dropped counts no more
        if day.networks[post.account].out(key)
    ]
    for other, at in said:
        apart = min(pacing.spacing, VERSIONS) if other.slot == post.slot else pacing.spacing
        if at <= now < at + apart:
            return "spacing"
    today = sum(at.astimezone(zone).date() == here.date() for _, at in said)
    return "daily cap" if today >= pacing.per_account_per_day else None


def told(day: "Day", _delivery: object) -> None:
    """A move was told; what a person has decided stands."""
    for key, state in day.known.decided.items():
        for (found,) in day.shelf.rows("SELECT state FROM deliveries WHERE key = ? AND state != ?", key, state):
            day.wrong(f"{key} was decided {state} by a person, and is {found}")


def held_up(day: "Day", hand: "Hand") -> None:
    """A pass is over: what may go has gone, whatever holds back another account."""
    told(day, None)
    if day.pacing != ledger.OPEN or day.shelf.rows("SELECT 1 FROM stops LIMIT 1"):
        return
    now = micros(day.now)
    for key, _ in day.shelf.rows(
        "SELECT d.key, d.account FROM deliveries d JOIN accounts a ON a.account = d.account WHERE d.state = 'WAITING'"
        " AND d.due <= ? AND d.until > ? AND (d.not_before IS NULL OR d.not_before <= ?) AND a.paused IS NULL"
        " AND (a.not_before IS NULL OR a.not_before <= ?) AND (a.owner IS NULL OR a.owner = ? OR a.expires <= ?)"
        " AND NOT EXISTS (SELECT 1 FROM deliveries f WHERE f.account = d.account AND f.state = 'SENDING')",
        *(now, now, now, now, hand.owner, now),
    ):
        day.wrong(f"{key} may go, and is left")


def last_moment(day: "Day") -> datetime | None:
    """When what is held back by a person's stop has passed for good."""
    [(until,)] = day.shelf.rows("SELECT min(until) FROM deliveries WHERE state IN ('WAITING', 'HELD')")
    return None if until is None else max(EPOCH + until * MICROSECOND, day.now)


def ended(day: "Day") -> None:
    """Nothing is doubled, nothing is lost: what is not out says why, and is shown where a person must decide."""
    with day.db.read() as c:
        deliveries = ledger.deliveries(c)
        broken = journal.broken(c)
        shown = {one.key for one in ledger.troubled(c, holds=watch.UNPLANNED)}
    for wrong in broken:
        day.wrong(wrong)
    journalled(day, deliveries)
    for key, post in day.posts.items():
        one, out = deliveries[key], len(day.networks[post.account].out(key))
        allowed = {
            "SENT": {1},
            "FAILED": {0},
            "MISSED": {0},
            "CANCELLED": {0, 1} if key in day.known.decided else set(),
            "IN_DOUBT": {0, 1},
            "HELD": {0} if one.reason == Hold.CALLED else set(),
        }.get(one.state, set())
        if day.passed["restored"] and allowed == {0}:
            allowed = {0, 1}  # the old copy does not know, and says nothing again
        if out not in allowed:
            day.wrong(f"{key} is {one.state} ({one.reason}) and out {out} times")
        if one.state in ("IN_DOUBT", "FAILED", "MISSED") and key not in shown:
            day.wrong(f"{key} is {one.state}, and nobody is told")
        if one.state == "SENT" and one.receipt and key not in day.known.decided:
            said = day.networks[post.account].told[int(one.receipt.id) - 1]
            if said.key != key:
                day.wrong(f"{key} is SENT, but its receipt is another's")


def journalled(day: "Day", deliveries: Mapping[str, Delivery]) -> None:
    """Every move is in the journal, and an absence was proved for one more try alone."""
    where: dict[str, str | None] = {}
    tries: Counter[str] = Counter()
    for key, source, to in entries(day):
        if where.get(key) != source:
            day.wrong(f"{key} goes from {source} in the journal, where it stood at {where.get(key)}")
        where[key] = to
        tries[key] = 0 if source == "FAILED" else tries[key] + ((source, to) == ("IN_DOUBT", "WAITING"))
        if tries[key] > 1:
            day.wrong(f"{key} is tried more than twice")
    for key, one in deliveries.items():
        if where.get(key) != one.state:
            day.wrong(f"{key} is {one.state}, in the journal {where.get(key)}")


def entries(day: "Day") -> list[tuple[str, str | None, str]]:
    """Every move of the day, as journalled: key, from, to."""
    pages = day.shelf.rows("SELECT entry FROM journal WHERE chain LIKE 'account/%' ORDER BY chain, n")
    lines = [line for (page,) in pages for line in json.loads(page)]
    return [(line["key"], line["from"], line["to"]) for line in lines if "to" in line]
