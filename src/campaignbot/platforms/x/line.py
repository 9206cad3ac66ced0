"""tweepy over our wire: one client a turn, and every answer judged by the table."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import tweepy

from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.platforms import base, wire
from campaignbot.platforms.x import answers, posts

T = TypeVar("T")
Turn = Callable[[tweepy.Client, str | None], Any]
"""Asks for the page that a token names."""

HOSTS = ("https://api.twitter.com", "https://api.x.com")


class Line:
    """How one account speaks to X."""

    def __init__(
        self, account: Account, *, secrets: Mapping[str, str], clock: base.Clock, patience: base.Patience
    ) -> None:
        self._account, self._secrets, self._clock, self._patience = account, secrets, clock, patience
        self._clients = wire.Clients(self._made)

    def ask(self, speak: Callable[[tweepy.Client], T]) -> T:
        """What `speak` makes of an answer; asking changes nothing that anybody sees."""
        try:
            return self._spoken(speak, harmless=True)
        except errors.TryLater as error:
            # X counts each endpoint by itself: too many reads leave the posts their own room
            raise errors.TryLater(error.reason, at=error.at) from None

    @contextlib.contextmanager
    def asking(self, may_leave: base.MayLeave) -> Iterator[None]:
        """In this block nothing leaves this thread before `may_leave` was asked."""
        with self._clients.mine() as (_, line), line.asking(may_leave):
            yield

    def say(self, speak: Callable[[tweepy.Client], T]) -> T:
        """What `speak` makes of the answer to a post: once, in public."""
        return self._spoken(speak, harmless=False)

    def pages(self, turn: Turn, *, cap: int) -> tuple[list[posts.Seen], bool]:
        """The posts of up to `cap` pages, and whether that was all."""
        found: list[posts.Seen] = []
        more: str | None = None
        for _ in range(cap):
            page, more = self._page(turn, more)
            found += page
            if more is None:
                return found, True
        return found, False

    def _page(self, turn: Turn, more: str | None) -> tuple[list[posts.Seen], str | None]:
        return self.ask(lambda client: posts.page(turn(client, more)))

    def _spoken(self, speak: Callable[[tweepy.Client], T], *, harmless: bool) -> T:
        with self._clients.mine() as (client, line):
            return line.ask(
                lambda: speak(client),
                judge=lambda answer: answers.judged(answer, now=self._clock()),
                harmless=harmless,
            )

    def _made(self) -> tuple[tweepy.Client, wire.Wire]:
        wire.hush()
        client = tweepy.Client(
            consumer_key=self._secrets["API_KEY"],
            consumer_secret=self._secrets["API_SECRET"],
            access_token=self._secrets["ACCESS_TOKEN"],
            access_token_secret=self._secrets["ACCESS_SECRET"],
            return_type=dict,
            wait_on_rate_limit=False,
        )
        line = wire.Wire(network="X", hosts=HOSTS, base_url=self._account.base_url, patience=self._patience)
        line.dress(client.session)
        return client, line
