"""The environment and the secrets, read once."""

import os
import stat
from pathlib import Path

import pytest

from campaignbot import settings
from campaignbot.model.errors import UserError


def _message(environ: dict[str, str], folder: Path) -> str:
    with pytest.raises(UserError) as refused:
        settings.read(environ, folder=folder)
    return refused.value.message


def _secrets(folder: Path, text: str | bytes, *, mode: int = 0o600) -> dict[str, str]:
    path = folder / "secrets.env"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return {"CAMPAIGNBOT_SECRETS": str(path)}


def test_without_an_environment_everything_lies_in_the_folder(tmp_path: Path) -> None:
    found = settings.read({}, folder=tmp_path)
    assert found == settings.Settings(
        folder=tmp_path,
        state=tmp_path / ".campaignbot",
        ledger_url=f"sqlite:///{tmp_path}/.campaignbot/ledger.db",
        people_url=f"sqlite:///{tmp_path}/.campaignbot/people.db",
        secrets={},
    )
    assert not found.state.exists()


def test_a_relative_folder_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings.read({}, folder=Path("day")).state == tmp_path / "day" / ".campaignbot"


@pytest.mark.parametrize(
    ("url", "ledger", "people"),
    [
        ("sqlite:////var/lib/day/book.db", "sqlite:////var/lib/day/book.db", "sqlite:////var/lib/day/people.db"),
        ("sqlite:///book.db", "sqlite:///{folder}/book.db", "sqlite:///{folder}/people.db"),
        ("postgresql://bot@db/day", "postgresql://bot@db/day", "postgresql://bot@db/day"),
    ],
)
def test_where_the_databases_are(url: str, ledger: str, people: str, tmp_path: Path) -> None:
    found = settings.read({"CAMPAIGNBOT_DATABASE_URL": url}, folder=tmp_path)
    assert found.ledger_url == ledger.format(folder=tmp_path)
    assert found.people_url == people.format(folder=tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=ro",
        "sqlite:///x/people.db",
        "postgres://bot:hunter2@db/day",
        "mysql://bot:hunter2@db/day",
        "ledger.db",
    ],
)
def test_any_other_database_is_refused_without_showing_it(url: str, tmp_path: Path) -> None:
    assert _message({"CAMPAIGNBOT_DATABASE_URL": url}, tmp_path) == (
        "CAMPAIGNBOT_DATABASE_URL is of no use; write sqlite:///PATH/ledger.db or postgresql://USER@HOST/NAME"
    )


def test_the_environment_wins_over_the_file_and_the_file_over_credentials(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    for name in ("A", "B", "C"):
        (credentials / f"CAMPAIGNBOT_X_LONDON_{name}").write_text("from credentials\n")
    (credentials / "EMPTY").write_text("\n")
    (credentials / "readme.txt").write_text("not a secret")
    environ = {
        **_secrets(tmp_path, "CAMPAIGNBOT_X_LONDON_A=from file\nCAMPAIGNBOT_X_LONDON_B=from file\n"),
        "CREDENTIALS_DIRECTORY": str(credentials),
        "CAMPAIGNBOT_X_LONDON_A": "from environment",
        "CAMPAIGNBOT_X_LONDON_B": "",
        "CAMPAIGNBOT_CAMPAIGN": "/srv/day",
        "PATH": "/bin",
    }
    found = settings.read(environ, folder=tmp_path)
    assert [found.secret("x-london", name) for name in ("A", "B", "C", "D")] == [
        "from environment",
        "from file",
        "from credentials",
        None,
    ]
    assert found.all_secrets() == ("from credentials", "from environment", "from file")


def test_what_a_secret_is_called() -> None:
    assert settings.secret_name("fb-new-york", "PAGE_TOKEN") == "CAMPAIGNBOT_FB_NEW_YORK_PAGE_TOKEN"


def test_the_lines_of_a_secrets_file(tmp_path: Path) -> None:
    lines = "# a note\n\n PLAIN = a=b \nSINGLE='a b'\nDOUBLE=\"#c\"\nLONE='\nEMPTY=\nHALF='a\"\n"
    assert settings.read(_secrets(tmp_path, lines), folder=tmp_path).secrets == {
        "PLAIN": "a=b",
        "SINGLE": "a b",
        "DOUBLE": "#c",
        "LONE": "'",
        "HALF": "'a\"",
    }


def test_alarms_name_their_secrets(tmp_path: Path) -> None:
    found = settings.read(
        {**_secrets(tmp_path, "PAGER=tgram://1\n"), "CAMPAIGNBOT_MAIL": "mailto://2"}, folder=tmp_path
    )
    names = ("PAGER", "MAIL", "CAMPAIGNBOT_MAIL", "mailto://a@example.org")
    assert [found.named_secret(name) for name in names] == ["tgram://1", "mailto://2", "mailto://2", None]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_a_secrets_file_that_others_may_read_is_refused(mode: int, tmp_path: Path) -> None:
    environ = _secrets(tmp_path, "A=hunter2\n", mode=mode)
    path = environ["CAMPAIGNBOT_SECRETS"]
    assert _message(environ, tmp_path) == (
        f"{path}, which CAMPAIGNBOT_SECRETS names, can be read by others; run: chmod 600 {path}"
    )


def test_a_secrets_file_that_is_none(tmp_path: Path) -> None:
    where = f"{tmp_path}/x, which CAMPAIGNBOT_SECRETS names,"
    environ = {"CAMPAIGNBOT_SECRETS": f"{tmp_path}/x"}
    assert _message(environ, tmp_path) == (
        f"{where} cannot be read (No such file or directory); make it a file of NAME=value lines"
    )
    os.mkfifo(tmp_path / "x", 0o600)
    assert _message(environ, tmp_path) == f"{where} is not a regular file; make it a file of NAME=value lines"
    (tmp_path / "x").unlink()
    (tmp_path / "x").mkdir(mode=0o700)
    assert _message(environ, tmp_path) == f"{where} is not a regular file; make it a file of NAME=value lines"


@pytest.mark.parametrize("line", ["hunter2", "lower=hunter2", "export A=hunter2", "=hunter2"])
def test_a_line_that_is_no_secret_is_named_by_its_number_alone(line: str, tmp_path: Path) -> None:
    environ = _secrets(tmp_path, f"A=1\n{line}\n")
    assert _message(environ, tmp_path) == (
        f"line 2 of {environ['CAMPAIGNBOT_SECRETS']} is not NAME=value, with the name in capitals; correct it"
    )


def test_secrets_are_utf_8(tmp_path: Path) -> None:
    environ = _secrets(tmp_path, b"A=\xff\n")
    assert _message(environ, tmp_path) == (
        f"{environ['CAMPAIGNBOT_SECRETS']}, which CAMPAIGNBOT_SECRETS names, is not UTF-8 text; save it as such"
    )


def test_credentials_that_cannot_be_read(tmp_path: Path) -> None:
    assert _message({"CREDENTIALS_DIRECTORY": f"{tmp_path}/x"}, tmp_path) == (
        f"{tmp_path}/x, which CREDENTIALS_DIRECTORY names, cannot be read (No such file or directory)"
    )


def test_no_secret_shows(tmp_path: Path) -> None:
    environ = {"CAMPAIGNBOT_DATABASE_URL": "postgresql://bot:hunter%21@db/day", "CAMPAIGNBOT_X_A_API_KEY": "swordfish"}
    found = settings.read(environ, folder=tmp_path)
    assert repr(found) == f"Settings(folder={tmp_path!r}, state={tmp_path / '.campaignbot'!r})"
    assert found.all_secrets() == ("hunter%21", "swordfish", "hunter!")


def test_a_password_in_the_addresss_query_is_a_secret_too(tmp_path: Path) -> None:
    url = "postgresql://bot@db/day?sslmode=require&password=hunter%21+2&sslpassword=key&Password=other"
    found = settings.read({"CAMPAIGNBOT_DATABASE_URL": url}, folder=tmp_path)
    assert found.all_secrets() == ("hunter%21+2", "hunter! 2", "hunter!+2", "other", "key")


def test_the_state_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    found = settings.read({}, folder=tmp_path)
    settings.prepare(found)
    settings.prepare(found)
    assert stat.S_IMODE(found.state.stat().st_mode) == 0o700


def _unprepared(folder: Path) -> str:
    with pytest.raises(UserError) as refused:
        settings.prepare(settings.read({}, folder=folder))
    return refused.value.message


def test_a_state_folder_that_is_open_to_others(tmp_path: Path) -> None:
    state = tmp_path / ".campaignbot"
    state.mkdir()
    state.chmod(0o750)
    assert _unprepared(tmp_path) == f"{state} is open to others; run: chmod 700 {state}"


def test_a_state_folder_that_cannot_be_made(tmp_path: Path) -> None:
    state = tmp_path / "none" / ".campaignbot"
    assert _unprepared(tmp_path / "none") == (
        f"{state} cannot be made (No such file or directory); the campaign folder must be there, and be yours to write"
    )
    file = tmp_path / ".campaignbot"
    file.write_text("")
    assert _unprepared(tmp_path) == (
        f"{file} is a file; the campaign's state needs a folder of that name: move it away"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_state_folder_that_cannot_be_written(tmp_path: Path) -> None:
    state = tmp_path / ".campaignbot"
    state.mkdir(mode=0o500)
    assert _unprepared(tmp_path) == f"{state} cannot be written; run: chmod 700 {state}"
