"""Bad ground: a state folder that is none, a disk that is full. One clear sentence, exit code 1, nothing lost."""

import os

import pytest

from campaignbot import app, settings
from campaignbot.model import errors
from cli import place
from cli.place import X_LONDON, X_MARSEILLE, Place

READERS = (
    ["status"],
    ["deliveries"],
    ["replies"],
    ["joiners"],
    ["arm", X_LONDON],
    ["stop"],
    ["send", "x", "--city", "y"],
)


@pytest.mark.parametrize("command", READERS)
def test_a_file_where_the_state_folder_should_be(here: Place, command: list[str]) -> None:
    state = here.folder / ".campaignbot"
    state.write_text("mine")
    assert here.err(*command) == (
        f"Error: {state} is a file; the campaign's state needs a folder of that name: move it away\n"
    )
    assert state.read_text() == "mine"


def test_a_state_folder_that_is_open_to_others(here: Place) -> None:
    state = here.folder / ".campaignbot"
    state.mkdir(mode=0o755)
    state.chmod(0o755)
    assert here.err("status") == f"Error: {state} is open to others; run: chmod 700 {state}\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_state_folder_that_is_somebody_elses(here: Place) -> None:
    here.approve()
    state = here.folder / ".campaignbot"
    state.chmod(0)
    try:
        for command in (["status"], ["plan"], ["run"]):
            assert f"{state} cannot be written" in here.call(*command, code=1)[1]
    finally:
        state.chmod(0o700)


@pytest.mark.parametrize("name", ["ledger.db", "people.db"])
def test_a_database_that_is_none(here: Place, name: str) -> None:
    here.approve()
    (here.folder / ".campaignbot" / name).write_bytes(b"no database " * 1000)
    said = here.err("status")
    assert said == (
        f"Error: {here.folder}/.campaignbot/{name} is not a database; end every campaignbot that uses it, move it away "
        "with the -wal and -shm files beside it, and copy your latest copy there; what was due meanwhile waits until "
        "the accounts have been read. Without a copy, look at the accounts first\n"
    )


def test_a_folder_in_place_of_the_lock(here: Place) -> None:
    for name, value in place.SECRETS.items():
        here.environment.setenv(name, value)
    here.approve()
    (here.folder / ".campaignbot" / "run.lock").mkdir()
    assert here.err("run", "--live", "--yes") == (
        f"Error: {here.folder}/.campaignbot/run.lock cannot be opened (Is a directory); "
        "run campaignbot as the user whose file it is\n"
    )


def test_a_full_disk_loses_nothing(here: Place) -> None:
    here.approve("--city", "marseille")
    for name, value in place.SECRETS.items():
        here.environment.setenv(name, value)
    before = here.lines("deliveries")
    seen = here.lines("preview", "--city", "london")[-1]["digest"]
    with place.no_room(16 * 1024):
        told = [
            here.call("approve", "--city", "london", "--by", "london-1", "--seen", seen, code=1)[1],
            here.call("hold", X_MARSEILLE, code=1)[1],
            here.call("run", "--live", "--yes", code=1)[1],
        ]
        with pytest.raises(OSError, match="File too large"):
            (here.folder / "big").write_bytes(bytes(17 * 1024))
    assert [line.splitlines()[-1] for line in told] == [
        f"Error: the disk refuses {here.folder}/.campaignbot/ledger.db: nothing more was recorded or sent; "
        "check the disk and start again"
    ] * len(told)
    assert here.lines("deliveries") == before


def test_a_full_disk_before_anything_was_recorded(here: Place) -> None:
    with place.no_room(16 * 1024):
        said = here.err("status")
    assert said.startswith("Error: the disk ")
    assert here.one("status")["accounts"] == []


def test_two_folders_that_name_one_ledger_have_one_lock(here: Place) -> None:
    other = place.write(here.folder.parent / "other")
    environ = {"CAMPAIGNBOT_DATABASE_URL": f"sqlite:///{here.folder.parent}/books/ledger.db"}
    with (
        app.exclusive(settings.read(environ, folder=here.folder)),
        pytest.raises(errors.UserError, match=f"already runs on {here.folder.parent}/books"),
        app.exclusive(settings.read(environ, folder=other)),
    ):
        pass
