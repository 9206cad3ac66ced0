"""Language tags, as CLDR has them."""

import functools
import re

import babel
from babel.core import get_global

from campaignbot.stages.load import values


def full(text: str, *, country: str | None = None) -> str:
    """A full tag: a language and where it is spoken, "sv-SE". The country is where it is to be read, for the fix."""
    if not known(text):
        raise values.Wrong(
            "language", f"{values.quoted(text)} is not a language tag that is known", _fix(text, country)
        )
    if "-" not in text:
        here = f"{text}-{country}"
        fix = f"write {here if country and known(here) else _likely(text)}"
        raise values.Wrong("language", f"{values.quoted(text)} does not say where", fix)
    return text


def base(text: str) -> str:
    """A base language: "sv"."""
    if known(text) and "-" not in text:
        return text
    meant = re.split("[-_]", text)[0].lower()
    fix = f"write {meant}" if meant != text and known(meant) else "use a code such as en, fr, sv"
    raise values.Wrong("language", f"{values.quoted(text)} is not a base language", fix)


def either(text: str) -> str:
    """A full tag or a base language."""
    if not known(text):
        raise values.Wrong("language", f"{values.quoted(text)} is not a language that is known", _fix(text))
    return text


@functools.lru_cache(maxsize=4096)
def known(text: str) -> bool:
    """Whether CLDR has a locale for a well-formed tag, and would not put another in its place."""
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?", text):
        return False
    try:
        found = babel.Locale.parse(text, sep="-")
    except (ValueError, babel.UnknownLocaleError):
        return False
    parts = text.split("-")
    territory = parts[-1] if len(parts) > 1 and len(parts[-1]) < 4 else None
    return (found.language, found.territory) == (parts[0], territory)


def _likely(language: str) -> str:
    """The tag that a bare language most often means."""
    whole = get_global("likely_subtags").get(language, language).split("_")
    return f"{language}-{whole[-1]}"


def _fix(text: str, country: str | None = None) -> str:
    """A tag spelt otherwise, or as the language is spoken in the country, or the language's most likely one."""
    language, _, territory = text.replace("_", "-").partition("-")
    if known(respelt := f"{language.lower()}-{territory.upper()}"):
        return f"write {respelt}"
    if country and known(here := f"{language.lower()}-{country}"):
        return f"write {here}"
    if known(language.lower()):
        return f"write {_likely(language.lower())}"
    return "use a tag such as en-GB, fr-CA, sv-SE"
