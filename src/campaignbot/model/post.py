"""A post, and the draft a person reads and says yes to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from campaignbot.model.campaign import Account, Late


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One message, for one city, in one language, on one account, at one UTC instant: what the planner makes."""

    campaign: str
    slot: str
    message: str
    city: str
    language: str  #: the full tag
    account: str
    platform: str
    zone: str  #: IANA name
    wall: str | None  #: the slot's time in `zone`, "2026-12-01T08:30"; None where called
    due: datetime | None  #: UTC, with the minute that parts the versions of one slot; None until called
    expires: timedelta | datetime  #: a time after due, or an instant (UTC)
    late: Late = Late.SEND
    armed: bool = False
    called: bool = False
    ignores_quiet: bool = False
    person: str | None = (
        None  #: None: a post; empty: the text of an answer; else whose answer it is, a keyed hash in hex
    )
    _key: str | None = field(init=False, default=None, compare=False, repr=False)  #: once it has been asked for

    @property
    def key(self) -> str:
        """Who says what where; never when or in which words."""
        if self._key is None:
            object.__setattr__(self, "_key", self._made())
        return self._key  # type: ignore[return-value]  # just made

    def _made(self) -> str:
        words = f"{self.campaign}/{self.slot}/{self.city}/{self.language}/{self.account}"
        return f"{words}/{self.person}" if self.person else words

    @property
    def words(self) -> str:
        """The key under which its words are approved: all answers of a text share it."""
        return self.key.removesuffix(f"/{self.person}") if self.person else self.key

    @property
    def occasion(self) -> str:
        """When it goes out, in words, where no clock says it."""
        return "when called" if self.person is None else "as an answer"

    @property
    def until(self) -> datetime | None:
        """The instant (UTC) after which it must not go out; None until called."""
        if self.due is None:
            return None
        return self.due + self.expires if isinstance(self.expires, timedelta) else self.expires


class Counting(StrEnum):
    """How a network counts a text's length."""

    WEIGHTED = "weighted"  #: X: twitter-text configuration v3
    CHARACTERS = "characters"  #: Unicode code points


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one account takes, and what it charges. Made by the adapter, so that rendering stays pure."""

    length: int
    counting: Counting
    pictures: int
    picture_bytes: int
    picture_types: tuple[str, ...]
    alt_length: int
    cost_usd: Decimal  #: a post without a link
    cost_link_usd: Decimal  #: a post with a link


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A picture as it goes out with one post."""

    path: str
    media_type: str
    data: bytes
    alt: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A post with its final text and pictures: what a person reads."""

    post: Post
    account: Account
    text: str
    pictures: tuple[Shown, ...] = ()
    missing: tuple[str, ...] = ()  #: what it lacks before anyone may approve it, in words: "city.venue"
    length: int = 0
    limit: int = 0
    cost_usd: Decimal = Decimal(0)
    warnings: tuple[str, ...] = ()
    _digest: str | None = field(init=False, default=None, compare=False, repr=False)  #: once it has been asked for

    @property
    def key(self) -> str:
        return self.post.key

    @property
    def digest(self) -> str | None:
        """SHA-256, in hex, of all that an approval covers: text, alt text, picture bytes, account, wall time and
        zone. None while something is missing."""
        if self.missing:
            return None
        if self._digest is None:
            object.__setattr__(self, "_digest", self._made())
        return self._digest

    def _made(self) -> str:
        post, text, account = self.post, self.text, self.account
        key, wall, zone = post.words, post.wall or "", post.zone
        platform, remote, base_url = account.platform, account.remote, account.base_url or ""
        # each part with its length before it: no two different drafts are written alike
        written = (
            f"{len(key)}:{key}{len(text)}:{text}{len(platform)}:{platform}{len(remote)}:{remote}"
            f"{len(base_url)}:{base_url}{len(wall)}:{wall}{len(zone)}:{zone}"
        )
        for picture in self.pictures:
            parts = (hashlib.sha256(picture.data).hexdigest(), picture.media_type, picture.alt or "")
            written += "".join([f"{len(part)}:{part}" for part in parts])
        return hashlib.sha256(written.encode()).hexdigest()


def digest_of_set(drafts: Sequence[Draft]) -> str:
    """One digest for all that a set of drafts lets a person approve, whatever their order: what `approve --seen` names.
    Drafts that lack something are no part of it."""
    lines = sorted(f"{draft.key}={draft.digest}" for draft in drafts if draft.digest)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """An organiser's yes to one draft's exact digest."""

    key: str
    digest: str
    by: str
    at: datetime  #: UTC
