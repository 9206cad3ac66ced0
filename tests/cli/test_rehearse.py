import json
from pathlib import Path

import pytest

from campaignbot import __main__ as frame
from rehearsal import small


def listing(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder, with the files' bytes."""
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def test_an_own_folder_with_a_state_of_its_own_stays_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.write(tmp_path / "ours")
    assert frame.run(["--campaign", str(folder), "deliveries"]) == 0
    before, _ = listing(folder), capsys.readouterr()
    assert frame.run(["rehearse", "--campaign", str(folder)]) == 0
    assert listing(folder) == before
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "The rehearsal of A small day went well.",
        "  4 posts planned: 4 sent once, 0 doubled, 0 lost, 0 held, 0 missed, 0 failed",
        "    Town A  4 of 4 sent  0 held  2 joiners",
    ]
    assert lines[-3:] == [
        "Next: send the organisers what `campaignbot packet --out DIR` writes; then",
        "  campaignbot approve --all --by YOUR-ID",
        "  campaignbot run          (a dry run; add --live to post)",
    ]


def test_json_holds_the_figures_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = small.write(tmp_path)
    assert frame.run(["rehearse", "--campaign", str(folder), "--seed", "5", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record.pop("seconds") > 0
    assert record == {
        "planned": 4,
        "sent_once": 4,
        "doubled": 0,
        "lost": 0,
        "held": 0,
        "missed": 0,
        "failed": 0,
        "replies_planted": 4,
        "replies_collected": 4,
        "joiners": {"Town A": 2},
        "wrong_city": 0,
        "worst_late_seconds": 0.0,
        "seed": 5,
    }


def test_a_folder_with_faults_is_told_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = small.write(tmp_path)
    schedules = folder / "schedules.yaml"
    schedules.write_text(schedules.read_text().replace("message: thanks", "message: thank"))
    assert frame.run(["rehearse", "--campaign", str(folder)]) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err.startswith("schedules.yaml:"), "Error: " in printed.err) == ("", True, True)


def test_a_name_in_brackets_is_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small.write(tmp_path)
    schedules = folder / "schedules.yaml"
    schedules.write_text(schedules.read_text().replace("name: A small day", 'name: "[/b] A small day"'))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert frame.run(["rehearse", "--campaign", str(folder)]) == 0


def test_a_folder_that_is_not_there_is_not_taken_for_the_campaign_that_ships(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert frame.run(["rehearse", "--campaign", str(tmp_path / "no")]) == 1
    assert capsys.readouterr().err == (
        f"Error: there is no folder {tmp_path / 'no'}; name the campaign's folder with --campaign\n"
    )


def test_a_folder_that_nobody_may_look_into(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    far = "x" * 300  # a name so long that no folder of it can be looked at, whoever asks
    assert frame.run(["rehearse", "--campaign", far]) == 1
    assert capsys.readouterr().err == (
        f"Error: {tmp_path / far} cannot be looked into (File name too long); name another folder\n"
    )


def test_without_a_campaign_the_one_that_ships_is_played_and_init_comes_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert frame.run(["rehearse", "--campaign", str(tmp_path), "--cities", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], lines[2]) == (
        "The rehearsal of World AIDS Day 2026 went well.",
        "    London  26 of 26 sent  0 held  6 joiners",
    )
    assert lines[-2:] == [
        "Next: make a campaign of your own and rehearse that:",
        "  campaignbot init DIR, edit DIR/schedules.yaml, campaignbot check --campaign DIR",
    ]
