"""What senders write into the ledger: intents, results, looks. Many at once, one commit."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from campaignbot.model.delivery import Delivery, Receipt, State
from campaignbot.store import journal
from campaignbot.store.columns import Instant, Word, among, swap
from campaignbot.store.ledger import moves, rows
from campaignbot.store.ledger.lanes import Line
from campaignbot.store.schema import deliveries as table
from campaignbot.store.statements import Statement

CHANGED = "the ledger changed inside a transaction that was alone with it"


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


_STANDING = Statement(select(table.c.key, table.c.state, table.c.attempt).where(among(table.c.key, "keys")))
_BEGIN = Statement(
    update(table)
    # || '': by their keys. The index by state would be taken for the shorter way, and lead through all that is WAITING
    .where(among(table.c.key, "keys"), table.c.state.concat("") == State.WAITING)
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
_POSTPONE = Statement(
    update(table)
    .where(table.c.key == bindparam("its_key"), table.c.state == State.WAITING)
    .values(not_before=bindparam("until", type_=Instant()), wake=bindparam("its_wake", type_=Instant()))
)
_LOOKED = Statement(update(table).where(among(table.c.key, "keys")).values(seen_by=bindparam("start")))
_LOOK_AGAIN = Statement(
    update(table)
    .where(
        table.c.key == bindparam("its_key"),
        table.c.state == State.IN_DOUBT,
        table.c.attempt.is_not_distinct_from(bindparam("its_attempt")),  # a doubt of an old ledger may have none
    )
    .values(
        settle_at=bindparam("at", type_=Instant()),
        wake=bindparam("at", type_=Instant()),
        reason=bindparam("why", type_=Word()),
        looks=table.c.looks + 1,
    )
)
_CHANGED = (
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
_STOOD = ("key", "state", "attempt")


def begin(
    c: Connection, chosen: Sequence[Delivery], *, owner: str, now: datetime, lines: list[journal.Line]
) -> tuple[str, list[Delivery]]:
    """The intent: WAITING -> SENDING for all that were chosen in this very transaction. One attempt id for the lot;
    nothing may leave before this, and its `lines` in the journal, are committed."""
    attempt = secrets.token_hex(8)
    if not chosen:
        return attempt, []
    swapped = _BEGIN.run(c, keys=[one.key for one in chosen], at=now, sender=owner, its_attempt=attempt)
    if swapped != len(chosen):
        raise RuntimeError(CHANGED)
    begun = [_moved(one, to=State.SENDING, now=now, attempts=one.attempts + 1, attempted=now) for one in chosen]
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
    standing = {key: (state, attempt) for key, state, attempt in _STANDING.all(c, keys=ends)}
    moved: list[Delivery] = []
    changes: list[tuple[Any, ...]] = []
    stood: list[tuple[str, str, str]] = []
    for key, result in ends.items():
        state, attempt = standing[key]
        may = (State.SENDING, State.IN_DOUBT) if result.to is State.SENT else (State.SENDING,)
        if attempt != result.attempt or state not in may:
            continue
        changes.append(_change(result, now=now))
        stood.append((key, state, attempt))
        moved.append(_after(result, now=now))
        lines.append(_journalled(moved[-1], State(state), by=by))
    if changes:
        change, where = _columns(_CHANGED, changes), _columns(_STOOD, stood)
        if swap(c, table, change, where=where) != len(changes):
            raise RuntimeError(CHANGED)
    return moved


def stands(c: Connection, key: str, *, attempt: str) -> bool:
    """Whether this attempt is still the one that is on its way."""
    return [state == State.SENDING and its == attempt for _, state, its in _STANDING.all(c, keys=[key])] == [True]


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, Sequence[Any]]:
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def _after(result: Result, *, now: datetime) -> Delivery:
    one = result.delivery
    return _moved(
        one,
        to=result.to,
        now=now,
        attempts=one.attempts,
        attempted=one.attempted,
        reason=result.reason,
        not_before=result.not_before,
        settle_at=result.settle_at,
        receipt=result.receipt,
    )


def _moved(
    one: Delivery,
    *,
    to: State,
    now: datetime,
    attempts: int,
    attempted: datetime | None,
    reason: str | None = None,
    not_before: datetime | None = None,
    settle_at: datetime | None = None,
    receipt: Receipt | None = None,
) -> Delivery:
    # `replace` asks for each field by name, which takes three times as long, twice a post
    return Delivery(
        post=one.post,
        state=to,
        reason=reason,
        digest=one.digest,
        due=one.due,
        until=one.until,
        since=now,
        attempts=attempts,
        attempted=attempted,
        not_before=not_before,
        settle_at=settle_at,
        receipt=receipt,
    )


def _change(result: Result, *, now: datetime) -> tuple[Any, ...]:
    """The values of `_CHANGED`."""
    one, receipt = result.delivery, result.receipt
    wake = rows.wake(result.to, due=one.due, until=one.until, not_before=result.not_before, settle_at=result.settle_at)
    its_own = (None, None, None) if receipt is None else (receipt.id, receipt.url, receipt.at)
    return result.to, now, result.reason, result.not_before, result.settle_at, 0, wake, *its_own


def postpone(c: Connection, one: Delivery, *, until: datetime) -> None:
    """Do not look at a WAITING delivery again before then. It stays what it is."""
    wake = rows.wake(State.WAITING, due=one.due, until=one.until, not_before=until, settle_at=None)
    _POSTPONE.run(c, its_key=one.key, until=until, its_wake=wake)


def looked(c: Connection, keys: Collection[str], *, start: str) -> None:
    """This start has read the account's timeline for these, and they are not on it."""
    _LOOKED.run(c, keys=keys, start=start)


def look_again(c: Connection, line: Line, *, at: datetime | None, reason: str) -> None:
    """A look at the timeline told us no more: when to look again, or None where a person must."""
    _LOOK_AGAIN.run(c, its_key=line.delivery.key, its_attempt=line.attempt, at=at, why=reason)


def _journalled(one: Delivery, source: State, *, by: str) -> journal.Line:
    return moves.line(one.key, account=one.post.account, source=source, to=one.state, by=by, reason=one.reason)
