"""Dates, times and countdowns as a language writes them: CLDR, with the traps it sets."""

import functools
import re
from datetime import date, datetime, timedelta

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta

from campaignbot.model.campaign import base

# Explicit, for CLDR's own skeletons fall back to short forms ("mar. 1 déc.") and its full dates name the year.
_PATTERNS = {
    "en": "EEEE d MMMM",
    "en-US": "EEEE, MMMM d",
    "en-CA": "EEEE, MMMM d",
    "fr": "EEEE d MMMM",
    "es": "EEEE d 'de' MMMM",
    "ca": "EEEE, d MMMM",
    "sv": "EEEE d MMMM",
    "ro": "EEEE, d MMMM",
    "ru": "EEEE, d MMMM",
}
_FRENCH_FIRST = "EEEE '1er' MMMM"  # CLDR says "1 décembre"
_YEAR = re.compile(r"[,\s]*(?:'del?'\s*)?y+\.?\s*(?:'[^']*'\.?|年|년)?[,\s]*")


def date_text(day: date, language: str) -> str:
    """Weekday, day and month, no year, as the language tag writes them: "mardi 1er décembre".

    ISO 8601 where CLDR does not know the language."""
    return _date(day, language)


def clock_text(moment: datetime, language: str) -> str:
    """The wall-clock time of a local moment as the language tag writes it: "18:00", "6:00 p.m.", "18 h 00".

    24-hour digits where CLDR does not know the language. en-US and its kin put U+202F before "PM"."""
    return _time(moment.hour, moment.minute, language)


@functools.lru_cache(maxsize=16_384)
def countdown_text(days: int, language: str) -> str | None:
    """How far off a day is, always in days: "in 7 days", "через 7 дней". None where CLDR does not know the language."""
    locale = _locale(language)
    if locale is None:
        return None
    # threshold: without it, seven days become "1 week"
    return format_timedelta(timedelta(days=days), granularity="day", threshold=100, add_direction=True, locale=locale)


@functools.lru_cache(maxsize=16_384)
def _date(day: date, language: str) -> str:
    locale = _locale(language)
    if locale is None:
        return day.isoformat()
    if base(language) == "fr" and day.day == 1:
        return format_date(day, _FRENCH_FIRST, locale=locale)
    pattern = _PATTERNS.get(language) or _PATTERNS.get(base(language)) or _without_year(locale)
    return format_date(day, pattern, locale=locale)


@functools.lru_cache(maxsize=16_384)
def _time(hour: int, minute: int, language: str) -> str:
    locale = _locale(language)
    clock = datetime(2000, 1, 1, hour, minute).time()  # noqa: DTZ001  # a bare wall-clock time has no zone
    return f"{clock:%H:%M}" if locale is None else format_time(clock, "short", locale=locale)


def _without_year(locale: Locale) -> str:
    return _YEAR.sub(" ", locale.date_formats["full"].pattern).strip()


@functools.lru_cache(maxsize=1024)
def _locale(language: str) -> Locale | None:
    """CLDR's locale of a tag, or of its base language: "ro-GB" -> ro."""
    for tag in (language, base(language)):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None
