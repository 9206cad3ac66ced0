"""Taking in 100,000 replies, from the page that a network handed over to the people's book on the disk, against bare
inserts of the same replies; and all of them once more, in another order, of which none may be stored twice.

Ours is the daemon's own poll: what is known is left out, each reply is read by the rules (without the model), filed
under keyed hashes, sealed to two keys where it is a yes, and handed to a person where one must look, in one
transaction with `synchronous=FULL` for each of X's turns (eight pages of a hundred). The replies are the shipped
examples in all their languages, each with a handle before it and a word of its own behind it, so that no two are alike,
by 70,000 authors; opt-outs and crises are far more frequent among them than in life.

The rival is what SQLite can do at the most: `executemany` of the same replies, as they stand, into one table without
any key or index, ten thousand in a transaction, in the same kind of file. It seals nothing, understands nothing and
would store a reply twice. Beside it stands the same with a random key, as a book needs that stores nothing twice, and
as many commits as ours has. Processor time is what is bound; wall time stands beside it.
"""

import dataclasses
import itertools
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from benchmarks import posts
from benchmarks.figures import Figure
from campaignbot import app, platforms
from campaignbot.model.campaign import Campaign
from campaignbot.model.delivery import Receipt, State
from campaignbot.model.errors import Refused
from campaignbot.model.post import Draft, Post
from campaignbot.model.reply import Check, Cursor, Page, Reply
from campaignbot.platforms import base
from campaignbot.stages import listen
from campaignbot.stages.detect import examples
from campaignbot.store import database, ledger, seal

REPLIES = 100_000
AUTHORS = 70_000
RATIO = 0.05
PAGE = 800  #: as many as the adapter of X hands over at once
AGAIN = 700  #: likewise, when all of it comes once more
RAW_BATCH = 10_000
RAW_RUNS = 3
ACCOUNT = "x-london"
_SYLLABLES = ("ka", "lo", "mi", "ru", "sen", "tav", "bo", "zi", "pel", "nu", "dra", "fi")


class _Took(NamedTuple):
    """Seconds."""

    processor: float
    wall: float


def measure() -> Iterator[Figure]:
    replies = made(REPLIES)
    bare = [_raw(replies, batch=RAW_BATCH, keyed=False) for _ in range(RAW_RUNS)]
    keyed = _raw(replies, batch=PAGE, keyed=True)
    with tempfile.TemporaryDirectory() as folder:
        hall = Hall(Path(folder))
        took = _timed(lambda: hall.hear(replies, page=PAGE))
        once = hall.rows()
        again = _timed(lambda: hall.hear(_shuffled(replies), page=AGAIN))
        twice = hall.rows()
        hall.close()
    raw = _Took(statistics.median(one.processor for one in bare), statistics.median(one.wall for one in bare))
    yield Figure(
        name="ingestion_ratio",
        value=raw.processor / took.processor,
        bound=RATIO,
        at_least=True,
        detail={
            "replies": REPLIES,
            "ours_per_second": round(REPLIES / took.processor),
            "raw_per_second": round(REPLIES / raw.processor),
            "ratio_in_wall_time": round(raw.wall / took.wall, 4),
            "raw_with_a_key_per_second": round(REPLIES / keyed.processor),
            "ratio_to_raw_with_a_key": round(keyed.processor / took.processor, 4),
            "ms_a_reply": round(1000 * took.processor / REPLIES, 3),
            "sealed": once["chains"] + once["samples"],
            "ms_of_it_for_sealing": round(1000 * _sealing() * (once["chains"] + once["samples"]) / REPLIES, 3),
        },
    )
    yield Figure(
        name="ingestion_stored_twice",
        value=sum(abs(twice[table] - once[table]) for table in once) + abs(once["seen"] - REPLIES),
        bound=0,
        at_least=False,
        exactly=True,
        detail={"rows": once, "replayed_per_second": round(REPLIES / again.processor)},
    )


def made(count: int) -> list[Reply]:
    """Invented replies, no two alike; the same ones each time."""
    lots = random.Random(1)
    shipped = examples.shipped()
    cities = list(_campaign(()).cities)
    start = app.utc_now() - timedelta(days=1)
    return [
        dataclasses.replace(
            (one := lots.choice(shipped)).reply,
            account=ACCOUNT,
            platform="x",
            id=str(1_900_000_000_000_000_000 + 4_194_304 * number),
            author=(author := str(lots.randrange(AUTHORS))),
            handle=f"@somebody{author}",
            text=f"@wad_{lots.choice(cities)} {one.text} #{''.join(lots.choices(_SYLLABLES, k=4))}",
            at=start + timedelta(milliseconds=800 * number),
            root=str(900 + lots.randrange(len(cities))),
            city=None,
        )
        for number in range(count)
    ]


class Hall:
    """A campaign whose posts are out, its two books in a folder, and a network that hands over what it is given."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "people.db"
        self._people = database.open(f"sqlite:///{self._file}", kind="people")
        self._book = database.open(f"sqlite:///{folder / 'ledger.db'}", kind="ledger")
        self._campaign = _campaign(tuple(seal.new_key()[0] for _ in range(2)))
        self._key = os.urandom(seal.KEY_BYTES)
        self._turns = itertools.count(1)
        with self._book.write() as c:
            for number, city in enumerate(self._campaign.cities, 900):
                _said(c, city, str(number))

    def close(self) -> None:
        self._book.close()
        self._people.close()

    def hear(self, replies: Sequence[Reply], *, page: int) -> None:
        """Poll until all of them have been read."""
        network = _Network(replies, page=page, turns=self._turns)
        while network.left:
            (heard,) = listen.poll(
                self._book,
                self._people,
                {ACCOUNT: network},
                self._campaign,
                key=self._key,
                clock=app.utc_now,
            )
            assert heard.error is None

    def rows(self) -> dict[str, int]:
        """How many rows each table of people holds, and how many replies have meant something."""
        tables = ("seen", "waiting", "joiners", "chains", "samples", "gone")
        with sqlite3.connect(self._file) as c:
            counted = {table: c.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
            heard = c.execute("SELECT sum(number) FROM counts WHERE name <> 'owed'").fetchone()[0]
        c.close()
        return counted | {"counts": heard}


class _Network:
    """It knows only replies, and hands over so many at once."""

    limits = platforms.limits(posts.account(0, "http://127.0.0.1:9"))
    proves_absence = True

    def __init__(self, replies: Sequence[Reply], *, page: int, turns: Iterator[int]) -> None:
        self._pages = [tuple(replies[at : at + page]) for at in range(0, len(replies), page)]
        self._turns = turns

    @property
    def left(self) -> bool:
        return bool(self._pages)

    def replies(self, to: Sequence[Receipt], *, after: Cursor | None) -> Page:
        page = self._pages.pop(0)
        return Page(replies=page, cursor=Cursor(str(next(self._turns))), complete=not self._pages, claimed_total=None)

    def vanished(self, replies: Sequence[str]) -> frozenset[str]:
        return frozenset()

    def publish(self, draft: Draft, *, parent: Receipt | None, may_leave: base.MayLeave = base.always) -> Receipt:
        raise Refused("nothing is said here")

    def find(self, draft: Draft, *, since: datetime, parent: Receipt | None = None) -> tuple[Receipt, ...]:
        return ()

    def check(self) -> tuple[Check, ...]:
        return ()


def _campaign(recipients: tuple[str, ...]) -> Campaign:
    """The campaign that ships; the first key is the campaign's, the second every city's."""
    shipped = app.shipped_campaign(now=app.utc_now())
    cities = {id_: dataclasses.replace(city, recipients=recipients[1:]) for id_, city in shipped.cities.items()}
    return dataclasses.replace(shipped, cities=cities, recipients=recipients[:1])


def _said(c: database.Connection, city: str, remote: str) -> None:
    now = app.utc_now()
    post = Post(
        campaign="bench",
        slot="announce",
        message="announce",
        city=city,
        language="en-GB",
        account=ACCOUNT,
        platform="x",
        zone="UTC",
        wall=f"{now:%Y-%m-%dT%H:%M}",
        due=now,
        expires=timedelta(hours=6),
    )
    receipt = Receipt(id=remote, url=None, at=now)
    ledger.add(c, post=post, state=State.WAITING, reason=None, digest="0" * 64, by="bench-1", now=now)
    ledger.move(c, post.key, sources={State.WAITING}, to=State.SENDING, by="daemon", now=now)
    ledger.move(c, post.key, sources={State.SENDING}, to=State.SENT, by="daemon", now=now, receipt=receipt)


def _shuffled(replies: Collection[Reply]) -> list[Reply]:
    return random.Random(2).sample(list(replies), len(replies))


def _raw(replies: Sequence[Reply], *, batch: int, keyed: bool) -> _Took:
    """A row a reply, its values ready to hand. `keyed`: under a random key of 32 bytes, which is all that is unique."""
    lots = random.Random(3)
    rows = [
        (lots.randbytes(32), r.account, r.platform, r.id, r.author, r.handle, r.text, r.at.isoformat(), r.root)
        for r in replies
    ]
    columns = "hash BLOB PRIMARY KEY" if keyed else "hash BLOB"
    with tempfile.TemporaryDirectory() as folder:
        c = sqlite3.connect(Path(folder) / "raw.db", isolation_level=None)
        c.execute(f"PRAGMA page_size={database.PAGE_BYTES}")
        c.execute("PRAGMA journal_mode=WAL")
        c.execute(f"PRAGMA cache_size=-{database.CACHE_KIB}")
        c.execute("PRAGMA synchronous=FULL")
        c.execute(f"CREATE TABLE replies ({columns}, account, platform, id, author, handle, text, at, root)")

        def insert() -> None:
            for at in range(0, len(rows), batch):
                c.execute("BEGIN IMMEDIATE")
                c.executemany("INSERT INTO replies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows[at : at + batch])
                c.execute("COMMIT")

        took = _timed(insert)
        c.close()
    return took


def _sealing() -> float:
    """The seconds that sealing one note to two keys takes, of which nothing can be saved."""
    keys = [seal.new_key()[0] for _ in range(2)]
    fields = {"answer_to": "@somebody1", "city": "London"}
    return _timed(lambda: [seal.seal_fields(fields, keys) for _ in range(200)]).processor / 200


def _timed(work: Callable[[], object]) -> _Took:
    began, wall = time.process_time(), time.perf_counter()
    work()
    return _Took(time.process_time() - began, time.perf_counter() - wall)
