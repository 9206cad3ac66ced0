"""The daemon: what it makes sure of before it starts, what it says, and when it has nothing left to do."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from campaignbot import app as wiring
from campaignbot.app import App, Books
from campaignbot.engines import local, ticks
from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.model.delivery import Delivery, Hold, State
from campaignbot.settings import Settings
from campaignbot.stages import deliver, load, review
from campaignbot.store import drafts, ledger

log = logging.getLogger(__name__)

Event = dict[str, Any]
Say = Callable[[Event], None]
DRY = "dry run"
#: States of a plan's row that no clock sends any more.
DONE = (State.SENDING, State.SENT, State.IN_DOUBT, State.CANCELLED, State.FAILED, State.MISSED, "SKIPPED")


class Ended(Enum):
    """How a daemon ended."""

    ASKED = "asked to stop"
    DRAINED = "nothing left to do"
    NEEDS_PERSON = "nothing left to do but what a person must decide"


def live(found: Settings, *, say: Say, drain: bool, stop: threading.Event) -> Ended:
    """Post for real until `stop` is set or, with `drain`, until nothing is left to do.

    UserError when the files are wrong, a secret or a key is missing, nothing is approved, or another one runs here.
    """
    seen = load.fingerprint(found.folder)  # before they are read: an edit in between is then taken up, not lost
    campaign = wiring.read_campaign(found, now=wiring.utc_now())
    _sealable(campaign)
    with wiring.exclusive(found), wiring.open_books(found) as books:
        _approved(books)
        app = App(
            settings=found,
            campaign=campaign,
            books=books,
            platforms=wiring.connect(campaign, found),
            owner=wiring.owner(),
            clock=wiring.utc_now,
            emit=_teller(say, wiring.utc_now),
            tell=lambda event, detail: say(_event(event, wiring.utc_now(), detail=detail)),
            alarm=wiring.alarm_sender(campaign, found),
            refresh=wiring.reload,
            stop=stop,
            seen_files=seen,
        )
        changes = wiring.take_up(app)
        say(_event("ready", app.clock()))
        wiring.tell(app, changes)
        deliver.recover(books.ledger, app.platforms, owner=app.owner, clock=app.clock, emit=app.emit)
        return _run(app, ticks.TICKS, say=say, drain=drain)


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
            tell=lambda event, detail: say(_event(event, wiring.utc_now(), detail=detail)),
            alarm=lambda title, body: None,
            stop=stop,
        )
        wiring.keep_settings(app, approvals=1)
        say(_event("ready", now))
        for row in rows:
            _rehearse_row(books, row, now=now, say=say)
        return _run(app, [tick for tick in ticks.TICKS if not tick.live_only], say=say, drain=drain)


def _run(app: App, chosen: Iterable[ticks.Tick], *, say: Say, drain: bool) -> Ended:
    def failed(tick: str, error: Exception) -> None:
        # the type alone: a message could carry what a platform or a person said
        reason = error.message if isinstance(error, errors.UserError) else type(error).__name__
        log.error("a tick failed", extra={"tick": tick, "reason": reason})
        say(_event("trouble", app.clock(), detail=f"{tick}: {reason}"))

    local.run(app, list(chosen), ended=lambda: drain and drained(app.books), stop=app.stop, failed=failed)
    if not drain or not drained(app.books):
        return Ended.ASKED
    return Ended.NEEDS_PERSON if _in_doubt(app.books) else Ended.DRAINED


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
    told = _event("planned", now, key=post.key, state=row.state, due=post.due, text=row.draft.text)
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


def _teller(say: Say, clock: wiring.Clock) -> wiring.Emit:
    def emit(delivery: Delivery, text: str | None) -> None:
        say(
            _event(delivery.state.lower(), clock(), key=delivery.key, state=delivery.state, due=delivery.due, text=text)
        )

    return emit


def _dry_teller(say: Say, states: dict[str, str]) -> wiring.Emit:
    def emit(delivery: Delivery, text: str | None) -> None:
        if delivery.state is State.SENT:
            name = "would_send"
        elif delivery.state is State.MISSED or delivery.reason == Hold.LATE:
            name = delivery.state.lower()
        else:
            return
        say(_event(name, wiring.utc_now(), key=delivery.key, state=states[delivery.key], due=delivery.due, text=text))

    return emit


def _event(
    name: str,
    at: datetime,
    *,
    key: str | None = None,
    state: str | None = None,
    due: datetime | None = None,
    text: str | None = None,
    detail: str | None = None,
) -> Event:
    said: Event = {
        "event": name,
        "at_utc": _utc(at),
        "key": key,
        "state": state,
        "due_utc": _utc(due) if due else None,
        "text": text,
    }
    return said | ({"detail": detail} if detail else {})


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
