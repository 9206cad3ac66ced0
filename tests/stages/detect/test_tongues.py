"""The languages' numbers are py3langid's, and say what it says."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid import langid
from tools import tongues as tool

from campaignbot.stages.detect import examples, tongues

CYRILLIC = frozenset({"ru", "uk"})


@pytest.fixture(scope="module")
def theirs() -> Any:
    model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    model.set_languages(tongues.LANGUAGES)
    return model


def test_it_says_of_every_example_what_py3langid_says(theirs: Any) -> None:
    for example in examples.shipped():
        ours = tongues.shipped().shares(example.text, tongues.LANGUAGES)
        assert ours == pytest.approx(dict(theirs.rank(example.text)), abs=1e-4), example.id


@settings(deadline=None)
@given(text=st.text(st.characters(exclude_categories=())))
def test_and_of_any_text(theirs: Any, text: str) -> None:
    ours = tongues.shipped().shares(text, tongues.LANGUAGES)
    assert ours == pytest.approx(dict(theirs.rank(text)), abs=1e-4)


def test_of_some_languages_the_shares_are_of_these_alone() -> None:
    every = tongues.shipped().shares("я приду", tongues.LANGUAGES)
    some = tongues.shipped().shares("я приду", CYRILLIC)
    whole = every["ru"] + every["uk"]
    assert some == pytest.approx({"ru": every["ru"] / whole, "uk": every["uk"] / whole})
    assert tongues.shipped().shares("", CYRILLIC) == {"ru": 0.5, "uk": 0.5}


def test_a_run_that_a_longer_one_covers_counts_for_nothing() -> None:
    silent, against = [0.0] * 13, [-1.0, *[0.0] * 12]
    small = tongues.Tongues(tongues.packed({b"bc": against, b"abc": silent}, [0.0] * 13))
    spoken = math.exp(-math.log(2) / math.sqrt(3))
    assert small.shares("abc", {"ca", "de"}) == {"ca": 0.5, "de": 0.5}
    assert small.shares("xbc", {"ca", "de"})["ca"] == pytest.approx(spoken / (spoken + 1))


def test_the_longest_runs_are_found_too() -> None:
    silent, against = [0.0] * 13, [-1.0, *[0.0] * 12]
    small = tongues.Tongues(tongues.packed({b"bcdef": silent, b"abcdef": against}, [0.0] * 13))
    spoken = math.exp(-math.log(2) / math.sqrt(6))
    assert small.shares("abcdef", {"ca", "de"})["ca"] == pytest.approx(spoken / (spoken + 1))
    assert small.shares("xbcdef", {"ca", "de"})["ca"] == 0.5


@pytest.mark.proof
def test_the_file_that_ships_is_what_the_tool_makes(theirs: Any) -> None:
    rows = theirs.nb_ptc.tolist()
    made = tongues.packed({run: rows[feature] for run, feature in tool.runs(theirs)}, theirs.nb_pc.tolist())
    assert tongues.unpacked() == made
