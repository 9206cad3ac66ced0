"""Notes about joiners, sealed with age: this machine holds public keys only and cannot open what it has sealed.

And the key of the keyed hashes, which stand for people and replies wherever something has to be recognised again.
"""

import functools
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage  # type: ignore[import-untyped]  # it ships no types

from campaignbot.model import errors
from campaignbot.model.reply import Note

KEY_BYTES = 32
PADDED = 256  #: what is sealed is as long as a multiple of this, in bytes


def new_key() -> tuple[str, str]:
    """A public key, and the text of the private key's file, as age-keygen writes it."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    return public, f"# public key: {public}\n{identity}\n"


def seal(note: Note, recipients: Sequence[str]) -> bytes:
    """One note that only the recipients can open. UserError where a recipient is no age key."""
    return seal_fields(asdict(note) | {"at": note.at.astimezone(UTC).isoformat()}, recipients)


def open(blob: bytes, identities: Sequence[str]) -> Note | None:
    """One sealed note, or None where none of the keys opens it, or it is no note. `identities` are the texts of key
    files.

    UserError where a text holds no age key.
    """
    fields = open_fields(blob, identities)
    return None if fields is None else _note(fields)


def seal_fields(fields: Mapping[str, Any], recipients: Sequence[str]) -> bytes:
    """Anything that JSON can say, sealed. UserError where a recipient is no age key.

    It is one line, and is read with the plain `age` tool too, on a terminal: names in their own letters, and what a
    terminal would obey, or nobody sees, as JSON writes it. It is padded, so that no length tells whose it is.
    """
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    line = "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text).encode()
    plain = line.ljust(-(len(line) + 1) // PADDED * -PADDED - 1) + b"\n"
    return bytes(pyrage.encrypt(plain, [_recipient(key) for key in dict.fromkeys(recipients)]))


def open_fields(blob: bytes, identities: Sequence[str]) -> dict[str, Any] | None:
    """What was sealed, or None where none of the keys opens it, or it is nothing of ours. UserError where a text holds
    no age key."""
    keys = [key for text in identities for key in _identities(text)]
    try:
        fields = json.loads(pyrage.decrypt(blob, keys))
    except (pyrage.DecryptError, ValueError, RecursionError):  # anybody can seal anything to a public key
        return None
    return fields if isinstance(fields, dict) else None


def pseudonym_key(path: Path) -> bytes:
    """The key of the keyed hashes, made on first use (0600). UserError where it is not whole or others can read it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept_key(path)
    except OSError as error:
        raise errors.UserError(f"{path} cannot be written ({error.strerror}); make its folder writable") from None
    key = os.urandom(KEY_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.hex().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def keyed(key: bytes, *parts: str) -> bytes:
    """The keyed hash of some words; their number and order count."""
    return hmac.digest(key, json.dumps(parts).encode(), "sha256")


def _kept_key(path: Path) -> bytes:
    try:
        wide = path.stat().st_mode & 0o077
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise errors.UserError(f"{path} cannot be read as a key; put it back from the backup") from None
    if wide:
        raise errors.UserError(f"{path} can be read by others; run: chmod 600 {path}")
    if len(key) != KEY_BYTES:
        raise errors.UserError(f"{path} is not whole; put it back from the backup")
    return key


@functools.lru_cache(maxsize=256)
def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise errors.UserError("a recipient is not an age public key; one begins with age1: see `keys new`") from None


def _identities(text: str) -> list[pyrage.x25519.Identity]:
    lines = [line.strip() for line in text.splitlines()]
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        raise errors.UserError("that is not a private key file; name the file made by `keys new`") from None
    if not keys:
        raise errors.UserError("there is no private key in that file; name the file made by `keys new`")
    return keys


def _note(fields: Mapping[str, Any]) -> Note | None:
    try:
        note = Note(**{**fields, "at": datetime.fromisoformat(fields["at"])})
    except (ValueError, TypeError, KeyError):
        return None
    fits = (
        isinstance(note.city, str | None),
        isinstance(note.party_size, int | None),
        isinstance(note.language, str),
        isinstance(note.platform, str),
        isinstance(note.answer_to, str | None),
        isinstance(note.withdrawn, bool),
        note.at.tzinfo is not None,
    )
    return note if all(fits) else None
