import unicodedata

import pytest

from campaignbot.platforms import base


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Café", unicodedata.normalize("NFD", "Café")),
        ("We meet\n\nat noon  ", "We meet\nat noon"),
        ("See https://example.org/join", "See https://example.org/join/"),
        ("See https://example.org/", "See http://example.org"),
        ("A heart ❤️ for you", "A heart ❤ for you"),
        ("A nurse 👩‍⚕️", "A nurse 👩⚕"),
        ("\u2067مرحبا\u2069", "مرحبا"),
    ],
)
def test_what_networks_do_to_words_makes_no_difference(ours: str, theirs: str) -> None:
    assert base.fingerprint(ours) == base.fingerprint(theirs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("London: 18:00", "London: 18:30"),
        ("London", "london"),
        ("https://example.org/a", "https://example.org/b"),
        ("Москва", "Mocквa"),
    ],
)
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert base.fingerprint(one) != base.fingerprint(other)


def test_short_links_are_put_back_and_a_pictures_goes() -> None:
    text = "Tom &amp; Ann: https://t.co/abc &lt;now&gt; https://t.co/pic"
    links = [
        ("https://t.co/abc", "https://example.org/?a=1&b=2"),
        ("https://t.co/pic", "https://x.com/wad_london/status/99/photo/1"),
    ]
    assert base.expanded(text, links, post="99") == "Tom & Ann: https://example.org/?a=1&b=2 <now> "


def test_a_link_to_anothers_picture_is_part_of_the_words() -> None:
    link = "https://x.com/unaids/status/98/photo/1"
    assert base.expanded("See https://t.co/abc", [("https://t.co/abc", link)], post="99") == f"See {link}"


@pytest.mark.parametrize("text", ["2026-12-01T12:00:00", "noon", ""])
def test_a_time_without_its_offset_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        base.parsed_time(text)


def test_times_are_utc() -> None:
    times = ("2026-12-01T12:00:00.000Z", "2026-12-01T12:00:00+0000", "2026-12-01T14:00:00+02:00")
    assert {base.parsed_time(text).isoformat() for text in times} == {"2026-12-01T12:00:00+00:00"}
