"""The actions that people have joined, as a calendar (RFC 5545).

A calendar is copied to whoever runs the phone's cloud, so nobody stands in it: the city's action, and a number that
tells nobody apart.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from campaignbot.model.campaign import Campaign, City, CityStatus, Edge
from campaignbot.model.reply import Note, about
from campaignbot.stages.detect import clean
from campaignbot.stages.plan import clock

#: The longest line, in octets, without its end.
LONGEST = 75
_STATUS = {CityStatus.DRAFT: "TENTATIVE", CityStatus.READY: "CONFIRMED", CityStatus.CANCELLED: "CANCELLED"}
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})
_MINUTE = timedelta(minutes=1)


def calendar(notes: Sequence[Note], campaign: Campaign, *, now: datetime) -> str:
    """An entry for each city of the campaign that somebody comes to, in the city's own time."""
    coming = [note for note in notes if not note.withdrawn]
    people: Counter[str | None] = Counter()
    for note in coming:
        people[note.city] += note.party_size or 1
    cities = [city for city in campaign.cities.values() if people[city.name]]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//campaignbot//joiners//EN", "CALSCALE:GREGORIAN"]
    for zone in {city.zone.key: city.zone for city in cities}.values():
        years = [city.action.date.year for city in cities if city.zone.key == zone.key]
        lines += _zone(zone, first=min(years), last=max(years) + 1)  # an end may lie in the new year
    for city in cities:
        lines += _entry(city, campaign, people=people[city.name], now=now)
    return "".join(_folded([*lines, "END:VCALENDAR"]))


def _entry(city: City, campaign: Campaign, *, people: int, now: datetime) -> Iterator[str]:
    where = ", ".join(filter(None, (city.venue, city.address)))
    yield "BEGIN:VEVENT"
    # the same at each writing, so that an entry is replaced and not doubled; made of the plan alone
    yield f"UID:{uuid.uuid5(uuid.NAMESPACE_URL, f'campaignbot:{campaign.id}/{city.id}')}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for name, edge in (("DTSTART", Edge.START), ("DTEND", Edge.END)):
        yield f"{name};TZID={city.zone.key}:{clock.edge(city, edge):%Y%m%dT%H%M%S}"
    yield f"SUMMARY:{_text(f'{campaign.name}, {city.name}')}"
    if where:
        yield f"LOCATION:{_text(where)}"
    if city.map:
        yield f"URL:{clean.visible(city.map)}"
    yield f"DESCRIPTION:{_text(f'People who have said that they come: {about(people)}.')}"
    yield f"STATUS:{_STATUS[city.status]}"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _text(text: str) -> str:
    return clean.visible(text).translate(_ESCAPED)


def _zone(zone: ZoneInfo, *, first: int, last: int) -> Iterator[str]:
    """The offsets of a zone from the first year to the end of the last."""
    at, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone.key}"
    yield from _observance(zone, before=at - timedelta(days=1), since=at)
    while at < end:
        after = at + timedelta(days=1)
        if _offset(zone, at) != _offset(zone, after):
            yield from _observance(zone, before=at, since=_change(zone, at, after))
        at = after
    yield "END:VTIMEZONE"


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The minute between the two at which the zone's offset changes."""
    while after - before > _MINUTE:
        middle = before + (after - before) // _MINUTE // 2 * _MINUTE
        if _offset(zone, middle) == _offset(zone, before):
            before = middle
        else:
            after = middle
    return after


def _observance(zone: ZoneInfo, *, before: datetime, since: datetime) -> Iterator[str]:
    kind = "DAYLIGHT" if since.astimezone(zone).dst() else "STANDARD"
    yield f"BEGIN:{kind}"
    # in the time that was in force until then
    yield f"DTSTART:{since + _offset(zone, before):%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_signed(_offset(zone, before))}"
    yield f"TZOFFSETTO:{_signed(_offset(zone, since))}"
    yield f"END:{kind}"


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _signed(offset: timedelta) -> str:
    minutes = offset // _MINUTE
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def _folded(lines: Iterable[str]) -> Iterator[str]:
    """Each line with its end; a long one goes on behind a space, and no letter is cut in two."""
    for line in lines:
        octets = 0
        for c in line:
            size = len(c.encode())
            if octets + size > LONGEST:
                yield "\r\n "
                octets = 1
            octets += size
            yield c
        yield "\r\n"
