"""When something will next have to be done."""

from collections.abc import Collection
from datetime import datetime

from campaignbot.stages.deliver import desk, pace
from campaignbot.store import ledger
from campaignbot.store.database import Connection, Database
from campaignbot.store.ledger import lanes


def accounts_due(db: Database, names: Collection[str], *, now: datetime) -> list[str]:
    """Those of these accounts for which `due` or `settle` has something to do now, and which nobody is busy with."""
    with db.read() as c:
        standings = {name: ledger.Standing(account=name) for name in names} | ledger.standings(c)
        found = {line.delivery.post.account for line in lanes.overdue(c, now=now, late=now - pace.GRACE)}
        found |= {line.delivery.post.account for line in lanes.doubtful(c, now=now)} | lanes.flying(c)
        halted = desk.halts(c)
        for name in lanes.accounts_waiting(c, now=now):
            standing = standings.get(name, ledger.Standing(account=name))
            if _busy(standing, now=now) or not _open(standing, halted):
                continue
            if _first(c, standing, halted, now=now) == now:
                found.add(name)
    return sorted(name for name in found.intersection(names) if not _busy(standings[name], now=now))


def next_due(db: Database, *, now: datetime) -> datetime | None:
    """The next instant (UTC, never before now) at which `due` or `settle` may have something to do; None where there is
    nothing but what waits for a person."""
    with db.read() as c:
        if lanes.doubtful(c, now=now):
            return now
        moments = [lanes.next_wake(c, after=now)]
        flying, waiting = lanes.flying(c), lanes.accounts_waiting(c, now=now)
        if not flying and not waiting:
            return moments[0]
        halted = desk.halts(c)
        standings = ledger.standings(c)
        for name in flying:  # if its sender is gone, that is in doubt once the lease is over
            expires = standings[name].expires if name in standings else None
            moments.append(now if expires is None else max(now, expires))
        for name in waiting:
            standing = standings.get(name, ledger.Standing(account=name))
            if _open(standing, halted):
                moments.append(_first(c, standing, halted, now=now))
    return min((moment for moment in moments if moment is not None), default=None)


def _open(standing: ledger.Standing, halted: desk.Halts) -> bool:
    return not halted.world and standing.account not in halted.accounts and standing.paused is None


def _busy(standing: ledger.Standing, *, now: datetime) -> bool:
    """Whether somebody holds its lease: they are sending, or they are gone and that shows once it has run out."""
    return standing.expires is not None and standing.expires > now


def _first(c: Connection, standing: ledger.Standing, halted: desk.Halts, *, now: datetime) -> datetime | None:
    """When the first of an account's overdue posts may go."""
    turn = desk.Desk(c=c, now=now, owner="")
    start = max(now, standing.not_before or now)
    found: datetime | None = None
    for line in lanes.waiting(c, standing.account, now=now):
        if line.delivery.post.city in halted.cities:
            continue
        at = turn.allowed(line, start=start)
        found = at if found is None else min(found, at)
        if found == start:
            break
    return found
