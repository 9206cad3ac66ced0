"""One account on a network that does everything a network ever did to us, by the seed; it alone knows what is out."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import made
from campaignbot.model import errors
from campaignbot.model.delivery import Receipt
from campaignbot.model.post import Draft, Limits
from campaignbot.model.reply import Check, Cursor, Page
from campaignbot.platforms import base
from campaignbot.platforms.x import answers

NEVER = datetime.max.replace(tzinfo=UTC)
SETTLE = timedelta(minutes=5)
#: How often a call of `publish` meets what.
KINDS = {
    "posted": 14,
    "answer lost": 2,
    "stored, then 503": 2,
    "503": 1,
    "late effect": 2,
    "request lost": 1,
    "refused": 2,
    "busy": 1,
    "busy until": 1,
    "slow down": 1,
    "slow down until": 1,
    "locked out": 1,
    "duplicate": 1,
    "odd": 1,
    "dies before": 1,
    "dies after": 1,
    "frozen": 2,
    "slow": 2,
    "meanwhile": 2,
}
ANSWERS = {
    "stored, then 503": base.Answer(503, {}, {}),
    "503": base.Answer(503, {}, {}),
    "duplicate": base.Answer(403, {}, {"detail": "You are not allowed to create a Tweet with duplicate content."}),
    "refused": base.Answer(400, {}, {}),
    "locked out": base.Answer(401, {}, {}),
}
UNREADABLE = ("busy", "slow down", "locked out", "refused", "503")


@dataclasses.dataclass
class Said:
    """One post on the timeline."""

    at: datetime  #: true time; it may be yet to come
    shown: datetime  #: true time: from then on it can be read
    key: str | None  #: None: somebody else's, or of last week
    text: str


@dataclasses.dataclass(kw_only=True)
class Network:
    """One account. Its clock is the true one, whatever ours says."""

    random: Random
    true: Callable[[], datetime]
    ours: Callable[[], datetime]
    leaves: Callable[[Draft], None]  #: asked of every post that leaves us: is that right?
    happens: Callable[[str], None]  #: "dies", "frozen" and "meanwhile" while a post is on its way
    kinds: dict[str, int]
    proves_absence: bool = True
    lag: timedelta = timedelta(0)
    hides: float = 0.0  #: how often a post never shows on the timeline
    told: list[Said] = dataclasses.field(default_factory=list)
    once: str | None = None  #: what the next call meets, whatever the dice say

    @property
    def limits(self) -> Limits:
        return made.LIMITS_X

    def publish(self, draft: Draft, *, parent: Receipt | None, may_leave: base.MayLeave = base.always) -> Receipt:
        kind = self.once or self.random.choices(list(self.kinds), list(self.kinds.values()))[0]
        self.once = None
        if kind == "slow":  # its pictures take their time
            self.happens("slow")
        may_leave()
        self.leaves(draft)
        if kind == "dies before":
            self.happens("dies")
        if kind in ("frozen", "meanwhile"):
            self.happens(kind)
        if error := self.error(kind):
            if kind == "stored, then 503":
                self._say(draft)
            raise error
        said = self._say(draft, late=kind == "late effect")
        if kind == "dies after":
            self.happens("dies")
        if kind in ("answer lost", "late effect"):
            raise errors.NoAnswer("no answer came back")
        if kind == "lie":
            raise errors.TryLater("surely not sent, it says")
        return self._receipt(said)

    def error(self, kind: str) -> Exception | None:
        """What is raised for one kind; an adapter's own table judges what came as an answer."""
        if kind in ANSWERS:
            return answers.judged(ANSWERS[kind], now=self.ours())
        wait = timedelta(seconds=self.random.choice([20, 90, 900]))
        match kind:
            case "slow down":
                return errors.TryLater("slow down", account_wide=True)
            case "slow down until":
                return errors.TryLater("slow down", at=self.ours() + wait, account_wide=True)
            case "busy":
                return errors.TryLater("busy")
            case "busy until":
                return errors.TryLater("busy", at=self.ours() + wait)
            case "request lost":
                return errors.NoAnswer("the request was lost")
            case "odd":
                return TypeError("an odd body")
            case _:
                return None

    def find(self, draft: Draft, *, since: datetime, parent: Receipt | None = None) -> tuple[Receipt, ...]:
        if len(self.kinds) > 1 and self.random.random() < 0.1:
            self.happens("meanwhile")
        if len(self.kinds) > 1 and self.random.random() < 0.12:
            error = self.error(self.random.choice(UNREADABLE))
            assert error is not None
            raise error
        words = base.fingerprint(draft.text)
        return tuple(
            self._receipt(said)
            for said in self.told
            if said.at >= since and said.shown <= self.true() and base.fingerprint(said.text) == words
        )

    def replies(self, to: Sequence[Receipt], *, after: Cursor | None) -> Page:
        return Page(replies=(), cursor=after, complete=True, claimed_total=None)

    def vanished(self, replies: Sequence[str]) -> frozenset[str]:
        return frozenset()

    def check(self) -> tuple[Check, ...]:
        return ()

    def out(self, key: str) -> list[Said]:
        return [said for said in self.told if said.key == key]

    def _say(self, draft: Draft, *, late: bool = False) -> Said:
        at = self.true() + (timedelta(seconds=self.random.randrange(1, 150)) if late else timedelta(0))
        shown = NEVER if self.random.random() < self.hides else at + self.lag
        said = Said(at, shown, draft.key, draft.text)
        self.told.append(said)
        return said

    def _receipt(self, said: Said) -> Receipt:
        n = self.told.index(said) + 1
        return Receipt(id=str(n), url=f"https://example.org/{n}", at=said.at)
