"""What the stories of a burst share: networks that take their time, and a daemon in the middle of it."""

import json
import signal
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

from town import Clock, Town, World, until

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


def ready(place: Town, *, point: str = "", **more: str) -> "subprocess.Popen[str]":
    """A daemon that has started."""
    daemon = place.start("run", "--live", "--yes", "--json", point=point, **more)
    said(daemon, "ready")
    return daemon


def said(started: "subprocess.Popen[str]", event: str) -> dict[str, str]:
    """Wait for an event."""
    assert started.stdout is not None
    for line in started.stdout:
        found: dict[str, str] = json.loads(line)
        if found["event"] == event:
            return found
    raise AssertionError(f"it ended before it was {event}")


def left(place: Town) -> int:
    """How many posts the program has something left to do for."""
    with closing(sqlite3.connect(f"file:{place.folder / '.campaignbot/ledger.db'}?mode=ro", uri=True)) as c:
        asked = "SELECT count(*) FROM deliveries WHERE state IN ('WAITING', 'SENDING') OR settle_at IS NOT NULL"
        return int(c.execute(asked).fetchone()[0])


def drained(place: Town, daemon: "subprocess.Popen[str]") -> None:
    """Let it finish, and end it as a service manager does."""
    until(lambda: left(place) == 0, seconds=300)
    ended(daemon)


def ended(daemon: "subprocess.Popen[str]") -> None:
    daemon.send_signal(signal.SIGTERM)
    _out, err = daemon.communicate(timeout=60)
    assert (daemon.returncode, "Traceback" in err) == (0, False), err


def counts(place: Town) -> dict[str, int]:
    """Account -> how much stands on it."""
    return {account: len(texts) for account, texts in place.public_texts().items()}


def out(place: Town) -> int:
    return sum(counts(place).values())
