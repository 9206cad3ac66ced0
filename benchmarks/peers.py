"""The peers, as a careful user would write them, in a process of their own: `python -m benchmarks.peers KIND ...`.

`scheduler`: a date job a post in APScheduler with its SQLAlchemy job store on SQLite; nothing is ever too late for it
(`misfire_grace_time=None`), all else as it comes. The same client as ours says the posts.
"""

import dataclasses
import json
import sys
import time
from datetime import datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from benchmarks import posts
from campaignbot.platforms.base import Platform

_SPEAKS: dict[str, Platform] = {}
#: Of a draft the adapter reads the words, and there are no pictures.
_ANY = posts.Posts(count=1, accounts=1, due=posts.utc_now()).drafts("http://127.0.0.1:9")[0]


def _say(account: str, text: str) -> None:
    """The job: what a store can pickle."""
    _SPEAKS[account].publish(dataclasses.replace(_ANY, text=text), parent=None)


def scheduler(url: str, store: str, count: int, accounts: int, workers: int) -> None:
    """Plan `count` posts, none where the store has its own from before; say them; end when all was said.

    Prints when all is planned, and when it fell due; then when the last ended."""
    ended: list[JobExecutionEvent] = []
    made = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{store}")},
        executors={"default": ThreadPoolExecutor(workers)},
        job_defaults={"misfire_grace_time": None},
    )
    made.add_listener(ended.append, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    made.start(paused=True)
    _SPEAKS.update(posts.connected(accounts, url))
    at = datetime.now().astimezone() + timedelta(seconds=0.1)
    for draft in posts.Posts(count=count, accounts=accounts, due=posts.utc_now()).drafts(url):
        made.add_job(_say, "date", run_date=at, args=(draft.account.id, draft.text))
    left = len(made.get_jobs())
    time.sleep(max(0.0, at.timestamp() - time.time()))
    print(json.dumps({"began": time.monotonic(), "stored": left}), flush=True)
    made.resume()
    while len(ended) < left:
        time.sleep(0.01)
    print(json.dumps({"failed": sum(one.exception is not None for one in ended)}), flush=True)
    made.shutdown()


if __name__ == "__main__":
    kind, *given = sys.argv[1:]
    assert kind == "scheduler"
    scheduler(given[0], given[1], *map(int, given[2:]))
