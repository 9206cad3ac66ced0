"""keys and joiners."""

import csv
import io
import json
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import icalendar
import pytest

from campaignbot import __main__ as frame
from campaignbot import app, settings
from campaignbot.model.reply import Note
from campaignbot.store import joining, seal
from cli import place
from cli.place import NOW, Place, z


@pytest.fixture
def identity(tmp_path: Path) -> str:
    """The file of the campaign's private key."""
    file = tmp_path / "campaign.key"
    file.write_text(place.IDENTITY)
    return str(file)


def _join(here: Place, **changes: Any) -> None:
    note = Note(city="London", party_size=2, language="en", platform="x", answer_to="@ann", at=NOW)
    fields = {name: getattr(note, name) for name in Note.__slots__} | changes
    campaign = app.read_campaign(settings.read({}, folder=here.folder), now=NOW)
    with here.books() as books, books.people.write() as c:
        person = seal.keyed(books.key, str(fields["answer_to"]))
        assert joining.join(c, person, Note(**fields), campaign=campaign, key=books.key)


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
        ["London", "2", "fr", "x", "'-1+cmd", z(NOW), "False"],
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


def test_a_table_for_people_hides_small_numbers(here: Place) -> None:
    for number in range(12):
        _join(here, answer_to=f"@ann{number}")
    _join(here, answer_to="@cleo", city="Marseille")
    assert [line.split() for line in here.out("joiners").splitlines()[3:]] == [
        ["London", "│", "10+"],
        ["Marseille", "│", "a", "few"],
    ]
    assert here.one("joiners") == {"London": 12, "Marseille": 1}


def test_what_is_opened_is_written_for_its_owner_alone(here: Place, identity: str, tmp_path: Path) -> None:
    _join(here, answer_to="Núria")
    clear = "1 people in clear: delete it when they are answered"
    for form, held in [("csv", clear), ("json", clear), ("ics", "nobody stands in it")]:
        out = tmp_path / f"joiners.{form}"
        said = here.err("joiners", "open", "--identity", identity, "--format", form, "--out", str(out), code=0)
        assert said == f"{out}: {held}.\n"
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        assert here.err("joiners", "open", "--identity", identity, "--format", form, "--out", str(out)) == (
            f"Error: {out} is already there and is not overwritten; choose another name\n"
        )
    assert (tmp_path / "joiners.csv").read_bytes().decode("utf-8") == (
        f"\ufeffcity,party_size,language,platform,answer_to,at_utc,withdrawn\r\nLondon,2,en,x,Núria,{z(NOW)},False\r\n"
    )
    assert json.loads((tmp_path / "joiners.json").read_bytes())["answer_to"] == "Núria"
    (entry,) = icalendar.Calendar.from_ical((tmp_path / "joiners.ics").read_bytes()).walk("VEVENT")
    assert (str(entry["SUMMARY"]), str(entry["LOCATION"])) == ("World AIDS Day, London", "The Square")
    assert "Núria" not in here.out("joiners", "open", "--identity", identity, "--format", "ics")


def test_nothing_is_written_where_it_would_be_copied_along(here: Place, identity: str, tmp_path: Path) -> None:
    _join(here)
    subprocess.run(["git", "init", "--quiet", here.folder], check=True)
    inside, deep = here.folder / "joiners.csv", here.folder / "messages" / "london.zip"
    state = here.folder / ".campaignbot" / "joiners.csv"
    (tmp_path / "link").symlink_to(here.folder / ".campaignbot")
    opening = ["joiners", "open", "--identity", identity, "--out"]
    for call, out in [([*opening], inside), (["joiners", "bundle", "--city", "london"], deep)]:
        assert here.err(*call, str(out)) == (
            f"Error: {out} would lie in {here.folder}, which git keeps, and git forgets nothing; name a place "
            "elsewhere, or say --anyway\n"
        )
    for out in (state, tmp_path / "link" / "joiners.csv"):
        assert here.err(*opening, str(out)) == (
            f"Error: {out} would lie in the state folder; name a place elsewhere, or say --anyway\n"
        )
    assert [path for path in (inside, deep, state) if path.exists()] == []
    here.call(*opening, str(inside), "--anyway")
    here.call("joiners", "bundle", "--city", "london", str(deep), "--anyway")
    assert [path for path in (inside, deep) if not path.exists()] == []


def test_a_bundle_is_opened_without_the_campaign(here: Place, identity: str, tmp_path: Path) -> None:
    _join(here)
    _join(here, answer_to="@cleo", city="Marseille")
    out = tmp_path / "london.zip"
    assert here.out("joiners", "bundle", "--city", "london", str(out)) == (
        f"{out}: sealed to the organisers of London; how it is opened stands in it.\n"
    )
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert zipfile.ZipFile(out).namelist() == ["joiners-london/READ ME.txt", "joiners-london/0001-1.age"]
    opened = here.out("joiners", "open", str(out), "--identity", identity)
    here.folder = tmp_path
    assert here.out("joiners", "open", str(out), "--identity", identity) == opened
    assert json.loads(opened)["answer_to"] == "@ann"
    assert here.err("joiners", "open", str(tmp_path), "--identity", identity) == (
        f"Error: {tmp_path} cannot be read as a bundle (Is a directory); name another\n"
    )


def test_a_bundle_of_nobody_is_not_written(here: Place, tmp_path: Path) -> None:
    out = tmp_path / "london.zip"
    assert here.err("joiners", "bundle", "--city", "london", str(out)) == (
        "Error: there is nobody yet who wants to come to London; nothing was written\n"
    )
    assert here.err("joiners", "bundle", "--city", "londn", str(out)) == (
        "Error: there is no city 'londn'; did you mean 'london'?\n"
    )
    assert not out.exists()


def test_a_new_organiser_s_key_opens_after_resealing(here: Place, identity: str, tmp_path: Path) -> None:
    _join(here)
    _join(here, answer_to="@ben")
    public, text = seal.new_key()
    (tmp_path / "new.key").write_text(text)
    opening = ["joiners", "open", "--identity", str(tmp_path / "new.key")]
    assert here.out(*opening) == ""
    place.write(here.folder, (place.PUBLIC, public))

    here.environment.setattr(sys, "stdin", io.StringIO(place.IDENTITY))
    assert here.out("joiners", "reseal", "--identity", "-", "--by", "london-1") == (
        "2 notes are sealed to the recipients as they now stand.\n"
    )
    assert [json.loads(line)["answer_to"] for line in here.out(*opening).splitlines()] == ["@ann", "@ben"]
    assert here.call("joiners", "reseal", "--identity", identity, "--by", "london-1", code=3) == (
        "0 notes are sealed to the recipients as they now stand.\n",
        "2 notes stay as they were: whoever holds another key of theirs has to do the same, or nobody has a key under "
        "recipients for their city.\n",
    )
    assert here.lines("journal", "verify")[-1]["lines"] == 1
