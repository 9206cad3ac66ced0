"""run: what it refuses, what it says, how it ends. What it does is told in tests/stories."""

import io
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
import town

from campaignbot import app, settings
from campaignbot.model.delivery import State
from cli import place
from cli.place import ANNOUNCE, ARMED, CALLED, GATHERING, X_LONDON, X_MARSEILLE, Place, z

FB_LONDON = "wad/announce/london/en-GB/fb-london"
DRY = "This is a dry run: nothing leaves for any network. Really post with --live.\n"


class Terminal(io.StringIO):
    """Somebody at a keyboard, who types this."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def ready(here: Place) -> Place:
    """Everything is approved, every secret is there, and all is held: a live run has nothing to send."""
    for name, value in place.SECRETS.items():
        here.environment.setenv(name, value)
    here.approve()
    for key in (FB_LONDON, X_LONDON, X_MARSEILLE):
        here.call("hold", key)
    return here


def _events(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


def test_live_and_dry_exclude_each_other(here: Place) -> None:
    assert here.err("run", "--live", "--dry-run", code=2) == "Error: --live and --dry-run exclude each other\n"


def test_live_wants_a_terminal_or_yes(here: Place) -> None:
    assert here.err("run", "--live", code=2) == ("Error: --live posts for real: confirm on a terminal, or say --yes\n")


def test_nothing_is_approved(here: Place) -> None:
    assert here.err("run", "--live", "--yes") == (
        "Error: nothing is approved, so nothing would be said; look at `campaignbot preview` or `packet`, "
        "then `campaignbot approve`\n"
    )


def test_every_missing_secret_is_named_at_once(here: Place) -> None:
    here.approve()
    here.environment.setenv("CAMPAIGNBOT_X_LONDON_API_KEY", "sham")
    here.environment.setenv("CAMPAIGNBOT_X_LONDON_API_SECRET", "")
    said = here.err("run", "--live", "--yes")

    named = said.removeprefix("Error: these secrets are missing: ").partition(";")[0].split(", ")
    assert sorted(named) == sorted(set(place.SECRETS) - {"CAMPAIGNBOT_X_LONDON_API_KEY"})


def test_a_city_whose_joiners_nobody_could_open(ready: Place) -> None:
    place.write(
        ready.folder,
        (f"  recipients: [{place.PUBLIC}]\n", ""),
        ("    name: {en: London}\n", f"    name: {{en: London}}\n    recipients: [{place.PUBLIC}]\n"),
    )
    assert ready.err("run", "--live", "--yes") == (
        "Error: no recipient key is set for Marseille: nobody could open who wants to join; make one with "
        "`campaignbot keys new --out FILE` and put its public key under campaign: recipients\n"
    )


@pytest.mark.parametrize(("typed", "code"), [("wad\n", 0), ("WAD\n", 1), ("yes\n", 1)])
def test_on_a_terminal_the_campaigns_id_is_typed(ready: Place, typed: str, code: int) -> None:
    ready.environment.setattr(sys, "stdin", Terminal(typed))
    out, err = ready.call("run", "--live", "--drain", "--json", code=code)

    said = out.partition("(wad) to go on: ")[2]
    if code:
        assert (said, err) == ("", "Error: that is not the campaign's id; nothing was started\n")
    else:
        assert [event["event"] for event in _events(said)][:1] == ["ready"]


def test_at_the_question_both_signals_end_it(ready: Place) -> None:
    both = (signal.SIGINT, signal.SIGTERM)
    asked = [signal.getsignal(number) for number in both]

    class Asked(Terminal):
        def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # as StringIO's own
            assert [signal.getsignal(number) for number in both] == asked
            raise KeyboardInterrupt

    ready.environment.setattr(sys, "stdin", Asked())
    _out, err = ready.call("run", "--live", code=130)
    assert err.split() == ["stopped."]


def test_nothing_left_to_do_but_what_a_person_decides(ready: Place) -> None:
    ready.call("arm", X_LONDON)
    ready.move(X_LONDON, State.WAITING, State.SENDING, State.IN_DOUBT, reason="no answer", settle_at=None)
    out, _err = ready.call("run", "--live", "--yes", "--drain", code=3)

    first = _events(out)[0]
    assert first | {"at_utc": ""} == {
        "event": "ready",
        "at_utc": "",
        "key": None,
        "state": None,
        "due_utc": None,
        "text": None,
    }
    assert first["at_utc"].endswith("Z")


def test_a_second_one_on_the_same_ledger_names_the_first(ready: Place) -> None:
    with app.exclusive(settings.read({}, folder=ready.folder)):
        said = ready.err("run", "--live", "--yes")
    assert said.startswith(
        f"Error: another campaignbot already runs on {ready.folder}/.campaignbot ({app.owner()} since "
    )
    assert said.endswith("stop that one first, or give this one a campaign folder of its own\n")


def test_each_planned_post_gives_one_event_in_a_dry_run(here: Place) -> None:
    begin = app.utc_now().replace(microsecond=0) + timedelta(seconds=3)
    place.write(here.folder, (z(ANNOUNCE), z(begin)), ("venue: The Square", "venue:"))
    (here.folder / "messages/en/gathering.txt.j2").write_text("We are here: {{ city.venue }}.\n")
    here.approve("--city", "marseille")
    before = here.lines("deliveries")
    here.environment.setenv("CAMPAIGNBOT_X_LONDON_API_KEY", "sham")

    out, err = here.call("run", "--dry-run", "--drain", "--json")
    events = _events(out)

    assert err.startswith(DRY)
    assert [event["event"] for event in events[:1]] == ["ready"]
    assert sorted(
        (event["key"], event["event"], event["state"], event["due_utc"], event["text"]) for event in events[1:]
    ) == [
        (FB_LONDON, "would_send", "UNAPPROVED", z(begin), "Join us in London."),
        (X_LONDON, "would_send", "UNAPPROVED", z(begin), "Join us in London."),
        (X_MARSEILLE, "would_send", "WAITING", z(begin), "Join us in Marseille."),
        (CALLED, "not_called", "UNAPPROVED", None, "We do not meet."),
        (ARMED, "armed", "UNREADY", z(GATHERING), "We are here: ⟦city.venue⟧."),
    ]
    assert [list(event) for event in events] == [["event", "at_utc", "key", "state", "due_utc", "text"]] * 6
    assert here.lines("deliveries") == before


def test_on_a_terminal_it_speaks_in_plain_lines(here: Place) -> None:
    begin = app.utc_now() - timedelta(hours=1)
    place.write(here.folder, (z(ANNOUNCE), z(begin)))
    here.environment.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    out, err = here.call("run", "--drain")

    assert err == DRY
    assert sorted(line.split(maxsplit=1)[1] for line in out.splitlines()) == sorted(
        [
            "ready        ",
            f"skipped      {FB_LONDON}",
            f"skipped      {X_LONDON}",
            f"skipped      {X_MARSEILLE}",
            f"armed        {ARMED}",
            f"not_called   {CALLED}",
        ]
    )


def test_it_outlives_whoever_read_its_output(here: Place) -> None:
    begin = app.utc_now().replace(microsecond=0) + timedelta(seconds=4)
    place.write(here.folder, (z(ANNOUNCE), z(begin)))
    ahead = {"PYTHONPATH": str(town.AHEAD)} if "TESTS_AHEAD" in os.environ else {}
    said = here.folder.parent / "stderr.txt"
    with said.open("w") as err:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "campaignbot", "--campaign", str(here.folder), "run", "--drain"],
            env={**os.environ, **ahead},
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        )
    try:
        assert daemon.stdout is not None
        assert json.loads(daemon.stdout.readline())["event"] == "ready"
        daemon.stdout.close()
        assert daemon.wait(timeout=60) == 0
    finally:
        daemon.kill()
        daemon.wait()
    assert said.read_text().startswith(DRY)
    assert "rror" not in said.read_text()
