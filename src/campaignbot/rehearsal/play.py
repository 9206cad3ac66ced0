"""The play itself: from event to event, the daemon's own ticks, with the organisers and the public between them."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaignbot import app as wiring
from campaignbot.app import App
from campaignbot.engines import ticks
from campaignbot.model.post import Draft
from campaignbot.rehearsal import organisers
from campaignbot.rehearsal.clock import FastClock
from campaignbot.rehearsal.phrases import MEANING
from campaignbot.rehearsal.public import Public
from campaignbot.rehearsal.verdict import Verdict, judge
from campaignbot.rehearsal.world import Said, World
from campaignbot.stages import deliver, keep
from campaignbot.store import ledger

TICK = timedelta(seconds=1)  #: the daemon looks once a second, and so does a rehearsal at most
AFTER = timedelta(days=1)  #: how long after the last post's time a play that does not come to rest goes on


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
    drafts: list[Draft] = field(default_factory=list)
    retried: Counter[str] = field(default_factory=Counter)
    on_site: deque[Draft] = field(default_factory=deque)  #: what people will arm, in the order of its time

    def run(self, *, step: Callable[[float], None]) -> Verdict:
        """Play the campaign from a day before its first post until nothing more can happen; `step` is told how much is
        done, 0 to 1."""
        began = time.monotonic()
        wiring.keep_settings(self.app)
        drafts = self.drafts = wiring.drafts(self.app.campaign)
        organisers.approve(self.app, drafts)
        deliver.recover(
            self.app.books.ledger, self.app.platforms, owner=self.app.owner, clock=self.clock, emit=self.app.emit
        )
        timed = sorted((draft.post.due, draft.key, draft) for draft in drafts if draft.post.due is not None)
        self.on_site = deque(draft for _, _, draft in timed if draft.post.armed)
        start, last = self.clock(), timed[-1][0]
        end = max(draft.post.until or last for _, _, draft in timed) + AFTER
        polled = start
        awaited: datetime | None = start
        while self.clock() < end:
            if awaited is not None and self.clock() >= awaited:
                awaited = self._work()
            self._write()
            if self.clock() >= polled + self._poll_every():
                polled = self.clock()
                self._poll()
            moments = [moment for moment in (awaited, self.public.next()) if moment is not None]
            if not moments:
                break
            self.clock.move_to(min(*moments, polled + self._poll_every(), end))
            step(min((self.clock() - start) / (last - start), 1.0))
        self._poll()
        return self.judged(seconds=time.monotonic() - began)

    def _work(self) -> datetime | None:
        """Do what is due; the next moment at which something will be, if there is any."""
        now = self.clock()
        if due := self._due_on_site(now):
            organisers.arm(self.app, due)
        ticks.due(self.app)
        ticks.answer(self.app)
        ticks.settle(self.app)
        organisers.decide(self.app, said=self._said, tried=self.retried)
        armed = self.on_site[0].post.due if self.on_site else None
        moments = [armed, deliver.next_due(self.app.books.ledger, now=now)]
        upcoming = min((moment for moment in moments if moment is not None), default=None)
        return None if upcoming is None else max(upcoming, now + TICK)

    def _write(self) -> None:
        """The public answers what it can see."""
        for planted in self.public.due(self.clock()):
            if not self.world.write(planted, self.app.campaign.accounts[planted.account]):
                self.public.written.remove(planted)

    def _due_on_site(self, now: datetime) -> list[str]:
        due = []
        while self.on_site and (moment := self.on_site[0].post.due) is not None and moment <= now:
            due.append(self.on_site.popleft().key)
        return due

    def _poll(self) -> None:
        self.collected += sum(heard.new for heard in ticks.poll(self.app))
        organisers.work_queue(self.app, meaning=MEANING)
        ticks.purge(self.app)

    def _poll_every(self) -> timedelta:
        """Hourly from two days before the action on, else every six hours: a fast clock must not ask for ever."""
        first = min(city.action.date for city in self.app.campaign.cities.values())
        near = self.clock().date() >= first - timedelta(days=2)
        return timedelta(hours=1 if near else 6)

    def _said(self, account: str) -> list[Said]:
        return self.world.said(self.app.campaign.accounts[account])

    def judged(self, *, seconds: float) -> Verdict:
        """What has become of it all by now. `seconds`: how long it took."""
        with self.app.books.ledger.read() as c:
            deliveries = ledger.deliveries(c)
        names = {city.id: city.name for city in self.app.campaign.cities.values()}
        return judge(
            drafts=self.drafts,
            deliveries=deliveries,
            on_networks={account: [one.text for one in self._said(account)] for account in self.app.campaign.accounts},
            cities=names,
            homes={reply.author: names[reply.city] for reply in self.public.written},
            planted=len(self.public.written),
            collected=self.collected,
            notes=[note for note in keep.joiners(self.app.books.people, [self.identity]) if not note.withdrawn],
            seed=self.seed,
            seconds=seconds,
        )

    def where(self) -> str:
        """Where to look around while the networks stay up."""
        urls = ", ".join(f"{name} {url}" for name, url in self.world.urls.items())
        return (
            f"The networks stay up at {urls}.\n"
            f"Look at its ledger with: campaignbot deliveries --campaign {self.app.settings.folder}\n"
            "Ctrl-C ends, and removes everything."
        )

    def wait(self) -> None:
        """Until somebody presses Ctrl-C: KeyboardInterrupt."""
        threading.Event().wait()
