"""tweepy over our wire: one client a call at a time, and every answer judged by the table."""

from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
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
        self._idle: deque[tuple[tweepy.Client, wire.Wire]] = deque()

    def ask(self, speak: Callable[[tweepy.Client], T]) -> T:
        """What `speak` makes of an answer; asking changes nothing that anybody sees."""
        try:
            return self._spoken(speak, harmless=True)
        except errors.TryLater as error:
            # X counts each endpoint by itself: too many reads leave the posts their own room
            raise errors.TryLater(error.reason, at=error.at) from None

    def asking(self, may_leave: base.MayLeave) -> AbstractContextManager[None]:
        """In this block nothing leaves this thread before `may_leave` was asked."""
        return self._line()[1].asking(may_leave)

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
        try:
            mine = self._idle.pop()
        except IndexError:
            mine = self._made()
        client, line = mine
        try:
            return line.ask(
                lambda: speak(client),
                judge=lambda answer: answers.judged(answer, now=self._clock()),
                harmless=harmless,
            )
        finally:
            self._idle.append(mine)

    def _made(self) -> tuple[tweepy.Client, wire.Wire]:
        """A client for one call at a time, as a requests session must not be shared; of no thread, for an account is
        served by whichever is free, and each with a connection of its own would make more of them than posts."""
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
