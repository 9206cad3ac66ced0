"""The platform from which nothing ever leaves: it takes the same calls and keeps them to itself."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from campaignbot.model.campaign import Account
from campaignbot.model.delivery import Receipt
from campaignbot.model.post import Draft, Limits
from campaignbot.model.reply import Check, Cursor, Page
from campaignbot.platforms import base


class Dry:
    """Publishes nowhere; what it was given stands in `published`, in order."""

    proves_absence = True

    def __init__(self, account: Account, *, limits: Limits, clock: base.Clock) -> None:
        self.limits = limits
        self.published: list[tuple[Draft, Receipt]] = []
        self._account, self._clock = account, clock
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def publish(self, draft: Draft, *, parent: Receipt | None, may_leave: base.MayLeave = base.always) -> Receipt:
        may_leave()
        with self._lock:
            receipt = Receipt(id=f"dry-{next(self._numbers)}", url=None, at=self._clock())
            self.published.append((draft, receipt))
        return receipt

    def find(self, draft: Draft, *, since: datetime, parent: Receipt | None = None) -> tuple[Receipt, ...]:
        words = base.fingerprint(draft.text)
        with self._lock:
            return tuple(
                receipt
                for told, receipt in self.published
                if receipt.at >= since and base.fingerprint(told.text) == words
            )

    def replies(self, to: Sequence[Receipt], *, after: Cursor | None) -> Page:
        return Page(replies=(), cursor=after, complete=True, claimed_total=None)

    def vanished(self, replies: Sequence[str]) -> frozenset[str]:
        return frozenset()

    def check(self) -> tuple[Check, ...]:
        return (Check(name=f"{self._account.id}: dry", ok=True, detail="nothing leaves this machine"),)


def connect(account: Account, *, limits: Limits, clock: base.Clock) -> Dry:
    """A dry twin of one account."""
    return Dry(account, limits=limits, clock=clock)
