"""What a campaign still lacks, and how its day rolls round the world."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from campaignbot.model.campaign import Campaign, City, CityStatus
from campaignbot.model.post import Post
from campaignbot.stages.plan import clock

_USED = re.compile(r"\b(city|links)\.([a-z_]+)")
_FACTS = ("venue", "address", "map", "contact")
_HOUR = timedelta(hours=1)


def gaps(campaign: Campaign) -> dict[str, list[str]]:
    """For each city, in file order, what it still lacks, in words; nothing for a cancelled city."""
    used = {found.group(0) for template in campaign.templates for found in _USED.finditer(template.source)}
    links = sorted(path for path in used if path.startswith("links.") and path != "links.map")
    lacking = [path for path in links if path.removeprefix("links.") not in campaign.links]
    return {
        city.id: [] if city.status is CityStatus.CANCELLED else [*_of_city(city, campaign, used), *lacking]
        for city in campaign.cities.values()
    }


def _of_city(city: City, campaign: Campaign, used: set[str]) -> list[str]:
    found = []
    if city.status is CityStatus.DRAFT:
        found.append("status: draft")
    for fact in _FACTS:
        wanted = f"city.{fact}" in used or (fact == "map" and "links.map" in used)
        if wanted and getattr(city, fact) is None:
            found.append(f"{fact}: to be confirmed")
    if city.notice is not None and not city.notice.settled:
        by = f", by {city.notice.deadline}" if city.notice.deadline else ""
        found.append(f"notice not filed: {city.notice.authority or 'authority to be confirmed'}{by}")
    if not (city.recipients or campaign.recipients):
        found.append("recipients: nobody can open its joiners")
    return found


def strip(campaign: Campaign, posts: Sequence[Post]) -> str:
    """The campaign's day as it rolls round the world: a row a city, a column an hour of UTC, east first.

    `-` is the city's own day, `.` its quiet hours, a digit how many posts fall due in that hour (`+` above nine).
    """
    cities = [city for city in campaign.cities.values() if city.status is not CityStatus.CANCELLED]
    if not cities:
        return ""
    days = {city.id: _day(city, campaign) for city in cities}
    cities.sort(key=lambda city: days[city.id][0])
    first = min(begin for begin, _ in days.values()).replace(minute=0)
    last = max(end for _, end in days.values())
    hours = [first + n * _HOUR for n in range(-((first - last) // _HOUR))]
    spoken = Counter((post.city, post.due.replace(minute=0, second=0)) for post in posts if post.due is not None)
    width = max(len(city.name) for city in cities)
    rows = [f"{'UTC':<{width}}  {_axis(hours)}"]
    for city in cities:
        cells = (_cell(hour, city, campaign, spoken[city.id, hour], days[city.id]) for hour in hours)
        rows.append(f"{city.name:<{width}}  {''.join(cells).rstrip()}")
    return "\n".join(rows)


def _day(city: City, campaign: Campaign) -> tuple[datetime, datetime]:
    """The campaign's day in one city, from midnight to midnight, UTC."""
    midnight = datetime.combine(campaign.date, time())
    return clock.instant(midnight, city.zone), clock.instant(midnight + timedelta(days=1), city.zone)


def _axis(hours: Sequence[datetime]) -> str:
    line = [" "] * (len(hours) + 1)
    for place, hour in enumerate(hours):
        if hour.hour % 6 == 0:
            line[place : place + 2] = f"{hour:%H}"
    return "".join(line).rstrip()


def _cell(hour: datetime, city: City, campaign: Campaign, spoken: int, day: tuple[datetime, datetime]) -> str:
    if spoken:
        return str(spoken) if spoken < 10 else "+"
    if not day[0] < hour + _HOUR or not hour < day[1]:
        return " "
    return "." if campaign.pacing.quiet_at(hour.astimezone(city.zone).time()) else "-"
