"""The journal: who moved what, when, from what to what. Hash-chained, one chain an account and one for people.

What one transaction says on one chain is one page of lines, and it is the pages that are chained: a line is in its page
word for word, and a page of a thousand lines costs hardly more to chain than a page of one.

No personal record and no text ever stands in it: a post is its key, words are their digest, an organiser is an id.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, text

from campaignbot.store.columns import Same, micros, pour
from campaignbot.store.schema import heads, journal

JSON = str | int | float | bool | None | Sequence["JSON"] | Mapping[str, "JSON"]
Line = tuple[str, Mapping[str, JSON]]
"""What is to be written: a chain, and the entry."""

PEOPLE = "people"
_START = b"\0" * 32
_ENCODED = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_PAGE = 500
"""How many lines a page holds at most: a page is read as a whole."""


_HEADS = select(heads).where(heads.c.chain.in_(bindparam("names", expanding=True)))
# the one form of "insert, or else replace" that SQLite and Postgres share
_MOVE_HEAD = text(
    "INSERT INTO heads (chain, n, hash) VALUES (:chain, :n, :hash) "
    "ON CONFLICT (chain) DO UPDATE SET n = excluded.n, hash = excluded.hash"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    chain: str
    n: int  #: counts the lines of its chain from 1
    at: datetime  #: UTC
    entry: Mapping[str, JSON]
    hash: bytes  #: of its page


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
    ends = {row.chain: (row.n, bytes(row.hash)) for row in c.execute(_HEADS, {"names": list(said)})}
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
    c.execute(_MOVE_HEAD, [{"chain": chain, "n": n, "hash": digest} for chain, (n, digest) in ends.items()])


def entries(c: Connection, chain: str) -> list[Entry]:
    """A chain, in its order."""
    rows = c.execute(select(journal).where(journal.c.chain == chain).order_by(journal.c.n))
    lines = ((row, entry) for row in rows for entry in json.loads(row.entry))
    return [
        Entry(chain=chain, n=n, at=row.at, entry=entry, hash=bytes(row.hash))
        for n, (row, entry) in enumerate(lines, start=1)
    ]


def chains(c: Connection) -> list[str]:
    return list(c.scalars(select(journal.c.chain).distinct().order_by(journal.c.chain)))


def broken(c: Connection) -> list[str]:
    """What does not hold together, in words; empty where every page follows from the one before it, up to the head."""
    found = []
    ends = {row.chain: (row.n, bytes(row.hash)) for row in c.execute(select(heads))}
    reached: dict[str, tuple[int, bytes]] = {}
    for row in c.execute(select(journal).order_by(journal.c.chain, journal.c.n)):
        count, before = reached.get(row.chain, (0, _START))
        if row.n != count + 1:
            found.append(f"{row.chain}: page {count + 1} is missing")
        elif _hash(before, chain=row.chain, n=row.n, at=micros(row.at), text=row.entry) != bytes(row.hash):
            found.append(f"{row.chain}: page {row.n} was changed")
        reached[row.chain] = (row.n, bytes(row.hash))
    for chain in sorted(ends.keys() | reached.keys()):
        if ends.get(chain) != reached.get(chain):
            found.append(f"{chain}: it does not end where it last ended")
    return found


def _hash(before: bytes, *, chain: str, n: int, at: int, text: str) -> bytes:
    return hashlib.sha256(before + f"{chain}\n{n}\n{at}\n{text}".encode()).digest()
