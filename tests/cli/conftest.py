import os
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
