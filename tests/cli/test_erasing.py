"""forget and purge."""

import io
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta

import pytest

from campaignbot import app, settings
from campaignbot.model.reply import Correction, Intent, Note, Reading, Reply
from campaignbot.store import corrections, erasing, inbox, joining, journal
from cli.place import NOW, Place

WORD = "zebrafinch"
GONE = "deleted: 1 waiting replies, 1 joiners. Whoever has that name is not kept again.\n"
NOBODY = "deleted: 0 waiting replies, 0 joiners. Whoever has that name is not kept again.\n"


def _write(here: Place, author: str, *, intent: Intent = Intent.OTHER, platform: str = "x", hours: int = 0) -> None:
    """A waiting reply by somebody, read so many hours ago, and their place among the joiners."""
    reply = Reply(
        account=f"{platform}-london",
        platform=platform,
        id=f"{author}-{WORD}-{platform}",
        author=author,
        handle=f"@{WORD}_{author}",
        text=f"{WORD} says {author}",
        at=NOW,
        root=None,
        city="London",
    )
    reading = Reading(
        intent=intent, city=None, party_size=None, language="en", confidence=0.5, needs_review=True, why="a test"
    )
    note = Note(city="London", party_size=None, language="en", platform=platform, answer_to=reply.handle, at=NOW)
    campaign = app.read_campaign(settings.read({}, folder=here.folder), now=NOW)
    with here.books() as books, books.people.write() as c:
        at = app.utc_now() - timedelta(hours=hours)
        inbox.wait(c, [(reply, reading)], key=books.key, campaign="wad", now=at)
        person = inbox.pseudonym(books.key, reply, campaign="wad")
        assert joining.join(c, person, note, campaign=campaign, key=books.key)


def _held(here: Place, word: str = WORD) -> list[str]:
    """The files of the state folder that have the word in them."""
    files = sorted((here.folder / ".campaignbot").iterdir())
    codes = [word.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return [path.name for path in files if any(code in path.read_bytes() for code in codes)]


@pytest.mark.parametrize("who", [f"@{WORD}_ann", f"{WORD}_ANN", "ann"])
def test_somebody_is_forgotten_by_handle_or_id(here: Place, who: str) -> None:
    _write(here, "ann")
    assert _held(here) == ["people.db"]
    assert here.out("forget", who, "--on", "x") == GONE
    assert _held(here) == []
    assert here.out("forget", who, "--on", "x") == NOBODY
    assert here.one("joiners") == {}
    assert here.one("forget", who, "--on", "x") == {"texts": 0, "crises": 0, "joiners": 0, "finished": True}
    assert "ok    people/people: 1 lines" in here.out("journal", "verify")


def test_only_those_are_forgotten_who_have_that_name_on_that_network(here: Place) -> None:
    _write(here, "ann")
    _write(here, "ann", platform="facebook")
    _write(here, "ben")
    assert here.out("forget", "ann", "--on", "facebook") == GONE
    assert [(row["platform"], row["id"]) for row in here.lines("replies")] == [("x", 1), ("x", 3)]
    assert here.one("joiners") == {"London": 2}


def test_a_name_that_is_asked_for_stands_in_no_command(here: Place) -> None:
    _write(here, "ann")
    here.environment.setattr(sys, "stdin", io.StringIO(f"@{WORD}_ann\n"))
    assert here.out("forget", "--on", "x") == GONE


def test_what_is_wrong_is_said_without_the_name(here: Place) -> None:
    told = [
        here.err("forget", WORD),
        here.err("forget", WORD, "--on", "myspace"),
        here.err("forget", " @ ", "--on", "x"),
    ]
    assert told == [
        "Error: say which network that name is on, with --on: facebook or x\n",
        "Error: say which network that name is on, with --on: facebook or x\n",
        "Error: nobody is named; give their handle, such as @name, or their id on that network\n",
    ]


def test_a_crisis_goes_too_and_somebody_is_told(here: Place) -> None:
    _write(here, "ann", intent=Intent.CRISIS)
    out, err = here.call("forget", "ann", "--on", "x")
    assert (out, err) == (
        GONE,
        "One of those replies may have been a crisis. Nobody can read it here any more: see to that person.\n",
    )


def test_it_is_not_finished_while_another_program_holds_on_to_the_old_pages(here: Place) -> None:
    _write(here, "ann")
    here.environment.setattr(erasing, "WAIT", 50)
    with closing(sqlite3.connect(here.folder / ".campaignbot" / "people.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM waiting").fetchall()
        out, err = here.call("forget", "ann", "--on", "x", code=3)
        assert (out, err.startswith("not finished: another program reads the people's book")) == (GONE, True)
        assert here.one("forget", "ann", "--on", "x", code=3)["finished"] is False
        assert here.one("purge", code=3) == {"texts": 0, "joiners": 0, "corrections": 0, "finished": False}
        assert _held(here) != []
        reader.execute("COMMIT")
    assert here.one("purge") == {"texts": 0, "joiners": 0, "corrections": 0, "finished": True}
    assert _held(here) == []


def test_a_decision_says_so_too(here: Place) -> None:
    _write(here, "ann")
    here.environment.setattr(erasing, "WAIT", 50)
    with closing(sqlite3.connect(here.folder / ".campaignbot" / "people.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM waiting").fetchall()
        out, err = here.call("label", "1", "other", code=3)
        assert (out, err.startswith("not finished: another program"), err.endswith("then: campaignbot purge\n")) == (
            "1: other\n",
            True,
            True,
        )
        reader.execute("COMMIT")
    here.out("purge")
    assert _held(here, f"{WORD} says ann") == []


def test_lessons_for_the_model_are_purged_with_the_joiners_and_counted(here: Place) -> None:
    _write(here, "ann")
    lesson = Correction(embedder="a test", vector=(0.5,), intent=Intent.JOIN)
    with here.books() as books, books.people.write() as c:
        corrections.keep(c, b"ann", lesson, alias=None, key=books.key)
    here.environment.setattr(app, "utc_now", lambda: NOW + timedelta(days=365))
    assert here.one("purge") == {"texts": 1, "joiners": 1, "corrections": 1, "finished": True}


def test_an_old_copy_of_the_book_does_not_bring_anybody_back(here: Place) -> None:
    _write(here, "ann")
    _write(here, "ben")
    book = here.folder / ".campaignbot" / "people.db"
    shutil.copy(book, here.folder / "copy")
    here.out("forget", "ann", "--on", "x")
    shutil.copy(here.folder / "copy", book)
    assert here.one("joiners") == {"London": 1}
    assert [row["id"] for row in here.lines("replies")] == [2]
    assert _held(here, f"{WORD} says ann") == []


def test_what_is_past_its_time_is_purged_with_a_receipt(here: Place) -> None:
    _write(here, "ann", hours=73)
    _write(here, "ben", hours=71)
    assert here.out("purge", "--by", "london-1") == "deleted: 1 waiting replies, 0 joiners, 0 lessons for the model.\n"
    assert here.out("purge") == "deleted: 0 waiting replies, 0 joiners, 0 lessons for the model.\n"
    assert [row["id"] for row in here.lines("replies")] == [2]
    assert _held(here, f"{WORD} says ann") == []
    with here.books() as books, books.people.read() as c:
        (entry,) = journal.entries(c, journal.PEOPLE)
    assert entry.entry == {"what": "purged", "by": "london-1", "texts": 1, "joiners": 0}
