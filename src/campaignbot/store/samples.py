"""Of what was filed without a person, a sample for one to look at: sealed, so that this machine can read none of it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from campaignbot.model.reply import Intent, Reading, Reply
from campaignbot.store import seal
from campaignbot.store.erasing import wipe
from campaignbot.store.inbox import NUMBERS, Waiting
from campaignbot.store.people import samples


def keep(
    c: Connection,
    person: bytes,
    reply: Reply,
    reading: Reading,
    *,
    alias: bytes | None,
    recipients: Sequence[str],
    now: datetime,
) -> None:
    """Set a reply aside, sealed to these recipients. `person` and `alias`: the keyed hashes of its author."""
    fields = {
        "account": reply.account,
        "platform": reply.platform,
        "city": reply.city,
        "text": reply.text,
        "answer_to": reply.handle,
        "at": reply.at.astimezone(UTC).isoformat(),
        "reading": asdict(reading),
    }
    hour = now.replace(minute=0, second=0, microsecond=0)
    note = seal.seal_fields(fields, recipients)
    c.execute(insert(samples).values(pseudonym=person, alias=alias, note=note, hour=hour))


def number(c: Connection) -> int:
    """How many are set aside."""
    return c.scalar(select(func.count()).select_from(samples)) or 0


def opened(c: Connection, identities: Sequence[str]) -> list[Waiting]:
    """Those that these keys open, the oldest first. UserError where one holds no key."""
    rows = c.execute(select(samples).order_by(samples.c.id))
    found = (_opened(row, identities) for row in rows)
    return [one for one in found if one is not None]


def one(c: Connection, number: int, identities: Sequence[str]) -> Waiting | None:
    """One of those that these keys open."""
    if number not in NUMBERS:
        return None
    row = c.execute(select(samples).where(samples.c.id == number)).one_or_none()
    return None if row is None else _opened(row, identities)


def take(c: Connection, number: int, identities: Sequence[str]) -> Waiting | None:
    """One of those that these keys open, deleted."""
    found = one(c, number, identities)
    if found is not None:
        wipe(c, samples, samples.c.id == number)
    return found


def drop(c: Connection) -> None:
    """Delete all of them."""
    wipe(c, samples)


def _opened(row: Row[Any], identities: Sequence[str]) -> Waiting | None:
    fields = seal.open_fields(row.note, identities)
    if fields is None:
        return None
    read = fields.pop("reading")
    return Waiting(
        id=row.id,
        pseudonym=row.pseudonym,
        alias=row.alias,
        filed=True,
        reading=Reading(**read | {"intent": Intent(read["intent"])}),
        **fields | {"at": datetime.fromisoformat(fields["at"])},
    )
