"""Waiting replies that their authors may have deleted meanwhile: which to ask their network for, and what it said."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from campaignbot.model.reply import Intent
from campaignbot.store.erasing import wipe
from campaignbot.store.people import waiting

#: A reply that may be a crisis stays for so long all the same: somebody may be in danger who took their words back. A
#: day is what networks allow for following a deletion.
CRISIS_STAYS = timedelta(days=1)


def unlooked(c: Connection, account: str, *, since: datetime, limit: int) -> list[str]:
    """The networks' ids of an account's waiting replies that were not asked for since then, the longest ago first."""
    at = waiting.c.looked
    asked = select(waiting.c.remote).where(waiting.c.account == account, waiting.c.remote.is_not(None), at <= since)
    return list(c.scalars(asked.order_by(at, waiting.c.id).limit(limit)))


def follow(c: Connection, account: str, *, asked: Collection[str], gone: Collection[str], now: datetime) -> int:
    """Delete the waiting replies that are gone from their network; how many. `asked`: all that were asked for."""
    ours = waiting.c.account == account
    c.execute(update(waiting).where(ours, waiting.c.remote.in_(asked)).values(looked=now))
    may_go = or_(waiting.c.intent != Intent.CRISIS, waiting.c.at <= now - CRISIS_STAYS)
    return wipe(c, waiting, ours, waiting.c.remote.in_(gone), may_go)
