"""What a sender must know of the campaign folder without having it: pacing, places, accounts, approvals asked; and
which posts the plan has ever shown us."""

import functools
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from campaignbot.model.campaign import Account, Pacing
from campaignbot.store import journal
from campaignbot.store.columns import MICROSECOND, insert_once, pour
from campaignbot.store.ledger.rows import chunks
from campaignbot.store.schema import kept
from campaignbot.store.schema import seen as seen_table
from campaignbot.store.statements import Statement

#: Until a campaign says otherwise: nothing is held back, and a doubt is looked into after five minutes.
OPEN = Pacing(
    quiet=None,
    spacing=timedelta(0),
    per_account_per_day=1_000_000,
    duplicate_window=timedelta(0),
    settle=timedelta(minutes=5),
    poll=timedelta(minutes=3),
)


_READ = Statement(select(kept.c.json).where(kept.c.name == bindparam("name")))
_FORGET_STARTS = Statement(delete(kept).where(kept.c.name.startswith("start/")))


def keep_pacing(c: Connection, pacing: Pacing) -> None:
    """Keep the file's `limits` for the senders; the last one kept is obeyed at once."""
    quiet = None if pacing.quiet is None else [at.isoformat() for at in pacing.quiet]
    spans = {
        "spacing": pacing.spacing,
        "duplicate_window": pacing.duplicate_window,
        "settle": pacing.settle,
        "poll": pacing.poll,
    }
    said: dict[str, journal.JSON] = {name: span // MICROSECOND for name, span in spans.items()}
    keep(c, "pacing", {**said, "quiet": quiet, "per_account_per_day": pacing.per_account_per_day})


def pacing(c: Connection) -> Pacing:
    said = read(c, "pacing")
    if said is None:
        return OPEN
    quiet = said["quiet"]
    return Pacing(
        quiet=None if quiet is None else (time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])),
        per_account_per_day=said["per_account_per_day"],
        **{name: said[name] * MICROSECOND for name in ("spacing", "duplicate_window", "settle", "poll")},
    )


def keep_places(c: Connection, countries: Mapping[str, str]) -> None:
    """Keep the country (ISO 3166-1 alpha-2) of each city id, so that a country can be stopped."""
    keep(c, "places", dict(countries))


def places(c: Connection) -> dict[str, str]:
    return read(c, "places") or {}


def keep_accounts(c: Connection, accounts: Iterable[Account]) -> None:
    """Keep the settings of the accounts that speak, for a sender that has their secrets and no files."""
    keep(c, "accounts", [written(account) for account in accounts])


def accounts_kept(c: Connection) -> list[Account]:
    """The accounts that speak, as last kept."""
    return [account(text) for text in read(c, "accounts") or []]


def written(account: Account) -> str:
    """An account's settings, as JSON."""
    said = {
        "id": account.id,
        "platform": account.platform,
        "handle": account.handle,
        "page": account.page,
        "base_url": account.base_url,
        "budget_usd": None if account.budget_usd is None else str(account.budget_usd),
        "answers": account.answers,
    }
    return json.dumps({name: value for name, value in said.items() if value})


@functools.lru_cache(maxsize=256)  # a burst reads the same few accounts for every post
def account(written: str) -> Account:
    """The account whose settings were `written`."""
    said = json.loads(written)
    budget = said.pop("budget_usd", None)
    return Account(**said, budget_usd=None if budget is None else Decimal(budget))


def keep_approvals(c: Connection, asked: int) -> None:
    """Keep how many different organisers must have said yes before anything is sent; 0 for a dry run alone."""
    keep(c, "approvals", asked)


def approvals_asked(c: Connection) -> int:
    asked: int | None = read(c, "approvals")
    return 1 if asked is None else asked


def see(c: Connection, keys: Iterable[str], now: datetime) -> None:
    """Remember when the plan first showed each key; a key seen before keeps its first moment."""
    rows = [{"key": key, "first_at": now} for key in keys]
    if rows:
        c.execute(insert_once(seen_table), rows)


def seen(c: Connection, keys: Iterable[str] | None = None) -> dict[str, datetime]:
    """When each key was first seen (UTC); of some keys, or of all."""
    found: dict[str, datetime] = {}
    asked = select(seen_table.c.key, seen_table.c.first_at)
    for some in chunks(keys):
        rows = c.execute(asked if some is None else asked.where(seen_table.c.key.in_(some)))
        found |= {row.key: row.first_at for row in rows}
    return found


def start(c: Connection, owner: str, *, now: datetime) -> None:
    """This owner starts now, whatever it did under the same name before."""
    keep(c, f"start/{owner}", now.isoformat())


def started(c: Connection, owner: str, *, now: datetime) -> datetime:
    """When this owner last started; now, if it never said."""
    said: str | None = read(c, f"start/{owner}")
    if said is None:
        start(c, owner, now=now)
        return now
    return datetime.fromisoformat(said)


def forget_starts(c: Connection) -> None:
    """Forget every start; only where all who started are known to be dead."""
    _FORGET_STARTS.run(c)


def keep(c: Connection, name: str, value: journal.JSON) -> None:
    """Keep one named value, in place of the one before."""
    pour(c, kept, {"name": [name], "json": [json.dumps(value)]}, over="name")


def read(c: Connection, name: str) -> Any:
    """A named value; None where none is kept."""
    text = _READ.first(c, name=name)
    return None if text is None else json.loads(text)
