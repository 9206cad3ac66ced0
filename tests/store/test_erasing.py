"""What is deleted leaves no byte in the file, and is owed until that is so."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

import made
import postgres
from campaignbot.model import errors
from campaignbot.model.reply import Intent, Reading, Reply
from campaignbot.store import database, erasing, inbox
from campaignbot.store.database import Connection, Database

KEY = b"k" * 32
WORD = "zebrafinch"
READING = Reading(
    intent=Intent.OTHER, city=None, party_size=None, language="en", confidence=0.5, needs_review=True, why="a test"
)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    db = database.open(f"sqlite:///{tmp_path}/people.db", kind="people")
    yield db
    db.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "WAIT", 50)


def _wait(c: Connection, text: str, number: int = 1) -> None:
    reply = Reply(
        account="x-london", platform="x", id=str(number), author="7", handle="@ann", text=text, at=made.NOON, root=None
    )
    inbox.wait(c, [(reply, READING)], key=KEY, campaign="wad", now=made.NOON)


def _take(c: Connection) -> None:
    (waiting,) = inbox.queue(c)
    assert inbox.take(c, waiting.id) == waiting


def held(folder: Path, word: str = WORD) -> bool:
    """Whether any file of the folder has the word in it."""
    return any(word.encode() in path.read_bytes() for path in folder.iterdir())


def test_what_was_deleted_is_not_left_where_rows_have_moved(tmp_path: Path) -> None:
    db = database.open(f"sqlite:///{tmp_path}/people.db", kind="people")
    chance, number = random.Random(5), 0
    left: list[str] = []
    for _ in range(12):
        with db.write() as c:
            for _ in range(chance.randint(1, 12)):
                number += 1
                text = f"zebra{number:05}." * chance.choice([1, 3, 30, 200, 900])
                _wait(c, text, number)
            labelled = [waiting for waiting in inbox.queue(c) if chance.random() < 0.4]
        for waiting in labelled:
            with db.write() as c:
                inbox.take(c, waiting.id)
            erasing.scrub(db)
            name = waiting.text[:11]
            left += [name for path in tmp_path.iterdir() if name.encode() in path.read_bytes()]
    db.close()
    assert left == []


def test_a_file_that_cannot_be_written_anew_is_said_in_words(tmp_path: Path) -> None:
    db = database.open(f"sqlite:///{tmp_path}/people.db", kind="people")
    with db.write() as c:
        _wait(c, "zebrafinch")
        inbox.take(c, 1)
    with db.read() as c:
        c.exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(errors.UserError, match="cannot be written"):
        erasing.scrub(db)
    db.close()


def test_what_was_deleted_is_not_left_in_the_file_s_log(tmp_path: Path) -> None:
    db = database.open(f"sqlite:///{tmp_path}/people.db", kind="people")
    with db.write() as c:
        _wait(c, "zebrafinch")
    with db.write() as c:
        inbox.take(c, 1)
    erasing.scrub(db)
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    db.close()
    assert b"zebrafinch" not in held


def test_what_ended_between_a_deletion_and_the_writing_anew_is_still_owed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/people.db"
    db = database.open(url, kind="people")
    with db.write() as c:
        _wait(c, WORD)
    with db.write() as c:
        inbox.take(c, 1)
    db.close()
    again = database.open(url, kind="people")
    with again.read() as c:
        assert erasing.owed(c) == 1
    assert erasing.scrub(again)
    with again.read() as c:
        assert erasing.owed(c) == 0
    assert not held(tmp_path)
    again.close()


@pytest.mark.usefixtures("hurried")
def test_as_long_as_somebody_reads_the_old_pages_it_is_not_finished(file: Database, tmp_path: Path) -> None:
    with file.write() as c:
        _wait(c, WORD)
    with closing(sqlite3.connect(tmp_path / "people.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT text FROM waiting").fetchall() == [(WORD,)]
        with file.write() as c:
            inbox.take(c, 1)
        assert [erasing.scrub(file), erasing.scrub(file), held(tmp_path)] == [False, False, True]
        reader.execute("COMMIT")
        assert [erasing.scrub(file), erasing.scrub(file), held(tmp_path)] == [True, True, False]


@pytest.mark.usefixtures("hurried")
def test_as_long_as_somebody_writes_it_is_not_finished(file: Database, tmp_path: Path) -> None:
    with file.write() as c:
        _wait(c, WORD)
    with file.write() as c:
        inbox.take(c, 1)
    with closing(sqlite3.connect(tmp_path / "people.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert not erasing.scrub(file)
        writer.execute("COMMIT")
    assert erasing.scrub(file)
    assert not held(tmp_path)


def test_what_waited_too_long_and_what_is_over_is_dropped(opened: postgres.Opened) -> None:
    db = opened("people")
    with db.write() as c:
        for number in range(3):
            _wait(c, WORD, number)
        assert erasing.drop_waiting(c, before=made.NOON) == 0
        assert erasing.owed(c) == 0, "nothing was deleted"
        assert erasing.drop_waiting(c, before=made.NOON + timedelta(seconds=1)) == 3
        assert (erasing.drop_joiners(c), erasing.owed(c)) == (0, 1)
    assert erasing.scrub(db)
    with db.read() as c:
        assert erasing.owed(c) == 0


@pytest.mark.usefixtures("hurried")
def test_on_a_server_it_is_not_finished_while_a_row_is_there_for_anybody(server: postgres.Server) -> None:
    url = server.clean()
    db = database.open(url, kind="people")
    with db.write() as c:
        _wait(c, WORD)
    with psycopg.connect(url) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT count(*) FROM people.seen")  # its moment is before the deletion
        with db.write() as c:
            _take(c)
        assert not erasing.scrub(db), "a table is held"
        reader.rollback()
    with psycopg.connect(url) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT 1")
        with db.write() as c:
            _wait(c, WORD)
        with db.write() as c:
            _take(c)
        assert not erasing.scrub(db), "an old row is written anew with the others"
        reader.rollback()
    assert erasing.scrub(db)
    with db.read() as c:
        assert erasing.owed(c) == 0
    db.close()
