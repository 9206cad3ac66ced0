"""A public answer to us, what was understood of it, and what is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

FEW = 10
"""A smaller number of people may tell who they are."""

Cursor = NewType("Cursor", str)
"""How far an account has been read; opaque text that only its adapter understands."""

Vector = tuple[float, ...]
"""What a text means, in the numbers of an embedder."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A reply, comment or mention, as fetched."""

    account: str
    platform: str
    id: str  #: the network's own
    author: str  #: the network's own id of the author; empty where the network hides it
    handle: str | None  #: where the person can be answered
    text: str
    at: datetime  #: UTC
    root: str | None  #: the remote id of our post that it answers; None for a bare mention
    by_us: bool = False
    city: str | None = None  #: canonical name of the answered post's city; filled in by `listen`


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What one reading of an account's replies gave."""

    replies: tuple[Reply, ...]
    cursor: Cursor | None  #: where to go on; store it only together with the replies
    complete: bool  #: whether known ground was reached
    claimed_total: int | None  #: how many the network itself says there are


class Intent(StrEnum):
    """What a reply means to say; when several fit, the earlier wins."""

    CRISIS = "crisis"
    OPT_OUT = "opt_out"
    SPAM = "spam"
    HOSTILE = "hostile"
    JOIN = "join"
    START_CITY = "start_city"
    DECLINE = "decline"
    QUESTION = "question"
    SUPPORT = "support"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Guess:
    """What the optional model says of a reply."""

    shares: tuple[float, ...]  #: the probability of each intent, in their order

    @property
    def intent(self) -> Intent:
        """The likeliest."""
        return tuple(Intent)[self.shares.index(self.confidence)]

    @property
    def confidence(self) -> float:
        """Its probability."""
        return max(self.shares)

    def share(self, intent: Intent) -> float:
        """The probability of one intent."""
        return self.shares[tuple(Intent).index(intent)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """The optional model as it was taught: how much each number of a vector speaks for each intent."""

    embedder: str  #: the embedder and its version: to the numbers of another one it means nothing
    examples: int  #: how many shipped examples it was taught
    corrections: int  #: and how many of the organisers' corrections
    weights: Mapping[
        Intent, Vector
    ]  #: a number more than a vector has: the last speaks for the intent whatever is said


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What a person decided about a reply, as the model is taught it. Its repr shows nothing of the reply."""

    embedder: str
    vector: Vector = field(repr=False)
    intent: Intent


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What was understood of a reply."""

    intent: Intent
    city: str | None  #: canonical English name
    party_size: int | None  #: people coming, the writer included; None unless stated
    language: str  #: ISO 639-1; "und" where unknown
    confidence: float  #: 0 to 1
    needs_review: bool
    why: str  #: the rule that fired


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """One sealed note in a joiner's chain; the last word wins."""

    city: str | None  #: canonical English name
    party_size: int | None
    language: str
    platform: str
    answer_to: str | None
    at: datetime  #: UTC
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One line of `doctor`."""

    name: str
    ok: bool
    detail: str
    fix: str | None = None


def about(number: int) -> str:
    """A number of people as others may read it: neither a few nor one more or less can be told from it."""
    if number < FEW:
        return "a few" if number else "none"
    return f"{number // FEW * FEW}+"
