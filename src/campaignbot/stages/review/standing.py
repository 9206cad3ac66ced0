"""Where each post of the plan stands, in one word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaignbot.model.post import Draft
from campaignbot.stages.review import course
from campaignbot.store import ledger
from campaignbot.store.database import Database

Unrecorded = Literal["UNREADY", "UNAPPROVED", "SKIPPED"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A draft, and UNREADY, UNAPPROVED, SKIPPED or its delivery's state."""

    draft: Draft
    state: str


def rows(db: Database | None, drafts: Sequence[Draft], *, now: datetime) -> list[Row]:
    """A row a draft, in the order given. Without a database nothing is approved yet."""
    states: dict[str, str] = {}
    seen: dict[str, datetime] = {}
    if db is not None:
        with db.read() as c:
            states = {key: str(delivery.state) for key, delivery in ledger.deliveries(c).items()}
            seen = ledger.seen(c)
    return [
        Row(draft=draft, state=states.get(draft.key) or _unrecorded(draft, seen.get(draft.key), now))
        for draft in drafts
    ]


def _unrecorded(draft: Draft, first: datetime | None, now: datetime) -> Unrecorded:
    if draft.missing:
        return "UNREADY"
    return "SKIPPED" if course.skipped(draft.post, first=first, now=now) else "UNAPPROVED"
