"""Where the output goes: a full disk, a reader who leaves, few letters, no stream at all. The program as a process."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli import place
from cli.place import Place

PROGRAM = [sys.executable, "-m", "campaignbot", "--campaign"]
FULL = "Error: the disk, or whatever takes the output, is full; make room and try again\n"


def _shell(folder: Path, line: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A line of the shell in which "$@" is the program with its folder; words are UTF-8 both ways."""
    return subprocess.run(
        ["/bin/bash", "-c", line, "bash", *PROGRAM, str(folder)],
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("command", ["check", "plan", "plan --json", "status", "doctor --offline"])
def test_a_full_disk_under_the_output_is_no_bug(here: Place, command: str) -> None:
    done = _shell(here.folder, f'"$@" {command} >/dev/full')
    assert (done.returncode, done.stderr) == (1, FULL)


def test_a_reader_who_leaves_is_no_fault(here: Place) -> None:
    done = _shell(here.folder, '"$@" plan --json | true; echo "${PIPESTATUS[0]}"')
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_a_terminal_of_few_letters_gets_what_it_can_show(here: Place) -> None:
    (here.folder / "messages/en/announce.txt.j2").write_text("Come 🕯 и с друзьями.\n", encoding="utf-8")
    told = here.lines("preview")

    few = _shell(here.folder, '"$@" preview --json', PYTHONIOENCODING="iso-8859-1")
    assert [json.loads(line) for line in few.stdout.splitlines()] == told
    shown = _shell(here.folder, '"$@" preview', PYTHONIOENCODING="iso-8859-1")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert r"  Come \U0001f56f \u0438 \u0441 " in shown.stdout


def test_a_daemon_on_a_terminal_of_few_letters(here: Place) -> None:
    (here.folder / "messages/en/cancelled.txt.j2").write_text("Мы не встречаемся.\n", encoding="utf-8")
    schedules = here.folder / "schedules.yaml"
    schedules.write_text(schedules.read_text().replace(place.z(place.ANNOUNCE), "2020-01-01T12:00:00Z"))

    done = _shell(here.folder, '"$@" run --drain', PYTHONIOENCODING="iso-8859-1")
    events: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, [event["text"] for event in events if event["key"] == place.CALLED]) == (
        0,
        ["Мы не встречаемся."],
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('"$@" classify <&-', 0),
        ('"$@" plan >&-', 0),
        ('"$@" run --drain >&-', 0),
        ('"$@" run --live <&-', 2),
        ('"$@" status <&- >&- 2>&-', 0),
    ],
)
def test_a_stream_that_is_closed_is_one_that_leads_nowhere(here: Place, line: str, code: int) -> None:
    schedules = here.folder / "schedules.yaml"
    schedules.write_text(schedules.read_text().replace(place.z(place.ANNOUNCE), "2020-01-01T12:00:00Z"))
    assert _shell(here.folder, line).returncode == code


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'cd gone && rmdir ../gone && "${@:1:3}" check',
            "Error: the folder that you are in is gone; go to another one, then try again\n",
        ),
        (
            '"${@:1:3}" check --campaign "~no one"',
            "Error: there is no folder ~no one; name another, by its whole path\n",
        ),
    ],
)
def test_a_folder_that_cannot_even_be_named(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "gone").mkdir()
    done = _shell(tmp_path, f'cd "$5" && {line}')
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == said


def test_no_room_for_a_bugs_report(here: Place) -> None:
    broken = "from campaignbot import cli, __main__ as f; cli.TABLE['check'] = cli.Entry('none', ''); f.main()"
    done = _shell(here.folder, f'ulimit -f 0; "$1" -c "{broken}" check 2> >(cat >&2)')
    assert done.returncode == 70
    assert done.stderr.startswith("Error: this is a bug in campaignbot (ModuleNotFoundError). ")
    assert "Please report it with this:\ncampaignbot " in done.stderr
    assert "Traceback" not in done.stderr


def test_no_room_for_a_rehearsal(here: Place) -> None:
    done = _shell(here.folder, 'ulimit -f 0; "$@" rehearse --cities 1 2> >(cat >&2)')
    assert (done.returncode, done.stderr) == (
        1,
        "Error: no folder for temporary files can be written; make room in /tmp, or name another in TMPDIR\n",
    )
