"""init, check and plan."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaignbot import __main__ as frame
from campaignbot.stages import load
from cli import place
from cli.place import ANNOUNCE, ARMED, CALLED, GATHERING, X_LONDON, X_MARSEILLE, Place, no_room, z

FB_LONDON = "wad/announce/london/en-GB/fb-london"


def test_init_copies_the_campaign_that_ships_and_leaves_another_alone(here: Place, tmp_path: Path) -> None:
    new = tmp_path / "new"
    out, err = here.call("init", str(new))

    files = [path for path in new.rglob("*") if path.is_file()]
    assert out == f"{len(files)} files in {new}. Next: edit schedules.yaml, then campaignbot --campaign {new} check\n"
    assert err == ""
    assert (new / "schedules.yaml").read_bytes() == (load.shipped() / "schedules.yaml").read_bytes()
    (new / "schedules.yaml").write_text("mine\n")
    assert here.err("init", str(new)) == (
        f"Error: {new}/schedules.yaml is there already; choose a new folder: `campaignbot init DIR`\n"
    )
    assert (new / "schedules.yaml").read_text() == "mine\n"


def test_init_on_a_full_disk_leaves_nothing_in_the_way_of_the_next_try(here: Place, tmp_path: Path) -> None:
    ours = tmp_path / "ours-already"
    ours.mkdir()
    (ours / "notes.txt").write_text("mine\n")
    for new in (tmp_path / "deep" / "new", ours):
        before = sorted(tmp_path.rglob("*"))
        with no_room(2000):
            assert here.err("init", str(new)) == (
                f"Error: {new} cannot be written (File too large); nothing was left there: "
                "choose a folder of your own, with room in it\n"
            )
        assert sorted(tmp_path.rglob("*")) == before
        here.call("init", str(new))
    assert (ours / "notes.txt").read_text() == "mine\n"


def test_init_shows_a_command_that_a_shell_takes(here: Place, tmp_path: Path) -> None:
    new = tmp_path / "our campaign"
    assert here.out("init", str(new)).endswith(f"then campaignbot --campaign '{new}' check\n")


def test_what_ships_is_checked_with_warnings_alone(here: Place, tmp_path: Path) -> None:
    here.call("init", str(tmp_path / "new"))
    here.folder = tmp_path / "new"
    faults = here.lines("check")
    told = here.out("check").splitlines()

    assert {fault["severity"] for fault in faults} == {"warning"}
    assert [list(fault) for fault in faults] == [
        ["file", "line", "column", "severity", "code", "message", "fix"] for _ in faults
    ]
    assert told == [
        *(f"{f['file']}:{f['line']}:{f['column']}: {f['message']}; {f['fix']} (a warning)" for f in faults),
        f"0 to mend, {len(faults)} warnings.",
    ]


def test_a_folder_with_nothing_wrong(here: Place) -> None:
    assert (here.out("check"), here.lines("check")) == ("All is well.\n", [])


TWELVE = (
    ("Day\n", "Day\n  colour: red\n"),
    ("recipients: [" + place.PUBLIC + "]", "recipients: [age1notakey]"),
    ("spacing: 0s", "spacing: soon"),
    ("handle: wad_london", "handle: wad london!"),
    ("platform: facebook", "platform: facebok"),
    ('"123", base_url: http://127.0.0.1:9', '"123", base_url: http://example.org'),
    ("timezone: Europe/London", "timezone: Europe/Londn"),
    ("country: GB", "country: England"),
    ("contact: london@example.org\n    action: {date: ", "contact: london@example.org\n    action: {date: 1-"),
    ("id: announce, message: announce", "id: announce, message: anounce"),
    ("until: 1h", "until: 1 fortnight"),
    ("cities: [london], accounts: [x-london]}", "cities: [london], accounts: [x-lodnon]}"),
)


def test_twelve_mistakes_are_twelve_lines(here: Place) -> None:
    place.write(here.folder, *TWELVE)
    *told, end = here.out("check", code=1).splitlines()
    wrong = [line for line in told if not line.endswith("(a warning)")]

    assert [line for line in told if not re.fullmatch(r"[^:\s]+:\d+:\d+: [^;]+; .+", line)] == []
    assert len(wrong) == 12, "\n".join(wrong)
    assert end == f"12 to mend, {len(told) - 12} warnings."
    text = (here.folder / "schedules.yaml").read_text(encoding="utf-8").splitlines()
    marks = [int(line.split(":")[1]) for line in wrong]
    assert sorted(marks) == sorted(
        next(number for number, line in enumerate(text, 1) if new.splitlines()[-1].strip() in line) for _, new in TWELVE
    )


def test_the_same_mistakes_stop_every_other_command_and_are_listed_there_too(here: Place) -> None:
    place.write(here.folder, *TWELVE)
    faults = [fault for fault in here.lines("check", code=1) if fault["severity"] == "error"]
    lines = [f"{f['file']}:{f['line']}:{f['column']}: {f['message']}; {f['fix']}" for f in faults]

    for command in ("plan", "preview", "run"):
        *told, end = [line for line in here.err(command).splitlines() if not line.startswith("This is a dry run")]
        assert sorted(told) == sorted(lines)
        assert end == f"Error: {here.folder} has 12 faults; mend what `campaignbot check` names"


@pytest.mark.parametrize(
    "spoilt", [b"", b"\xff\xfe\x00", b"campaign: [", b"- a\n- b\n", b"campaign: &a {x: *a}\n", b"\x00" * 50]
)
def test_a_file_that_is_no_plan_at_all(here: Place, spoilt: bytes) -> None:
    (here.folder / "schedules.yaml").write_bytes(spoilt)
    (fault, *_more) = [fault for fault in here.lines("check", code=1) if fault["severity"] == "error"]

    assert (fault["file"], fault["severity"]) == ("schedules.yaml", "error")


def _post(key: str, due: datetime | None, hours: int, zone: str, **more: Any) -> dict[str, Any]:
    _, slot, city, language, account = key.split("/")
    made: dict[str, Any] = {
        "key": key,
        "slot": slot,
        "message": slot,
        "city": city,
        "language": language,
        "account": account,
        "platform": "facebook" if account.startswith("fb") else "x",
        "due_utc": z(due) if due else None,
        "due_local": due.astimezone(ZoneInfo(zone)).isoformat() if due else None,
        "zone": zone,
        "until_utc": z(due + timedelta(hours=hours)) if due else None,
        "cost_usd": 0.0 if account.startswith("fb") else 0.015,
        "missing": [],
        "state": "UNAPPROVED",
    }
    return made | more


def test_the_plan_line_by_line(here: Place) -> None:
    assert here.lines("plan") == [
        _post(FB_LONDON, ANNOUNCE, 6, "Europe/London"),
        _post(X_LONDON, ANNOUNCE, 6, "Europe/London"),
        _post(X_MARSEILLE, ANNOUNCE, 6, "Europe/Paris"),
        _post(ARMED, GATHERING, 1, "Europe/London"),
        _post(CALLED, None, 6, "Europe/London"),
    ]
    assert not (here.folder / ".campaignbot").exists()


def test_the_plan_shows_what_is_missing_and_how_far_each_is(here: Place) -> None:
    here.approve("--city", "london")
    here.call("hold", X_LONDON)
    (here.folder / "messages/en/announce.txt.j2").write_text("Join us at {{ city.venue }}.\n")

    assert [(row["key"], row["missing"], row["state"]) for row in here.lines("plan")] == [
        (FB_LONDON, [], "WAITING"),
        (X_LONDON, [], "HELD"),
        (X_MARSEILLE, ["city.venue"], "UNREADY"),
        (ARMED, [], "HELD"),
        (CALLED, [], "HELD"),
    ]


def test_one_city_and_one_that_is_not_there(here: Place) -> None:
    assert [row["key"] for row in here.lines("plan", "--city", "marseille")] == [X_MARSEILLE]
    assert here.err("plan", "--city", "marsielle") == (
        "Error: there is no city 'marsielle'; did you mean 'marseille'?\n"
    )
    assert here.err("plan", "--city", "q") == "Error: there is no city 'q'; there are london, marseille\n"


def test_the_plan_for_people(here: Place) -> None:
    said = here.out("plan")

    for expected in ("London (Europe/London)", "Marseille (Europe/Paris)", "when called", "x-london: 0.045 USD"):
        assert expected in said
    assert "x-london: 0.045" not in here.out("plan", "--city", "london")


def test_a_budget_that_does_not_suffice_is_told(here: Place) -> None:
    place.write(here.folder, ("handle: wad_london,", "handle: wad_london, budget_usd: 0.01,"))
    assert "x-london: 0.045 USD of 0.01 - OVER BUDGET" in here.out("plan")


def test_the_difference_between_the_files_and_the_ledger(here: Place) -> None:
    assert here.lines("plan", "--diff", "--city", "marseille") == [
        {"key": X_MARSEILLE, "city": "marseille", "what": "new", "detail": f"due {ANNOUNCE:%Y-%m-%dT%H:%MZ}"}
    ]
    here.approve()
    (here.folder / "messages/en/gathering.txt.j2").write_text("We are all here.\n")
    later = z(ANNOUNCE + timedelta(minutes=5))
    schedules = here.folder / "schedules.yaml"
    schedules.write_text(schedules.read_text().replace(z(ANNOUNCE), later))
    changes = here.lines("plan", "--diff")

    assert {change["key"]: change["what"] for change in changes} == {
        FB_LONDON: "moved",
        X_LONDON: "moved",
        X_MARSEILLE: "moved",
        ARMED: "reworded",
        CALLED: "untouched",
    }
    assert [list(change) for change in changes] == [["key", "city", "what", "detail"]] * 5
    assert "1 posts are untouched or already sent." in here.out("plan", "--diff")


def test_a_post_that_was_past_before_anyone_approved_it_is_skipped(here: Place) -> None:
    past = z(datetime.now(UTC) - timedelta(hours=2))
    place.write(here.folder, (z(ANNOUNCE), past))
    assert {row["key"]: row["state"] for row in here.lines("plan") if row["slot"] == "announce"} == {
        FB_LONDON: "SKIPPED",
        X_LONDON: "SKIPPED",
        X_MARSEILLE: "SKIPPED",
    }


def test_no_campaign_where_none_is(here: Place, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    here.folder = tmp_path / "empty"
    for command in ("status", "deliveries", "replies", "joiners", "stop"):
        assert here.err(command) == (
            f"Error: there is no campaign in {here.folder}; name its folder with --campaign, or make one with `init`\n"
        )
    assert list(here.folder.iterdir()) == []


def test_check_reads_no_environment_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = place.write(tmp_path / "ours")
    before = sorted(folder.rglob("*"))
    assert frame.run(["check", "--campaign", str(folder), "--json"]) == 0
    assert [json.loads(line)["severity"] for line in capsys.readouterr().out.splitlines()].count("error") == 0
    assert sorted(folder.rglob("*")) == before
