"""What golden folders do not show: rules switched off, and many faults folded into one."""

import dataclasses
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import made
from campaignbot.model import campaign as c
from campaignbot.stages import plan

CAMPAIGN = made.campaign()


def codes(campaign: c.Campaign) -> list[str]:
    return [fault.code for fault in plan.faults(campaign, plan.posts(campaign))]


def paced(**changes: object) -> c.Pacing:
    return dataclasses.replace(CAMPAIGN.pacing, **changes)  # type: ignore[arg-type]  # any field of Pacing


def test_a_sound_plan_has_no_faults() -> None:
    assert codes(CAMPAIGN) == []


def test_without_quiet_hours_the_night_is_free() -> None:
    night = (made.slot(when=c.OnDay(days=0, at=time(3))),)
    assert codes(made.campaign(slots=night)) == ["quiet"]
    assert codes(made.campaign(slots=night, pacing=paced(quiet=None))) == []


def test_quiet_hours_need_not_pass_midnight() -> None:
    siesta = paced(quiet=(time(13), time(15)))
    for hour, found in ((12, []), (13, ["quiet"]), (14, ["quiet"]), (15, [])):
        assert codes(made.campaign(slots=(made.slot(when=c.OnDay(days=0, at=time(hour))),), pacing=siesta)) == found


def test_spacing_sees_past_the_versions_between_two_slots() -> None:
    languages = tuple(f"en-{country}" for country in ("GB", "US", "CA", "AU"))
    slots = (made.slot(id="one"), made.slot(id="two", when=c.OnDay(days=0, at=time(8, 50))))
    campaign = made.campaign(cities={"london": made.city(languages=languages, accounts=("x-london",))}, slots=slots)
    (fault,) = plan.faults(campaign, plan.posts(campaign))
    assert fault.message == "slots one (London) and two (London) fall due 17 min apart on x-london"


def test_a_day_is_each_citys_own() -> None:
    """Four posts at 23:30 and four at 00:30 UTC are two days in London and one in Sydney."""
    slots = tuple(
        made.slot(id=f"s{n}", when=c.AtInstant(at=made.NOON + timedelta(hours=11, minutes=15 * n)), ignores_quiet=True)
        for n in range(4)
    )
    pacing = paced(spacing=timedelta(minutes=1), per_account_per_day=3)
    sydney = made.city(zone=ZoneInfo("Australia/Sydney"), accounts=("x-london",))
    london = made.city(accounts=("x-london",))
    assert codes(made.campaign(cities={"london": sydney}, slots=slots, pacing=pacing)) == ["per-day"]
    assert codes(made.campaign(cities={"london": london}, slots=slots, pacing=pacing)) == ["per-day"]
    later = tuple(
        dataclasses.replace(slot, when=c.AtInstant(at=made.NOON + timedelta(hours=11, minutes=30 + 15 * n)))
        for n, slot in enumerate(slots)
    )
    assert codes(made.campaign(cities={"london": london}, slots=later, pacing=pacing)) == []


def test_an_action_at_a_time_that_occurs_twice_warns_once_a_city() -> None:
    action = c.Action(date=date(2026, 10, 25), start=time(1, 30), end=time(5))
    slots = tuple(
        made.slot(id=f"s{n}", when=c.AtAction(edge=edge), ignores_quiet=True) for n, edge in enumerate(c.Edge)
    )
    campaign = made.campaign(cities={"london": made.city(action=action)}, slots=slots)
    (fault,) = plan.faults(campaign, plan.posts(campaign))
    assert (fault.severity, fault.code) == ("warning", "fold")
