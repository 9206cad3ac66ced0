"""A dry run of the real program, behind a guard that writes down every connection it tries."""

from datetime import timedelta
from pathlib import Path

import pytest
from town import town

pytestmark = pytest.mark.story
GUARD = Path(__file__).parent / "guard"


def test_nothing_leaves_and_the_events_are_the_plan(tmp_path: Path) -> None:
    slots = [(name, timedelta(seconds=2 * n)) for n, name in enumerate(("one", "two", "three"))]
    seen = tmp_path / "connections.txt"
    with town(tmp_path / "campaign", slots=slots) as place:
        events = place.lines("run", "--dry-run", "--drain", PYTHONPATH=str(GUARD), CONNECTIONS=str(seen))
        # asked afterwards, which changes neither: before it they would eat up the time until the first post
        plan = place.lines("plan", "--json")
        texts = {draft["key"]: draft["text"] for draft in place.lines("preview", "--json")[:-1]}

        assert events[0]["event"] == "ready"
        assert sorted((e["key"], e["event"], e["state"], e["due_utc"], e["text"]) for e in events[1:]) == sorted(
            (row["key"], "would_send", "UNAPPROVED", row["due_utc"], texts[row["key"]]) for row in plan
        )
        assert seen.read_text() == "guarded\n"
        assert all(not said for said in place.public_texts().values())
        assert (place.folder / ".campaignbot").exists() is False
