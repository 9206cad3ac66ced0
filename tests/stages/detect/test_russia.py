"""Somebody in Russia who joins, names themselves or announces an act is a crisis; one who lives elsewhere is not."""

import pytest

from campaignbot.model.reply import Intent
from stages.detect.nine import read


@pytest.mark.parametrize(
    "text",
    [
        "Я из Тулы, меня зовут Игорь, хочу выйти с плакатом",
        "Живу в Москве, обязательно приду",
        "Приду в Петербурге",
        "I'm from Rostov in Russia, my name is Ivan, I will protest outside the clinic",
        "I live in Russia, count me in",
        "Could we have one in Kazan?",
        "Я в Донецке, выйду на площадь",
        "Я в Москве, меня зовут Анна, привет Лондону",
        "Я приду, я из Астрахани",
        "Буду! Живу в Махачкале",
        "I live in Norilsk, count me in",
        "Я из Бердянска, приду",
        "живу в Урюпинске, приду",
        "I'm in Uryupinsk, count me in",
        "zhivu v Murome, pridu",
    ],
)
def test_a_person_there_goes_to_a_person_at_once(text: str) -> None:
    reading = read(text)
    assert (reading.intent, reading.city, reading.needs_review) == (Intent.CRISIS, None, True)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Родилась в Самаре, живу в Торонто, обязательно приду", Intent.JOIN),
        ("Я из России, живу за границей, приду в Лондоне", Intent.JOIN),
        ("Я из Москвы, приду в Лондоне", Intent.JOIN),
        ("Russia must stop. I'll be there", Intent.JOIN),
        ("Solidarity with Moscow", Intent.SUPPORT),
        ("приду 🇷🇺", Intent.JOIN),
        ("живу в Малых Ежиках, приду", Intent.JOIN),
        ("I'm in Maliye Yezhiki, count me in", Intent.JOIN),
    ],
)
def test_who_lives_elsewhere_or_only_speaks_of_it_is_looked_at_by_a_person(text: str, intent: Intent) -> None:
    reading = read(text, post_city="London")
    assert (reading.intent, reading.needs_review) == (intent, True)


@pytest.mark.parametrize("text", ["I live in London, count me in", "I'm in, count me in", "Count me in, I'm in tears"])
def test_who_lives_in_no_unknown_place_is_an_ordinary_joiner(text: str) -> None:
    reading = read(text, post_city="London")
    assert (reading.intent, reading.city, reading.needs_review) == (Intent.JOIN, "London", False)
