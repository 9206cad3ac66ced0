"""An App on databases in memory, its platforms given, and everything it says written down."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import made
from campaignbot import alarms, app, settings
from campaignbot.app import App
from campaignbot.model.campaign import Campaign
from campaignbot.model.delivery import State
from campaignbot.platforms import base
from campaignbot.store import ledger


class Organiser:
    """Who is reached by a second road. Each alarm is heard, or fails while the road is `cut`."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.cut: Callable[[str], bool] = lambda title: False

    def __call__(self, title: str, body: str) -> None:
        if self.cut(title):
            raise alarms.Undelivered("nobody there")
        self.heard.append((title, body))


@contextmanager
def wired(
    folder: Path,
    *,
    campaign: Campaign | None = None,
    platforms: Mapping[str, base.Platform] | None = None,
    organiser: Organiser | None = None,
) -> Iterator[tuple[App, list[tuple[str, str]]]]:
    """The App, and what it tells as (event, detail)."""
    told: list[tuple[str, str]] = []
    with app.dry_books() as books:
        yield (
            App(
                settings=settings.read({}, folder=folder),
                campaign=campaign or made.campaign(),
                books=books,
                platforms=platforms or {},
                owner="test",
                clock=app.utc_now,
                emit=lambda delivery, text: None,
                tell=lambda event, detail: told.append((event, detail)),
                alarm=organiser or Organiser(),
            ),
            told,
        )


def stands(app: App, state: State | None, *, slot: str = "morning", reason: str | None = None) -> str:
    """A post in this state; its key."""
    post = made.post(slot=slot)
    with app.books.ledger.write() as c:
        ledger.add(c, post=post, state=State.WAITING, reason=None, digest="0" * 64, by="test", now=made.NOON)
        for to in (State.SENDING, state) if state is not None else ():
            was = State.WAITING if to is State.SENDING else State.SENDING
            why = reason if to is state else None
            assert ledger.move(c, post.key, sources={was}, to=to, by="test", now=made.NOON, reason=why)
    return post.key
