"""The ground gives way under a running daemon: the disk, the file, the clock, the machine. Nothing is lost or doubled,
and where a person must act one sentence says so."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import burst
import pytest
import tally
from town import BELIEVING, HOUR, PATIENCE, Clock, Town, town, until

from campaignbot.networks import faults
from campaignbot.networks.x import writing

pytestmark = pytest.mark.crash
CITIES = ("london", "sydney")
POSTS = 20 * 2 * len(CITIES)
LEASE = "4"  #: seconds: what was on its way when the ground gave way is looked for after them, not after minutes


@dataclass
class Burst:
    place: Town
    daemon: burst.Running
    clock: Clock  #: the programs'
    world: Clock  #: the networks'

    @property
    def ledger(self) -> Path:
        return self.place.folder / ".campaignbot" / "ledger.db"


@contextmanager
def _burst(
    tmp_path: Path,
    *,
    point: str = "",
    last: str = "1h",
    rules: writing.Rules = BELIEVING,
    lease: str = LEASE,
    **more: str,
) -> Iterator[Burst]:
    """A daemon with a quarter of its posts out."""
    clock, world = Clock(tmp_path / "clock"), Clock(tmp_path / "world")
    worlds = burst.slow(world, seconds=0.3, cities=CITIES, rules=rules)
    with town(
        tmp_path / "campaign", slots=burst.slots(20), limits=burst.LIMITS, worlds=worlds, clock=clock, last=last
    ) as place:
        place.approve()
        daemon = burst.ready(place, point=point, LEASE=lease, **more)
        clock.move(HOUR)
        world.move(HOUR)
        if not point:
            until(lambda: burst.out(place) >= POSTS // 4)
        yield Burst(place=place, daemon=daemon, clock=clock, world=world)


def test_a_full_disk(tmp_path: Path) -> None:
    with _burst(tmp_path) as now:
        _soft, hard = resource.prlimit(now.daemon.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(now.daemon.process.pid, resource.RLIMIT_FSIZE, (0, hard))  # not a byte more
        assert "nothing more was recorded or sent" in now.daemon.said("trouble")["detail"]
        time.sleep(1)  # what was on its way arrives
        then = burst.counts(now.place)
        time.sleep(2)  # what must not happen needs time not to happen: the daemon tries every second
        assert burst.counts(now.place) == then

        resource.prlimit(now.daemon.process.pid, resource.RLIMIT_FSIZE, (hard, hard))

        burst.drained(now.place, now.daemon)
        assert tally.ended(now.place, "a full disk") == {"sent": POSTS, "again": 0}


def test_a_ledger_that_another_program_keeps_locked(tmp_path: Path) -> None:
    with _burst(tmp_path) as now:
        with closing(sqlite3.connect(now.ledger, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert "kept locked by another program" in now.daemon.said("trouble")["detail"]
            other.execute("ROLLBACK")

        burst.drained(now.place, now.daemon)
        assert tally.ended(now.place, "a ledger kept locked") == {"sent": POSTS, "again": 0}


def test_a_ledger_that_may_not_be_written(tmp_path: Path) -> None:
    with _burst(tmp_path) as now:
        now.daemon.ended()
        then = burst.counts(now.place)
        now.ledger.chmod(0o400)
        try:
            refused = subprocess.run(
                [*_as_anybody(), *now.place.command("run", "--live", "--yes")],
                env=now.place.environment(),
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
        finally:
            now.ledger.chmod(0o600)
        assert (refused.returncode, len(refused.stderr.splitlines()), "writable for this user" in refused.stderr) == (
            1,
            1,
            True,
        ), refused.stderr
        assert burst.counts(now.place) == then

        now.place.call("run", "--live", "--yes", "--drain")
        assert tally.ended(now.place, "a ledger that may not be written") == {"sent": POSTS, "again": 0}


def _as_anybody() -> list[str]:
    """Root may write everything, unless it gives that up."""
    return ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []


@pytest.mark.parametrize("when", ["running", "dead"])
def test_the_write_ahead_log_is_removed(tmp_path: Path, when: str) -> None:
    with _burst(tmp_path) as now:
        if when == "dead":
            now.daemon.killed()
        for name in ("ledger.db-wal", "ledger.db-shm"):
            (now.ledger.parent / name).unlink()
        if when == "running":
            until(lambda: burst.out(now.place) >= POSTS // 2)
            now.daemon.killed()

        burst.started(now.place, "--drain").finished()
        found = tally.ended(now.place, f"the write-ahead log removed, the daemon {when}")
        held = found.pop("held", 0)  # on Facebook, those whose intent is known and which never left
        assert (found, held <= len(CITIES)) == ({"sent": POSTS - held, "again": 0}, True)


MOVED = {
    "an hour forward": HOUR,
    "an hour back": -HOUR,
    "a day forward": timedelta(days=1),
    "a day back": timedelta(days=-1),
}


@pytest.mark.parametrize("how", MOVED)
def test_the_clock_is_moved(tmp_path: Path, how: str) -> None:
    by = MOVED[how]
    with _burst(tmp_path, last="3h") as now:
        for network in now.place.networks:
            network.faults.clear()
            network.faults.add(faults.Fault("lost_answer", times=2))
            network.faults.add(faults.Fault("slow", seconds=0.3, times=burst.SLOW))
        until(lambda: all(network.faults.played["lost_answer"] == 2 for network in now.place.networks))

        now.clock.move(by)
        if by < timedelta(0):
            time.sleep(2)  # what was on its way arrives; nothing is due any more
            then = burst.counts(now.place)
            time.sleep(2)  # what must not happen needs time not to happen: the daemon looks every second
            assert burst.counts(now.place) == then
            now.clock.move(-by)

        burst.drained(now.place, now.daemon)
        found = tally.ended(now.place, f"the clock moved {how}")
        if by == timedelta(days=1):  # what could be sent until three o'clock is missed, and shown
            held = found.pop("held")
            assert (found, held > 0) == ({"sent": POSTS - held, "again": 0}, True)
        else:
            assert found == {"sent": POSTS, "again": 0}


def test_a_clock_that_x_does_not_believe(tmp_path: Path) -> None:
    # the story's own hour is believed, two are not
    with _burst(tmp_path, last="3h", rules=writing.Rules(fresh=timedelta(minutes=90))) as now:
        now.clock.move(HOUR)
        until(lambda: burst.paused(now.place).keys() == {f"x-{city}" for city in CITIES})
        now.clock.move(-HOUR)
        for city in CITIES:
            now.place.call("resume", "--account", f"x-{city}", "--by", "london-1")

        burst.drained(now.place, now.daemon)
        # each X account was refused once, and not asked again before somebody had mended the clock
        assert tally.ended(now.place, "a clock that X does not believe") == {"sent": POSTS, "again": len(CITIES)}


def test_a_machine_that_sleeps_between_an_intent_and_the_first_byte(tmp_path: Path) -> None:
    # nobody dies here: while the machine stands still, and when the clock is moved, no lease is to run out
    with _burst(tmp_path, point="before send:5:SIGSTOP", STALE="2", lease="300") as now:
        until(lambda: Path(f"/proc/{now.daemon.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
        time.sleep(3)  # longer than an intent may be old
        os.kill(now.daemon.process.pid, signal.SIGCONT)
        waiting = now.daemon.said("waiting")
        for clock in (now.clock, now.world):
            clock.move(timedelta(minutes=1))
        burst.drained(now.place, now.daemon)
        assert tally.ended(now.place, "a machine that sleeps") == {"sent": POSTS, "again": 0}
        attempts = {key: number for key, number in now.place.ledger("SELECT key, attempts FROM deliveries")}
        assert attempts[waiting["key"]] == 2  # the intent that grew old never left


def test_a_ledger_put_back_from_an_hour_ago(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    worlds = burst.slow(clock, seconds=0, cities=CITIES)
    with town(tmp_path / "campaign", slots=burst.slots(3), limits=burst.LIMITS, worlds=worlds, clock=clock) as place:
        place.approve()
        ledger, copy = place.folder / ".campaignbot" / "ledger.db", tmp_path / "an-hour-ago.db"
        shutil.copy(ledger, copy)
        daemon = burst.ready(place)
        clock.move(HOUR)
        burst.drained(place, daemon)
        then = place.public_texts()
        assert {account: len(said) for account, said in then.items()} == dict.fromkeys(then, 3)

        for name in ("ledger.db-wal", "ledger.db-shm"):
            (ledger.parent / name).unlink(missing_ok=True)
        shutil.copy(copy, ledger)
        for network in place.networks:
            network.faults.clear()
            network.faults.add(faults.Fault("html_502", method="GET", times=burst.SLOW))
        daemon = burst.ready(place)
        until(lambda: all(network.faults.played["html_502"] >= len(CITIES) for network in place.networks))
        time.sleep(2)  # what must not happen needs time not to happen: the daemon looks every second
        assert tally.asked(place.networks) == sum(map(len, then.values()))
        assert {row["state"] for row in place.lines("deliveries", "--json")} == {"WAITING"}

        burst.hurry(place)  # the timelines can be read again
        clock.move(timedelta(minutes=20))
        burst.drained(place, daemon)
        assert place.public_texts() == then
        assert tally.ended(place, "a ledger put back from an hour ago") == {"sent": 12, "again": 0}
