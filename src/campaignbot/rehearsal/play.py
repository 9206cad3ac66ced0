"""The play itself: from event to event, the daemon's own ticks, with the organisers and the public between them."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaignbot import app as wiring
from campaignbot.app import App
from campaignbot.engines import ticks
from campaignbot.model.delivery import State
from campaignbot.rehearsal import organisers
from campaignbot.rehearsal.clock import FastClock
from campaignbot.rehearsal.public import MEANING, Public
from campaignbot.rehearsal.verdict import Verdict, judge
from campaignbot.rehearsal.world import World
from campaignbot.stages import deliver, keep
from campaignbot.store import ledger

TICK = timedelta(seconds=1)  #: the daemon looks once a second, and so does a rehearsal at most
AFTER = timedelta(days=1)  #: how long after the last post people still answer


@dataclass(kw_only=True)
class Play:
    """One rehearsal. `run` plays it once."""

    app: App
    world: World
    public: Public
    clock: FastClock
    identity: str
    seed: int
    collected: int = 0
    retried: Counter[str] = field(default_factory=Counter)

    def run(self, *, step: Callable[[float], None]) -> Verdict:
        """Play the campaign from a day before its first post; `step` is told how much is done, 0 to 1."""
        began = time.monotonic()
        wiring.keep_settings(self.app)
        organisers.approve(self.app)
        deliver.recover(
            self.app.books.ledger, self.app.platforms, owner=self.app.owner, clock=self.clock, emit=self.app.emit
        )
        drafts = wiring.drafts(self.app.campaign)
        dues = [draft.post.due for draft in drafts if draft.post.due is not None]
        start, end = self.clock(), max(dues) + AFTER
        polled = start
        while self.clock() < end:
            self._wake()
            if self.clock() >= polled + self._poll_every():
                polled = self.clock()
                self._poll()
            self.clock.move_to(min(self._next(), polled + self._poll_every(), end))
            step((self.clock() - start) / (end - start))
        self._poll()
        return self._verdict(time.monotonic() - began)

    def _wake(self) -> None:
        organisers.arm(self.app)
        ticks.due(self.app)
        ticks.settle(self.app)
        organisers.decide_doubts(self.app, texts=self._texts)
        organisers.retry(self.app, tried=self.retried)
        for planted in self.public.due(self.clock()):
            self.world.write(planted, self.app.campaign.accounts[planted.account])

    def _poll(self) -> None:
        self.collected += sum(heard.new for heard in ticks.poll(self.app))
        organisers.work_queue(self.app, meaning=MEANING)
        ticks.expire(self.app)

    def _poll_every(self) -> timedelta:
        """Hourly from two days before the action on, else every six hours: a fast clock must not ask for ever."""
        first = min(city.action.date for city in self.app.campaign.cities.values())
        near = self.clock().date() >= first - timedelta(days=2)
        return timedelta(hours=1 if near else 6)

    def _next(self) -> datetime:
        """The next moment at which something may happen."""
        now = self.clock()
        with self.app.books.ledger.read() as c:
            held = ledger.deliveries(c, states=(State.HELD,))
        moments = [delivery.due for delivery in held.values() if delivery.due and delivery.due > now]
        moments += [m for m in (deliver.next_due(self.app.books.ledger, now=now), self.public.next()) if m]
        return max(min(moments, default=now + timedelta(hours=6)), now + TICK)

    def _texts(self, account: str) -> list[str]:
        return self.world.texts(self.app.campaign.accounts[account])

    def _verdict(self, seconds: float) -> Verdict:
        with self.app.books.ledger.read() as c:
            deliveries = ledger.deliveries(c)
        names = {city.id: city.name for city in self.app.campaign.cities.values()}
        return judge(
            homes={reply.author: names[reply.city] for reply in self.public.written},
            drafts=wiring.drafts(self.app.campaign),
            deliveries=deliveries,
            on_networks={account: self._texts(account) for account in self.app.campaign.accounts},
            planted=len(self.public.written),
            collected=self.collected,
            notes=[note for note in keep.joiners(self.app.books.people, [self.identity]) if not note.withdrawn],
            seed=self.seed,
            seconds=seconds,
        )

    def where(self) -> str:
        """Where to look around while the networks stay up."""
        urls = ", ".join(f"{name} {url}" for name, url in self.world.urls.items())
        return f"The networks stay up at {urls}; the state is in {self.app.settings.state}. Ctrl-C ends."

    def wait(self) -> None:
        """Until somebody presses Ctrl-C."""
        threading.Event().wait()
