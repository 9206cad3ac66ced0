"""How far each account has been read, and how many replies that were."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from campaignbot.model.reply import Cursor
from campaignbot.store.people import cursors


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """The replies of one account, in numbers: a network may count what it does not show."""

    account: str
    claimed: int | None  #: as many as the network itself says there are; None where it was not asked yet
    read: int  #: as many as we have read, of others
    unread: datetime | None  #: UTC: since when it has said some while we have read none


def reached(c: Connection, account: str) -> Cursor | None:
    """How far an account has been read."""
    found = c.scalar(select(cursors.c.cursor).where(cursors.c.account == account))
    return None if found is None else Cursor(found)


def keep(c: Connection, account: str, *, to: Cursor | None, claimed: int | None, read: int, now: datetime) -> None:
    """Remember how far an account has been read, in the transaction that keeps what was read. `claimed`: as many as the
    network says there are; None where it was not asked this time, and what it said before stands."""
    row = {"account": account, "cursor": to, "claimed": claimed, "read": read, "at": now}
    row["unread"] = now if claimed and not read else None
    insert = postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert
    put = insert(cursors).values(row)
    all_read = cursors.c.read + put.excluded.read
    last_claimed = func.coalesce(put.excluded.claimed, cursors.c.claimed)
    since = case(((last_claimed > 0) & (all_read == 0), func.coalesce(cursors.c.unread, put.excluded.at)), else_=None)
    kept = {"read": all_read, "claimed": last_claimed, "unread": since}
    c.execute(put.on_conflict_do_update(index_elements=["account"], set_=row | kept))


def counted(c: Connection) -> list[Counted]:
    """How many replies each account's network says there are, and how many we have read."""
    rows = c.execute(select(cursors).order_by(cursors.c.account))
    return [Counted(account=row.account, claimed=row.claimed, read=row.read, unread=row.unread) for row in rows]
