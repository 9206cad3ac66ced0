"""A sender among several on one Postgres: what it does for an account, and the worker that does nothing else."""

import importlib
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType

from campaignbot import app as wiring
from campaignbot import platforms
from campaignbot.engines.events import Say, event, teller, troubled
from campaignbot.engines.ticks import Lanes
from campaignbot.engines.woken import Failed, Woken
from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.platforms.base import Platform
from campaignbot.settings import Settings
from campaignbot.stages import deliver
from campaignbot.store import database, ledger
from campaignbot.store.database import Database


def lanes(
    book: Database,
    connected: Callable[[], Mapping[str, Platform]],
    *,
    owner: str,
    emit: wiring.Emit,
    stopping: Callable[[], bool],
    before: Callable[[], bool],
) -> Lanes:
    """What this process is woken for, on the accounts that are connected at the time. `before` each look and each pass
    says whether anything may be sent."""

    def waiting() -> Collection[str]:
        return deliver.accounts_due(book, connected(), now=wiring.utc_now()) if before() else ()

    def send(accounts: list[str], woken: Woken) -> None:
        if not before():
            return
        there = connected()

        def spoken_on(accounts: list[str]) -> dict[str, Platform]:
            gone = [account for account in accounts if account not in there]
            woken.leave(gone)  # taken out of the files since they were woken
            return {account: there[account] for account in accounts if account in there}

        deliver.due(
            book,
            spoken_on(accounts),
            owner=owner,
            clock=wiring.utc_now,
            emit=emit,
            # a long pass must not speak for an account as it was before it was changed
            stopping=lambda: stopping() or connected() is not there,
            door=deliver.Door(come=lambda: spoken_on(woken.join()), leave=woken.leave),
        )

    def settle(accounts: list[str]) -> None:
        there = connected()
        mine = {account: there[account] for account in accounts if account in there}
        deliver.settle(book, mine, owner=owner, clock=wiring.utc_now, emit=emit)

    return Lanes(speaks=connected, waiting=waiting, send=send, settle=settle)


def waking(found: Settings, lanes_: Lanes, *, failed: Failed) -> AbstractContextManager[None]:
    """Wake the senders of all machines, this one too, until the block ends."""
    made: AbstractContextManager[None] = _engine().waking(found.ledger_url, lanes_, failed=failed)
    return made


def work(found: Settings, *, say: Say, stop: threading.Event) -> None:
    """Send what is due, until `stop`, on the accounts whose secrets are here. It needs no campaign folder: words,
    pictures and the accounts' settings are in the database, as the daemon keeps them.

    Where no daemon has ever run on the database, it waits for one. UserError where the database is no Postgres, or the
    secrets of none of its accounts are here.
    """
    if not wiring.shared(found):
        raise errors.UserError(
            "a worker needs a Postgres that several machines share; name it in CAMPAIGNBOT_DATABASE_URL "
            "(on one machine `campaignbot run` does all the work)"
        )
    _engine()
    with wiring.open_ledger(found) as book:
        hand = Hand(book=book, settings=found, say=say)
        hand.look()
        if not hand.known:
            say(event("waiting", wiring.utc_now(), detail="no account is known yet: start `campaignbot run --live`"))
            while not (hand.known or stop.wait(1)):
                hand.look()
        if hand.known and not hand.connected:
            raise errors.UserError(f"there is no account to speak on: {hand.lacks()}")
        emit, owner = teller(say), wiring.owner()
        deliver.recover(book, hand.connected, owner=owner, clock=wiring.utc_now, emit=emit)
        mine = lanes(book, lambda: hand.connected, owner=owner, emit=emit, stopping=stop.is_set, before=hand.look)
        say(event("ready", wiring.utc_now()))
        with waking(found, mine, failed=troubled(say)):
            stop.wait()


@dataclass(kw_only=True)
class Hand:
    """The accounts that a worker can speak on: those the daemon last kept, whose secrets are here."""

    book: Database
    settings: Settings
    say: Say
    known: list[Account] = field(default_factory=list)
    connected: dict[str, Platform] = field(default_factory=dict)
    looking: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> bool:
        """Take up accounts that are new or have changed; then all of them may speak."""
        with self.looking:
            with self.book.read() as c:
                known = ledger.accounts_kept(c)
            if known == self.known:
                return True
            connected = {}
            for account in known:
                if account in self.known and account.id in self.connected:
                    connected[account.id] = self.connected[account.id]
                elif not self._missing([account]):
                    secret = partial(self.settings.secret, account.id)
                    connected[account.id] = platforms.connect(account, secret, clock=wiring.utc_now)
            self.known, self.connected = known, connected
            if why := self.lacks():
                self.say(event("without", wiring.utc_now(), detail=why))
            return True

    def lacks(self) -> str | None:
        """Which secrets are not here, in words; None where all are."""
        missing = self._missing(self.known)
        return f"not spoken on here, for want of {', '.join(missing)}" if missing else None

    def _missing(self, accounts: Iterable[Account]) -> list[str]:
        return [name for account in accounts for name in wiring.missing_secrets(self.settings, account)]


def _engine() -> ModuleType:
    try:
        # imported where it is asked for: a machine of its own needs neither Postgres nor procrastinate
        return importlib.import_module("campaignbot.engines.postgres")
    except ImportError:
        raise errors.UserError(database.NO_POSTGRES) from None
