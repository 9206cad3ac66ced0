import dataclasses
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

import made
from campaignbot.model import campaign as c
from campaignbot.model import post as p
from campaignbot.stages import plan, render

PNG = c.Picture(path="media/morning_of.png", media_type="image/png", data=b"\x89PNG")


def draft(source: str = made.template().source, *, account: str = "x-london", **changes: Any) -> p.Draft:
    """The draft of the first post on one account of a campaign whose only message reads so."""
    campaign = made.campaign(**{"templates": (made.template(source=source),), **changes})
    post = next(post for post in plan.posts(campaign) if post.account == account)
    return render.draft(post, campaign, made.LIMITS_X if post.platform == "x" else made.LIMITS_FACEBOOK)


def said(source: str, **changes: Any) -> tuple[str, tuple[str, ...]]:
    found = draft(source, **changes)
    return found.text, found.missing


def city(**changes: Any) -> dict[str, Any]:
    return {"cities": {"london": made.city(**changes)}}


def on(day: int) -> dict[str, Any]:
    return {"slots": (made.slot(when=c.OnDay(days=day, at=time(12))),)}


def test_a_draft_whole() -> None:
    assert draft() == p.Draft(
        post=made.post(),
        account=made.account(),
        text="London: we meet at 18:00, Kensington Gardens. #WorldAIDSDay #HarmReduction",
        length=74,
        limit=280,
        cost_usd=Decimal("0.015"),
    )


def test_every_variable() -> None:
    source = (
        "{{ city.name }}|{{ city.venue }}|{{ city.address }}|{{ city.contact }}|{{ action.date }}|{{ action.time }}|"
        "{{ days_left }}|{{ countdown }}|{{ links.join }} {{ links.map }} {{ links.safety }} {{ links.next }} "
        "{{ links.rights }}|{{ hashtags }}|{{ account.handle }}|{{ campaign.name }}"
    )
    everything = {
        **city(address="1 Example Street", languages=("fr-FR",)),
        **on(-3),
        "links": {**made.campaign().links, "rights": "https://example.org/rights"},
        "hashtags": {"fr": ("A", "B", "C", "D")},
        "templates": (made.template(language="fr", source=source),),
    }
    assert said(source, **everything) == (
        "Londres|Kensington Gardens|1 Example Street|london@example.org|mardi 1er décembre|18:00|3|dans 3 jours|"
        "https://example.org/join https://example.org/map https://example.org/safety https://example.org/next "
        "https://example.org/rights|#A #B #C|@wad_london|World AIDS Day 2026",
        (),
    )


def test_missing_facts_stand_as_gaps() -> None:
    source = "{{ city.venue }} {{ links.map }} {{ links.join }} {{ hashtags }} {{ city.venue }}"
    facts = {**city(venue=None, map=None), "links": {}, "hashtags": {}}
    assert said(source, **facts) == (
        "⟦city.venue⟧ ⟦links.map⟧ ⟦links.join⟧ ⟦hashtags⟧ ⟦city.venue⟧",
        ("city.venue", "links.map", "links.join", "hashtags"),
    )
    assert draft(source, **facts).digest is None


def test_a_fact_that_is_only_tested_is_needed_too() -> None:
    assert said("{% if city.address %}{{ city.name }}{% else %}x{% endif %}") == ("London", ("city.address",))


def test_a_variable_that_does_not_exist_is_a_gap() -> None:
    assert said("{{ city.vneue }} {{ days_left }} {{ self }}") == (
        "⟦city.vneue⟧ 0 ⟦self⟧",
        ("city.vneue", "self"),
    )


def test_a_value_that_is_far_too_long_is_a_gap() -> None:
    assert said("{{ city.venue }}", **city(venue="x" * 1001)) == ("⟦city.venue⟧", ("city.venue",))


def test_hashtags_go_by_the_full_tag_before_the_base_language() -> None:
    tags = {"en": ("A",), "en-GB": ("B",)}
    assert said("x {{ hashtags }}", hashtags=tags) == ("x #B", ())
    assert said("x {{ hashtags }}", hashtags={"en-GB": ()}) == ("x", ())


def test_a_handle_is_said_on_x_only() -> None:
    assert said("{{ account.handle }}", account="fb-london") == ("⟦account.handle⟧", ("account.handle",))
    nameless = {"x-london": made.account(handle=None)}
    assert said("{{ account.handle }}", accounts=nameless, **city(accounts=("x-london",)))[1] == ("account.handle",)


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (-7, ("7 in 7 days", ())),
        (-1, ("1 in 1 day", ())),
        (0, ("0 ⟦countdown⟧", ("countdown",))),
        (1, ("⟦days_left⟧ ⟦countdown⟧", ("days_left", "countdown"))),
    ],
)
def test_days_are_counted_down_to_the_action_and_no_further(day: int, found: tuple[str, tuple[str, ...]]) -> None:
    assert said("{{ days_left }} {{ countdown }}", **on(day)) == found


def test_a_countdown_that_is_not_said_is_not_missing() -> None:
    source = "{% if days_left < 1 %}today{% else %}{{ countdown }}{% endif %}"
    assert said(source, **on(0)) == ("today", ())
    assert said("{{ countdown|upper }}", **on(0)) == ("⟦COUNTDOWN⟧", ("countdown",))


def test_days_are_the_citys_own_not_utcs() -> None:
    eve = c.Action(date=date(2026, 11, 30), start=time(18), end=time(19))
    slot = made.slot(when=c.AtInstant(at=datetime(2026, 11, 29, 23, 59, tzinfo=UTC)))
    assert said("{{ days_left }}", **city(action=eve), slots=(slot,)) == ("1", ())


def test_a_called_post_has_no_day_to_count_from() -> None:
    called = {"slots": (made.slot(when=c.Called()),)}
    source = "{% if days_left < 3 %}soon{% else %}{{ days_left }} {{ action.date }}{% endif %}"
    assert said(source, **called) == ("⟦days_left⟧ Tuesday 1 December", ("days_left",))


def test_a_draft_city_is_not_ready() -> None:
    assert draft(**city(status=c.CityStatus.DRAFT)).missing == ("city.status: draft",)
    called = (made.slot(when=c.Called()),)
    assert draft(slots=called, **city(status=c.CityStatus.CANCELLED)).missing == ()


@pytest.mark.parametrize(
    ("notice", "missing"),
    [
        (None, ("notice",)),
        (c.Notice(authority="Town hall", deadline=None, filed=None, waived=None), ("notice",)),
        (c.Notice(authority="Town hall", deadline=None, filed=date(2026, 11, 20), waived=None), ()),
        (c.Notice(authority=None, deadline=None, filed=None, waived="none is needed"), ()),
    ],
)
def test_a_notice_is_filed_or_waived(notice: c.Notice | None, missing: tuple[str, ...]) -> None:
    assert draft(slots=(made.slot(needs=("notice",)),), **city(notice=notice)).missing == missing


def test_without_a_template_there_is_no_text() -> None:
    assert said("x", templates=()) == ("⟦text⟧", ("text",))
    assert said(" \n") == ("⟦text⟧", ("text",))


def test_a_template_with_faults_is_never_filled() -> None:
    lacks = "a template without faults: messages/en/morning_of.txt.j2"
    assert said("{{ city.name.upper() }}") == ("⟦text⟧", (lacks, "text"))


def test_a_citys_own_words_come_first() -> None:
    own = made.template(path="messages/en/london/morning_of.txt.j2", city="london", source="Ours")
    assert said("x", templates=(made.template(), own)) == ("Ours", ())


def test_a_link_costs_more() -> None:
    found = draft("Join us: {{ links.join }} now")
    assert (found.cost_usd, found.length) == (Decimal("0.20"), len("Join us:  now") + 23)


def test_warnings() -> None:
    assert draft("{{ city.name }}", proofread={}).warnings == ("no native reader has read en",)
    assert draft("x" * 281).warnings == ("281 characters, 280 fit",)
    assert draft("x" * 277 + " ©").warnings == ("each © may count one more: no room is left for it",)
    assert draft("x ©").warnings == ()
    assert draft("Come.Here").warnings == ("a link without https://: Come.Here",)
    glued = "a link is glued to the words before it: it may be counted wrongly"
    assert draft("(https://example.org)").warnings == (glued,)
    twice = c.Action(date=date(2026, 10, 25), start=time(1, 30), end=time(5))
    at_start = (made.slot(when=c.AtAction(edge=c.Edge.START)),)
    assert draft("x", slots=at_start, **city(action=twice)).warnings == (
        "01:30 occurs twice on that day: the first one is taken",
    )
    exact = (made.slot(when=c.AtInstant(at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))),)
    assert draft("x", slots=exact).warnings == ()


def test_a_picture_needs_its_description() -> None:
    shown = p.Shown(path=PNG.path, media_type=PNG.media_type, data=PNG.data, alt=None)
    found = draft("x", pictures={"morning_of": PNG})
    assert (found.pictures, found.missing) == ((shown,), ("alt text (en)",))
    alt = made.template(kind=c.Kind.ALT, source="Flowers in {{ city.name }}, {{ city.address }}")
    described = draft("x", pictures={"morning_of": PNG}, templates=(made.template(source="x"), alt))
    assert [picture.alt for picture in described.pictures] == ["Flowers in London, ⟦city.address⟧"]
    assert described.missing == ("city.address",)


def test_a_picture_that_is_not_this_messages_is_not_shown() -> None:
    assert draft("x", pictures={"why": PNG}).pictures == ()


def test_a_picture_must_fit_its_network() -> None:
    campaign = made.campaign(
        pictures={"morning_of": dataclasses.replace(PNG, media_type="image/tiff")},
        templates=(made.template(source="x"), made.template(kind=c.Kind.ALT, source="Flowers")),
    )
    (post, _) = plan.posts(campaign)
    tight = dataclasses.replace(made.LIMITS_X, picture_bytes=3, alt_length=3)
    assert render.draft(post, campaign, tight).missing == (
        "alt text (en) of at most 3 characters",
        f"a picture that {post.platform} takes (media/morning_of.png is image/tiff)",
        "a picture of at most 3 bytes (media/morning_of.png)",
    )
    none = dataclasses.replace(made.LIMITS_X, pictures=0)
    assert render.draft(post, campaign, none).pictures == ()


def test_two_campaigns_are_never_mixed_up() -> None:
    post = made.post()
    one, other = made.campaign(), made.campaign(cities={"london": made.city(venue="Elsewhere")})
    for campaign, venue in ((one, "Kensington Gardens"), (other, "Elsewhere"), (one, "Kensington Gardens")):
        assert venue in render.draft(post, campaign, made.LIMITS_X).text
