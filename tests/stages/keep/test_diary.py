"""The actions that people have joined, as a calendar: read back by a program that is not ours."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

import made
from campaignbot.model.campaign import Action, Campaign, City, CityStatus
from campaignbot.model.reply import Note
from campaignbot.stages import keep

NOTE = Note(city="London", party_size=2, language="en", platform="x", answer_to="@zebrafinch", at=made.NOON)


def campaign(*cities: City, **changes: Any) -> Campaign:
    return made.campaign(cities={city.id: city for city in cities}, **changes)


def written(found: Campaign, *notes: Note) -> str:
    return keep.calendar(notes, found, now=made.NOON)


def entries(text: str) -> list[Any]:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_a_calendar_names_the_action_and_nobody() -> None:
    text = written(campaign(made.city(address="1 Example Street; London")), NOTE, replace(NOTE, party_size=None))
    assert text == (
        "BEGIN:VCALENDAR\r\n"
        "VERSION:2.0\r\n"
        "PRODID:-//campaignbot//joiners//EN\r\n"
        "CALSCALE:GREGORIAN\r\n"
        "BEGIN:VTIMEZONE\r\n"
        "TZID:Europe/London\r\n"
        "BEGIN:STANDARD\r\nDTSTART:20260101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\n"
        "BEGIN:DAYLIGHT\r\nDTSTART:20260329T010000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nEND:DAYLIGHT\r\n"
        "BEGIN:STANDARD\r\nDTSTART:20261025T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\n"
        "BEGIN:DAYLIGHT\r\nDTSTART:20270328T010000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nEND:DAYLIGHT\r\n"
        "BEGIN:STANDARD\r\nDTSTART:20271031T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\n"
        "END:VTIMEZONE\r\n"
        "BEGIN:VEVENT\r\n"
        "UID:UUID\r\n"
        "DTSTAMP:20261201T120000Z\r\n"
        "DTSTART;TZID=Europe/London:20261201T180000\r\n"
        "DTEND;TZID=Europe/London:20261201T193000\r\n"
        "SUMMARY:World AIDS Day 2026\\, London\r\n"
        "LOCATION:Kensington Gardens\\, 1 Example Street\\; London\r\n"
        "URL:https://example.org/map\r\n"
        "DESCRIPTION:People who have said that they come: a few.\r\n"
        "STATUS:CONFIRMED\r\n"
        "CLASS:PRIVATE\r\n"
        "END:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    ).replace("UUID", str(entries(text)[0]["UID"]))


def test_an_entry_keeps_its_name_whoever_comes_and_whenever_it_is_written() -> None:
    found = campaign(made.city())
    ((one,), (again,)) = (
        entries(written(found, note)) for note in (NOTE, replace(NOTE, answer_to="@ben", party_size=9))
    )
    (later,) = entries(keep.calendar([NOTE], found, now=made.NOON.replace(year=2027)))
    (next_year,) = entries(written(campaign(made.city(), id="wad-2027"), NOTE))
    assert one["UID"] == again["UID"] == later["UID"] != next_year["UID"]


def test_each_city_has_its_own_time_and_only_those_that_somebody_comes_to() -> None:
    cities = [
        made.city(id=name.lower(), names={"en": name}, zone=ZoneInfo(zone), venue=None, map=None)
        for name, zone in [
            ("Toronto", "America/Toronto"),
            ("Sydney", "Australia/Sydney"),
            ("Canberra", "Australia/Sydney"),
            ("St Johns", "America/St_Johns"),
            ("Lord Howe", "Australia/Lord_Howe"),
            ("Paris", "Europe/Paris"),
        ]
    ]
    notes = [replace(NOTE, city=city.name) for city in cities[:-1]]
    found = entries(written(campaign(*cities), *notes, replace(NOTE, city="Paris", withdrawn=True)))
    assert [(str(one["SUMMARY"]), one.decoded("DTSTART").astimezone(UTC)) for one in found] == [
        ("World AIDS Day 2026, Toronto", datetime(2026, 12, 1, 23, 0, tzinfo=UTC)),
        ("World AIDS Day 2026, Sydney", datetime(2026, 12, 1, 7, 0, tzinfo=UTC)),
        ("World AIDS Day 2026, Canberra", datetime(2026, 12, 1, 7, 0, tzinfo=UTC)),
        ("World AIDS Day 2026, St Johns", datetime(2026, 12, 1, 21, 30, tzinfo=UTC)),
        ("World AIDS Day 2026, Lord Howe", datetime(2026, 12, 1, 7, 0, tzinfo=UTC)),
    ]
    assert all("LOCATION" not in one and "URL" not in one for one in found)


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Africa/Casablanca",
    ],
)
def test_the_offsets_written_are_the_zones_own(zone: str) -> None:
    text = written(campaign(made.city(zone=ZoneInfo(zone))), NOTE)
    tables: list[Any] = list(icalendar.Calendar.from_ical(text).walk("VTIMEZONE"))
    (table,) = tables
    # the name would be enough for it to find the zone: under another one it has to take what is written
    table["TZID"] = "elsewhere"
    theirs = table.to_tz(lookup_tzid=False)
    for month in range(1, 13):
        for hour in (0, 6, 12, 18):
            wall = datetime(2026, month, 15, hour)  # noqa: DTZ001 - a wall time
            assert wall.replace(tzinfo=theirs).utcoffset() == wall.replace(tzinfo=ZoneInfo(zone)).utcoffset()


def test_an_action_may_last_into_the_new_year() -> None:
    vigil = made.city(action=Action(date=date(2026, 12, 31), start=time(22, 0), end=time(1, 0)))
    (one,) = entries(written(campaign(vigil), NOTE))
    assert one.decoded("DTEND").astimezone(UTC) == datetime(2027, 1, 1, 1, 0, tzinfo=UTC)


def test_a_cancelled_city_says_so() -> None:
    (one,) = entries(written(campaign(made.city(status=CityStatus.CANCELLED)), NOTE))
    assert str(one["STATUS"]) == "CANCELLED"


def test_a_long_line_is_folded_at_75_octets_and_no_letter_is_cut() -> None:
    venue = "Площадь, у фонтана; «Søndermarken» \\ 👩‍🚒 " * 6
    text = written(campaign(made.city(venue=venue + "\r\nBEGIN:VEVENT\x1b\u202e")), NOTE)
    lines = text.encode().split(b"\r\n")
    assert max(len(line) for line in lines) == 75
    assert [line.decode() for line in lines if b"\n" in line or b"\r" in line or b"\x1b" in line] == []
    (one,) = entries(text)
    # a joiner inside an emoji is one of the characters that nobody sees
    assert str(one["LOCATION"]) == f"{venue}BEGIN:VEVENT".replace("👩‍🚒", "👩 🚒")


def test_nobody_stands_in_a_calendar() -> None:
    text = written(
        campaign(made.city()), *[replace(NOTE, answer_to=f"@zebrafinch{n}", party_size=None) for n in range(23)]
    )
    assert "zebrafinch" not in text
    assert str(entries(text)[0]["DESCRIPTION"]) == "People who have said that they come: 20+."
    assert written(campaign(made.city()), replace(NOTE, withdrawn=True)) == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//campaignbot//joiners//EN\r\nCALSCALE:GREGORIAN\r\nEND:VCALENDAR\r\n"
    )
