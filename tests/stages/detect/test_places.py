"""Which places are named."""

import pytest

import made
from campaignbot.stages.detect import clean, places
from campaignbot.stages.detect.places import Kind, Place
from stages.detect.nine import CAMPAIGN


def named(text: str, *, language: str = "en", sure: float = 0.9) -> list[tuple[Kind, str]]:
    found = places.found(clean.text(text), CAMPAIGN, language=language, sure=sure, slots=())
    return [(place.kind, place.name) for place in found]


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("in LDN", "London"),
        ("Londres", "London"),
        ("в Лондоне", "London"),
        ("Londra'da", "London"),
        ("Brooklyn", "New York"),
        ("в Нью-Йорке", "New York"),
        ("la Bucureşti", "Bucharest"),
        ("в Марселе", "Marseille"),
        ("Barcelone", "Barcelona"),
        ("Стокгольме", "Stockholm"),
        ("sthlm", "Stockholm"),
    ],
)
def test_a_city_is_found_by_any_of_its_names(text: str, city: str) -> None:
    assert named(text) == [(Kind.CITY, city)]


def test_namesakes_bands_and_clubs_are_not_the_city() -> None:
    assert named("London, Ontario") == [(Kind.NAMESAKE, "London, Ontario")]
    assert named("London Grammar, FC Barcelona") == [(Kind.NOT, ""), (Kind.NOT, "")]
    assert named("from Prague to Москву") == [(Kind.ELSEWHERE, "Prague"), (Kind.RUSSIA, "Moscow")]


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("London, Ontario", Kind.NAMESAKE, "London, Ontario"),
        ("Sydney in Nova Scotia", Kind.NAMESAKE, "Sydney, Nova Scotia"),
        ("Barcelona (Venezuela)", Kind.NAMESAKE, "Barcelona, Venezuela"),
        ("Лондон, Онтарио", Kind.NAMESAKE, "London, Ontario"),
        ("London, UK", Kind.CITY, "London"),
        ("Brooklyn, NY", Kind.CITY, "New York"),
        ("London, Poland", Kind.CITY, "London"),
        ("Birmingham, Alabama", Kind.ELSEWHERE, "Birmingham, Alabama"),
        ("Ottawa, Ontario", Kind.ELSEWHERE, "Ottawa"),
        ("in Germany", Kind.REGION, "Germany"),
        ("в Польше", Kind.REGION, "Poland"),
        ("in Nova Scotia", Kind.REGION, "Nova Scotia"),
        ("Fortaleza, Russia", Kind.ELSEWHERE, "Fortaleza"),
        ("in Aleksandrovsk, Russia", Kind.RUSSIA, "Aleksandrovsk"),
    ],
)
def test_a_city_is_taken_with_its_region(text: str, kind: Kind, name: str) -> None:
    assert named(text)[0] == (kind, name)


def test_a_capital_is_meant_where_its_country_has_the_same_name() -> None:
    assert named("في تونس", language="ar") == [(Kind.ELSEWHERE, "Tunis")]
    assert named("in Tunisia") == [(Kind.REGION, "Tunisia")]


def test_a_slip_in_a_city_s_name_is_forgiven_and_not_sure() -> None:
    found = places.found(clean.text("to Barcelna"), CAMPAIGN, language="en", sure=1.0, slots=())
    assert found == [Place(Kind.CITY, "Barcelona", 1, 2, 0, sure=False)]
    assert named("to Sydeny") == [(Kind.CITY, "Sydney")]
    assert named("to Sodnye, landon, cordon and longer") == []


def test_a_name_may_stand_inside_a_word_in_scripts_that_part_none() -> None:
    assert named("我会去伦敦") == [(Kind.CITY, "London")]
    assert named("ロンドンに行きます") == [(Kind.CITY, "London")]
    assert named("런던에서 만나요") == [(Kind.CITY, "London")]
    assert named("我会去参加") == []


def test_a_town_in_russia_is_known_in_all_scripts() -> None:
    assert named("в Урюпинске", language="ru") == [(Kind.RUSSIA, "Uryupinsk")]
    assert named("in Uryupinsk") == [(Kind.RUSSIA, "Uryupinsk")]
    assert named("у Сімферополі", language="uk") == [(Kind.RUSSIA, "Simferopol")]


def test_a_short_name_that_is_a_word_elsewhere_counts_in_its_own_language() -> None:
    assert named("syd") == [(Kind.CITY, "Sydney")]
    assert named("ny och syd", language="sv") == []
    assert named("syd", language="sv", sure=0.2) == [(Kind.CITY, "Sydney")]


def test_a_listed_city_that_is_none_of_the_campaign_is_elsewhere() -> None:
    text = clean.text("Paris, London or Toronto")
    small = made.campaign()
    assert places.found(text, small, language="en", sure=1.0, slots=()) == [
        Place(Kind.ELSEWHERE, "Paris", 0, 1, 0),
        Place(Kind.CITY, "London", 1, 2, 0),
        Place(Kind.ELSEWHERE, "Toronto", 3, 4, 0),
    ]


def test_a_campaign_may_have_a_city_that_no_table_knows() -> None:
    city = made.city(id="tromso", names={"en": "Tromsø", "el": "Αθήνα"}, aliases=("Port of Peace",))
    campaign = made.campaign(cities={"tromso": city})
    text = clean.text("Tromso, port of peace, Αθήνας")
    assert [place.name for place in places.found(text, campaign, language="en", sure=1.0, slots=())] == ["Tromsø"] * 3
