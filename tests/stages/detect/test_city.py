"""Which city a reply is about."""

import pytest

from campaignbot.model.reply import Intent
from stages.detect.nine import read


@pytest.mark.parametrize(
    ("text", "post_city", "city", "review"),
    [
        ("I'll be there", "London", "London", False),
        ("I'll be there", None, None, True),
        ("I'll come to Canberra", "Sydney", "Canberra", False),
        ("Count me in, not London but Toronto", "London", "Toronto", False),
        ("I'll take the bus from London to Toronto, count me in", None, "Toronto", False),
        ("I live in London, count me in for Toronto", None, "Toronto", False),
        ("I live in London, count me in", None, "London", False),
        ("I live in London, count me in", "Toronto", "London", True),
        ("Toronto or New York, count me in", None, None, True),
        ("Toronto or New York, count me in", "New York", "New York", True),
        ("My aunt lives in London. I'll be there in Toronto", None, "Toronto", True),
        ("Count me in for Barcelna", None, "Barcelona", True),
        ("Count me in for London, UK", None, "London", False),
        ("I can't do Toronto, I'm in New York that day and I'll go to the one there", "Toronto", "New York", True),
        ("A Londres no llego, pero estoy en Barcelona, nos vemos allí", "London", "Barcelona", True),
        ("sóc a Londres per feina, aniré a la d'allà", "Barcelona", "London", True),
        ("Soy de Londres, nos vemos allí", "Barcelona", "London", True),
        ("New York was my plan, Toronto works, count me in", "New York", "Toronto", True),
        ("Vivo en Barcelona, nos vemos allí", "Barcelona", "Barcelona", False),
        # the Portuguese "in the" is no Spanish "no"
        ("moro em Newark mas vou no de Nova York", None, "New York", False),
    ],
)
def test_where_somebody_joins(text: str, post_city: str | None, city: str | None, review: bool) -> None:
    reading = read(text, post_city=post_city)
    assert (reading.intent, reading.city, reading.needs_review) == (Intent.JOIN, city, review)


@pytest.mark.parametrize(
    ("text", "city", "review"),
    [
        ("Anything in Leeds?", "Leeds", False),
        ("давайте сделаем в Праге", "Prague", False),
        ("Could we have one in Milton Keynes?", "Milton Keynes", False),
        ("I'm from Leeds, could we have one in Upper Slaughter?", "Upper Slaughter", True),
        ("Could we have one in Scotland?", "Scotland", False),
        ("А в Верхних Пупках будет что-нибудь?", "-", True),
        ("Could we have one in Upper Slaughter on Sea?", "Upper Slaughter", True),
        ("Rien à L'Haÿ ?", "L'Haÿ-les-Roses", False),
        ("Rien à L'Huÿr ?", "Huÿr", True),
        ("could we do something in thirsk", "Thirsk", True),
        ("I can organise one", None, True),
        ("Sydney, Nova Scotia please", "Sydney, Nova Scotia", True),
        ("I'll come, is there one in Sydney, Nova Scotia?", "Sydney, Nova Scotia", True),
    ],
)
def test_where_somebody_wants_one(text: str, city: str | None, review: bool) -> None:
    reading = read(text, post_city="London")
    assert (reading.intent, reading.city, reading.needs_review) == (Intent.START_CITY, city, review)


def test_a_listed_city_needs_no_starting() -> None:
    reading = read("Is there one in Toronto?", post_city="London")
    assert (reading.intent, reading.city, reading.needs_review) == (Intent.QUESTION, "Toronto", True)


def test_a_question_or_a_no_is_about_the_city_named_or_the_post_s_own() -> None:
    assert read("When does it start in Toronto?", post_city="London").city == "Toronto"
    assert read("When does it start?", post_city="London").city == "London"
    assert read("When does it start, in Toronto and in Sydney?", post_city="London").city == "London"
    assert read("thanks, London", post_city="London").city is None
