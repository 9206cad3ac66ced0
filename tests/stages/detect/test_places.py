"""Which places are named."""

import pytest

import made
from campaignbot.stages.detect import clean, places
from campaignbot.stages.detect.places import Kind, Place
from stages.detect.nine import CAMPAIGN


def named(text: str, *, language: str = "en", sure: float = 0.9) -> list[tuple[Kind, str]]:
    found = places.found(clean.text(text), CAMPAIGN, language=language, sure=sure)
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


def test_a_short_name_that_is_a_word_elsewhere_counts_in_its_own_language() -> None:
    assert named("syd") == [(Kind.CITY, "Sydney")]
    assert named("ny och syd", language="sv") == []
    assert named("syd", language="sv", sure=0.2) == [(Kind.CITY, "Sydney")]


def test_a_listed_city_that_is_none_of_the_campaign_is_elsewhere() -> None:
    text = clean.text("Paris, London or Toronto")
    small = made.campaign()
    assert places.found(text, small, language="en", sure=1.0) == [
        Place(Kind.ELSEWHERE, "Paris", 0, 1, 0),
        Place(Kind.CITY, "London", 1, 2, 0),
        Place(Kind.ELSEWHERE, "Toronto", 3, 4, 0),
    ]


def test_a_campaign_may_have_a_city_that_no_table_knows() -> None:
    city = made.city(id="tromso", names={"en": "Tromsø", "el": "Αθήνα"}, aliases=("Port of Peace",))
    campaign = made.campaign(cities={"tromso": city})
    text = clean.text("Tromso, port of peace, Αθήνας")
    assert [place.name for place in places.found(text, campaign, language="en", sure=1.0)] == ["Tromsø"] * 3
