"""Writing to the ledger: every move is one of model.delivery.MOVES, a compare-and-swap, and journalled with it."""

import functools
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from campaignbot.model.bulk import uncollected
from campaignbot.model.delivery import MOVES, Receipt, State
from campaignbot.model.post import Post
from campaignbot.store import journal
from campaignbot.store.columns import Same, pour
from campaignbot.store.ledger import rows
from campaignbot.store.schema import deliveries as table
from campaignbot.store.statements import Statement

_ONE = select(table).where(table.c.key == bindparam("its_key"))
_STANDING = Statement(
    select(table.c.account, table.c.state, table.c.attempt, table.c.due, table.c.until).where(
        table.c.key == bindparam("its_key")
    )
)
_AS_IT_STOOD = (table.c.key == bindparam("its_key")) & (table.c.state == bindparam("its_state"))


class New(NamedTuple):
    """A post that comes into the ledger."""

    post: Post
    state: State
    reason: str | None
    digest: str | None
    not_before: datetime | None = None
    until: datetime | None = None  #: None: the post's own


def add(
    c: Connection,
    *,
    post: Post,
    state: State,
    reason: str | None,
    digest: str | None,
    by: str,
    now: datetime,
    not_before: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Bring a post into the ledger, journalled. A key that is already there raises (a bug of the caller)."""
    new = New(post=post, state=state, reason=reason, digest=digest, not_before=not_before, until=until)
    add_all(c, [new], by=by, now=now)


@uncollected()
def add_all(c: Connection, many: Iterable[New], *, by: str, now: datetime) -> None:
    """`add`, for many at once."""
    said = list(many)
    news = sorted(said, key=_key)
    for state in {new.state for new in news}:
        _legal(None, state)
    times = _times(news)
    columns: dict[str, Sequence[Any] | Same] = {
        **rows.of_posts([new.post for new in news]),
        "key": [new.post.key for new in news],
        "state": [new.state for new in news],
        "reason": [new.reason for new in news],
        "digest": [new.digest for new in news],
        "until": [until for until, _, _ in times],
        "begin": [begin for _, begin, _ in times],
        "wake": [wake for _, _, wake in times],
        "not_before": [new.not_before for new in news],
        "since": Same(now),
    }
    pour(c, table, columns)
    journal.add_all(c, (_entered(new, by=by) for new in said), now=now)


def _key(new: New) -> str:
    return new.post.key


def _times(news: Iterable[New]) -> list[tuple[datetime | None, datetime | None, datetime | None]]:
    """Each one's until, begin and wake; posts that share their times share these."""
    known: dict[object, tuple[datetime | None, datetime | None, datetime | None]] = {}
    found = []
    for new in news:
        post = new.post
        same = (new.state, post.due, post.expires, new.until, new.not_before)
        times = known.get(same)
        if times is None:
            until = new.until or post.until
            wake = rows.wake(new.state, due=post.due, until=until, not_before=new.not_before, settle_at=None)
            times = known[same] = (until, _begin(post.due, new.not_before), wake)
        found.append(times)
    return found


def _entered(new: New, *, by: str) -> journal.Line:
    # as `line` writes it; a call less, fifty thousand times
    entry: dict[str, journal.JSON] = {"key": new.post.key, "from": None, "to": new.state, "by": by}
    if new.reason is not None:
        entry["why"] = new.reason
    if new.digest is not None:
        entry["digest"] = new.digest
    return journal.account(new.post.account), entry


def move(
    c: Connection,
    key: str,
    *,
    sources: Collection[State],
    to: State,
    by: str,
    now: datetime,
    reason: str | None = None,
    post: Post | None = None,
    digest: str | None = None,
    due: datetime | None = None,
    until: datetime | None = None,
    not_before: datetime | None = None,
    settle_at: datetime | None = None,
    receipt: Receipt | None = None,
    attempt: str | None = None,
    freed: bool = False,
    absences: int | None = None,
) -> bool:
    """Move one delivery, journalled; False, and nothing changed, when it stood in none of the sources (or, with
    `attempt`, when its last attempt is another).

    `post` brings new times, `digest` new words, `due` and `until` override the post's. `reason`, `not_before` and
    `settle_at` belong to the new state: what is not given is cleared. `freed`: a person wants it sent, so its `late`
    no longer applies; a move to HELD or a new post forgets that.
    """
    for source in sources:
        _legal(source, to)
    standing = _standing(c, key, sources=sources, attempt=attempt)
    if standing is None:
        return False
    account, state, its_due, its_until = standing
    change: dict[str, Any] = {} if post is None else rows.of_post(post)
    change["due"] = due or change.get("due", its_due)
    change["until"] = until or change.get("until", its_until)
    if digest is not None:
        change["digest"] = digest
    if receipt is not None:
        change |= {"receipt_id": receipt.id, "receipt_url": receipt.url, "receipt_at": receipt.at}
    if freed or post is not None or to is State.HELD:
        change["freed"] = freed
    if to in (State.WAITING, State.HELD):
        change["begin"] = _begin(change["due"], not_before)
    if absences is not None:
        change["absences"] = absences
    change |= {
        "looks": 0,
        "state": str(to),
        "reason": reason,
        "since": now,
        "not_before": not_before,
        "settle_at": settle_at,
        "wake": rows.wake(to, due=change["due"], until=change["until"], not_before=not_before, settle_at=settle_at),
    }
    if _swap(tuple(change)).run(c, its_key=key, its_state=state, **change) != 1:
        return False
    chain, entry = line(
        key, account=account if post is None else post.account, source=state, to=to, by=by, reason=reason
    )
    if digest is not None:
        entry["digest"] = digest
    journal.add(c, chain=chain, entry=entry, now=now)
    return True


def _standing(
    c: Connection, key: str, *, sources: Collection[State], attempt: str | None
) -> tuple[str, State, datetime | None, datetime | None] | None:
    """The account, state, due and until of a delivery that stands in one of these states, and whose last attempt this
    is, where one is named."""
    for account, state, its_attempt, due, until in _STANDING.all(c, its_key=key):
        if state in sources and attempt in (None, its_attempt):
            return account, State(state), due, until
    return None


def retime(c: Connection, post: Post, *, by: str, now: datetime) -> None:
    """New times for a HELD or WAITING delivery, which stays where it is; any other is left alone. Journalled."""
    row = c.execute(_ONE, {"its_key": post.key}).one_or_none()
    if row is None or row.state not in (State.HELD, State.WAITING):
        return
    change = rows.of_post(post)
    if post.called:
        change |= {"due": row.due, "until": row.until}
    change["begin"] = _begin(change["due"], row.not_before)
    change["wake"] = rows.wake(
        State(row.state), due=change["due"], until=change["until"], not_before=row.not_before, settle_at=None
    )
    if all(row._mapping[name] == value for name, value in change.items()):
        return
    _swap(tuple(change)).run(c, its_key=post.key, its_state=row.state, **change)
    entry: dict[str, journal.JSON] = {"what": "retime", "key": post.key, "by": by}
    entry["due"] = None if change["due"] is None else change["due"].isoformat()
    journal.add(c, chain=journal.account(post.account), entry=entry, now=now)


def astray(c: Connection) -> dict[str, str]:
    """By chain, in words: a post that stands elsewhere than its last move in the journal brought it. The chains
    themselves have to hold."""
    stands: dict[str, tuple[str, str]] = {}
    for chain in journal.chains(c):
        for line in journal.read(c, chain):
            if "to" in line.entry:
                stands[str(line.entry["key"])] = (chain, str(line.entry["to"]))
    found: dict[str, str] = {}
    for row in c.execute(select(table.c.key, table.c.account, table.c.state).order_by(table.c.key)):
        chain, state = stands.pop(row.key, (journal.account(row.account), "nowhere"))
        if state != row.state:
            found.setdefault(chain, f"{row.key} is {row.state} in the ledger and {state} in the journal")
    for key, (chain, state) in sorted(stands.items()):
        found.setdefault(chain, f"{key} is nowhere in the ledger and {state} in the journal")
    return found


@functools.lru_cache(maxsize=64)  # building it costs more than running it
def _swap(columns: tuple[str, ...]) -> Statement:
    """One delivery changed in these columns, if it still stands where it stood."""
    return Statement(
        update(table).where(_AS_IT_STOOD).values({name: bindparam(name, type_=table.c[name].type) for name in columns})
    )


def line(
    key: str, *, account: str, source: State | None, to: State, by: str, reason: str | None
) -> tuple[str, dict[str, journal.JSON]]:
    """A move, as it stands in the journal: its chain and its words."""
    entry: dict[str, journal.JSON] = {"key": key, "from": source and str(source), "to": str(to), "by": by}
    if reason is not None:
        entry["why"] = reason
    return journal.account(account), entry


def _begin(due: datetime | None, not_before: datetime | None) -> datetime | None:
    return due if due is None or not_before is None else max(due, not_before)


def _legal(source: State | None, to: State) -> None:
    if (source, to) not in MOVES:
        raise ValueError(f"the ledger has no move from {source} to {to}")
