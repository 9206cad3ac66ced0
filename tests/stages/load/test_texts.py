"""The files under messages/."""

import os
from pathlib import Path

import pytest

from campaignbot.model.campaign import Kind, Template
from campaignbot.stages.load import texts
from stages.load import written


def test_variants_by_city_platform_and_kind(tmp_path: Path) -> None:
    more: dict[str, str | bytes | None] = {
        "messages/en-GB/announce.txt.j2": "Tag {{ city.name }}\r\n",
        "messages/en/announce.alt.txt.j2": "Bucures\u0326ti\n",
        "messages/en/announce.facebook.txt.j2": "Longer {{ city.name }}\n",
        "messages/en/london/announce.x.txt.j2": "Here {{ city.name }}\n",
        "messages/en/README.md": "a note",
        "messages/en/.announce.swp": "hidden",
        "messages/.git/x": "hidden",
    }
    found, faults = written.read(written.folder(tmp_path, files=more))
    assert faults == []
    assert found is not None
    assert [t for t in found.templates if t.path in more] == [
        _template("messages/en/announce.alt.txt.j2", "en", "Bucure\u0219ti\n", kind=Kind.ALT),
        _template("messages/en/announce.facebook.txt.j2", "en", "Longer {{ city.name }}\n", platform="facebook"),
        _template("messages/en/london/announce.x.txt.j2", "en", "Here {{ city.name }}\n", platform="x", city="london"),
        _template("messages/en-GB/announce.txt.j2", "en-GB", "Tag {{ city.name }}\n"),
    ]


def _template(
    path: str,
    language: str,
    source: str,
    *,
    kind: Kind = Kind.TEXT,
    platform: str | None = None,
    city: str | None = None,
) -> Template:
    return Template(
        path=path, language=language, message="announce", kind=kind, platform=platform, city=city, source=source
    )


STRAY = {
    "messages/announce.txt.j2": "this file lies in the wrong place, so it is not used; "
    "move it to messages/<language>/announce.txt.j2",
    "messages/en/An.txt.j2": '"An" cannot be an id; '
    'use a to z, 0 to 9, "-" and "_", 60 at the most, a letter or figure first',
    "messages/en/a/b/announce.txt.j2": "this file lies in the wrong place, so it is not used; "
    "move it to messages/<language>/announce.txt.j2",
    "messages/en/announce.bluesky.txt.j2": 'the platform "bluesky" is not built into this version, '
    "so the file is not used; delete it, or use one of: x, facebook",
    "messages/en/announce.facebok.txt.j2": '"facebok" is not a platform, so the file is not used; '
    'did you mean "facebook"?',
    "messages/en/announce.txt": "only files that end in .txt.j2 are used; "
    "rename it to announce.txt.j2, or move it out of messages/",
    "messages/en/announce.x.alt.txt.j2": '"x.alt" is not a platform, so the file is not used; did you mean "alt"?',
    "messages/en/anounce.txt.j2": 'no slot sends the message "anounce"; did you mean "announce"?',
    "messages/en/lodnon/announce.txt.j2": 'the folder "lodnon" is not a city, so the file is not used; '
    'did you mean "london"?',
    "messages/english/announce.txt.j2": 'the folder "english" is not a language, so the file is not used; '
    "use a tag such as en-GB, fr-CA, sv-SE",
}


def test_files_that_nobody_will_ever_see(tmp_path: Path) -> None:
    place = written.folder(tmp_path, files=dict.fromkeys(STRAY, "x {{ city.name }}"))
    assert written.said(place) == [f"warning {path}:1:1: {said}" for path, said in sorted(STRAY.items())]


def test_links_and_folders_with_a_file_s_name_are_not_followed(tmp_path: Path) -> None:
    place = written.folder(tmp_path)
    (place / "messages/en/secret.txt.j2").symlink_to("/etc/hostname")
    (place / "messages/en/gone.txt.j2").symlink_to("/nowhere")
    (place / "messages/de").symlink_to("/etc")
    said = "1:1: this is not a plain file, so it is not used; put a copy of the file here"
    assert written.said(place) == [
        f"warning messages/de:{said}",
        f"warning messages/en/gone.txt.j2:{said}",
        f"warning messages/en/secret.txt.j2:{said}",
    ]


def test_texts_that_cannot_be_used_are_errors(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        files={
            "messages/de/announce.txt.j2": b"a\nGr\xfc\xdfe",
            "messages/es/announce.txt.j2": "a" * (texts.MAX_BYTES + 1),
            "messages/ca/announce.txt.j2": "\ufeffBon dia",
            "messages/ro/announce.txt.j2": "\n a\x1b[2J",
        },
    )
    assert written.said(place) == [
        'messages/ca/announce.txt.j2:1:1: the file starts with a byte order mark; save it as "UTF-8" without BOM',
        "messages/de/announce.txt.j2:2:3: the file is not UTF-8; save it as UTF-8",
        "messages/es/announce.txt.j2:1:1: the text is larger than 64 KiB; a post is short: look at the file",
        "messages/ro/announce.txt.j2:2:3: an invisible character stands here (U+001B); delete it",
    ]


def test_a_text_that_cannot_be_used_is_one_fault(tmp_path: Path) -> None:
    for source in (
        b"Gr\xfc\xdfe",
        "\ufeff{{ city.name }}",
        "{{ city.name }",
        "{% for x in y %}{% endfor %}",
        "a " * 5001,
    ):
        place = written.folder(tmp_path, files={"messages/en/announce.txt.j2": source})
        assert [said.partition(":")[0] for said in written.said(place)] == ["messages/en/announce.txt.j2"]
    place = written.folder(tmp_path, files={"messages/en/announce.txt.j2": "{# nothing #}"})
    assert [said.partition(":")[0] for said in written.said(place)] == ["schedules.yaml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_that_may_not_be_read(tmp_path: Path) -> None:
    place = written.folder(tmp_path, files={"media/announce.png": b"x"})
    for name in ("messages/en/announce.txt.j2", "media/announce.png"):
        (place / name).chmod(0)
    denied = "cannot be read: Permission denied; make it a file that you may read"
    assert written.said(place) == [
        f"media/announce.png:1:1: the picture {denied}",
        f"messages/en/announce.txt.j2:1:1: the file {denied}",
    ]


def test_a_folder_without_messages(tmp_path: Path) -> None:
    place = written.folder(tmp_path, files=dict.fromkeys(written.MESSAGES))
    assert written.said(place)[0] == (
        'messages:1:1: there is no folder "messages"; '
        "make it, with a folder for each language; `campaignbot init DIR` shows how"
    )
