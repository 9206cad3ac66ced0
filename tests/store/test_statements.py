"""A statement that goes past SQLAlchemy means the same as one that does not, on either database."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, delete, exc, select, update

import made
import postgres
from campaignbot.model.delivery import State
from campaignbot.store import database, ledger
from campaignbot.store.columns import Instant, among
from campaignbot.store.schema import deliveries, kept, stops
from campaignbot.store.statements import Statement, tell

INSTANT = datetime(2026, 12, 1, 11, 59, 59, 999_999, tzinfo=UTC)


@pytest.fixture
def db(opened: postgres.Opened) -> database.Database:
    found = opened("ledger")
    with found.write() as c:
        for slot, armed in (("a", True), ("b", False)):
            post = made.post(slot=slot, due=INSTANT, armed=armed)
            ledger.add(c, post=post, state=State.HELD, reason=None, digest=None, by="london-1", now=made.NOON)
    return found


def test_the_same_rows_as_sqlalchemy(db: database.Database) -> None:
    held = select(deliveries).where(deliveries.c.state == State.HELD, deliveries.c.due == bindparam("due"))
    asked = held.order_by(deliveries.c.key)
    with db.read() as c:
        rows = [tuple(row) for row in Statement(asked).all(c, due=INSTANT)]
        assert rows == [tuple(row) for row in c.execute(asked, {"due": INSTANT})]
        assert len(rows) == 2
        assert Statement(asked).all(c, due=made.NOON) == []


def test_columns_are_read_by_their_types(db: database.Database) -> None:
    one = deliveries.c
    asked = Statement(select(one.slot, one.due, one.armed, one.wall, one.receipt_at).where(among(one.slot, "slots")))
    with db.read() as c:
        assert [tuple(row) for row in asked.all(c, slots=["a"])] == [("a", INSTANT, True, "2026-12-01T08:30", None)]
        assert sorted(asked.firsts(c, slots=["a", "b", "c"])) == ["a", "b"]
        assert (asked.first(c, slots=["b"]), asked.first(c, slots=["c"])) == ("b", None)


def test_it_says_how_many_it_changed(db: database.Database) -> None:
    change = Statement(
        update(deliveries)
        .where(deliveries.c.slot == bindparam("its_slot"), deliveries.c.armed.is_(True))
        .values(since=bindparam("at", type_=Instant()), reason=None, looks=deliveries.c.looks + 1)
    )
    with db.write() as c:
        assert [change.run(c, its_slot=slot, at=INSTANT) for slot in ("a", "b", "c")] == [1, 0, 0]
    with db.read() as c:
        since = {one.post.slot: one.since for one in ledger.deliveries(c).values()}
    assert since == {"a": INSTANT, "b": made.NOON}


def test_a_percent_sign_is_one(db: database.Database) -> None:
    with db.write() as c:
        ledger.keep_approvals(c, 1)
        ledger.keep_places(c, {})
        assert Statement(delete(kept).where(kept.c.name.like("app%"))).run(c) == 1
        assert Statement(select(kept.c.name)).firsts(c) == ["places"]


def test_a_refusal_is_sqlalchemys(db: database.Database) -> None:
    def ask_what_is_away() -> None:
        with db.write() as c:
            tell(c, "ALTER TABLE stops RENAME TO away")
            Statement(select(stops.c.scope)).all(c)

    with pytest.raises(exc.DBAPIError, match="stops"):
        ask_what_is_away()
    with db.read() as c:
        assert ledger.stops(c) == []  # nothing of it holds


def test_a_name_that_is_not_given(db: database.Database) -> None:
    with db.read() as c, pytest.raises(KeyError, match="its_name"):
        Statement(select(kept.c.json).where(kept.c.name == bindparam("its_name"))).first(c)
