"""What senders ask of the ledger: what may go, what is in flight, what is in doubt, what was said before."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, Integer, bindparam, case, func, or_, select

from campaignbot.model.delivery import Delivery, Receipt, State
from campaignbot.store.columns import Instant, among
from campaignbot.store.ledger import rows
from campaignbot.store.schema import accounts, drafts
from campaignbot.store.schema import deliveries as table
from campaignbot.store.statements import Statement

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


def _stands(states: Iterable[State]) -> ColumnElement[bool]:
    # `in_` is written out only as it is run, which is past where a `Statement` comes
    return or_(*(table.c.state == state for state in states))


_inner = table.alias()
_answers = bindparam("answers", type_=Boolean())
_kind = (func.coalesce(table.c.person, "") != "") == _answers
_FIRSTS = Statement(
    select(table).where(
        table.c.key.in_(
            select(
                select(_inner.c.key)
                .where(
                    _inner.c.account == accounts.c.account,
                    _inner.c.state == State.WAITING,
                    _inner.c.wake <= bindparam("now", type_=Instant()),
                    (func.coalesce(_inner.c.person, "") != "") == _answers,
                )
                .order_by(_inner.c.wake)
                .limit(1)
                .scalar_subquery()
            ).where(among(accounts.c.account, "names"))
        )
    )
)
# each of one state: then the first line of the index by state is the answer
_NEXT = Statement(
    select(
        *(
            select(func.min(table.c.wake))
            .where(table.c.state == state, table.c.wake > bindparam("after", type_=Instant()))
            .scalar_subquery()
            for state in WAKING
        )
    )
)
_TALKATIVE = Statement(
    select(accounts.c.account).where(
        select(_inner.c.attempted)
        .where(_inner.c.account == accounts.c.account, _inner.c.attempted.is_not(None))
        .order_by(_inner.c.attempted)
        .limit(1)
        .offset(bindparam("fewer", type_=Integer()))
        .scalar_subquery()
        .is_not(None)
    )
)
_FLYING = Statement(select(table.c.account).where(table.c.state == State.SENDING).distinct())
_SENDING = Statement(select(table).where(table.c.state == State.SENDING))
_now = bindparam("now", type_=Instant())
_BY_TIME = (State.WAITING, State.HELD)
_ANYTHING = Statement(select(table.c.key).where(table.c.wake <= _now, _stands(_BY_TIME), _kind).limit(1))
_OVERDUE = Statement(
    select(table)
    .where(
        table.c.wake <= _now,
        _stands(_BY_TIME),
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
_WAITING = Statement(
    select(table)
    .where(table.c.account == bindparam("name"), table.c.state == State.WAITING, table.c.wake <= _now, _kind)
    .order_by(table.c.wake)  # and no further: the index has it so, and a burst is all ties
    .limit(bindparam("limit", type_=Integer()))
    .offset(bindparam("offset", type_=Integer()))
)
_ACCOUNTS_WAITING = Statement(
    select(table.c.account)
    .where(table.c.wake <= _now, table.c.state == State.WAITING, _kind)
    .distinct()
    .order_by(table.c.account)
)
_ATTEMPTS = Statement(
    select(table.c.slot, table.c.attempted)
    .where(
        table.c.account == bindparam("name"),
        table.c.attempted >= bindparam("since", type_=Instant()),
        _stands(OUT),
        table.c.called.is_(False),
        _kind,
    )
    .order_by(table.c.attempted)
)
#: the key under which the words of a line are kept: see `Post.words`
_words = case(
    (rows.answered, func.substr(table.c.key, 1, func.length(table.c.key) - func.length(table.c.person) - 1)),
    else_=table.c.key,
)
_SPENT = Statement(
    select(func.sum(drafts.c.cost))
    .join_from(table, drafts, (drafts.c.key == _words) & (drafts.c.digest == table.c.digest))
    .where(table.c.account == bindparam("name"), table.c.attempted.is_not(None), _stands(OUT))
)
_DOUBTFUL = Statement(
    select(table)
    .where(table.c.wake <= _now, table.c.state == State.IN_DOUBT, _kind)
    .order_by(table.c.wake, table.c.key)
)
_IN_DOUBT = Statement(select(table).where(table.c.key == bindparam("key"), table.c.state == State.IN_DOUBT))
_CLAIMED = Statement(
    select(table.c.receipt_id).where(
        table.c.account == bindparam("name"),
        among(table.c.receipt_id, "receipts"),
        table.c.key != bindparam("but"),
    )
)
_UNSETTLED = Statement(
    select(table.c.key)
    .where(or_((table.c.state == State.IN_DOUBT) & (table.c.wake <= _now), table.c.state == State.SENDING))
    .limit(1)
)


def anything(c: Connection, *, now: datetime, answers: bool = False) -> bool:
    """Whether any post, or any answer, that is WAITING or HELD must be looked at."""
    return _ANYTHING.first(c, now=now, answers=answers) is not None


def next_wake(c: Connection, *, after: datetime) -> datetime | None:
    """The first instant after this one at which some delivery must be looked at."""
    [found] = _NEXT.all(c, after=after)
    return min((wake for wake in found if wake is not None), default=None)


def overdue(c: Connection, *, now: datetime, late: datetime) -> list[Line]:
    """What is WAITING or HELD past its `until`, and what is WAITING, never begun, since before `late`, with a rule of
    its own for that."""
    return [_line(row) for row in _OVERDUE.all(c, now=now, late=late)]


def waiting(c: Connection, account: str, *, now: datetime, answers: bool = False) -> Iterator[Line]:
    """What of one account is WAITING and may be looked at, in the order of due; the first alone, then in pages: most
    often the first is the one."""
    offset, limit = 0, 1
    while page := _WAITING.all(c, name=account, now=now, limit=limit, offset=offset, answers=answers):
        for row in page:
            yield _line(row)
        offset, limit = offset + len(page), PAGE


def firsts(c: Connection, names: Collection[str], *, now: datetime, answers: bool = False) -> dict[str, Line]:
    """The first of `waiting` for many accounts at once, by account; only of accounts with a standing."""
    found = (_line(row) for row in _FIRSTS.all(c, names=names, now=now, answers=answers))
    return {line.delivery.post.account: line for line in found}


def accounts_waiting(c: Connection, *, now: datetime) -> list[str]:
    """The accounts for which a post is WAITING and may be looked at."""
    return _ACCOUNTS_WAITING.firsts(c, now=now, answers=False)


def talkative(c: Connection, *, at_least: int) -> set[str]:
    """The accounts on which so many posts were ever attempted, whatever became of them."""
    return set(_TALKATIVE.firsts(c, fewer=at_least - 1))


def attempts(c: Connection, account: str, *, since: datetime, answers: bool = False) -> list[Attempt]:
    """What one account has, or may have, said since then; posts or answers, and what was called does not count."""
    found = _ATTEMPTS.all(c, name=account, since=since, answers=answers)
    return [Attempt(slot=slot, at=at) for slot, at in found]


def spent(c: Connection, account: str) -> Decimal:
    """What one account's posts have cost in USD; what is in flight or in doubt counts as if it were out."""
    return _SPENT.first(c, name=account) or Decimal(0)


def unclaimed(c: Connection, one: Delivery, receipts: Sequence[Receipt]) -> tuple[Receipt, ...]:
    """Those of these that are not another delivery's own: its account may have said the same words before."""
    named = [receipt.id for receipt in receipts]
    claimed = set(_CLAIMED.firsts(c, name=one.post.account, receipts=named, but=one.key)) if named else ()
    return tuple(receipt for receipt in receipts if receipt.id not in claimed)


def sending(c: Connection) -> list[Line]:
    """What is in flight, as far as the ledger knows."""
    return [_line(row) for row in _SENDING.all(c)]


def flying(c: Connection) -> set[str]:
    """The accounts on which something is in flight, as far as the ledger knows."""
    return set(_FLYING.firsts(c))


def doubtful(c: Connection, *, now: datetime, answers: bool = False) -> list[Line]:
    """What is IN_DOUBT and to be looked for now, the oldest first."""
    return [_line(row) for row in _DOUBTFUL.all(c, now=now, answers=answers)]


def in_doubt(c: Connection, key: str) -> Line | None:
    """One delivery, if it is IN_DOUBT."""
    return next((_line(row) for row in _IN_DOUBT.all(c, key=key)), None)


def unsettled(c: Connection, *, now: datetime) -> bool:
    """Whether anything is in flight, or in doubt and to be looked for now."""
    return _UNSETTLED.first(c, now=now) is not None


_its_own = itemgetter(
    *(table.columns.keys().index(name) for name in ("begin", "freed", "seen_by", "attempt", "looks", "absences"))
)


def _line(row: Sequence[Any]) -> Line:
    begin, freed, seen_by, attempt, looks, absences = _its_own(row)
    return Line(
        delivery=rows.delivery(row),
        begin=begin,
        freed=freed,
        seen_by=seen_by,
        attempt=attempt,
        looks=looks,
        absences=absences,
    )
