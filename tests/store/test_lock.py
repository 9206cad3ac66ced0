"""The lock beside a ledger."""

import subprocess
import sys
from pathlib import Path

import pytest

import made
from campaignbot.model import errors
from campaignbot.store import lock


def test_one_at_a_time_and_the_first_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state" / "run.lock"
    with (
        lock.alone(path, owner="here:1", now=made.NOON),
        pytest.raises(errors.UserError) as caught,
        lock.alone(path, owner="here:2", now=made.NOON),
    ):
        pass
    assert caught.value.message == (
        f"another campaignbot already runs on {tmp_path}/state (here:1 since 2026-12-01T12:00:00Z); "
        "stop that one first, or give this one a campaign folder of its own"
    )
    with lock.alone(path, owner="here:3", now=made.NOON):
        assert path.read_text() == "here:3 since 2026-12-01T12:00:00Z\n"


def test_the_kernel_frees_it_at_death(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    code = (
        "import os, pathlib, datetime\nfrom campaignbot.store import lock\n"
        f"held = lock.alone(pathlib.Path({str(path)!r}), owner='gone', now=datetime.datetime.now(datetime.UTC))\n"
        "held.__enter__()\nos.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert path.read_text().startswith("gone since ")
    with lock.alone(path, owner="next", now=made.NOON):
        pass


def test_a_place_where_no_lock_can_be(tmp_path: Path) -> None:
    (tmp_path / "run.lock").mkdir()
    with (
        pytest.raises(errors.UserError, match=r"run\.lock cannot be opened \(Is a directory\); run campaignbot as"),
        lock.alone(tmp_path / "run.lock", owner="a", now=made.NOON),
    ):
        pass
