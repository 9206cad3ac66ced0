"""One sending process of a simulated day."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import datetime
from typing import TYPE_CHECKING, Any

from campaignbot.model.delivery import Delivery
from campaignbot.stages import deliver
from campaignbot.stages.deliver import lane
from stages.deliver import rules
from stages.deliver.listed import Crash

if TYPE_CHECKING:
    from stages.deliver.day import Day


class Hand(Executor):
    """One sending process. Its lanes run at once, in the order in which they are handed over."""

    def __init__(self, day: "Day", owner: str) -> None:
        self.day, self.owner = day, owner
        self.read, self.seen = day.now, day.known
        self.dying: str | None = None  #: where it dies next …
        self.left = 0  #: … after so many more
        self.dead = False

    def clock(self) -> datetime:
        """Read once a turn, inside its transaction: what people have said by then holds for it."""
        self.at("clock")
        self.read, self.seen = self.day.now, self.day.known
        return self.read

    def at(self, point: str) -> None:
        if self.dying == point:
            self.left -= 1
            if self.left < 0:
                self.die()

    def die(self) -> None:
        self.dead = True
        self.day.passed["died"] += 1
        raise Crash

    def submit(self, call: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        (order,) = args
        if self.dead:  # the lane before this one died
            raise Crash
        if isinstance(order, lane.Send):
            rules.begun(self.day, self, order)
        self.at("submit")
        if self.day.chance(0.03):
            self.day.freeze(self)
        self.day.active.append(self)
        call(order)
        self.day.active.pop()
        self.day.flying.pop(order.delivery.post.account, None)
        return Future()

    def map(self, fn: Callable[..., Any], *iterables: Any, timeout: float | None = None, chunksize: int = 1) -> Any:
        return iter([fn(*args) for args in zip(*iterables, strict=True)])

    def told(self, delivery: Delivery, _text: str | None) -> None:
        rules.told(self.day, delivery)
        self.at("told")

    def recover(self) -> None:
        day = self.day
        deliver.recover(day.db, day.networks, owner=self.owner, clock=self.clock, emit=self.told)

    def due(self) -> None:
        day = self.day
        deliver.due(day.db, day.networks, owner=self.owner, clock=self.clock, emit=self.told, pool=self)
        rules.held_up(day, self)

    def settle(self) -> None:
        day = self.day
        deliver.settle(day.db, day.networks, owner=self.owner, clock=self.clock, emit=self.told, pool=self)
