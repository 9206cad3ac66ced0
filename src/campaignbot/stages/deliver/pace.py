"""When a post may go out at all: quiet hours, spacing, posts a day. Pure; on what is on time as on what is overdue."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaignbot.model.campaign import Pacing
from campaignbot.model.post import Post
from campaignbot.store.ledger import lanes

#: A post that has not begun this long after it could is overdue: then its `late` decides.
GRACE = timedelta(seconds=60)
DAY = timedelta(days=1)
#: The versions of one slot are planned a minute apart, and go so after an outage too; less the second in which an
#: engine looks again, so that each one that is on time stays so.
VERSIONS = timedelta(seconds=59)


#: So many answers one account gives in a local day: more would be spam, whatever their words.
ANSWERS_A_DAY = 20


def of_answers(pacing: Pacing) -> Pacing:
    """What holds answers back: quiet hours, and a cap of their own."""
    return dataclasses.replace(pacing, spacing=timedelta(0), per_account_per_day=ANSWERS_A_DAY)


def lookback(pacing: Pacing) -> timedelta:
    """How far back an account's attempts matter: two days hold every local day, whatever the clocks do."""
    return max(pacing.spacing, 2 * DAY)


def allowed(post: Post, *, start: datetime, due: datetime, pacing: Pacing, said: Sequence[lanes.Attempt]) -> datetime:
    """The first instant (UTC) from `start` on at which the limits let this post out, given what its account said.

    A called post ignores them all; so does one that ignores quiet hours, as long as it is on time: an instant that is
    kept together everywhere cannot wait half an hour because something else was late."""
    if post.called or (post.ignores_quiet and start <= due + GRACE):
        return start
    zone = ZoneInfo(post.zone)
    at = start
    while (later := _later(post, at, zone=zone, pacing=pacing, said=said)) > at:
        at = later
    return at


def _later(post: Post, at: datetime, *, zone: ZoneInfo, pacing: Pacing, said: Sequence[lanes.Attempt]) -> datetime:
    if pacing.quiet is not None and not post.ignores_quiet:
        at = _after_quiet(at, *pacing.quiet, zone=zone)
    for attempt in said:
        apart = min(pacing.spacing, VERSIONS) if attempt.slot == post.slot else pacing.spacing
        if attempt.at <= at < attempt.at + apart:
            at = attempt.at + apart
    today = at.astimezone(zone).date()
    on_that_day = sum(attempt.at.astimezone(zone).date() == today for attempt in said)
    if on_that_day >= pacing.per_account_per_day:
        at = _local(today + DAY, time(0), zone=zone)
    return at


def _after_quiet(at: datetime, begins: time, ends: time, *, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    clock = local.time()
    if begins <= ends:
        quiet, passes_midnight = begins <= clock < ends, False
    else:
        quiet, passes_midnight = clock >= begins or clock < ends, clock >= begins
    if not quiet:
        return at
    return max(at, _local(local.date() + (DAY if passes_midnight else timedelta(0)), ends, zone=zone))


def _local(day: date, clock: time, *, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
