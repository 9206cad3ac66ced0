"""The engine of several machines: procrastinate on Postgres wakes whichever worker is free. It holds no post.

A wake-up names an account. Whoever takes it sends everything of that account that is due, in one pass with all others
that were woken here: the ledger decides what that is, and whether this one may. So a wake-up too many finds nothing to
do, and one that a dying worker took with it is made again at the next look.
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import procrastinate
import psycopg
import psycopg_pool
from procrastinate import exceptions, jobs
from procrastinate.schema import SchemaManager

from campaignbot.engines.ticks import Lanes
from campaignbot.engines.woken import Failed, Woken

#: On how many accounts one process speaks at once.
LANES = 32
#: How often each process asks the ledger which accounts have something to do, in seconds.
LOOK = 1.0
#: How often wake-ups that died with their worker are cleared away, in looks.
CLEAR = 60
#: How many connections carry wake-ups, and how long to wait for one, in seconds.
CONNECTIONS, PATIENCE = 4, 3.0
SCHEMA = "wakeups"
_LOCK = 4613  #: while the tables are made

Wake = Callable[[str], Awaitable[None]]


@contextlib.contextmanager
def waking(url: str, lanes: Lanes, *, failed: Failed) -> Iterator[None]:
    """Wake, and be woken, until the block ends; then what is in flight is finished.

    What a pass raises is told to `failed`, and so is a Postgres that does not answer: it is tried again each second.
    """
    over = threading.Event()
    with (
        Woken("due", lanes.send, failed=failed) as sending,
        Woken("settle", lambda accounts, _: lanes.settle(accounts), failed=failed) as settling,
    ):

        async def wake(account: str) -> None:
            await asyncio.wrap_future(sending.wake(account))
            await asyncio.wrap_future(settling.wake(account))

        thread = threading.Thread(target=_until, args=(over, url, lanes, wake, failed), name="wake-ups")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _until(over: threading.Event, url: str, lanes: Lanes, wake: Wake, failed: Failed) -> None:
    while not over.is_set():
        try:
            _prepare(url)
            asyncio.run(_turns(over, url, lanes, wake))
        except Exception as error:  # noqa: BLE001 - the net of the wake-ups: a database that went away comes back
            failed("wake-ups", error)
            over.wait(LOOK)


def _prepare(url: str) -> None:
    """procrastinate's tables, made by whoever comes first."""
    with psycopg.connect(url) as c:
        c.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        c.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        c.execute(f"SET LOCAL search_path TO {SCHEMA}")
        found = c.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
        if found == (None,):
            c.execute(SchemaManager.get_schema())


async def _turns(over: threading.Event, url: str, lanes: Lanes, wake: Wake) -> None:
    """Until `over`, or until the accounts that we speak on are others."""
    connector = procrastinate.PsycopgConnector(
        conninfo=url,
        kwargs={"options": f"-c search_path={SCHEMA}"},
        pool_factory=_pool,
    )
    engine = procrastinate.App(connector=connector)
    task = engine.task(name="wake")(wake)

    def named(account: str) -> jobs.Job:
        # no lock: one that a dead worker held would hold the account up for good
        return task.configure(queue=account, queueing_lock=account).make_new_job(account=account)

    speaks = sorted(lanes.speaks())
    async with engine.open_async():
        worker = asyncio.create_task(
            engine.run_worker_async(
                queues=speaks,
                concurrency=LANES,
                install_signal_handlers=False,
                delete_jobs="always",
                fetch_job_polling_interval=LOOK,
                shutdown_graceful_timeout=0,  # the pass that was woken is another's to finish
            )
        )
        try:
            look = 0
            while not (over.is_set() or worker.done()) and sorted(lanes.speaks()) == speaks:
                if waiting := await asyncio.to_thread(lanes.waiting):
                    await _defer(engine, [named(account) for account in waiting])
                if look % CLEAR == 0:
                    await _clear(engine)
                look += 1
                await asyncio.to_thread(over.wait, LOOK)
        finally:
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker


def _pool(**said: Any) -> psycopg_pool.AsyncConnectionPool:
    """A pool that does not nurse what it has lost: it would wait before it tries again, longer each time. A connection
    that is dead is an error at once, whoever finds none does not wait for long, and then all is made anew."""
    return psycopg_pool.AsyncConnectionPool(
        **said | {"check": None}, min_size=1, max_size=CONNECTIONS, timeout=PATIENCE
    )


async def _defer(engine: procrastinate.App, wake_ups: list[jobs.Job]) -> None:
    """Wake them, together where none of them is being woken already."""
    with contextlib.suppress(exceptions.AlreadyEnqueued):
        await engine.job_manager.batch_defer_jobs_async(wake_ups)
        return
    for one in wake_ups:
        with contextlib.suppress(exceptions.AlreadyEnqueued):
            await engine.job_manager.defer_job_async(one)


async def _clear(engine: procrastinate.App) -> None:
    """Forget the wake-ups of dead workers: the account was woken again long since."""
    for stalled in await engine.job_manager.get_stalled_jobs():
        await engine.job_manager.finish_job(stalled, status=jobs.Status.FAILED, delete_job=True)
