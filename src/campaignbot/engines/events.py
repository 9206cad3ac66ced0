"""What a daemon or a worker says: an event a line, absent ones null."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from campaignbot import app as wiring
from campaignbot.model import errors
from campaignbot.model.delivery import Delivery

log = logging.getLogger(__name__)

Event = dict[str, Any]
Say = Callable[[Event], None]


def event(
    name: str,
    at: datetime,
    *,
    key: str | None = None,
    state: str | None = None,
    due: datetime | None = None,
    text: str | None = None,
    detail: str | None = None,
) -> Event:
    """One event; times in UTC, ending in Z."""
    said: Event = {
        "event": name,
        "at_utc": _utc(at),
        "key": key,
        "state": state,
        "due_utc": _utc(due) if due else None,
        "text": text,
    }
    return said | ({"detail": detail} if detail else {})


def teller(say: Say) -> wiring.Emit:
    """How a delivery's moves are said."""

    def emit(delivery: Delivery, text: str | None) -> None:
        say(
            event(
                delivery.state.lower(),
                wiring.utc_now(),
                key=delivery.key,
                state=delivery.state,
                due=delivery.due,
                text=text,
            )
        )

    return emit


def troubled(say: Say) -> Callable[[str, Exception], None]:
    """How a tick that failed is said."""

    def failed(tick: str, error: Exception) -> None:
        # the type alone: a message could carry what a platform or a person said
        reason = error.message if isinstance(error, errors.UserError) else type(error).__name__
        log.error("a tick failed", extra={"tick": tick, "reason": reason})
        say(event("trouble", wiring.utc_now(), detail=f"{tick}: {reason}"))

    return failed


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
