"""doctor: what it prints and how it ends. What each check finds is the matter of tests/stages/test_examine.py."""

import sys
from pathlib import Path

import pytest

from campaignbot import app
from campaignbot.networks import graph, x
from campaignbot.stages import examine
from cli import place
from cli.place import Place

URL = "base_url: http://127.0.0.1:9"


@pytest.fixture
def sound(here: Place) -> Place:
    """A place that has every secret, on a machine whose clock is in step."""
    for name, value in place.SECRETS.items():
        here.environment.setenv(name, value)
    here.environment.setattr(examine, "UNSYNCHRONISED", -1)  # the machine of a test need not keep its clock in step
    return here


def test_all_is_well_offline(sound: Place) -> None:
    checks = sound.lines("doctor", "--offline")

    assert [list(check) for check in checks] == [["name", "ok", "detail", "fix"]] * len(checks)
    assert [(check["name"], check["ok"], check["fix"]) for check in checks] == [
        (name, True, None)
        for name in (
            "clock",
            "zones",
            "disk",
            "state folder",
            "secrets of x-london",
            "secrets of fb-london",
            "secrets of x-marseille",
            "recipients",
            "alarm address 1",
        )
    ]
    assert all(line.startswith("ok  ") for line in sound.out("doctor", "--offline").splitlines())
    assert not (sound.folder / ".campaignbot").exists()


def test_what_fails_is_told_with_its_remedy_and_exit_code_3(sound: Place) -> None:
    sound.environment.delenv("CAMPAIGNBOT_X_LONDON_API_KEY")
    said = sound.out("doctor", "--offline", code=3).splitlines()

    at = said.index("FAIL  secrets of x-london: lacks CAMPAIGNBOT_X_LONDON_API_KEY")
    assert said[at + 1] == "      put them into the environment or the file CAMPAIGNBOT_SECRETS"
    assert [line for line in said if line.startswith("FAIL")] == [said[at]]


@pytest.mark.parametrize(("environ", "coloured"), [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_on_a_terminal_unless_they_are_refused(sound: Place, environ: dict[str, str], coloured: bool) -> None:
    sound.environment.delenv("CAMPAIGNBOT_X_LONDON_API_KEY")
    sound.environment.delenv("NO_COLOR", raising=False)
    for name, value in environ.items():
        sound.environment.setenv(name, value)
    sound.environment.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert ("\x1b[31mFAIL" in sound.out("doctor", "--offline", code=3)) == coloured


def test_accounts_are_asked_unless_offline_and_one_that_fails_hides_no_other(sound: Place) -> None:
    clock = app.utc_now
    networks = x.Network(clock=clock), graph.Network(clock=clock)
    keys = {name: "sham-secret" for name in ("api_key", "api_secret", "access_token", "access_secret")}
    networks[0].add_account("wad_london", **keys)
    networks[1].add_page("123", "London", "sham-secret")
    sound.environment.delenv("CAMPAIGNBOT_X_MARSEILLE_API_KEY")
    for network in networks:
        network.start()
    try:
        place.write(
            sound.folder,
            (f"wad_london, {URL}", f"wad_london, base_url: {networks[0].url}"),
            (f'"123", {URL}', f'"123", base_url: {networks[1].url}'),
        )
        before = len(sound.lines("doctor", "--offline", code=3))
        asked = sound.lines("doctor", code=3)[before:]
        assert {check["name"].split(":")[0].split()[0]: check["ok"] for check in asked} == {
            "x-london": True,
            "fb-london": True,
        }
        sound.environment.setenv("CAMPAIGNBOT_FB_LONDON_PAGE_TOKEN", "an other")
        asked = sound.lines("doctor", code=3)[before:]
    finally:
        for network in networks:
            network.stop()

    assert {check["name"].split(":")[0].split()[0] for check in asked if check["ok"]} == {"x-london"}
    assert [check for check in asked if not check["ok"]] == [
        {
            "name": "fb-london",
            "ok": False,
            "detail": "CAMPAIGNBOT_FB_LONDON_PAGE_TOKEN holds a space or an unusual letter; copy it again, whole",
            "fix": "mend it, then run doctor again",
        }
    ]


def test_a_file_of_secrets_that_others_can_read(sound: Place, tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    file.write_text("CAMPAIGNBOT_X_LONDON_API_KEY=sham\n")
    file.chmod(0o644)
    sound.environment.setenv("CAMPAIGNBOT_SECRETS", str(file))

    for command in (["doctor"], ["status"], ["run", "--live", "--yes"]):
        assert sound.err(*command) == (
            f"Error: {file}, which CAMPAIGNBOT_SECRETS names, can be read by others; run: chmod 600 {file}\n"
        )
    file.chmod(0o600)
    sound.call("doctor", "--offline")
