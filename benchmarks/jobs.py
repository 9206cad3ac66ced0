"""The pattern that procrastinate's own pages show: a job a post, and a periodic look for stalled jobs, to retry them.

`python -m benchmarks.jobs plan DATABASE NETWORK COUNT ACCOUNTS` defers the jobs; `work DATABASE NETWORK ACCOUNTS` does
them until none is left. The same client as ours says the posts. Its patience is shortened, as ours is, so that a
benchmark need not wait for half a minute: a worker beats each second, and has stalled after five.
"""

import asyncio
import dataclasses
import sys
from concurrent.futures import ThreadPoolExecutor

import procrastinate
import psycopg
from procrastinate.jobs import Job
from procrastinate.schema import SchemaManager
from procrastinate.types import JSONValue

from benchmarks import posts

#: What runs at once in one worker.
CONCURRENCY = 16
BEAT = 1.0
STALLED = 5.0


def _engine(database: str, network: str, accounts: int) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(conninfo=database)
    engine = procrastinate.App(connector=connector)
    speaks = posts.connected(accounts, network)
    # of a draft the adapter reads the words, and there are no pictures
    any_draft = posts.Posts(count=1, accounts=1, due=posts.utc_now()).drafts(network)[0]

    @engine.task(name="say")
    def say(account: str, text: str) -> None:
        speaks[account].publish(dataclasses.replace(any_draft, text=text), parent=None)

    return engine


async def plan(database: str, network: str, count: int, accounts: int) -> None:
    with psycopg.connect(database) as c:
        c.execute(SchemaManager.get_schema())
    engine = _engine(database, network, accounts)
    made = posts.Posts(count=count, accounts=accounts, due=posts.utc_now()).drafts(network)
    async with engine.open_async():
        said: list[dict[str, JSONValue]] = [{"account": one.account.id, "text": one.text} for one in made]
        await engine.tasks["say"].batch_defer_async(*said)


async def work(database: str, network: str, accounts: int) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(CONCURRENCY))
    engine = _engine(database, network, accounts)
    async with engine.open_async():
        worker = asyncio.create_task(
            engine.run_worker_async(
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=0.5,
                update_heartbeat_interval=BEAT,
                stalled_worker_timeout=STALLED,
                install_signal_handlers=False,
            )
        )
        while True:
            await asyncio.sleep(0.5)
            for job in await engine.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
                await engine.job_manager.retry_job(job)  # as `retry_stalled_jobs` of its documentation does
            if not [*await _jobs(engine, "todo"), *await _jobs(engine, "doing")]:
                break
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def _jobs(engine: procrastinate.App, status: str) -> list[Job]:
    return list(await engine.job_manager.list_jobs_async(status=status))


if __name__ == "__main__":
    kind, at, network, *numbers = sys.argv[1:]
    if kind == "plan":
        asyncio.run(plan(at, network, int(numbers[0]), int(numbers[1])))
    else:
        asyncio.run(work(at, network, int(numbers[0])))
