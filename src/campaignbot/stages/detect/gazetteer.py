"""The world's cities and countries by any of their names. From GeoNames (geonames.org), under CC BY 4.0.

`gazetteer.txt.xz` is made by `make gazetteer`. First come the places, a line each, the countries and then the cities by
their people; then the names, folded as `clean.fold` does and sorted. An empty line parts blocks of `BLOCK` lines, two
part places and names. A block is found by bisection and searched as it stands: no table of half a million strings has
to be held, and nothing is decoded but what is found.
"""

import bisect
import functools
import importlib.resources
import lzma
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

BLOCK = 48
_LEAST_STEM = 2
_LONGEST_ENDING = 6
_KEPT, _USUAL = 8192, 24  #: of how many words, and of at most how many letters, what was found is kept


@dataclass(frozen=True, slots=True)
class Entry:
    """A city, or a country."""

    name: str  #: in English, where GeoNames or `places.toml` has one
    country: str  #: ISO 3166-1 alpha-2
    region: str  #: GeoNames' code of the first-level division within the country; "" for a country itself
    thousands: int  #: of people


@dataclass(frozen=True, slots=True)
class Named:
    """A name found: how many words long, the places that bear it, the likeliest first, and whether as written."""

    words: int
    entries: tuple[Entry, ...]
    exact: bool


class Gazetteer:
    """All names, ready to be looked up."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._kept = functools.lru_cache(maxsize=_KEPT)(self._look)
        names = text.index(b"\n\n\n") + 2
        starts = [0, *(found.end() for found in re.finditer(b"\n{2,3}", text)), len(text) + 2]
        self._places = [at for at in starts if at < names]
        self._names = starts[len(self._places) :]  # and the end of the last block
        self._firsts = [text[at : text.index(b"\t", at)] for at in self._names[:-1]]

    def get(self, key: str) -> tuple[Entry, ...]:
        """The places that bear this name, folded, the likeliest first; empty where none does."""
        return self._kept(key)[0] if len(key) <= _USUAL else self._got(key)

    def _look(self, key: str) -> tuple[tuple[Entry, ...], bool]:
        """The places of this name, and whether any longer one begins with it and a space."""
        return self._got(key), self._begins(f"{key} ")

    def _got(self, key: str) -> tuple[Entry, ...]:
        wanted = key.encode()
        start, end = self._block(wanted)
        at = self._text.find(b"\n%b\t" % wanted, start, end)
        if at < 0:
            return ()
        line = self._text[at + 1 : self._text.index(b"\n", at + 1, end)]
        return tuple(self._entry(int(number)) for number in line.partition(b"\t")[2].split())

    def longest(self, spoken: Iterable[Sequence[str]]) -> Named | None:
        """The longest name that these words begin with; for each word the forms it may stand for, as written first."""
        best: Named | None = None
        starts, written = [""], ""
        for count, forms in enumerate(spoken, 1):
            written = f"{written} {forms[0]}".lstrip()
            tried = [start + form for start in starts for form in forms]
            known = next(((key, entries) for key in tried if (entries := self.get(key))), None)
            if known:
                best = Named(count, known[1], known[0] == written)
            starts = [f"{key} " for key in tried if self._goes_on(key)]
            if not starts:
                break
        return best

    def _entry(self, number: int) -> Entry:
        line = self._places[number // BLOCK]
        for _ in range(number % BLOCK):
            line = self._text.index(b"\n", line) + 1
        name, country, region, thousands = self._text[line : self._text.index(b"\n", line)].decode().split("\t")
        return Entry(name, country, region, int(thousands))

    def _block(self, key: bytes) -> tuple[int, int]:
        """Where the block begins that a name would be in, its newline before it included, and ends."""
        at = max(0, bisect.bisect_right(self._firsts, key) - 1)
        return self._names[at] - 1, self._names[at + 1] - 1

    def _goes_on(self, key: str) -> bool:
        """Whether any name begins with this one and a space."""
        return self._kept(key)[1] if len(key) <= _USUAL else self._begins(f"{key} ")

    def _begins(self, start: str) -> bool:
        wanted = start.encode()
        after = bisect.bisect_right(self._firsts, wanted)
        begins = any(first.startswith(wanted) for first in self._firsts[after : after + 1])
        return begins or self._text.find(b"\n%b" % wanted, *self._block(wanted)) >= 0


@functools.cache
def shipped() -> Gazetteer:
    """The gazetteer of this package, read when the first reply needs it; it takes about seven megabytes."""
    packed = importlib.resources.files(__package__).joinpath("gazetteer.txt.xz").read_bytes()
    return Gazetteer(lzma.decompress(packed))


def forms(word: str, endings: Mapping[str, Sequence[str]]) -> list[str]:
    """A folded word as written, then every form that it may be a case of."""
    made = [word]
    for cut in range(min(_LONGEST_ENDING, len(word) - _LEAST_STEM) + 1):
        stem, ending = word[: len(word) - cut], word[len(word) - cut :]
        made += [stem + instead for instead in endings.get(ending, ()) if len(stem) + len(instead) > _LEAST_STEM]
    return made
