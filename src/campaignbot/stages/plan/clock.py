"""Wall-clock time in a city, and the instants it stands for."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from campaignbot.model.campaign import AtAction, AtInstant, City, Edge, OnDay, Slot

MINUTE = timedelta(minutes=1)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a naive wall time: the first one where it occurs twice; that of the next valid minute
    where a clock change skips it."""
    utc = wall.replace(tzinfo=zone).astimezone(UTC)
    if _local(utc, zone) == wall:
        return utc
    return next_valid(wall, zone).replace(tzinfo=zone).astimezone(UTC)


def skipped(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether a clock change skips this naive wall time: zoneinfo itself never says so."""
    return _local(wall.replace(tzinfo=zone).astimezone(UTC), zone) != wall


def doubled(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether this naive wall time occurs twice."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first != second and not skipped(wall, zone)


def next_valid(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first naive wall minute, from this one on, that no clock change skips."""
    while skipped(wall, zone):
        wall += MINUTE
    return wall


def edge(city: City, which: Edge) -> datetime:
    """The naive wall time of an end of the city's action; an end not after the start is the next day."""
    action = city.action
    if which is Edge.START:
        return datetime.combine(action.date, action.start)
    over_midnight = timedelta(days=1 if action.end <= action.start else 0)
    return datetime.combine(action.date, action.end) + over_midnight


def wall(slot: Slot, city: City) -> datetime | None:
    """The naive wall time at which a slot falls due in a city, as the file says it. None where called."""
    when = slot.when
    if isinstance(when, OnDay):
        return datetime.combine(city.action.date, when.at) + timedelta(days=when.days)
    if isinstance(when, AtAction):
        return edge(city, when.edge)
    if isinstance(when, AtInstant):
        return _local(when.at, city.zone)
    return None


def due(slot: Slot, city: City) -> datetime | None:
    """The instant (UTC) at which a slot falls due in a city. None where called."""
    if isinstance(slot.when, AtInstant):
        return slot.when.at
    local = wall(slot, city)
    return None if local is None else instant(local, city.zone)


def _local(utc: datetime, zone: ZoneInfo) -> datetime:
    return utc.astimezone(zone).replace(tzinfo=None, fold=0)
