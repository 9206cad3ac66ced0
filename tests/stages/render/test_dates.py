from datetime import UTC, date, datetime, timedelta

import pytest

from campaignbot.stages import render
from campaignbot.stages.render import dates

DAY = date(2026, 12, 1)
EVENING = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)

EXPECTED = {
    "en-GB": ("Tuesday 1 December", "18:00", "in 7 days"),
    "en-AU": ("Tuesday 1 December", "6:00\u202fpm", "in 7 days"),
    "en-US": ("Tuesday, December 1", "6:00\u202fPM", "in 7 days"),
    "en-CA": ("Tuesday, December 1", "6:00\u202fp.m.", "in 7 days"),
    "fr-FR": ("mardi 1er décembre", "18:00", "dans 7 jours"),
    "fr-CA": ("mardi 1er décembre", "18 h 00", "dans 7 jours"),
    "es-ES": ("martes 1 de diciembre", "18:00", "dentro de 7 días"),
    "es-US": ("martes 1 de diciembre", "6:00\u202fp.m.", "dentro de 7 días"),
    "ca-ES": ("dimarts, 1 de desembre", "18:00", "d’aquí a 7 dies"),
    "sv-SE": ("tisdag 1 december", "18:00", "om 7 dagar"),
    "ro-RO": ("marți, 1 decembrie", "18:00", "peste 7 zile"),
    "ru-RU": ("вторник, 1 декабря", "18:00", "через 7 дней"),
}


@pytest.mark.parametrize("language", EXPECTED)
def test_as_each_language_writes_it(language: str) -> None:
    found = (render.date_text(DAY, language), render.clock_text(EVENING, language), dates.countdown_text(7, language))
    assert found == EXPECTED[language]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de-DE", "Dienstag, 1. Dezember"),
        ("pt-BR", "terça-feira, 1 de dezembro"),
        ("uk", "вівторок, 1 грудня"),
        ("hu", "december 1., kedd"),
        ("tr", "1 Aralık Salı"),
        ("ja", "12月1日火曜日"),
        ("ko", "12월 1일 화요일"),
        ("lt", "gruodžio 1 d., antradienis"),
        ("pl", "wtorek, 1 grudnia"),
    ],
)
def test_other_languages_lose_only_the_year(language: str, text: str) -> None:
    assert render.date_text(DAY, language) == text


def test_french_only_writes_the_first_as_an_ordinal() -> None:
    assert render.date_text(DAY + timedelta(days=1), "fr") == "mercredi 2 décembre"


def test_a_country_that_cldr_does_not_pair_falls_back_to_the_language() -> None:
    assert render.date_text(DAY, "ro-GB") == "marți, 1 decembrie"


def test_a_language_that_cldr_does_not_know_gets_plain_digits() -> None:
    assert render.date_text(DAY, "xx-XX") == "2026-12-01"
    assert render.clock_text(EVENING, "xx") == "18:00"
    assert dates.countdown_text(7, "xx") is None


def test_a_week_stays_in_days() -> None:
    assert [dates.countdown_text(days, "en") for days in (1, 7, 14, 60)] == [
        "in 1 day",
        "in 7 days",
        "in 14 days",
        "in 60 days",
    ]
