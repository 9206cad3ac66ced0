import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import place


@pytest.fixture
def here(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> place.Place:
    """A place with no secret in its environment."""
    for name in [name for name in os.environ if name.startswith("CAMPAIGNBOT_")]:
        monkeypatch.delenv(name)
    folder = place.write(tmp_path / "ours")
    return place.Place(folder=folder, printed=capsys, environment=monkeypatch)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave logging and signals as they were: `run` takes both over."""
    names = ("", "campaignbot", "tweepy", "oauthlib", "requests_oauthlib", "urllib3", "apprise", "apscheduler")
    levels = [(logging.getLogger(name), logging.getLogger(name).level) for name in names]
    handlers = logging.getLogger().handlers
    signals = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]
    yield
    for logger, level in levels:
        logger.setLevel(level)
    logging.getLogger().handlers = handlers
    for number, handler in signals:
        signal.signal(number, handler)
