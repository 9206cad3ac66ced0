import dataclasses
from datetime import date, time
from zoneinfo import ZoneInfo

import made
from campaignbot.model import campaign as c
from campaignbot.stages import plan


def test_gaps_are_what_the_templates_need_and_the_city_lacks() -> None:
    notice = c.Notice(authority=None, deadline=date(2026, 11, 28), filed=None, waived=None)
    bare = made.city(
        status=c.CityStatus.DRAFT, venue=None, address=None, map=None, contact=None, recipients=(), notice=notice
    )
    source = "{{ city.venue }} {{ links.map }} {{ links.join }} {{ links.rights }}"
    campaign = made.campaign(
        cities={"london": bare, "leeds": made.city(id="leeds", recipients=("age1",), notice=None)},
        templates=(made.template(source=source),),
        links={"join": "https://example.org"},
    )
    assert plan.gaps(campaign) == {
        "london": [
            "status: draft",
            "venue: to be confirmed",
            "map: to be confirmed",
            "notice not filed: authority to be confirmed, by 2026-11-28",
            "recipients: nobody can open its joiners",
            "links.rights",
        ],
        "leeds": ["links.rights"],
    }


def test_a_cancelled_city_lacks_nothing() -> None:
    campaign = made.campaign(cities={"london": made.city(status=c.CityStatus.CANCELLED)})
    assert plan.gaps(campaign) == {"london": []}
    assert plan.strip(campaign, plan.posts(campaign)) == ""


def test_a_notice_without_a_deadline() -> None:
    notice = c.Notice(authority="Town hall", deadline=None, filed=None, waived=None)
    campaign = made.campaign(cities={"london": made.city(notice=notice, recipients=("age1",))})
    assert plan.gaps(campaign) == {"london": ["notice not filed: Town hall"]}


def test_the_day_rolls_round_the_world() -> None:
    cities = {
        name.lower(): made.city(id=name.lower(), names={"en": name}, zone=ZoneInfo(zone), accounts=(f"x-{name}",))
        for name, zone in (("London", "Europe/London"), ("Niue", "Pacific/Niue"), ("Kiritimati", "Pacific/Kiritimati"))
    }
    accounts = {f"x-{name}": made.account(id=f"x-{name}") for name in ("London", "Niue", "Kiritimati")}
    slots = (made.slot(), *(made.slot(id=f"s{n}", when=c.OnDay(days=0, at=time(12, 30))) for n in range(10)))
    campaign = made.campaign(cities=cities, accounts=accounts, slots=slots)
    assert plan.strip(campaign, plan.posts(campaign)).splitlines() == [
        "UTC           12    18    00    06    12    18    00    06",
        "Kiritimati  ........1---+--------...",
        "London                    ........1---+--------...",
        "Niue                                 ........1---+--------...",
    ]


def test_without_quiet_hours_the_whole_day_is_a_line() -> None:
    pacing = dataclasses.replace(made.campaign().pacing, quiet=None)
    campaign = made.campaign(pacing=pacing, slots=())
    assert plan.strip(campaign, []).splitlines() == [
        "UTC     00    06    12    18",
        "London  ------------------------",
    ]
