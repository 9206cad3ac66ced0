"""The limits: quiet hours on the city's clock, spacing between slots, posts a local day."""

import dataclasses
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

import made
from campaignbot.stages.deliver import pace
from campaignbot.store import ledger
from campaignbot.store.ledger import lanes

NIGHT = (time(21), time(8))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def allowed(start: str, *, said: tuple[tuple[str, str], ...] = (), pacing: dict[str, Any], **post: Any) -> str:
    found = pace.allowed(
        made.post(**post),
        start=at(start),
        due=at(start),
        pacing=dataclasses.replace(ledger.OPEN, **pacing),
        said=[lanes.Attempt(slot=slot, at=at(when)) for slot, when in said],
    )
    return found.strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("zone", "start", "then"),
    [
        ("Europe/London", "2026-12-01 20:59", "2026-12-01 20:59"),
        ("Europe/London", "2026-12-01 21:00", "2026-12-02 08:00"),
        ("Europe/London", "2026-12-02 07:59", "2026-12-02 08:00"),
        ("Europe/London", "2026-12-02 08:00", "2026-12-02 08:00"),
        ("Australia/Sydney", "2026-12-01 12:00", "2026-12-01 21:00"),
        ("America/New_York", "2026-11-01 05:30", "2026-11-01 13:00"),  # the clocks go back that night
    ],
)
def test_quiet_hours(zone: str, start: str, then: str) -> None:
    assert allowed(start, zone=zone, pacing={"quiet": NIGHT}) == then


def test_quiet_hours_within_one_day() -> None:
    siesta = {"quiet": (time(13), time(15))}
    assert [allowed(f"2026-12-01 {hour}:00", pacing=siesta) for hour in (12, 14, 15)] == [
        "2026-12-01 12:00",
        "2026-12-01 15:00",
        "2026-12-01 15:00",
    ]


def test_spacing_is_between_slots_and_runs_into_quiet() -> None:
    said = (("evening", "2026-12-01 20:40"),)
    limits = {"spacing": timedelta(minutes=30), "quiet": NIGHT}
    assert allowed("2026-12-01 20:45", said=said, pacing=limits) == "2026-12-02 08:00"
    assert allowed("2026-12-01 20:45", said=said, pacing=limits, slot="evening") == "2026-12-01 20:45"
    assert allowed("2026-12-01 20:45", said=said, pacing=limits, called=True) == "2026-12-01 20:45"


def test_versions_of_a_slot_go_a_minute_apart_after_an_outage_too() -> None:
    said = [lanes.Attempt(slot="morning", at=at("2026-12-01 12:00"))]
    found = []
    for spacing in (timedelta(minutes=30), timedelta(0)):
        pacing = dataclasses.replace(ledger.OPEN, spacing=spacing, per_account_per_day=9)
        noon = at("2026-12-01 12:00")
        found.append(pace.allowed(made.post(), start=noon, due=noon, pacing=pacing, said=said) - noon)
    assert found == [timedelta(seconds=59), timedelta(0)]


def test_a_full_day_waits_for_the_citys_next() -> None:
    said = (("a", "2026-12-01 06:00"), ("b", "2026-12-01 14:00"), ("c", "2026-12-01 11:00"))
    limits = {"per_account_per_day": 2}
    assert allowed("2026-12-01 15:00", said=said, pacing=limits) == "2026-12-02 00:00"
    assert allowed("2026-12-01 15:00", said=said, pacing=limits, zone="Australia/Sydney") == "2026-12-01 15:00"


def test_an_instant_kept_everywhere_waits_for_nothing_while_on_time() -> None:
    said = (("late", "2026-12-01 11:50"),)
    limits: dict[str, Any] = {"spacing": timedelta(minutes=30), "quiet": (time(11), time(13))}
    post = made.post(ignores_quiet=True)
    noon = at("2026-12-01 12:00")
    attempts = [lanes.Attempt(slot=slot, at=at(when)) for slot, when in said]
    pacing = dataclasses.replace(ledger.OPEN, **limits)
    assert pace.allowed(post, start=noon, due=noon, pacing=pacing, said=attempts) == noon
    overdue = pace.allowed(post, start=noon, due=noon - timedelta(hours=1), pacing=pacing, said=attempts)
    assert overdue == noon + timedelta(minutes=20)
