"""A network hands over what it likes, as often and in whatever order it likes: each reply is stored once."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from campaignbot.stages import keep
from campaignbot.stages.listen import Heard
from campaignbot.store import cursors
from campaignbot.store.people import metadata
from stages.answered import Square, Timeline

TEXTS = (
    "I'll be there!",
    "Me and 3 friends are coming",
    "What time does it start?",
    "he is not breathing, help",
    "can't come",
    "thank you",
    "never write to me again",
    "подскажите, во сколько?",
)
#: Texts with their authors: some of them say several things.
written = st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from("abcd")), min_size=1, max_size=12)


@contextmanager
def squared(said: list[tuple[str, str]]) -> Iterator[Square]:
    with closing(Square()) as square:
        square.sample = 1  # whatever is filed is looked at too
        for text, author in said:
            square.write(text, author=author)
        yield square


def handed(square: Square, pages: list[list[int]]) -> list[Heard]:
    """What is heard when the network hands over these pages, of replies by their number."""
    every, heard = square.x.replies_, []
    for page in pages:
        square.x = Timeline(replies_=[every[number] for number in page])
        with square.people.write() as c:  # the network goes on where it likes, whatever we have asked for
            cursors.keep(c, "x-london", to=None, claimed=None, read=0, now=square.now)
        heard.append(square.poll())
    return heard


def stored(square: Square) -> dict[str, list[Any]]:
    """Every row of every table of people, but how far was read."""
    with square.people.read() as c:
        return {
            name: sorted(c.execute(table.select()), key=repr)
            for name, table in metadata.tables.items()
            if name != "cursors"
        }


@settings(deadline=None, max_examples=30)
@given(written, st.data())
def test_what_was_read_once_changes_nothing_in_whatever_order_and_pages_it_comes_again(
    said: list[tuple[str, str]], data: st.DataObject
) -> None:
    numbers = range(len(said))
    pages = data.draw(st.lists(st.lists(st.sampled_from(numbers), max_size=8), max_size=6))
    with squared(said) as square:
        (first,) = handed(square, [[*numbers]])
        assert (first.read, first.new) == (len(said), len(said))
        before = stored(square)

        again = handed(square, pages)

        assert again == [Heard(account="x-london", read=len(page)) for page in pages]
        assert stored(square) == before


@settings(deadline=None, max_examples=30)
@given(written, st.data())
def test_pages_that_overlap_store_each_reply_once(said: list[tuple[str, str]], data: st.DataObject) -> None:
    pages = data.draw(st.lists(st.lists(st.sampled_from(range(len(said))), max_size=8), max_size=6))
    distinct = {number for page in pages for number in page}
    with squared(said) as square:
        heard = handed(square, pages)
        rows = stored(square)

    assert sum(one.new for one in heard) == len(rows["seen"]) == len(distinct)
    assert len({row.hash for row in rows["waiting"]}) == len(rows["waiting"]) <= len(distinct)


def test_a_sample_of_a_text_is_set_aside_once_and_a_yes_is_counted_once() -> None:
    with squared([("I'll be there!", "a"), ("thank you", "b")]) as square:
        handed(square, [[0, 1], [1, 0, 0], [0], [1]])
        assert (keep.counts(square.people), keep.set_aside(square.people)) == ({"London": 1}, 2)
        assert keep.heard(square.people) == {"join": 1, "support": 1}
