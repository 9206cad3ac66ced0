"""How many calls a user has left in the current quarter of an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaignbot.networks.x import asked

WINDOW = timedelta(minutes=15)


@dataclass
class _Window:
    ends: datetime
    used: int = 0


class Windows:
    """Counts calls a user and endpoint, by the network's clock. The network holds the lock."""

    def __init__(self) -> None:
        self._windows: dict[tuple[int, str], _Window] = {}

    def count(self, user: int, endpoint: asked.Endpoint, *, now: datetime) -> tuple[bool, dict[str, str]]:
        """Whether this call is within the limit, and the headers that every answer carries."""
        window = self._windows.get((user, endpoint.name))
        if window is None or now >= window.ends:
            window = self._windows[(user, endpoint.name)] = _Window(now + WINDOW)
        within = window.used < endpoint.calls
        window.used += 1
        return within, headers(endpoint.calls, endpoint.calls - window.used, window.ends)


def headers(limit: int, remaining: int, reset: datetime) -> dict[str, str]:
    """X's three rate limit headers; reset is in epoch seconds."""
    return {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(max(0, remaining)),
        "x-rate-limit-reset": str(int(reset.timestamp()) + (reset.microsecond > 0)),
    }
