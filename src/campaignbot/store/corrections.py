"""What people decided about replies, kept to teach the model: numbers, a label and keyed hashes, never a text.

The hashes are of this table alone: they find a person's own lines again, by id or by handle, when they are to be
forgotten, and nothing ties them to their chain. The key of a line is drawn by lot, so that its place tells no time.
"""

import os
import struct

from sqlalchemy import Connection, insert, or_, select

from campaignbot.model.reply import Correction, Intent
from campaignbot.store import seal
from campaignbot.store.erasing import wipe
from campaignbot.store.people import corrections


def keep(c: Connection, person: bytes, correction: Correction, *, alias: bytes | None, key: bytes) -> None:
    """Keep what a person decided about a reply. `person` and `alias`: the keyed hashes of its author."""
    row = {
        "id": os.urandom(16),
        "person": _hidden(key, person),
        "intent": correction.intent,
        "embedder": correction.embedder,
        "vector": struct.pack(f"<{len(correction.vector)}f", *correction.vector),
        "alias": None if alias is None else _hidden(key, alias),
    }
    c.execute(insert(corrections), [row])


def kept(c: Connection, *, embedder: str) -> list[Correction]:
    """All that were made with this embedder; the numbers of another one mean nothing to it."""
    rows = c.execute(
        select(corrections.c.intent, corrections.c.vector)
        .where(corrections.c.embedder == embedder)
        .order_by(corrections.c.id)
    )
    return [
        Correction(
            embedder=embedder,
            vector=struct.unpack(f"<{len(row.vector) // 4}f", row.vector),
            intent=Intent(row.intent),
        )
        for row in rows
    ]


def forget(c: Connection, person: bytes, *, key: bytes) -> None:
    """Delete those about replies by this pseudonym, or by whoever has this hash of a handle."""
    hidden = _hidden(key, person)
    wipe(c, corrections, or_(corrections.c.person == hidden, corrections.c.alias == hidden))


def drop(c: Connection) -> int:
    """Delete all; how many there were."""
    return wipe(c, corrections)


def _hidden(key: bytes, person: bytes) -> bytes:
    return seal.keyed(key, "correction", person.hex())
