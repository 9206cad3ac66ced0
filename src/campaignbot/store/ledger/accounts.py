"""What holds whole accounts, cities, countries or the world back: stops, pauses, leases, a platform's patience."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from campaignbot.store import journal
from campaignbot.store.columns import Instant, among, pour
from campaignbot.store.schema import accounts as table
from campaignbot.store.schema import stops as stops_table
from campaignbot.store.statements import Statement

Scope = Literal["world", "country", "city", "account"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """The stop cord, pulled: nothing in its scope is sent until it is lifted."""

    scope: Scope
    value: str  #: empty for the world
    by: str
    at: datetime  #: UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How one account stands with us."""

    account: str
    owner: str | None = None  #: who holds its lease …
    expires: datetime | None = None  #: … until then (UTC), unless renewed
    not_before: datetime | None = None  #: UTC: the platform asked the whole account for patience
    paused: str | None = None  #: why a person must mend it first
    paused_at: datetime | None = None  #: UTC


_ALL = Statement(select(table).order_by(table.c.account))
_LEASE = Statement(
    update(table)
    .where(among(table.c.account, "names"))
    .values(owner=bindparam("holder"), expires=bindparam("end", type_=Instant()))
)
_RELEASE = Statement(
    update(table)
    .where(among(table.c.account, "names"), table.c.owner == bindparam("me"))
    .values(owner=None, expires=None)
)
_RELEASE_ALL = Statement(update(table).values(owner=None, expires=None))
_CLOSED = Statement(
    select(table.c.account).where(
        or_(
            table.c.paused.is_not(None),
            table.c.not_before > bindparam("now", type_=Instant()),
            (table.c.owner != bindparam("me")) & (table.c.expires > bindparam("now", type_=Instant())),
        )
    )
)
_PATIENCE = Statement(
    update(table).where(table.c.account == bindparam("name")).values(not_before=bindparam("end", type_=Instant()))
)
_PAUSE = Statement(
    update(table)
    .where(table.c.account == bindparam("name"), table.c.paused.is_(None))
    .values(paused=bindparam("why"), paused_at=bindparam("now", type_=Instant()))
)
_UNPAUSE = Statement(
    update(table)
    .where(table.c.account == bindparam("name"), table.c.paused.is_not(None))
    .values(paused=None, paused_at=None, not_before=None)
)
_this = (stops_table.c.scope == bindparam("scope"), stops_table.c.value == bindparam("value"))
_STOPPED = Statement(select(stops_table.c.scope).where(*_this))
_LIFT = Statement(delete(stops_table).where(*_this))
_STOPS = Statement(
    select(stops_table.c.scope, stops_table.c.value, stops_table.c.by, stops_table.c.at).order_by(
        stops_table.c.at, stops_table.c.scope, stops_table.c.value
    )
)


def stop(c: Connection, *, scope: Scope, value: str, by: str, now: datetime) -> bool:
    """Pull the cord, effective with the commit; False where it was pulled already. Journalled."""
    if _STOPPED.all(c, scope=scope, value=value):
        return False
    pour(c, stops_table, {"scope": [scope], "value": [value], "by": [by], "at": [now]})
    _journal(c, what="stop", scope=scope, value=value, by=by, now=now)
    return True


def lift(c: Connection, *, scope: Scope, value: str, by: str, now: datetime) -> bool:
    """Lift exactly one stop; False where there was none. Journalled."""
    if _LIFT.run(c, scope=scope, value=value) == 0:
        return False
    _journal(c, what="resume", scope=scope, value=value, by=by, now=now)
    return True


def stops(c: Connection) -> list[Stop]:
    """Every stop in force, the oldest first."""
    return [Stop(scope=scope, value=value, by=by, at=at) for scope, value, by, at in _STOPS.all(c)]


def standings(c: Connection) -> dict[str, Standing]:
    """How each account we ever dealt with stands, by id."""
    return {
        name: Standing(
            account=name, owner=owner, expires=expires, not_before=not_before, paused=paused, paused_at=paused_at
        )
        for name, owner, expires, not_before, paused, paused_at in _ALL.all(c)
    }


def closed(c: Connection, *, owner: str, now: datetime) -> set[str]:
    """The accounts on which this owner may not send now: paused, asked for patience, or leased to another."""
    return set(_CLOSED.firsts(c, me=owner, now=now))


def lease(c: Connection, names: Collection[str], *, owner: str, expires: datetime) -> None:
    """Take or renew the leases of known accounts that are free for this owner: the caller has asked in this very
    transaction."""
    _LEASE.run(c, names=names, holder=owner, end=expires)


def release(c: Connection, names: Collection[str], *, owner: str) -> None:
    """Give back an owner's leases of these accounts: nothing of its own is in flight there."""
    _RELEASE.run(c, names=names, me=owner)


def release_all(c: Connection) -> None:
    """Give back everybody's leases; only where all others are known to be dead."""
    _RELEASE_ALL.run(c)


def patience(c: Connection, name: str, *, until: datetime) -> None:
    """The platform asked the whole account to wait."""
    know(c, [name])
    _PATIENCE.run(c, name=name, end=until)


def pause(c: Connection, name: str, *, reason: str, by: str, now: datetime) -> bool:
    """Pause an account until a person resumes it; False where it is paused already. Journalled."""
    know(c, [name])
    if _PAUSE.run(c, name=name, why=reason, now=now) == 0:
        return False
    entry: dict[str, journal.JSON] = {"what": "pause", "why": reason, "by": by}
    journal.add(c, chain=journal.account(name), entry=entry, now=now)
    return True


def unpause(c: Connection, name: str, *, by: str, now: datetime) -> bool:
    """Lift an account's pause, and its wait; False where it was not paused. Journalled."""
    if _UNPAUSE.run(c, name=name) == 0:
        return False
    journal.add(c, chain=journal.account(name), entry={"what": "unpause", "by": by}, now=now)
    return True


def know(c: Connection, names: Collection[str]) -> None:
    """Give accounts a standing that have none yet."""
    if names:
        pour(c, table, {"account": list(names)}, once=True)


def _journal(c: Connection, *, what: str, scope: str, value: str, by: str, now: datetime) -> None:
    entry: dict[str, journal.JSON] = {"what": what, "scope": scope, "value": value, "by": by}
    journal.add(c, chain=journal.PEOPLE, entry=entry, now=now)
