"""journal verify: what was recorded holds together, or it shows."""

import sqlite3

import pytest

import postgres
from campaignbot.model.delivery import State
from cli.place import X_LONDON, Place

ACCOUNTS = ("fb-london", "x-london", "x-marseille")


def _by_hand(here: Place, statement: str, *, book: str = "ledger.db") -> None:
    """As somebody with the file and a program for SQLite would."""
    connection = sqlite3.connect(here.folder / ".campaignbot" / book)
    with connection:
        connection.execute(statement)
    connection.close()


def test_where_nothing_was_recorded_yet(here: Place) -> None:
    assert "nothing has been recorded" in here.err("journal", "verify", code=1)
    assert not (here.folder / ".campaignbot").exists()


def test_a_journal_that_holds(here: Place) -> None:
    here.approve()
    here.move(X_LONDON, State.WAITING, State.SENDING, State.SENT)

    found = here.lines("journal", "verify")

    assert [list(line) for line in found] == [["chain", "pages", "lines", "ok", "fault"]] * 4
    assert [(line["chain"], line["lines"], line["ok"], line["fault"]) for line in found] == [
        ("ledger/account/fb-london", 1, True, None),
        ("ledger/account/x-london", 5, True, None),
        ("ledger/account/x-marseille", 1, True, None),
        ("ledger/people", 5, True, None),
    ]
    assert "The journal holds together: 4 chains." in here.out("journal", "verify")


@pytest.mark.parametrize(
    ("statement", "chain", "fault"),
    [
        (
            "UPDATE journal SET entry = replace(entry, 'london-1', 'london-2') WHERE chain = 'people'",
            "ledger/people",
            "page 1 was changed",
        ),
        (
            "DELETE FROM journal WHERE chain = 'people' AND n = 1",
            "ledger/people",
            "it does not end where it last ended",
        ),
        (
            "INSERT INTO journal SELECT chain, n + 1, at, entry, hash FROM journal WHERE chain = 'account/fb-london'",
            "ledger/account/fb-london",
            "page 2 was changed",
        ),
        (
            f"UPDATE deliveries SET state = 'SENT' WHERE key = '{X_LONDON}'",
            "ledger/account/x-london",
            f"{X_LONDON} is SENT in the ledger and WAITING in the journal",
        ),
    ],
)
def test_what_was_done_by_hand_is_found_and_needs_a_person(here: Place, statement: str, chain: str, fault: str) -> None:
    here.approve()
    _by_hand(here, statement)

    found = here.lines("journal", "verify", code=3)

    assert [(line["chain"], line["fault"]) for line in found if not line["ok"]] == [(chain, fault)]
    said = here.out("journal", "verify", code=3)
    assert f"FAIL  {chain}: {fault}" in said
    assert "campaignbot stop" in said


def test_the_peoples_book_has_a_journal_of_its_own(here: Place) -> None:
    here.approve()
    _by_hand(here, "INSERT INTO heads VALUES ('people', 1, x'00')", book="people.db")

    found = here.lines("journal", "verify", code=3)

    assert [(line["chain"], line["pages"], line["fault"]) for line in found if not line["ok"]] == [
        ("people/people", 0, "it does not end where it last ended")
    ]


def test_to_look_changes_nothing(here: Place) -> None:
    here.approve()
    state = here.folder / ".campaignbot"
    before = {path.name: path.read_bytes() for path in sorted(state.iterdir()) if path.suffix == ".db"}
    here.call("journal", "verify")
    assert {path.name: path.read_bytes() for path in sorted(state.iterdir()) if path.suffix == ".db"} == before
    assert {path.stat().st_mode & 0o077 for path in state.iterdir()} == {0}


def test_on_a_server_both_books_are_looked_through(here: Place, server: postgres.Server) -> None:
    here.environment.setenv("CAMPAIGNBOT_DATABASE_URL", server.clean())
    here.approve()
    here.call("stop", "--by", "london-1")

    assert [(line["chain"], line["ok"]) for line in here.lines("journal", "verify")] == [
        ("ledger/account/fb-london", True),
        ("ledger/account/x-london", True),
        ("ledger/account/x-marseille", True),
        ("ledger/people", True),
    ]
