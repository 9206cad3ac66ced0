"""The fast count of plain texts against the parser, which follows X's own conformance suite."""

import sys
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaignbot.model.post import Counting
from campaignbot.stages.render import counting

WORDS = st.text(st.sampled_from("aZ9éșñйЖ’“”…—–-_#@$/:;!?()'\"&%*+=~ \n\u00a0\u202f€ß.ו،"), max_size=12)
LINKS = st.sampled_from(
    [
        "https://example.org",
        "https://example.org/",
        "https://example.org/a-b_c/d.html?x=1&y=%20",
        "https://sub.example.co.uk/2026?map=2",
        "https://example.museum/~people",
        "https://example.invalid/this-top-level-domain-does-not-exist",
        "https://x.invalid",
        "https://t.co/abc",
        "https://t.co/" + "a" * 50,
        "https://EXAMPLE.org/UP",
        "https://xn--80ak6aa92e.com/x",
        "https://-bad-.org/x",
        "https://localhost/x",
        "http://example.org",
        "example.org/path",
        "Come.Here",
        "p.m.",
        "london@example.org",
        "first.last@example.org",
        "a.co@example.org",
        "x_y-z@mail.example-site.co.uk",
        "18.30",
        "St.Petersburg",
    ]
)
SPACED = st.lists(st.one_of(WORDS, LINKS), max_size=12).map(" ".join)
GLUED = st.lists(st.one_of(WORDS, LINKS), max_size=8).map("".join)
PLAIN = st.lists(
    st.one_of(
        st.text(st.sampled_from("abc éșñйЖ’“”…—\u202f€#:,"), min_size=1, max_size=12),
        st.sampled_from(["https://example.org", "https://example.org/a/b-c?d=e", "p.m.", "a@example.org"]),
    ),
    min_size=1,
    max_size=12,
).map(lambda parts: unicodedata.normalize("NFC", " ".join(parts)))


weigh = counting._parser().weigh


@given(text=PLAIN)
@settings(max_examples=150, deadline=None)
def test_plain_texts_take_the_fast_path_and_agree(text: str) -> None:
    found = counting._plain(text)
    assert found is not None
    assert found.length == weigh(text)
    assert found.links == counting.links_in(text)


@given(text=st.one_of(SPACED, GLUED, st.text(max_size=60)))
@example("https://t.co/" + "a" * 50)
@example("e\u0301")
@example("1\ufe0f\u20e3 ©")
@example("مرحباsp.zuerich")
@settings(max_examples=300, deadline=None)
def test_any_text_counts_as_the_parser_says(text: str) -> None:
    assert counting.length(text, Counting.WEIGHTED) == weigh(text)
    assert counting.measure(text, Counting.WEIGHTED).links == counting.links_in(unicodedata.normalize("NFC", text))


def test_each_plain_character_weighs_what_the_parser_says() -> None:
    for point in (*range(0x20, 0x1100, 7), *range(0x2000, 0x2060), 0x20AC):
        text = f"a {chr(point)} b"
        assert counting.length(text, Counting.WEIGHTED) == weigh(text), f"U+{point:04X}"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("We meet at 18:00.", 17),
        ("6:00\u202fp.m.", 10),
        ("https://example.org/a/very/long/path/that/does/not/count", 23),
        ("Join https://example.org/join now", 5 + 23 + 4),
        ("👨‍👩‍👧‍👦", 2),
        ("日本", 4),
        ("Come.Here", 23),
    ],
)
def test_what_x_counts(text: str, length: int) -> None:
    assert counting.length(text, Counting.WEIGHTED) == length


def test_other_networks_count_characters() -> None:
    text = "日本 👍 https://example.org/x http://example.org"
    assert counting.measure(text, Counting.CHARACTERS) == counting.Measure(
        len(text), ("https://example.org/x", "http://example.org")
    )
    assert counting.measure("no link", Counting.CHARACTERS) == counting.Measure(7, ())


def test_the_parser_is_loaded_with_or_without_pkg_resources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pkg_resources", raising=False)
    counting._parser.__wrapped__()
    assert "pkg_resources" not in sys.modules
    here = object()
    monkeypatch.setitem(sys.modules, "pkg_resources", here)
    counting._parser.__wrapped__()
    assert sys.modules["pkg_resources"] is here
