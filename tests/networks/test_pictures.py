import pytest

from campaignbot.networks import pictures


@pytest.mark.parametrize(
    ("body", "look"),
    [
        (b"GIF89a\x05\x00\x07\x00", pictures.Look("image/gif", (5, 7))),
        (b"\xff\xd8\xff\xe0", pictures.Look("image/jpeg", None)),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", pictures.Look("image/webp", None)),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"<svg/>", None),
        (b"", None),
    ],
)
def test_tells_pictures_by_their_first_bytes(body: bytes, look: pictures.Look | None) -> None:
    assert pictures.look(body) == look
