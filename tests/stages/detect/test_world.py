"""Which names of the gazetteer are taken for places."""

from collections.abc import Collection

import pytest

from campaignbot.stages.detect import clean, gazetteer, world


def seen(text: str, *, language: str = "en", slots: Collection[int] = ()) -> list[tuple[str, int, int]]:
    sights = world.seen(clean.text(text), language=language, taken=(), slots=slots)
    return [(sight.entries[0].name, sight.start, sight.end) for sight in sights]


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [
        ("is there one in Leeds", "en", "Leeds"),
        ("anything in nairobi", "en", "Nairobi"),
        ("Nairobi please", "en", "Nairobi"),
        ("de vrais amis à Rennes", "fr", "Rennes"),
        ("c'est loin d'Ottawa", "fr", "Ottawa"),
        ("а в Праге", "ru", "Prague"),
        ("в Кривом Роге", "ru", "Kryvyi Rih"),
        ("у Вінниці", "uk", "Vinnytsia"),
        ("у Львові", "uk", "Lviv"),
        ("do Krakowa", "pl", "Kraków"),
        ("w Katowicach", "pl", "Katowice"),
        ("στην Πάτρα", "el", "Patras"),
        ("του Βόλου", "el", "Volos"),
        ("Bursa'da", "tr", "Bursa"),
        ("bursada", "tr", "Bursa"),
        ("بالقاهرة", "ar", "Cairo"),
        ("v Prage", "en", "Prague"),
        ("a v Kyievi", "pl", "Kyiv"),
        ("la Brașov", "ro", "Brașov"),
        ("in San Sebastian", "en", "San Sebastián"),
        ("#Leeds", "en", "Leeds"),
    ],
)
def test_a_place_is_found_in_its_language_s_own_cases(text: str, language: str, place: str) -> None:
    assert [name for name, _, _ in seen(text, language=language)] == [place]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what a nice reading list", "en"),
        ("Reading is fun", "en"),
        ("Same here", "en"),
        ("in the same boat", "en"),
        ("I have to split", "en"),
        ("in Ruhe lassen", "de"),
        ("como siempre", "es"),
        ("con mucha paz", "es"),
        ("Volos me", "ca"),
        ("Feliz Natal", "pt"),
        ("мир вам", "ru"),
        ("Владимир, привет", "ru"),
        ("Charlotte, look at this", "en"),
        ("!!! 12 @anna ab", "en"),
        ("a whole lot of good will", "en"),
    ],
)
def test_an_ordinary_word_is_no_place(text: str, language: str) -> None:
    assert seen(text, language=language) == []


def test_where_a_phrase_has_its_place_any_town_may_be_meant() -> None:
    assert seen("try Faversham next") == []
    assert seen("try Faversham next", slots={1}) == [("Faversham", 1, 2)]


def test_a_shouted_word_is_no_name_for_its_capitals() -> None:
    assert seen("BAND PRACTICE AGAIN") == []


def test_occupied_territory_is_told_from_what_is_free_beside_it() -> None:
    names = ("краматорськ", "дружківка", "запоріжжя", "вільнянськ", "херсон", "маріуполь", "мелітополь", "сімферополь")
    free, held = names[:5], names[5:]
    towns = {name: gazetteer.shipped().get(name)[0] for name in names}
    assert [name for name in names if world.occupied(towns[name])] == list(held)
    assert not any(world.occupied(towns[name]) for name in free)


def test_a_town_in_russia_is_meant_before_a_larger_one_elsewhere() -> None:
    """There may be a person at risk."""
    assert [entry.country for entry in gazetteer.shipped().get("покровка")] == ["KG", "RU"]
    [sight] = world.seen(clean.text("в Покровке"), language="ru", taken=(), slots=())
    assert [entry.country for entry in sight.entries] == ["RU", "KG"]


def test_a_word_in_small_letters_is_no_alarm() -> None:
    assert seen("une autre penza", language="fr") == []
    assert seen("Penza", language="en") == [("Penza", 0, 1)]


def test_taken_words_are_left_alone() -> None:
    text = clean.text("in Leeds or Port Elizabeth")
    assert world.seen(text, language="en", taken={1, 4}, slots=()) == []
