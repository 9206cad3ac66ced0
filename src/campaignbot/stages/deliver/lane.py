"""One lane: what is asked of one account's platform in a thread of its own, and what came of it. No database here."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from campaignbot.model import errors
from campaignbot.model.delivery import Delivery, Receipt
from campaignbot.model.post import Draft
from campaignbot.platforms.base import Platform

#: The boot-time clock goes on while the machine sleeps, and nobody can set it.
_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # macOS has none

Outcome = Receipt | tuple[Receipt, ...] | errors.PlatformError


def boot_seconds() -> float:
    """Seconds on the clock that only ever goes forward."""
    return time.clock_gettime(_BOOT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Send:
    """Say it, once. The intent is committed."""

    delivery: Delivery
    attempt: str
    draft: Draft
    deadline: float  #: boot_seconds(): past this it must not leave any more
    fresh: float = 0.0  #: boot_seconds(): until then the intent's own look at the stops holds …
    parent: Receipt | None = None  #: what it answers
    called_back: Callable[[], bool] = field(default=bool, compare=False)  #: … and then whether it must stay is asked


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Is it on the timeline?"""

    delivery: Delivery
    draft: Draft
    since: datetime  #: UTC
    parent: Receipt | None = None  #: what it answers


Order = Send | Look


def carry_out(platform: Platform, order: Order) -> Outcome:
    """Do it, exactly once, and say what came of it. Whatever an adapter raises that is none of the four errors is an
    answer we do not understand: the post may be out."""
    try:
        if isinstance(order, Look):
            return platform.find(order.draft, since=order.since, parent=order.parent)
        _may_leave(order)
        return platform.publish(order.draft, parent=order.parent, may_leave=partial(_may_leave, order))
    except errors.PlatformError as error:
        return error
    except Exception as error:  # noqa: BLE001 - an adapter's own fault after the request left must not read as "not sent"
        return errors.NoAnswer(f"the adapter failed ({type(error).__name__})")


def _may_leave(order: Send) -> None:
    """TryLater where it is too late, or where somebody stopped it while its pictures were on their way."""
    now = boot_seconds()
    if now > order.deadline:
        raise errors.TryLater("its last moment passed before it could leave")
    if now <= order.fresh and order.parent is None:
        return
    try:
        stays = order.called_back()
    except errors.UserError as error:  # who cannot ask does not know that it may
        raise errors.TryLater(f"nobody could say whether it still may leave: {error.message}") from None
    if stays:
        raise errors.TryLater("it was stopped before it could leave")


def back_off(attempts: int) -> timedelta:
    """How long to wait where the platform does not say: 30 s, doubled each time, 15 minutes at the most."""
    return min(timedelta(seconds=30 * 2.0 ** (min(attempts, 10) - 1)), timedelta(minutes=15))
