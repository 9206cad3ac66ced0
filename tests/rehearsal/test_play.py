import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaignbot import app, rehearsal
from campaignbot.model import errors
from campaignbot.model.reply import Intent
from campaignbot.rehearsal.play import Play
from campaignbot.rehearsal.public import LEAVING
from campaignbot.rehearsal.verdict import Verdict
from campaignbot.stages import keep, load
from campaignbot.store import ledger
from rehearsal import small

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def rehearsed(
    folder: Path, *, faults: bool = False, seed: int = 1, cities: int | None = None, now: datetime = NOW
) -> Verdict:
    campaign = app.campaign_to_rehearse(folder, now=now)
    with rehearsal.stage(campaign, faults=faults, seed=seed, cities=cities) as play:
        return play.run(step=lambda _: None)


def sent(verdict: Verdict) -> dict[str, object]:
    """What became of the posts."""
    named = ("planned", "sent_once", "doubled", "lost", "held", "missed", "failed", "wrong_city")
    return {name: value for name, value in verdict.record().items() if name in named and value}


def expected(play: Play) -> dict[str, int]:
    """By city, how many have said that they come and not taken it back."""
    last = {one.author: one for one in play.public.written}
    names = {city.id: city.name for city in play.app.campaign.cities.values()}
    return dict(sorted(Counter(names[one.city] for one in last.values() if one.intent is Intent.JOIN).items()))


@pytest.mark.proof
def test_the_campaign_that_ships_goes_out_once_and_whoever_joins_is_filed_in_their_city(tmp_path: Path) -> None:
    steps: list[float] = []
    campaign = app.campaign_to_rehearse(tmp_path, now=NOW)
    with rehearsal.stage(campaign, faults=False, seed=1, cities=None) as play:
        verdict = play.run(step=steps.append)
        notes = keep.joiners(play.app.books.people, [play.identity])
        waiting = keep.queue(play.app.books.people)
    assert sent(verdict) == {"planned": 364, "sent_once": 364}
    assert (verdict.replies_planted, verdict.replies_collected, verdict.worst_late_seconds) == (364, 364, 0.0)
    assert verdict.joiners == expected(play)
    assert (steps == sorted(steps), steps[-1], waiting) == (True, 1.0, [])

    written: dict[str, set[Intent]] = {}
    for one in play.public.written:
        written.setdefault(one.author, set()).add(one.intent)
    assert set().union(*written.values()) == set(Intent) - {Intent.OTHER}
    assert any(Intent.JOIN in said and said & LEAVING for said in written.values())
    opened = {note.answer_to for note in notes if not note.withdrawn}
    assert opened == {author for author, said in written.items() if said == {Intent.JOIN}}


@pytest.mark.proof
def test_with_faults_nothing_is_doubled_or_lost_and_the_same_seed_gives_the_same_figures(tmp_path: Path) -> None:
    small.write(tmp_path, cities=3)
    one, again = (rehearsed(tmp_path, faults=True, seed=4) for _ in range(2))
    assert one.well
    assert one.planned == 20
    assert replace(again, seconds=one.seconds) == one


@pytest.mark.parametrize("cities", [1, pytest.param(5, marks=pytest.mark.proof)])
def test_fewer_cities_or_clones_of_them(tmp_path: Path, cities: int) -> None:
    slots = small.SLOTS + "  - {id: extra, message: cancelled, when: {days_before: 1, at: 12:00}, cities: [town-2]}\n"
    verdict = rehearsed(small.write(tmp_path, cities=2, slots=slots), cities=cities)
    # town-1 has one account, town-2 two and one slot more; of five, three are town-1 and two town-2
    planned = {1: 4, 5: 3 * 4 + 2 * 10}[cities]
    assert sent(verdict) == {"planned": planned, "sent_once": planned}
    assert [place.city for place in verdict.places] == ["Town A", "Town B", "Town A 2", "Town B 2", "Town A 3"][:cities]


@pytest.mark.parametrize("year", [2024, 2031])
def test_any_year_is_rehearsed(tmp_path: Path, year: int) -> None:
    assert sent(rehearsed(small.write(tmp_path, year=year))) == {"planned": 4, "sent_once": 4}


def test_where_all_slots_are_called_there_is_nothing_to_rehearse(tmp_path: Path) -> None:
    with pytest.raises(errors.UserError) as told:
        rehearsed(small.write(tmp_path, slots=small.CALLED))
    assert told.value.message == (
        "there is nothing to rehearse: no slot has a time in a city that takes part; add one under slots"
    )


@pytest.mark.proof
def test_russian_turned_on_is_rehearsed(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    load.init(folder)
    schedules = folder / "schedules.yaml"
    text = schedules.read_text().replace("per_account_per_day: 8", "per_account_per_day: 12")
    schedules.write_text(text.replace("languages: [en-GB]", "languages: [en-GB, ru-RU]", 1))
    verdict = rehearsed(folder, cities=1)
    assert sent(verdict) == {"planned": 52, "sent_once": 52}
    assert verdict.replies_collected == 52


def test_a_post_that_the_ledger_calls_sent_and_somebody_deleted_is_lost(tmp_path: Path) -> None:
    campaign = app.campaign_to_rehearse(small.write(tmp_path), now=NOW)
    with rehearsal.stage(campaign, faults=False, seed=1, cities=None) as play:
        play.run(step=lambda _: None)
        with play.app.books.ledger.read() as c:
            first = next(iter(ledger.deliveries(c).values()))
        assert first.receipt is not None
        play.world.x.remove(first.receipt.id)
        verdict = play.judged(seconds=0.0)
    assert sent(verdict) == {"planned": 4, "sent_once": 3, "lost": 1}


def test_a_post_that_was_never_said_is_lost_and_nobody_answers_it(tmp_path: Path) -> None:
    campaign = app.campaign_to_rehearse(small.write(tmp_path), now=NOW)
    with rehearsal.stage(campaign, faults=False, seed=1, cities=None) as play:
        play.app.platforms = app.connect_dry(play.app.campaign)
        verdict = play.run(step=lambda _: None)
    assert sent(verdict) == {"planned": 4, "lost": 4}
    assert (verdict.replies_planted, verdict.well) == (0, False)


@pytest.mark.proof
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_staying_ends_with_ctrl_c_and_the_verdicts_own_exit_code(tmp_path: Path, ending: signal.Signals) -> None:
    folder, state = small.write(tmp_path / "ours"), tmp_path / "state"
    state.mkdir()
    command = [sys.executable, "-m", "campaignbot", "rehearse", "--stay", "--campaign", str(folder)]
    with small.started(command, state=state) as running:
        assert running.stderr is not None
        told = [running.stderr.readline() for _ in range(3)]
        there = [path.name.startswith("campaignbot-rehearsal-") for path in state.iterdir()]
        running.send_signal(ending)
        printed, rest = running.communicate(timeout=60)
    assert (running.returncode, rest, there, list(state.iterdir())) == (0, "", [True], [])
    assert told[1].startswith(
        f"Look at its ledger with: campaignbot deliveries --campaign {state}/campaignbot-rehearsal-"
    )
    assert printed.splitlines()[0] == "The rehearsal of A small day went well."


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_rehearsal_that_is_stopped_leaves_nothing(tmp_path: Path, ending: signal.Signals) -> None:
    folder, state = small.write(tmp_path / "ours", cities=5), tmp_path / "state"
    state.mkdir()
    command = [sys.executable, "-m", "campaignbot", "rehearse", "--cities", "200", "--campaign", str(folder)]
    with small.started(command, state=state) as running:
        while running.poll() is None and not any(state.glob("campaignbot-rehearsal-*/.campaignbot/ledger.db")):
            with suppress(subprocess.TimeoutExpired):
                running.wait(0.05)
        running.send_signal(ending)
        printed, rest = running.communicate(timeout=60)
    assert (running.returncode, printed, rest, list(state.iterdir())) == (130, "", "\nstopped.\n", [])
