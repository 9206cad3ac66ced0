"""What it costs to have 100,000 and 1,000,000 posts waiting: memory, start, the first one due, bytes on the disk.

Each measurement is a process of its own. The ledger is filled once and grows from 1,000 to 1,000,000; nothing of it is
due for a year but one post. Memory and start are compared with the same program over an empty ledger, in turn, and the
best of several is taken: what varies is what else the machine does.
"""

import dataclasses
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks import posts
from benchmarks.figures import Figure
from campaignbot import app as wiring
from campaignbot import settings
from campaignbot.stages import deliver
from campaignbot.store import database, ledger
from campaignbot.store.ledger import accounts, lanes

SMALL, MANY, MOST = 1_000, 100_000, 1_000_000
AT_ONCE = 50_000
RUNS = 3
STARTS = 20
FINDS = 50
MIB = 1024
MEMORY = {MANY: 5.0, MOST: 10.0}
START = 1.2
FIRST = 5.0
DISK = 1.5
GROWTH = 0.10


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as above:
        empty, full = Path(above) / "empty", Path(above) / "full"
        for folder in (empty, full):
            folder.mkdir()
            _book(folder).close()
        bare, grown = _bytes(empty), dict[int, float]()
        for count in (SMALL, MANY, MOST):
            _fill(full, count)
            grown[count] = (_bytes(full) - bare) / count
            if count == SMALL:
                continue
            yield from _against_empty(empty, full, count)
        yield _first(full)
        yield _disk(full, grown[MOST], Path(above) / "raw.db")
        yield Figure(
            name="bytes_a_post_growth",
            value=abs(grown[MOST] / grown[SMALL] - 1),
            bound=GROWTH,
            at_least=False,
            detail={f"bytes_a_post_at_{count}": round(size) for count, size in grown.items()}
            | {"bytes_of_an_empty_ledger": bare},
        )


def _against_empty(empty: Path, full: Path, count: int) -> Iterator[Figure]:
    bare, loaded = [], []
    for _ in range(RUNS):
        bare.append(_resident(empty))
        loaded.append(_resident(full))
    yield Figure(
        name=f"waiting_{count}_memory_mib",
        value=(min(loaded) - min(bare)) / MIB,
        bound=MEMORY[count],
        at_least=False,
        detail={"empty_kib": min(bare), "full_kib": min(loaded)},
    )
    yield _start(empty, full, count)


def _start(empty: Path, full: Path, count: int) -> Figure:
    bare, loaded = [], []
    for _ in range(STARTS):
        bare.append(_started(empty))
        loaded.append(_started(full))
    return Figure(
        name=f"waiting_{count}_start_ratio",
        value=min(loaded) / min(bare),
        bound=START,
        at_least=False,
        detail={
            "empty_seconds": round(min(bare), 3),
            "full_seconds": round(min(loaded), 3),
            "empty_median": round(statistics.median(bare), 3),
            "full_median": round(statistics.median(loaded), 3),
        },
    )


def _started(folder: Path) -> float:
    """The seconds from opening its books until a sender is ready: it waits for the disk more than for anything else."""
    began = time.perf_counter()
    with wiring.open_books(settings.read({}, folder=folder)) as books:
        deliver.recover(books.ledger, {}, owner="bench", clock=posts.utc_now, emit=lambda _delivery, _text: None)
        return time.perf_counter() - began


def _resident(folder: Path) -> int:
    """KiB of a daemon's whole self, two seconds after its start."""
    program = [sys.executable, "-m", "benchmarks.idle_daemon", str(folder)]
    done = subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True)
    return int(json.loads(done.stdout)["rss_kib"])


def _book(folder: Path) -> database.Database:
    found = settings.read({}, folder=folder)
    settings.prepare(found)
    return database.open(found.ledger_url, kind="ledger")


def _file(folder: Path) -> Path:
    return Path(settings.read({}, folder=folder).ledger_url.removeprefix("sqlite:///"))


def _fill(folder: Path, count: int) -> None:
    """So many in all, with their words and their yes, none due for a year."""
    book = _book(folder)
    with book.read() as c:
        there = sum(ledger.counts(c).values())
    planned = posts.Posts(count=count, accounts=32, due=posts.utc_now() + timedelta(days=365))
    for start in range(there, count, AT_ONCE):
        made = planned.drafts("http://127.0.0.1:9", start=start, stop=min(start + AT_ONCE, count))
        posts.approve(book, made)
    book.close()


def _bytes(folder: Path) -> int:
    """On the disk, as an idle daemon leaves it."""
    path = _file(folder)
    with sqlite3.connect(path) as c:
        c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    c.close()
    return path.stat().st_size


def _first(folder: Path) -> Figure:
    """How long the ledger takes to find the one post that is due among a million."""
    book = _book(folder)
    now = posts.utc_now()
    one = posts.Posts(count=1, accounts=1, due=now).drafts("http://127.0.0.1:9")[0]
    due = dataclasses.replace(one, post=dataclasses.replace(one.post, slot="due"))
    posts.approve(book, [due])
    taken = []
    names = [due.post.account]
    with book.write() as c:
        accounts.know(c, names)
    for _ in range(FINDS):
        began = time.perf_counter()
        with book.read() as c:
            assert lanes.anything(c, now=posts.utc_now())
            found = lanes.firsts(c, names, now=posts.utc_now())
        taken.append(1000 * (time.perf_counter() - began))
        assert [line.delivery.key for line in found.values()] == [due.key]
    book.close()
    return Figure(
        name="first_due_of_a_million_ms",
        value=min(taken),
        bound=FIRST,
        at_least=False,
        detail={"median_ms": round(statistics.median(taken), 3), "worst_ms": round(max(taken), 3)},
    )


def _disk(full: Path, bytes_a_post: float, raw: Path) -> Figure:
    """Against the same rows alone, in plain tables without any key or index, packed by SQLite."""
    with sqlite3.connect(raw) as c:
        c.execute("ATTACH ? AS ours", [str(_file(full))])
        names = [name for (name,) in c.execute("SELECT name FROM ours.sqlite_master WHERE type = 'table'")]
        for name in names:
            c.execute(f'CREATE TABLE main."{name}" AS SELECT * FROM ours."{name}"')
    c.close()
    with sqlite3.connect(raw) as c:
        c.execute("VACUUM")
    c.close()
    bare = raw.stat().st_size / MOST
    return Figure(
        name="disk_over_raw_rows",
        value=bytes_a_post / bare,
        bound=DISK,
        at_least=False,
        detail={"bytes_a_post": round(bytes_a_post), "raw_bytes_a_post": round(bare)},
    )
