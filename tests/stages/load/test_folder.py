"""A new folder, and whether one has changed."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

import campaignbot
from campaignbot.model.errors import UserError
from campaignbot.stages import load
from stages.load import written


def test_a_new_folder_is_the_shipped_campaign(tmp_path: Path) -> None:
    made = load.init(tmp_path / "a" / "new")
    shipped = load.shipped()
    assert [path.relative_to(tmp_path / "a" / "new").as_posix() for path in made] == sorted(
        [
            ".gitignore",
            "schedules.yaml",
            *(path.relative_to(shipped).as_posix() for path in (shipped / "messages").rglob("*") if path.is_file()),
        ]
    )
    assert (tmp_path / "a/new/schedules.yaml").read_bytes() == (shipped / "schedules.yaml").read_bytes()
    assert ".campaignbot/" in (tmp_path / "a/new/.gitignore").read_text().splitlines()
    fresh, faults = written.read(tmp_path / "a" / "new")
    assert (fresh, faults) == written.read(shipped)


def test_what_is_there_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine")
    load.init(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "mine"
    with pytest.raises(UserError) as refused:
        load.init(tmp_path)
    assert refused.value.message == (
        f"{tmp_path / 'schedules.yaml'} is there already; choose a new folder: `campaignbot init DIR`"
    )


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError) as refused:
        load.init(tmp_path / "file" / "new")
    assert refused.value.message == (
        f"{tmp_path / 'file' / 'new'} cannot be written (File exists); nothing was left there: "
        "choose a folder of your own, with room in it"
    )


def test_the_shipped_campaign_lies_inside_the_package_once_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "lib" / "python" / "campaignbot"
    package.mkdir(parents=True)
    monkeypatch.setattr(campaignbot, "__file__", str(package / "__init__.py"))
    with pytest.raises(UserError) as lacking:
        load.shipped()
    assert (
        lacking.value.message == f"the campaign that ships is not in {package / 'shipped'}; install campaignbot again"
    )
    written.folder(package / "shipped")
    assert load.shipped() == package / "shipped"


def test_a_change_of_any_file_shows(tmp_path: Path) -> None:
    place = written.folder(tmp_path, files={"media/announce.png": written.PNG})
    seen = [load.fingerprint(place)]
    assert load.fingerprint(place) == seen[0]
    (place / "schedules.yaml").write_text("campaign:")
    seen.append(load.fingerprint(place))
    os.utime(place / "messages/en/announce.txt.j2", ns=(1, 1))
    seen.append(load.fingerprint(place))
    (place / "media/announce.png").unlink()
    seen.append(load.fingerprint(place))
    (place / "messages/en/new.txt.j2").write_text("")
    seen.append(load.fingerprint(place))
    (place / "schedules.yaml").unlink()
    seen.append(load.fingerprint(place))
    assert len(set(seen)) == len(seen)
    (place / ".campaignbot").mkdir()
    assert load.fingerprint(place) == seen[-1]


def test_files_are_at_rest_when_none_was_touched_in_the_last_second(tmp_path: Path) -> None:
    place = tmp_path / "ours"
    load.init(place)
    touched = max(path.stat().st_ctime for path in place.rglob("*"))
    moments = [datetime.fromtimestamp(touched + more, UTC) for more in (0.5, load.REST, -3600)]
    assert [load.at_rest(place, now=moment) for moment in moments] == [False, True, True]
