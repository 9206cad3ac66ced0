"""The journal: who moved what, when, from what to what. Hash-chained, one chain an account and one for people.

No personal record and no text ever stands in it: a post is its key, words are their digest, an organiser is an id.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
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
_ENCODED = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode


_HEADS = select(heads).where(heads.c.chain.in_(bindparam("names", expanding=True)))
# the one form of "insert, or else replace" that SQLite and Postgres share
_MOVE_HEAD = text(
    "INSERT INTO heads (chain, n, hash) VALUES (:chain, :n, :hash) "
    "ON CONFLICT (chain) DO UPDATE SET n = excluded.n, hash = excluded.hash"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    chain: str
    n: int  #: counts from 1 in its chain
    at: datetime  #: UTC
    entry: Mapping[str, JSON]
    hash: bytes


def account(name: str) -> str:
    """The chain of one account's deliveries."""
    return f"account/{name}"


def add(c: Connection, *, chain: str, entry: Mapping[str, JSON], now: datetime) -> None:
    """Append one line to a chain, in the caller's transaction."""
    add_all(c, [(chain, entry)], now=now)


def add_all(c: Connection, lines: Sequence[Line], *, now: datetime) -> None:
    """Append many lines in their order: two statements for all of them."""
    if not lines:
        return
    named = list({chain for chain, _ in lines})
    ends = {row.chain: (row.n, bytes(row.hash)) for row in c.execute(_HEADS, {"names": named})}
    at = micros(now)
    numbers, texts, hashes = [], [], []
    for chain, entry in lines:
        n, before = ends.get(chain, (0, _START))
        words = _ENCODED(entry)
        digest = _hash(before, chain=chain, n=n + 1, at=at, text=words)
        ends[chain] = (n + 1, digest)
        numbers.append(n + 1)
        texts.append(words)
        hashes.append(digest)
    chains = [chain for chain, _ in lines]
    pour(c, journal, {"chain": chains, "n": numbers, "at": Same(now), "entry": texts, "hash": hashes})
    c.execute(_MOVE_HEAD, [{"chain": chain, "n": n, "hash": digest} for chain, (n, digest) in ends.items()])


def entries(c: Connection, chain: str) -> list[Entry]:
    """A chain, in its order."""
    rows = c.execute(select(journal).where(journal.c.chain == chain).order_by(journal.c.n))
    return [
        Entry(chain=row.chain, n=row.n, at=row.at, entry=json.loads(row.entry), hash=bytes(row.hash)) for row in rows
    ]


def chains(c: Connection) -> list[str]:
    return list(c.scalars(select(journal.c.chain).distinct().order_by(journal.c.chain)))


def broken(c: Connection) -> list[str]:
    """What does not hold together, in words; empty where every line follows from the one before it, up to the head."""
    found = []
    ends = {row.chain: (row.n, bytes(row.hash)) for row in c.execute(select(heads))}
    reached: dict[str, tuple[int, bytes]] = {}
    for row in c.execute(select(journal).order_by(journal.c.chain, journal.c.n)):
        count, before = reached.get(row.chain, (0, _START))
        if row.n != count + 1:
            found.append(f"{row.chain}: line {count + 1} is missing")
        elif _hash(before, chain=row.chain, n=row.n, at=micros(row.at), text=row.entry) != bytes(row.hash):
            found.append(f"{row.chain}: line {row.n} was changed")
        reached[row.chain] = (row.n, bytes(row.hash))
    for chain in sorted(ends.keys() | reached.keys()):
        if ends.get(chain) != reached.get(chain):
            found.append(f"{chain}: it does not end where it last ended")
    return found


def _hash(before: bytes, *, chain: str, n: int, at: int, text: str) -> bytes:
    return hashlib.sha256(before + f"{chain}\n{n}\n{at}\n{text}".encode()).digest()
