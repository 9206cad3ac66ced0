"""The journal: who moved what, when, from what to what. Hash-chained, one chain an account and one for people.

No personal record and no text ever stands in it: a post is its key, words are their digest, an organiser is an id.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, tuple_

from campaignbot.store.columns import micros
from campaignbot.store.schema import journal

JSON = str | int | float | bool | None | Sequence["JSON"] | Mapping[str, "JSON"]
PEOPLE = "people"
_START = b"\0" * 32


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


def add_all(c: Connection, lines: Sequence[tuple[str, Mapping[str, JSON]]], *, now: datetime) -> None:
    """Append many lines in their order: two statements for all of them."""
    if not lines:
        return
    heads = _heads(c, {chain for chain, _ in lines})
    at = micros(now)
    rows = []
    for chain, entry in lines:
        n, before = heads.get(chain, (0, _START))
        text = json.dumps(entry, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        digest = _hash(before, chain=chain, n=n + 1, at=at, text=text)
        heads[chain] = (n + 1, digest)
        rows.append({"chain": chain, "n": n + 1, "at": now, "entry": text, "hash": digest})
    c.execute(insert(journal), rows)


def entries(c: Connection, chain: str) -> list[Entry]:
    """A chain, in its order."""
    rows = c.execute(select(journal).where(journal.c.chain == chain).order_by(journal.c.n))
    return [
        Entry(chain=row.chain, n=row.n, at=row.at, entry=json.loads(row.entry), hash=bytes(row.hash)) for row in rows
    ]


def chains(c: Connection) -> list[str]:
    return list(c.scalars(select(journal.c.chain).distinct().order_by(journal.c.chain)))


def broken(c: Connection) -> list[str]:
    """What does not hold together, in words; empty where every line follows from the one before it."""
    found = []
    last, count, before = "", 0, _START
    rows = c.execute(select(journal).order_by(journal.c.chain, journal.c.n))
    for row in rows:
        if row.chain != last:
            last, count, before = row.chain, 0, _START
        expected = _hash(before, chain=row.chain, n=row.n, at=micros(row.at), text=row.entry)
        if row.n != count + 1:
            found.append(f"{row.chain}: line {count + 1} is missing")
        elif expected != bytes(row.hash):
            found.append(f"{row.chain}: line {row.n} was changed")
        count, before = row.n, bytes(row.hash)
    return found


def _heads(c: Connection, names: set[str]) -> dict[str, tuple[int, bytes]]:
    last = select(journal.c.chain, func.max(journal.c.n)).where(journal.c.chain.in_(names)).group_by(journal.c.chain)
    rows = c.execute(
        select(journal.c.chain, journal.c.n, journal.c.hash).where(tuple_(journal.c.chain, journal.c.n).in_(last))
    )
    return {row.chain: (row.n, bytes(row.hash)) for row in rows}


def _hash(before: bytes, *, chain: str, n: int, at: int, text: str) -> bytes:
    return hashlib.sha256(before + f"{chain}\n{n}\n{at}\n{text}".encode()).digest()
