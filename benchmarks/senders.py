"""One sender in a process of its own: `python -m benchmarks.senders KIND URL COUNT ACCOUNTS` prints what it measured.

`raw`: the client alone, a thread an account. `ours`: the engine of one machine over a ledger on disk. `lone`: the same
ledger with one post.
"""

import json
import logging
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event

from benchmarks import posts
from campaignbot import app as wiring
from campaignbot import settings
from campaignbot.engines import local, ticks
from campaignbot.model.delivery import Delivery, State
from campaignbot.model.post import Draft
from campaignbot.platforms.base import Platform
from campaignbot.stages import deliver
from campaignbot.store import database

#: All is due this soon after the start, and is prepared before the sender is let loose: from there it is measured.
AHEAD = timedelta(milliseconds=1)
Emit = Callable[[Delivery, str | None], None]


def raw(url: str, count: int, accounts: int) -> dict[str, float]:
    """The client's own speed: each account says its posts one after another."""
    made = posts.Posts(count=count, accounts=accounts, due=posts.utc_now()).drafts(url)
    speaks = posts.connected(accounts, url)
    mine: dict[str, list[Draft]] = {}
    for draft in made:
        mine.setdefault(draft.account.id, []).append(draft)

    def say(account: str) -> None:
        for draft in mine[account]:
            speaks[account].publish(draft, parent=None)

    threads = [threading.Thread(target=say, args=[account]) for account in speaks]
    began, used = time.monotonic(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"began": began, "cpu": time.process_time() - used}


def ours(url: str, count: int, accounts: int) -> dict[str, float]:
    """The engine's own ticks, over a ledger on disk with synchronous=FULL, limits off."""
    left = count
    over = threading.Event()

    def emit(delivery: Delivery, _text: str | None) -> None:
        nonlocal left
        left -= delivery.state is State.SENT
        if left == 0:
            over.set()

    with tempfile.TemporaryDirectory() as folder:
        book = database.open(f"sqlite:///{Path(folder) / 'ledger.db'}", kind="ledger")
        speaks = posts.connected(accounts, url)
        deliver.recover(book, speaks, owner="bench", clock=posts.utc_now, emit=emit)
        # due after this start: what was due before would be looked for on the timelines first
        planned = posts.Posts(count=count, accounts=accounts, due=posts.utc_now() + AHEAD)
        posts.approve(book, planned.drafts(url))
        synchronous = _synchronous(book)
        app = _app(book, speaks, emit=emit, folder=Path(folder))
        commits = _commits(book)
        chosen = [tick for tick in ticks.TICKS if tick.lane]
        began, used = time.monotonic(), time.process_time()
        local.run(app, chosen, ended=over.is_set, stop=app.stop, failed=_failed)
        used = time.process_time() - used
        book.close()
    return {"began": began, "cpu": used, "commits": len(commits), "synchronous": synchronous}


def lone(url: str, _count: int, _accounts: int) -> dict[str, float]:
    """One post alone."""
    with tempfile.TemporaryDirectory() as folder:
        book = database.open(f"sqlite:///{Path(folder) / 'ledger.db'}", kind="ledger")
        speaks = posts.connected(1, url)
        deliver.recover(book, speaks, owner="bench", clock=posts.utc_now, emit=_quiet)
        posts.approve(book, posts.Posts(count=1, accounts=1, due=posts.utc_now() + AHEAD).drafts(url))
        commits = _commits(book)
        tried = deliver.due(book, speaks, owner="bench", clock=posts.utc_now, emit=_quiet)
        book.close()
    assert tried == 1
    return {"commits": len(commits)}


def _app(book: database.Database, speaks: Mapping[str, Platform], *, emit: Emit, folder: Path) -> wiring.App:
    return wiring.App(
        settings=settings.read({}, folder=folder),
        campaign=wiring.shipped_campaign(now=posts.utc_now()),
        books=wiring.Books(ledger=book, people=book, key=b""),
        platforms=speaks,
        owner="bench",
        clock=posts.utc_now,
        emit=emit,
        tell=lambda _event, _detail: None,
        alarm=lambda _title, _body: None,
    )


def _commits(book: database.Database) -> list[None]:
    """One more for each transaction that was committed; what only read is rolled back."""
    counted: list[None] = []

    @event.listens_for(book.engine, "commit")
    def _committed(_connection: object) -> None:
        counted.append(None)

    return counted


def _synchronous(book: database.Database) -> int:
    with book.write() as c:
        found: int = c.exec_driver_sql("PRAGMA synchronous").scalar_one()
    assert found == 2, "synchronous is not FULL"
    return found


def _quiet(_delivery: Delivery, _text: str | None) -> None:
    pass


def _failed(tick: str, error: Exception) -> None:
    logging.error("%s failed", tick)
    raise error


KINDS = {"raw": raw, "ours": ours, "lone": lone}

if __name__ == "__main__":
    kind, at, count, accounts = sys.argv[1:]
    print(json.dumps(KINDS[kind](at, int(count), int(accounts))))
