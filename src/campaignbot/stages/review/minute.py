"""When a post that is already late may go out: the next minute that the campaign's limits allow."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaignbot.model.campaign import Campaign, Pacing
from campaignbot.model.delivery import Delivery, State
from campaignbot.model.post import Draft, Post

MINUTE = timedelta(minutes=1)
LOOK_AHEAD = timedelta(days=14)
#: What takes no place on its account any more.
GONE = frozenset({State.FAILED, State.MISSED, State.CANCELLED})

Login = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """A moment (UTC) at which something else goes out, or went out, on one login."""

    login: Login
    slot: str
    key: str
    at: datetime


def taken(
    campaign: Campaign, deliveries: Mapping[str, Delivery], drafts: Sequence[Draft], *, now: datetime
) -> list[Taken]:
    """All that leaves no room beside it: what the ledger carries, and what the plan still has to come."""
    found = [
        Taken(login(campaign, delivery.post), delivery.post.slot, key, at)
        for key, delivery in deliveries.items()
        if delivery.state not in GONE and (at := _goes(delivery)) is not None
    ]
    coming = (draft.post for draft in drafts if draft.key not in deliveries)
    found += [
        Taken(login(campaign, post), post.slot, post.key, post.due) for post in coming if post.due and post.due >= now
    ]
    return found


def login(campaign: Campaign, post: Post) -> Login:
    """Who speaks: two accounts of one login share its spacing and its cap."""
    account = campaign.accounts.get(post.account)
    return (post.platform, account.remote if account else post.account)


def first_free(post: Post, campaign: Campaign, beside: Iterable[Taken], *, now: datetime) -> datetime | None:
    """The first whole minute from `now` on (UTC) outside the city's quiet hours, with spacing and cap kept.
    None where the next fourteen days have none."""
    mine = login(campaign, post)
    others = [one for one in beside if one.login == mine and one.key != post.key]
    zone = ZoneInfo(post.zone)
    at = start = _whole(now)
    while at - start < LOOK_AHEAD:
        later = max(_obstacles(post, campaign.pacing, others, zone, at), default=at)
        if later <= at:
            return at
        at = _whole(later)
    return None


def _obstacles(post: Post, pacing: Pacing, others: Sequence[Taken], zone: ZoneInfo, at: datetime) -> Iterator[datetime]:
    """For each limit that `at` would break: the first moment after which it no longer does."""
    local = at.astimezone(zone)
    if pacing.quiet and not post.ignores_quiet and pacing.quiet_at(local.time()):
        yield _next(local, pacing.quiet[1])
    for other in others:
        gap = min(MINUTE, pacing.spacing) if other.slot == post.slot else pacing.spacing
        if abs(at - other.at) < gap:
            yield other.at + gap
    if sum(1 for other in others if other.at.astimezone(zone).date() == local.date()) >= pacing.per_account_per_day:
        yield _next(local, time())


def _next(local: datetime, clock: time) -> datetime:
    """The next time after `local` that its clocks show `clock`, in UTC."""
    day = local.date() if clock > local.time() else local.date() + timedelta(days=1)
    return datetime.combine(day, clock, tzinfo=local.tzinfo).astimezone(UTC)


def _whole(moment: datetime) -> datetime:
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + MINUTE


def _goes(delivery: Delivery) -> datetime | None:
    if delivery.receipt:
        return delivery.receipt.at
    moments = (moment for moment in (delivery.due, delivery.not_before) if moment)
    return max(moments, default=None)
