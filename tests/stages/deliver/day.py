"""One simulated day: the real ledger and the real `deliver`, one or two senders, people, a network, and a clock.

Everything follows from the seed: lanes run one after another where the sender hands them over, from event to event.
What is asked of the senders is asked as it goes, at the moment at which a post begins and at which it leaves.
"""

import contextlib
import dataclasses
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

import made
from campaignbot.model.campaign import Late, Pacing
from campaignbot.model.delivery import Hold, State
from campaignbot.model.post import Draft, Post
from campaignbot.stages import deliver
from campaignbot.stages.deliver import lane
from campaignbot.store import database, drafts, ledger, schema
from stages.deliver import people, rules
from stages.deliver.hands import Hand
from stages.deliver.listed import Crash
from stages.deliver.networked import KINDS, SETTLE, Network, Said

ACCOUNTS = ("x-london", "fb-london")
PLACES = {"london": "GB", "paris": "FR"}
STEPS = 150


class Shelf:
    """A ledger in memory that is emptied, copied and put back whole."""

    def __init__(self) -> None:
        self.db = database.memory(kind="ledger")
        with self.db.read() as c:
            driver = c.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        self.driver = driver
        names = [table.name for table in reversed(schema.metadata.sorted_tables)]
        self.emptied = "; ".join(["BEGIN", *(f"DELETE FROM {name}" for name in names), "COMMIT"])

    def clear(self) -> None:
        self.driver.executescript(self.emptied)

    def copy(self) -> sqlite3.Connection:
        other = sqlite3.connect(":memory:", check_same_thread=False)
        self.driver.backup(other)
        return other

    def put_back(self, copy: sqlite3.Connection) -> None:
        copy.backup(self.driver)

    def rows(self, asked: str, *values: object) -> list[Any]:
        return self.driver.execute(asked, values).fetchall()


class Day:
    """What is true on one day, and what went wrong."""

    def __init__(self, shelf: Shelf, seed: int, *, kinds: Mapping[str, int] = KINDS) -> None:
        self.random, self.shelf, self.db = Random(seed), shelf, shelf.db
        shelf.clear()
        self.true = made.NOON - timedelta(hours=1)
        self.off = timedelta(0)  #: of our clock against the true one
        self.easy = len(kinds) < 3  #: nothing else ever happens
        self.several = not self.easy and self.chance(0.3)
        shelf.db.alone = not self.several
        self.known = people.Known()
        self.begun: dict[str, tuple[datetime, datetime]] = {}  #: by key: when it last began, ours and true
        self.flying: dict[str, tuple[Hand, datetime]] = {}  #: by account: who is sending, and the end of the lease
        self.active: list[Hand] = []  #: whose lanes run: who is frozen stands before who acts meanwhile
        self.wrongs: list[str] = []
        self.passed: dict[str, int] = {name: 0 for name in ("died", "froze", "restored", "jumped", "acts")}
        self.clock_jumps = not self.easy and self.chance(0.15)
        self.jumps = 2 if self.clock_jumps else 0  #: to come
        self.hiding = not self.easy and self.chance(0.3)
        self.deep = self.lives = 0
        self.copied: tuple[sqlite3.Connection, people.Known] | None = None
        self.networks = {name: self._network(name, dict(kinds)) for name in ACCOUNTS}
        self.pacing = self._pacing()
        self.posts = self._fill()
        self.hands = [self.born() for _ in range(2 if self.several else 1)]

    @property
    def now(self) -> datetime:
        return self.true + self.off

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def wrong(self, what: str) -> None:
        self.wrongs.append(f"{self.now:%d %H:%M:%S} {what}")

    def settled(self, key: str) -> bool:
        """Whether all that was ever said of it can be seen by now."""
        return key in self.begun and self.true - self.begun[key][1] > 2 * SETTLE

    def forward(self, seconds: float) -> None:
        self.true += timedelta(seconds=seconds)

    def play(self) -> list[str]:
        """From event to event until nothing is left but what waits for a person."""
        with patched(self):
            for hand in list(self.hands):
                self.life(hand, hand.recover)
            for _ in range(STEPS):
                at = deliver.next_due(self.db, now=self.now) or rules.last_moment(self)
                if self.wrongs or at is None:
                    break
                self.true = max(at - self.off, self.true + timedelta(seconds=self.random.choice((1, 5, 30))))
                if not self.easy:
                    self.disturb()
                self.step(self.random.choice(self.hands))
            else:
                self.wrong("the day does not end")
        if not self.wrongs:
            rules.ended(self)
        return self.wrongs

    def step(self, hand: Hand) -> None:
        hand.dying = None
        if not self.easy and self.lives < 8 and self.chance(0.15):
            hand.dying, hand.left = self.random.choice(("clock", "submit", "told")), self.random.randrange(4)
        hand = self.life(hand, hand.due)
        self.life(hand, hand.settle)

    def disturb(self) -> None:
        if self.chance(0.3):
            people.act(self)
        # set forward within minutes of a doubt, our clock would say too soon that all is settled: that is assumed away
        if self.jumps and self.chance(0.6) and all(self.true - true > SETTLE for _, true in self.begun.values()):
            self.jumps -= 1
            self.passed["jumped"] += 1
            self.off = timedelta(0) if self.off else timedelta(hours=self.random.choice((-24, -1, 1, 24)))
        if not self.several and not self.clock_jumps and not self.hiding:  # an old copy and a timeline is all we have
            if self.copied is None and self.chance(0.2):
                self.copied = (self.shelf.copy(), self.known)
            elif self.copied is not None and self.chance(0.2):
                self.restore(*self.copied)

    def restore(self, copy: sqlite3.Connection, known: people.Known) -> None:
        """A person stops the sender, puts an old copy back by hand, and starts it again; that takes ten minutes."""
        self.passed["restored"] += 1
        self.forward(self.random.randrange(600, 7200))
        self.shelf.put_back(copy)
        self.known, self.begun = known, {}
        self.hands = [self.born()]
        self.life(self.hands[0], self.hands[0].recover)

    def life(self, hand: Hand, step: Callable[[], object]) -> Hand:
        """Take a step; who dies of it is born again later, under another name or the same."""
        while True:
            try:
                step()
                return hand
            except Crash:
                place = self.hands.index(hand)
                self.flying = {name: one for name, one in self.flying.items() if one[0] is not hand}
                # who sleeps with a request on its way sleeps no longer than is assumed of a network
                self.forward(self.random.randrange(1, 20 if self.deep else 600))
                self.hands[place] = hand = self.born(hand.owner if self.chance(0.2) else None)
                step = hand.recover

    def born(self, owner: str | None = None) -> Hand:
        self.lives += 1
        return Hand(self, owner or f"here:{self.lives}")

    def freeze(self, hand: Hand) -> None:
        """This process sleeps, with the intent written; the machine does too where there is no other."""
        if self.deep or self.easy:
            return
        self.deep += 1
        self.passed["froze"] += 1
        for seconds in self.random.choice(((20,), (45, 45), (120, 200, 30), (330,))):
            self.forward(seconds)
            for other in self.hands:
                if other is not hand:
                    self.step(other)
            if self.chance(0.5):
                people.act(self)
        self.deep -= 1

    def happens(self, what: str) -> None:
        hand = self.active[-1]
        if what == "dies":
            hand.die()
        elif what == "slow":
            self.forward(20)
            people.stop(self) if self.chance(0.4) else self.freeze(hand)
        elif what == "frozen":
            self.freeze(hand)
        else:
            people.act(self)

    def _network(self, name: str, kinds: dict[str, int]) -> Network:
        lag = timedelta(0) if self.easy else timedelta(seconds=self.random.choice((0, 0, 20, 140)))
        return Network(
            random=self.random,
            true=lambda: self.true,
            ours=lambda: self.now,
            leaves=lambda draft: rules.leaves(self, draft),
            happens=self.happens,
            kinds=kinds,
            proves_absence=name.startswith("x"),
            hides=0.3 if name.startswith("fb") and self.hiding else 0.0,
            lag=lag,
        )

    def _pacing(self) -> Pacing:
        if self.chance(0.5):
            return ledger.OPEN
        quiet = self.random.choice((None, (time(13), time(14))))
        spacing = timedelta(minutes=self.random.choice((0, 10, 30)))
        cap = self.random.choice((2, 8))
        return dataclasses.replace(ledger.OPEN, quiet=quiet, spacing=spacing, per_account_per_day=cap)

    def _fill(self) -> dict[str, Post]:
        """One to three approved posts; the words of one of them stand on the timeline since last week."""
        made_here = [self._draft(n) for n in range(1 if self.easy else self.random.choice((1, 1, 2, 2, 3)))]
        if not self.easy and self.chance(0.2):
            first = made_here[0]
            old = self.true - timedelta(days=4)
            self.networks[first.post.account].told.append(Said(old, old, None, first.text))
        with self.db.write() as c:
            ledger.keep_places(c, PLACES)
            ledger.keep_pacing(c, self.pacing)
            drafts.keep_all(c, made_here, now=self.now)
            drafts.approve_all(
                c, [(one.key, one.digest or "") for one in made_here], by="london-1", now=self.now - SETTLE
            )
            news = [
                ledger.New(post=one.post, state=state, reason=reason, digest=one.digest)
                for one in made_here
                for state, reason in [_first(one.post)]
            ]
            ledger.add_all(c, news, by="london-1", now=self.now)
        return {one.key: one.post for one in made_here}

    def _draft(self, n: int) -> Draft:
        pick = self.random.choice
        called = not self.easy and self.chance(0.12)
        city, account = pick(("london", "london", "paris")), "x-london" if self.easy else pick(ACCOUNTS)
        post = made.post(
            slot="cancelled" if called else pick((f"s{n}", f"s{n}", "s0")),
            city=city,
            language=("en-GB", "fr-FR", "es-ES")[n],
            account=account,
            due=None if called else made.NOON + timedelta(minutes=pick((0, 0, 1, self.random.randrange(-30, 120)))),
            wall=None if called else "2026-12-01T12:00",
            expires=timedelta(minutes=2000 if self.clock_jumps or self.easy else pick((10, 60, 360))),
            late=Late.SEND if self.clock_jumps or self.easy else pick((Late.SEND, Late.SEND, Late.SKIP, Late.ASK)),
            armed=not called and not self.easy and self.chance(0.1),
            called=called,
            ignores_quiet=self.chance(0.1),
        )
        return made.draft(post=post, account=made.account(id=account), text=f"{post.slot} {city} {account} {n}")


def _first(post: Post) -> tuple[State, str | None]:
    if post.called:
        return State.HELD, Hold.CALLED
    return (State.HELD, Hold.ARMED) if post.armed else (State.WAITING, None)


@contextlib.contextmanager
def patched(day: Day) -> Iterator[None]:
    """The clock that only ever goes forward is the day's."""
    before = lane.boot_seconds
    lane.boot_seconds = lambda: (day.true - made.NOON).total_seconds()
    try:
        yield
    finally:
        lane.boot_seconds = before
