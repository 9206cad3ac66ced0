"""Phrases of literal words with a few wildcards, and the machine that finds all of them in one pass.

A phrase is words parted by spaces. `come*` is a word that begins so, `*ing` one that ends so, `*` any one word, `...`
a gap of at most three words, `{n}` a number in digits or words, `{place}` a word that may name a place, `a|b` either,
`<kin>` any word of the set `kin` of the same file. A stroke parts single words; several are tied into one choice with
`_`: `i_will|i'll`.
All phrases of all languages make one tree; a text is walked once, word by word, with every place in the tree where
a match may stand: no backtracking, so time is linear in the text.
"""

import functools
import importlib.resources
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from campaignbot.model import bulk
from campaignbot.stages.detect import clean

GAP = 3
NUMBERS = range(1, 100)
SHOWN = 4
_ANY, _NUMBER, _PLACE = "*", "{n}", "{place}"
_GAPPED, _TIE = ("...",), "_"
_SIGNS = frozenset({_NUMBER, _PLACE})
#: How many words are kept with what they begin, and of at most how many letters.
_KEPT, _USUAL = 8192, 24


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of a phrase file."""

    kind: str  #: an intent, or a section's own name: "hints/alarm"
    language: str
    source: str  #: as it stands in the file
    value: int = 0  #: the number of people that a fixed size means
    name: str = ""  #: the place that is meant
    elements: tuple[tuple[str, ...], ...] = ()  #: what is looked for, word by word; each may be one of several

    @property
    def words(self) -> Iterator[str]:
        """Every word that is looked for, as written."""
        return (word for choices in self.elements for choice in choices for word in choice.split(_TIE))

    @property
    def gapped(self) -> bool:
        """Whether other words may stand between those that are looked for."""
        return _GAPPED in self.elements

    @property
    def why(self) -> str:
        """The reason that people read; of many choices the first are enough to find the line again."""
        parts = (element.split("|") for element in self.source.split())
        shown = ("|".join(choices if len(choices) <= SHOWN else [*choices[:SHOWN], "…"]) for choices in parts)
        return f"{self.kind} ({self.language}): {' '.join(shown)}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: the words from `start` to before `end`."""

    phrase: Phrase
    start: int
    end: int
    number: int | None = None
    place: int | None = None  #: which word stands where the place is

    @property
    def length(self) -> int:
        return self.end - self.start


def elements(source: str, sets: Mapping[str, Sequence[str]] = MappingProxyType({})) -> tuple[tuple[str, ...], ...]:
    """A phrase word by word: at each place what may stand there, words that are tied together among it. Raises KeyError
    for an unknown set."""
    return tuple(
        tuple(
            word
            for choice in element.split("|")
            for word in (sets[choice[1:-1]] if choice.startswith("<") and choice.endswith(">") else (choice,))
        )
        if "|" in element or "<" in element
        else (element,)
        for element in source.replace("-", " ").split()
    )


def doubled(source: str) -> frozenset[str]:
    """The words beside a space that a phrase would take twice in a row because of a choice there. `i|i will|we will`
    says i, then will or we, then will: what was meant are two choices of two words, which have to be tied."""
    found = set[str]()
    for first, second in pairwise(element.split("|") for element in source.replace("-", " ").split()):
        if len(first) > 1 or len(second) > 1:
            found |= {first[-1], second[0]} & {*first} & {*second}
    return frozenset(found) - {_ANY, *_GAPPED}


def outermost(hits: Iterable[Hit]) -> list[Hit]:
    """The hits that lie inside no longer one, in order of their starts."""
    kept: list[Hit] = []
    reach, length = 0, 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if hit.end > reach or (hit.length == length and hit.end == reach):
            kept.append(hit)
            reach, length = hit.end, hit.length
    return kept


@dataclass(slots=True)
class _Node:
    """One place in the tree: what may follow there, as written: `come`, `come*`, `*ing`, `*`, `{n}` or `{place}`."""

    onward: dict[str, list["_Node"]] = field(default_factory=dict)
    grown: dict[tuple[str, ...], "_Node"] = field(default_factory=dict)  #: one node for all choices of one element
    starts: tuple[int, ...] = ()  #: how many letters an element `come*` in it gives: a word has more beginnings
    ends: tuple[int, ...] = ()  #: likewise one like `*ing`, the most first
    wild: bool = False  #: whether any of them is no plain word
    gap: "_Node | None" = None
    phrases: tuple[Phrase, ...] = ()


#: One match that may yet come true: where it stands, the word it began with, how many words of a gap may still be
#: passed over, its number and the word of its place. A plain tuple: a reply makes hundreds of them.
_Walk = tuple[_Node, int, int, int | None, int | None]


class Tree:
    """All phrases, ready to be found."""

    def __init__(self, phrases: Iterable[Phrase], *, numbers: Mapping[str, int]) -> None:
        self._root = _Node()
        self._numbers = numbers
        self._opened: dict[str, list[_Walk]] = {}
        for phrase in phrases:
            node = self._root
            for choices in phrase.elements or elements(phrase.source):
                node = _grown(node, choices)
            node.phrases += (phrase,)

    def hits(self, words: Sequence[clean.Word]) -> list[Hit]:
        """Every phrase in these words, within one sentence each, in order of their ends."""
        found: list[Hit] = []
        walks: list[_Walk] = []
        sentence = -1
        for at, word in enumerate(words):
            if word.sentence != sentence:
                walks, sentence = [], word.sentence
            walks = self._onward(walks, word.folded, at) if walks else self._begun(word.folded, at)
            if walks:
                found += [
                    Hit(phrase, start, at + 1, number, place)
                    for node, start, _, number, place in walks
                    for phrase in node.phrases
                ]
        return found

    def _onward(self, walks: Sequence[_Walk], word: str, at: int) -> list[_Walk]:
        """Where these walks may stand behind one more word, and those that begin with it."""
        steps: list[_Walk] = []
        for walk in walks:
            node, start, left, number, place = walk
            if left:
                steps.append((node, start, left - 1, number, place))
            if node.wild:
                steps += self._wild(walk, word, at)
            elif word in node.onward:
                steps += _gapped([(onto, start, 0, number, place) for onto in node.onward[word]])
        return [*(_apart(steps) if len(steps) > 1 else steps), *self._begun(word, at)]

    def _begun(self, word: str, at: int) -> list[_Walk]:
        """The walks that begin with a word. Every word of a reply may begin a phrase, and most phrases of all languages
        begin at the root: what a word opens there is kept, for as many words as people commonly use."""
        opened = self._opened.get(word)
        if opened is None:
            opened = _apart(self._wild((self._root, 0, 0, None, None), word, 0))
            if len(word) <= _USUAL:
                if len(self._opened) >= _KEPT:
                    self._opened.clear()
                self._opened[word] = opened
        return [(node, at, left, number, place if place is None else at) for node, _, left, number, place in opened]

    def _wild(self, walk: _Walk, word: str, at: int) -> list[_Walk]:
        """The steps from where anything but plain words may follow."""
        node, start, _, number, place = walk
        steps: list[_Walk] = [(onto, start, 0, number, place) for onto in _matching(node, word)]
        if _PLACE in node.onward:
            steps += [(onto, start, 0, number, at) for onto in node.onward[_PLACE]]
        if _NUMBER in node.onward and (counted := self.number(word)) is not None:
            steps += [(onto, start, 0, counted, place) for onto in node.onward[_NUMBER]]
        return _gapped(steps)

    def number(self, word: str) -> int | None:
        """The number of people a word names, from 1 to 99."""
        number = int(word) if word.isascii() and word.isdecimal() and len(word) < 3 else self._numbers.get(word)
        return number if number in NUMBERS else None


def _gapped(steps: list[_Walk]) -> list[_Walk]:
    """These steps, and where a gap opens behind one of them."""
    return steps + [
        (node.gap, start, GAP, number, place) for node, start, _, number, place in steps if node.gap is not None
    ]


def _apart(steps: Iterable[_Walk]) -> list[_Walk]:
    """Of walks that stand at the same place, have begun at the same word and may go as far, the first."""
    met: dict[tuple[int, int, int], _Walk] = {}
    for step in steps:
        met.setdefault((id(step[0]), step[1], step[2]), step)
    return list(met.values())


def _grown(node: _Node, choices: tuple[str, ...]) -> _Node:
    if choices == _GAPPED:
        node.gap = node.gap or _Node()
        return node.gap
    written = (_written(choices[0]),) if len(choices) == 1 else tuple(sorted(set(map(_written, choices))))
    grown = node.grown.get(written)
    if grown is None:
        grown = node.grown[written] = _Node()
        for choice in written:
            *before, element = choice.split(_TIE)
            at = functools.reduce(_grown, ((word,) for word in before), node)
            if _ANY in element or element in _SIGNS:
                at.wild = True
                letters = len(element) - 1
                if letters and element.endswith(_ANY):
                    at.starts = tuple(sorted({*at.starts, letters}))
                if letters and element.startswith(_ANY):
                    at.ends = tuple(sorted({*at.ends, letters}, reverse=True))
            at.onward.setdefault(element, []).append(grown)
    return grown


@functools.cache  # of the words of the phrase files alone
def _written(element: str) -> str:
    if element == _ANY or element in _SIGNS:
        return element
    if _TIE in element:
        return _TIE.join(map(_written, filter(None, element.split(_TIE))))
    if _ANY not in element:
        return clean.fold(element)
    return f"{_ANY * element.startswith(_ANY)}{clean.fold(element.strip(_ANY))}{_ANY * element.endswith(_ANY)}"


def _matching(node: _Node, word: str) -> list[_Node]:
    onward = node.onward
    found = [*onward.get(word, ()), *onward.get(_ANY, ())]
    if node.starts:
        found += [n for i in node.starts if i <= len(word) for n in onward.get(word[:i] + _ANY, ())]
    if node.ends:
        found += [n for i in node.ends if i <= len(word) for n in onward.get(_ANY + word[-i:], ())]
    return found


@dataclass(frozen=True, slots=True)
class Book:
    """All that the phrase files say."""

    tree: Tree
    phrases: tuple[Phrase, ...]
    fillers: frozenset[str]  #: words that may stand beside a whole-sentence phrase
    before: frozenset[str]  #: negations of any language that stand before what they deny
    negations: frozenset[str]  #: these, and those that stand behind
    words: Mapping[tuple[str, str], frozenset[str]]  #: all lists and sets, and words for numbers, by name and language

    def said(self, name: str, *languages: str) -> frozenset[str]:
        """One word list in these languages: a "men" turns a sentence round in Swedish, not in English."""
        return frozenset().union(*(self.words.get((name, language), frozenset()) for language in languages))

    def number(self, word: str, language: str) -> int | None:
        """The number of people that a folded word names in this language: the French "on" is no Turkish ten."""
        return self.tree.number(word) if word.isdecimal() or word in self.said("numbers", language) else None


@functools.cache
def shipped() -> Book:
    """The phrase files of this package, read once."""
    with bulk.uncollected():
        book = _read()
    bulk.kept()
    return book


def _read() -> Book:
    phrases: list[Phrase] = []
    numbers: dict[str, int] = {}
    words: dict[tuple[str, str], frozenset[str]] = {}
    for file in sorted(importlib.resources.files(__package__).joinpath("phrases").iterdir(), key=lambda f: f.name):
        language = file.name.removesuffix(".toml")
        table = tomllib.loads(file.read_text("utf-8"))
        counted = {clean.fold(word): number for word, number in table.get("numbers", {}).items()}
        numbers |= counted
        words["numbers", language] = frozenset(counted)
        for name, listed in (table.get("words", {}) | table.get("sets", {})).items():
            words[name, language] = frozenset(" ".join(map(clean.fold, said.split(_TIE))) for said in listed)
        for section in ("intents", "whole", "hints", "size"):
            for name, listed in table.get(section, {}).items():
                kind = name if section == "intents" else f"{section}/{name}"
                phrases += _lines(kind, language, listed, sets=table.get("sets", {}))

    def every(name: str) -> frozenset[str]:
        return frozenset().union(*(listed for (called, _), listed in words.items() if called == name))

    tree = Tree(phrases, numbers=numbers)
    before = every("before")
    return Book(tree, tuple(phrases), every("fillers"), before, before | every("after"), words)


def _lines(
    kind: str, language: str, listed: Sequence[str] | Mapping[str, int], *, sets: Mapping[str, Sequence[str]]
) -> Iterable[Phrase]:
    values = listed if isinstance(listed, Mapping) else dict.fromkeys(listed, 0)
    return [Phrase(kind, language, source, value, elements=elements(source, sets)) for source, value in values.items()]
