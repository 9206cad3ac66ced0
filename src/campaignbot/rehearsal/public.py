"""The public of a rehearsal: people who answer the campaign's posts, and some of them think better of it."""

import hashlib
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaignbot.model.campaign import base
from campaignbot.model.delivery import Delivery, State
from campaignbot.model.reply import Intent
from campaignbot.rehearsal.phrases import PHRASES

#: what every post may get; of three answers one is something else
USUAL = frozenset({Intent.JOIN, Intent.QUESTION, Intent.SUPPORT, Intent.DECLINE})
EVERY = 3
#: who has joined changes their mind after this long: what they said first has been read by then
SECOND_THOUGHTS = timedelta(hours=12)
LEAVING = frozenset({Intent.DECLINE, Intent.OPT_OUT})


@dataclass(frozen=True, kw_only=True, slots=True)
class Planted:
    """One answer that somebody will write at `at` (UTC)."""

    at: datetime
    author: str
    account: str
    language: str
    remote_id: str
    city: str
    text: str
    intent: Intent

    @property
    def place(self) -> tuple[str, str, str]:
        """Whom they read: city, language and account."""
        return self.city, self.language, self.account


@dataclass(kw_only=True)
class Public:
    """Who will answer what, and when. The same seed, the same people, in whatever order the posts go out."""

    seed: int
    waiting: list[Planted] = field(default_factory=list)
    written: list[Planted] = field(default_factory=list)
    _answered: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _left: set[str] = field(default_factory=set)

    def read(self, delivery: Delivery, *, now: datetime) -> None:
        """Somebody reads a post that has just gone out, and will answer within the hour.

        The first post in each city, language and account is always answered by somebody who comes.
        """
        if delivery.state is not State.SENT or delivery.receipt is None:
            return
        post = delivery.post
        place = (post.city, post.language, post.account)
        number = self._answered[place]
        self._answered[place] += 1
        chance = random.Random(f"{self.seed}/{post.key}")
        text, intent, _party = _answer(PHRASES.get(base(post.language), PHRASES["en"]), number, chance)
        self.waiting.append(
            Planted(
                at=now + timedelta(minutes=chance.randint(2, 50)),
                author=self._author(post.key, place, intent, chance, now=now),
                account=post.account,
                language=post.language,
                remote_id=delivery.receipt.id,
                city=post.city,
                text=text,
                intent=intent,
            )
        )

    def _author(
        self, key: str, place: tuple[str, str, str], intent: Intent, chance: random.Random, *, now: datetime
    ) -> str:
        """Somebody new; or, half of the times that somebody takes their leave, one who had joined."""
        if intent in LEAVING and chance.random() < 0.5:
            for earlier in self.written:
                there = earlier.place == place and earlier.intent is Intent.JOIN
                if there and earlier.author not in self._left and earlier.at <= now - SECOND_THOUGHTS:
                    self._left.add(earlier.author)
                    return earlier.author
        return f"v_{hashlib.sha256(f'{self.seed}/{key}'.encode()).hexdigest()[:12]}"  # X takes 15 characters

    def due(self, now: datetime) -> list[Planted]:
        """Those who write now; they are written down as having written."""
        ready = [planted for planted in self.waiting if planted.at <= now]
        if ready:
            self.waiting = [planted for planted in self.waiting if planted.at > now]
            self.written += ready
        return ready

    def next(self) -> datetime | None:
        """When the next one writes (UTC)."""
        return min((planted.at for planted in self.waiting), default=None)


def _answer(
    phrases: Sequence[tuple[str, Intent, int | None]], number: int, chance: random.Random
) -> tuple[str, Intent, int | None]:
    """What the answer to a place's post of this number says."""
    usual = [phrase for phrase in phrases if phrase[1] in USUAL]
    if number % EVERY == EVERY - 1:
        return chance.choice([phrase for phrase in phrases if phrase[1] not in USUAL])
    return usual[(number - number // EVERY) % len(usual)]
