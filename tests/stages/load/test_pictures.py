"""The files under media/."""

from pathlib import Path

from campaignbot.model.campaign import Picture
from campaignbot.stages.load import pictures
from stages.load import written

GIF = b"GIF89a" + bytes(20)
JPEG = b"\xff\xd8\xff" + bytes(20)
WEBP = b"RIFFsizeWEBP" + bytes(20)
ALT: dict[str, str | bytes | None] = {
    f"messages/{language}/{message}.alt.txt.j2": "People with candles.\n"
    for language in ("en", "fr")
    for message in ("announce", "morning_of")
}


def test_pictures_for_all_for_a_city_and_for_a_language(tmp_path: Path) -> None:
    media: dict[str, str | bytes | None] = {
        "media/announce.png": written.PNG,
        "media/fr/morning_of.webp": WEBP,
        "media/london/announce.jpg": JPEG,
        "media/marseille/announce.gif": GIF,
        "media/README.md": "a note",
    }
    found, faults = written.read(written.folder(tmp_path, files=ALT | media))
    assert faults == []
    assert found is not None
    assert found.pictures == {
        "announce": Picture(path="media/announce.png", media_type="image/png", data=written.PNG),
        "fr/morning_of": Picture(path="media/fr/morning_of.webp", media_type="image/webp", data=WEBP),
        "london/announce": Picture(path="media/london/announce.jpg", media_type="image/jpeg", data=JPEG),
        "marseille/announce": Picture(path="media/marseille/announce.gif", media_type="image/gif", data=GIF),
    }


STRAY = {
    "media/announce.pdf": '".pdf" is not the ending of a picture, so it is not used; '
    "use one of .png, .jpg, .jpeg, .gif, .webp, or move it out of media/",
    "media/anounce.png": 'no slot sends the message "anounce", so the picture is not used; did you mean "announce"?',
    "media/en/a/announce.png": "this file lies in the wrong place, so it is not used; "
    "move it to media/<city or language>/announce.png",
    "media/lodnon/announce.png": 'the folder "lodnon" is neither a city nor a language, so the file is not used; '
    'did you mean "london"?',
}


def test_files_that_no_post_will_ever_take(tmp_path: Path) -> None:
    place = written.folder(tmp_path, files=dict.fromkeys(STRAY, written.PNG))
    assert written.said(place) == [f"warning {path}:1:1: {said}" for path, said in sorted(STRAY.items())]


def test_pictures_that_are_not_what_they_say_or_fit_no_network(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        files=ALT
        | {
            "media/announce.png": written.PNG,
            "media/announce.jpg": JPEG,
            "media/en/morning_of.webp": WEBP,
            "media/fr/announce.gif": JPEG,
            "media/fr/morning_of.gif": b"hello",
            "media/london/announce.png": written.PNG + bytes(5_000_000),
            "media/marseille/announce.png": written.PNG + bytes(4_500_000),
            "media/morning_of.png": bytes(pictures.MAX_BYTES + 1),
        },
    )
    assert written.said(place) == [
        "media/announce.png:1:1: media/announce.jpg is a picture for the same message; keep one of the two",
        "media/en/morning_of.webp:1:1: facebook takes no webp pictures; save it as one of: jpeg, png, gif",
        "media/fr/announce.gif:1:1: the name ends in .gif, but the picture is image/jpeg; rename it to announce.jpg",
        "media/fr/morning_of.gif:1:1: this is not a picture, whatever its name says; save it again as PNG or JPEG",
        "media/london/announce.png:1:1: the picture has 5,000,108 bytes, but facebook takes 4,000,000; save it smaller",
        "media/london/announce.png:1:1: the picture has 5,000,108 bytes, but x takes 5,000,000; save it smaller",
        "media/morning_of.png:1:1: the picture is larger than 20 MB, more than any network takes; save it smaller",
    ]


def test_without_cities_or_slots_nothing_is_said_of_them(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("slots:\n", "slots: none\nfoo:\n"),
        ("cities:\n", "cities: none\nbar:\n"),
        files={"media/xyz/other.png": written.PNG, "messages/en/xyz/other.txt.j2": "x {{ city.name }}"},
    )
    assert [said for said in written.said(place) if not said.startswith("schedules.yaml")] == []
