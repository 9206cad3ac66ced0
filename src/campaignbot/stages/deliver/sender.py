"""One pass over what is due: what is too late is marked, the rest is sent, one lane an account.

The calling thread alone writes to the database; lanes only talk to their platform, and where one takes long, look
whether its post was stopped. Each turn is one commit: the results that came in, and the next intents. So in a burst
many posts share a commit, and a lone post costs two.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from campaignbot.model import errors
from campaignbot.model.delivery import Delivery, Receipt
from campaignbot.platforms.base import Platform
from campaignbot.stages.deliver import desk, lane
from campaignbot.store import database
from campaignbot.store.ledger import accounts, lanes

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Emit = Callable[[Delivery, str | None], None]

LANES = 32
#: In a burst a result waits for others to share its commit: as long as they keep coming at least this often …
PAUSE = 0.01
#: … and this long at the most, in seconds.
GATHER = 0.25
#: While lanes are busy, how often to look for what has come due on the others, in seconds.
LOOK_ROUND = 1.0
#: How long to wait before a turn is tried again, in seconds.
AGAIN = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """Where accounts come into a pass that is under way, and leave it."""

    come: Callable[[], Mapping[str, Platform]]  #: those that came since it was last asked
    leave: Callable[[Collection[str]], None]  #: told of those that have nothing more to send now


def due(
    db: database.Database,
    platforms: Mapping[str, Platform],
    *,
    owner: str,
    clock: Clock,
    emit: Emit,
    stopping: Callable[[], bool] = lambda: False,
    pool: Executor | None = None,
    door: Door | None = None,
    answered: Callable[[Delivery], Receipt | None] | None = None,
) -> int:
    """Send what is due, until nothing more may go now; how many were tried.

    What is past its `until` is MISSED; what is overdue follows its `late`. Stops, pauses, leases, quiet hours, spacing
    and daily caps are asked in the very transaction that writes the intent. `emit` is told each move after its commit,
    with the words where they are at hand. Once `stopping()`, nothing new begins. `pool` runs the lanes, where it is
    given. With a `door` accounts join while it lasts, and each leaves as soon as nothing of its own may go now.
    With `answered`, which says what each answers, answers alone; else posts alone.
    UserError where the database refuses: then nothing more is sent.
    """
    with db.read() as c:
        if not lanes.anything(c, now=clock(), answers=answered is not None):
            return 0
    run = _Pass(
        db=db,
        platforms=dict(platforms),
        owner=owner,
        clock=clock,
        emit=emit,
        stopping=stopping,
        door=door,
        answered=answered,
    )
    if pool is not None:
        run.drain(pool)
    else:
        with ThreadPoolExecutor(max_workers=LANES, thread_name_prefix="lane") as threads:
            run.drain(threads)
    return run.tried


@dataclass(frozen=True, slots=True)
class _Done:
    order: lane.Order
    outcome: lane.Outcome
    crash: BaseException | None = None


@dataclass(kw_only=True)
class _Pass:
    db: database.Database
    platforms: dict[str, Platform]
    owner: str
    clock: Clock
    emit: Emit
    stopping: Callable[[], bool]
    door: Door | None
    answered: Callable[[Delivery], Receipt | None] | None = None
    new: bool = True  #: some of the accounts were in no turn yet
    tried: int = 0
    busy: set[str] = field(default_factory=set)  #: accounts
    leased: dict[str, float] = field(default_factory=dict)  #: accounts, by boot_seconds() when their leases were taken
    done: deque[_Done] = field(default_factory=deque)
    enough: threading.Event = field(default_factory=threading.Event)
    wanted: int = 1
    renewed: datetime | None = None  #: when the busy accounts' leases were last taken

    def drain(self, pool: Executor) -> None:
        """Turn upon turn, until no lane is busy and the last turn left nothing to ask."""
        again = self._turn(pool, [])
        while again or self.busy or self._came():
            again = self._kept(pool, list(self._gather()))

    def _kept(self, pool: Executor, done: list[tuple[lane.Order, lane.Outcome]]) -> bool:
        """A turn, and another try each second where a server that several machines share does not answer: it may be
        restarted, and what came of the posts that are out nobody else knows. While their leases hold; less where it is
        time to end."""
        began = time.monotonic()
        while True:
            try:
                return self._turn(pool, done)
            except errors.UserError:
                patience = database.BUSY_SECONDS if self.stopping() else desk.LEASE.total_seconds()
                if self.db.alone or not (done or self.busy) or time.monotonic() - began > patience:
                    raise
            time.sleep(AGAIN)  # whoever asks a server at once that is starting is only refused again

    def _turn(self, pool: Executor, done: list[tuple[lane.Order, lane.Outcome]]) -> bool:
        """One commit: results in, marks, next intents; then the lanes start. Whether another turn may find more."""
        self._came()
        boot = lane.boot_seconds()
        orders: list[lane.Order] = []
        free = self.platforms.keys() - self.busy
        with self.db.write(beside=self._own(free, boot)) as c:
            turn = desk.Desk(c=c, now=self.clock(), owner=self.owner, stays=self._called_back, answered=self.answered)
            turn.results(done)
            self._renew(c, turn.now)
            if self.new:
                accounts.know(c, list(self.platforms))
                turn.sweep()
            if not self.stopping():
                orders = turn.orders(free, room=LANES - len(self.busy), boot=boot)
            turn.rest({order.delivery.post.account for order, _ in done})
            turn.close()
        self.new = False
        self.wanted = len(self.busy) + len(orders)
        for order in orders:
            self.busy.add(order.delivery.post.account)
            self.leased[order.delivery.post.account] = boot
            self.tried += isinstance(order, lane.Send)
            pool.submit(self._lane, order)
        self.leased = {name: at for name, at in self.leased.items() if name in self.busy}
        for delivery, text in turn.moved:
            log.info("moved", extra={"key": delivery.key, "state": str(delivery.state)})
            self.emit(delivery, text)
        if self.door is not None and not turn.again and len(self.busy) < LANES:  # else not all were asked
            self.door.leave(self.platforms.keys() - self.busy)
            self.platforms = {name: self.platforms[name] for name in self.busy}
        return turn.again

    def _own(self, names: Collection[str], boot: float) -> bool:
        """Whether these are ours by leases that hold for long: then nobody else touches what a turn writes of them, and
        other senders may make their turns meanwhile."""
        fresh = boot - desk.LEASE.total_seconds() / 2
        return not self.new and all(name in self.leased and self.leased[name] > fresh for name in names)

    def _came(self) -> bool:
        """Whether accounts have joined since the last turn."""
        came = {} if self.door is None else self.door.come()
        self.platforms |= came
        self.new |= bool(came)
        return self.new

    def _renew(self, c: database.Connection, now: datetime) -> None:
        """A lane that is slow with large pictures is not gone."""
        if self.renewed is None or not self.busy:
            self.renewed = now
        elif abs(now - self.renewed) > desk.LEASE / 3:  # either way: the clock may have been set back
            accounts.lease(c, self.busy, owner=self.owner, expires=now + desk.LEASE)
            self.renewed = now

    def _gather(self) -> Iterator[tuple[lane.Order, lane.Outcome]]:
        """What came in: some results unless none comes for a while, and in a burst all that keep coming. A turn beside
        busy lanes waits for the interpreter at every row; after them it does not."""
        until = time.monotonic() + LOOK_ROUND
        while self.busy and not self.done and not self._came() and time.monotonic() < until:
            self.enough.wait(PAUSE)
        until, before = time.monotonic() + GATHER, 0
        while before < len(self.done) < len(self.busy) and time.monotonic() < until:
            before = len(self.done)
            self.enough.wait(PAUSE)
        self.enough.clear()
        while self.done:
            found = self.done.popleft()
            self.busy.remove(found.order.delivery.post.account)
            if found.crash is not None:
                raise found.crash
            yield found.order, found.outcome

    def _called_back(self, one: Delivery, attempt: str) -> bool:
        with self.db.read() as c:
            stays = desk.called_back(c, one, attempt=attempt)
        # last of all: whoever has just asked to be left alone is
        return stays or (self.answered is not None and self.answered(one) is None)

    def _lane(self, order: lane.Order) -> None:
        try:
            self.done.append(_Done(order, lane.carry_out(self.platforms[order.delivery.post.account], order)))
        except BaseException as crash:  # noqa: BLE001 - handed to the thread that owns the pass: that one dies of it
            self.done.append(_Done(order, errors.NoAnswer("the sender is gone"), crash))
        if len(self.done) >= self.wanted:  # waking the pass for each result alone would cost more than the result
            self.enough.set()
