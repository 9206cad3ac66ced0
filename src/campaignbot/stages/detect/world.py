"""Which names of the gazetteer a reply means as places. Almost any word is a town somewhere, so a name has to earn it:
by a locative word before it, a capital, a phrase that has a place there, its country, or its size."""

import functools
import importlib.resources
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaignbot.stages.detect import clean, gazetteer, phrases
from campaignbot.stages.detect.gazetteer import Entry

_APOSTROPHE = re.compile("['’ʼ´`]")
_ARABIC = (("بال", "ال"), ("وال", "ال"), ("لل", "ال"), ("ب", ""), ("ل", ""), ("و", ""))  # "in", "and", "to"
_SUFFIXED = frozenset({"tr", "ar"})  #: where the locative is a part of the word
_SHORT, _SHORTER = 4, 3  #: letters that a name has to have without a locative word, and at all
_NEARLY = 4  #: a town of the language's country is meant before one that is so many times larger
_PERHAPS = 10  #: likewise one in Russia, where the reply is in Cyrillic
_MOST_WORDS = 4

#: How many thousand people a place must have to be one: at home in the language's country, and anywhere.
_WITHOUT_CAPITAL, _WITHOUT_WORD, _WITHOUT_EITHER = (30, 150), (30, 100), (100, 300)


@dataclass(frozen=True, slots=True)
class Sight:
    """A name in a text: the words from `start` to before `end`, and what may be meant, the likeliest first."""

    start: int
    end: int
    entries: tuple[Entry, ...]


@functools.cache
def tables() -> Mapping[str, Any]:
    """`places.toml`."""
    return tomllib.loads(importlib.resources.files(__package__).joinpath("places.toml").read_text("utf-8"))


def seen(text: clean.Text, *, language: str, taken: Collection[int], slots: Collection[int]) -> list[Sight]:
    """Every place named outside the words that are taken. `slots` are the words that stand where phrases have a place.

    Linear in the text: each word is looked up in a bounded number of forms.
    """
    sights: list[Sight] = []
    at = 0
    while at < len(text.words):
        sight = None if at in taken else _sight(text, at, language=language, taken=taken, slot=at in slots)
        if sight:
            sights.append(sight)
        at = sight.end if sight else at + 1
    return sights


def occupied(entry: Entry) -> bool:
    """Whether a place lies in Russia, or in territory that it occupies."""
    free: Sequence[str] | None = tables()["occupied"].get(f"{entry.country}.{entry.region}")
    return entry.country == "RU" or (free is not None and entry.name not in free)


def _sight(text: clean.Text, at: int, *, language: str, taken: Collection[int], slot: bool) -> Sight | None:
    word = text.words[at]
    if not word.folded[0].isalpha():
        return None
    placed = slot or told(text, at)
    opens = not at or text.words[at - 1].sentence != word.sentence or language == "de"  # German nouns have capitals
    likely = placed or (word.capital and not opens) or language in _SUFFIXED
    named = gazetteer.shipped().longest(_spoken(text, at, language=language if likely else None, taken=taken))
    if named is None:
        return None
    span = text.words[at : at + named.words]
    if sum(len(word.folded) for word in span) < (_SHORTER if likely else _SHORT):
        return None
    placed = placed or (language in _SUFFIXED and not named.exact)
    capital = slot if word.caseless else _capitals(span) and not text.plain.isupper()
    at_home = tables()["at_home"].get(language, ())
    entries = _ordered(named.entries, at_home, cyrillic="Ѐ" <= word.folded[0] <= "ӿ")
    if ordinary(span) and not (placed and capital):
        return None
    if placed and (capital or slot):
        least = (0, 0)
    elif placed and named.exact:
        least = _WITHOUT_CAPITAL
    else:
        least = _WITHOUT_WORD if capital and not opens else _WITHOUT_EITHER
    enough = entries[0].thousands >= least[entries[0].country not in at_home]
    alarming = occupied(entries[0]) and not (placed or capital)  # "cita" is a word before it is a town in Siberia
    return Sight(at, at + named.words, entries) if enough and not alarming else None


def _capitals(span: Sequence[clean.Word]) -> bool:
    return _bare(span[0])[:1].isupper() and all(word.capital or len(word.text) < _SHORT for word in span[1:])


def _bare(word: clean.Word) -> str:
    """A word without an elided one before it: "L'Aquila", "d'Ottawa"."""
    if word.text.isalnum():
        return word.text
    elided, _, bare = _APOSTROPHE.sub("'", word.text).partition("'")
    return bare if clean.fold(elided) in tables()["locative"]["elided"] else word.text


def _ordered(entries: Sequence[Entry], at_home: Collection[str], *, cyrillic: bool) -> tuple[Entry, ...]:
    """The likeliest first: of the language's own country; in Russia rather than not, since a person may be at risk."""
    most = entries[0].thousands

    def rank(entry: Entry) -> int:
        if cyrillic and occupied(entry) and entry.thousands * _PERHAPS >= most:
            return 0
        return 1 if entry.country in at_home and entry.thousands * _NEARLY >= most else 2

    return tuple(sorted(entries, key=rank))


def told(text: clean.Text, at: int) -> bool:
    """Whether a locative word stands before, or an elided one in the word itself: "d'Ottawa"."""
    word, before = text.words[at], text.words[at - 1 : at]
    if _bare(word) != word.text:
        return True
    return bool(before) and before[0].clause == word.clause and before[0].folded in _locative()


def _spoken(text: clean.Text, at: int, *, language: str | None, taken: Collection[int]) -> Iterator[list[str]]:
    """The word and those behind it in its clause, as written; given a language, with what each may be a case of."""
    latin = at > 0 and text.words[at - 1].folded in tables()["latin"]["words"]
    for here in range(at, min(at + _MOST_WORDS, len(text.words))):
        word = text.words[here]
        if word.clause != text.words[at].clause or here in taken:
            return
        yield [word.folded] if language is None else forms(word, language, latin=latin)


def forms(word: clean.Word, language: str, *, latin: bool = False) -> list[str]:
    """A word as written, and what it may be a case of; `latin`: also of Russian or Greek in Latin letters."""
    folded, endings = word.folded, tables()["endings"]
    if "Ѐ" <= folded[0] <= "ӿ":
        return gazetteer.forms(folded, endings["cyrillic"])
    if "Ͱ" <= folded[0] <= "Ͽ":
        return gazetteer.forms(folded, endings["greek"])
    if "\u0600" <= folded[0] <= "ۿ":
        return [folded, *(instead + folded[len(start) :] for start, instead in _ARABIC if folded.startswith(start))]
    pieces = [clean.fold(piece) for piece in _APOSTROPHE.split(word.text)]
    apart = [piece for piece in (pieces[0], pieces[-1]) if len(pieces) > 1 and len(piece) >= _SHORTER]
    made = gazetteer.forms(folded, endings.get(language, {})) + apart
    return made + gazetteer.forms(folded, endings["latin"]) if latin else made


def ordinary(span: Sequence[clean.Word]) -> bool:
    """Whether these are words that mean something else as a rule."""
    return all(word.folded in _words() for word in span)


@functools.cache
def _locative() -> frozenset[str]:
    return frozenset(clean.fold(word) for word in tables()["locative"]["words"]) | {"#"}


@functools.cache
def _words() -> frozenset[str]:
    """Ordinary words: those of `places.toml`, and all that the phrase files are made of but campaign cities."""
    book = phrases.shipped()
    spoken = {word for phrase in book.phrases for word in phrase.words}
    folded = {clean.fold(word) for word in (*spoken, *tables()["ordinary"]["words"])}
    return frozenset(folded | book.fillers | book.negations)
