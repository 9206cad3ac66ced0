"""Hundreds of small days with lost requests, lost answers, late effects and deaths at any step: nothing is doubled,
and nothing is lost: every post ends sent, failed, missed, held, or in doubt and shown."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

import made
from campaignbot.model import errors
from campaignbot.model.delivery import Delivery, State
from campaignbot.store import database, journal, ledger, schema
from stages.deliver.listed import Crash, Room

ACCOUNTS = ("x-london", "fb-london")
KINDS = ("posted",) * 6 + (
    "answer lost",
    "late effect",
    "crash before",
    "crash after",
    "lost",
    "later",
    "refused",
    "odd",
)
RAISED: dict[str, Exception] = {
    "lost": errors.NoAnswer("the request was lost"),
    "later": errors.TryLater("busy"),
    "refused": errors.Refused("no"),
    "odd": TypeError("an odd body"),
}


class Day:
    """One simulated day."""

    def __init__(self, db: database.Database, seed: int, *, kinds: tuple[str, ...] = KINDS) -> None:
        self.random = random.Random(seed)
        with db.write() as c:  # a new ledger; the same engine, whose compiled statements are the costly part
            for table in reversed(schema.metadata.sorted_tables):
                c.execute(table.delete())
        self.room = Room(db, now=made.NOON - timedelta(hours=1), accounts=ACCOUNTS)
        self.room.lists["fb-london"].proves_absence = False
        self.lives = 1
        self.tells_left: int | None = None
        for one in self.room.lists.values():
            one.lag = timedelta(minutes=self.random.randrange(3))
            one.answers = [RAISED.get(kind, kind) for kind in self.random.choices(kinds, k=20)]
        for n in range(self.random.randint(2, 6)):
            minutes, grace = self.random.randrange(-30, 120), self.random.choice([10, 60, 360])
            self.room.put(
                slot=f"s{n}",
                account=self.random.choice(ACCOUNTS),
                due=made.NOON + timedelta(minutes=minutes),
                expires=timedelta(minutes=grace),
            )

    def told(self, _delivery: Delivery, _text: str | None) -> None:
        if self.tells_left is not None:
            self.tells_left -= 1
            if self.tells_left < 0:
                self.tells_left = None
                raise Crash

    def play(self) -> None:
        self.room.told = self.told  # type: ignore[assignment]  # it listens likewise, and may die of it
        self.life(self.room.recover)
        for _ in range(200):
            at = self.room.next_due()
            if at is None:
                return
            self.room.clock.now = max(at, self.room.clock.now + timedelta(seconds=1))
            self.arm_death()
            self.life(self.room.due)
            self.life(self.room.settle)
        raise AssertionError("the day does not end")

    def arm_death(self) -> None:
        """Perhaps die soon: at a reading of the clock, or while telling of a move, with requests on their way."""
        self.room.clock.readings_left = self.tells_left = None
        if self.lives < 8 and self.random.random() < 0.3:
            self.lives += 1
            if self.random.random() < 0.5:
                self.room.clock.readings_left = self.random.randrange(4)
            else:
                self.tells_left = self.random.randrange(4)

    def life(self, step: Callable[[], object]) -> None:
        while True:
            try:
                step()
                return
            except Crash:
                self.lives += 1
                self.room.owner = f"here:{self.lives}"
                self.room.clock.forward(seconds=self.random.randrange(1, 600))
                step = self.room.recover

    def wrongs(self) -> list[str]:
        out = Counter(text.split()[0] for one in self.room.lists.values() for text in one.texts())
        with self.room.db.read() as c:
            deliveries = ledger.deliveries(c).values()
            found = journal.broken(c)
        for one in deliveries:
            times = out[one.post.slot]
            if times > 1:
                found.append(f"{one.post.slot} is out {times} times")
            ends = {State.SENT: times == 1, State.FAILED: times == 0, State.MISSED: times == 0}
            shown = one.state is State.IN_DOUBT and one.settle_at is None
            if not ends.get(one.state, shown):
                found.append(f"{one.post.slot} is {one.state} and out {times} times")
        return found


@pytest.fixture(scope="module")
def db() -> Iterator[database.Database]:
    memory = database.memory(kind="ledger")
    yield memory
    memory.close()


def test_nothing_doubled_nothing_lost(db: database.Database) -> None:
    wrong, ends = {}, Counter[str]()
    for seed in range(100):
        day = Day(db, seed)
        day.play()
        if wrongs := day.wrongs():
            wrong[seed] = wrongs
        ends.update(state.partition(":")[0] for state in day.room.states().values())
    assert wrong == {}
    assert set(ends) == {"SENT", "FAILED", "MISSED", "IN_DOUBT"}, "the days were too easy"


def test_an_adapter_that_lies_is_found_out(db: database.Database) -> None:
    doubled = 0
    for seed in range(20):
        day = Day(db, seed, kinds=("posted", "lie"))
        day.play()
        doubled += bool(day.wrongs())
    assert doubled > 0


@pytest.mark.parametrize("reading", range(6))
def test_death_at_each_reading_of_the_clock(db: database.Database, reading: int) -> None:
    day = Day(db, 7, kinds=("posted",))
    day.room.clock.readings_left = reading
    day.room.clock.now = made.NOON
    day.life(day.room.due)
    day.play()
    assert day.wrongs() == []
