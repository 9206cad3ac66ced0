from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

import made
from campaignbot.model import campaign as c
from campaignbot.stages.plan import clock

NEW_YORK = ZoneInfo("America/New_York")
LONDON = ZoneInfo("Europe/London")
WALLS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2037, 1, 1))  # noqa: DTZ001  # wall times
ZONES = st.sampled_from(["Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Tehran"])


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_time_that_occurs_twice_is_the_first() -> None:
    assert clock.instant(wall("2026-11-01T01:30"), NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert clock.doubled(wall("2026-11-01T01:30"), NEW_YORK)
    assert not clock.doubled(wall("2026-11-01T02:00"), NEW_YORK)


def test_a_time_that_is_skipped_is_the_next_valid_minute() -> None:
    assert clock.instant(wall("2027-03-28T01:30"), LONDON) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert clock.next_valid(wall("2027-03-28T01:30"), LONDON) == wall("2027-03-28T02:00")
    assert not clock.doubled(wall("2027-03-28T01:30"), LONDON)


@given(moment=WALLS, name=ZONES)
def test_an_instant_shows_its_wall_time_unless_that_is_skipped(moment: datetime, name: str) -> None:
    moment, zone = moment.replace(second=0, microsecond=0), ZoneInfo(name)
    shown = clock.instant(moment, zone).astimezone(zone).replace(tzinfo=None, fold=0)
    assert shown == (clock.next_valid(moment, zone) if clock.skipped(moment, zone) else moment)


def test_a_called_slot_has_no_time() -> None:
    called = made.slot(when=c.Called())
    assert (clock.wall(called, made.city()), clock.due(called, made.city())) == (None, None)


def test_an_action_that_ends_when_it_starts_lasts_a_day() -> None:
    city = made.city(action=c.Action(date=made.city().action.date, start=time(18), end=time(18)))
    assert clock.edge(city, c.Edge.START) == wall("2026-12-01T18:00")
    assert clock.edge(city, c.Edge.END) == wall("2026-12-02T18:00")


def test_an_instant_is_the_same_everywhere_and_its_wall_time_local() -> None:
    slot = made.slot(when=c.AtInstant(at=made.NOON))
    city = made.city(zone=ZoneInfo("Australia/Sydney"))
    assert (clock.due(slot, city), clock.wall(slot, city)) == (made.NOON, wall("2026-12-01T23:00"))
