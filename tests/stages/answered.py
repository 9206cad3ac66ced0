"""A campaign whose posts are out, its two books, and a platform that hands over the replies it was given."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import made
from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.model.delivery import Receipt, State
from campaignbot.model.post import Draft, Limits
from campaignbot.model.reply import Check, Cursor, Guess, Page, Reply
from campaignbot.platforms import base
from campaignbot.stages import listen
from campaignbot.store import database, ledger, seal

CAMPAIGN_KEY, CAMPAIGN_IDENTITY = seal.new_key()
LONDON_KEY, LONDON_IDENTITY = seal.new_key()
TORONTO_KEY, TORONTO_IDENTITY = seal.new_key()


def campaign() -> Campaign:
    cities = (
        made.city(recipients=(LONDON_KEY,)),
        made.city(id="toronto", names={"en": "Toronto"}, aliases=(), recipients=(TORONTO_KEY,)),
    )
    return made.campaign(cities={city.id: city for city in cities}, recipients=(CAMPAIGN_KEY,))


@dataclass
class Timeline:
    """A network that knows only replies; a cursor is a number of replies."""

    replies_: list[Reply] = field(default_factory=list)
    asked: list[tuple[tuple[str, ...], Cursor | None]] = field(default_factory=list)
    error: errors.PlatformError | None = None
    claimed: int | None = None
    batch: int = 100
    gone: set[str] = field(default_factory=set)  #: replies that their authors have deleted
    unsure: errors.PlatformError | None = None  #: what it says when it is asked for them
    looks: list[tuple[str, ...]] = field(default_factory=list)
    proves_absence: bool = True
    limits: Limits = made.LIMITS_X

    def publish(self, draft: Draft, *, parent: Receipt | None, may_leave: base.MayLeave = base.always) -> Receipt:
        raise errors.Refused("nothing is said here")

    def find(self, draft: Draft, *, since: datetime, parent: Receipt | None = None) -> tuple[Receipt, ...]:
        return ()

    def replies(self, to: Sequence[Receipt], *, after: Cursor | None) -> Page:
        self.asked.append((tuple(receipt.id for receipt in to), after))
        if self.error is not None:
            raise self.error
        known = int(after or 0)
        some = self.replies_[known : known + self.batch]
        end = known + len(some)
        cursor = Cursor(str(end)) if end else None
        return Page(replies=tuple(some), cursor=cursor, complete=end == len(self.replies_), claimed_total=self.claimed)

    def vanished(self, replies: Sequence[str]) -> frozenset[str]:
        self.looks.append(tuple(replies))
        if self.unsure is not None:
            raise self.unsure
        return frozenset(self.gone.intersection(replies))

    def check(self) -> tuple[Check, ...]:
        return ()


class Square:
    """Everything that listening needs. Our post to London is 900, the one to Toronto 901."""

    def __init__(self, folder: Path | None = None) -> None:
        self.campaign = campaign()
        self.key = os.urandom(32)
        self.now = made.NOON
        self.book = database.memory(kind="ledger")
        self.people = (
            database.memory(kind="people")
            if folder is None
            else database.open(f"sqlite:///{folder}/people.db", kind="people")
        )
        self.x = Timeline()
        self.sample = 2**64  # nobody looks at what was filed, but where a test says so
        self._number = 0
        for number, city in enumerate(self.campaign.cities, 900):
            self._sent(city, Receipt(id=str(number), url=None, at=self.now))

    def close(self) -> None:
        self.book.close()
        self.people.close()

    def write(
        self,
        text: str,
        *,
        author: str = "ann",
        to: str | None = "900",
        reply_id: str | None = None,
        by_us: bool = False,
    ) -> None:
        self._number += 1
        self.x.replies_.append(
            Reply(
                account="x-london",
                platform="x",
                id=reply_id or str(self._number),
                author=author,
                handle=f"@{author}" if author else None,
                text=text,
                at=self.now + timedelta(seconds=self._number),
                root=to,
                by_us=by_us,
            )
        )

    def poll(self, *, opinion: Callable[[str], Guess | None] = lambda _: None) -> listen.Heard:
        (heard,) = listen.poll(
            self.book,
            self.people,
            {"x-london": self.x},
            self.campaign,
            key=self.key,
            clock=lambda: self.now,
            sample=self.sample,
            opinion=opinion,
        )
        return heard

    def _sent(self, city: str, receipt: Receipt) -> None:
        post = made.post(city=city)
        with self.book.write() as c:
            ledger.add(c, post=post, state=State.WAITING, reason=None, digest="0" * 64, by="anna", now=self.now)
            ledger.move(c, post.key, sources={State.WAITING}, to=State.SENDING, by="daemon", now=self.now)
            ledger.move(c, post.key, sources={State.SENDING}, to=State.SENT, by="daemon", now=self.now, receipt=receipt)
