"""Which places a reply names: the campaign's cities by any name, namesakes, other places, and places in Russia."""

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz.distance import OSA

from campaignbot.model.campaign import Campaign
from campaignbot.model.reply import Intent
from campaignbot.stages.detect import clean, gazetteer, regions, world
from campaignbot.stages.detect.phrases import Hit, Phrase, Tree


class Kind(StrEnum):
    CITY = "city"  #: a city of this campaign
    NAMESAKE = "namesake"
    ELSEWHERE = "elsewhere"
    REGION = "region"  #: a country or a part of one, outside Russia
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
    sure: bool = True  #: whether it is spelt so, and not only almost so


#: A name that another name covers gives way to it: the longer one, and then the earlier kind here.
_RANK = (Kind.NOT, Kind.NAMESAKE, Kind.CITY, Kind.RUSSIA, Kind.ELSEWHERE)
_VOWELS = "аеиоуыэюяіїєьαεηιουω"
_ENDINGS = ("s", "da", "de", "ta", "te", "ya", "ye", "a", "dan", "den", "ul", "ului")
_MISSPELT, _BADLY = 6, 9  #: letters of a name in which one slip is forgiven, or two
_SLOTS = frozenset({Intent.START_CITY, "hints/home", "hints/origin"})
Names = tuple[tuple[str, tuple[str, ...]], ...]


def slots(hits: Iterable[Hit]) -> set[int]:
    """The words that stand where a phrase has its place, so that any town may be meant."""
    return {hit.place for hit in hits if hit.place is not None and hit.phrase.kind in _SLOTS}


def found(text: clean.Text, campaign: Campaign, *, language: str, sure: float, slots: Collection[int]) -> list[Place]:
    """Every place named, in the text's order; none lies inside another."""
    cities = tuple((city.name, (*city.names.values(), *city.aliases)) for city in campaign.cities.values())
    names = frozenset(name for name, _ in cities)
    places = _listed(text, cities, language=language, sure=sure)
    places += _glued(text, names, taken=spots(places))
    taken = spots(places)
    seen = world.seen(text, language=language, taken=taken, slots=slots)
    places += [_sighted(sight, text, names, language) for sight in seen]
    places += _regions(text, taken=spots(places), slots=slots)
    places += _misspelt(text, names, taken=spots(places))
    return _placed(sorted(places, key=lambda place: place.start), text, names)


def _listed(text: clean.Text, cities: Names, *, language: str, sure: float) -> list[Place]:
    """What `places.toml` and the campaign's files list."""
    only_in = world.tables()["only_in"]
    hits = [
        hit
        for hit in _tree(cities).hits(text.words)
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
    return places


def _glued(text: clean.Text, cities: Collection[str], *, taken: Collection[int]) -> list[Place]:
    """Names inside a word, in scripts that do not part them."""
    return [
        Place(Kind.CITY if name in cities else Kind.ELSEWHERE, name, at, at + 1, word.sentence)
        for at, word in enumerate(text.words)
        if at not in taken and not word.folded.isascii()
        for name, forms in _inside()
        if any(form in word.folded for form in forms)
    ]


@functools.cache
def _inside() -> Sequence[tuple[str, Sequence[str]]]:
    return [(name, [clean.fold(form) for form in forms]) for name, forms in world.tables()["glued"].items()]


def _sighted(sight: world.Sight, text: clean.Text, cities: Collection[str], language: str) -> Place:
    entry = sight.entries[0]
    if not entry.region and language != "en":  # Tunis and Tunisia are one word in Arabic; an action is in a city
        entry = next((e for e in sight.entries[1:] if e.country == entry.country), entry)
    kind = Kind.REGION if not entry.region else Kind.CITY if entry.name in cities else Kind.ELSEWHERE
    if world.occupied(entry):
        kind = Kind.RUSSIA
    return Place(kind, entry.name, sight.start, sight.end, text.words[sight.start].sentence)


def _regions(text: clean.Text, *, taken: Collection[int], slots: Collection[int]) -> list[Place]:
    """Parts of countries on their own, where a place is looked for."""
    places: list[Place] = []
    for at, word in enumerate(text.words):
        if not word.capital or at in taken or not (at in slots or world.told(text, at)):
            continue
        region = regions.named(text, at)
        if region:
            places.append(Place(Kind.REGION, region.name, at, region.end, word.sentence))
    return places


def _misspelt(text: clean.Text, cities: frozenset[str], *, taken: Collection[int]) -> list[Place]:
    """Names of the campaign's cities with a slip or two: a person looks at them."""
    places = []
    for at, word in enumerate(text.words):
        meant = () if at in taken or len(word.folded) < _MISSPELT else _spelt(cities).get(word.folded[0], ())
        for folded, name in meant:
            slips = 2 if len(folded) >= _BADLY else 1
            if OSA.distance(word.folded, folded, score_cutoff=slips) <= slips and not world.ordinary([word]):
                places.append(Place(Kind.CITY, name, at, at + 1, word.sentence, sure=False))
    return places


@functools.lru_cache(maxsize=4)
def _spelt(cities: frozenset[str]) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The names in which a slip is forgiven, folded and as they are, by their first letter, which has to be right."""
    spelt: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(cities):
        if " " not in name and len(name) >= _MISSPELT:
            spelt.setdefault(clean.fold(name)[0], []).append((clean.fold(name), name))
    return spelt


def _placed(places: Sequence[Place], text: clean.Text, cities: Collection[str]) -> list[Place]:
    """Each city with the region beside it: London, Ontario is a namesake, and London, UK no other London."""
    done: list[Place] = []
    for place in places:
        if done and place.start < done[-1].end:
            continue
        region = regions.beside(text, place.end) if place.kind in {Kind.CITY, Kind.ELSEWHERE} else None
        done.append(_within(place, region, text, cities) if region else place)
    return done


def _within(place: Place, region: regions.Region, text: clean.Text, cities: Collection[str]) -> Place:
    spelt = (clean.text(place.name).words, text.words[place.start : place.end])
    bearers = [entry for words in spelt for entry in gazetteer.shipped().get(" ".join(word.folded for word in words))]
    there = [entry for entry in bearers if entry.region and region.holds(entry)]
    if not there:
        return place
    if there[0] == bearers[0]:
        return replace(place, end=region.end)
    if world.occupied(there[0]):
        return replace(place, kind=Kind.RUSSIA, name=there[0].name, end=region.end)
    kind = Kind.NAMESAKE if place.name in cities else Kind.ELSEWHERE
    return replace(place, kind=kind, name=f"{place.name}, {region.name}", end=region.end)


def held(hits: Sequence[Hit], among: Sequence[Place]) -> list[Place]:
    """The places that stand where these phrases have their place."""
    meant = {hit.place for hit in hits}
    return [place for place in among if meant & set(range(place.start, place.end))]


def spots(among: Iterable[Place]) -> set[int]:
    """The words that these places are made of."""
    return {at for place in among for at in range(place.start, place.end)}


def _place(hit: Hit, text: clean.Text) -> Place:
    return Place(Kind(hit.phrase.kind), hit.phrase.name, hit.start, hit.end, text.words[hit.start].sentence)


@functools.lru_cache(maxsize=4)
def _tree(named: Names) -> Tree:
    """All places, with one campaign's cities among them. A listed city that the campaign lacks is elsewhere."""
    shipped = world.tables()
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
