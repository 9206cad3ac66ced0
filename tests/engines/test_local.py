"""The engine of one machine wakes, tells what failed, and ends when it is asked to or when nothing is left."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from campaignbot.app import App, utc_now
from campaignbot.engines import local
from campaignbot.engines.ticks import Tick
from engines.wired import wired


def _tick(run: Callable[[App], None], *, name: str = "one", every: float = 0.05) -> Tick:
    return Tick(name=name, every=lambda _: timedelta(seconds=every), run=run)


def test_a_tick_that_raises_is_told_and_woken_again_and_stops_no_other(tmp_path: Path) -> None:
    stop = threading.Event()
    failed: list[tuple[str, str]] = []
    woken: list[str] = []

    def breaks(_app: App) -> None:
        woken.append("breaks")
        if woken.count("breaks") == 3:
            stop.set()
        raise ValueError("a bug")

    with wired(tmp_path) as (app, _):
        local.run(
            app,
            [_tick(breaks, name="breaks"), _tick(lambda _: woken.append("other"), name="other")],
            ended=lambda: False,
            stop=stop,
            failed=lambda name, error: failed.append((name, str(error))),
        )
    assert failed[:3] == [("breaks", "a bug")] * 3
    assert woken.count("breaks") == len(failed)
    assert "other" in woken


def test_it_ends_when_nothing_is_left(tmp_path: Path) -> None:
    woken: list[int] = []
    with wired(tmp_path) as (app, _):
        local.run(
            app,
            [_tick(lambda _: woken.append(1))],
            ended=lambda: len(woken) >= 2,
            stop=threading.Event(),
            failed=lambda name, error: None,
        )
    assert len(woken) >= 2


def test_what_is_in_flight_is_finished_before_it_ends(tmp_path: Path) -> None:
    stop, begun = threading.Event(), threading.Event()
    done: list[bool] = []

    def slow(_app: App) -> None:
        begun.set()
        time.sleep(0.4)  # in flight when the engine is asked to stop
        done.append(True)

    def ended() -> bool:
        if begun.is_set():
            stop.set()
        return False

    with wired(tmp_path) as (app, _):
        local.run(app, [_tick(slow, every=60)], ended=ended, stop=stop, failed=lambda name, error: None)
    assert done == [True]


def test_many_missed_wakings_are_one_and_never_two_at_once(tmp_path: Path) -> None:
    stop = threading.Event()
    inside, most, count = 0, 0, 0

    def slow(_app: App) -> None:
        nonlocal inside, most, count
        inside, count = inside + 1, count + 1
        most = max(most, inside)
        time.sleep(0.2)  # four times its interval
        inside -= 1
        if count == 2:
            stop.set()

    with wired(tmp_path) as (app, _):
        local.run(app, [_tick(slow)], ended=lambda: False, stop=stop, failed=lambda name, error: None)
    assert (most, count <= 4) == (1, True)


def test_a_clock_that_is_set_back_does_not_put_it_to_sleep(tmp_path: Path) -> None:
    back = timedelta(0)
    woken: list[datetime] = []
    left = 50

    def tick(app: App) -> None:
        nonlocal back
        woken.append(app.clock())
        back = timedelta(days=2)

    def ended() -> bool:
        nonlocal left
        left -= 1
        return len(woken) == 2 or left == 0

    with wired(tmp_path) as (app, _):
        app.clock = lambda: utc_now() - back
        one = _tick(tick, every=86400)
        local.run(app, [one], ended=ended, stop=threading.Event(), failed=lambda name, error: None)
    assert len(woken) == 2


def test_years_asleep_are_one_wake_up_and_an_edited_interval_holds_from_the_next_one(tmp_path: Path) -> None:
    with wired(tmp_path) as (app, _):
        seconds = 1
        every = local._Every(app, Tick(name="one", every=lambda _: timedelta(seconds=seconds), run=lambda _: None))
        then, now = datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
        assert every.get_next_fire_time(then, now) == now + timedelta(seconds=1)
        seconds = 30
        assert every.get_next_fire_time(now, now) == now + timedelta(seconds=30)
