"""The book of replies and joiners.

A person is known by a pseudonym, a reply by a hash; both are keyed (`seal.keyed`), so that whoever has the file but not
the key learns nothing. Only while a reply waits for an organiser do its words stand here.
"""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select, union
from sqlalchemy.dialects import postgresql, sqlite

from campaignbot.model.reply import Intent, Reading, Reply
from campaignbot.store import corrections, seal
from campaignbot.store.erasing import wipe
from campaignbot.store.people import answers, chains, counts, gone, joiners, samples, seen, waiting

_JOINED, _HEARD = "joined/", "heard/"
_MANY = 500  #: values in one statement
NUMBERS = range(1, 2**31)  #: what a reply's number can be in either database

#: Who is looked at first. A question or an offer waits too: a person answers it.
RANKS = {Intent.CRISIS: 0, Intent.OPT_OUT: 1, Intent.JOIN: 2, Intent.START_CITY: 3, Intent.QUESTION: 4}
_LAST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A reply that waits for an organiser. Its repr shows nothing of the person."""

    id: int
    account: str
    platform: str
    city: str | None  #: of the post that it answers
    text: str = field(repr=False)
    reading: Reading
    at: datetime  #: UTC: when it was written
    answer_to: str | None = field(repr=False)
    pseudonym: bytes = field(repr=False)
    alias: bytes | None = field(repr=False)
    remote: str | None = field(default=None, repr=False)  #: the network's own id
    filed: bool = False  #: it was filed without a person, and is only looked at

    @property
    def names(self) -> tuple[bytes, ...]:
        """The keyed hashes that its author may be known by."""
        return (self.pseudonym,) if self.alias is None else (self.pseudonym, self.alias)


def reply_hash(key: bytes, reply: Reply) -> bytes:
    """What is remembered of a reply, whichever of our accounts saw it."""
    return seal.keyed(key, "reply", reply.platform, reply.id)


def pseudonym(key: bytes, reply: Reply, *, campaign: str) -> bytes:
    """Who wrote it, within one campaign and platform. Where the network hides the author, each reply is somebody."""
    if not reply.author:  # never the reply's own hash: beside a chain, that would say what became of it
        return seal.keyed(key, "somebody", campaign, reply.platform, reply.id)
    return author(key, platform=reply.platform, author=reply.author, campaign=campaign)


def author(key: bytes, *, platform: str, author: str, campaign: str) -> bytes:
    """The pseudonym of whoever has this id on a network."""
    return seal.keyed(key, "author", campaign, platform, author)


def alias(key: bytes, *, platform: str, handle: str | None, campaign: str) -> bytes | None:
    """Whom a network shows under this handle, however it is written; None where it shows none."""
    plain = unicodedata.normalize("NFKC", handle or "").strip().removeprefix("@").casefold()
    return seal.keyed(key, "handle", campaign, platform, plain) if plain else None


def unseen(c: Connection, hashes: Collection[bytes]) -> set[bytes]:
    """Which of these replies have never been read."""
    return set(hashes) - set(_which(c, seen, "hash", hashes))


def see(c: Connection, hashes: Iterable[bytes], *, now: datetime) -> None:
    """Remember replies as read: a keyed hash and a time, nothing else."""
    rows = [{"hash": one, "at": now} for one in hashes]
    if rows:
        c.execute(_upsert(c, seen).on_conflict_do_nothing(), rows)


def wait(c: Connection, replies: Sequence[tuple[Reply, Reading]], *, key: bytes, campaign: str, now: datetime) -> None:
    """Put replies into the queue of the organisers, with their words."""
    rows = [
        {
            "hash": reply_hash(key, reply),
            "pseudonym": pseudonym(key, reply, campaign=campaign),
            "account": reply.account,
            "platform": reply.platform,
            "answer_to": None if reply.handle is None else _storable(reply.handle),
            "city": reply.city,
            "text": _storable(reply.text),
            "sent": reply.at,
            "at": now,
            "intent": reading.intent,
            "rank": RANKS.get(reading.intent, _LAST),
            "named": reading.city,
            "party_size": reading.party_size,
            "language": reading.language,
            "confidence": reading.confidence,
            "needs_review": reading.needs_review,
            "why": reading.why,
            "alias": alias(key, platform=reply.platform, handle=reply.handle, campaign=campaign),
            "remote": reply.id,
            "looked": now,
        }
        for reply, reading in replies
    ]
    if rows:
        c.execute(_upsert(c, waiting).on_conflict_do_nothing(), rows)


def queue(c: Connection) -> list[Waiting]:
    """What waits for a person: crisis first, then by what cannot be put off, the oldest first."""
    rows = c.execute(select(waiting).order_by(waiting.c.rank, waiting.c.at, waiting.c.id))
    return [_waiting(row) for row in rows]


def one(c: Connection, number: int) -> Waiting | None:
    """One waiting reply."""
    if number not in NUMBERS:
        return None
    row = c.execute(select(waiting).where(waiting.c.id == number)).one_or_none()
    return None if row is None else _waiting(row)


def take(c: Connection, number: int) -> Waiting | None:
    """One waiting reply, deleted from the queue."""
    found = one(c, number)
    if found is not None:
        wipe(c, waiting, waiting.c.id == number)
    return found


def place_of(c: Connection, person: bytes, *, key: bytes) -> str | None:
    """The city that somebody has joined in, tried out by their keyed hash; None if they have not joined."""
    return places_of(c, [person], key=key).get(person)


def places_of(c: Connection, people: Collection[bytes], *, key: bytes) -> dict[bytes, str]:
    """The city of each of these people who has joined in one."""
    kept = _found(c, joiners, (joiners.c.pseudonym, joiners.c.place), people)
    cities = joined(c) if kept else {}
    return {row.pseudonym: city for row in kept for city in cities if place(key, row.pseudonym, city) == row.place}


def withdraw(c: Connection, person: bytes, *, key: bytes) -> bool:
    """Delete a joiner's whole chain, their place in the counts, a yes of theirs that still waits for a person, what
    was set aside of theirs for a look, and an answer to them; whether there was any of it."""
    city = place_of(c, person, key=key)
    known = wipe(c, samples, samples.c.pseudonym == person) + wipe(c, answers, answers.c.pseudonym == person) > 0
    wipe(c, chains, chains.c.pseudonym == person)
    known |= wipe(c, joiners, joiners.c.pseudonym == person) > 0
    if city is not None:
        _count(c, _JOINED + city, -1)
    return wipe(c, waiting, waiting.c.pseudonym == person, waiting.c.intent == Intent.JOIN) > 0 or known


def leave(c: Connection, person: bytes, *, key: bytes, now: datetime) -> None:
    """Delete everything of a person, and remember by a keyed hash that they want none of us. `person`: their pseudonym,
    or the hash of their handle.

    What may be a crisis still waits for a human, for its short time: a life in danger goes before.
    """
    everyone = known_as(c, [person])
    for one in everyone:
        withdraw(c, one, key=key)
        corrections.forget(c, one, key=key)
    wipe(c, waiting, waiting.c.pseudonym.in_(everyone), waiting.c.intent != Intent.CRISIS)
    rows = [{"pseudonym": one, "at": now} for one in everyone]
    c.execute(_upsert(c, gone).on_conflict_do_nothing(), rows)


def forget(c: Connection, names: Collection[bytes], *, key: bytes, now: datetime) -> tuple[int, int, int]:
    """`leave`, of everybody who has one of these names, and what may be a crisis goes too: somebody has decided it.
    How many texts waited, how many of them may have been a crisis, and how many people had joined."""
    everyone = known_as(c, names)
    theirs = waiting.c.pseudonym.in_(everyone)
    intents = list(c.scalars(select(waiting.c.intent).where(theirs)))
    joined = len(list(_which(c, joiners, "pseudonym", everyone)))
    for one in everyone:
        leave(c, one, key=key, now=now)
    wipe(c, waiting, theirs)
    return len(intents), intents.count(Intent.CRISIS), joined


def fits(c: Connection, key: bytes) -> bool:
    """Whether the joiners were written down under this key, as far as can be told."""
    several = list(c.scalars(select(joiners.c.pseudonym).limit(_MANY)))
    return not several or any(place_of(c, one, key=key) is not None for one in several)


def known_as(c: Connection, names: Collection[bytes]) -> list[bytes]:
    """These hashes, and the pseudonyms of whoever is kept under a handle that is one of them."""
    handles = [select(t.c.pseudonym).where(t.c.alias.in_(names)) for t in (joiners, waiting, samples, answers)]
    return sorted({*names, *c.scalars(union(*handles))})


def left(c: Connection, people: Collection[bytes]) -> set[bytes]:
    """Which of these people want none of us."""
    return set(_which(c, gone, "pseudonym", people))


def hear(c: Connection, heard: Iterable[Intent]) -> None:
    """Count what replies meant, as numbers alone."""
    for intent, times in Counter(heard).items():
        _count(c, _HEARD + intent, times)


def count_joined(c: Connection, moved: Mapping[str, int]) -> None:
    """Count people who have come to cities, or gone from them."""
    for city, number in moved.items():
        _count(c, _JOINED + city, number)


def joined(c: Connection) -> dict[str, int]:
    """How many people have joined, by city."""
    return _counted(c, _JOINED)


def heard(c: Connection) -> dict[str, int]:
    """How many replies meant what, over all time."""
    return _counted(c, _HEARD)


def sealed(c: Connection) -> Iterator[list[bytes]]:
    """Each joiner's chain of sealed notes, the oldest first."""
    found = c.execute(select(chains).order_by(chains.c.pseudonym, chains.c.id))
    for _, rows in groupby(found, key=attrgetter("pseudonym")):
        yield [row.note for row in rows]


def _storable(text: str) -> str:
    """What every database takes: without lone surrogates and NUL."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def place(key: bytes, person: bytes, city: str) -> bytes:
    """What is kept of where somebody joins: it is found again by who knows the key, the person and the city."""
    return seal.keyed(key, "place", person.hex(), city)


def _count(c: Connection, name: str, by: int) -> None:
    put = _upsert(c, counts).values(name=name, number=by)
    c.execute(put.on_conflict_do_update(index_elements=["name"], set_={"number": counts.c.number + by}))


def _counted(c: Connection, prefix: str) -> dict[str, int]:
    rows = c.execute(select(counts).where(func.substr(counts.c.name, 1, len(prefix)) == prefix).order_by(counts.c.name))
    return {row.name.removeprefix(prefix): row.number for row in rows if row.number}


def _which(c: Connection, table: Table, column: str, values: Collection[bytes]) -> Iterator[bytes]:
    return (row[0] for row in _found(c, table, (table.c[column],), values))


def _found(
    c: Connection, table: Table, columns: Sequence[ColumnElement[Any]], values: Collection[bytes]
) -> list[Row[Any]]:
    """These columns of every row whose first one is among these values."""
    listed = list(values)
    parts = (listed[at : at + _MANY] for at in range(0, len(listed), _MANY))
    return [row for part in parts for row in c.execute(select(*columns).where(columns[0].in_(part)))]


def _upsert(c: Connection, table: Table) -> Any:
    # both databases speak the same ON CONFLICT; SQLAlchemy has a construct of its own for each
    return (postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert)(table)


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        id=row.id,
        account=row.account,
        platform=row.platform,
        city=row.city,
        text=row.text,
        reading=Reading(
            intent=Intent(row.intent),
            city=row.named,
            party_size=row.party_size,
            language=row.language,
            confidence=row.confidence,
            needs_review=row.needs_review,
            why=row.why,
        ),
        at=row.sent,
        answer_to=row.answer_to,
        pseudonym=row.pseudonym,
        alias=row.alias,
        remote=row.remote,
    )
