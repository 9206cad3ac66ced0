"""A city's joiners for its organiser: opened with the real `age`, by the line that the bundle itself names."""

import io
import json
import os
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyrage  # type: ignore[import-untyped]  # it ships no types
import pytest

from campaignbot.model import errors
from campaignbot.stages import keep
from campaignbot.stages.keep import packing
from stages import answered
from stages.answered import Square


@pytest.fixture
def square() -> Iterator[Square]:
    square = Square()
    yield square
    square.close()


def packed(square: Square, city: str = "london") -> bytes:
    return keep.bundle(square.people, square.campaign, square.campaign.cities[city], key=square.key)


def age() -> None:
    """The test is skipped where the tool is missing, but in CI that is a failure."""
    if shutil.which("age") is None:
        if os.environ.get("CI"):
            pytest.fail("age is missing: apt-get install age")
        pytest.skip("age is not installed: apt-get install age")


def test_the_standard_tool_opens_a_bundle_by_the_line_that_stands_in_it(square: Square, tmp_path: Path) -> None:
    age()
    square.write("I'll be there!", author="ann")
    square.write("Me and 3 friends are coming", author="Ænna \u202e\x1b[31m Анна")
    square.write("I'll be there!", author="cleo", to="901")
    square.write("Me and 2 friends are coming", author="ann")
    square.poll()
    zipfile.ZipFile(io.BytesIO(packed(square))).extractall(tmp_path)
    folder = tmp_path / "joiners-london"
    (folder / "london.key").write_text(answered.LONDON_IDENTITY)
    words = (folder / packing.README).read_text(encoding="utf-8")
    assert packing.SHELL in words
    assert packing.WINDOWS in words

    line = packing.SHELL.replace("KEYFILE", "london.key")
    done = subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, check=True)

    assert done.stderr == b""
    # names in their own letters; what a terminal would obey as JSON writes it
    assert [c for c in done.stdout.decode() if not c.isprintable() and c != "\n"] == []
    assert "Ænna" in done.stdout.decode()
    said = [json.loads(one) for one in done.stdout.splitlines()]
    assert {(one["answer_to"], one["party_size"], one["city"], one["withdrawn"]) for one in said} == {
        ("@ann", None, "London", False),
        ("@ann", 3, "London", False),
        ("@Ænna \u202e\x1b[31m Анна", 4, "London", False),
    }
    assert len(said) == 3


def test_the_tool_says_no_to_another_key(square: Square, tmp_path: Path) -> None:
    age()
    square.write("I'll be there!")
    square.poll()
    zipfile.ZipFile(io.BytesIO(packed(square))).extractall(tmp_path)
    (tmp_path / "key").write_text(answered.TORONTO_IDENTITY)
    call = ["age", "-d", "-i", "key", "joiners-london/0001-1.age"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"no identity matched any of the recipients" in done.stderr


def test_a_bundle_holds_sealed_notes_and_a_page_and_no_time(square: Square) -> None:
    square.write("I'll be there!", author="zebrafinch")
    square.poll()
    data = packed(square)
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        entries = found.infolist()
        words = found.read(entries[0]).decode()
        note = found.read(entries[1])
    assert [(one.filename, one.date_time, one.external_attr >> 16) for one in entries] == [
        ("joiners-london/READ ME.txt", (1980, 1, 1, 0, 0, 0), stat.S_IFREG | 0o600),
        ("joiners-london/0001-1.age", (1980, 1, 1, 0, 0, 0), stat.S_IFREG | 0o600),
    ]
    assert note.startswith(b"age-encryption.org/v1\n")
    assert b"zebrafinch" not in data
    first, second, *_ = words.split("\r\n")
    assert (first, second) == ("The people who want to come to London: World AIDS Day 2026", "=" * len(first))
    assert "by\r\n15 December 2026 at the latest" in words
    assert "{" not in words
    assert packed(square) == data


def test_a_bundle_has_those_who_come_to_its_city_alone(square: Square) -> None:
    square.write("I'll be there!", author="ann")
    square.write("I'll be there!", author="ben")
    square.poll()
    square.write("Me and 3 friends are coming", author="ann", to="901")
    square.write("sorry, I can't come", author="ben")
    square.poll()
    with pytest.raises(errors.UserError, match="there is nobody yet who wants to come to London; nothing was written"):
        packed(square)
    (note,) = keep.joiners_of_bundle(packed(square, "toronto"), [answered.TORONTO_IDENTITY])
    assert (note.city, note.answer_to, note.party_size) == ("Toronto", "@ann", 4)


def test_a_bundle_opens_as_the_book_does(square: Square) -> None:
    for number in range(12):
        square.write("I'll be there!", author=f"ann{number}")
    for _ in range(11):  # the order of files is not that of their names
        square.write("Me and 3 friends are coming", author="ann0")
    square.write("Me and 2 friends are coming", author="ann0")
    square.poll()
    for identities in ([answered.LONDON_IDENTITY], [answered.TORONTO_IDENTITY]):
        assert keep.joiners_of_bundle(packed(square), identities) == keep.joiners(square.people, identities)
    first = keep.joiners(square.people, [answered.LONDON_IDENTITY])
    assert (len(first), {note.answer_to: note.party_size for note in first}["@ann0"]) == (12, 3)


def made_zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, held in files.items():
            made.writestr(name.replace("_", "."), held)
    return out.getvalue()


def spoilt(data: bytes) -> bytes:
    """A zip whose first file does not unpack."""
    at = data.index(b".age") + len(b".age")
    return data[:at] + b"\xff\xff\xff" + data[at + 3 :]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 half a zip",
        made_zip(**{"1-1_age": b"0" * (packing.MOST_BYTES + 1)}),
        made_zip(**{"1-one_age": b"0"}),
        spoilt(made_zip(**{"1-1_age": b"zebrafinch" * 99})),
    ],
)
def test_what_is_no_bundle_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(errors.UserError, match="that is no bundle; name the file made by `joiners bundle`"):
        keep.joiners_of_bundle(data, [answered.LONDON_IDENTITY])


@pytest.mark.parametrize(
    "plain",
    [
        b"hello",
        b"[" * 50_000,
        b"[]",
        b"{}",
        b'{"at": 1}',
        b'{"at": "2026-12-01T12:00:00+00:00", "more": 1}',
        b'{"city": 1, "party_size": null, "language": "en", "platform": "x", "answer_to": null, '
        b'"at": "2026-12-01T12:00:00+00:00", "withdrawn": false}',
        b'{"city": null, "party_size": null, "language": "en", "platform": "x", "answer_to": null, '
        b'"at": "2026-12-01T12:00:00", "withdrawn": false}',
    ],
)
def test_what_somebody_else_has_sealed_to_an_organiser_is_no_joiner(plain: bytes) -> None:
    strange = pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(answered.LONDON_KEY)])
    assert keep.joiners_of_bundle(made_zip(**{"1-1_age": strange}), [answered.LONDON_IDENTITY]) == []
