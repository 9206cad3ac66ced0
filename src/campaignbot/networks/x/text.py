"""What X makes of a text: its weighted length (twitter-text, configuration 3), links, mentions, hashtags, cashtags."""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from dataclasses import dataclass

LIMIT = 280
LINK_LENGTH = 23
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))

_BEFORE = r"(?<![A-Za-z0-9@＠$#＃_.\-])"
_LETTER = r"[^\W_]"
_LABEL = rf"{_LETTER}(?:[\w\-]*{_LETTER})?"
_COUNTRIES = "ar at au be br ca ch cn co cz de dk es eu fi fr gr hu ie in io is it jp ke me mx nl no nz pl pt ro rs ru se sg tv ua uk us za"  # noqa: E501  one line a list
_GENERIC = "app biz blog cloud com dev edu event gov health info int link live mil mobi name net news ngo online org page pro site social space store today world xyz"  # noqa: E501  likewise
_TOP = "|".join((_COUNTRIES + " " + _GENERIC).split())
_PATH = r"(?:/(?:\([\w!*';:=+,.$/%#\[\]\-~@|&]*\)|[\w!*';:=+,.$/%#\[\]\-–~@|&]*[\w+\-=#/]|)*)?"
_QUERY = r"(?:\?[\w!?*'@();:&=+$/%#\[\]\-.,~|]*[\w\-&=#/])?"
LINK = re.compile(
    rf"{_BEFORE}(?:https?://(?:{_LABEL}\.)+[^\W\d_]{{2,}}(?::\d+)?|(?:{_LABEL}\.)+(?:{_TOP})\b(?!@|\.\w))"
    rf"{_PATH}{_QUERY}",
    re.IGNORECASE,
)
_PICTURE = "[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\u203c\u2049\u2122\u2139]"  # noqa: E501  one class of characters
_TONE = "(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
EMOJI = re.compile(
    "[0-9#*]\ufe0f?\u20e3"
    "|[\u00a9\u00ae]\ufe0f"
    "|[\U0001f1e6-\U0001f1ff]{2}"
    "|\U0001f3f4[\U000e0020-\U000e007f]+"
    f"|{_PICTURE}{_TONE}(?:\u200d{_PICTURE}{_TONE})*"
)
MENTION = re.compile(r"(?<![A-Za-z0-9_!#$%&*@＠])[@＠](\w{1,15})(?!\w|@)", re.ASCII)
HASHTAG = re.compile(r"(?<![\w&])[#＃](\w*[^\W\d]\w*)")
CASHTAG = re.compile(r"(?<![\w$])\$([A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?)(?=$|\s|[^\w$])")


def length(text: str) -> int:
    """The weighted length; at most 280 may be posted."""
    text = unicodedata.normalize("NFC", text)
    if text.isascii() and "." not in text and "\u20e3" not in text:
        return len(text)
    total, place = 0, 0
    for start, end in links(text):
        total += _plain(text[place:start]) + LINK_LENGTH
        place = end
    return total + _plain(text[place:])


def _plain(text: str) -> int:
    if text.isascii():
        return len(text)
    total, place = 0, 0
    for match in EMOJI.finditer(text):
        total += sum(map(_weight, text[place : match.start()])) + 2
        place = match.end()
    return total + sum(map(_weight, text[place:]))


@functools.lru_cache(maxsize=4096)
def _weight(character: str) -> int:
    number = ord(character)
    return 1 if any(first <= number <= last for first, last in LIGHT) else 2


def links(text: str) -> list[tuple[int, int]]:
    """Where the links stand, as (start, end)."""
    return [match.span() for match in LINK.finditer(text)]


@dataclass(frozen=True)
class Link:
    """One link in the shown text; `start` and `end` count characters of it."""

    start: int
    end: int
    short: str
    full: str
    display: str


def shorten(text: str) -> tuple[str, tuple[Link, ...]]:
    """The text with each link replaced by its t.co form."""
    shown, place, found = "", 0, []
    for start, end in links(text):
        written = text[start:end]
        full = written if written.lower().startswith("http") else f"http://{written}"
        shown += text[place:start]
        short = t_co(full)
        bare = full.partition("://")[2]
        display = bare if len(bare) <= 26 else f"{bare[:26]}…"
        found.append(Link(len(shown), len(shown) + len(short), short, full, display))
        shown += short
        place = end
    return shown + text[place:], tuple(found)


def t_co(address: str) -> str:
    """The 23-character t.co form of an address."""
    letters = hashlib.sha256(address.encode()).hexdigest()
    return f"https://t.co/{letters[:10]}"
