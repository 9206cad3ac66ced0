"""The list of what is woken. Every engine runs the same list; each tick looks at the ledger and does what is due."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from campaignbot.app import App
from campaignbot.stages import deliver, keep, listen, watch

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """One thing that is woken again and again. `live_only`: it speaks to a network or to the campaign's own files."""

    name: str
    every: Callable[[App], timedelta]
    run: Callable[[App], None]
    live_only: bool = False


def due(app: App) -> None:
    """Send what is due; mark what is too late. Edited files first: what was reworded a moment ago must not go out."""
    app.refresh(app)
    deliver.due(
        app.books.ledger,
        app.platforms,
        owner=app.owner,
        clock=app.clock,
        emit=app.emit,
        stopping=app.stop.is_set,
    )


def settle(app: App) -> None:
    """Look at the timelines for what is in doubt."""
    deliver.settle(app.books.ledger, app.platforms, owner=app.owner, clock=app.clock, emit=app.emit)


def poll(app: App) -> list[listen.Heard]:
    """Read the replies of every account, and file them."""
    books = app.books
    heard = listen.poll(books.ledger, books.people, app.platforms, app.campaign, key=books.key, clock=app.clock)
    for account in heard:
        if account.crisis:
            app.alarm("A reply may be a crisis", f"Look at once: campaignbot replies --review ({account.account})")
        if account.error:
            log.warning("replies could not be read", extra={"account": account.account, "reason": account.error})
    return heard


def expire(app: App) -> None:
    """Delete what may not be kept any longer."""
    keep.expire(app.books.people, app.campaign, now=app.clock())


def files(app: App) -> None:
    """Take up edited files when they are valid; else the last good plan stays."""
    app.refresh(app)


def look(app: App) -> None:
    """Tell an organiser, by a second road, of each thing that needs a person: once."""
    now = app.clock()
    for found in watch.attention(app.books.ledger, now=now):
        named = (found.kind, found.key or found.account or "")
        if named not in app.alarmed:
            app.alarmed[named] = now
            app.alarm(f"{found.kind}: {named[1]}", found.fix)


def _poll(app: App) -> None:
    poll(app)


#: due is looked at each second: a post is at most that late by our doing, and a stop takes effect as fast
TICKS: tuple[Tick, ...] = (
    Tick(name="due", every=lambda _: timedelta(seconds=1), run=due),
    Tick(name="settle", every=lambda _: timedelta(seconds=1), run=settle),
    Tick(name="poll", every=lambda app: app.campaign.pacing.poll, run=_poll, live_only=True),
    Tick(name="files", every=lambda _: timedelta(seconds=1), run=files, live_only=True),
    Tick(name="watch", every=lambda _: timedelta(seconds=15), run=look, live_only=True),
    Tick(name="expire", every=lambda _: timedelta(minutes=10), run=expire, live_only=True),
)
