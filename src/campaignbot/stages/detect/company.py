"""Who comes with the writer, where they are listed: "me, my brother and his two kids".

A list is a run of words of one language that name the writer, people, how many they are, and what joins them; these
words stand in the phrase files. It counts where it names the writer, begins with a "with" or a "bringing", or says how
many are grown ("two adults and three kids"). Pure.
"""

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from campaignbot.stages.detect import clean, phrases


class Part(Enum):
    """What a word does in such a list."""

    ME = auto()
    WITH = auto()
    BRING = auto()  #: what the writer does with all who are named behind it
    AND = auto()
    OWN = auto()  #: an article, a possessive, or what else stands beside a noun
    ONE = auto()  #: one person
    SEVERAL = auto()  #: several: how many, a number says
    PAIR = auto()  #: two people in one word
    ADULTS = auto()  #: of several all who are grown: the writer is one of them
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class Company:
    """The words from `start` to before `end`, and how many they are with the writer; None where that is not said."""

    start: int
    end: int
    count: int | None


@dataclass(frozen=True, slots=True)
class _Spoken:
    part: Part
    start: int
    end: int
    clause: int
    number: int = 0
    glued: bool = False  #: what joins it to the word before is written in one with it


#: By the lists and sets of a phrase file. Where a word stands in two of them, the earlier here counts.
_LISTS = {
    "me": Part.ME,
    "with": Part.WITH,
    "bring": Part.BRING,
    "kin": Part.ONE,
    "kin1": Part.ONE,
    "kinle": Part.ONE,
    "pairs": Part.PAIR,
    "adults": Part.ADULTS,
    "and": Part.AND,
    "friends": Part.SEVERAL,
    "own": Part.OWN,
}
_PEOPLE = frozenset({Part.ONE, Part.SEVERAL, Part.PAIR, Part.ADULTS})
_NUMBERED = frozenset({Part.SEVERAL, Part.ADULTS})
_WITH = frozenset({Part.WITH, Part.BRING})
_WRITER = frozenset({Part.ME, Part.BRING})
_OPENS = _WITH | {Part.ME, Part.ADULTS}
_ENDS = _PEOPLE | {Part.ME}
#: How many people a word names without a number.
_ALONE = {Part.ONE: 1, Part.PAIR: 2}
_CAPITALS = frozenset({"de"})  #: where every noun has a capital, not only names
_LONGEST = 3  #: words of one name: "brother in law"
_GLUED = {"ar": ("وال", "و", "ال")}  #: what is written in one with the word behind it: "and", "the"


def listed(text: clean.Text, languages: Collection[str]) -> list[Company]:
    """Every list of people of whom the writer is one, in these languages. Linear in the text."""
    spoken = {language for word in text.words for language in _openers().get(word.folded, ())}
    return [
        company
        for language in sorted(spoken.intersection(languages))
        for run in _runs(text.words, language)
        if (company := _counted(run)) is not None
    ]


def _runs(words: Sequence[clean.Word], language: str) -> Iterator[list[_Spoken]]:
    """All that stands together and may be such a list."""
    at, run = 0, list[_Spoken]()
    while at < len(words):
        if run and words[at].sentence != words[run[0].start].sentence:
            yield run
            run = []
        spoken = _spoken(words, at, language)
        if not spoken and run and run[-1].part is Part.AND and language not in _CAPITALS and words[at].text.istitle():
            spoken = _Spoken(Part.ONE, at, at + 1, words[at].clause)  # "me and Dana"
        if spoken:
            run.append(spoken)
        elif run:
            yield run
            run = []
        at = spoken.end if spoken else at + 1
    if run:
        yield run


def _spoken(words: Sequence[clean.Word], at: int, language: str) -> _Spoken | None:
    """What the word here does in a list, with those behind it that make one name with it."""
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        span = words[at : at + length]
        name = " ".join(word.folded for word in span)
        part = _part(name, language)
        if part and span[-1].sentence == span[0].sentence:
            behind = words[at + length : at + length + 1]
            beside = span[-1].folded in phrases.shipped().said("own", language)  # "my little one", "my little brother"
            if beside and behind and _part(behind[0].folded, language) in _PEOPLE:
                part = Part.OWN
            return _Spoken(part, at, at + length, words[at].clause, glued=name not in _tables()[language])
    said = (words[at].folded, *_unglued(words[at].folded, language))
    number = next((count for one in said if (count := phrases.shipped().number(one, language))), None)
    return _Spoken(Part.NUMBER, at, at + 1, words[at].clause, number) if number else None


def _part(name: str, language: str) -> Part | None:
    table = _tables()[language]
    return table.get(name) or next((table[one] for one in _unglued(name, language) if one in table), None)


def _unglued(name: str, language: str) -> Iterator[str]:
    """A word without what is written in one with it."""
    return (name.removeprefix(glued) for glued in _GLUED.get(language, ()))


def _counted(run: Sequence[_Spoken]) -> Company | None:
    """What a run says; None where it is no list of people with the writer among them."""
    run = _trimmed(run)
    named = any(one.part in _WRITER for one in run)
    people = sum(one.part in _PEOPLE for one in run)
    if people < (1 if named else 2):  # one person behind a "with" may be with anybody: the phrases say when not
        return None
    if any(_apart(one, two) for one, two in pairwise(run)):
        return None
    return Company(run[0].start, run[-1].end, _count(run))


def _apart(one: _Spoken, two: _Spoken) -> bool:
    """Whether nothing joins the writer to whoever is named beside: "I better come"."""
    parts = {one.part, two.part}
    beside = Part.ME in parts and not parts.isdisjoint(_PEOPLE)
    return beside and one.clause == two.clause and not two.glued


def _trimmed(run: Sequence[_Spoken]) -> Sequence[_Spoken]:
    """The part of a run that is a list: from the first of the people, or from the "with" on, to the last of them."""
    if all(one.part not in {Part.ME, Part.ADULTS} for one in run):
        run = run[next((at for at, one in enumerate(run) if one.part in _WITH), len(run)) :]
    last = max((at for at, one in enumerate(run) if one.part in _ENDS), default=-1)
    first = next((at for at in range(last + 1) if not _before(run, at)), 0)
    return run[first : last + 1]


def _before(run: Sequence[_Spoken], at: int) -> bool:
    """Whether a word stands before a list: an "and", or a number that is all of them: "three: me and two friends"."""
    here, behind = run[at], run[at + 1 : at + 2]
    total = here.part is Part.NUMBER and (not behind or behind[0].part is Part.ME or behind[0].clause != here.clause)
    return here.part is Part.AND or total


def _count(run: Sequence[_Spoken]) -> int | None:
    """The writer and all others; None where some are several and no number says how many."""
    parts = {one.part for one in run}
    count, number, clause = int(Part.ADULTS not in parts or not parts.isdisjoint(_WITH | {Part.ME})), 0, -1
    for one in run:
        if one.clause != clause:  # a number is that of people in its own clause, or of others: "me and two, and ..."
            count, number, clause = count + number, 0, one.clause
        if one.part in _NUMBERED and not number:
            return None
        if one.part is Part.NUMBER:
            number = one.number
        elif one.part is not Part.OWN:
            count, number = count + (number or _ALONE.get(one.part, 0)), 0
    return count


@functools.cache
def _tables() -> Mapping[str, Mapping[str, Part]]:
    """By language, what its words are in a list of people."""
    tables: dict[str, dict[str, Part]] = {}
    for name, part in _LISTS.items():
        for (called, language), words in phrases.shipped().words.items():
            if called == name:
                for word in words:
                    tables.setdefault(language, {}).setdefault(word, part)
    return tables


@functools.cache
def _openers() -> Mapping[str, Sequence[str]]:
    """The words that a list needs, with their languages."""
    openers: dict[str, list[str]] = {}
    for language, table in _tables().items():
        for word, part in table.items():
            if part in _OPENS:
                openers.setdefault(word, []).append(language)
    return openers
