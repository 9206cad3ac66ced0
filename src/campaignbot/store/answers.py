"""Whom an answer is still to go to: the one place that knows which reply it answers, and only until it is out or will
never be. The ledger knows the person by a keyed hash that nothing else is kept under."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from campaignbot.model.delivery import Receipt
from campaignbot.store import inbox, seal
from campaignbot.store.erasing import wipe
from campaignbot.store.people import answers as table


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """An answer that is still to be given."""

    person: str
    words: str  #: the key of the text
    at: datetime  #: UTC: when it was wanted
    remote: str = field(repr=False)


def want(
    c: Connection,
    pseudonym: bytes,
    *,
    alias: bytes | None,
    account: str,
    remote: str,
    words: str,
    key: bytes,
    now: datetime,
) -> None:
    """Answer this reply in these words, unless its author is to be answered already, or wants none of us."""
    if inbox.left(c, {pseudonym, *filter(None, [alias])}):
        return
    insert = postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert
    row = {
        "person": seal.keyed(key, "answer", pseudonym.hex()).hex(),
        "pseudonym": pseudonym,
        "alias": alias,
        "account": account,
        "remote": remote,
        "words": words,
        "at": now,
        "looked": now,
    }
    c.execute(insert(table).values(row).on_conflict_do_nothing())


def wanted(c: Connection) -> list[Wanted]:
    """What is still to be answered, the oldest first."""
    asked = select(table.c.person, table.c.words, table.c.at, table.c.remote).order_by(table.c.at, table.c.person)
    return [Wanted(person=person, words=words, at=at, remote=remote) for person, words, at, remote in c.execute(asked)]


def reply(c: Connection, person: str) -> Receipt | None:
    """The reply that an answer goes to; None where its author is not to be answered, or not any more."""
    row = c.execute(select(table).where(table.c.person == person)).one_or_none()
    if row is None or inbox.left(c, {row.pseudonym, *filter(None, [row.alias])}):
        return None
    return Receipt(id=row.remote, url=None, at=row.at)


def done(c: Connection, people: Collection[str]) -> int:
    """Forget which replies these answers went to; how many there were."""
    return wipe(c, table, table.c.person.in_(people)) if people else 0
