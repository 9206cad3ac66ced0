"""facebook-sdk over our wire: one client a turn, and every answer judged by the table."""

import contextlib
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.platforms import base, wire
from campaignbot.platforms.facebook import answers, session

with warnings.catch_warnings():
    # 3.1.0 has a non-raw regular expression: a DeprecationWarning on 3.11, a SyntaxWarning after
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", SyntaxWarning)
    import facebook

T = TypeVar("T")
Turn = Callable[[facebook.GraphAPI, str | None], Any]
"""Asks for the page that a cursor names."""

VERSION = "v26.0"
HOSTS = ("https://graph.facebook.com",)


class Line:
    """How one Page speaks to Facebook."""

    def __init__(
        self, account: Account, *, secrets: Mapping[str, str], clock: base.Clock, patience: base.Patience
    ) -> None:
        self._account, self._secrets, self._clock, self._patience = account, secrets, clock, patience
        self._clients = wire.Clients(self._made)
        self._threads = threading.local()

    @property
    def answer(self) -> base.Answer | None:
        """The last answer to this thread, if it came whole."""
        last: base.Answer | None = getattr(self._threads, "answer", None)
        return last

    def ask(self, speak: Callable[[facebook.GraphAPI], T]) -> T:
        """What `speak` makes of an answer; asking changes nothing that anybody sees."""
        return self._spoken(speak, harmless=True)

    @contextlib.contextmanager
    def asking(self, may_leave: base.MayLeave) -> Iterator[None]:
        """In this block nothing leaves this thread before `may_leave` was asked."""
        with self._clients.mine() as (_, line), line.asking(may_leave):
            yield

    def say(self, speak: Callable[[facebook.GraphAPI], T]) -> T:
        """What `speak` makes of the answer to a post: once, in public."""
        return self._spoken(speak, harmless=False)

    def pages(self, turn: Turn, read: Callable[[dict[str, Any]], T], *, cap: int) -> tuple[list[T], bool]:
        """What `read` makes of all that up to `cap` pages hold, and whether that was all. A page may be empty and yet
        not the last."""
        found: list[T] = []
        after: str | None = None
        for _ in range(cap):
            try:
                page, after = self._page(turn, read, after)
            except errors.Refused:
                if answers.past_the_end(self.answer):
                    return found, False
                raise
            found += page
            if after is None:
                return found, True
        return found, False

    def _page(self, turn: Turn, read: Callable[[dict[str, Any]], T], after: str | None) -> tuple[list[T], str | None]:
        return self.ask(lambda graph: listing(turn(graph, after), read))

    def _spoken(self, speak: Callable[[facebook.GraphAPI], T], *, harmless: bool) -> T:
        with self._clients.mine() as (graph, line):
            try:
                return line.ask(
                    lambda: speak(graph),
                    judge=lambda answer: answers.judged(answer, now=self._clock()),
                    harmless=harmless,
                )
            finally:
                self._threads.answer = line.answer

    def _made(self) -> tuple[facebook.GraphAPI, wire.Wire]:
        wire.hush()
        line = wire.Wire(network="Facebook", hosts=HOSTS, base_url=self._account.base_url, patience=self._patience)
        under = session.GraphSession(line, app_secret=self._secrets.get("APP_SECRET"))
        graph = facebook.GraphAPI(self._secrets["PAGE_TOKEN"], session=under)
        # its own check knows no version after 3.1
        graph.version = VERSION
        return graph, line


def listing(page: Mapping[str, Any], read: Callable[[dict[str, Any]], T]) -> tuple[list[T], str | None]:
    """What one page holds, and where the next begins; KeyError, TypeError or ValueError where it is none. Its cursors
    are for one walk: they must not be kept."""
    paging = page.get("paging") or {}
    return [read(thing) for thing in page["data"]], paging["cursors"]["after"] if paging.get("next") else None


def whole_id(given: object) -> str:
    """An id of Facebook's; ValueError where it is none."""
    if not (isinstance(given, str) and base.shown(given)):
        raise ValueError("an id that is none")
    return given
