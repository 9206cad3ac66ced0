"""Notes that only the organisers open, and the key of the keyed hashes."""

from dataclasses import replace
from pathlib import Path

import pyrage  # type: ignore[import-untyped]  # it ships no types
import pytest

import made
from campaignbot.model import errors
from campaignbot.model.reply import Note
from campaignbot.store import seal
from campaignbot.store.seal import PADDED

NOTE = Note(city="Barcelona", party_size=2, language="ca", platform="x", answer_to="@núria", at=made.NOON)


def test_each_recipient_opens_a_note_and_nobody_else() -> None:
    (first, mine), (second, hers), (_third, strange) = seal.new_key(), seal.new_key(), seal.new_key()
    sealed = seal.seal(NOTE, [first, second, first])
    assert seal.open(sealed, [mine]) == NOTE
    assert seal.open(sealed, [strange, hers]) == NOTE
    assert seal.open(sealed, [strange]) is None
    assert seal.open(b"no age file", [mine]) is None
    assert b"Barcelona" not in sealed


def plain_of(blob: bytes, identity: str) -> bytes:
    """What the `age` tool would print."""
    return bytes(pyrage.decrypt(blob, [pyrage.x25519.Identity.from_str(identity.splitlines()[1])]))


def test_no_length_tells_whose_a_note_is() -> None:
    public, identity = seal.new_key()
    notes = [replace(NOTE, answer_to="@" + "a" * length) for length in range(0, 60, 7)]
    sealed = [seal.seal(note, [public]) for note in notes]
    assert [seal.open(one, [identity]) for one in sealed] == notes
    assert {len(plain_of(one, identity)) for one in sealed} == {PADDED}
    for length in (PADDED - 13, PADDED - 12, PADDED - 11):  # around {"text":"…"} of exactly that many bytes
        blob = seal.seal_fields({"text": "a" * length}, [public])
        plain = plain_of(blob, identity)
        assert (len(plain) % PADDED, plain.count(b"\n"), plain[-1:]) == (0, 1, b"\n")
        assert seal.open_fields(blob, [identity]) == {"text": "a" * length}


def test_a_sealed_line_shows_letters_and_escapes_what_a_terminal_would_obey() -> None:
    public, identity = seal.new_key()
    said = {"answer_to": "Núria Анна \x1b[31m\u202e\u200b\ud800\U000e0041\n"}
    plain = plain_of(seal.seal_fields(said, [public]), identity).decode()
    assert plain.rstrip() == '{"answer_to":"Núria Анна \\u001b[31m\\u202e\\u200b\\ud800\\udb40\\udc41\\n"}'
    assert seal.open_fields(seal.seal_fields(said, [public]), [identity]) == said


def test_a_key_is_written_as_age_keygen_writes_it() -> None:
    public, text = seal.new_key()
    assert text.splitlines()[0] == f"# public key: {public}"
    assert text.splitlines()[1].startswith("AGE-SECRET-KEY-1")


@pytest.mark.parametrize("wrong", ["age1nonsense", "", "ssh-ed25519 AAAA"])
def test_a_wrong_recipient_is_refused(wrong: str) -> None:
    with pytest.raises(errors.UserError, match="not an age public key"):
        seal.seal(NOTE, [wrong])


@pytest.mark.parametrize(
    ("wrong", "words"), [("AGE-SECRET-KEY-1XYZ", "not a private key file"), ("# only a comment\n", "no private key")]
)
def test_a_wrong_identity_is_refused_without_being_shown(wrong: str, words: str) -> None:
    with pytest.raises(errors.UserError, match=words) as raised:
        seal.open(b"", [wrong])
    assert "XYZ" not in str(raised.value)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "people.key"
    key = seal.pseudonym_key(path)
    assert (len(key), seal.pseudonym_key(path), path.stat().st_mode & 0o777) == (32, key, 0o600)
    assert key not in path.read_bytes()


def test_a_key_that_is_wide_open_broken_or_out_of_reach_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.key"
    seal.pseudonym_key(path)
    path.chmod(0o640)
    with pytest.raises(errors.UserError, match="chmod 600"):
        seal.pseudonym_key(path)
    path.chmod(0o600)
    for text, words in (("zz", "cannot be read as a key"), ("00", "not whole")):
        path.write_text(text)
        with pytest.raises(errors.UserError, match=words):
            seal.pseudonym_key(path)
    with pytest.raises(errors.UserError, match="cannot be written"):
        seal.pseudonym_key(tmp_path / "nowhere" / "people.key")


def test_a_keyed_hash_minds_the_key_the_words_and_where_they_part() -> None:
    one = seal.keyed(b"k" * 32, "a", "bc")
    others = {seal.keyed(b"k" * 32, "ab", "c"), seal.keyed(b"q" * 32, "a", "bc"), seal.keyed(b"k" * 32, "abc")}
    assert (len(one), len(others | {one})) == (32, 4)
