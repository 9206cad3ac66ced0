"""The engine of one machine: APScheduler in this process, as a clock only. It holds no post."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from campaignbot.app import App
from campaignbot.engines.ticks import Tick

log = logging.getLogger(__name__)


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
            "interval",
            seconds=tick.every(app).total_seconds(),
            next_run_time=datetime.now(UTC),
            id=tick.name,
        )
    # a tick that takes longer than its interval is no fault: it is woken again when it has ended
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler.start()
    try:
        while not stop.wait(0.2) and not ended():
            pass
    finally:
        scheduler.shutdown(wait=True)


def _guarded(app: App, tick: Tick, failed: Callable[[str, Exception], None]) -> Callable[[], None]:
    def woken() -> None:
        try:
            tick.run(app)
        except Exception as error:  # noqa: BLE001 - the one net of an engine: told, and woken again
            failed(tick.name, error)

    return woken
