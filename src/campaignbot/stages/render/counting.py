"""How long a text is, as its network counts it, and which links the network sees in it.

X weighs characters (twitter-text configuration v3): most count 1, others 2, a whole emoji 2, any link 23. The parser
takes about a millisecond a text, so texts made only of plain characters and plain links are counted without it; a
property test shows that the two agree.
"""

import functools
import importlib
import pkgutil
import re
import sys
import types
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from campaignbot.model.post import Counting

LINK_WEIGHT = 23

_HEAVY = "\u2026\u202f\u20ac"  # plain characters that count 2
# Weight 1 or heavy; never part of an emoji, never a control or direction mark.
_PLAIN = re.compile(
    rf"[\n -~\xa0-\xa8\xaa-\xad\xaf-\u061b\u061d-\u10ff\u2000-\u200a\u2010-\u201f\u2032-\u2037{_HEAVY}]*"
)
# A domain needs a dot with at least two characters of a name behind it; no top-level domain begins with a digit.
_DOTTED = re.compile(r"\.[^\s!-@\[-`{-~][^\s!-/:-@\[-`{-~]")
# These begin with a literal, and look behind it afterwards: so the search runs at the speed of memory.
_LINK = re.compile(
    r"https://(?<![^ \n]https://)([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    r"(?:/(?:[A-Za-z0-9_/%.~-]{0,1000}[A-Za-z0-9_/-])?)?"
    r"(?:\?[A-Za-z0-9_&=%.-]{0,1000}[A-Za-z0-9_&=-])?"
    r"(?![^ \n])"
)
# An address of mail is no link: "@" stands before its domain, and no dot before that.
_MAIL = re.compile(r"[A-Za-z0-9_-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ANY_LINK = re.compile(r"https?://\S+")


class Measure(NamedTuple):
    """How long a text is, and the links that its network will make of it."""

    length: int
    links: tuple[str, ...]


def length(text: str, counting: Counting) -> int:
    """How long a text is, as its network counts it."""
    return measure(text, counting).length


def measure(text: str, counting: Counting) -> Measure:
    """The length of a text and the links that its network sees in it."""
    if counting is Counting.CHARACTERS:
        return Measure(len(text), tuple(_ANY_LINK.findall(text)) if "://" in text else ())
    return _plain(text) or _parsed(text)


def links_in(text: str) -> tuple[str, ...]:
    """The links that X makes of a text, those without https:// too: "Come.Here" is one."""
    return tuple(_parser().links(text))


def loose_links(text: str) -> tuple[str, ...]:
    """The links that X makes of a text without links of the usual form; the parser is asked only where it may."""
    return links_in(text) if _DOTTED.search(text) else ()


def _plain(text: str) -> Measure | None:
    """The exact measure of a plain text; None where only the parser can tell."""
    links: tuple[str, ...] = ()
    rest = text
    if "://" in text:
        found = list(_LINK.finditer(text))
        if not all([_is_known(match[1].lower()) for match in found]):
            return None
        links = tuple([match[0] for match in found])
        for match in reversed(found):
            rest = rest[: match.start()] + rest[match.end() :]
    if "@" in rest:
        rest = _without_mail(rest)
    ascii_only = rest.isascii()
    plain = rest.replace("\n", "").isprintable() if ascii_only else _PLAIN.fullmatch(rest)
    if not plain or _DOTTED.search(rest):
        return None
    weight = len(rest) + LINK_WEIGHT * len(links)
    if not ascii_only:
        if not unicodedata.is_normalized("NFC", rest):
            return None
        weight += sum(map(rest.count, _HEAVY))
    return Measure(weight, links)


def _without_mail(text: str) -> str:
    """The text with as many letters for each word that is an address of mail. Words end at a space or a new line."""
    at = text.find("@")
    while at != -1:
        start = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at)) + 1
        end = min(found for found in (text.find(" ", at), text.find("\n", at), len(text)) if found != -1)
        if _MAIL.fullmatch(text, start, end):
            text = text[:start] + "m" * (end - start) + text[end:]
        at = text.find("@", end)
    return text


@functools.lru_cache(maxsize=4096)
def _is_known(host: str) -> bool:
    """Whether X makes a link of this host: only where it knows the top-level domain. Its own t.co is a case apart."""
    return host != "t.co" and _parser().weigh(f"https://{host}/{'a' * 40}") == LINK_WEIGHT


def _parsed(text: str) -> Measure:
    parser = _parser()
    return Measure(parser.weigh(text), tuple(parser.links(unicodedata.normalize("NFC", text))))


class _Parser(NamedTuple):
    weigh: Callable[[str], int]
    links: Callable[[str], list[str]]


@functools.cache
def _parser() -> _Parser:
    """twitter-text-parser, imported on first use: it reads its emoji table then, for a tenth of a second."""
    with _pkg_resources():
        package = importlib.import_module("twitter_text")
        extract = importlib.import_module("twitter_text.extract_urls")
    return _Parser(weigh=lambda text: int(package.parse_tweet(text).weightedLength), links=extract.extract_urls)


@contextmanager
def _pkg_resources() -> Iterator[None]:
    """The one function of `pkg_resources` that twitter-text-parser 3.0.0 asks for, once, to read a file of its own:
    Python 3.12 no longer brings that module, and where it is there it warns that it will go."""
    modules: dict[str, Any] = sys.modules
    before = modules.get("pkg_resources")
    modules["pkg_resources"] = types.SimpleNamespace(resource_string=pkgutil.get_data)
    try:
        yield
    finally:
        if before is None:
            del modules["pkg_resources"]
        else:
            modules["pkg_resources"] = before
