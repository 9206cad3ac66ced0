"""The wiring: edited files are taken up when they are valid, and every missing secret is named at once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import made
from campaignbot import app, settings
from campaignbot.app import App
from campaignbot.model import errors
from campaignbot.model.delivery import State
from campaignbot.stages import load, review
from campaignbot.store import ledger
from cli import place
from engines.wired import wired

SAID = "the edited files are in force; what is new or was reworded waits for approval"
X_LONDON = place.X_LONDON


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return place.write(tmp_path / "ours")


@pytest.fixture
def running(folder: Path) -> Iterator[tuple[App, list[tuple[str, str]]]]:
    """A daemon's App on the folder as it stands, with every secret."""
    found = settings.read(place.SECRETS, folder=folder)
    seen = load.fingerprint(folder)
    campaign = app.read_campaign(found, now=app.utc_now())
    with wired(folder, campaign=campaign, platforms=app.connect(campaign, found)) as (running, told):
        running.settings, running.files = found, load.Watched(folder=folder, taken=seen)
        assert app.take_up(running) == []
        yield running, told


def _edit(folder: Path, old: str, new: str) -> None:
    schedules = folder / "schedules.yaml"
    text = schedules.read_text()
    assert text.count(old) == 1
    schedules.write_text(text.replace(old, new))


def _at_rest(app_: App) -> None:
    """Two looks, as far apart as files must rest."""
    for at in (0.0, load.REST):
        app_.steady = lambda at=at: at  # type: ignore[misc]  # the clock stands
        app.reload(app_)


def test_files_that_nobody_edited_are_not_read(folder: Path, running: tuple[App, list[tuple[str, str]]]) -> None:
    app_, told = running
    before = app_.campaign
    _at_rest(app_)
    assert (app_.campaign is before, told) == (True, [])


def test_nothing_is_sent_or_taken_up_while_somebody_writes(
    folder: Path, running: tuple[App, list[tuple[str, str]]]
) -> None:
    app_, told = running
    before, moments = app_.campaign, iter((0.0, 0.9, 1.2, 2.1, 2.2, 2.3))
    app_.steady = lambda: next(moments)
    _edit(folder, "name: {en: Marseille}", "name: {en: Mars}")
    assert (app.reload(app_), app.reload(app_), app_.editing) == (False, False, True)
    _edit(folder, "name: {en: Mars}", "name: {en: Marselha}")
    assert (app.reload(app_), app.reload(app_), app_.campaign is before, told) == (False, False, True, [])
    assert (app.reload(app_), app.reload(app_), app_.editing) == (True, True, False)
    assert (told, app_.campaign.cities["marseille"].name) == ([("took_up_files", SAID)], "Marselha")


def test_an_edit_that_is_undone_at_once_was_none(folder: Path, running: tuple[App, list[tuple[str, str]]]) -> None:
    app_, told = running
    schedules = folder / "schedules.yaml"
    text, times = schedules.read_text(), (schedules.stat().st_atime_ns, schedules.stat().st_mtime_ns)
    schedules.write_text(text[: len(text) // 2])
    assert app.reload(app_) is False
    schedules.write_text(text)
    os.utime(schedules, ns=times)
    assert (app.reload(app_), told) == (True, [])


def test_a_valid_edit_is_taken_up_once(folder: Path, running: tuple[App, list[tuple[str, str]]]) -> None:
    app_, told = running
    connected = app_.platforms
    _edit(folder, "name: {en: Marseille}", "name: {en: Marselha}")
    _at_rest(app_)
    _at_rest(app_)
    assert told == [("took_up_files", SAID)]
    assert app_.campaign.cities["marseille"].name == "Marselha"
    assert app_.platforms is connected


def test_an_invalid_edit_is_told_once_and_the_last_good_plan_stays(
    folder: Path, running: tuple[App, list[tuple[str, str]]]
) -> None:
    app_, told = running
    before = app_.campaign
    _edit(folder, "country: FR", "country: France")
    _at_rest(app_)
    _at_rest(app_)
    number = (folder / "schedules.yaml").read_text().partition("country: France")[0].count("\n") + 1
    assert told == [
        (
            "kept_last_plan",
            f"the edited files are not taken up, the last good plan stays: {folder} has one fault; mend what "
            f'`campaignbot check` names: schedules.yaml:{number}:14: "France" is not a country\'s two letters; use FR',
        )
    ]
    assert app_.campaign is before
    _edit(folder, "country: France", "country: FR")
    _at_rest(app_)
    assert told[1:] == [("took_up_files", SAID)]


def test_an_edit_that_the_ledger_refuses_is_tried_again(
    folder: Path, running: tuple[App, list[tuple[str, str]]]
) -> None:
    app_, told = running
    _edit(folder, "name: {en: Marseille}", "name: {en: Marselha}")
    with app_.books.ledger.write() as c:
        c.exec_driver_sql("ALTER TABLE kept RENAME TO away")
    with pytest.raises(Exception, match="kept"):
        _at_rest(app_)
    assert ("took_up_files", SAID) not in told
    with app_.books.ledger.write() as c:
        c.exec_driver_sql("ALTER TABLE away RENAME TO kept")
    _at_rest(app_)
    assert told[-1] == ("took_up_files", SAID)


def test_an_account_that_comes_into_use_is_connected(folder: Path, running: tuple[App, list[tuple[str, str]]]) -> None:
    app_, told = running
    _edit(folder, "accounts: [x-marseille]", "accounts: [x-marseille, fb-marseille]")
    _edit(folder, "cities:\n  london", '  fb-marseille: {platform: facebook, page: "124"}\ncities:\n  london')
    _at_rest(app_)
    assert [event for event, _ in told] == ["kept_last_plan"]
    assert "CAMPAIGNBOT_FB_MARSEILLE_PAGE_TOKEN" in told[0][1]
    secrets = place.SECRETS | {"CAMPAIGNBOT_FB_MARSEILLE_PAGE_TOKEN": "sham"}
    app_.settings = settings.read(secrets, folder=folder)
    _edit(folder, 'page: "124"', 'page: "125"')
    _at_rest(app_)
    assert told[-1] == ("took_up_files", SAID)
    assert list(app_.platforms) == ["x-london", "fb-london", "x-marseille", "fb-marseille"]


def test_a_reworded_post_waits_for_approval(folder: Path, running: tuple[App, list[tuple[str, str]]]) -> None:
    app_, told = running
    drafts = app.drafts(app_.campaign)
    review.approve(
        app_.books.ledger,
        app_.campaign,
        drafts,
        digests={draft.key: draft.digest or "" for draft in drafts if draft.key == X_LONDON},
        by="london-1",
        now=app.utc_now(),
    )
    (folder / "messages/en/announce.txt.j2").write_text("Come to {{ city.name }}.\n")
    _at_rest(app_)
    with app_.books.ledger.read() as c:
        found = ledger.deliveries(c)[X_LONDON]
    assert (found.state, found.reason) == (State.HELD, "approval void")
    assert [event for event, _ in told] == ["changed", "took_up_files"]
    assert told[0][1].startswith(f"{X_LONDON}: reworded")


def test_new_alarm_addresses_are_in_force_at_once(folder: Path, running: tuple[App, list[tuple[str, str]]]) -> None:
    app_, _told = running
    before = app_.alarm
    _edit(folder, "alarms: [json://127.0.0.1:9]", "alarms: [json://127.0.0.1:10]")
    _at_rest(app_)
    assert app_.alarm is not before


def test_every_missing_secret_is_named_at_once(folder: Path) -> None:
    found = settings.read({"CAMPAIGNBOT_X_LONDON_API_KEY": "sham"}, folder=folder)
    with pytest.raises(errors.UserError) as caught:
        app.connect(app.read_campaign(found, now=app.utc_now()), found)
    named = caught.value.message.removeprefix("these secrets are missing: ").partition(";")[0].split(", ")
    assert sorted(named) == sorted(set(place.SECRETS) - {"CAMPAIGNBOT_X_LONDON_API_KEY"})


# apprise imports it where there still is one
def test_an_alarm_address_may_be_the_name_of_a_secret(tmp_path: Path) -> None:
    found = settings.read({"CAMPAIGNBOT_ALARM": "no-such-road://127.0.0.1"}, folder=tmp_path)
    send = app.alarm_sender(made.campaign(alarms=("ALARM",)), found)
    with pytest.raises(errors.UserError, match="no alarm address took the alarm"):
        send("a", "b")


def test_the_plan_is_shown_without_a_write_to_any_book(folder: Path) -> None:
    found = settings.read({}, folder=folder)
    with app.open_books(found):
        pass
    before = {path.name: path.read_bytes() for path in found.state.iterdir()}
    app.rows(app.read_campaign(found, now=app.utc_now()), found, now=app.utc_now())
    app.differences(app.read_campaign(found, now=app.utc_now()), found, now=app.utc_now())
    assert {name: (found.state / name).read_bytes() for name in before} == before
