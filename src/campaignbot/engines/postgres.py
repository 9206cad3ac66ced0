"""The engine of several machines: procrastinate on Postgres wakes whichever worker is free. It holds no post.

A wake-up names an account, and whoever takes it sends everything of that account that is due: the ledger decides what
that is, and whether this one may. So a wake-up too many finds nothing to do, and one that a dying worker took with it
is made again at the next look.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import procrastinate
import psycopg
from procrastinate import exceptions, jobs
from procrastinate.schema import SchemaManager

from campaignbot.engines.ticks import Lanes

#: On how many accounts one process speaks at once.
LANES = 32
#: How often each process asks the ledger which accounts have something to do, in seconds.
LOOK = 1.0
#: How often wake-ups that died with their worker are cleared away, in looks.
CLEAR = 60
SCHEMA = "wakeups"
_LOCK = 4613  #: while the tables are made


Failed = Callable[[str, Exception], None]


@contextlib.contextmanager
def waking(url: str, lanes: Lanes, *, failed: Failed) -> Iterator[None]:
    """Wake, and be woken, until the block ends; then what is in flight is finished.

    What a wake-up raises is told to `failed`, and so is a Postgres that does not answer: it is tried again each second.
    """
    over = threading.Event()
    thread = threading.Thread(target=_until, args=(over, url, lanes, failed), name="wake-ups")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _until(over: threading.Event, url: str, lanes: Lanes, failed: Failed) -> None:
    while not over.is_set():
        try:
            _prepare(url)
            asyncio.run(_turns(over, url, lanes, failed))
        except Exception as error:  # noqa: BLE001 - the net of the thread: a database that went away comes back
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


async def _turns(over: threading.Event, url: str, lanes: Lanes, failed: Failed) -> None:
    """Until `over`, or until the accounts that we speak on are others."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(LANES + 4, thread_name_prefix="lane"))
    connector = procrastinate.PsycopgConnector(
        conninfo=url, kwargs={"options": f"-c search_path={SCHEMA}"}, min_size=1, max_size=4
    )
    engine = procrastinate.App(connector=connector)

    @engine.task(name="wake")
    def wake(account: str) -> None:
        try:
            lanes.carry(account)
        except Exception as error:  # noqa: BLE001 - the net of one waking: told, and woken again
            failed(account, error)

    speaks = sorted(lanes.speaks())
    async with engine.open_async():
        worker = asyncio.create_task(
            engine.run_worker_async(
                queues=speaks,
                concurrency=LANES,
                install_signal_handlers=False,
                delete_jobs="always",
                fetch_job_polling_interval=LOOK,
            )
        )
        try:
            look = 0
            while not (over.is_set() or worker.done()) and sorted(lanes.speaks()) == speaks:
                for account in await asyncio.to_thread(lanes.waiting):
                    with contextlib.suppress(exceptions.AlreadyEnqueued):
                        # no lock: one that a dead worker held would hold the account up for good
                        await wake.configure(queue=account, queueing_lock=account).defer_async(account=account)
                if look % CLEAR == 0:
                    await _clear(engine)
                look += 1
                await asyncio.to_thread(over.wait, LOOK)
        finally:
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker


async def _clear(engine: procrastinate.App) -> None:
    """Forget the wake-ups of dead workers: the account was woken again long since."""
    for stalled in await engine.job_manager.get_stalled_jobs():
        await engine.job_manager.finish_job(stalled, status=jobs.Status.FAILED, delete_job=True)
