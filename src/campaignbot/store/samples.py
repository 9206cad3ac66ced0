"""Of what was filed without a person, a sample for one to look at: sealed, so that this machine can read none of it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, insert, select

from campaignbot.model.reply import Intent, Reading, Reply
from campaignbot.store import seal
from campaignbot.store.inbox import Waiting
from campaignbot.store.people import samples


def keep(
    c: Connection, person: bytes, reply: Reply, reading: Reading, *, recipients: Sequence[str], now: datetime
) -> None:
    """Set a reply aside, sealed to these recipients."""
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
    c.execute(insert(samples).values(pseudonym=person, note=seal.seal_fields(fields, recipients), hour=hour))


def number(c: Connection) -> int:
    """How many are set aside."""
    return c.scalar(select(func.count()).select_from(samples)) or 0


def opened(c: Connection, identities: Sequence[str]) -> list[Waiting]:
    """Those that these keys open, the oldest first. UserError where one holds no key."""
    rows = c.execute(select(samples).order_by(samples.c.id))
    found = (_opened(row.id, row.pseudonym, row.note, identities) for row in rows)
    return [one for one in found if one is not None]


def take(c: Connection, number: int, identities: Sequence[str]) -> Waiting | None:
    """One of those that these keys open, deleted."""
    found = next((one for one in opened(c, identities) if one.id == number), None)
    if found is not None:
        c.execute(delete(samples).where(samples.c.id == number))
    return found


def drop(c: Connection) -> None:
    """Delete all of them."""
    c.execute(delete(samples))


def _opened(number: int, person: bytes, note: bytes, identities: Sequence[str]) -> Waiting | None:
    fields = seal.open_fields(note, identities)
    if fields is None:
        return None
    read = fields.pop("reading")
    return Waiting(
        id=number,
        pseudonym=person,
        filed=True,
        reading=Reading(**read | {"intent": Intent(read["intent"])}),
        **fields | {"at": datetime.fromisoformat(fields["at"])},
    )
