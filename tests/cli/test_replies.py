"""replies, label and classify."""

import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from campaignbot.model.reply import Intent, Reading
from campaignbot.store import inbox, samples
from cli import place
from cli.place import NOW, Place, z

READING = Reading(
    intent=Intent.JOIN, city="London", party_size=2, language="en", confidence=0.5, needs_review=True, why="a test"
)
CRISIS = replace(READING, intent=Intent.CRISIS, city=None, party_size=None, language="und")


def _wait(here: Place, text: str, reading: Reading) -> None:
    with here.books() as books, books.people.write() as c:
        inbox.wait(c, [(place.reply(text), reading)], key=books.key, campaign="wad", now=NOW)


def test_the_queue_shows_texts_only_where_they_are_asked_for(here: Place) -> None:
    assert here.out("replies") == "0 replies wait for a person; read them with: campaignbot replies --review\n"
    _wait(here, "count us \u202eni", READING)
    _wait(here, "he is not breathing", CRISIS)
    line = {
        "id": 1,
        "account": "x-london",
        "platform": "x",
        "post_city": "London",
        "intent": "join",
        "city": "London",
        "party_size": 2,
        "language": "en",
        "confidence": 0.5,
        "why": "a test",
        "at_utc": z(NOW),
        "filed": False,
    }
    crisis = line | {"id": 2, "intent": "crisis", "city": None, "party_size": None, "language": "und"}

    assert here.lines("replies") == [crisis, line]
    assert here.lines("replies", "--review") == [
        crisis | {"answer_to": "@ann", "text": "he is not breathing", "read_as": "he is not breathing"},
        line | {"answer_to": "@ann", "text": "count us \u202eni", "read_as": "count us ni"},
    ]
    assert here.out("replies") == "2 replies wait for a person; read them with: campaignbot replies --review\n"
    assert here.out("replies", "--review").splitlines() == [
        "2  crisis  London  x-london",
        "  he is not breathing",
        "  from: @ann",
        "  why: a test; decide with: campaignbot label 2 INTENT [--city C] [--party N]",
        "1  join  London  x-london",
        "  count us ⟨U+202E⟩ni",
        "  read as: count us ni",
        "  from: @ann",
        "  why: a test; decide with: campaignbot label 1 INTENT [--city C] [--party N]",
    ]


def test_what_was_filed_is_looked_at_with_a_key(here: Place, tmp_path: Path) -> None:
    identity = tmp_path / "key"
    identity.write_text(place.IDENTITY)
    key = ("--identity", str(identity))
    for text in ("I'll be there!", "stop \u200bby"):
        with here.books() as books, books.people.write() as c:
            samples.keep(c, text.encode(), place.reply(text), READING, alias=None, recipients=[place.PUBLIC], now=NOW)
    sealed = "2 that were filed without a person are sealed for a look: campaignbot replies --review --identity FILE\n"
    none = "0 replies wait for a person; read them with: campaignbot replies --review\n"
    assert (here.out("replies"), here.out("replies", "--review"), here.lines("replies")) == (none + sealed, sealed, [])
    assert [(row["id"], row["filed"], row["text"]) for row in here.lines("replies", "--review", *key)] == [
        (1, True, "I'll be there!"),
        (2, True, "stop \u200bby"),
    ]
    assert here.out("replies", "--review", *key).splitlines()[4:] == [
        "2  join  London  x-london  (filed; only look whether that is right)",
        "  stop ⟨U+200B⟩by",
        "  read as: stop by",
        "  from: @ann",
        "  why: a test; decide with: campaignbot label 2 INTENT [--city C] [--party N] --identity FILE",
    ]
    assert here.err("label", "1", "spam") == (
        "Error: no reply 1 is waiting; list them with: campaignbot replies --review\n"
    )
    assert here.out("label", "1", "spam", *key) == "1: spam\n"
    assert [row["id"] for row in here.lines("replies", *key)] == [2]


def test_no_terminal_obeys_what_somebody_wrote(here: Place) -> None:
    text = "red \x1b[31m\x9b31m \x7f\u202edrow\u2066 \U0001f3f3"
    _wait(here, text, READING)
    printed = here.out("replies", "--review", "--json")
    assert json.loads(printed)["text"] == text
    assert [c for c in printed.rstrip("\n") if not c.isprintable()] == []
    assert here.out("replies", "--review").splitlines()[1:3] == [
        "  red ⟨U+001B⟩[31m⟨U+009B⟩31m ⟨U+007F⟩⟨U+202E⟩drow⟨U+2066⟩ \U0001f3f3",
        "  read as: red [31m 31m drow \U0001f3f3",
    ]


@pytest.mark.parametrize("city", ["marseille", "Marseille"])
def test_a_person_decides_what_a_reply_means(here: Place, city: str) -> None:
    _wait(here, "count us in", READING)
    assert here.out("label", "1", "join", "--city", city, "--party", "4") == "1: join\n"

    assert here.one("joiners") == {"Marseille": 1}
    assert here.lines("replies") == []
    assert here.err("label", "1", "join") == (
        "Error: no reply 1 is waiting; list them with: campaignbot replies --review\n"
    )


def test_a_label_that_cannot_be(here: Place) -> None:
    _wait(here, "count us in", READING)
    assert here.err("label", "1", "join", "--city", "Paris") == (
        "Error: name the city that they join in with --city: London, Marseille\n"
    )
    assert [row["id"] for row in here.lines("replies")] == [1]
    assert "is not one of" in here.err("label", "1", "yes", code=2)
    assert "is not a valid integer" in here.err("label", "one", "join", code=2)
    assert "is not in the range" in here.err("label", "1", "join", "--party", "0", code=2)
    assert "is not in the range" in here.err("label", str(2**63), "join", code=2)


def _classify(here: Place, given: bytes, *, code: int) -> tuple[str, str]:
    here.environment.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    return here.call("classify", code=code)


def test_classify_line_by_line(here: Place) -> None:
    given = {"id": 7, "text": "I'll be there with 2 friends", "platform": "x", "post_city": "London"}
    out, err = _classify(here, (json.dumps(given) + "\n\n").encode(), code=0)

    read = json.loads(out)
    assert list(read) == [
        "id",
        "intent",
        "city",
        "party_size",
        "language",
        "confidence",
        "needs_review",
        "why",
    ]
    assert (read["id"], read["intent"], read["city"], read["party_size"]) == (7, "join", "London", 3)
    assert err == ""


def test_classify_numbers_what_it_cannot_read_and_goes_on(here: Place) -> None:
    bad = [
        b"\xff\xfe",
        b"[]",
        b"7",
        b"null",
        b'{"text": "no id"}',
        b'{"id": 1, "text": 5}',
        b'{"id": 1e999, "text": "x"}',
        b'{"id": 1, "text": "x", "post_city": ["London"]}',
        b"[" * 100_000,
    ]
    good = b'{"id": "\\ud800", "text": "\\ud800 thank you", "platform": null}'
    out, err = _classify(here, b"\n".join([*bad, good]), code=1)

    assert err.splitlines() == [
        f'line {number}: not a JSON object with "id" and "text"; left out' for number in range(1, len(bad) + 1)
    ]
    (line,) = out.splitlines()
    assert (json.loads(line)["id"], json.loads(line)["intent"]) == ("\ud800", "support")
