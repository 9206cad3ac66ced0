"""What a picture's first bytes say: its kind and, for PNG and GIF, its size."""

from __future__ import annotations

import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """A picture's media type, and width and height where they are easily read."""

    mime: str
    pixels: tuple[int, int] | None


def look(body: bytes) -> Look | None:
    """What these bytes are, or None where they are no picture."""
    if body.startswith(b"\x89PNG\r\n\x1a\n") and len(body) >= 24:
        return Look("image/png", struct.unpack(">II", body[16:24]))
    if body.startswith((b"GIF87a", b"GIF89a")) and len(body) >= 10:
        return Look("image/gif", struct.unpack("<HH", body[6:10]))
    if body.startswith(b"\xff\xd8\xff"):
        return Look("image/jpeg", None)
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return Look("image/webp", None)
    return None
