"""The sealed chains as a whole: those of one city, and sealing them anew."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, select, update

from campaignbot.store import erasing, inbox
from campaignbot.store.people import chains, joiners

Renewal = tuple[int, bytes, bytes]
"""A note's number, the note as it was read, and the same sealed anew."""


def of_city(c: Connection, city: str, *, key: bytes) -> list[list[bytes]]:
    """The chain of each person who has joined in this city and in no other since, the oldest note first. `city`: its
    canonical name."""
    there = {row.pseudonym for row in c.execute(select(joiners)) if inbox.place(key, row.pseudonym, city) == row.place}
    found = c.execute(select(chains).order_by(chains.c.pseudonym, chains.c.id))
    return [
        [row.note for row in rows] for person, rows in groupby(found, key=attrgetter("pseudonym")) if person in there
    ]


def notes(c: Connection) -> list[tuple[int, bytes]]:
    """Every sealed note, by its number."""
    return [(row.id, row.note) for row in c.execute(select(chains.c.id, chains.c.note).order_by(chains.c.id))]


def renew(c: Connection, renewals: Iterable[Renewal]) -> int:
    """Put notes that were sealed anew in the place of the old ones; how many there were. One that was deleted since it
    was read does not come back."""
    renewed = 0
    for number, old, new in renewals:
        same = (chains.c.id == number) & (chains.c.note == old)
        renewed += c.execute(update(chains).where(same).values(note=new)).rowcount
    if renewed:
        erasing.owe(c)
    return renewed
