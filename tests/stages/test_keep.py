"""What a person decides about a reply, who wants to come, and deleting on time."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

import made
from campaignbot.model import errors
from campaignbot.model.reply import Intent
from campaignbot.stages import keep, listen
from campaignbot.store import inbox, journal
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


def purged(square: Square, now: datetime) -> tuple[int, int]:
    done = keep.purge(square.people, square.campaign, by="daemon", now=now)
    assert done.finished
    return done.texts, done.joiners


def receipts(square: Square) -> list[Mapping[str, object]]:
    with square.people.read() as c:
        return [entry.entry for entry in journal.entries(c, journal.PEOPLE)]


def test_texts_and_joiners_are_deleted_on_time_with_a_receipt(square: Square) -> None:
    square.write("I'll be there!")
    square.write("what is this about?", author="ben")
    square.poll()
    assert purged(square, square.now + timedelta(hours=72)) == (0, 0)
    assert len(keep.queue(square.people)) == 1
    assert purged(square, square.now + timedelta(hours=72, seconds=1)) == (1, 0)
    assert keep.queue(square.people) == []
    over = square.campaign.cities["london"].action.date
    assert purged(square, made.NOON.replace(year=over.year, month=12, day=16)) == (0, 0)
    assert len(keep.joiners(square.people, [answered.CAMPAIGN_IDENTITY])) == 1
    assert purged(square, made.NOON.replace(year=over.year, month=12, day=17)) == (0, 1)
    assert keep.joiners(square.people, [answered.CAMPAIGN_IDENTITY]) == []
    assert receipts(square) == [
        {"what": "purged", "by": "daemon", "texts": 1, "joiners": 0},
        {"what": "purged", "by": "daemon", "texts": 0, "joiners": 1},
    ]


def forget(square: Square, who: str, **changes: Any) -> keep.Forgotten:
    given: dict[str, Any] = {"platform": "x", "campaign": square.campaign, "key": square.key} | changes
    return keep.forget(square.people, who, by="toronto-1", now=square.now, **given)


@pytest.mark.parametrize("who", ["@ann", "Ann", "ann"])
def test_who_asks_to_be_forgotten_is_found_by_handle_or_id_and_not_kept_again(square: Square, who: str) -> None:
    square.write("I'll be there!")
    square.write("what is this about?")
    square.write("he is not breathing, help")
    square.write("I'll be there!", author="ben")
    square.poll()
    assert forget(square, who) == keep.Forgotten(texts=2, crises=1, joiners=1, finished=True)
    assert forget(square, who) == keep.Forgotten(texts=0, crises=0, joiners=0, finished=True)
    assert (keep.queue(square.people), keep.counts(square.people)) == ([], {"London": 1})
    square.write("I'll be there!")
    square.write("what is this about?")
    assert square.poll() == listen.Heard(account="x-london", read=2, new=2)
    assert receipts(square) == [{"what": "forgotten", "by": "toronto-1", "texts": 2, "joiners": 1}]


def test_who_was_never_heard_of_is_not_kept_later(square: Square) -> None:
    assert forget(square, "@ann") == keep.Forgotten(texts=0, crises=0, joiners=0, finished=True)
    square.write("I'll be there!", author="ann")
    square.write("I'll be there!", author="ben")
    assert square.poll().joined == 1
    assert receipts(square) == [{"what": "forgotten", "by": "toronto-1", "texts": 0, "joiners": 0}]


def test_who_is_forgotten_by_handle_is_not_filed_by_a_label_but_still_may_need_help(square: Square) -> None:
    forget(square, "@ann")
    square.write("he is not breathing, help")
    square.poll()
    (waiting,) = keep.queue(square.people)
    with pytest.raises(errors.UserError, match="wants to be left alone"):
        label(square, waiting.id, Intent.JOIN, city="London")


def test_nobody_and_a_wrong_key_are_said(square: Square) -> None:
    square.write("I'll be there!")
    square.poll()
    with pytest.raises(errors.UserError, match="nobody is named"):
        forget(square, " @ ")
    with pytest.raises(errors.UserError, match=r"people\.key is not the one"):
        forget(square, "@ann", key=b"q" * 32)
    assert keep.counts(square.people) == {"London": 1}


def look_at(square: Square, text: str, intent: Intent, **changes: Any) -> None:
    """Somebody with London's key looks at the one reply that was filed, and says what it means."""
    square.sample = 1
    square.write(text)
    square.poll()
    (one,) = keep.looks(square.people, [answered.LONDON_IDENTITY])
    label(square, one.id, intent, identities=[answered.LONDON_IDENTITY], **changes)


@pytest.mark.parametrize(
    ("intent", "changes", "left"),
    [
        (Intent.JOIN, {}, [("London", 4)]),
        (Intent.JOIN, {"city": "London", "party_size": 4}, [("London", 4)]),
        (Intent.JOIN, {"city": "Toronto"}, [("Toronto", 4)]),
        (Intent.JOIN, {"party_size": 2}, [("London", 2)]),
        (Intent.CRISIS, {}, [("London", 4)]),
        (Intent.DECLINE, {}, []),
        (Intent.SUPPORT, {}, []),
        (Intent.OPT_OUT, {}, []),
    ],
)
def test_what_was_filed_already_is_left_mended_or_taken_back(
    square: Square, intent: Intent, changes: dict[str, Any], left: list[tuple[str, int]]
) -> None:
    look_at(square, "Me and 3 friends are coming", intent, **changes)
    notes = keep.joiners(square.people, [answered.CAMPAIGN_IDENTITY])
    assert [(note.city, note.party_size) for note in notes] == left
    assert (keep.set_aside(square.people), keep.counts(square.people)) == (0, {city: 1 for city, _ in left})
    with square.people.read() as c:
        assert len(list(inbox.sealed(c))) == len(left)


def test_a_yes_that_was_read_rightly_is_not_said_twice(square: Square) -> None:
    look_at(square, "I'll be there!", Intent.JOIN)
    with square.people.read() as c:
        assert [len(chain) for chain in inbox.sealed(c)] == [1]


def test_a_yes_that_was_passed_over_is_filed_by_who_looks_at_it(square: Square) -> None:
    look_at(square, "thank you", Intent.JOIN)
    assert keep.counts(square.people) == {"London": 1}


def test_another_key_decides_nothing_about_what_was_set_aside(square: Square) -> None:
    square.sample = 1
    square.write("I'll be there!")
    square.poll()
    with pytest.raises(errors.UserError, match="no reply 1 is set aside for this key; list them with"):
        label(square, 1, Intent.SPAM, identities=[answered.TORONTO_IDENTITY])
    with pytest.raises(errors.UserError, match="no reply 1 is waiting"):
        label(square, 1, Intent.SPAM)
    assert (keep.set_aside(square.people), keep.counts(square.people)) == (1, {"London": 1})


def test_what_nobody_looked_at_in_time_goes_and_the_joiner_stays(square: Square) -> None:
    square.sample = 1
    square.write("I'll be there!")
    square.poll()
    assert purged(square, square.now + timedelta(hours=72)) == (0, 0)
    assert keep.set_aside(square.people) == 1
    assert purged(square, square.now + timedelta(hours=72, seconds=1)) == (1, 0)
    assert keep.set_aside(square.people) == 0
    assert len(keep.joiners(square.people, [answered.CAMPAIGN_IDENTITY])) == 1


def test_what_is_shown_has_nothing_that_cannot_be_seen() -> None:
    text = "a\x1b[31mb\u202ec\n d\ud800"
    assert keep.visible(text) == "a [31mb c d"
    assert keep.read_as(text) == "a [31mbc d"
    assert keep.marked(text) == "a⟨U+001B⟩[31mb⟨U+202E⟩c ⏎  d⟨U+D800⟩"
