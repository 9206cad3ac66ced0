"""A campaign that can be edited, its drafts, and a ledger in memory: what the tests of review start from."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any

import made
from campaignbot.model import campaign as c
from campaignbot.model.delivery import Delivery
from campaignbot.model.post import Draft, Limits
from campaignbot.stages import review
from campaignbot.store import database, ledger
from campaignbot.store.database import Database

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
KEY = "wad/morning/london/en-GB/x-london"


def limits(account: c.Account) -> Limits:
    return made.LIMITS_X if account.platform == "x" else made.LIMITS_FACEBOOK


def campaign(*slots: c.Slot, text: str = "We meet.", **changes: Any) -> c.Campaign:
    """London on X alone, with these slots (default: morning), every message saying `text`."""
    slots = slots or (slot(),)
    templates = tuple(
        made.template(path=f"messages/en/{message}.txt.j2", message=message, source=f"{text} ({message})\n")
        for message in dict.fromkeys(slot.message for slot in slots)
    )
    city = made.city(accounts=("x-london",))
    return dataclasses.replace(made.campaign(slots=slots, templates=templates, cities={"london": city}), **changes)


def slot(name: str = "morning", **changes: Any) -> c.Slot:
    """A slot with a message of its own name."""
    return made.slot(id=name, message=name, **changes)


def on_day(days: int, hour: int, minute: int = 0) -> c.OnDay:
    return c.OnDay(days=days, at=time(hour, minute))


def drafts(campaign: c.Campaign) -> list[Draft]:
    return review.drafts(campaign, limits)


@contextmanager
def memory() -> Iterator[Database]:
    db = database.memory(kind="ledger")
    try:
        yield db
    finally:
        db.close()


def approve(
    db: Database, campaign: c.Campaign, *keys: str, by: str = "london-1", now: datetime = NOW, late: bool = False
) -> list[tuple[str, str | None]]:
    """Approve these keys (default: all) as they now stand: outcome and detail of each."""
    here = drafts(campaign)
    digests = {draft.key: draft.digest or "" for draft in here if not keys or draft.key in keys}
    verdicts = review.approve(db, campaign, here, digests=digests, by=by, now=now, late=late)
    return [(verdict.outcome, verdict.detail) for verdict in verdicts]


def take_up(db: Database, campaign: c.Campaign, *, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(change.key, change.what) for change in review.take_up(db, campaign, drafts(campaign), now=now)]


def stands(db: Database, key: str = KEY) -> tuple[str, str | None]:
    """A delivery's state and the reason for it."""
    delivery = found(db, key)
    return delivery.state.value, delivery.reason


def found(db: Database, key: str = KEY) -> Delivery:
    with db.read() as c:
        return ledger.deliveries(c, keys=[key])[key]


def move(db: Database, to: Any, *sources: Any, key: str = KEY, now: datetime = NOW, **more: Any) -> None:
    with db.write() as c:
        assert ledger.move(c, key, sources=set(sources), to=to, by="test", now=now, **more)


HOUR = timedelta(hours=1)
