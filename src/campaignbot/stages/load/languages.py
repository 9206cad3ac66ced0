"""Language tags, as CLDR has them."""

import functools
import re

import babel
from babel.core import get_global

from campaignbot.stages.load import values


@functools.cache
def full(text: str) -> str:
    """A full tag: a language and where it is spoken, "sv-SE"."""
    if _locale(text):
        if "-" in text:
            return text
        raise values.Wrong("language", f"{values.quoted(text)} does not say where", f"write {_likely(text)}")
    raise values.Wrong("language", f"{values.quoted(text)} is not a language tag that is known", _fix(text))


@functools.cache
def base(text: str) -> str:
    """A base language: "sv"."""
    if _locale(text) and "-" not in text:
        return text
    meant = re.split("[-_]", text)[0].lower()
    fix = f"write {meant}" if meant != text and _locale(meant) else "use a code such as en, fr, sv"
    raise values.Wrong("language", f"{values.quoted(text)} is not a base language", fix)


@functools.cache
def either(text: str) -> str:
    """A full tag or a base language."""
    if not _locale(text):
        raise values.Wrong("language", f"{values.quoted(text)} is not a language that is known", _fix(text))
    return text


def known(text: str) -> bool:
    return _locale(text) is not None


def _locale(text: str) -> babel.Locale | None:
    """The locale of a well-formed tag; None where CLDR has none, or would put another in its place."""
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?", text):
        return None
    try:
        found = babel.Locale.parse(text, sep="-")
    except (ValueError, babel.UnknownLocaleError):
        return None
    parts = text.split("-")
    territory = parts[-1] if len(parts) > 1 and len(parts[-1]) < 4 else None
    return found if (found.language, found.territory) == (parts[0], territory) else None


def _likely(language: str) -> str:
    """The tag that a bare language most often means."""
    whole = get_global("likely_subtags").get(language, language).split("_")
    return f"{language}-{whole[-1]}"


def _fix(text: str) -> str:
    """A tag spelt otherwise, or the language's most likely one."""
    language, _, territory = text.replace("_", "-").partition("-")
    if _locale(respelt := f"{language.lower()}-{territory.upper()}"):
        return f"write {respelt}"
    if _locale(language.lower()):
        return f"write {_likely(language.lower())}"
    return "use a tag such as en-GB, fr-CA, sv-SE"
