"""What is asked: the parameters of a call, and the field language `id,from{id,name},comments.limit(0)`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from campaignbot.networks import exchange
from campaignbot.networks.graph import refusals, tables

_NAME: Final = re.compile(r"[a-z_0-9]+")
_MODIFIER: Final = re.compile(r"\.([a-z_]+)\(([^()]*)\)")


@dataclass(frozen=True)
class Field:
    """One field asked for, with its modifiers and, in braces, its own fields."""

    name: str
    modifiers: Mapping[str, str]
    inner: tuple[Field, ...] | None


def written(chosen: Iterable[Field]) -> str:
    """The fields as a `fields` value again."""
    parts = []
    for field in chosen:
        modifiers = "".join(f".{name}({value})" for name, value in field.modifiers.items())
        inner = "" if field.inner is None else f"{{{written(field.inner)}}}"
        parts.append(f"{field.name}{modifiers}{inner}")
    return ",".join(parts)


def fields(text: str) -> tuple[Field, ...]:
    """Parse a `fields` value; raises Refusal 2500 for bad syntax."""
    reader = _Reader(text)
    found = reader.several()
    if reader.place != len(text):
        raise reader.wrong()
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def wrong(self) -> refusals.Refusal:
        return refusals.refusal(
            2500, f'Syntax error "Expected name." at character {self.place}: {self.text[: self.place]}'
        )

    def several(self) -> tuple[Field, ...]:
        found = [self._one()]
        while self._take(","):
            found.append(self._one())
        return tuple(found)

    def _one(self) -> Field:
        name = _NAME.match(self.text, self.place)
        if name is None:
            raise self.wrong()
        self.place = name.end()
        modifiers = {}
        while (modifier := _MODIFIER.match(self.text, self.place)) is not None:
            modifiers[modifier[1]] = modifier[2]
            self.place = modifier.end()
        inner = None
        if self._take("{"):
            inner = self.several()
            if not self._take("}"):
                raise self.wrong()
        return Field(name[0], modifiers, inner)

    def _take(self, character: str) -> bool:
        if self.text[self.place : self.place + 1] == character:
            self.place += 1
            return True
        return False


@dataclass(frozen=True)
class Parameters:
    """The parameters of one call; pictures stand beside the text."""

    given: Mapping[str, str]
    files: Mapping[str, bytes]

    def only(self, allowed: frozenset[str]) -> None:
        """Refuse every parameter that this edge does not take."""
        for name in (*self.given, *self.files):
            if re.sub(r"\[\d+\]$", "", name) not in allowed | tables.FRAMEWORK:
                raise refusals.bad(f"Unknown or not simulated parameter: {name}")

    def text(self, name: str) -> str | None:
        """A parameter as it came."""
        return self.given.get(name)

    def truth(self, name: str, *, default: bool) -> bool:
        """A boolean; Python's own True and False are not among the words for it."""
        text = self.given.get(name)
        if text is None:
            return default
        if text not in ("true", "false", "1", "0"):
            raise refusals.bad(f"Param {name} must be a boolean")
        return text in ("true", "1")

    def moment(self, name: str) -> datetime | None:
        """A time: Unix seconds or ISO 8601."""
        text = self.given.get(name)
        return None if text is None else moment(text, name)

    def structure(self, name: str) -> Any:
        """A JSON value."""
        text = self.given.get(name)
        return None if text is None else _json(text, name)

    def listed(self, name: str) -> list[Any]:
        """A JSON list, given whole or as name[0], name[1] …"""
        whole = self.structure(name)
        if whole is not None and not isinstance(whole, list):
            raise refusals.bad(f"Param {name} must be an array.")
        single = sorted(each for each in self.given if each.startswith(f"{name}["))
        return (whole or []) + [_json(self.given[each], name) for each in single]

    def fields(self) -> tuple[Field, ...] | None:
        """The fields asked for, or None where none were named."""
        text = self.given.get("fields")
        return None if not text else fields(text)


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise refusals.bad(f"Param {name} must be valid JSON.") from error


def moment(text: str, name: str) -> datetime:
    """A time: Unix seconds or ISO 8601 with an offset."""
    try:
        found = datetime.fromtimestamp(int(text), UTC) if text.isdigit() else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as error:
        raise refusals.bad(f"Param {name} is not a valid time.") from error
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def parameters(request: exchange.Request) -> Parameters:
    """All parameters of a request: query, form and multipart."""
    given = dict(request.parameters)
    given.update(request.form())
    files = {}
    for part in request.parts():
        if part.filename is None:
            given[part.name] = part.body.decode(errors="replace")
        else:
            files[part.name] = part.body
    return Parameters(given, files)
