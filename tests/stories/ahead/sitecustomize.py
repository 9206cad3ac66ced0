"""Loaded by Python itself at its start: sets the clock ahead by TESTS_AHEAD days, as the tests' own is; and, where
CLOCK names a file, moves it by the seconds that stand there, and again as often as they change."""

import contextlib
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

_start = datetime.now(UTC) + timedelta(days=int(os.environ.get("TESTS_AHEAD", "0")))
_moved = time_machine.travel(_start, tick=True).start()


def _follow(place: Path) -> None:
    before = 0.0
    while True:
        with contextlib.suppress(OSError):
            seconds = float(place.read_text())
            if seconds != before:
                _moved.shift(timedelta(seconds=seconds - before))
                before = seconds
        _ready.set()
        time.sleep(0.02)  # another process moves the clock, through a file: nothing tells us when


if "CLOCK" in os.environ:
    _ready = threading.Event()
    threading.Thread(target=_follow, args=(Path(os.environ["CLOCK"]),), daemon=True).start()
    _ready.wait()
