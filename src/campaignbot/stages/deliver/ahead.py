"""When something will next have to be done."""

from datetime import datetime

from campaignbot.stages.deliver import desk
from campaignbot.store import ledger
from campaignbot.store.database import Connection, Database
from campaignbot.store.ledger import lanes


def next_due(db: Database, *, now: datetime) -> datetime | None:
    """The next instant (UTC, never before now) at which `due` or `settle` may have something to do; None where there is
    nothing but what waits for a person."""
    with db.read() as c:
        moments = [lanes.next_wake(c, after=now)]
        if lanes.doubtful(c, now=now):
            moments.append(now)
        halted = desk.halts(c)
        standings = ledger.standings(c)
        for name in lanes.flying(c):  # if its sender is gone, that is in doubt once the lease is over
            expires = standings[name].expires if name in standings else None
            moments.append(now if expires is None else max(now, expires))
        for name in lanes.accounts_waiting(c, now=now):
            standing = standings.get(name, ledger.Standing(account=name))
            if not halted.world and name not in halted.accounts and standing.paused is None:
                moments.append(_first(c, standing, halted, now=now))
    return min((moment for moment in moments if moment is not None), default=None)


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
