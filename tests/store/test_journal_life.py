"""Whatever happens to deliveries, the journal says it: beside a witness that the database itself keeps."""

import itertools
from collections import defaultdict
from contextlib import suppress
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

import made
from campaignbot.model import errors
from campaignbot.model.delivery import MOVES, Hold, State
from campaignbot.stages import deliver, watch
from campaignbot.store import database, journal, ledger
from stages.deliver.listed import Crash, Room

ACCOUNTS = ("x-london", "fb-london")
#: The database's own word on every move and every approval, whoever makes it.
WITNESS = (
    "CREATE TABLE witness (key TEXT, source TEXT, state TEXT)",
    "CREATE TABLE yeses (key TEXT, digest TEXT, by TEXT)",
    """CREATE TRIGGER entered AFTER INSERT ON deliveries
       BEGIN INSERT INTO witness VALUES (new.key, NULL, new.state); END""",
    """CREATE TRIGGER moved AFTER UPDATE ON deliveries WHEN old.state <> new.state
       BEGIN INSERT INTO witness VALUES (new.key, old.state, new.state); END""",
    """CREATE TRIGGER approved AFTER INSERT ON approvals
       BEGIN INSERT INTO yeses VALUES (new.key, new.digest, new.by); END""",
)
ANSWERS: dict[str, Exception | str] = {
    "posted": "posted",
    "answer lost": "answer lost",
    "crash before": "crash before",
    "crash after": "crash after",
    "lost": errors.NoAnswer("the request was lost"),
    "later": errors.TryLater("busy"),
    "refused": errors.Refused("no"),
    "locked": errors.LockedOut("the token is gone"),
}

_post = st.tuples(
    st.just("put"),
    st.sampled_from(ACCOUNTS),
    st.integers(-30, 60),
    st.sampled_from([5, 60]),
    st.sampled_from(["", "armed"]),
)
_step = st.one_of(
    st.tuples(st.sampled_from(["due", "settle", "start", "resume", "cancel"])),
    st.tuples(st.just("answer"), st.sampled_from(ACCOUNTS), st.sampled_from(sorted(ANSWERS))),
    st.tuples(st.just("pass"), st.integers(1, 40)),
    st.tuples(
        st.sampled_from(["arm", "hold", "retry", "settle_sent", "settle_not_sent", "settle_drop"]), st.integers(0, 3)
    ),
)
lives = st.tuples(st.lists(_post, min_size=1, max_size=4), st.lists(_step, max_size=25))


class Life:
    """A ledger and all that may happen to it."""

    def __init__(self) -> None:
        db = database.memory(kind="ledger")
        with db.write() as c:
            for statement in WITNESS:
                c.exec_driver_sql(statement)
        self.room = Room(db, now=made.NOON, accounts=ACCOUNTS)
        self.room.lists["fb-london"].proves_absence = False
        self.keys: list[str] = []
        self.lives = itertools.count(2)
        self.room.recover()

    def step(self, name: str, *more: object) -> None:
        with suppress(errors.UserError, Crash):
            self._step(name, *more)

    def _step(self, name: str, *more: object) -> None:
        room, now = self.room, self.room.clock.now
        match name, *more:
            case "put", str(account), int(minutes), int(grace), str(armed):
                due = made.NOON + timedelta(minutes=minutes)
                self.keys.append(
                    room.put(
                        slot=f"s{len(self.keys)}",
                        account=account,
                        due=due,
                        expires=timedelta(minutes=grace),
                        armed=bool(armed),
                        state=State.HELD if armed else State.WAITING,
                        reason=Hold.ARMED if armed else None,
                    )
                )
            case "answer", str(account), str(answer):
                room.lists[account].answers.append(ANSWERS[answer])
            case "pass", int(minutes):
                room.clock.forward(minutes=minutes)
            case ("start",):
                room.owner = f"here:{next(self.lives)}"
                room.recover()
            case ("resume",):
                deliver.resume(room.db, "account", "x-london", by="london-1", now=now)
            case ("cancel",):
                deliver.cancel_city(room.db, "london", by="london-1", now=now)
            case "settle_sent", int(n):
                deliver.settle_sent(room.db, self._key(n), url="https://example.org/1", by="london-1", now=now)
            case lever, int(n):
                getattr(deliver, str(lever))(room.db, self._key(n), by="london-1", now=now)
            case step, *_:
                getattr(room, str(step))()

    def _key(self, n: int) -> str:
        return self.keys[n % len(self.keys)]


@settings(max_examples=60, deadline=None)
@given(lives)
def test_every_move_and_every_approval_of_a_random_life_stands_in_the_journal(
    life: tuple[list[tuple[object, ...]], list[tuple[object, ...]]],
) -> None:
    posts, steps = life
    lived = Life()
    for name, *more in (*posts, *steps):
        lived.step(str(name), *more)

    with lived.room.db.read() as c:
        witnessed, journalled = defaultdict(list), defaultdict(list)
        for key, source, to in c.exec_driver_sql("SELECT key, source, state FROM witness ORDER BY rowid"):
            witnessed[key].append((source, to))
        for chain in journal.chains(c):
            for line in journal.entries(c, chain):
                if "to" in line.entry:
                    assert chain == journal.account(str(line.entry["key"]).rpartition("/")[2])
                    journalled[line.entry["key"]].append((line.entry["from"], line.entry["to"]))
        approved = [tuple(row) for row in c.exec_driver_sql("SELECT key, digest, by FROM yeses ORDER BY rowid")]
        said = [
            (line.entry["key"], line.entry["digest"], line.entry["by"])
            for line in journal.entries(c, journal.PEOPLE)
            if line.entry.get("what") == "approve"
        ]
        assert ledger.astray(c) == {}
        names = {name for chain in journal.chains(c) for line in journal.entries(c, chain) for name in line.entry}
    assert names <= {"key", "from", "to", "by", "why", "digest", "what", "scope", "value"}, (
        "nothing of a person, no text"
    )
    assert dict(journalled) == dict(witnessed)
    assert {(source and State(source), State(to)) for moves in witnessed.values() for source, to in moves} <= MOVES
    assert said == approved
    people = database.memory(kind="people")
    assert [chain.fault for chain in watch.journals(lived.room.db, people) if chain.fault] == []
    people.close()
    lived.room.db.close()
