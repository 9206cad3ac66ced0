"""Zones are canonical places of the pip package's own database."""

import zoneinfo
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from campaignbot.stages.load import values, zones

OFFSET = "use the zone of the place, such as America/New_York: it knows the place's summer time"


def test_a_place_is_a_zone_under_its_own_name() -> None:
    for name in ("Europe/Bucharest", "Australia/Sydney", "Europe/Stockholm", "Etc/UTC"):
        assert zones.zone(name) is ZoneInfo(name)
        assert zones.zone(name).key == name


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("Australia/Canberra", "use Australia/Sydney"),
        ("US/Eastern", "use America/New_York"),
        ("Europe/Kiev", "use Europe/Kyiv"),
        ("Japan", "use Asia/Tokyo"),
        ("NZ", "use Pacific/Auckland"),
        ("EST", OFFSET),
        ("EST5EDT", OFFSET),
        ("CET", OFFSET),
        ("GMT", OFFSET),
        ("UTC+2", OFFSET),
        ("+02:00", OFFSET),
        ("Etc/GMT+5", OFFSET),
        ("Factory", OFFSET),
        ("Bucharest", 'did you mean "Europe/Bucharest"?'),
        ("New York", 'did you mean "America/New_York"?'),
        ("Europe/Bukarest", 'did you mean "Europe/Bucharest"?'),
        ("europe/london", 'did you mean "Europe/London"?'),
        ("../../etc/passwd", "write it as Europe/Bucharest"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(text: str, fix: str) -> None:
    with pytest.raises(values.Wrong) as wrong:
        zones.zone(text)
    assert wrong.value.fix == fix


def test_every_place_can_be_read_and_is_what_the_package_holds() -> None:
    assert all(zones.zone(name).key == name for name in zones.places())
    assert len(zones.places()) > 400


def test_the_package_wins_over_the_machine() -> None:
    assert zoneinfo.TZPATH == ()
    assert zones.version() == resources.files("tzdata").joinpath("zoneinfo/tzdata.zi").read_text("utf-8").split()[2]


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("UK", "use GB"),
        ("ro", "use RO"),
        ("Sweden", "use SE"),
        ("R0", "use the two capital letters of ISO 3166, such as RO"),
    ],
)
def test_a_country_is_two_known_letters(text: str, fix: str) -> None:
    with pytest.raises(values.Wrong) as wrong:
        zones.country(text)
    assert wrong.value.fix == fix
    assert zones.country(fix.split()[-1]) == fix.split()[-1]


def test_where_the_machine_s_own_database_disagrees(tmp_path: Path) -> None:
    """The machine's London is Paris here, its Paris is right, and it has no Rome."""
    package = resources.files("tzdata").joinpath("zoneinfo")
    (tmp_path / "Europe").mkdir()
    for name in ("London", "Paris"):
        (tmp_path / "Europe" / name).write_bytes(package.joinpath("Europe/Paris").read_bytes())
    names = ["Europe/Paris", "Europe/London", "Europe/Rome", "Europe/London"]
    noon = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert zones.disagreements(names, [noon], system=tmp_path) == ["Europe/London"]
    assert zones.disagreements(names, [], system=tmp_path) == []
    assert zones.disagreements(names, [noon], system=tmp_path / "none") == []


def test_this_machine_s_own_database_is_found_or_disagrees_with_nothing() -> None:
    assert zones.disagreements(["Europe/London"], [datetime(2026, 12, 1, 12, tzinfo=UTC)]) == []
