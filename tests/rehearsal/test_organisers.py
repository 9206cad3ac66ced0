from datetime import date
from pathlib import Path

import pytest

import made
from campaignbot import app, rehearsal
from campaignbot.model.campaign import CityStatus, Notice
from campaignbot.rehearsal import organisers
from campaignbot.stages import review
from campaignbot.store import drafts
from rehearsal import small


def test_what_is_open_is_filled_in_and_what_is_known_stays() -> None:
    notice = Notice(authority="Police", deadline=date(2026, 11, 28), filed=None, waived=None)
    cities = {
        "london": made.city(status=CityStatus.DRAFT, contact=None, notice=notice, recipients=("age1theirs",)),
        "paris": made.city(id="paris", names={"en": "Paris"}, status=CityStatus.CANCELLED, venue=None),
    }
    campaign = made.campaign(cities=cities, links={"join": "https://ours.example/join"}, alarms=("mailto://us",))
    filled = organisers.fill(campaign, urls={"x": "http://x", "facebook": "http://fb"}, recipient="age1ours")
    london = filled.cities["london"]
    assert (london.status, london.venue, london.contact, london.recipients, london.notice and london.notice.filed) == (
        CityStatus.READY,
        "Kensington Gardens",
        "london@example.org",
        (),
        date(2026, 11, 24),
    )
    assert filled.cities["paris"] == cities["paris"]
    assert (filled.links, filled.recipients, filled.alarms) == (
        {
            "join": "https://ours.example/join",
            "safety": "https://example.org/safety",
            "next": "https://example.org/next",
        },
        ("age1ours",),
        (),
    )
    assert [account.base_url for account in filled.accounts.values()] == ["http://x", "http://fb"]


def test_no_two_clones_are_the_same_login_and_cities_that_share_an_account_share_its_copy() -> None:
    accounts = [made.account(id=f"x-{name}", handle=f"worldaidsday_{name}") for name in ("a", "b")]
    shared = {
        "one": made.city(id="one", accounts=("x-a",)),
        "two": made.city(id="two", accounts=("x-a",)),
        "three": made.city(id="three", accounts=("x-b",)),
    }
    slot = made.slot(cities=("one", "three"), accounts=("x-b",))
    campaign = made.campaign(accounts={one.id: one for one in accounts}, cities=shared, slots=(slot,))
    cloned = organisers.clones(campaign, 7)
    assert {city.id: city.accounts for city in cloned.cities.values()} == {
        "one": ("x-a",),
        "two": ("x-a",),
        "three": ("x-b",),
        "one-2": ("x-a-2",),
        "two-2": ("x-a-2",),
        "three-2": ("x-b-2",),
        "one-3": ("x-a-3",),
    }
    assert [account.handle for account in cloned.accounts.values()] == [
        "worldaidsday_a",
        "worldaidsday_b",
        "worldaids_2",
        "worldaids_3",
        "worldaids_4",
    ]
    assert (cloned.slots[0].cities, cloned.slots[0].accounts) == (
        ("one", "one-2", "one-3", "three", "three-2"),
        ("x-b", "x-b-2"),
    )
    assert list(organisers.clones(campaign, 2).cities) == ["one", "two"]


@pytest.mark.parametrize("approvals", [1, 2])
def test_as_many_organisers_say_yes_as_the_campaign_asks_for(tmp_path: Path, approvals: int) -> None:
    small.write(tmp_path)
    schedules = tmp_path / "schedules.yaml"
    schedules.write_text(schedules.read_text().replace("{id: small,", f"{{id: small, approvals: {approvals},"))
    campaign = app.campaign_to_rehearse(tmp_path, now=made.NOON)
    with rehearsal.stage(campaign, faults=False, seed=1, cities=None) as play:
        planned = app.drafts(play.app.campaign)
        organisers.approve(play.app, planned)
        with play.app.books.ledger.read() as c:
            said = [sorted(yes.by for yes in given) for given in drafts.approvals(c).values()]
        states = {row.state for row in review.rows(play.app.books.ledger, planned, now=play.clock())}
    assert said == [["rehearsal-1", "rehearsal-2"][:approvals]] * 5
    assert states == {"WAITING", "HELD"}
