"""What people decided about replies, kept to teach the model: numbers, a label and a keyed hash, never a text.

The hash is of this table alone: it finds a person's own lines again when they are to be forgotten, and nothing ties it
to their chain. The key of a line is drawn by lot, so that its place tells no time.
"""

import os
import struct

from sqlalchemy import Connection, delete, insert, select

from campaignbot.model.reply import Correction, Intent
from campaignbot.store import seal
from campaignbot.store.people import corrections


def keep(c: Connection, person: bytes, correction: Correction, *, key: bytes) -> None:
    """Keep what a person decided about a reply by this pseudonym."""
    row = {
        "id": os.urandom(16),
        "person": _hidden(key, person),
        "intent": correction.intent,
        "embedder": correction.embedder,
        "vector": struct.pack(f"<{len(correction.vector)}f", *correction.vector),
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
    """Delete those about replies by this pseudonym."""
    c.execute(delete(corrections).where(corrections.c.person == _hidden(key, person)))


def drop(c: Connection) -> int:
    """Delete all; how many there were."""
    return c.execute(delete(corrections)).rowcount


def _hidden(key: bytes, person: bytes) -> bytes:
    return seal.keyed(key, "correction", person.hex())
