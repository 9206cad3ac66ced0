"""Socket: reach an organiser by a second road. Never carries a person's words, name or address."""

import logging
from collections.abc import Sequence
from typing import Any

import apprise

from campaignbot.model.errors import UserError

log = logging.getLogger(__name__)


class Undelivered(UserError):
    """Nobody could be reached: not one of the addresses took the alarm."""


def send(addresses: Sequence[str], *, title: str, body: str) -> None:
    """Tell organisers, by every address. Undelivered if none of them took it; one that did not is logged.

    Addresses are apprise URLs (https://github.com/caronc/apprise/wiki) and hold secrets: they appear in no message.
    """
    failed = [number for number, address in enumerate(addresses, 1) if not _one(address, title=title, body=body)]
    if addresses and len(failed) == len(addresses):
        raise Undelivered("no alarm address took the alarm; mend those under campaign: alarms, `doctor` looks at them")
    for number in failed:
        log.warning("an alarm address did not take the alarm", extra={"number": number})


def valid(address: str) -> bool:
    """Whether apprise knows how to use the address; nothing is sent."""
    return bool(apprise.Apprise().add(address))


def _one(address: str, *, title: str, body: str) -> bool:
    road: Any = apprise.Apprise()
    return bool(road.add(address)) and bool(road.notify(title=title, body=body))
