"""Who comes with the writer, where they are listed."""

import pytest

from campaignbot.stages.detect import clean
from campaignbot.stages.detect.company import Company, listed


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("me, my brother and his two kids", "en", [Company(0, 7, 4)]),
        ("three: me and two friends", "en", [Company(1, 5, 3)]),
        ("my wife, our daughter and I will come", "en", [Company(0, 6, 3)]),
        ("and me with my mother in law and two colleagues", "en", [Company(1, 10, 4)]),
        ("with my wife and two kids", "en", [Company(0, 6, 4)]),
        ("with my wife", "en", []),  # she may be with anybody: the phrases say when not
        ("my wife and two kids", "en", []),
        ("me and my kids", "en", [Company(0, 4, None)]),
        ("me and my little brother, me and the little one", "en", [Company(0, 10, 3)]),
        ("I'm in. Me. My wife", "en", []),
        ("me and two, and my friend", "en", [Company(0, 6, 4)]),
        ("Eu, a patroa e os 3 miúdos lá estaremos", "pt", [Company(0, 7, 5)]),
        ("Запишите троих: я, сын и сноха", "ru", [Company(2, 6, 3)]),
        ("أنا ومراتي والولاد التلاتة", "ar", [Company(0, 3, None)]),
        ("أنا ومراتي وطفلين", "ar", [Company(0, 3, 4)]),
        ("Ben, hanım ve üç çocuk, yazın bizi", "tr", [Company(0, 5, 5)]),
        ("two adults and three kids", "en", [Company(0, 5, 5)]),
        ("me, two adults and three kids", "en", [Company(0, 6, 6)]),
        ("I better come", "en", []),  # nothing joins them
        ("me and my brother", "fr", []),  # another language's words
    ],
)
def test_a_list_of_people_counts_the_writer_and_whoever_is_named(
    text: str, language: str, found: list[Company]
) -> None:
    assert listed(clean.text(text), {language}) == found


def test_a_long_list_is_no_trouble() -> None:
    assert listed(clean.text("me and my little " * 400), {"en"}) == []
    assert [one.count for one in listed(clean.text("me" + ", my brother" * 100), {"en"})] == [101]
