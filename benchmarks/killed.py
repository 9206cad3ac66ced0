"""`kill -9` one second into 1,000 posts that fall due at once, on a network that answers after 200 ms; then a restart.

Ours is the real program: `campaignbot run --live` on a campaign folder, killed, and started again with `--drain`. The
peer is APScheduler with its SQLAlchemy job store, as a careful user would set it up: no job is too late to run, all
else as it comes. How many it loses hangs on how fast the disk lets it take jobs out of its store before they have run,
so it is tried up to three times, and every try is shown. Lost: planned and never posted. Doubled: posted more than
once. The network's own book says which.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import loopback, posts
from benchmarks.figures import Figure

CITIES = 40
SLOTS = 25
POSTS = CITIES * SLOTS
WORKERS = 10  #: the peer's own number
DELAY = 0.2
INTO = 1.0  #: seconds into the posts
#: How long the folder's preparation and the daemon's start may take before all falls due, in the shortest commands.
COMMANDS = 16
ENOUGH = 100  #: lost: then it need not be tried again
TRIES = 3


def measure() -> Iterator[Figure]:
    ours = _ours()
    yield Figure(
        name="killed_lost_and_doubled",
        value=ours["lost"] + ours["doubled"],
        bound=0,
        at_least=False,
        detail={"posts": POSTS, "network_seconds": DELAY, "killed_after_seconds": INTO, **ours},
    )
    tries: list[dict[str, Any]] = []
    while len(tries) < TRIES and max((one["lost"] for one in tries), default=0) < ENOUGH:
        tries.append(_peer())
    peer = max(tries, key=lambda one: int(one["lost"]))
    yield Figure(
        name="killed_apscheduler_lost",
        value=peer["lost"],
        bound=None,
        at_least=True,
        detail={
            "posts": POSTS,
            "network_seconds": DELAY,
            "killed_after_seconds": INTO,
            **peer,
            "lost_in_each_try": [one["lost"] for one in tries],
        },
    )


def _peer() -> dict[str, Any]:
    with loopback.network(delay=DELAY) as network, tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "jobs.db")
        program = [sys.executable, "-m", "benchmarks.peers", "scheduler", network.url, store]
        first = subprocess.Popen([*program, str(POSTS), str(CITIES), str(WORKERS)], stdout=subprocess.PIPE, text=True)
        _kill_into(first, network)
        then = network.count()
        subprocess.run([*program, "0", str(CITIES), str(WORKERS)], check=True, stdout=subprocess.DEVNULL)
        planned = [draft.text for draft in posts.Posts(count=POSTS, accounts=CITIES, due=posts.utc_now()).drafts("")]
        return _compared(network, planned) | {"out_when_killed": then}


def _ours() -> dict[str, Any]:
    with loopback.network(delay=DELAY) as network, tempfile.TemporaryDirectory() as above:
        folder = Path(above) / "campaign"
        began = time.monotonic()
        key = _call(folder, "keys", "new", "--out", str(Path(above) / "key")).strip()
        due = datetime.now(UTC) + COMMANDS * timedelta(seconds=time.monotonic() - began)
        _folder(folder, network.url, key=key, due=due)
        planned = [json.loads(line) for line in _call(folder, "preview", "--json").splitlines()]
        _call(folder, "approve", "--all", "--by", "bench-1", "--seen", planned.pop()["digest"])
        assert len(planned) == POSTS
        run = ["run", "--live", "--yes", "--json"]
        with (Path(above) / "told").open("w") as told:
            daemon = subprocess.Popen(_command(folder, *run), env=_environment(), stdout=told, stderr=told)
            _kill_into(daemon, network)
            then = network.count()
            began = time.monotonic()
            drain = _command(folder, *run, "--drain")
            ended = subprocess.run(drain, env=_environment(), stdout=told, stderr=told, check=False)
        assert ended.returncode == 0, f"the restarted daemon ended with {ended.returncode}"
        states = Counter(json.loads(line)["state"] for line in _call(folder, "deliveries", "--json").splitlines())
        return _compared(network, [draft["text"] for draft in planned]) | {
            "out_when_killed": then,
            "sent_in_the_ledger": states["SENT"],
            "restart_to_end_seconds": round(time.monotonic() - began, 1),
        }


def _kill_into(process: "subprocess.Popen[str] | subprocess.Popen[bytes]", network: loopback.Network) -> None:
    """SIGKILL, so long after the first post came."""
    while network.count() == 0:
        assert process.poll() is None, f"it ended with {process.returncode}"
        time.sleep(0.02)
    time.sleep(INTO)
    process.kill()
    process.wait()


def _compared(network: loopback.Network, planned: Sequence[str]) -> dict[str, Any]:
    out = Counter(one.text for one in network.said())
    assert set(out) <= set(planned)
    return {
        "lost": sum(text not in out for text in planned),
        "doubled": sum(times > 1 for times in out.values()),
    }


def _command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "campaignbot", "--campaign", str(folder), *arguments]


def _call(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        _command(folder, *arguments), env=_environment(), check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def _environment() -> dict[str, str]:
    secrets = {
        f"CAMPAIGNBOT_X_CITY{number}_{name}": value for number in range(CITIES) for name, value in posts.SECRETS.items()
    }
    return {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **secrets}


def _folder(folder: Path, url: str, *, key: str, due: datetime) -> None:
    accounts = "".join(
        f"  x-city{n}: {{platform: x, handle: city{n}, base_url: {url}/city{n}}}\n" for n in range(CITIES)
    )
    cities = "".join(_CITY.format(n=n, date=f"{due + timedelta(days=1):%Y-%m-%d}") for n in range(CITIES))
    slots = "".join(
        f"  - {{id: slot{n}, message: slot{n}, when: {{instant: {due:%Y-%m-%dT%H:%M:%SZ}}}, "
        "until: 1h, quiet: ignore}\n"
        for n in range(SLOTS)
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schedules.yaml").write_text(
        _CAMPAIGN.format(date=f"{due + timedelta(days=1):%Y-%m-%d}", key=key)
        + f"accounts:\n{accounts}cities:\n{cities}slots:\n{slots}",
        encoding="utf-8",
    )
    texts = folder / "messages" / "en"
    texts.mkdir(parents=True)
    for n in range(SLOTS):
        (texts / f"slot{n}.txt.j2").write_text(f"{n} {{{{ city.name }}}}: we meet at {{{{ city.venue }}}}.\n")


_CAMPAIGN = """campaign:
  id: bench
  name: Bench
  date: {date}
  recipients: [{key}]
  proofread: {{en: a reader}}
limits: {{spacing: 0s, settle: 1s, poll: 60s, per_account_per_day: 500}}
"""
_CITY = """  city{n}:
    name: {{en: City {n}}}
    country: GB
    timezone: Europe/London
    languages: [en-GB]
    accounts: [x-city{n}]
    status: ready
    venue: The Square
    map: https://example.org/map
    contact: city@example.org
    action: {{date: {date}, start: 18:00, end: 19:30}}
"""
