"""Which text answers whom."""

import dataclasses

import pytest

import made
from campaignbot.model.campaign import Answers, Ask, Campaign, CityStatus
from campaignbot.stages import plan

ANSWERS = made.slot(id="sign_up", message="sign_up", when=Answers(to=Ask.JOIN))


def campaign(*, on: bool = True, **toronto: CityStatus) -> Campaign:
    cities = (
        made.city(),
        made.city(id="toronto", names={"en": "Toronto"}, aliases=(), languages=("en-CA", "fr-CA"), **toronto),
    )
    return made.campaign(
        cities={city.id: city for city in cities},
        accounts={**made.campaign().accounts, "x-london": made.account(answers=on)},
        slots=(made.slot(), ANSWERS),
    )


@pytest.mark.parametrize(
    ("city", "language", "found"),
    [
        ("Toronto", "fr", "wad/sign_up/toronto/fr-CA/x-london"),
        ("Toronto", "ru", "wad/sign_up/toronto/en-CA/x-london"),
        ("London", "fr", "wad/sign_up/london/en-GB/x-london"),
        (None, "fr", "wad/sign_up/toronto/fr-CA/x-london"),
        ("Nowhere", "ru", "wad/sign_up/london/en-GB/x-london"),
    ],
)
def test_the_text_is_the_city_s_in_their_language_where_it_speaks_it(
    city: str | None, language: str, found: str
) -> None:
    text = plan.answer(campaign(), "x-london", to=Ask.JOIN, city=city, language=language)
    assert text is not None
    assert (text.key, text.words, text.person, text.called, text.due) == (found, found, "", True, None)
    given = dataclasses.replace(text, person="ab12")
    assert (given.key, given.words) == (f"{found}/ab12", found)


def test_nobody_is_answered_where_answers_are_off_or_nothing_answers_that_or_it_is_cancelled() -> None:
    ask = {"city": "Toronto", "language": "en"}
    assert plan.answer(campaign(on=False), "x-london", to=Ask.JOIN, **ask) is None
    assert plan.answer(campaign(), "x-london", to=Ask.QUESTION, **ask) is None
    assert plan.answer(campaign(), "x-elsewhere", to=Ask.JOIN, **ask) is None
    assert plan.answer(campaign(status=CityStatus.CANCELLED), "x-london", to=Ask.JOIN, **ask) is None
    assert [post.key for post in plan.posts(campaign(on=False)) if post.person == ""] == []
