import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaignbot.model.post import Counting
from campaignbot.networks.x import text
from campaignbot.stages import render

# imported by way of ours: its own import asks for a module that Python no longer brings, and ours stands in for that
render.length("❤️", Counting.WEIGHTED)
twitter_text = sys.modules["twitter_text"]

WORDS = (
    "Hello",
    "Здравствуйте,",
    "مرحبا",
    "שלום",
    "नमस्ते",
    "București",
    "東京",
    "Gràcies!",
    "«voilà»",
    "3…4",
    "#WorldAIDSDay",
    "@wad_london",
    "https://example.org/join",
    "http://example.org",
    "https://example.org/a_(b)?c=d&e=f#g.",
    "example.org/join,",
    "https://sub.example.co.uk:8080/ä/ö",
    "(https://example.org/x)",
    "name@example.org",
    "18.30",
    "❤️",
    "👨‍👩‍👧‍👦",
    "🇬🇧",
    "🇸🇪🇷🇴",
    "1️⃣",
    "✊🏿",
    "⏰",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "☎",
    "e\u0301",
)


@pytest.mark.parametrize("word", WORDS)
def test_weighs_a_word_as_twitter_text_does(word: str) -> None:
    assert text.length(word) == twitter_text.parse_tweet(word).weightedLength


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=20))
def test_weighs_texts_as_twitter_text_does(words: list[str]) -> None:
    whole = " ".join(words)

    assert text.length(whole) == twitter_text.parse_tweet(whole).weightedLength


def test_shortens_links_and_keeps_what_stands_round_them() -> None:
    shown, links = text.shorten("Join: https://example.org/join?x=1&y=2 (or example.org).")

    assert [(link.full, link.display) for link in links] == [
        ("https://example.org/join?x=1&y=2", "example.org/join?x=1&y=2"),
        ("http://example.org", "example.org"),
    ]
    assert shown == f"Join: {links[0].short} (or {links[1].short})."
    assert [shown[link.start : link.end] for link in links] == [link.short for link in links]
    assert [len(link.short) for link in links] == [23, 23]


@pytest.mark.parametrize(
    ("sent", "found"),
    [("@a and @B_2!", ["a", "B_2"]), ("mail me@home.example", []), ("@", []), ("@much_too_long_a_name", [])],
)
def test_finds_mentions(sent: str, found: list[str]) -> None:
    assert text.MENTION.findall(sent) == found


@pytest.mark.parametrize(("sent", "found"), [("$AAA $BBB.A", ["AAA", "BBB.A"]), ("it costs $15, $$ and US$X", [])])
def test_finds_cashtags(sent: str, found: list[str]) -> None:
    assert text.CASHTAG.findall(sent) == found
