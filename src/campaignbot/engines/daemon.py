"""The daemon: what it makes sure of before it starts, what it says, and when it has nothing left to do."""

import threading
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from enum import Enum

from campaignbot import app as wiring
from campaignbot.app import App, Books
from campaignbot.engines import local, ticks, worker
from campaignbot.engines.events import Say, event, teller, troubled
from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.model.delivery import Delivery, Hold, State
from campaignbot.settings import Settings
from campaignbot.stages import deliver, load, review
from campaignbot.store import drafts, ledger

#: How often a stand-by looks whether the daemon still runs.
STANDBY_SECONDS = 0.5
DRY = "dry run"
#: States of a plan's row that no clock sends any more.
DONE = (State.SENDING, State.SENT, State.IN_DOUBT, State.CANCELLED, State.FAILED, State.MISSED, "SKIPPED")


class Ended(Enum):
    """How a daemon ended."""

    ASKED = "asked to stop"
    DRAINED = "nothing left to do"
    NEEDS_PERSON = "nothing left to do but what a person must decide"


def live(found: Settings, *, say: Say, drain: bool, stop: threading.Event, standby: bool = False) -> Ended:
    """Post for real until `stop` is set or, with `drain`, until nothing is left to do.

    UserError when the files are wrong, a secret or a key is missing, nothing is approved, or another one runs here; as
    a `standby`, wait for that one's end instead.
    """
    _sealable(wiring.read_campaign(found, now=wiring.utc_now()))
    with ExitStack() as stack:
        if not _alone(stack, found, say=say, stop=stop, standby=standby):
            return Ended.ASKED
        books = stack.enter_context(wiring.open_books(found))
        _approved(books)
        while not load.at_rest(found.folder, now=wiring.utc_now()):  # somebody may be writing them
            if stop.wait(load.REST / 4):
                return Ended.ASKED
        # before they are read: an edit in between is then taken up, not lost; as they are now, after a long wait
        seen = load.fingerprint(found.folder)
        campaign = wiring.read_campaign(found, now=wiring.utc_now())
        app = App(
            settings=found,
            campaign=campaign,
            books=books,
            platforms=wiring.connect(campaign, found),
            owner=wiring.owner(),
            clock=wiring.utc_now,
            emit=teller(say),
            tell=lambda name, detail: say(event(name, wiring.utc_now(), detail=detail)),
            alarm=wiring.alarm_sender(campaign, found),
            refresh=wiring.reload,
            stop=stop,
            files=load.Watched(folder=found.folder, taken=seen),
        )
        second_opinion(app)
        changes = wiring.take_up(app)
        say(event("ready", app.clock()))
        wiring.tell(app, changes)
        deliver.recover(books.ledger, app.platforms, owner=app.owner, clock=app.clock, emit=app.emit)
        return _run(app, ticks.TICKS, say=say, drain=drain)


def second_opinion(app: App) -> None:
    """Hear the optional model on replies. A model of no use is said, and is no reason to post nothing."""
    try:
        app.opinion = wiring.opinion(app.settings)
    except errors.UserError as error:
        app.tell("without_model", error.message)


def _alone(stack: ExitStack, found: Settings, *, say: Say, stop: threading.Event, standby: bool) -> bool:
    """Be the one daemon for as long as the stack is open; False where a stand-by was asked to stop before it was."""
    told = False
    while True:
        try:
            stack.enter_context(wiring.exclusive(found))
        except errors.Taken as error:
            if not standby:
                raise
            if not told:
                say(event("standby", wiring.utc_now(), detail=error.message))
            told = True
        else:
            return True
        if stop.wait(STANDBY_SECONDS):
            return False


def dry(found: Settings, *, say: Say, drain: bool, stop: threading.Event) -> Ended:
    """The same schedule in a ledger of its own, in memory; nothing leaves, the live ledger is only read."""
    campaign = wiring.read_campaign(found, now=wiring.utc_now())
    now = wiring.utc_now()
    rows = wiring.rows(campaign, found, now=now)
    with wiring.dry_books() as books:
        states = {row.draft.key: row.state for row in rows}
        app = App(
            settings=found,
            campaign=campaign,
            books=books,
            platforms=wiring.connect_dry(campaign),
            owner=wiring.owner(),
            clock=wiring.utc_now,
            emit=_dry_teller(say, states),
            tell=lambda name, detail: say(event(name, wiring.utc_now(), detail=detail)),
            alarm=lambda title, body: None,
            stop=stop,
        )
        wiring.keep_settings(app, approvals=1)
        say(event("ready", now))
        for row in rows:
            _rehearse_row(books, row, now=now, say=say)
        return _run(app, [tick for tick in ticks.TICKS if not tick.live_only], say=say, drain=drain)


def _run(app: App, chosen: Iterable[ticks.Tick], *, say: Say, drain: bool) -> Ended:
    failed = troubled(say)
    with ExitStack() as stack:
        if not app.books.ledger.alone:
            stack.enter_context(worker.waking(app.settings, _lanes(app), failed=failed))
            chosen = [tick for tick in chosen if not tick.lane]
        local.run(app, list(chosen), ended=lambda: drain and drained(app.books), stop=app.stop, failed=failed)
    if not drain or not drained(app.books):
        return Ended.ASKED
    return Ended.NEEDS_PERSON if _in_doubt(app.books) else Ended.DRAINED


def _lanes(app: App) -> ticks.Lanes:
    return worker.lanes(
        app.books.ledger,
        lambda: app.platforms,
        owner=app.owner,
        emit=app.emit,
        stopping=lambda: app.stop.is_set() or app.editing,
        before=lambda: app.refresh(app),
    )


def drained(books: Books) -> bool:
    """Whether nothing is WAITING or SENDING, and what is IN_DOUBT waits only for a person."""
    with books.ledger.read() as c:
        counts = ledger.counts(c)
        if counts.get(State.WAITING) or counts.get(State.SENDING):
            return False
        doubts = ledger.deliveries(c, states=(State.IN_DOUBT,))
    return all(doubt.settle_at is None for doubt in doubts.values())


def _in_doubt(books: Books) -> bool:
    with books.ledger.read() as c:
        return bool(ledger.deliveries(c, states=(State.IN_DOUBT,)))


def _sealable(campaign: Campaign) -> None:
    without = [city.name for city in campaign.cities.values() if not (campaign.recipients or city.recipients)]
    if without:
        raise errors.UserError(
            f"no recipient key is set for {', '.join(without)}: nobody could open who wants to join; make one with "
            "`campaignbot keys new --out FILE` and put its public key under campaign: recipients"
        )


def _approved(books: Books) -> None:
    with books.ledger.read() as c:
        if not drafts.approvals(c):
            raise errors.UserError(
                "nothing is approved, so nothing would be said; look at `campaignbot preview` or `packet`, "
                "then `campaignbot approve`"
            )


def _rehearse_row(books: Books, row: review.Row, *, now: datetime, say: Say) -> None:
    post = row.draft.post
    told = event("planned", now, key=post.key, state=row.state, due=post.due, text=row.draft.text)
    if post.called:
        say(told | {"event": "not_called"})
    elif row.state in DONE:
        say(told | {"event": row.state.lower()})
    elif post.armed and row.state != State.WAITING:
        say(told | {"event": "armed"})
    else:
        # an unready draft has no digest: here it is shown with its gaps, and the mark of its row
        shown = replace(row.draft, missing=())
        with books.ledger.write() as c:
            drafts.keep(c, shown, now=now)
            drafts.approve(c, key=post.key, digest=shown.digest or "", by=DRY, now=now)
            ledger.add(c, post=post, state=State.WAITING, reason=None, digest=shown.digest, by=DRY, now=now)


def _dry_teller(say: Say, states: dict[str, str]) -> wiring.Emit:
    def emit(delivery: Delivery, text: str | None) -> None:
        if delivery.state is State.SENT:
            name = "would_send"
        elif delivery.state is State.MISSED or delivery.reason == Hold.LATE:
            name = delivery.state.lower()
        else:
            return
        say(event(name, wiring.utc_now(), key=delivery.key, state=states[delivery.key], due=delivery.due, text=text))

    return emit
