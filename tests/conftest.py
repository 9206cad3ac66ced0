"""Every test runs behind a guard: nothing may leave this machine. And at any date: TESTS_AHEAD=200 runs them so many
days ahead, the programs that they start too."""

import os
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

import postgres

AHEAD = timedelta(days=int(os.environ.get("TESTS_AHEAD", "0")))
if AHEAD:
    time_machine.travel(datetime.now(UTC) + AHEAD, tick=True).start()

# a shell that starts us in the background has Ctrl-C ignored, and the programs that we start would inherit that
signal.signal(signal.SIGINT, signal.default_int_handler)

#: Seconds. A story starts the real program and waits for it; one that takes so long waits for what does not come.
LONGEST = 600

_connect = socket.socket.connect


def _guarded(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
        raise AssertionError(f"a test tried to reach {address!r}")
    _connect(self, address)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _guarded)


@pytest.fixture(autouse=True)
def _bounded(request: pytest.FixtureRequest) -> Iterator[None]:
    """However a story waits: it fails with a sentence instead of hanging."""
    if not any(request.node.get_closest_marker(name) for name in ("story", "crash")):
        yield
        return
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(LONGEST)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def _too_long(*_signalled: object) -> None:
    pytest.fail(f"the story had not ended after {LONGEST} seconds")


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """A real Postgres, for as long as the tests run."""
    with postgres.server(postgres.needed()) as running:
        yield running
