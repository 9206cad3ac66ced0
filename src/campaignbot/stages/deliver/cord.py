"""The stop cord: everything, a country, a city or an account, at once and until somebody lifts it."""

import difflib
from datetime import datetime

from campaignbot.model import errors
from campaignbot.store import ledger
from campaignbot.store.database import Connection, Database
from campaignbot.store.ledger import accounts


def stop(db: Database, scope: ledger.Scope, value: str, *, by: str, now: datetime) -> None:
    """Nothing in this scope is sent from this commit on; what has already left may still arrive. Pulling it again
    changes nothing. UserError where the ledger knows no such country, city or account."""
    with db.write() as c:
        value = _known(c, scope, value)
        accounts.stop(c, scope=scope, value=value, by=by, now=now)


def resume(db: Database, scope: ledger.Scope, value: str, *, by: str, now: datetime) -> None:
    """Lift exactly this stop; for an account also its pause after refused credentials. UserError where there is
    neither."""
    with db.write() as c:
        value = _known(c, scope, value)
        lifted = accounts.lift(c, scope=scope, value=value, by=by, now=now)
        if scope == "account" and accounts.unpause(c, value, by=by, now=now):
            lifted = True
        if lifted:
            return
        others = ", ".join(f"{one.scope} {one.value}".strip() for one in ledger.stops(c)) or "nothing"
        raise errors.UserError(f"{f'{scope} {value}'.strip()} is not stopped; what is: {others}")


def _known(c: Connection, scope: ledger.Scope, value: str) -> str:
    """The value as the ledger writes it."""
    places = ledger.places(c)
    known = {
        "world": {""},
        "country": set(places.values()),
        "city": set(places) | ledger.cities(c),
        "account": ledger.accounts_known(c),
    }[scope]
    for one in known:
        if one.casefold() == value.casefold():
            return one
    near = difflib.get_close_matches(value, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"it knows {', '.join(sorted(known)) or 'none yet'}"
    raise errors.UserError(f"the ledger knows no {scope} {value!r}; {hint}")
