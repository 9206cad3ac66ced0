"""The fast clock: time goes from event to event, as fast as the machine can do what is due."""

from datetime import datetime


class FastClock:
    """A clock that stands still until it is moved on. UTC; it never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Move on to a moment; an earlier one changes nothing."""
        self._now = max(self._now, moment)
