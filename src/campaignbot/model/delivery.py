"""The carrying of one approved draft to its platform: its states, and the moves between them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaignbot.model.post import Post


class State(StrEnum):
    HELD = "HELD"
    WAITING = "WAITING"
    SENDING = "SENDING"
    SENT = "SENT"
    IN_DOUBT = "IN_DOUBT"
    FAILED = "FAILED"
    MISSED = "MISSED"
    CANCELLED = "CANCELLED"


class Hold(StrEnum):
    """Why a delivery is HELD. The words are shown to people."""

    ARMED = "armed: waits for a person on site"
    CALLED = "called: sent only by a person's command"
    ANSWERS = "an answer: sent to who asks"
    VOID = "approval void"
    PERSON = "held by a person"
    LATE = "late: ask"
    RENAMED = "renamed?"


#: Every move there is. None stands for "not in the ledger yet". Only SENT is final.
MOVES: frozenset[tuple[State | None, State]] = frozenset(
    {
        (None, State.WAITING),
        (None, State.HELD),
        (State.HELD, State.WAITING),
        (State.HELD, State.MISSED),
        (State.HELD, State.CANCELLED),
        (State.WAITING, State.HELD),
        (State.WAITING, State.SENDING),
        (State.WAITING, State.MISSED),
        (State.WAITING, State.CANCELLED),
        (State.SENDING, State.SENT),
        (State.SENDING, State.WAITING),
        (State.SENDING, State.FAILED),
        (State.SENDING, State.IN_DOUBT),
        (State.IN_DOUBT, State.SENT),
        (State.IN_DOUBT, State.WAITING),
        (State.IN_DOUBT, State.FAILED),
        (State.IN_DOUBT, State.CANCELLED),
        (State.FAILED, State.WAITING),
        (State.FAILED, State.CANCELLED),
        (State.MISSED, State.WAITING),
        (State.MISSED, State.HELD),
        (State.CANCELLED, State.WAITING),
        (State.CANCELLED, State.HELD),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What the platform handed back."""

    id: str
    url: str | None
    at: datetime  #: UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One line of the ledger."""

    post: Post
    state: State
    reason: str | None  #: why it is where it is, for a person; a `Hold` where HELD
    digest: str | None  #: the approved digest
    due: datetime | None  #: UTC
    until: datetime | None  #: UTC
    since: datetime  #: UTC: when it came into this state
    attempts: int = 0
    attempted: datetime | None = None  #: UTC: when the last attempt's intent was written
    not_before: datetime | None = None  #: UTC: the platform asked to wait until then
    settle_at: datetime | None = None  #: UTC: IN_DOUBT: when to look at the timeline; None: it waits for a person
    receipt: Receipt | None = None

    @property
    def key(self) -> str:
        return self.post.key
