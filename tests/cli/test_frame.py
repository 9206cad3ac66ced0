"""The door's frame: exit codes, what is printed, and what `--help` costs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from campaignbot import __main__ as frame
from campaignbot import __version__, cli

HEAVY = ("sqlalchemy", "pydantic", "tweepy", "facebook", "apscheduler", "flask", "rich", "jinja2", "babel")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom campaignbot import __main__ as frame\n"
        f"code = frame.run({arguments!r})\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], code)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[] 0"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.run(["--version"]) == 0
    assert capsys.readouterr().out == f"campaignbot, version {__version__}\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.run(["--help"]) == 0
    said = capsys.readouterr().out

    assert [name for name in cli.TABLE if f"  {name} " not in said] == []


def test_an_unknown_command_is_wrong_usage_with_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.run(["aprove"]) == 2
    assert "there is no command 'aprove'; did you mean 'approve'?" in capsys.readouterr().err


def test_an_unknown_option_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.run(["check", "--jsn"]) == 2
    assert "No such option" in capsys.readouterr().err


def test_no_campaign_is_one_clear_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.run(["--campaign", str(tmp_path), "plan"]) == 1
    said = capsys.readouterr()

    assert (said.out, "schedules.yaml" in said.err, "Traceback" in said.err) == ("", True, False)


def test_the_campaign_may_stand_before_or_after_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "ours")
    assert frame.run(["init", folder]) == 0
    capsys.readouterr()

    assert frame.run(["--campaign", folder, "plan", "--json"]) == 0
    before = capsys.readouterr().out
    assert frame.run(["plan", "--json", "--campaign", folder]) == 0

    assert capsys.readouterr().out == before
    assert len(before.splitlines()) > 300


def test_an_environment_variable_names_the_campaign(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert frame.run(["init", str(tmp_path / "ours")]) == 0
    monkeypatch.setenv("CAMPAIGNBOT_CAMPAIGN", str(tmp_path / "ours"))

    assert frame.run(["check"]) == 0


def test_a_bug_of_ours_leaves_a_report_without_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setitem(cli.TABLE, "check", cli.Entry("no_such_module", "for this test"))

    assert frame.run(["check"]) == 70
    said = capsys.readouterr().err
    (report,) = tmp_path.glob("campaignbot-bug-*.txt")

    assert str(report) in said
    assert "ModuleNotFoundError" in report.read_text()
    assert "no_such_module" not in report.read_text()


def test_classify_reads_lines_and_numbers_the_bad_ones(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "text": "I'll be there!", "platform": "x", "post_city": "London"}),
        "not json",
        json.dumps({"id": "b"}),
        json.dumps({"id": "c", "text": "Je ne peux pas venir", "platform": "facebook", "post_city": None}),
    ]

    done = subprocess.run(
        [sys.executable, "-m", "campaignbot", "--campaign", str(tmp_path), "classify"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )

    read = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(r["id"], r["intent"], r["city"]) for r in read] == [("a", "join", "London"), ("c", "decline", None)]
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["line 2", "line 3"]
    assert done.returncode == 1
