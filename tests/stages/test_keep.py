"""What a person decides about a reply, who wants to come, and deleting on time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

import made
from campaignbot.model import errors
from campaignbot.model.reply import Correction, Intent
from campaignbot.stages import keep
from campaignbot.store import corrections, journal
from stages import answered
from stages.answered import Square


@pytest.fixture
def square() -> Iterator[Square]:
    square = Square()
    yield square
    square.close()


def label(square: Square, number: int, intent: Intent, **changes: Any) -> None:
    given: dict[str, Any] = {"city": None, "party_size": None, "by": "toronto-1", "campaign": square.campaign} | changes
    keep.label(square.people, number, intent=intent, key=square.key, now=square.now, **given)


def test_the_queue_puts_life_first_and_then_what_cannot_wait(square: Square) -> None:
    square.write("what is this about?", author="a")
    square.write("some words that nobody foresaw", author="b")
    square.write("I'm in", author="c", to=None)
    square.write("Could we have one in Leeds as well?", author="d")
    square.write("I can't breathe", author="e")
    square.poll()
    assert [waiting.reading.intent for waiting in keep.queue(square.people)] == [
        Intent.CRISIS,
        Intent.JOIN,
        Intent.START_CITY,
        Intent.QUESTION,
        Intent.OTHER,
    ]


def test_a_person_files_a_join_and_the_text_is_gone(square: Square) -> None:
    square.write("I'm in", to=None)
    square.poll()
    (waiting,) = keep.queue(square.people)
    label(square, waiting.id, Intent.JOIN, city="Toronto", party_size=3)
    assert keep.queue(square.people) == []
    assert keep.counts(square.people) == {"Toronto": 1}
    (note,) = keep.joiners(square.people, [answered.TORONTO_IDENTITY])
    assert (note.city, note.party_size, note.answer_to, note.platform) == ("Toronto", 3, "@ann", "x")
    with square.people.read() as c:
        (entry,) = journal.entries(c, journal.PEOPLE)
    assert entry.entry == {"what": "labelled", "by": "toronto-1"}


def test_a_join_without_a_city_takes_the_one_of_the_post(square: Square) -> None:
    square.write("some words that nobody foresaw", to="901")
    square.poll()
    (waiting,) = keep.queue(square.people)
    label(square, waiting.id, Intent.JOIN)
    assert keep.counts(square.people) == {"Toronto": 1}


def test_a_person_may_withdraw_opt_out_or_only_drop(square: Square) -> None:
    for author in ("ann", "ben", "cleo"):
        square.write("I'll be there!", author=author)
        square.write("some words that nobody foresaw", author=author)
    square.poll()
    first, second, third = keep.queue(square.people)
    label(square, first.id, Intent.DECLINE)
    label(square, second.id, Intent.OPT_OUT)
    label(square, third.id, Intent.SUPPORT)
    assert keep.counts(square.people) == {"London": 1}
    square.write("I'll be there!", author="ann")
    square.write("I'll be there!", author="ben")
    square.poll()
    assert keep.counts(square.people) == {"London": 2}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"city": "Paris"}, "name the city that they join in with --city: London, Toronto"),
        ({"city": None}, "name the city that they join in with --city: London, Toronto"),
        ({"city": "London", "campaign": made.campaign()}, "no recipient key is set"),
    ],
)
def test_a_label_that_cannot_be_followed_leaves_the_reply_waiting(
    square: Square, changes: dict[str, Any], words: str
) -> None:
    square.write("I'm in", to=None)
    square.poll()
    (waiting,) = keep.queue(square.people)
    with pytest.raises(errors.UserError, match=words):
        label(square, waiting.id, Intent.JOIN, **changes)
    assert keep.queue(square.people) == [waiting]


def test_whoever_wants_to_be_left_alone_is_not_filed_by_a_label(square: Square) -> None:
    square.write("he is not breathing, help")
    square.write("stop messaging me")
    square.poll()
    (waiting,) = keep.queue(square.people)
    with pytest.raises(errors.UserError, match="wants to be left alone and is not filed; label it crisis or other"):
        label(square, waiting.id, Intent.JOIN)
    assert (keep.queue(square.people), keep.counts(square.people)) == ([waiting], {})
    label(square, waiting.id, Intent.CRISIS)
    assert keep.queue(square.people) == []


def test_who_has_the_keys_of_both_cities_reads_where_they_come(square: Square) -> None:
    square.write("I'll be there!")
    square.poll()
    square.write("Me and 3 friends are coming", to="901")
    square.poll()
    both = answered.LONDON_IDENTITY + answered.TORONTO_IDENTITY
    (note,) = keep.joiners(square.people, [both])
    assert (note.city, note.party_size, note.withdrawn) == ("Toronto", 4, False)


def test_a_number_that_waits_no_longer_is_refused(square: Square) -> None:
    with pytest.raises(errors.UserError, match="no reply 7 is waiting"):
        label(square, 7, Intent.OTHER)


def test_a_stranger_key_opens_nothing(square: Square) -> None:
    square.write("I'll be there!")
    square.poll()
    _public, identity = keep.new_key()
    assert keep.joiners(square.people, [identity]) == []


def test_texts_and_joiners_are_deleted_on_time(square: Square) -> None:
    square.write("I'll be there!")
    square.write("what is this about?", author="ben")
    square.poll()
    keep.expire(square.people, square.campaign, square.now + timedelta(hours=72))
    assert len(keep.queue(square.people)) == 1
    keep.expire(square.people, square.campaign, square.now + timedelta(hours=72, seconds=1))
    assert keep.queue(square.people) == []
    over = square.campaign.cities["london"].action.date
    keep.expire(square.people, square.campaign, made.NOON.replace(year=over.year, month=12, day=16))
    assert len(keep.joiners(square.people, [answered.CAMPAIGN_IDENTITY])) == 1
    keep.expire(square.people, square.campaign, made.NOON.replace(year=over.year, month=12, day=17))
    assert keep.joiners(square.people, [answered.CAMPAIGN_IDENTITY]) == []


def test_what_a_person_decides_is_kept_to_teach_until_its_author_leaves_or_time_is_over(square: Square) -> None:
    lesson = Correction(embedder="e 1", vector=(0.5, 0.25), intent=Intent.SUPPORT)

    def kept() -> int:
        with square.people.read() as c:
            return len(corrections.kept(c, embedder="e 1"))

    for author in ("ann", "ben", "cleo"):
        square.write("some words that nobody foresaw", author=author)
    square.poll()
    ann, ben, cleo = (waiting.id for waiting in keep.queue(square.people))
    label(square, ann, Intent.SUPPORT, lesson=lesson)
    label(square, ben, Intent.SUPPORT, lesson=lesson)
    label(square, cleo, Intent.OPT_OUT, lesson=lesson)
    assert kept() == 2
    square.write("delete my data", author="ann")
    square.poll()
    assert kept() == 1
    over = square.campaign.cities["london"].action.date
    keep.expire(square.people, square.campaign, made.NOON.replace(year=over.year, month=12, day=17))
    assert kept() == 0


def test_what_is_shown_has_nothing_that_cannot_be_seen() -> None:
    assert keep.visible("a\x1b[31mb\u202ec\n d\ud800") == "a [31mb c d"
