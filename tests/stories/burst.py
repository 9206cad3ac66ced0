"""What the stories of a burst share: networks that take their time, and a daemon in the middle of it."""

import json
import queue
import sqlite3
import subprocess
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

from town import PATIENCE, Clock, Town, World, until

from campaignbot.networks import faults, graph, x

LIMITS = "{spacing: 0s, settle: 1s, poll: 1h, per_account_per_day: 500}"
SLOW = 1_000_000  #: requests that take their time


def slots(number: int) -> list[tuple[str, timedelta]]:
    return [(f"slot{n:02}", timedelta(0)) for n in range(number)]


def slow(clock: Clock, *, seconds: float, cities: Sequence[str]) -> dict[str, World]:
    """Cities that share one X and one Facebook, each of which takes so long for a post."""
    world = World(x=x.Network(clock=clock), graph=graph.Network(clock=clock))
    for network in (world.x, world.graph):
        network.faults.add(faults.Fault("slow", seconds=seconds, times=SLOW))
    return dict.fromkeys(cities, world)


def networks(place: Town) -> list[x.Network | graph.Network]:
    return [*{network for world in place.worlds.values() for network in (world.x, world.graph)}]


def hurry(place: Town) -> None:
    """The networks take no time any more."""
    for network in networks(place):
        network.faults.clear()


class Running:
    """A daemon whose words are read as they come: one that nobody reads stands still once the pipe is full."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.events: queue.SimpleQueue[dict[str, str] | None] = queue.SimpleQueue()
        self.log: list[str] = []
        self._readers = [threading.Thread(target=read) for read in (self._hear, self._keep)]
        for reader in self._readers:
            reader.start()

    def said(self, event: str) -> dict[str, str]:
        """Wait for an event."""
        while found := self.events.get(timeout=PATIENCE):
            if found["event"] == event:
                return found
        raise AssertionError(f"it ended before it was {event}")

    def killed(self) -> None:
        self.process.kill()
        self._gone()

    def ended(self) -> None:
        """End it as a service manager does."""
        self.process.terminate()
        self._gone()
        assert (self.process.returncode, "Traceback" in "".join(self.log)) == (0, False), self.log

    def _gone(self) -> None:
        self.process.wait(timeout=60)
        for reader in self._readers:
            reader.join()

    def _hear(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.put(json.loads(line))
        self.events.put(None)

    def _keep(self) -> None:
        assert self.process.stderr is not None
        self.log.extend(self.process.stderr)


def started(place: Town, *arguments: str, point: str = "", **more: str) -> Running:
    """A daemon that may have to wait before it is ready."""
    return Running(place.start("run", "--live", "--yes", "--json", *arguments, point=point, **more))


def ready(place: Town, *, point: str = "", **more: str) -> Running:
    """A daemon that has started."""
    daemon = started(place, point=point, **more)
    daemon.said("ready")
    return daemon


def left(place: Town) -> int:
    """How many posts the program has something left to do for."""
    with closing(sqlite3.connect(f"file:{place.folder / '.campaignbot/ledger.db'}?mode=ro", uri=True)) as c:
        asked = "SELECT count(*) FROM deliveries WHERE state IN ('WAITING', 'SENDING') OR settle_at IS NOT NULL"
        return int(c.execute(asked).fetchone()[0])


def drained(place: Town, daemon: Running) -> None:
    """Let it finish, and end it."""
    until(lambda: left(place) == 0, seconds=300)
    daemon.ended()


def counts(place: Town) -> dict[str, int]:
    """Account -> how much stands on it."""
    return {account: len(texts) for account, texts in place.public_texts().items()}


def out(place: Town) -> int:
    return sum(counts(place).values())
