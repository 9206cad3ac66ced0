"""The journal's chains hold, and show what was done to them."""

from collections.abc import Iterator

import pytest

import made
from campaignbot.store import database, journal


@pytest.fixture
def db() -> Iterator[database.Database]:
    db = database.memory(kind="ledger")
    with db.write() as c:
        journal.add(c, chain="people", entry={"by": "a"}, now=made.NOON)
        journal.add_all(c, [("account/x", {"n": 1}), ("people", {"by": "b"}), ("people", {"by": "c"})], now=made.NOON)
        journal.add(c, chain="people", entry={"by": "d"}, now=made.NOON)
    yield db
    db.close()


def test_each_chain_counts_for_itself(db: database.Database) -> None:
    with db.read() as c:
        assert journal.chains(c) == ["account/x", "people"]
        people = journal.entries(c, "people")
        assert [(line.n, line.at, dict(line.entry)) for line in people] == [
            (1, made.NOON, {"by": "a"}),
            (2, made.NOON, {"by": "b"}),
            (3, made.NOON, {"by": "c"}),
            (4, made.NOON, {"by": "d"}),
        ]
        assert len({line.hash for line in people}) == 3, "what is said at once is one page"
        assert journal.broken(c) == []


def test_a_page_ends_after_so_many_lines(db: database.Database) -> None:
    many = [("people", {"line": n}) for n in range(1001)]
    with db.write() as c:
        journal.add_all(c, many, now=made.NOON)
    with db.read() as c:
        lines = journal.entries(c, "people")[4:]
        assert [("people", dict(line.entry)) for line in lines] == many
        assert len({line.hash for line in lines}) == 3
        assert journal.broken(c) == []


@pytest.mark.parametrize(
    ("done", "found"),
    [
        ("UPDATE journal SET entry = '{}' WHERE chain = 'people' AND n = 2", ["people: page 2 was changed"]),
        ("UPDATE journal SET at = at + 1 WHERE chain = 'people' AND n = 1", ["people: page 1 was changed"]),
        ("DELETE FROM journal WHERE chain = 'people' AND n = 2", ["people: page 2 is missing"]),
        ("DELETE FROM journal WHERE chain = 'people' AND n = 3", ["people: it does not end where it last ended"]),
        ("DELETE FROM journal WHERE chain = 'people'", ["people: it does not end where it last ended"]),
        ("DELETE FROM journal WHERE chain = 'people' AND n = 1", ["people: page 1 is missing"]),
        (
            "INSERT INTO journal SELECT chain, 4, at, entry, hash FROM journal WHERE chain = 'people' AND n = 3",
            ["people: page 4 was changed"],
        ),
        (
            "INSERT INTO journal SELECT chain, 9, at, entry, hash FROM journal WHERE chain = 'people' AND n = 3",
            ["people: page 4 is missing"],
        ),
        (
            "INSERT INTO journal SELECT 'account/y', n, at, entry, hash FROM journal WHERE chain = 'account/x'",
            ["account/y: page 1 was changed"],
        ),
        (
            "UPDATE journal SET chain = 'account/y' WHERE chain = 'account/x'",
            ["account/x: it does not end where it last ended", "account/y: page 1 was changed"],
        ),
        ("DELETE FROM heads WHERE chain = 'people'", ["people: it does not end where it last ended"]),
        ("UPDATE heads SET n = 2 WHERE chain = 'people'", ["people: it does not end where it last ended"]),
        (
            "INSERT INTO heads SELECT 'z', n, hash FROM heads WHERE chain = 'people'",
            ["z: it does not end where it last ended"],
        ),
        # what no program of ours would write
        ("UPDATE journal SET hash = 'words' WHERE chain = 'account/x'", ["account/x: page 1 was changed"]),
        ("UPDATE journal SET at = 'noon', entry = 'x' WHERE n = 3", ["people: page 3 was changed"]),
    ],
)
def test_what_was_done_to_it_shows(db: database.Database, done: str, found: list[str]) -> None:
    with db.write() as c:
        c.exec_driver_sql(done)
    with db.read() as c:
        assert journal.broken(c) == found


def test_each_chain_is_looked_through(db: database.Database) -> None:
    with db.write() as c:
        c.exec_driver_sql("UPDATE journal SET entry = '[]' WHERE chain = 'people' AND n = 2")
    with db.read() as c:
        assert journal.verified(c) == [
            journal.Chain(name="account/x", pages=1, lines=1, fault=None),
            journal.Chain(name="people", pages=3, lines=2, fault="page 2 was changed"),
        ]
