"""Stories of several machines on one Postgres: a daemon and workers, some of which die or stand still."""

import json
import os
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import tally
from town import Town, planned, town, until

import postgres

pytestmark = [pytest.mark.story, pytest.mark.proof]
SLOTS = [(f"slot{n}", timedelta(seconds=n)) for n in range(20)]  # one after another, so that every worker is woken
POSTS = 20 * 6


def _daemon(place: Town) -> "subprocess.Popen[str]":
    daemon = place.start("run", "--live", "--yes", "--json", LEASE="4")
    _ready(daemon)
    return daemon


def _worker(
    place: Town, number: int, *, point: str = "", lease: float = 300, pages: bool = True
) -> "subprocess.Popen[str]":
    """A worker in an empty folder; without `pages` it can speak on X alone."""
    folder = place.folder.parent / f"machine{number}"
    folder.mkdir()
    without = {} if pages else dict.fromkeys((name for name in place.secrets if "PAGE_TOKEN" in name), "")
    return place.start("--campaign", str(folder), "worker", "--json", point=point, LEASE=str(lease), **without)


def _ready(started: "subprocess.Popen[str]") -> None:
    """Wait until it is; a worker may first say what it found of those before it."""
    assert started.stdout is not None
    for line in started.stdout:
        if json.loads(line)["event"] == "ready":
            return
    raise AssertionError("it ended before it was ready")


def _end(worker: "subprocess.Popen[str]") -> list[str]:
    """Stop it as a service manager does; the keys of what it sent."""
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=60)
    assert (worker.returncode, "Traceback" in err) == (0, False), err
    return [said["key"] for said in map(json.loads, out.splitlines()) if said["event"] == "sent"]


def _out(place: Town) -> int:
    return sum(map(len, place.public_texts().values()))


def _frozen(worker: "subprocess.Popen[str]") -> bool:
    return Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def _shared(place: Town, server: postgres.Server) -> None:
    place.secrets["CAMPAIGNBOT_DATABASE_URL"] = server.empty()
    place.approve()
    place.call("keys", "new", "--out", str(place.folder.parent / "another.key"))


def test_four_workers_share_the_work_and_one_is_killed_and_one_frozen_before_its_intent(
    tmp_path: Path, server: postgres.Server
) -> None:
    with town(tmp_path / "campaign", slots=SLOTS, limits=f"{{{LIMITS}}}") as place:
        _shared(place, server)
        daemon = _daemon(place)
        # on X alone: what else of theirs is on its way then, and never came out, is proved absent there
        killed = _worker(place, 1, point="after send:1:SIGKILL", lease=4, pages=False)
        frozen = _worker(place, 2, point="before intent:1:SIGSTOP", lease=4, pages=False)
        others = [_worker(place, n, lease=4) for n in (3, 4)]
        for worker in (frozen, *others):
            _ready(worker)
        # a worker needs no campaign folder, and makes none
        assert [list((tmp_path / f"machine{n}").iterdir()) for n in (1, 2, 3, 4)] == [[], [], [], []]

        until(lambda: killed.poll() is not None and _frozen(frozen))
        until(lambda: _states(place) == {"SENT"})
        before = place.public_texts()
        os.kill(frozen.pid, signal.SIGCONT)
        time.sleep(3)  # what must not happen needs time not to happen

        assert before == place.public_texts() == planned(place)
        sent = [key for worker in (daemon, frozen, *others) for key in _end(worker)]
        assert len(sent) == len(set(sent))


def test_a_database_that_is_restarted_under_load_loses_and_doubles_nothing(
    tmp_path: Path, server: postgres.Server
) -> None:
    with town(tmp_path / "campaign", slots=SLOTS, limits=f"{{{LIMITS}}}") as place:
        _shared(place, server)
        daemon = _daemon(place)
        workers = [_worker(place, n, lease=4) for n in (1, 2)]
        for worker in workers:
            _ready(worker)

        until(lambda: _out(place) >= POSTS // 4)
        server.restart()

        until(lambda: _states(place) == {"SENT"})
        assert place.public_texts() == planned(place)
        for worker in (daemon, *workers):
            _end(worker)


def test_a_worker_that_was_frozen_between_its_intent_and_its_first_byte_does_not_send_when_it_is_back(
    tmp_path: Path, server: postgres.Server
) -> None:
    with town(tmp_path / "campaign", slots=SLOTS, limits=f"{{{LIMITS}}}") as place:
        _shared(place, server)
        daemon = _daemon(place)
        frozen = _worker(place, 1, point="before send:1:SIGSTOP", lease=4)
        other = _worker(place, 2, lease=4)
        for worker in (frozen, other):
            _ready(worker)

        until(lambda: _frozen(frozen))
        begun = _begun_by(place, frozen)
        until(lambda: {row["state"] for row in _open(place)} == {"SENT"})
        before = place.public_texts(), tally.asked(place.networks)
        os.kill(frozen.pid, signal.SIGCONT)
        time.sleep(3)  # what must not happen needs time not to happen

        # on X its post is not there, so another has sent it; a Page proves nothing, and there a person decides
        doubts = _doubts(place)
        assert {row["key"] for row in doubts} == {key for key in begun if "/fb-" in key}
        assert before == (place.public_texts(), tally.asked(place.networks)), (
            "not even asked: a network may refuse equal words itself"
        )
        assert all(len(set(texts)) == len(texts) for texts in before[0].values())
        assert _out(place) == POSTS - len(doubts)
        for worker in (daemon, frozen, other):
            _end(worker)


def _begun_by(place: Town, worker: "subprocess.Popen[str]") -> list[str]:
    """The keys of what this one's intents are written for."""
    with psycopg.connect(place.secrets["CAMPAIGNBOT_DATABASE_URL"]) as c:
        asked = "SELECT key FROM ledger.deliveries WHERE state = 'SENDING' AND owner LIKE %s"
        return [key for (key,) in c.execute(asked, [f"%:{worker.pid}"])]


def _on_a_page_in_doubt(row: dict[str, Any]) -> bool:
    return row["state"] == "IN_DOUBT" and "/fb-" in row["key"]


def _doubts(place: Town) -> list[dict[str, Any]]:
    return [row for row in place.lines("deliveries", "--json") if _on_a_page_in_doubt(row)]


def _open(place: Town) -> list[dict[str, Any]]:
    """All but what waits for a person's decision."""
    return [row for row in place.lines("deliveries", "--json") if not _on_a_page_in_doubt(row)]


def _states(place: Town) -> set[str]:
    return {row["state"] for row in place.lines("deliveries", "--json")}


LIMITS = "spacing: 0s, settle: 2s, poll: 5s, per_account_per_day: 500"
