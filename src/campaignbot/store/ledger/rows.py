"""What a line of the ledger looks like in the database, and reading it."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select
from tzdata import IANA_VERSION  # type: ignore[import-untyped]  # it ships no types

from campaignbot.model.campaign import Late
from campaignbot.model.delivery import Delivery, Receipt, State
from campaignbot.model.post import Post
from campaignbot.store.columns import Same, among
from campaignbot.store.schema import deliveries as table
from campaignbot.store.statements import Statement

#: How many keys one statement names: well below every database's limit.
CHUNK = 500
LAST = datetime.max.replace(tzinfo=UTC)

answered = func.coalesce(table.c.person, "") != ""
"""Whether a line is an answer to one person."""

_ALL = select(table)
_CITIES = Statement(select(table.c.city).distinct())
_ACCOUNTS = Statement(select(table.c.account).distinct())
_TROUBLED = Statement(
    select(table)
    .where(
        or_(
            (table.c.state == State.IN_DOUBT) & table.c.settle_at.is_(None),
            # that somebody cannot be answered, or not in time, is no trouble: their words were filed all the same
            (table.c.state == State.FAILED) & ~answered,
            (table.c.state == State.MISSED) & ~answered,
            (table.c.state == State.SENT) & table.c.reason.is_not(None),
            (table.c.state == State.HELD) & among(table.c.reason, "holds"),
        )
    )
    .order_by(table.c.state, table.c.since, table.c.key)
)
# > "": by the index of those who are answered
_ANSWERS = Statement(select(table).where(among(table.c.person, "people"), table.c.person > ""))
_state = table.c.state.concat("")  # not by the index by state: that leads through all that is WAITING
_UNANSWERED = Statement(
    select(table.c.key)
    .where(table.c.person > "", or_(*(_state == s for s in (State.WAITING, State.SENDING, State.IN_DOUBT))))
    .limit(1)
)
_KEYED = Statement(select(table).where(among(table.c.key, "keys")))


def deliveries(
    c: Connection, *, keys: Iterable[str] | None = None, states: Iterable[State] | None = None
) -> dict[str, Delivery]:
    """Deliveries by key, in the order of due and key, called ones last; all, or of some keys, or in some states."""
    wanted = State if states is None else set(states)
    if keys is None:
        asked = _ALL if states is None else _ALL.where(table.c.state.in_([str(state) for state in wanted]))
        found = [delivery(row) for row in c.execute(asked)]
    else:
        named = (delivery(row) for some in chunks(keys) for row in _KEYED.all(c, keys=some or ()))
        found = [one for one in named if one.state in wanted]
    found.sort(key=lambda one: (one.due or LAST, one.key))
    return {one.key: one for one in found}


def answers(c: Connection, people: Collection[str]) -> dict[str, Delivery]:
    """The answers to these people (keyed hashes), by person."""
    found = [delivery(row) for row in _ANSWERS.all(c, people=people)] if people else []
    return {one.post.person or "": one for one in found}


def unanswered(c: Connection) -> bool:
    """Whether any answer is on its way or waits to be."""
    return _UNANSWERED.first(c) is not None


def chunks(keys: Iterable[str] | None) -> Iterator[list[str] | None]:
    """Keys in pieces that one statement can name; a single None for "all"."""
    if keys is None:
        yield None
        return
    left = iter(keys)
    while some := list(itertools.islice(left, CHUNK)):
        yield some


def cities(c: Connection) -> set[str]:
    """Every city the ledger has a post of."""
    return set(_CITIES.firsts(c))


def accounts_known(c: Connection) -> set[str]:
    """Every account the ledger has a post of."""
    return set(_ACCOUNTS.firsts(c))


def counts(c: Connection) -> dict[State, int]:
    """How many deliveries stand in each state that has any."""
    rows = c.execute(select(table.c.state, func.count()).group_by(table.c.state))
    return {State(state): count for state, count in rows}


def upcoming(c: Connection, *, limit: int) -> list[Delivery]:
    """The next that are WAITING, in the order in which they will be looked at."""
    asked = select(table).where(table.c.state == State.WAITING, table.c.wake.is_not(None))
    return [delivery(row) for row in c.execute(asked.order_by(table.c.wake, table.c.key).limit(limit))]


def troubled(c: Connection, *, holds: Collection[str]) -> list[Delivery]:
    """What a person must decide: doubts that no further look will end, failures, what was missed, what was found
    twice, and what is HELD for one of these reasons. By state, the oldest first."""
    return [delivery(row) for row in _TROUBLED.all(c, holds=holds)]


def delivery(row: Sequence[Any]) -> Delivery:
    """The line of the ledger that a row is: of all its columns, in their order. Taken apart at once: a burst reads
    each post so, and to ask for its columns by name takes longer than the database takes to find it."""
    (
        key,
        slot,
        message,
        city,
        account,
        platform,
        zone,
        wall,
        _tzdata,
        due,
        until,
        _begin,
        grace,
        expiry,
        late,
        armed,
        called,
        ignores_quiet,
        state,
        reason,
        digest,
        since,
        _wake,
        _freed,
        attempts,
        _attempt,
        attempted,
        _owner,
        _seen_by,
        _looks,
        _absences,
        not_before,
        settle_at,
        receipt_id,
        receipt_url,
        receipt_at,
        person,
    ) = row
    campaign, _slot, _city, language, *_ = key.split("/")
    post = Post(
        campaign=campaign,
        slot=slot,
        message=message,
        city=city,
        language=language,
        account=account,
        platform=platform,
        zone=zone,
        wall=wall,
        due=None if called else due,  # a called one has no due of its own, even once it was called
        expires=expiry if grace is None else grace,
        late=Late(late),
        armed=armed,
        called=called,
        ignores_quiet=ignores_quiet,
        person=person,
    )
    return Delivery(
        post=post,
        state=State(state),
        reason=reason,
        digest=digest,
        due=due,
        until=until,
        since=since,
        attempts=attempts,
        attempted=attempted,
        not_before=not_before,
        settle_at=settle_at,
        receipt=None if receipt_id is None else Receipt(id=receipt_id, url=receipt_url, at=receipt_at),
    )


def of_posts(posts: Sequence[Post]) -> dict[str, Sequence[Any] | Same]:
    """The columns that posts fill, but for `until`, which a late approval may have set."""
    spans = [post.expires if isinstance(post.expires, timedelta) else None for post in posts]
    return {
        "slot": [post.slot for post in posts],
        "message": [post.message for post in posts],
        "city": [post.city for post in posts],
        "account": [post.account for post in posts],
        "platform": [post.platform for post in posts],
        "zone": [post.zone for post in posts],
        "wall": [post.wall for post in posts],
        "tzdata": Same(IANA_VERSION),
        "due": [post.due for post in posts],
        "grace": spans,
        "expiry": [post.expires if span is None else None for post, span in zip(posts, spans, strict=True)],
        "late": [post.late for post in posts],
        "armed": [post.armed for post in posts],
        "called": [post.called for post in posts],
        "ignores_quiet": [post.ignores_quiet for post in posts],
        "person": [post.person for post in posts],
    }


def of_post(post: Post) -> dict[str, Any]:
    """The columns that one post fills."""
    columns = of_posts([post])
    filled = {name: values.value if isinstance(values, Same) else values[0] for name, values in columns.items()}
    return filled | {"until": post.until}


def wake(
    state: State,
    *,
    due: datetime | None,
    until: datetime | None,
    not_before: datetime | None,
    settle_at: datetime | None,
) -> datetime | None:
    """The next instant at which a delivery must be looked at without anybody asking; None: never."""
    match state:
        case State.WAITING if due is not None and until is not None:
            return min(due if not_before is None else max(due, not_before), until)
        case State.HELD:
            return until
        case State.IN_DOUBT:
            return settle_at
        case _:
            return None
