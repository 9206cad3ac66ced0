"""What every platform promises, and what the adapters share: how an answer is judged, and how texts are compared."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from campaignbot.model import errors
from campaignbot.model.delivery import Receipt
from campaignbot.model.post import Draft, Limits
from campaignbot.model.reply import Check, Cursor, Page

Clock = Callable[[], datetime]
"""The present instant, UTC."""


MayLeave = Callable[[], None]
"""Returns while a post may still leave; raises TryLater where it may not any more."""


def always() -> None:
    """Whoever does not ask may."""


class Platform(Protocol):
    """One account on one network. Every method may raise the four errors of `errors.PlatformError`, and nothing else;
    none of them retries, sleeps or decides. May be used from several threads."""

    @property
    def limits(self) -> Limits:
        """What this account takes."""

    @property
    def proves_absence(self) -> bool:
        """Whether a post that `find` does not find is surely not there."""

    def publish(self, draft: Draft, *, parent: Receipt | None, may_leave: MayLeave = always) -> Receipt:
        """Say these words once, as an answer to `parent` where one is given. NoAnswer: it may be out, it may not; with
        any other error it surely is not.

        `may_leave` is asked before the first byte of each request, and so at the very last moment before the one that
        makes the post public; what it raises is raised, and that request has not left."""

    def find(self, draft: Draft, *, since: datetime, parent: Receipt | None = None) -> tuple[Receipt, ...]:
        """Every post of this account with the draft's words since `since` (UTC), complete, or it raises; with `parent`,
        every answer to that."""

    def replies(self, to: Sequence[Receipt], *, after: Cursor | None) -> Page:
        """What people answered to these posts, or wrote to us, since `after`; some may come a second time."""

    def vanished(self, replies: Sequence[str]) -> frozenset[str]:
        """Which of these replies, by the network's own ids, it surely shows no longer: their authors have deleted them,
        or may not be seen any more. Read-only."""

    def check(self) -> tuple[Check, ...]:
        """Whether everything is in place, for `doctor`. Read-only, and raises nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long an adapter waits for its network; seconds but for `sweep`."""

    connect: float = 5.0
    read: float = 20.0  #: between two bytes
    total: float = 60.0  #: a whole request, however the bytes drip
    upload: float = 120.0  #: a whole request with a picture in it
    sweep: timedelta = timedelta(hours=4)  #: between two thorough searches for replies that polling missed


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer of a network."""

    code: int  #: HTTP's number
    headers: Mapping[str, str]  #: in any case
    body: Any  #: the JSON, whatever its content type; None where it is not JSON


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What an error answer says, in the terms in which the tables ask."""

    code: int  #: HTTP's number
    codes: frozenset[int] = frozenset()  #: the network's own numbers
    subcodes: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()  #: the network's own names for errors
    words: str = ""  #: all its texts, in lower case
    trace: str = ""  #: what a person may quote to the network's support: ours to show

    def __str__(self) -> str:
        return " ".join([f"HTTP {self.code}", *([self.trace] if self.trace else [])])


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of a network's table of answers: what it asks of an answer (nothing where empty), and what that means.
    The first row that fits counts."""

    says: str  #: for a person, in our own words
    means: type[errors.PlatformError]
    http: Sequence[int] = range(100, 1000)
    codes: Sequence[int] = ()
    subcodes: Sequence[int] = ()
    kinds: Iterable[str] = ()
    words: Sequence[str] = ()  #: any of these
    wait: timedelta | None = None  #: TryLater: not before then
    asks: bool = False  #: TryLater: the answer itself may say when
    account_wide: bool = False  #: TryLater: nothing else of this account either

    def fits(self, said: Said) -> bool:
        return (
            said.code in self.http
            and (not self.codes or not said.codes.isdisjoint(self.codes))
            and (not self.subcodes or not said.subcodes.isdisjoint(self.subcodes))
            and (not self.kinds or not said.kinds.isdisjoint(self.kinds))
            and (not self.words or any(words in said.words for words in self.words))
        )


def judged(rows: Sequence[Row], said: Said, *, now: datetime, regain: datetime | None) -> errors.PlatformError:
    """The error that a table makes of an answer. `regain`: when the network itself says that we may go on."""
    row = next(row for row in rows if row.fits(said))
    reason = f"{row.says} ({said})"
    if row.means is not errors.TryLater:
        return row.means(reason)
    at = now + row.wait if row.wait else None
    if row.asks and regain is not None:
        at = regain
    return errors.TryLater(reason, at=at, account_wide=row.account_wide)


def reached(error: errors.PlatformError, *, at: str) -> str | None:
    """The remedy where no key or right is at fault, but the way to the network; None where one is."""
    if not isinstance(error, errors.TryLater):
        return None
    if error.at is not None:
        return f"wait until {error.at:%Y-%m-%d %H:%M} UTC, then `campaignbot doctor` again"
    return (
        f"see that this machine reaches {at}: its line, names (DNS), clock and firewall, and whether a login page "
        "stands in between; if it does, the network itself is unwell: `campaignbot doctor` again later"
    )


def shown(code: object) -> str:
    """A network's own name or number, if it looks like one; nothing that could carry a person's words."""
    text = str(code)
    return text if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", text) else ""


def fingerprint(text: str) -> str:
    """What is left of a text after all that a network may do to it on the way: two posts with equal fingerprints say
    the same."""
    plain = unicodedata.normalize("NFC", text)
    # a network adds a scheme or a final slash to a link, and drops what cannot be seen
    plain = re.sub(r"https?://", "", plain)
    plain = "".join(c for c in plain if c != "\ufe0f" and (c.isspace() or unicodedata.category(c) not in ("Cc", "Cf")))
    return " ".join(word.rstrip("/") for word in plain.split())


def expanded(text: str, links: Iterable[tuple[str, str]], *, post: str) -> str:
    """X's text with its short links put back: pairs of short and long; the one to this post's own picture disappears,
    for its author did not write it."""
    plain = html.unescape(text)
    for short, long in links:
        plain = plain.replace(short, "" if re.search(rf"/status/{post}/(photo|video)/\d+$", long) else long)
    return plain


def parsed_time(text: str) -> datetime:
    """A network's RFC 3339 or Graph time, UTC; ValueError where it names no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset")
    return moment.astimezone(UTC)
