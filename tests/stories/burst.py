"""What the stories of a burst share: networks that take their time, and a daemon in the middle of it."""

import contextlib
import json
import queue
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from town import BELIEVING, PATIENCE, Clock, Town, World, until

from campaignbot.networks import faults, graph, x
from campaignbot.networks.x import writing

LIMITS = "{spacing: 0s, settle: 1s, poll: 1h, per_account_per_day: 500}"
SLOW = 1_000_000  #: requests that take their time


def slots(number: int) -> list[tuple[str, timedelta]]:
    return [(f"slot{n:02}", timedelta(0)) for n in range(number)]


def slow(clock: Clock, *, seconds: float, cities: Sequence[str], rules: writing.Rules = BELIEVING) -> dict[str, World]:
    """Cities that share one X and one Facebook, each of which takes so long for a post."""
    world = World(x=x.Network(clock=clock, rules=rules), graph=graph.Network(clock=clock))
    for network in (world.x, world.graph):
        network.faults.add(faults.Fault("slow", seconds=seconds, times=SLOW))
    return dict.fromkeys(cities, world)


def hurry(place: Town) -> None:
    """The networks take no time any more."""
    for network in place.networks:
        network.faults.clear()


class Running:
    """A daemon whose words are read as they come: one that nobody reads stands still once the pipe is full."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.events: queue.SimpleQueue[dict[str, str] | None] = queue.SimpleQueue()
        self.log: list[str] = []
        self.readers = [threading.Thread(target=read) for read in (self._hear, self._keep)]
        for reader in self.readers:
            reader.start()

    def said(self, event: str) -> dict[str, str]:
        """Wait for an event."""
        end, heard = time.monotonic() + PATIENCE, Counter[str]()
        with contextlib.suppress(queue.Empty):
            while found := self.events.get(timeout=max(0, end - time.monotonic())):
                heard[found["event"]] += 1
                if found["event"] == event:
                    return found
            raise AssertionError(f"it ended before it said {event!r}: {self.log}")
        raise AssertionError(f"it did not say {event!r} in {PATIENCE:.0f} seconds, but {dict(heard)}: {self.log}")

    def killed(self) -> None:
        self.process.kill()
        self.struck()

    def struck(self) -> None:
        """Wait until it is killed."""
        self._gone(-signal.SIGKILL)

    def ended(self) -> None:
        """End it as a service manager does."""
        self.process.terminate()
        self._gone(0)

    def finished(self) -> None:
        """Wait until it has nothing left to do; a person may have."""
        self._gone(0, 3)

    def _gone(self, *codes: int) -> None:
        try:
            self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end in {PATIENCE:.0f} seconds: {self.log}") from None
        for reader in self.readers:
            reader.join()
        assert (self.process.returncode in codes, "Traceback" in "".join(self.log)) == (True, False), self.log

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
    running = Running(place.start("run", "--live", "--yes", "--json", *arguments, point=point, **more))
    place.readers += running.readers
    return running


def ready(place: Town, *, point: str = "", **more: str) -> Running:
    """A daemon that has started."""
    daemon = started(place, point=point, **more)
    daemon.said("ready")
    return daemon


def left(place: Town) -> list[tuple[str, str]]:
    """Where the program has something left to do: account and state, a post a row."""
    asked = "SELECT account, state FROM deliveries WHERE state IN ('WAITING', 'SENDING') OR settle_at IS NOT NULL"
    return [(account, state) for account, state in place.ledger(asked)]


def paused(place: Town) -> dict[str, str]:
    """Account -> why it is paused."""
    return {name: why for name, why in place.ledger("SELECT account, paused FROM accounts WHERE paused IS NOT NULL")}


def drained(place: Town, daemon: Running) -> None:
    """Let it finish, and end it."""
    until(lambda: not left(place), instead=lambda: f"left to do: {left(place)}, paused: {paused(place)}")
    daemon.ended()


def counts(place: Town) -> dict[str, int]:
    """Account -> how much stands on it."""
    return {account: len(texts) for account, texts in place.public_texts().items()}


def out(place: Town) -> int:
    return sum(counts(place).values())
