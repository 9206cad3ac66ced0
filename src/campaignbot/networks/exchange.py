"""What goes over the wire: a request, an answer, and what a network must offer to be served and broken on purpose."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qsl

GATEWAY_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True)
class Part:
    """One part of a multipart body."""

    name: str
    filename: str | None
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it arrived; `path` is without the prefix, header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    host: str
    prefix: str = ""
    indexed_after: timedelta = timedelta(0)
    at: datetime | None = None
    """The moment at which it takes effect, where that is not the moment it arrived (a late effect)."""

    def moment(self, clock: Callable[[], datetime]) -> datetime:
        """When it takes effect: `at`, or now."""
        return self.at or clock()

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The query string's parameters, in order."""
        return parse_qsl(self.query, keep_blank_values=True)

    @property
    def media_type(self) -> str:
        """The body's media type in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def form(self) -> list[tuple[str, str]]:
        """The parameters of an urlencoded body; empty for another media type."""
        if self.media_type != "application/x-www-form-urlencoded":
            return []
        return parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True)

    def parts(self) -> list[Part]:
        """The parts of a multipart body; empty for another media type."""
        if self.media_type != "multipart/form-data":
            return []
        head = b"content-type: " + self.headers["content-type"].encode() + b"\r\n\r\n"
        message = email.message_from_bytes(head + self.body, policy=email.policy.HTTP)
        found = []
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            payload = part.get_payload(decode=True)
            found.append(Part(str(name), part.get_filename(), payload if isinstance(payload, bytes) else b""))
        return found


@dataclass(frozen=True)
class Answer:
    """What goes back: HTTP's number, the body, its media type and further headers."""

    code: int
    body: bytes
    media_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def reply(code: int, body: Any, *, media_type: str = "application/json; charset=utf-8") -> Answer:
    """A JSON answer."""
    return Answer(code, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), media_type)


def gateway() -> Answer:
    """The page of a proxy that got nothing from the network behind it."""
    return Answer(HTTPStatus.BAD_GATEWAY, GATEWAY_PAGE, "text/html; charset=utf-8")


class Network(Protocol):
    """What a network must offer so that it can be served and broken on purpose."""

    clock: Callable[[], datetime]

    def answer(self, request: Request) -> Answer:
        """The network's own answer; may store."""

    def speaker(self, request: Request) -> str:
        """Who seems to ask, unverified: a name that is the same in every run."""

    def shape(self, request: Request) -> str:
        """The path with ids taken out, so that faults fall alike in every run."""

    def later(self, request: Request, at: datetime) -> None:
        """Let this request take effect at `at`."""

    def broken(self) -> Answer:
        """The error of a network that is unwell."""

    def limited(self, request: Request, seconds: float) -> Answer:
        """The error of a network that has had enough of us for so many seconds."""

    def says(self, name: str) -> Answer:
        """An answer of the network's catalogue, by its name."""

    def expired(self) -> Answer:
        """The error for credentials that are no longer good."""
