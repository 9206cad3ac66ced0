"""Five thousand small days on which everything happens that ever happened to a post: nothing is doubled, nothing is
lost, and nobody's word is passed over. What is asked is in `rules.py`; that it would be noticed, in `test_planted.py`.

Assumed, as in the promise: what a network did with a request shows within `settle`; the own timeline is complete; the
words are this post's alone; one ledger, and an old copy of it is put back no sooner than `settle` after the last post.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

import made
from campaignbot.model import bulk
from stages.deliver import rules
from stages.deliver.day import Day, Shelf, patched

SEEDS = 5000
ITEMS = 20  #: so that several processes share the work
MOVES = {
    "None > WAITING",
    "None > HELD",
    "HELD > WAITING",
    "HELD > MISSED",
    "WAITING > HELD",
    "WAITING > SENDING",
    "WAITING > MISSED",
    "SENDING > SENT",
    "SENDING > WAITING",
    "SENDING > FAILED",
    "SENDING > IN_DOUBT",
    "IN_DOUBT > SENT",
    "IN_DOUBT > WAITING",
}


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    made_here = Shelf()
    yield made_here
    made_here.db.close()


@pytest.mark.parametrize("item", [0, *(pytest.param(item, marks=pytest.mark.proof) for item in range(1, ITEMS))])
def test_nothing_doubled_nothing_lost(shelf: Shelf, item: int) -> None:
    wrong, moves, passed = {}, Counter[str](), Counter[str]()
    with bulk.uncollected():  # a fifth of the time, and a day holds hardly any cycles
        for seed in range(item, SEEDS, ITEMS):
            day = Day(shelf, seed)
            if found := day.play():
                wrong[seed] = found
            moves.update(f"{source} > {to}" for _, source, to in rules.entries(day))
            passed.update(day.passed)
    assert wrong == {}
    assert moves.keys() >= MOVES, "the days were too easy"
    assert min(passed.values()) > 0, "the days were too easy"


def test_an_adapter_that_lies_is_found_out(shelf: Shelf) -> None:
    assert any(Day(shelf, seed, kinds={"posted": 1, "lie": 1}).play() for seed in range(20))


@pytest.mark.parametrize("left", range(4))
@pytest.mark.parametrize("point", ["clock", "submit", "dies before", "dies after", "told"])
def test_death_at_each_step(shelf: Shelf, point: str, left: int) -> None:
    day = Day(shelf, 7, kinds={"posted": 1})
    hand = day.hands[0]
    if point.startswith("dies"):
        day.networks["x-london"].once = day.networks["fb-london"].once = point
    else:
        hand.dying, hand.left = point, left
    day.true = made.NOON + timedelta(minutes=5)
    with patched(day):
        day.life(hand, hand.due)
    assert day.play() == []
    assert [state for (state,) in shelf.rows("SELECT state FROM deliveries")] == ["SENT"]
