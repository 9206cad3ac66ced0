"""The names of the world's places, and how they are looked up."""

import importlib.resources
import lzma

from campaignbot.stages.detect import clean, gazetteer
from campaignbot.stages.detect.gazetteer import Entry, Gazetteer, Named

LYON, SAN, SAN_JOSE = Entry("Lyon", "FR", "84", 522), Entry("San", "ML", "04", 61), Entry("San José", "CR", "08", 335)
_PLACES = "Lyon\tFR\t84\t522\nSan\tML\t04\t61\nSan José\tCR\t08\t335"
SMALL = Gazetteer(f"{_PLACES}\n\n\nlione\t0\nlyon\t0 1\n\nsan\t1\n\nsan jose\t2\n".encode())


def test_a_name_is_found_in_its_block() -> None:
    assert [SMALL.get(key) for key in ("lyon", "lione", "san jose")] == [(LYON, SAN), (LYON,), (SAN_JOSE,)]
    assert [SMALL.get(key) for key in ("", "a", "lyo", "lyon x", "san j", "zz")] == [()] * 6


def test_the_longest_name_wins_and_cases_come_after_what_is_written() -> None:
    assert SMALL.longest([["san"], ["jose"], ["here"]]) == Named(2, (SAN_JOSE,), True)
    assert SMALL.longest([["san"], ["diego"]]) == Named(1, (SAN,), True)
    assert SMALL.longest([["lyons", "lyon"]]) == Named(1, (LYON, SAN), False)
    assert SMALL.longest([["lyon", "lione"]]) == Named(1, (LYON, SAN), True)
    assert SMALL.longest([["nowhere"], ["san"]]) is None
    assert SMALL.longest([]) is None


def test_a_word_may_be_a_case_of_several_names() -> None:
    endings = {"е": ["", "а"], "ом": ["о"]}
    assert gazetteer.forms("праге", endings) == ["праге", "праг", "прага"]
    assert gazetteer.forms("уфе", endings) == ["уфе", "уфа"]
    assert gazetteer.forms("е", endings) == ["е"]


def test_the_file_is_folded_as_replies_are_and_small() -> None:
    """Otherwise: `make gazetteer`."""
    packed = importlib.resources.files("campaignbot.stages.detect").joinpath("gazetteer.txt.xz").read_bytes()
    assert len(packed) < 2_000_000
    places, _, names = lzma.decompress(packed).decode("utf-8").partition("\n\n\n")
    keys = [line.partition("\t")[0] for line in names.split("\n") if line]
    assert keys == sorted(set(keys))
    some = keys[::50]
    assert [" ".join(word.folded for word in clean.text(key).words) for key in some] == some
    assert places.count("\n") > 30_000
