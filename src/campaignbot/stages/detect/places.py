"""Which places a reply names: the campaign's cities by any name, namesakes, other places, and places in Russia."""

import functools
import importlib.resources
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from campaignbot.model.campaign import Campaign
from campaignbot.stages.detect import clean
from campaignbot.stages.detect.phrases import Hit, Phrase, Tree


class Kind(StrEnum):
    CITY = "city"  #: a city of this campaign
    NAMESAKE = "namesake"
    ELSEWHERE = "elsewhere"
    RUSSIA = "russia"
    NOT = "not"  #: a band, a paper, a club


@dataclass(frozen=True, slots=True)
class Place:
    """One place in a text: the words from `start` to before `end`."""

    kind: Kind
    name: str  #: canonical English name
    start: int
    end: int
    sentence: int


#: A name that another name covers gives way to it: the longer one, and then the earlier kind here.
_RANK = (Kind.NOT, Kind.NAMESAKE, Kind.CITY, Kind.RUSSIA, Kind.ELSEWHERE)
_VOWELS = "аеиоуыэюяіїєьαεηιουω"
_ENDINGS = ("s", "da", "de", "ta", "te", "ya", "ye", "a", "dan", "den", "ul", "ului")


def found(text: clean.Text, campaign: Campaign, *, language: str, sure: float) -> list[Place]:
    """Every place named, in the text's order; none lies inside another."""
    named = tuple((city.name, (*city.names.values(), *city.aliases)) for city in campaign.cities.values())
    only_in = _shipped()["only_in"]
    hits = [
        hit
        for hit in _tree(named).hits(text.words)
        if sure < 0.6 or language in only_in.get(text.words[hit.start].folded, [language])
    ]
    hits.sort(key=lambda hit: (-hit.length, _RANK.index(Kind(hit.phrase.kind))))
    taken: set[int] = set()
    places: list[Place] = []
    for hit in hits:
        span = set(range(hit.start, hit.end))
        if not span & taken:
            taken |= span
            places.append(_place(hit, text))
    return sorted(places, key=lambda place: place.start)


def held(hits: Sequence[Hit], among: Sequence[Place]) -> list[Place]:
    """The places that stand where these phrases have their place."""
    meant = {hit.place for hit in hits}
    return [place for place in among if meant & set(range(place.start, place.end))]


def spots(among: Iterable[Place]) -> set[int]:
    """The words that these places are made of."""
    return {at for place in among for at in range(place.start, place.end)}


def _place(hit: Hit, text: clean.Text) -> Place:
    return Place(Kind(hit.phrase.kind), hit.phrase.name, hit.start, hit.end, text.words[hit.start].sentence)


@functools.cache
def _shipped() -> Mapping[str, Any]:
    file = importlib.resources.files(__package__).joinpath("places.toml")
    return tomllib.loads(file.read_text("utf-8"))


@functools.lru_cache(maxsize=4)
def _tree(named: tuple[tuple[str, tuple[str, ...]], ...]) -> Tree:
    """All places, with one campaign's cities among them. A listed city that the campaign lacks is elsewhere."""
    shipped = _shipped()
    listed: Mapping[str, Sequence[str]] = shipped["listed"]
    cities = {name for name, _ in named}
    phrases = [
        Phrase(Kind.CITY, "any", form, name=name)
        for name, names in named
        for known in (name, *names)
        for form in _forms(known)
    ]
    phrases += [
        Phrase(Kind.CITY if name in cities else Kind.ELSEWHERE, "any", form, name=name)
        for name, forms in listed.items()
        for form in (*_forms(name), *forms)
    ]
    phrases += [Phrase(Kind.NOT, "any", form) for form in shipped["not_a_place"]["names"]]
    for kind, section in ((Kind.NAMESAKE, "namesakes"), (Kind.RUSSIA, "russia"), (Kind.ELSEWHERE, "elsewhere")):
        phrases += [
            Phrase(kind, "any", form, name=name)
            for name, forms in shipped[section].items()
            if name not in cities
            for form in forms
        ]
    return Tree(phrases, numbers={})


def _forms(name: str) -> Iterable[str]:
    """A city's name and its usual inflected forms: Cyrillic and Greek names lose their last vowel, Turkish and Swedish
    ones take an ending."""
    yield name
    before, _, last = name.rpartition(" ")
    folded = clean.fold(last)
    if not folded.isascii():
        yield f"{before} {folded[:-1] if folded[-1] in _VOWELS else folded}*"
    else:
        yield from (f"{name}{ending}" for ending in _ENDINGS)
