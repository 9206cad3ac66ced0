"""Socket: reach an organiser by a second road. Never carries a person's words, name or address."""

import logging
from collections.abc import Sequence
from typing import Any

import apprise

log = logging.getLogger(__name__)


class Undelivered(Exception):
    """No organiser could be reached by at least one of the addresses."""


def send(addresses: Sequence[str], *, title: str, body: str) -> None:
    """Tell organisers, by every address. Raises Undelivered if one of them did not take it.

    Addresses are apprise URLs (https://github.com/caronc/apprise/wiki) and hold secrets: they appear in no message.
    """
    failed = [number for number, address in enumerate(addresses, 1) if not _one(address, title=title, body=body)]
    if failed:
        raise Undelivered(f"alarm address number {', '.join(map(str, failed))} did not take the alarm")


def valid(address: str) -> bool:
    """Whether apprise knows how to use the address; nothing is sent."""
    return bool(apprise.Apprise().add(address))


def _one(address: str, *, title: str, body: str) -> bool:
    road: Any = apprise.Apprise()
    return bool(road.add(address)) and bool(road.notify(title=title, body=body))
