"""Ten thousand posts due at once over 32 accounts: what the ledger costs beside the client, and the peer beside both.

The network is `loopback`, in a process of its own: the embedded network would be the bottleneck. The client alone and
ours are measured in turn, several times, each in a fresh process; the best of each is compared with the best of the
other, and the ratio of each pair stands beside it. Wall time is what is bound; the CPU time, which another process on
the machine disturbs less, stands beside it too.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import loopback
from benchmarks.figures import Figure

POSTS = 10_000
ACCOUNTS = 32
RUNS = 3
RATIO = 0.85
LATENESS = 1.25
PEER = 2.0
COMMITS = 0.25


class _Run(NamedTuple):
    posts: int
    seconds: float
    p99: float
    told: dict[str, Any]

    @property
    def rate(self) -> float:
        return self.posts / self.seconds


def measure() -> Iterator[Figure]:
    raw, ours = [], []
    for _ in range(RUNS):
        raw.append(_sender("raw", POSTS))
        ours.append(_sender("ours", POSTS))
    best, alone = max(ours, key=_rate), max(raw, key=_rate)
    pairs = [mine.rate / its.rate for mine, its in zip(ours, raw, strict=True)]
    yield Figure(
        name="burst_rate_ratio",
        value=best.rate / alone.rate,
        bound=RATIO,
        at_least=True,
        detail={
            "posts": POSTS,
            "accounts": ACCOUNTS,
            "ours_per_second": round(best.rate),
            "client_alone_per_second": round(alone.rate),
            "ratio_of_each_pair": [round(pair, 3) for pair in pairs],
            "median_of_pairs": round(statistics.median(pairs), 3),
            "cpu_ratio": round(min(run.told["cpu"] for run in raw) / min(run.told["cpu"] for run in ours), 3),
            "synchronous": best.told["synchronous"],
        },
    )
    yield Figure(
        name="burst_p99_lateness_ratio",
        value=best.p99 * alone.rate / POSTS,
        bound=LATENESS,
        at_least=False,
        detail={"p99_seconds": round(best.p99, 2), "seconds_at_the_clients_rate": round(POSTS / alone.rate, 2)},
    )
    yield Figure(
        name="burst_commits_a_post",
        value=max(run.told["commits"] for run in ours) / POSTS,
        bound=COMMITS,
        at_least=False,
        detail={"commits_of_each_run": [run.told["commits"] for run in ours]},
    )
    commits = _sender("lone", 1).told["commits"]
    yield Figure(name="lone_post_commits", value=commits, bound=2, at_least=False, exactly=True, detail={})
    peer = _peer()
    yield Figure(
        name="burst_rate_over_apscheduler",
        value=best.rate / peer.rate,
        bound=PEER,
        at_least=True,
        detail={
            "ours_per_second": round(best.rate),
            "apscheduler_per_second": round(peer.rate),
            "client_alone_over_apscheduler": round(alone.rate / peer.rate, 3),
            "apscheduler_p99_seconds": round(peer.p99, 2),
        },
    )


def _rate(run: _Run) -> float:
    return run.rate


def _sender(kind: str, count: int) -> _Run:
    with loopback.network() as network:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.senders", kind, network.url, str(count), str(ACCOUNTS)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return _measured(network, json.loads(done.stdout.splitlines()[-1]), count)


def _peer() -> _Run:
    with loopback.network() as network, tempfile.TemporaryDirectory() as folder:
        given = [network.url, str(Path(folder) / "jobs.db"), str(POSTS), str(ACCOUNTS), str(ACCOUNTS)]
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.peers", "scheduler", *given],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return _measured(network, json.loads(done.stdout.splitlines()[0]), POSTS)


def _measured(network: loopback.Network, told: dict[str, Any], count: int) -> _Run:
    """The network's own book says what came, and when."""
    said = network.said()
    assert len({one.text for one in said}) == len(said) == count
    late = sorted(one.at - told.get("began", 0.0) for one in said)
    return _Run(posts=count, seconds=late[-1], p99=late[int(count * 0.99) - 1], told=told)
