"""The next due post is found, and begun, at once, however many wait."""

from pathlib import Path

import made
from campaignbot.model.delivery import State
from campaignbot.store import columns, database, ledger
from campaignbot.store.ledger import accounts, lanes, sending
from campaignbot.store.schema import deliveries

STEP = 10  #: of SQLite's virtual machine


def test_the_first_due_of_a_hundred_thousand(tmp_path: Path) -> None:
    db = database.open(f"sqlite:///{tmp_path}/ledger.db", kind="ledger")
    empty = dict.fromkeys(column.name for column in deliveries.columns)
    same = empty | {
        "slot": "s",
        "message": "m",
        "city": "london",
        "platform": "x",
        "zone": "Europe/London",
        "tzdata": "2026a",
        "late": "send",
        "armed": 0,
        "called": 0,
        "ignores_quiet": 0,
        "state": "WAITING",
        "freed": 0,
        "attempts": 0,
        "looks": 0,
        "absences": 0,
        "since": 0,
        "grace": 1,
    }
    noon = columns.micros(made.NOON)
    rows = [
        tuple(
            (
                same | {"key": f"c/s/london/en/x-{n}", "account": f"x-{n % 32}", "due": noon + n, "wake": noon + n}
            ).values()
        )
        for n in range(100_000)
    ]
    with db.write() as c:
        marks = ", ".join("?" * len(same))
        c.exec_driver_sql(f"INSERT INTO deliveries VALUES ({marks})", rows)
        accounts.know(c, ["x-0", "x-1"])
    with db.read() as c:
        assert lanes.anything(c, now=made.NOON)  # compiles the statements
        assert next(lanes.waiting(c, "x-0", now=made.NOON)).delivery.state is State.WAITING
        before = made.NOON - columns.MICROSECOND
        assert not lanes.anything(c, now=before)
        assert (ledger.unanswered(c), ledger.answers(c, ["nobody"])) == (False, {})
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += STEP
            return 0

        driver = c.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(step, STEP)
        assert not lanes.anything(c, now=before)
        assert not lanes.unsettled(c, now=before)
        assert not ledger.unanswered(c)
        assert ledger.answers(c, ["nobody"]) == {}
        assert lanes.anything(c, now=made.NOON)
        assert next(lanes.waiting(c, "x-0", now=made.NOON)).delivery.key == "c/s/london/en/x-0"
        assert lanes.next_wake(c, after=made.NOON) == made.NOON + columns.MICROSECOND
        driver.set_progress_handler(None, STEP)
    with db.write() as c:
        chosen = [line.delivery for line in lanes.firsts(c, ["x-0", "x-1"], now=made.NOON).values()]
        driver = c.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(step, STEP)
        _, begun = sending.begin(c, chosen, owner="here:1", now=made.NOON, lines=[])
        driver.set_progress_handler(None, STEP)
        assert [one.state for one in begun] == [State.SENDING]
    assert steps < 2_000, "a table of 100,000 lines is read through, no index is used"
    db.close()
