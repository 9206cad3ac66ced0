"""replies, label, classify, keys and joiners."""

import csv
import io
import json
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaignbot import __main__ as frame
from campaignbot import app, settings
from campaignbot.model.reply import Intent, Note, Reading, Reply
from campaignbot.store import inbox, seal
from cli import place
from cli.place import NOW, Place, z

READING = Reading(
    intent=Intent.JOIN, city="London", party_size=2, language="en", confidence=0.5, needs_review=True, why="a test"
)
CRISIS = replace(READING, intent=Intent.CRISIS, city=None, party_size=None, language="und")


def _wait(here: Place, text: str, reading: Reading) -> None:
    reply = Reply(
        account="x-london",
        platform="x",
        id=text,
        author=text,
        handle="@ann",
        text=text,
        at=NOW,
        root=None,
        city="London",
    )
    with here.books() as books, books.people.write() as c:
        inbox.wait(c, [(reply, reading)], key=books.key, campaign="wad", now=NOW)


def _join(here: Place, **changes: Any) -> None:
    note = Note(city="London", party_size=2, language="en", platform="x", answer_to="@ann", at=NOW)
    fields = {name: getattr(note, name) for name in Note.__slots__} | changes
    campaign = app.read_campaign(settings.read({}, folder=here.folder), now=NOW)
    with here.books() as books, books.people.write() as c:
        person = seal.keyed(books.key, str(fields["answer_to"]))
        assert inbox.join(c, person, Note(**fields), campaign=campaign, key=books.key)


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
    }
    crisis = line | {"id": 2, "intent": "crisis", "city": None, "party_size": None, "language": "und"}

    assert here.lines("replies") == [crisis, line]
    assert here.lines("replies", "--review") == [
        crisis | {"text": "he is not breathing"},
        line | {"text": "count us \u202eni"},
    ]
    assert here.out("replies") == "2 replies wait for a person; read them with: campaignbot replies --review\n"
    assert here.out("replies", "--review").splitlines() == [
        "2  crisis  London  x-london",
        "  he is not breathing",
        "  why: a test; decide with: campaignbot label 2 INTENT [--city C] [--party N]",
        "1  join  London  x-london",
        "  count us ni",
        "  why: a test; decide with: campaignbot label 1 INTENT [--city C] [--party N]",
    ]


def test_no_terminal_obeys_what_somebody_wrote(here: Place, tmp_path: Path) -> None:
    text = "red \x1b[31m\x9b31m \x7f\u202edrow\u2066 \U0001f3f3"
    _wait(here, text, READING)
    printed = here.out("replies", "--review", "--json")
    assert json.loads(printed)["text"] == text
    assert [c for c in printed.rstrip("\n") if not c.isprintable()] == []
    assert "red [31m 31m drow" in here.out("replies", "--review")

    identity = tmp_path / "key"
    identity.write_text(place.IDENTITY)
    _join(here, answer_to="Ann \x9b31m\x1b]0;x\x07\u202e")
    table = here.out("joiners", "open", "--identity", str(identity), "--format", "csv")
    assert list(csv.reader(io.StringIO(table)))[1][4] == "Ann 31m ]0;x"


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


def test_a_new_key_is_for_its_owner_alone_and_overwrites_nothing(here: Place, tmp_path: Path) -> None:
    out = tmp_path / "key"
    public, err = here.call("keys", "new", "--out", str(out))

    assert public.startswith("age1")
    assert err.splitlines() == [
        f"The private key is in {out}: keep it off the server, and keep a copy.",
        "Put this public key under campaign: recipients (or a city's recipients):",
    ]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    before = out.read_bytes()
    assert b"AGE-SECRET-KEY-1" in before
    assert here.err("keys", "new", "--out", str(out)) == (
        f"Error: {out} is already there and is not overwritten; choose another name\n"
    )
    assert out.read_bytes() == before
    assert here.err("keys", "new", "--out", str(tmp_path / "no" / "key")) == (
        f"Error: {tmp_path}/no/key cannot be written (No such file or directory); choose another place\n"
    )


def test_half_a_key_does_not_stay_in_the_way(here: Place, tmp_path: Path) -> None:
    out = tmp_path / "key"
    with place.no_room(16):
        assert here.err("keys", "new", "--out", str(out)) == (
            f"Error: {out} cannot be written (File too large); choose another place\n"
        )
    assert not out.exists()


def test_joiners_are_counted_by_city(here: Place) -> None:
    assert (here.one("joiners"), here.out("joiners")) == ({}, "Joiners: none\n")
    _join(here)
    _join(here, answer_to="@ben")
    _join(here, answer_to="@cleo", city="Marseille")
    assert here.one("joiners") == {"London": 2, "Marseille": 1}
    assert "@" not in here.out("joiners")


def test_joiners_are_opened_with_a_key(here: Place, tmp_path: Path) -> None:
    identity = tmp_path / "key"
    identity.write_text(place.IDENTITY)
    _join(here, answer_to="=HYPERLINK(1)", party_size=None)
    _join(here, answer_to="@cleo", city="Marseille")
    _join(here, answer_to="\t-1+cmd", language="fr")
    here.folder.rename(tmp_path / "elsewhere")
    here.folder = tmp_path / "elsewhere"

    rows = [json.loads(line) for line in here.out("joiners", "open", "--identity", str(identity)).splitlines()]
    known = {"city": "London", "language": "en", "platform": "x", "at_utc": z(NOW), "withdrawn": False}
    assert rows == [
        {**known, "language": "fr", "party_size": 2, "answer_to": "\t-1+cmd"},
        {**known, "party_size": None, "answer_to": "=HYPERLINK(1)"},
        {**known, "city": "Marseille", "party_size": 2, "answer_to": "@cleo"},
    ]
    assert list(rows[0]) == ["city", "party_size", "language", "platform", "answer_to", "at_utc", "withdrawn"]

    table = here.out("joiners", "open", "--identity", str(identity), "--format", "csv")
    assert list(csv.reader(io.StringIO(table))) == [
        ["city", "party_size", "language", "platform", "answer_to", "at_utc", "withdrawn"],
        ["London", "2", "fr", "x", "'\t-1+cmd", z(NOW), "False"],
        ["London", "", "en", "x", "'=HYPERLINK(1)", z(NOW), "False"],
        ["Marseille", "2", "en", "x", "'@cleo", z(NOW), "False"],
    ]
    # the folder may be named at each of the three places
    assert len(table.splitlines()) == 4
    here.printed.readouterr()
    assert frame.run(["joiners", "--campaign", str(here.folder), "open", "--identity", str(identity)]) == 0
    assert len(here.printed.readouterr().out.splitlines()) == 3


def test_a_key_that_opens_nothing_and_one_that_is_none(here: Place, tmp_path: Path) -> None:
    _join(here)
    other = tmp_path / "other"
    other.write_text(seal.new_key()[1])
    assert here.out("joiners", "open", "--identity", str(other)) == ""
    for text, said in [
        ("hello", f"{other} holds no private key"),
        ("AGE-SECRET-KEY-1QQQ", "that is not a private key file"),
    ]:
        other.write_text(text)
        assert here.err("joiners", "open", "--identity", str(other)) == (
            f"Error: {said}; name the file made by `keys new`\n"
        )
    assert here.err("joiners", "open", "--identity", str(tmp_path)) == (
        f"Error: {tmp_path} cannot be read as a key file; name the file made by `keys new`\n"
    )
