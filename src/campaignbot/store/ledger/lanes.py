"""What senders ask of the ledger: what may go, what is in flight, what is in doubt, what was said before."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, func, or_, select

from campaignbot.model.delivery import Delivery, Receipt, State
from campaignbot.store.columns import Instant, among
from campaignbot.store.ledger import rows
from campaignbot.store.schema import accounts, drafts
from campaignbot.store.schema import deliveries as table

#: States in which an attempt is, or may be, on the network.
OUT = (State.SENDING, State.SENT, State.IN_DOUBT)
#: States in which the ledger may have to look at a delivery of its own accord: the others have no `wake`.
WAKING = (State.WAITING, State.HELD, State.IN_DOUBT)
PAGE = 50


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


# Built once: a sender runs each of these for every turn.
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
        ).where(among(accounts.c.account, "names"))
    )
)
# each of one state: then the first line of the index by state is the answer
_NEXT = select(
    *(
        select(func.min(table.c.wake))
        .where(table.c.state == state, table.c.wake > bindparam("after", type_=Instant()))
        .scalar_subquery()
        for state in WAKING
    )
)
_TALKATIVE = select(accounts.c.account).where(
    select(_inner.c.attempted)
    .where(_inner.c.account == accounts.c.account, _inner.c.attempted.is_not(None))
    .order_by(_inner.c.attempted)
    .limit(1)
    .offset(bindparam("fewer", type_=Integer()))
    .scalar_subquery()
    .is_not(None)
)
_FLYING = select(table.c.account).where(table.c.state == State.SENDING).distinct()
_SENDING = select(table).where(table.c.state == State.SENDING)
_now = bindparam("now", type_=Instant())
_BY_TIME = (State.WAITING, State.HELD)
_ANYTHING = select(table.c.key).where(table.c.wake <= _now, table.c.state.in_(_BY_TIME)).limit(1)
_OVERDUE = (
    select(table)
    .where(
        table.c.wake <= _now,
        table.c.state.in_(_BY_TIME),
        or_(
            table.c.until <= _now,
            (table.c.state == State.WAITING)
            & (table.c.begin < bindparam("late", type_=Instant()))
            & (table.c.late != "send")
            & (table.c.attempts == 0)
            & table.c.freed.is_(False),
        ),
    )
    .order_by(table.c.due, table.c.key)
)
_WAITING = (
    select(table)
    .where(table.c.account == bindparam("name"), table.c.state == State.WAITING, table.c.wake <= _now)
    .order_by(table.c.wake)  # and no further: the index has it so, and a burst is all ties
    .limit(bindparam("limit", type_=Integer()))
    .offset(bindparam("offset", type_=Integer()))
)
_ACCOUNTS_WAITING = (
    select(table.c.account)
    .where(table.c.wake <= _now, table.c.state == State.WAITING)
    .distinct()
    .order_by(table.c.account)
)
_ATTEMPTS = (
    select(table.c.slot, table.c.attempted)
    .where(
        table.c.account == bindparam("name"),
        table.c.attempted >= bindparam("since", type_=Instant()),
        table.c.state.in_(OUT),
        table.c.called.is_(False),
    )
    .order_by(table.c.attempted)
)
_SPENT = (
    select(func.sum(drafts.c.cost))
    .join_from(table, drafts, (drafts.c.key == table.c.key) & (drafts.c.digest == table.c.digest))
    .where(table.c.account == bindparam("name"), table.c.attempted.is_not(None), table.c.state.in_(OUT))
)
_DOUBTFUL = (
    select(table).where(table.c.wake <= _now, table.c.state == State.IN_DOUBT).order_by(table.c.wake, table.c.key)
)
_UNSETTLED = (
    select(table.c.key)
    .where(or_((table.c.state == State.IN_DOUBT) & (table.c.wake <= _now), table.c.state == State.SENDING))
    .limit(1)
)


def anything(c: Connection, *, now: datetime) -> bool:
    """Whether any delivery that is WAITING or HELD must be looked at."""
    return c.scalar(_ANYTHING, {"now": now}) is not None


def next_wake(c: Connection, *, after: datetime) -> datetime | None:
    """The first instant after this one at which some delivery must be looked at."""
    found = c.execute(_NEXT, {"after": after}).one()
    return min((wake for wake in found if wake is not None), default=None)


def overdue(c: Connection, *, now: datetime, late: datetime) -> list[Line]:
    """What is WAITING or HELD past its `until`, and what is WAITING, never begun, since before `late`, with a rule of
    its own for that."""
    return [_line(row) for row in c.execute(_OVERDUE, {"now": now, "late": late})]


def waiting(c: Connection, account: str, *, now: datetime) -> Iterator[Line]:
    """What of one account is WAITING and may be looked at, in the order of due; the first alone, then in pages: most
    often the first is the one."""
    offset, limit = 0, 1
    while page := c.execute(_WAITING, {"name": account, "now": now, "limit": limit, "offset": offset}).all():
        for row in page:
            yield _line(row)
        offset, limit = offset + len(page), PAGE


def firsts(c: Connection, names: Collection[str], *, now: datetime) -> dict[str, Line]:
    """The first of `waiting` for many accounts at once, by account; only of accounts with a standing."""
    found = (_line(row) for row in c.execute(_FIRSTS, {"names": list(names), "now": now}))
    return {line.delivery.post.account: line for line in found}


def accounts_waiting(c: Connection, *, now: datetime) -> list[str]:
    """The accounts for which something is WAITING and may be looked at."""
    return list(c.scalars(_ACCOUNTS_WAITING, {"now": now}))


def talkative(c: Connection, *, at_least: int) -> set[str]:
    """The accounts on which so many posts were ever attempted, whatever became of them."""
    return set(c.scalars(_TALKATIVE, {"fewer": at_least - 1}))


def attempts(c: Connection, account: str, *, since: datetime) -> list[Attempt]:
    """What one account has, or may have, said since then; what was called does not count."""
    said = c.execute(_ATTEMPTS, {"name": account, "since": since})
    return [Attempt(slot=row.slot, at=row.attempted) for row in said]


def spent(c: Connection, account: str) -> Decimal:
    """What one account's posts have cost in USD; what is in flight or in doubt counts as if it were out."""
    return c.scalar(_SPENT, {"name": account}) or Decimal(0)


def unclaimed(c: Connection, one: Delivery, receipts: Sequence[Receipt]) -> tuple[Receipt, ...]:
    """Those of these that are not another delivery's own: its account may have said the same words before."""
    asked = select(table.c.receipt_id).where(
        table.c.account == one.post.account,
        table.c.receipt_id.in_([receipt.id for receipt in receipts]),
        table.c.key != one.key,
    )
    claimed = set(c.scalars(asked))
    return tuple(receipt for receipt in receipts if receipt.id not in claimed)


def sending(c: Connection) -> list[Line]:
    """What is in flight, as far as the ledger knows."""
    return [_line(row) for row in c.execute(_SENDING)]


def flying(c: Connection) -> set[str]:
    """The accounts on which something is in flight, as far as the ledger knows."""
    return set(c.scalars(_FLYING))


def doubtful(c: Connection, *, now: datetime) -> list[Line]:
    """What is IN_DOUBT and to be looked for now, the oldest first."""
    return [_line(row) for row in c.execute(_DOUBTFUL, {"now": now})]


def in_doubt(c: Connection, key: str) -> Line | None:
    """One delivery, if it is IN_DOUBT."""
    row = c.execute(select(table).where(table.c.key == key, table.c.state == State.IN_DOUBT)).one_or_none()
    return None if row is None else _line(row)


def unsettled(c: Connection, *, now: datetime) -> bool:
    """Whether anything is in flight, or in doubt and to be looked for now."""
    return c.scalar(_UNSETTLED, {"now": now}) is not None


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
