"""What a person decides is kept to teach the model, for as long as its author and the time allow."""

from collections.abc import Iterator

import pytest

import made
from campaignbot.model.reply import Correction, Intent
from campaignbot.stages import keep
from campaignbot.store import corrections, journal
from stages import answered
from stages.answered import Square

LESSON = Correction(embedder="e 1", vector=(0.5, 0.25), intent=Intent.SUPPORT)


@pytest.fixture
def square() -> Iterator[Square]:
    square = Square()
    yield square
    square.close()


def label(square: Square, number: int, intent: Intent, *, identities: tuple[str, ...] = ()) -> None:
    keep.label(
        square.people,
        number,
        intent=intent,
        city=None,
        party_size=None,
        campaign=square.campaign,
        key=square.key,
        by="toronto-1",
        now=square.now,
        identities=identities,
        lesson=LESSON,
    )


def forget(square: Square, who: str) -> None:
    keep.forget(
        square.people,
        who,
        platform="x",
        campaign=square.campaign,
        key=square.key,
        by="toronto-1",
        now=square.now,
    )


def kept(square: Square) -> int:
    with square.people.read() as c:
        return len(corrections.kept(c, embedder="e 1"))


def test_it_is_kept_until_its_author_leaves_or_time_is_over(square: Square) -> None:
    for author in ("ann", "ben", "cleo"):
        square.write("some words that nobody foresaw", author=author)
    square.poll()
    ann, ben, cleo = (waiting.id for waiting in keep.queue(square.people))
    label(square, ann, Intent.SUPPORT)
    label(square, ben, Intent.SUPPORT)
    label(square, cleo, Intent.OPT_OUT)
    assert kept(square) == 2
    square.write("delete my data", author="ann")
    square.poll()
    assert kept(square) == 1
    over = square.campaign.cities["london"].action.date
    ended = made.NOON.replace(year=over.year, month=12, day=17)
    done = keep.purge(square.people, square.campaign, by="daemon", now=ended)
    assert done == keep.Purged(texts=0, joiners=0, corrections=1, finished=True)
    assert kept(square) == 0
    with square.people.read() as c:
        *_, receipt = journal.entries(c, journal.PEOPLE)
    assert receipt.entry == {"what": "purged", "by": "daemon", "texts": 0, "joiners": 0, "corrections": 1}


@pytest.mark.parametrize("who", ["@ann", "ann"])
def test_who_is_forgotten_by_handle_or_id_takes_theirs_along(square: Square, who: str) -> None:
    for author in ("ann", "ben"):
        square.write("some words that nobody foresaw", author=author)
    square.poll()
    for waiting in keep.queue(square.people):
        label(square, waiting.id, Intent.SUPPORT)
    assert kept(square) == 2
    forget(square, who)
    assert kept(square) == 1


def test_who_was_forgotten_by_handle_teaches_nothing_when_they_may_need_help(square: Square) -> None:
    forget(square, "@ann")
    square.write("he is not breathing, help")
    square.poll()
    (waiting,) = keep.queue(square.people)
    label(square, waiting.id, Intent.CRISIS)
    assert kept(square) == 0


def test_what_was_set_aside_teaches_too(square: Square) -> None:
    square.sample = 1
    square.write("I'll be there!")
    square.poll()
    (one,) = keep.looks(square.people, [answered.LONDON_IDENTITY])
    label(square, one.id, Intent.SUPPORT, identities=(answered.LONDON_IDENTITY,))
    assert kept(square) == 1
