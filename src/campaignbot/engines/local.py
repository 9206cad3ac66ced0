"""The engine of one machine: APScheduler in this process, as a clock only. It holds no post."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from campaignbot.app import App
from campaignbot.engines.ticks import Tick

log = logging.getLogger(__name__)

SECOND = timedelta(seconds=1)


def run(
    app: App,
    ticks: Sequence[Tick],
    *,
    ended: Callable[[], bool],
    stop: threading.Event,
    failed: Callable[[str, Exception], None],
) -> None:
    """Wake every tick at its interval until `ended()` or `stop`; then let what is in flight finish.

    A tick that raises is told to `failed` and woken again at its next time: one broken part must not stop the rest.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(ticks))},
        # a missed wake-up is never dropped, and many missed ones are one: the ledger knows what is due
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    for tick in ticks:
        scheduler.add_job(
            _guarded(app, tick, failed),
            _Every(app, tick),
            next_run_time=datetime.now(UTC),
            id=tick.name,
        )
    # a tick that takes longer than its interval is no fault: it is woken again when it has ended
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler.start()
    try:
        while not stop.wait(0.2) and not ended():
            _wake_after_clock_change(scheduler, now=app.clock())
    finally:
        scheduler.shutdown(wait=True)


class _Every(BaseTrigger):  # type: ignore[misc]  # it ships no types
    """At a tick's interval, as the files now have it, from now on: APScheduler's own counts each interval that passed
    while the machine slept, one by one."""

    def __init__(self, app: App, tick: Tick) -> None:
        self.span: Callable[[], timedelta] = lambda: tick.every(app)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now + self.span()


def _wake_after_clock_change(scheduler: BackgroundScheduler, *, now: datetime) -> None:
    """Wake at once what would sleep longer than its interval: the clock was set back, and APScheduler waits for the
    old time to come round again."""
    for job in scheduler.get_jobs():
        if job.next_run_time - now > job.trigger.span() + SECOND:
            job.modify(next_run_time=now)


def _guarded(app: App, tick: Tick, failed: Callable[[str, Exception], None]) -> Callable[[], None]:
    def woken() -> None:
        try:
            tick.run(app)
        except Exception as error:  # noqa: BLE001 - the one net of an engine: told, and woken again
            failed(tick.name, error)

    return woken
