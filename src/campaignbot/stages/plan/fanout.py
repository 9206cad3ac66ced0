"""From slots to posts: one for each city, language and account."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from campaignbot.model.campaign import Ask, Campaign, City, CityStatus, Slot, base
from campaignbot.model.post import Post
from campaignbot.stages.plan import clock

_NEVER = datetime.max.replace(tzinfo=UTC)

Login = tuple[str, str]


def posts(campaign: Campaign) -> list[Post]:
    """Every post that the campaign plans, sorted by (due, key), called ones last.

    A cancelled city keeps only its called slots. Where a clock change skips a slot's time, the post falls due at the
    next valid minute, and `faults` refuses it.
    """
    logins = logins_of(campaign)
    made: dict[datetime, list[Post]] = {}
    for slot in campaign.slots:
        for post in _of_slot(slot, campaign, logins):
            made.setdefault(post.due or _NEVER, []).append(post)
    return [post for due in sorted(made) for post in sorted(made[due], key=_key)]


def answer(campaign: Campaign, account: str, *, to: Ask, city: str | None, language: str) -> Post | None:
    """The text by which one account answers somebody who asks this: of the city that they mean (canonical name), in
    their language (ISO 639-1) where the city speaks it, else in its first. None where the account gives no answers, or
    the city is cancelled: nobody is invited there."""
    meant = next((one for one in campaign.cities.values() if one.name == city), None)
    if meant is not None and meant.status is CityStatus.CANCELLED:
        return None
    logins = logins_of(campaign)
    texts = [
        post
        for slot in campaign.slots
        if slot.answers is to
        for post in _of_slot(slot, campaign, logins)
        if post.account == account and campaign.cities[post.city].status is not CityStatus.CANCELLED
    ]
    there = [post for post in texts if meant is not None and post.city == meant.id] or texts
    return next((post for post in there if base(post.language) == language), there[0] if there else None)


def _key(post: Post) -> str:
    return post.key


def logins_of(campaign: Campaign) -> dict[str, Login]:
    """By account id, who it is on its network: the same person posts under two ids of one login."""
    return {account.id: (account.platform, account.remote) for account in campaign.accounts.values()}


class _Times(NamedTuple):
    """When one slot falls due in one city."""

    wall: str | None
    due: datetime | None
    expires: timedelta | datetime


def _of_slot(slot: Slot, campaign: Campaign, logins: dict[str, Login]) -> Iterator[Post]:
    together = not campaign.pacing.spacing
    free: dict[Login, dict[datetime, datetime]] = {}
    known: dict[tuple[object, ...], _Times] = {}
    for city in _cities(slot, campaign):
        action = city.action
        same = (city.zone, action.date, action.start, action.end)  # cities of one zone mostly share their times
        times = known.get(same)
        if times is None:
            times = known[same] = _times(slot, city)
        zone = city.zone.key
        for language in _languages(slot, city):
            for account in _accounts(slot, city, campaign):
                due, login = times.due, logins[account]
                yield Post(
                    campaign=campaign.id,
                    slot=slot.id,
                    message=slot.message,
                    city=city.id,
                    language=language,
                    account=account,
                    platform=login[0],
                    zone=zone,
                    wall=times.wall,
                    due=due if due is None or together else _next_free(free.setdefault(login, {}), due),
                    expires=times.expires,
                    late=slot.late,
                    armed=slot.armed,
                    called=slot.called,
                    ignores_quiet=slot.ignores_quiet,
                    person=None if slot.answers is None else "",
                )


def _times(slot: Slot, city: City) -> _Times:
    wall = clock.wall(slot, city)
    until = slot.until
    return _Times(
        wall=None if wall is None else wall.isoformat(timespec="seconds" if wall.second else "minutes"),
        due=clock.due(slot, city),
        expires=until if isinstance(until, timedelta) else clock.instant(clock.edge(city, until), city.zone),
    )


def _next_free(free: dict[datetime, datetime], due: datetime) -> datetime:
    """The first minute from `due` on at which this slot has not yet spoken on one login."""
    found = due
    while found in free:
        found = free[found]
    free[due] = free[found] = found + clock.MINUTE
    return found


def _cities(slot: Slot, campaign: Campaign) -> list[City]:
    return [
        city
        for city in campaign.cities.values()
        if (slot.cities is None or city.id in slot.cities) and (slot.called or city.status is not CityStatus.CANCELLED)
    ]


def _languages(slot: Slot, city: City) -> list[str]:
    wanted = slot.languages
    return [tag for tag in city.languages if wanted is None or tag in wanted or base(tag) in wanted]


def _accounts(slot: Slot, city: City, campaign: Campaign) -> list[str]:
    """Those of the city's accounts that the slot speaks on; of answers, those that answer at all."""
    wanted = [account for account in city.accounts if slot.accounts is None or account in slot.accounts]
    return wanted if slot.answers is None else [one for one in wanted if campaign.accounts[one].answers]
