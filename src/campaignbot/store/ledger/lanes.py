"""What senders ask of the ledger and write into it: candidates, intents, results, looks. Many at once, one commit."""

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from campaignbot.model.delivery import Delivery, Receipt, State
from campaignbot.store import journal
from campaignbot.store.columns import Instant
from campaignbot.store.ledger import moves, rows
from campaignbot.store.schema import accounts
from campaignbot.store.schema import deliveries as table

#: States in which an attempt is, or may be, on the network.
OUT = (State.SENDING, State.SENT, State.IN_DOUBT)
PAGE = 50
CHANGED = "the ledger changed inside a transaction that was alone with it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A delivery with what only senders need to know of it."""

    delivery: Delivery
    begin: datetime | None  #: UTC: when it may first go out
    freed: bool  #: a person wants it sent: `late` no longer applies
    seen_by: str | None  #: the start that last looked for it on the timeline
    attempt: str | None
    looks: int
    absences: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One post that is, or may be, on an account's timeline."""

    slot: str
    at: datetime  #: UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one attempt."""

    delivery: Delivery  #: as it was SENDING
    attempt: str
    to: State
    reason: str | None = None
    not_before: datetime | None = None
    settle_at: datetime | None = None
    receipt: Receipt | None = None


# Built once: a burst runs each of these for every turn.
_inner = table.alias()
_FIRSTS = select(table).where(
    table.c.key.in_(
        select(
            select(_inner.c.key)
            .where(
                _inner.c.account == accounts.c.account,
                _inner.c.state == State.WAITING,
                _inner.c.wake <= bindparam("now", type_=Instant()),
            )
            .order_by(_inner.c.wake)
            .limit(1)
            .scalar_subquery()
        ).where(accounts.c.account.in_(bindparam("names", expanding=True)))
    )
)
_STANDING = select(table.c.key, table.c.state, table.c.attempt).where(
    table.c.key.in_(bindparam("keys", expanding=True))
)
_BEGIN = (
    update(table)
    .where(table.c.key.in_(bindparam("keys", expanding=True)), table.c.state == State.WAITING)
    .values(
        state=State.SENDING,
        since=bindparam("at", type_=Instant()),
        reason=None,
        wake=None,
        not_before=None,
        owner=bindparam("sender"),
        attempt=bindparam("its_attempt"),
        attempted=bindparam("at", type_=Instant()),
        attempts=table.c.attempts + 1,
    )
)
_RECORD = (
    update(table)
    .where(
        table.c.key == bindparam("its_key"),
        table.c.state == bindparam("its_state"),
        table.c.attempt == bindparam("its_attempt"),
    )
    .values(
        {
            name: bindparam(name, type_=table.c[name].type)
            for name in (
                "state",
                "since",
                "reason",
                "not_before",
                "settle_at",
                "looks",
                "wake",
                "receipt_id",
                "receipt_url",
                "receipt_at",
            )
        }
    )
)
_FLYING = select(table.c.account).where(table.c.state == State.SENDING).distinct()


def anything(c: Connection, *, now: datetime) -> bool:
    """Whether any delivery that is WAITING or HELD must be looked at."""
    asked = select(table.c.key).where(table.c.wake <= now, table.c.state.in_([State.WAITING, State.HELD])).limit(1)
    return c.scalar(asked) is not None


def next_wake(c: Connection, *, after: datetime) -> datetime | None:
    """The first instant after this one at which some delivery must be looked at."""
    found: datetime | None = c.scalar(select(func.min(table.c.wake)).where(table.c.wake > after))
    return found


def overdue(c: Connection, *, now: datetime, late: datetime) -> list[Line]:
    """What is WAITING or HELD past its `until`, and what is WAITING, never begun, since before `late`, with a rule of
    its own for that."""
    expired = table.c.until <= now
    ruled = (table.c.state == State.WAITING) & (table.c.begin < late) & (table.c.late != "send")
    asked = select(table).where(
        table.c.wake <= now,
        table.c.state.in_([State.WAITING, State.HELD]),
        or_(expired, ruled & (table.c.attempts == 0) & table.c.freed.is_(False)),
    )
    return [_line(row) for row in c.execute(asked.order_by(table.c.due, table.c.key))]


def waiting(c: Connection, account: str, *, now: datetime) -> Iterator[Line]:
    """What of one account is WAITING and may be looked at, in the order of due; the first alone, then in pages: most
    often the first is the one."""
    asked = (
        select(table)
        .where(table.c.account == account, table.c.state == State.WAITING, table.c.wake <= now)
        .order_by(table.c.wake)  # and no further: the index has it so, and a burst is all ties
    )
    offset, limit = 0, 1
    while page := c.execute(asked.limit(limit).offset(offset)).all():
        for row in page:
            yield _line(row)
        offset, limit = offset + len(page), PAGE


def firsts(c: Connection, names: Collection[str], *, now: datetime) -> dict[str, Line]:
    """The first of `waiting` for many accounts at once, by account; only of accounts with a standing."""
    found = (_line(row) for row in c.execute(_FIRSTS, {"names": list(names), "now": now}))
    return {line.delivery.post.account: line for line in found}


def accounts_waiting(c: Connection, *, now: datetime) -> list[str]:
    """The accounts for which something is WAITING and may be looked at."""
    asked = select(table.c.account).where(table.c.wake <= now, table.c.state == State.WAITING)
    return list(c.scalars(asked.distinct().order_by(table.c.account)))


def attempts(c: Connection, account: str, *, since: datetime) -> list[Attempt]:
    """What one account has, or may have, said since then; what was called does not count."""
    asked = select(table.c.slot, table.c.attempted).where(
        table.c.account == account,
        table.c.attempted >= since,
        table.c.state.in_(OUT),
        table.c.called.is_(False),
    )
    return [Attempt(slot=row.slot, at=row.attempted) for row in c.execute(asked.order_by(table.c.attempted))]


def sending(c: Connection) -> list[Line]:
    """What is in flight, as far as the ledger knows."""
    return [_line(row) for row in c.execute(select(table).where(table.c.state == State.SENDING))]


def flying(c: Connection) -> set[str]:
    """The accounts on which something is in flight, as far as the ledger knows."""
    return set(c.scalars(_FLYING))


def doubtful(c: Connection, *, now: datetime) -> list[Line]:
    """What is IN_DOUBT and to be looked for now, the oldest first."""
    asked = select(table).where(table.c.wake <= now, table.c.state == State.IN_DOUBT)
    return [_line(row) for row in c.execute(asked.order_by(table.c.wake, table.c.key))]


def in_doubt(c: Connection, key: str) -> Line | None:
    """One delivery, if it is IN_DOUBT."""
    row = c.execute(select(table).where(table.c.key == key, table.c.state == State.IN_DOUBT)).one_or_none()
    return None if row is None else _line(row)


def unsettled(c: Connection, *, now: datetime) -> bool:
    """Whether anything is in flight, or in doubt and to be looked for now."""
    asked = select(table.c.key).where(
        or_((table.c.state == State.IN_DOUBT) & (table.c.wake <= now), table.c.state == State.SENDING)
    )
    return c.scalar(asked.limit(1)) is not None


def begin(
    c: Connection, chosen: Sequence[Delivery], *, owner: str, now: datetime, lines: list[journal.Line]
) -> tuple[str, list[Delivery]]:
    """The intent: WAITING -> SENDING for all that were chosen in this very transaction. One attempt id for the lot;
    nothing may leave before this, and its `lines` in the journal, are committed."""
    attempt = secrets.token_hex(8)
    if not chosen:
        return attempt, []
    swapped = c.execute(
        _BEGIN, {"keys": [one.key for one in chosen], "at": now, "sender": owner, "its_attempt": attempt}
    )
    if swapped.rowcount != len(chosen):
        raise RuntimeError(CHANGED)
    begun = [
        replace(
            one,
            state=State.SENDING,
            since=now,
            reason=None,
            not_before=None,
            attempts=one.attempts + 1,
            attempted=now,
        )
        for one in chosen
    ]
    lines += [_journalled(one, State.WAITING, by=owner) for one in begun]
    return attempt, begun


def record(
    c: Connection, results: Iterable[Result], *, by: str, now: datetime, lines: list[journal.Line]
) -> list[Delivery]:
    """The results of attempts, each by compare-and-swap with its attempt id; what was moved. The caller journals the
    `lines` in the same transaction.

    A receipt that comes late still ends a doubt, but never undoes what a person has decided meanwhile."""
    ends = {result.delivery.key: result for result in results}
    if not ends:
        return []
    standing = {row.key: row for row in c.execute(_STANDING, {"keys": list(ends)})}
    moved, changes = [], []
    for key, result in ends.items():
        row = standing[key]
        may = (State.SENDING, State.IN_DOUBT) if result.to is State.SENT else (State.SENDING,)
        if row.attempt != result.attempt or row.state not in may:
            continue
        changes.append(_change(result, now=now) | {"its_key": key, "its_state": row.state, "its_attempt": row.attempt})
        moved.append(_after(result, now=now))
        lines.append(_journalled(moved[-1], State(row.state), by=by))
    if changes and c.execute(_RECORD, changes).rowcount != len(changes):
        raise RuntimeError(CHANGED)
    return moved


def _after(result: Result, *, now: datetime) -> Delivery:
    return replace(
        result.delivery,
        state=result.to,
        since=now,
        reason=result.reason,
        not_before=result.not_before,
        settle_at=result.settle_at,
        receipt=result.receipt,
    )


def _change(result: Result, *, now: datetime) -> dict[str, Any]:
    one, receipt = result.delivery, result.receipt
    wake = rows.wake(result.to, due=one.due, until=one.until, not_before=result.not_before, settle_at=result.settle_at)
    return {
        "state": result.to,
        "since": now,
        "reason": result.reason,
        "not_before": result.not_before,
        "settle_at": result.settle_at,
        "looks": 0,
        "wake": wake,
        "receipt_id": receipt and receipt.id,
        "receipt_url": receipt and receipt.url,
        "receipt_at": receipt and receipt.at,
    }


def postpone(c: Connection, one: Delivery, *, until: datetime) -> None:
    """Do not look at a WAITING delivery again before then. It stays what it is."""
    wake = rows.wake(State.WAITING, due=one.due, until=one.until, not_before=until, settle_at=None)
    c.execute(
        update(table).where(table.c.key == one.key, table.c.state == State.WAITING).values(not_before=until, wake=wake)
    )


def looked(c: Connection, keys: Collection[str], *, start: str) -> None:
    """This start has read the account's timeline for these, and they are not on it."""
    c.execute(update(table).where(table.c.key.in_(keys)).values(seen_by=start))


def look_again(c: Connection, line: Line, *, at: datetime | None, reason: str) -> None:
    """A look at the timeline told us no more: when to look again, or None where a person must."""
    c.execute(
        update(table)
        .where(table.c.key == line.delivery.key, table.c.state == State.IN_DOUBT, table.c.attempt == line.attempt)
        .values(settle_at=at, wake=at, reason=reason, looks=table.c.looks + 1)
    )


def _line(row: Row[Any]) -> Line:
    return Line(
        delivery=rows.delivery(row),
        begin=row.begin,
        freed=row.freed,
        seen_by=row.seen_by,
        attempt=row.attempt,
        looks=row.looks,
        absences=row.absences,
    )


def _journalled(one: Delivery, source: State, *, by: str) -> journal.Line:
    return moves.line(one.key, account=one.post.account, source=source, to=one.state, by=by, reason=one.reason)
