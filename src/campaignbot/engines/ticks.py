"""The list of what is woken. Every engine runs the same list; each tick looks at the ledger and does what is due."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from campaignbot import alarms
from campaignbot.app import App
from campaignbot.engines.woken import Woken
from campaignbot.model.reply import Intent
from campaignbot.stages import deliver, keep, listen, watch

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """One thing that is woken again and again. `live_only`: it speaks to a network or to the campaign's own files."""

    name: str
    every: Callable[[App], timedelta]
    run: Callable[[App], None]
    live_only: bool = False
    lane: bool = False  #: where several machines share the work, it is woken by `Lanes`, account by account


@dataclass(frozen=True, kw_only=True, slots=True)
class Lanes:
    """The work that several machines share."""

    speaks: Callable[[], Collection[str]]  #: the accounts that this process can speak on
    waiting: Callable[[], Collection[str]]  #: those of them that have something to do now
    send: Callable[[list[str], Woken], None]  #: what is due on these, and on those that are woken while it lasts
    settle: Callable[[list[str]], None]  #: what is in doubt on these


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """What an organiser is told by a second road; `named` tells one from another."""

    named: tuple[str, str]
    title: str
    body: str


def due(app: App) -> None:
    """Send what is due; mark what is too late. Edited files first: what was reworded a moment ago must not go out, and
    nothing goes out while they are being written."""
    if not app.refresh(app):
        return
    with app.taking_up:  # not between new accounts and what their files make of the ledger
        platforms = app.platforms
    deliver.due(
        app.books.ledger,
        platforms,
        owner=app.owner,
        clock=app.clock,
        emit=app.emit,
        # a long pass must not speak for an account, or in words, as they were before an edit
        stopping=lambda: app.stop.is_set() or app.platforms is not platforms or app.editing,
    )


def answer(app: App) -> None:
    """Answer who asked, on the accounts that give answers."""
    if not app.refresh(app):
        return
    with app.taking_up:
        platforms = app.platforms
    books = app.books
    deliver.answer(
        books.ledger,
        books.people,
        platforms,
        owner=app.owner,
        clock=app.clock,
        emit=app.emit,
        stopping=lambda: app.stop.is_set() or app.platforms is not platforms or app.editing,
    )


def settle(app: App) -> None:
    """Look at the timelines for what is in doubt."""
    book = app.books.ledger
    deliver.settle(book, app.platforms, owner=app.owner, clock=app.clock, emit=app.emit, alone=book.alone)


def poll(app: App) -> list[listen.Heard]:
    """Read the replies of every account, and file them."""
    books = app.books
    heard = listen.poll(
        books.ledger, books.people, app.platforms, app.campaign, key=books.key, clock=app.clock, opinion=app.opinion
    )
    for account in heard:
        if account.error:
            log.warning("replies could not be read", extra={"account": account.account, "reason": account.error})
    if any(account.new for account in heard):
        app.books.agree(app.clock())
    if any(account.crisis for account in heard):
        tell(app, _crises(app))
    return heard


def purge(app: App) -> None:
    """Delete what may not be kept any longer, and finish what was deleted before."""
    app.books.agree(app.clock())
    done = keep.purge(app.books.people, app.campaign, by="daemon", now=app.clock())
    if done.texts or done.joiners or done.corrections:
        counted = {"texts": done.texts, "joiners": done.joiners, "corrections": done.corrections}
        log.info("deleted on time", extra=counted)
    if not done.finished:
        log.warning("what was deleted is not out of the file yet: another program reads it; tried again")


def files(app: App) -> None:
    """Take up edited files when they are valid; else the last good plan stays."""
    app.refresh(app)


def look(app: App) -> None:
    """Tell an organiser, by a second road, of each thing that needs a person: once, and again when it comes again."""
    found = _crises(app)
    for one in watch.attention(app.books.ledger, people=app.books.people, now=app.clock()):
        named = (one.kind, one.key or one.account or "")
        found.append(Alarm(named=named, title=f"{one.kind}: {named[1]}", body=one.fix))
    with app.alarming:
        app.alarmed &= {alarm.named for alarm in found}
    tell(app, found)


def tell(app: App, found: Sequence[Alarm]) -> None:
    """Send those alarms that nobody has had yet. Undelivered, after all were tried, where one reached nobody: that one
    is tried again at the next look."""
    lost: alarms.Undelivered | None = None
    with app.alarming:
        for alarm in found:
            if alarm.named in app.alarmed:
                continue
            try:
                app.alarm(alarm.title, alarm.body)
            except alarms.Undelivered as error:
                lost = error
            else:
                app.alarmed.add(alarm.named)
    if lost is not None:
        raise lost


def _crises(app: App) -> list[Alarm]:
    """An alarm a reply that may be a crisis and that nobody has read yet. It says where to look, never what it says."""
    return [
        Alarm(
            named=("crisis", str(reply.id)),
            title="A reply may be a crisis",
            body=f"Look at once: campaignbot replies --review (number {reply.id}, on {reply.account})",
        )
        for reply in keep.queue(app.books.people)
        if reply.reading.intent is Intent.CRISIS
    ]


def _poll(app: App) -> None:
    poll(app)


#: due is looked at each second: a post is at most that late by our doing, and a stop takes effect as fast
TICKS: tuple[Tick, ...] = (
    Tick(name="due", every=lambda _: timedelta(seconds=1), run=due, lane=True),
    Tick(name="settle", every=lambda _: timedelta(seconds=1), run=settle, lane=True),
    # here alone, where people are known: no other machine learns whom an answer goes to
    Tick(name="answer", every=lambda _: timedelta(seconds=1), run=answer, live_only=True),
    Tick(name="poll", every=lambda app: app.campaign.pacing.poll, run=_poll, live_only=True),
    Tick(name="files", every=lambda _: timedelta(seconds=1), run=files, live_only=True),
    Tick(name="watch", every=lambda _: timedelta(seconds=15), run=look, live_only=True),
    Tick(name="purge", every=lambda _: timedelta(minutes=10), run=purge, live_only=True),
)
