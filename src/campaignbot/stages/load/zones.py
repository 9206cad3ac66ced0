"""Time zones and countries, as the pip package tzdata has them: it is newer than most machines' own.

Importing this turns the whole process to the package, so that every ZoneInfo("…") anywhere is the same object.
"""

import functools
import importlib.resources
import io
import os
import re
import sysconfig
import zoneinfo
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from campaignbot.stages.load import values

zoneinfo.reset_tzpath(to=())
ZoneInfo.clear_cache()

UNIVERSAL = frozenset({"UTC", "Etc/UTC"})
_COUNTRIES = frozenset({"GB", "NZ", "PRC", "ROC", "ROK"})  #: old names of zones, in capitals, that do mean a place
_SHARED = importlib.resources.files("tzdata").joinpath("zoneinfo")


def version() -> str:
    """The release of the time zone database in use, such as "2026f"."""
    return _database()[0].removeprefix("# version ")


def zone(text: str) -> ZoneInfo:
    """A zone by its canonical IANA name: one that stands for a place."""
    if text in places() or text in UNIVERSAL:
        return ZoneInfo(text)
    if not _abbreviated(text) and (now_called := _links().get(text)) in places():
        raise values.Wrong("zone", f"{values.quoted(text)} is an old or shortened name", f"use {now_called}")
    if _abbreviated(text) or text in _every_name():
        fix = "use the zone of the place, such as America/New_York: it knows the place's summer time"
        raise values.Wrong("zone", f"{values.quoted(text)} stands for an offset, not for a place", fix)
    fix = f'did you mean "{meant}"?' if (meant := _meant(text)) else "write it as Europe/Bucharest"
    raise values.Wrong("zone", f"{values.quoted(text)} is not a time zone", fix)


def _abbreviated(text: str) -> bool:
    """Whether this is such as EST, UTC+2, +02:00."""
    return bool(re.fullmatch(r"[A-Z]{0,4}[0-9]?[A-Z]{0,3}([+-][0-9:]+)?", text)) and text not in _COUNTRIES


def _meant(text: str) -> str | None:
    """The zone probably meant: the city's name alone is often what people write."""
    spaced = text.replace(" ", "_")
    by_city = {name.rpartition("/")[2].lower(): name for name in places()}
    return by_city.get(spaced.rpartition("/")[2].lower()) or values.nearest(spaced, places())


def country(text: str) -> str:
    """A country's two letters (ISO 3166-1)."""
    if text in countries():
        return text
    known = {"UK": "GB", "EL": "GR"}
    known.update({code.lower(): code for code in countries()})
    known.update({called.lower(): code for code, called in countries().items()})
    meant = known.get(text) or known.get(text.lower())
    fix = f"use {meant}" if meant else "use the two capital letters of ISO 3166, such as RO"
    raise values.Wrong("country", f"{values.quoted(text)} is not a country's two letters", fix)


@functools.cache
def places() -> Mapping[str, frozenset[str]]:
    """Every zone that stands for a place, and the countries that it lies in."""
    return {columns[2]: frozenset(columns[0].split(",")) for columns in _table("zone.tab")}


@functools.cache
def countries() -> Mapping[str, str]:
    return {columns[0]: columns[1] for columns in _table("iso3166.tab")} | {"XK": "Kosovo"}


@functools.cache
def _links() -> Mapping[str, str]:
    lines = (line.split() for line in _database())
    return {parts[2]: parts[1] for parts in lines if parts[0] == "L"}


@functools.cache
def _database() -> list[str]:
    return _SHARED.joinpath("tzdata.zi").read_text("utf-8").splitlines()


@functools.cache
def _every_name() -> frozenset[str]:
    return frozenset(importlib.resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def _table(name: str) -> Iterable[list[str]]:
    text = _SHARED.joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def disagreements(names: Iterable[str], instants: Iterable[datetime], *, system: Path | None = None) -> list[str]:
    """Which zones this machine's own database would put at another hour at any of the instants (aware), sorted.
    `system` is where that database lies; a machine or a zone without one disagrees with nothing."""
    folder = system or _system()
    moments = list(instants)
    differing = []
    for name in sorted(set(names)):
        own = folder / name if folder else None
        if own is None or not own.is_file():
            continue
        theirs = ZoneInfo.from_file(io.BytesIO(own.read_bytes()), key=name)
        if any(at.astimezone(theirs).utcoffset() != at.astimezone(ZoneInfo(name)).utcoffset() for at in moments):
            differing.append(name)
    return differing


def _system() -> Path | None:
    paths = (sysconfig.get_config_var("TZPATH") or "").split(os.pathsep)
    return next((Path(path) for path in paths if path and Path(path).is_dir()), None)
