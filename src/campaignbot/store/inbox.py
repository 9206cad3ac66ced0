"""The book of replies, cursors and joiners.

A person is known by a pseudonym, a reply by a hash; both are keyed (`seal.keyed`), so that whoever has the file but not
the key learns nothing. Only while a reply waits for an organiser do its words stand here.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, case, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from campaignbot.model.campaign import Campaign
from campaignbot.model.reply import Cursor, Intent, Note, Reading, Reply
from campaignbot.store import corrections, files, seal
from campaignbot.store.database import Database
from campaignbot.store.people import chains, counts, cursors, gone, joiners, seen, waiting

_JOINED, _HEARD = "joined/", "heard/"
_MANY = 500  #: values in one statement
_NUMBERS = range(1, 2**31)  #: what a reply's number can be in either database

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """The replies of one account, in numbers: a network may count what it does not show."""

    account: str
    claimed: int | None  #: as many as the network itself says there are; None where it was not asked yet
    read: int  #: as many as we have read, of others
    unread: datetime | None  #: UTC: since when it has said some while we have read none


def reply_hash(key: bytes, reply: Reply) -> bytes:
    """What is remembered of a reply, whichever of our accounts saw it."""
    return seal.keyed(key, "reply", reply.platform, reply.id)


def pseudonym(key: bytes, reply: Reply, *, campaign: str) -> bytes:
    """Who wrote it, within one campaign and platform. Where the network hides the author, each reply is somebody."""
    if not reply.author:  # never the reply's own hash: beside a chain, that would say what became of it
        return seal.keyed(key, "somebody", campaign, reply.platform, reply.id)
    return seal.keyed(key, "author", campaign, reply.platform, reply.author)


def cursor(c: Connection, account: str) -> Cursor | None:
    """How far an account has been read."""
    found = c.scalar(select(cursors.c.cursor).where(cursors.c.account == account))
    return None if found is None else Cursor(found)


def keep_cursor(
    c: Connection, account: str, *, to: Cursor | None, claimed: int | None, read: int, now: datetime
) -> None:
    """Remember how far an account has been read, in the transaction that keeps what was read. `claimed`: as many as the
    network says there are; None where it was not asked this time, and what it said before stands."""
    row = {"account": account, "cursor": to, "claimed": claimed, "read": read, "at": now}
    row["unread"] = now if claimed and not read else None
    put = _upsert(c, cursors).values(row)
    all_read = cursors.c.read + put.excluded.read
    last_claimed = func.coalesce(put.excluded.claimed, cursors.c.claimed)
    since = case(((last_claimed > 0) & (all_read == 0), func.coalesce(cursors.c.unread, put.excluded.at)), else_=None)
    kept = {"read": all_read, "claimed": last_claimed, "unread": since}
    c.execute(put.on_conflict_do_update(index_elements=["account"], set_=row | kept))


def counted(c: Connection) -> list[Counted]:
    """How many replies each account's network says there are, and how many we have read."""
    rows = c.execute(select(cursors).order_by(cursors.c.account))
    return [Counted(account=row.account, claimed=row.claimed, read=row.read, unread=row.unread) for row in rows]


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
        }
        for reply, reading in replies
    ]
    if rows:
        c.execute(_upsert(c, waiting).on_conflict_do_nothing(), rows)


def queue(c: Connection) -> list[Waiting]:
    """What waits for a person: crisis first, then by what cannot be put off, the oldest first."""
    rows = c.execute(select(waiting).order_by(waiting.c.rank, waiting.c.at, waiting.c.id))
    return [_waiting(row) for row in rows]


def take(c: Connection, number: int) -> Waiting | None:
    """One waiting reply, deleted from the queue."""
    if number not in _NUMBERS:
        return None
    row = c.execute(select(waiting).where(waiting.c.id == number)).one_or_none()
    c.execute(delete(waiting).where(waiting.c.id == number))
    return None if row is None else _waiting(row)


def drop_waiting(c: Connection, *, before: datetime) -> int:
    """Delete what was read before this moment and has waited since; how many there were."""
    return c.execute(delete(waiting).where(waiting.c.at < before)).rowcount


def place_of(c: Connection, person: bytes, *, key: bytes) -> str | None:
    """The city that somebody has joined in, tried out by their keyed hash; None if they have not joined."""
    kept = c.scalar(select(joiners.c.place).where(joiners.c.pseudonym == person))
    if kept is None:
        return None
    return next((city for city in joined(c) if _place(key, person, city) == kept), None)


def join(c: Connection, person: bytes, note: Note, *, campaign: Campaign, key: bytes) -> bool:
    """Seal a note to the organisers of the campaign and of the note's city, append it to the person's chain, and count
    the person in that city and in no other. False, and nothing kept, where nobody has a key to open it.

    Who moves from one city to another is told to the first city's organisers as withdrawn.
    """
    city = next((city for city in campaign.cities.values() if city.name == note.city), None)
    recipients = (*campaign.recipients, *city.recipients) if city else ()
    if city is None or not recipients:
        return False
    before = place_of(c, person, key=key)
    notes = []
    if before is not None and before != city.name:
        readers = [one for old in campaign.cities.values() if old.name == before for one in old.recipients]
        if others := [reader for reader in readers if reader not in recipients]:
            notes.append(seal.seal(replace(note, city=before, party_size=None, withdrawn=True), others))
    notes.append(seal.seal(note, recipients))  # last: whoever has the keys of both cities reads where they come
    row = {"pseudonym": person, "place": _place(key, person, city.name)}
    c.execute(_upsert(c, joiners).values(row).on_conflict_do_update(index_elements=["pseudonym"], set_=row))
    c.execute(insert(chains), [{"pseudonym": person, "note": one} for one in notes])
    if before != city.name:
        _count(c, _JOINED + city.name, 1)
        if before is not None:
            _count(c, _JOINED + before, -1)
    return True


def withdraw(c: Connection, person: bytes, *, key: bytes) -> bool:
    """Delete a joiner's whole chain, their place in the counts, and a yes of theirs that still waits for a person;
    whether there was any of it."""
    city = place_of(c, person, key=key)
    c.execute(delete(chains).where(chains.c.pseudonym == person))
    known = c.execute(delete(joiners).where(joiners.c.pseudonym == person)).rowcount > 0
    if city is not None:
        _count(c, _JOINED + city, -1)
    asked = delete(waiting).where(waiting.c.pseudonym == person, waiting.c.intent == Intent.JOIN)
    return c.execute(asked).rowcount > 0 or known


def leave(c: Connection, person: bytes, *, key: bytes, now: datetime) -> None:
    """Delete everything of a person, and remember by a keyed hash that they want none of us.

    What may be a crisis still waits for a human, for its short time: a life in danger goes before.
    """
    withdraw(c, person, key=key)
    corrections.forget(c, person, key=key)
    c.execute(delete(waiting).where(waiting.c.pseudonym == person, waiting.c.intent != Intent.CRISIS))
    c.execute(_upsert(c, gone).values(pseudonym=person, at=now).on_conflict_do_nothing())


def left(c: Connection, people: Collection[bytes]) -> set[bytes]:
    """Which of these people want none of us."""
    return set(_which(c, gone, "pseudonym", people))


def hear(c: Connection, heard: Iterable[Intent]) -> None:
    """Count what replies meant, as numbers alone."""
    for intent in heard:
        _count(c, _HEARD + intent, 1)


def joined(c: Connection) -> dict[str, int]:
    """How many people have joined, by city."""
    return _counted(c, _JOINED)


def heard(c: Connection) -> dict[str, int]:
    """How many replies meant what, over all time."""
    return _counted(c, _HEARD)


def sealed(c: Connection) -> Iterator[list[bytes]]:
    """Each joiner's chain of sealed notes, the oldest first."""
    chain: list[bytes] = []
    person: bytes | None = None
    for row in c.execute(select(chains).order_by(chains.c.pseudonym, chains.c.id)):
        if row.pseudonym != person and chain:
            yield chain
            chain = []
        person = row.pseudonym
        chain.append(row.note)
    if chain:
        yield chain


def drop_joiners(c: Connection) -> int:
    """Delete every joiner, when they may be kept no longer; how many there were. The counts stay: they name nobody."""
    c.execute(delete(chains))
    return c.execute(delete(joiners)).rowcount


def scrub(people: Database) -> None:
    """Write the file anew without what was deleted, and empty its log. Nothing to do on a server.

    SQLite overwrites what it deletes, but not the copies that it left behind when it moved rows between pages.
    """
    if people.alone:
        with files.in_words(people.where), people.engine.connect() as c:
            # outside of a transaction; the new copy is made in memory, not in a file elsewhere
            c.exec_driver_sql("PRAGMA temp_store=MEMORY")
            c.exec_driver_sql("VACUUM")
            c.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _storable(text: str) -> str:
    """What every database takes: without lone surrogates and NUL."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _place(key: bytes, person: bytes, city: str) -> bytes:
    return seal.keyed(key, "place", person.hex(), city)


def _count(c: Connection, name: str, by: int) -> None:
    put = _upsert(c, counts).values(name=name, number=by)
    c.execute(put.on_conflict_do_update(index_elements=["name"], set_={"number": counts.c.number + by}))


def _counted(c: Connection, prefix: str) -> dict[str, int]:
    rows = c.execute(select(counts).where(func.substr(counts.c.name, 1, len(prefix)) == prefix).order_by(counts.c.name))
    return {row.name.removeprefix(prefix): row.number for row in rows if row.number}


def _which(c: Connection, table: Table, column: str, values: Collection[bytes]) -> Iterator[bytes]:
    listed = list(values)
    for at in range(0, len(listed), _MANY):
        yield from c.scalars(select(table.c[column]).where(table.c[column].in_(listed[at : at + _MANY])))


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
    )
