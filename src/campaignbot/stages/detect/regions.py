"""Countries and their divisions beside a city's name: "London, Ontario" is not London, "London, UK" is."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaignbot.stages.detect import clean, gazetteer, world
from campaignbot.stages.detect.gazetteer import Entry

_MOST_WORDS = 4
_ABBREVIATED = 3  #: letters: what is as short has to be in capitals: "on" is no Ontario
_BETWEEN = 3  #: words that may stand between a city and its region
_JOINING = frozenset(
    {"in", "en", "em", "de", "da", "do", "the", "la", "el", "der", "die", "das", "one", "i", "w", "we", "no", "na"}
    | {"в", "во", "из", "у", "із", "not", "but", "pero", "aber", "mais"}
)


@dataclass(frozen=True, slots=True)
class Region:
    """A country or a division, and the words that name it."""

    name: str
    code: str  #: "CA", "CA.08"
    start: int
    end: int

    def holds(self, entry: Entry) -> bool:
        return self.code in {entry.country, f"{entry.country}.{entry.region}"}


def named(text: clean.Text, at: int) -> Region | None:
    """The region whose name begins at this word."""
    for end in range(min(at + _MOST_WORDS, len(text.words)), at, -1):
        span = text.words[at:end]
        if len({word.sentence for word in span}) > 1:
            continue
        key = " ".join(word.folded for word in span)
        short = len(key) <= _ABBREVIATED and not all(word.text.isupper() for word in span)
        known = None if short else _known().get(key)
        if known:
            return Region(known[0], known[1], at, end)
    entries = _countries(text, at)
    return Region(entries[0].name, entries[0].country, at, at + 1) if entries else None


def beside(text: clean.Text, end: int) -> Region | None:
    """The region named right behind the city that ends here: "Barcelona, Venezuela", "Sydney in Nova Scotia"."""
    for at in range(end, min(end + _BETWEEN + 1, len(text.words))):
        word = text.words[at]
        if word.sentence != text.words[end - 1].sentence:
            return None
        region = named(text, at)
        if region:
            return region
        if word.folded not in _JOINING:
            return None
    return None


def _countries(text: clean.Text, at: int) -> Sequence[Entry]:
    word = text.words[at]
    if len(word.folded) <= _ABBREVIATED or (word.text[:1].islower() and len(word.folded) < _ABBREVIATED + 3):
        return ()
    for form in world.forms(word, ""):
        entries = [entry for entry in gazetteer.shipped().get(form) if not entry.region]
        if entries:
            return entries
    return ()


@functools.cache
def _known() -> Mapping[str, tuple[str, str]]:
    """By folded name: the English name and the code."""
    return {
        " ".join(word.folded for word in clean.text(name).words): (names[0], code)
        for code, names in world.tables()["regions"].items()
        for name in names
    }
