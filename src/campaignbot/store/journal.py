"""The journal: who moved what, when, from what to what. Hash-chained, one chain an account and one for people.

What one transaction says on one chain is one page of lines, and it is the pages that are chained: a line is in its page
word for word, and a page of a thousand lines costs hardly more to chain than a page of one.

No personal record and no text ever stands in it: a post is its key, words are their digest, an organiser is an id.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, text

from campaignbot.store.columns import Same, among, micros, pour
from campaignbot.store.schema import heads, journal
from campaignbot.store.statements import Statement

JSON = str | int | float | bool | None | Sequence["JSON"] | Mapping[str, "JSON"]
Line = tuple[str, Mapping[str, JSON]]
"""What is to be written: a chain, and the entry."""

PEOPLE = "people"
_START = b"\0" * 32
_ENCODED = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_PAGE = 500
"""How many lines a page holds at most: a page is read as a whole."""


# whoever comes to a chain meanwhile waits, and reads on from our end
_HEADS = Statement(
    select(heads.c.chain, heads.c.n, heads.c.hash)
    .where(among(heads.c.chain, "names"))
    .order_by(heads.c.chain)
    .with_for_update()
)


# as they stand: what somebody wrote there by hand may be of any type
_RAW = text("SELECT chain, n, at, entry, hash FROM journal ORDER BY chain, n")
_RAW_HEADS = text("SELECT chain, n, hash FROM heads")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    chain: str
    n: int  #: counts the lines of its chain from 1
    at: datetime  #: UTC
    entry: Mapping[str, JSON]
    hash: bytes  #: of its page


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """A chain, looked through from its start to its head."""

    name: str
    pages: int
    lines: int  #: on the pages that hold
    fault: str | None  #: the first that does not, in words


def account(name: str) -> str:
    """The chain of one account's deliveries."""
    return f"account/{name}"


def add(c: Connection, *, chain: str, entry: Mapping[str, JSON], now: datetime) -> None:
    """Append one line to a chain, in the caller's transaction."""
    add_all(c, [(chain, entry)], now=now)


def add_all(c: Connection, lines: Iterable[Line], *, now: datetime) -> None:
    """Append many lines, in their order on each chain."""
    said: dict[str, list[Mapping[str, JSON]]] = {}
    for chain, entry in lines:
        said.setdefault(chain, []).append(entry)
    if not said:
        return
    ends = {chain: (n, bytes(last)) for chain, n, last in _HEADS.all(c, names=said)}
    at = micros(now)
    chains, numbers, texts, hashes = [], [], [], []
    for chain, mine in said.items():
        n, last = ends.get(chain, (0, _START))
        for start in range(0, len(mine), _PAGE):
            words = _ENCODED(mine[start : start + _PAGE])
            n, last = n + 1, _hash(last, chain=chain, n=n + 1, at=at, text=words)
            chains.append(chain)
            numbers.append(n)
            texts.append(words)
            hashes.append(last)
        ends[chain] = (n, last)
    pour(c, journal, {"chain": chains, "n": numbers, "at": Same(now), "entry": texts, "hash": hashes})
    reached = {"chain": list(ends), "n": [n for n, _ in ends.values()], "hash": [last for _, last in ends.values()]}
    pour(c, heads, reached, over="chain")


def entries(c: Connection, chain: str) -> list[Entry]:
    """A chain, in its order."""
    return list(read(c, chain))


def read(c: Connection, chain: str) -> Iterator[Entry]:
    """A chain, in its order, line by line."""
    rows = c.execute(select(journal).where(journal.c.chain == chain).order_by(journal.c.n))
    lines = ((row, entry) for row in rows for entry in json.loads(row.entry))
    for n, (row, entry) in enumerate(lines, start=1):
        yield Entry(chain=chain, n=n, at=row.at, entry=entry, hash=bytes(row.hash))


def chains(c: Connection) -> list[str]:
    return list(c.scalars(select(journal.c.chain).distinct().order_by(journal.c.chain)))


def verified(c: Connection) -> list[Chain]:
    """Every chain, each with the first thing that does not hold together: a page that does not follow from the one
    before it, or an end that is not where the chain last ended."""
    ends = {row.chain: (row.n, _bytes(row.hash)) for row in c.execute(_RAW_HEADS)}
    walks: dict[str, _Walk] = {}
    for row in c.execute(_RAW):
        walks.setdefault(row.chain, _Walk()).turn(row)
    return [
        walks.get(chain, _Walk()).ended(chain, ends.get(chain))
        for chain in sorted({*ends, *walks}, key=lambda n: f"{n}")
    ]


def broken(c: Connection) -> list[str]:
    """What does not hold together, in words; empty where everything does."""
    return [f"{chain.name}: {chain.fault}" for chain in verified(c) if chain.fault]


@dataclass
class _Walk:
    """Along one chain, page by page, whatever somebody has put there."""

    n: int = 0
    hash: bytes = _START
    pages: int = 0
    lines: int = 0
    fault: str | None = None

    def turn(self, row: Row[Any]) -> None:
        self.pages += 1
        holds = _hash(self.hash, chain=row.chain, n=row.n, at=row.at, text=row.entry) == _bytes(row.hash)
        if row.n != self.n + 1:
            self.fault = self.fault or f"page {self.n + 1} is missing"
        elif not holds:
            self.fault = self.fault or f"page {row.n} was changed"
        self.lines += len(json.loads(row.entry)) if holds else 0
        self.n, self.hash = row.n, _bytes(row.hash)

    def ended(self, name: str, end: tuple[int, bytes] | None) -> Chain:
        if (self.n, self.hash) != (end or (0, _START)):
            self.fault = self.fault or "it does not end where it last ended"
        return Chain(name=f"{name}", pages=self.pages, lines=self.lines, fault=self.fault)


def _bytes(found: object) -> bytes:
    """What stands where a hash belongs; nothing where it cannot be one."""
    return bytes(found) if isinstance(found, bytes | memoryview) else b""


def _hash(before: bytes, *, chain: str, n: int, at: int, text: str) -> bytes:
    return hashlib.sha256(before + f"{chain}\n{n}\n{at}\n{text}".encode()).digest()
