"""Stories of the real daemon, the real clock and APScheduler, against embedded networks over HTTP."""

import json
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from town import now, planned, town, until

pytestmark = pytest.mark.story


@pytest.mark.proof
def test_killed_in_the_middle_and_started_again_nothing_is_doubled_and_nothing_lost(tmp_path: Path) -> None:
    slots = [(f"slot{n}", timedelta(seconds=n // 2)) for n in range(12)]
    with town(tmp_path / "campaign", slots=slots) as place:
        place.approve()
        whole = planned(place)
        first = place.start("run", "--live", "--yes", "--json")
        until(lambda: sum(map(len, place.public_texts().values())) >= 10)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        standing = sum(map(len, place.public_texts().values()))
        assert standing < 72

        end = place.start("run", "--live", "--yes", "--drain")
        end.communicate(timeout=120)

        # killed between the intent and the first byte, a post on Facebook is for a person: nothing there proves absence
        texts = {draft["key"]: draft["text"] for draft in place.lines("preview", "--json")[:-1]}
        doubts = [row["key"] for row in place.lines("deliveries", "--json") if row["state"] != "SENT"]
        for key in doubts:
            whole[key.rpartition("/")[2]].remove(texts[key])
        assert place.public_texts() == whole
        assert {row["state"] for row in place.lines("deliveries", "--json")} <= {"SENT", "IN_DOUBT"}
        assert {key.rpartition("/")[2][:3] for key in doubts} <= {"fb-"}
        assert end.returncode == (3 if doubts else 0)


@pytest.mark.proof
def test_an_edited_template_is_sent_in_neither_wording_until_approved_again(tmp_path: Path) -> None:
    slots = [("kept", timedelta(0)), ("edited", timedelta(0))]
    with town(tmp_path / "campaign", slots=slots) as place:
        place.approve()
        daemon = place.start("run", "--live", "--yes", "--json")
        try:
            assert daemon.stdout is not None
            assert json.loads(daemon.stdout.readline())["event"] == "ready"
            template = place.folder / "messages" / "en" / "edited.txt.j2"
            template.write_text("Other words in {{ city.name }}.\n")
            until(lambda: all(place.public_texts().values()))
            time.sleep(3)  # what must not happen needs time not to happen
            assert {name: [t.split()[0] for t in said] for name, said in place.public_texts().items()} == {
                f"{network}-{city}": ["kept"] for network in ("x", "fb") for city in ("london", "marseille", "sydney")
            }
            states = {row["key"].split("/")[1]: row["state"] for row in place.lines("deliveries", "--json")}
            assert states == {"kept": "SENT", "edited": "HELD"}

            place.approve()

            until(lambda: all(len(said) == 2 for said in place.public_texts().values()))
            assert place.public_texts() == planned(place)
        finally:
            daemon.send_signal(signal.SIGTERM)
            out, err = daemon.communicate(timeout=30)
        assert (daemon.returncode, "Traceback" in err) == (0, False), out + err


@pytest.mark.proof
def test_files_that_are_saved_in_pieces_cancel_nothing_and_nothing_is_sent_meanwhile(tmp_path: Path) -> None:
    slots = [("first", timedelta(0)), ("last", timedelta(0))]
    with town(tmp_path / "campaign", slots=slots) as place:
        place.approve()
        whole, schedules = planned(place), place.folder / "schedules.yaml"
        text, due = schedules.read_text(), place.begin
        pieces = [text[: text.index("accounts:")], text[: text.index("  - {id: last")]]  # the second is a valid one
        daemon = place.start("run", "--live", "--yes", "--json")
        try:
            assert daemon.stdout is not None
            assert json.loads(daemon.stdout.readline())["event"] == "ready"
            until(lambda: now() > due - timedelta(seconds=1))
            while now() < due + timedelta(seconds=3):
                for piece in pieces:
                    schedules.write_text(piece)
                    time.sleep(0.3)  # an editor that saves piece by piece; the daemon looks in between
            assert all(not said for said in place.public_texts().values())

            schedules.write_text(text)

            until(lambda: place.public_texts() == whole)
        finally:
            daemon.send_signal(signal.SIGTERM)
            out, err = daemon.communicate(timeout=30)
        assert (daemon.returncode, "Traceback" in err) == (0, False), out + err
        assert {row["state"] for row in place.lines("deliveries", "--json")} == {"SENT"}


def test_a_second_daemon_on_the_same_state_names_the_first(tmp_path: Path) -> None:
    with town(tmp_path / "campaign", slots=[("later", timedelta(hours=2))]) as place:
        place.approve()
        first = place.start("run", "--live", "--yes", "--json")
        try:
            assert first.stdout is not None
            assert json.loads(first.stdout.readline())["event"] == "ready"
            second = place.start("run", "--live", "--yes")
            _out, err = second.communicate(timeout=30)
            assert (second.returncode, f":{first.pid}" in err) == (1, True), err
        finally:
            first.send_signal(signal.SIGTERM)
            first.communicate(timeout=30)
        assert first.returncode == 0


def test_bad_beginnings_are_refused_in_one_sentence(tmp_path: Path) -> None:
    with town(tmp_path / "campaign", slots=[("later", timedelta(hours=2))]) as place:
        place.call("run", "--live", code=2)  # no terminal to confirm on
        place.call("run", "--live", "--dry-run", code=2)
        place.call("run", "--live", "--yes", code=1)  # nothing is approved
        place.approve()
        place.secrets.pop("CAMPAIGNBOT_X_LONDON_API_KEY")
        place.call("run", "--live", "--yes", code=1)
        assert all(not said for said in place.public_texts().values())
