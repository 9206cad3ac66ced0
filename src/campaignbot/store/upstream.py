"""Waiting replies that their authors may have deleted meanwhile: which to ask their network for, and what it said."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from campaignbot.model.reply import Intent
from campaignbot.store.erasing import wipe
from campaignbot.store.people import answers, waiting

#: A reply that may be a crisis stays for so long all the same: somebody may be in danger who took their words back. A
#: day is what networks allow for following a deletion.
CRISIS_STAYS = timedelta(days=1)


def unlooked(c: Connection, account: str, *, since: datetime, limit: int) -> list[str]:
    """The networks' ids of the replies that an answer of an account is to go to, then of those that wait, that were not
    asked for since then; of each, the longest ago first."""
    ids: list[str] = []
    for table, order in ((answers, answers.c.person), (waiting, waiting.c.id)):
        asked = select(table.c.remote).where(
            table.c.account == account, table.c.remote.is_not(None), table.c.looked <= since
        )
        ids += c.scalars(asked.order_by(table.c.looked, order).limit(limit))
    return list(dict.fromkeys(ids))[:limit]


def follow(c: Connection, account: str, *, asked: Collection[str], gone: Collection[str], now: datetime) -> int:
    """Delete the waiting replies that are gone from their network; how many. `asked`: all that were asked for."""
    ours = waiting.c.account == account
    c.execute(update(waiting).where(ours, waiting.c.remote.in_(asked)).values(looked=now))
    theirs = answers.c.account == account
    c.execute(update(answers).where(theirs, answers.c.remote.in_(asked)).values(looked=now))
    wipe(c, answers, theirs, answers.c.remote.in_(gone))
    may_go = or_(waiting.c.intent != Intent.CRISIS, waiting.c.at <= now - CRISIS_STAYS)
    return wipe(c, waiting, ours, waiting.c.remote.in_(gone), may_go)
