"""Phrases of literal words with a few wildcards, and the machine that finds all of them in one pass.

A phrase is words parted by spaces. `come*` is a word that begins so, `*ing` one that ends so, `*` any one word, `...`
a gap of at most three words, `{n}` a number in digits or words, `{place}` a word that may name a place, `a|b` either.
All phrases of all languages make one tree; a text is walked once, word by word, with every place in the tree where
a match may stand: no backtracking, so time is linear in the text.
"""

import functools
import importlib.resources
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from campaignbot.stages.detect import clean

GAP = 3
NUMBERS = range(1, 100)
_ANY, _NUMBER, _PLACE = "*", "{n}", "{place}"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of a phrase file."""

    kind: str  #: an intent, or a section's own name: "hints/alarm"
    language: str
    source: str  #: as it stands in the file
    value: int = 0  #: the number of people that a fixed size means
    name: str = ""  #: the place that is meant

    @property
    def why(self) -> str:
        return f"{self.kind} ({self.language}): {self.source}"


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
    """There are tens of thousands: one table each, in which an element stands as written, `come*` or `{n}`."""

    onward: dict[str, "_Node"] = field(default_factory=dict)
    starts: bool = False  #: whether an element `come*` stands in it
    ends: bool = False  #: whether one like `*ing` does
    gap: "_Node | None" = None
    phrases: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class _Walk:
    """One match that may yet come true."""

    node: _Node
    start: int
    left: int = 0  #: how many words of a gap may still be passed over
    number: int | None = None
    place: int | None = None


class Tree:
    """All phrases, ready to be found."""

    def __init__(self, phrases: Iterable[Phrase], *, numbers: Mapping[str, int], nowhere: frozenset[str]) -> None:
        self._root = _Node()
        self._numbers = numbers
        self._nowhere = nowhere
        for phrase in phrases:
            self._plant(phrase)

    def _plant(self, phrase: Phrase) -> None:
        nodes = [self._root]
        for element in phrase.source.replace("-", " ").split():
            grown = (_grown(node, choice) for node in nodes for choice in element.split("|"))
            nodes = list({id(node): node for node in grown}.values())
        for node in nodes:
            node.phrases += (phrase,)

    def hits(self, words: Sequence[clean.Word]) -> list[Hit]:
        """Every phrase in these words, within one sentence each, in order of their ends."""
        found: list[Hit] = []
        walks: list[_Walk] = []
        for at, word in enumerate(words):
            if at and word.sentence != words[at - 1].sentence:
                walks = []
            walks.append(_Walk(self._root, at))
            onward: dict[tuple[int, int, int], _Walk] = {}
            for walk in walks:
                for next_ in self._steps(walk, word.folded, at):
                    onward.setdefault((id(next_.node), next_.start, next_.left), next_)
            walks = list(onward.values())
            found += [
                Hit(phrase, walk.start, at + 1, walk.number, walk.place)
                for walk in walks
                for phrase in walk.node.phrases
            ]
        return found

    def _steps(self, walk: _Walk, word: str, at: int) -> Iterable[_Walk]:
        node, start, number, place = walk.node, walk.start, walk.number, walk.place
        if walk.left:
            yield _Walk(node, start, walk.left - 1, number, place)
        for target in _matching(node, word):
            yield from _entered(target, start, number, place)
        if _PLACE in node.onward and word not in self._nowhere:
            yield from _entered(node.onward[_PLACE], start, number, at)
        if _NUMBER in node.onward and (counted := self.number(word)) is not None:
            yield from _entered(node.onward[_NUMBER], start, counted, place)

    def number(self, word: str) -> int | None:
        """The number of people a word names, from 1 to 99."""
        number = int(word) if word.isascii() and word.isdecimal() and len(word) < 3 else self._numbers.get(word)
        return number if number in NUMBERS else None


def _grown(node: _Node, element: str) -> _Node:
    if element == "...":
        node.gap = node.gap or _Node()
        return node.gap
    if element not in {_ANY, _NUMBER, _PLACE}:
        node.starts |= element.endswith(_ANY)
        node.ends |= element.startswith(_ANY)
        bare = clean.fold(element.strip(_ANY))
        element = f"{_ANY * element.startswith(_ANY)}{bare}{_ANY * element.endswith(_ANY)}"
    return node.onward.setdefault(element, _Node())


def _matching(node: _Node, word: str) -> Iterable[_Node]:
    onward = node.onward
    if word in onward:
        yield onward[word]
    if _ANY in onward:
        yield onward[_ANY]
    if node.starts:
        yield from (onward[start] for i in range(1, len(word) + 1) if (start := word[:i] + _ANY) in onward)
    if node.ends:
        yield from (onward[end] for i in range(len(word)) if (end := _ANY + word[i:]) in onward)


def _entered(node: _Node, start: int, number: int | None, place: int | None) -> Iterable[_Walk]:
    yield _Walk(node, start, 0, number, place)
    if node.gap is not None:
        yield _Walk(node.gap, start, GAP, number, place)


@dataclass(frozen=True, slots=True)
class Book:
    """All that the phrase files say."""

    tree: Tree
    phrases: tuple[Phrase, ...]
    fillers: frozenset[str]  #: words that may stand beside a whole-sentence phrase
    before: frozenset[str]  #: negations that stand before what they deny
    after: frozenset[str]  #: and those that stand behind


@functools.cache
def shipped() -> Book:
    """The phrase files of this package, read once."""
    phrases: list[Phrase] = []
    numbers: dict[str, int] = {}
    words: dict[str, set[str]] = {"fillers": set(), "before": set(), "after": set(), "nowhere": set()}
    for file in sorted(importlib.resources.files(__package__).joinpath("phrases").iterdir(), key=lambda f: f.name):
        language = file.name.removesuffix(".toml")
        table = tomllib.loads(file.read_text("utf-8"))
        numbers |= {clean.fold(word): number for word, number in table.get("numbers", {}).items()}
        for name, listed in table.get("words", {}).items():
            words[name] |= {clean.fold(word) for word in listed}
        for section in ("intents", "whole", "hints", "size"):
            for name, listed in table.get(section, {}).items():
                kind = name if section == "intents" else f"{section}/{name}"
                phrases += _lines(kind, language, listed)
    tree = Tree(phrases, numbers=numbers, nowhere=frozenset(words["nowhere"]))
    return Book(
        tree, tuple(phrases), frozenset(words["fillers"]), frozenset(words["before"]), frozenset(words["after"])
    )


def _lines(kind: str, language: str, listed: Sequence[str] | Mapping[str, int]) -> Iterable[Phrase]:
    if isinstance(listed, Mapping):
        return [Phrase(kind, language, source, value) for source, value in listed.items()]
    return [Phrase(kind, language, source) for source in listed]
