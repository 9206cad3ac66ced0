"""The public of a rehearsal: people who answer the campaign's posts, in its languages. All of them are invented."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaignbot.model.campaign import base
from campaignbot.model.delivery import Delivery, State
from campaignbot.model.reply import Intent

#: base language -> what people write: the words, what they mean, how many come (None: they do not say)
PHRASES: Mapping[str, tuple[tuple[str, Intent, int | None], ...]] = {
    "en": (
        ("I'll be there!", Intent.JOIN, None),
        ("Me and 3 friends are coming", Intent.JOIN, 4),
        ("What time does it start?", Intent.QUESTION, None),
        ("Thank you for doing this", Intent.SUPPORT, None),
        ("Sorry, I can't make it", Intent.DECLINE, None),
    ),
    "fr": (
        ("Je serai là !", Intent.JOIN, None),
        ("Je viens avec deux amis", Intent.JOIN, 3),
        ("À quelle heure ça commence ?", Intent.QUESTION, None),
        ("Merci pour ce que vous faites", Intent.SUPPORT, None),
        ("Désolé, je ne peux pas venir", Intent.DECLINE, None),
    ),
    "es": (
        ("¡Allí estaré!", Intent.JOIN, None),
        ("Voy con dos amigos", Intent.JOIN, 3),
        ("¿A qué hora empieza?", Intent.QUESTION, None),
        ("Gracias por hacer esto", Intent.SUPPORT, None),
        ("Lo siento, no puedo ir", Intent.DECLINE, None),
    ),
    "ca": (
        ("Hi seré!", Intent.JOIN, None),
        ("Vinc amb dos amics", Intent.JOIN, 3),
        ("A quina hora comença?", Intent.QUESTION, None),
        ("Gràcies per fer això", Intent.SUPPORT, None),
        ("Ho sento, no puc venir", Intent.DECLINE, None),
    ),
    "sv": (
        ("Jag kommer!", Intent.JOIN, None),
        ("Jag kommer med två vänner", Intent.JOIN, 3),
        ("Vilken tid börjar det?", Intent.QUESTION, None),
        ("Tack för att ni gör det här", Intent.SUPPORT, None),
        ("Tyvärr kan jag inte komma", Intent.DECLINE, None),
    ),
    "ro": (
        ("Vin și eu!", Intent.JOIN, None),
        ("Vin cu doi prieteni", Intent.JOIN, 3),
        ("La ce oră începe?", Intent.QUESTION, None),
        ("Mulțumim pentru ce faceți", Intent.SUPPORT, None),
        ("Îmi pare rău, nu pot veni", Intent.DECLINE, None),
    ),
    "ru": (
        ("Я приду!", Intent.JOIN, None),
        ("Приду с двумя друзьями", Intent.JOIN, 3),
        ("Во сколько начало?", Intent.QUESTION, None),
        ("Спасибо вам за это", Intent.SUPPORT, None),
        ("К сожалению, не смогу прийти", Intent.DECLINE, None),
    ),
}

#: what each text means, for the organisers who work the queue
MEANING: Mapping[str, tuple[Intent, int | None]] = {
    words: (intent, party) for phrases in PHRASES.values() for words, intent, party in phrases
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Planted:
    """One reply that somebody of the public will write."""

    at: datetime  #: UTC
    author: str
    account: str
    remote_id: str  #: our post that it answers
    city: str
    text: str
    intent: Intent


@dataclass
class Public:
    """Who will answer what, and when. The same seed, the same people."""

    seed: int
    waiting: list[Planted] = field(default_factory=list)
    written: list[Planted] = field(default_factory=list)
    _answered: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def read(self, delivery: Delivery, *, now: datetime) -> None:
        """Somebody reads a post that has just gone out, and will answer within the hour.

        The first post in each city, language and account is always answered by somebody who comes.
        """
        if delivery.state is not State.SENT or delivery.receipt is None:
            return
        post, remote_id = delivery.post, delivery.receipt.id
        here = (post.city, post.language, post.account)
        number = self._answered.get(here, 0)
        self._answered[here] = number + 1
        phrases = PHRASES.get(base(post.language), PHRASES["en"])
        text, intent, _party = phrases[number % len(phrases)]
        chance = random.Random(f"{self.seed}/{post.key}")
        author = f"visitor{len(self.waiting) + len(self.written) + 1}"
        self.waiting.append(
            Planted(
                at=now + timedelta(minutes=chance.randint(2, 50)),
                author=author,
                account=post.account,
                remote_id=remote_id,
                city=post.city,
                text=text,
                intent=intent,
            )
        )

    def due(self, now: datetime) -> list[Planted]:
        """Those who write now; they are written down as having written."""
        ready = [planted for planted in self.waiting if planted.at <= now]
        self.waiting = [planted for planted in self.waiting if planted.at > now]
        self.written += ready
        return ready

    def next(self) -> datetime | None:
        """When the next one writes (UTC)."""
        return min((planted.at for planted in self.waiting), default=None)
