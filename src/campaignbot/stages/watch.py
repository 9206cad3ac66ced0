"""What is out, what is next, and what needs a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from campaignbot.model.delivery import Delivery, Hold, State
from campaignbot.store import cursors, journal, ledger
from campaignbot.store.database import Connection, Database

Kind = Literal["stop", "paused", "in_doubt", "found_twice", "failed", "missed", "held", "crisis", "unread"]

#: How many of the posts to come `status` names.
NEXT = 5
#: A network that says there are replies has shown none for so long: something hides them from us.
HIDDEN = timedelta(hours=1)
#: Holds that somebody must decide; armed and called posts are held as planned.
UNPLANNED = (Hold.LATE, Hold.RENAMED, Hold.VOID)
READ_FIRST = "a reply may be a crisis; read it now: `campaignbot replies --review`"
FIXES = {
    Hold.LATE: "it is overdue: `campaignbot arm {key}` sends it now, `campaignbot cancel` or waiting lets it be",
    Hold.RENAMED: "an equal post stands under an older name: `campaignbot arm {key}` if this is another one",
    Hold.VOID: "its words or time changed after the approval: read and approve it again",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Attention:
    """One thing that only a person can decide."""

    kind: Kind
    key: str | None
    account: str | None
    since: datetime  #: UTC
    fix: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    counts: Mapping[str, int]  #: by state, every state named
    attention: tuple[Attention, ...]
    next: tuple[Delivery, ...]  #: the next to go out, in the order of due
    stops: tuple[ledger.Stop, ...]
    accounts: tuple[ledger.Standing, ...]  #: every account of the ledger
    waiting: Mapping[str, int] = field(default_factory=dict)  #: replies that wait for a person, as the caller counted
    replies: Mapping[str, cursors.Counted] = field(default_factory=dict)  #: by account, where any was ever asked for

    def replies_to(self, account: str) -> cursors.Counted:
        """The replies of one account, in numbers."""
        return self.replies.get(account, cursors.Counted(account=account, claimed=None, read=0, unread=None))


def status(
    db: Database,
    *,
    people: Database,
    now: datetime,
    waiting: Mapping[str, int] | None = None,
    crisis: datetime | None = None,
) -> Status:
    """How the campaign stands, at one moment. `crisis`: since when (UTC) the oldest reply that may be one waits."""
    first = () if crisis is None else (Attention(kind="crisis", key=None, account=None, since=crisis, fix=READ_FIRST),)
    with people.read() as c:
        replies = {one.account: one for one in cursors.counted(c)}
    hidden = _hidden(replies.values(), now=now)
    with db.read() as c:
        counted = ledger.counts(c)
        known = ledger.standings(c)
        names = sorted(ledger.accounts_known(c) | set(known))
        return Status(
            counts={str(state): counted.get(state, 0) for state in State},
            attention=(*first, *_attention(c, now=now), *hidden),
            next=tuple(ledger.upcoming(c, limit=NEXT)),
            stops=tuple(ledger.stops(c)),
            accounts=tuple(known.get(name, ledger.Standing(account=name)) for name in names),
            waiting=dict(waiting or {}),
            replies=replies,
        )


def deliveries(db: Database) -> list[Delivery]:
    """The ledger, in the order of due and key; called posts not yet called last."""
    with db.read() as c:
        return list(ledger.deliveries(c).values())


def journals(book: Database, people: Database) -> list[journal.Chain]:
    """Every chain of both books, under the book's name and its own; and whether each post stands where its moves in
    the journal have brought it."""
    with book.read() as c:
        chains = journal.verified(c)
        astray = {} if any(chain.fault for chain in chains) else ledger.astray(c)
    with people.read() as c:
        decisions = journal.verified(c)
    missing = [
        journal.Chain(name=name, pages=0, lines=0, fault=None) for name in astray.keys() - {n.name for n in chains}
    ]
    told = [replace(chain, fault=chain.fault or astray.get(chain.name)) for chain in (*chains, *missing)]
    return [
        *(replace(chain, name=f"ledger/{chain.name}") for chain in told),
        *(replace(chain, name=f"people/{chain.name}") for chain in decisions),
    ]


def attention(db: Database, *, people: Database, now: datetime) -> list[Attention]:
    """What needs a person, the oldest first within each kind."""
    with people.read() as c:
        hidden = _hidden(cursors.counted(c), now=now)
    with db.read() as c:
        return [*_attention(c, now=now), *hidden]


def _hidden(counted: Iterable[cursors.Counted], *, now: datetime) -> list[Attention]:
    """Accounts whose network says that there are replies, while we have long read none."""
    return [
        Attention(
            kind="unread",
            key=None,
            account=one.account,
            since=one.unread,
            fix=f"its network counts {one.claimed} replies and shows us none: read them on the account itself, and see "
            "what `campaignbot doctor` says of its rights",
        )
        for one in counted
        if one.unread is not None and now - one.unread > HIDDEN
    ]


def _attention(c: Connection, *, now: datetime) -> list[Attention]:
    found = []
    for stop in ledger.stops(c):
        option = "" if stop.scope == "world" else f" --{stop.scope} {stop.value}"
        fix = f"{stop.by} stopped {stop.value or 'everything'}: `campaignbot resume{option}` lifts it"
        account = stop.value if stop.scope == "account" else None
        found.append(Attention(kind="stop", key=None, account=account, since=stop.at, fix=fix))
    for standing in ledger.standings(c).values():
        if standing.paused is not None:
            fix = f"{standing.paused}: mend it, then `campaignbot resume --account {standing.account}`"
            since = standing.paused_at or now
            found.append(Attention(kind="paused", key=None, account=standing.account, since=since, fix=fix))
    for one in ledger.troubled(c, holds=UNPLANNED):
        found.append(_of(one))
    return found


def _of(one: Delivery) -> Attention:
    kind, fix = _kind(one)
    return Attention(kind=kind, key=one.key, account=one.post.account, since=one.since, fix=fix)


def _kind(one: Delivery) -> tuple[Kind, str]:
    key, why = one.key, one.reason
    match one.state:
        case State.IN_DOUBT:
            return "in_doubt", (
                f"{why}: look at the account, then `campaignbot settle {key}` with --sent URL, --not-sent or --drop"
            )
        case State.FAILED:
            return "failed", f"{why}: `campaignbot retry {key}` tries it again"
        case State.MISSED:
            return "missed", f"{why}: `campaignbot approve {key}=DIGEST --late` sends it after all"
        case State.SENT:
            return "found_twice", f"{why}"
        case _:
            return "held", FIXES[Hold(why or Hold.VOID)].format(key=key)
