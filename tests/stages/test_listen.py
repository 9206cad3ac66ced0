"""Replies are read once, understood, and filed, handed to a person, or counted and forgotten."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import made
from campaignbot.model import errors
from campaignbot.model.reply import Intent
from campaignbot.stages import keep, listen
from campaignbot.stages.listen import Heard
from campaignbot.store import erasing, inbox, journal, people
from stages import answered
from stages.answered import Square


@pytest.fixture
def square() -> Iterator[Square]:
    square = Square()
    yield square
    square.close()


def test_each_reply_goes_where_it_belongs(square: Square) -> None:
    square.write("I'll be there!", author="ann")
    square.write("Me and 3 friends are coming", author="ben", to="901")
    square.write("What time does it start?", author="cleo")
    square.write("can't come", author="dan")
    square.write("thank you", author="eve")
    square.write("he is not breathing, help", author="fay")
    square.write("we said it ourselves: I'll be there", author="wad", by_us=True)
    square.write("I'll be there too", author="wad_london")
    square.x.claimed = 8
    assert square.poll() == Heard(account="x-london", read=8, new=6, joined=2, waiting=2, crisis=1, claimed_total=8)
    assert keep.counts(square.people) == {"London": 1, "Toronto": 1}
    assert [(w.reading.intent, w.city) for w in keep.queue(square.people)] == [
        (Intent.CRISIS, "London"),
        (Intent.QUESTION, "London"),
    ]
    assert keep.heard(square.people) == {"crisis": 1, "decline": 1, "join": 2, "question": 1, "support": 1}
    assert square.x.asked == [(("900", "901"), None)]


def test_a_reply_is_read_once_whatever_the_network_repeats(square: Square) -> None:
    square.write("I'll be there!", reply_id="77")
    assert square.poll().joined == 1
    square.write("I'll be there!", reply_id="77")
    assert square.poll() == Heard(account="x-london", read=1, new=0)
    assert square.poll() == Heard(account="x-london")
    assert [after for _, after in square.x.asked] == [None, "1", "2"]
    assert keep.counts(square.people) == {"London": 1}


@pytest.mark.parametrize("polled_between", [True, False])
def test_a_no_takes_back_a_yes_that_still_waits_for_a_person(square: Square, *, polled_between: bool) -> None:
    square.write("me too", author="ann", to="999")  # a post that we do not know: no city
    if polled_between:
        assert square.poll().waiting == 1
    square.write("sorry, I can't come", author="ann")

    square.poll()

    assert keep.queue(square.people) == []
    assert keep.counts(square.people) == {}


def test_it_reads_on_page_by_page_until_known_ground(square: Square) -> None:
    square.x.batch = 2
    for number in range(5):
        square.write("I'll be there!", author=f"ann{number}")
    assert square.poll() == Heard(account="x-london", read=5, new=5, joined=5)
    assert [after for _, after in square.x.asked] == [None, "2", "4"]


def test_a_network_that_never_ends_is_left_until_the_next_poll(square: Square) -> None:
    square.x.batch = 1
    for number in range(25):
        square.write("thanks", author=f"ann{number}")
    assert (square.poll().read, square.poll().read) == (20, 5)


def test_an_error_of_one_account_does_not_stop_the_others(square: Square) -> None:
    broken = answered.Timeline(error=errors.LockedOut("the token has expired"))
    square.write("I'll be there!")
    heard = listen.poll(
        square.book,
        square.people,
        {"fb-london": broken, "x-london": square.x},
        square.campaign,
        key=square.key,
        clock=lambda: square.now,
    )
    assert heard == [
        Heard(account="fb-london", error="the token has expired"),
        Heard(account="x-london", read=1, new=1, joined=1),
    ]


def test_a_second_opinion_on_each_text_spares_people_or_asks_them(square: Square) -> None:
    guesses = {
        "xyzzy plugh": made.guess(Intent.SUPPORT, 0.97),  # where no rule speaks
        "I'll be there!": made.guess(Intent.HOSTILE, 0.6),
        "Count me in": None,
    }
    for number, text in enumerate(guesses):
        square.write(text, author=f"ann{number}")
    assert square.poll(opinion=guesses.__getitem__) == Heard(account="x-london", read=3, new=3, joined=1, waiting=1)
    assert [waiting.text for waiting in keep.queue(square.people)] == ["I'll be there!"]
    assert keep.heard(square.people) == {"join": 2, "support": 1}


def test_an_error_on_a_later_page_keeps_what_was_read(square: Square) -> None:
    square.x.batch = 1
    square.write("I'll be there!")
    square.write("me too", author="ben")
    first = square.x.replies

    def once(*args: object, **named: object) -> object:
        square.x.error = errors.NoAnswer("no answer")
        square.x.replies = first  # type: ignore[method-assign]  # the next call goes to the real one, which now fails
        return page

    page = first([], after=None)
    square.x.replies = once  # type: ignore[method-assign,assignment]  # the first page comes, then the network goes
    assert square.poll() == Heard(account="x-london", read=1, new=1, joined=1, error="no answer")
    square.x.error = None
    assert square.poll() == Heard(account="x-london", read=1, new=1, joined=1)


def test_an_update_moves_the_count_and_tells_the_first_city(square: Square) -> None:
    square.write("I'll be there!")
    square.poll()
    square.write("Me and 3 friends are coming", to="901")
    assert square.poll().joined == 1
    assert keep.counts(square.people) == {"Toronto": 1}
    (of_all,) = keep.joiners(square.people, [answered.CAMPAIGN_IDENTITY])
    (of_london,) = keep.joiners(square.people, [answered.LONDON_IDENTITY])
    (of_toronto,) = keep.joiners(square.people, [answered.TORONTO_IDENTITY])
    assert (of_all.city, of_all.party_size, of_all.withdrawn) == ("Toronto", 4, False)
    assert (of_toronto.city, of_toronto.party_size, of_toronto.withdrawn) == ("Toronto", 4, False)
    assert (of_london.city, of_london.party_size, of_london.withdrawn) == ("London", None, True)


def test_a_word_more_keeps_the_size_said_before(square: Square) -> None:
    square.write("Me and 3 friends are coming")
    square.write("I'll be there!")
    square.poll()
    (note,) = keep.joiners(square.people, [answered.LONDON_IDENTITY])
    assert (note.city, note.party_size, note.answer_to) == ("London", 4, "@ann")
    assert keep.counts(square.people) == {"London": 1}


def test_a_no_after_a_yes_deletes_the_joiner(square: Square) -> None:
    square.write("I'll be there!")
    square.write("I'll be there!", author="ben")
    square.poll()
    square.write("sorry, can't come")
    square.poll()
    assert keep.counts(square.people) == {"London": 1}
    assert [note.answer_to for note in keep.joiners(square.people, [answered.CAMPAIGN_IDENTITY])] == ["@ben"]


def test_an_opt_out_deletes_everything_and_holds_for_good(square: Square) -> None:
    square.write("I'll be there!")
    square.write("What time does it start?")
    square.write("I want to die", author="ben")
    square.poll()
    square.write("is it step free?")
    square.write("delete my data")
    square.write("I'll be there!")
    square.write("unsubscribe", author="ben")
    assert square.poll() == Heard(account="x-london", read=4, new=4)
    assert keep.counts(square.people) == {}
    assert keep.joiners(square.people, [answered.CAMPAIGN_IDENTITY]) == []
    # what may be a crisis still waits: a life in danger goes before
    assert [w.reading.intent for w in keep.queue(square.people)] == [Intent.CRISIS]
    square.write("I'll be there!")
    square.write("he is not breathing, help")
    assert square.poll() == Heard(account="x-london", read=2, new=2, waiting=1, crisis=1)
    assert keep.counts(square.people) == {}


def test_a_crisis_in_the_page_of_an_opt_out_is_not_lost(square: Square) -> None:
    square.write("he is not breathing, help")
    square.write("stop messaging me")
    assert square.poll() == Heard(account="x-london", read=2, new=2, waiting=1, crisis=1)


def test_a_waiting_reply_that_its_author_deletes_goes_within_the_hour(square: Square) -> None:
    for author in ("ann", "ben", "cleo"):
        square.write("What time does it start?", author=author, reply_id=f"of {author}")
    square.poll()
    square.x.gone = {"of ann", "of somebody else"}
    square.now += timedelta(minutes=59)
    square.poll()
    assert (square.x.looks, len(keep.queue(square.people))) == ([], 3)
    square.now += timedelta(minutes=1)
    square.poll()
    square.poll()
    assert square.x.looks == [("of ann", "of ben", "of cleo")]
    assert [waiting.answer_to for waiting in keep.queue(square.people)] == ["@ben", "@cleo"]
    with square.people.read() as c:
        (entry,) = journal.entries(c, journal.PEOPLE)
        assert erasing.owed(c) == 0
    assert entry.entry == {"what": "deleted upstream", "by": "daemon", "texts": 1}
    square.now += timedelta(hours=1)
    square.poll()
    assert square.x.looks[1:] == [("of ben", "of cleo")]


def test_only_so_many_are_asked_for_in_one_poll_and_the_others_next(square: Square) -> None:
    for number in range(25):
        square.write("What time does it start?", author=f"a{number}", reply_id=str(number))
    square.poll()
    square.now += timedelta(hours=1)
    for _ in range(3):
        square.poll()
    assert square.x.looks == [tuple(map(str, range(20))), tuple(map(str, range(20, 25)))]


def test_a_crisis_that_is_deleted_stays_a_day(square: Square) -> None:
    square.write("he is not breathing, help", reply_id="1")
    square.poll()
    square.x.gone = {"1"}
    square.now += timedelta(hours=23)
    square.poll()
    assert len(keep.queue(square.people)) == 1
    square.now += timedelta(hours=1)
    square.poll()
    assert keep.queue(square.people) == []


def test_a_network_that_cannot_say_deletes_nothing_and_is_asked_again(square: Square) -> None:
    square.write("What time does it start?")
    square.poll()
    square.now += timedelta(hours=1)
    square.x.unsure = errors.TryLater("too many")
    assert square.poll() == Heard(account="x-london", error="too many")
    square.x.unsure = None
    square.poll()
    assert (len(square.x.looks), len(keep.queue(square.people))) == (2, 1)


def test_nobody_with_a_key_means_a_person_looks(square: Square) -> None:
    square.campaign = made.campaign()
    square.write("I'll be there!")
    assert square.poll() == Heard(account="x-london", read=1, new=1, waiting=1)


def test_a_mention_and_a_hidden_author_are_taken_too(square: Square) -> None:
    square.write("I'll be in Toronto with you, count me in", to=None, author="")
    square.write("I'll be there!", author="")
    square.write("count me in", to="a post that is not ours", author="cleo")
    assert square.poll() == Heard(account="x-london", read=3, new=3, joined=2, waiting=1)
    assert keep.counts(square.people) == {"London": 1, "Toronto": 1}


def test_nothing_of_a_filed_person_stands_anywhere_in_clear(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    square = Square(tmp_path)
    canary = "zebrafinch"
    square.write(f"I'll be there! {canary} words", author=f"{canary}author", reply_id=f"{canary}id")
    square.write("thank you " + canary, author=f"{canary}2")
    square.write("hello: " + canary + " what is this about?", author=f"{canary}3")
    assert square.poll().joined == 1
    (waiting,) = keep.queue(square.people)
    assert canary in waiting.text
    assert canary not in repr(waiting)
    keep.label(
        square.people,
        waiting.id,
        intent=Intent.SUPPORT,
        city=None,
        party_size=None,
        campaign=square.campaign,
        key=square.key,
        by="anna",
        now=square.now,
    )
    square.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        held = path.read_bytes().lower()
        assert canary.encode() not in held
        assert canary.encode("utf-16-le") not in held
        assert canary.encode("utf-16-be") not in held
    assert canary not in caplog.text


def test_what_is_filed_names_no_city_beside_a_pseudonym(square: Square) -> None:
    square.write("I'll be there!")
    square.poll()
    with square.people.read() as c:
        (chain,) = inbox.sealed(c)
        ((_pseudonym, place, alias),) = c.execute(people.joiners.select()).all()
    assert b"London" not in chain[0] + place
    assert (len(place), len(alias)) == (32, 32)


def looked_at(square: Square) -> list[tuple[Intent, str | None]]:
    """What was filed and set aside for a look: how it was read, and who wrote it."""
    found = keep.looks(square.people, [answered.CAMPAIGN_IDENTITY])
    assert len(found) == keep.set_aside(square.people)
    return [(one.reading.intent, one.answer_to) for one in found]


def test_what_was_decided_without_a_person_is_looked_at_by_one_but_for_a_no(square: Square) -> None:
    square.sample = 1
    square.write("I'll be there!", author="ann")
    square.write("thank you", author="ben")
    square.write("What time does it start?", author="cleo")
    square.write("can't come", author="dan")
    square.write("stop messaging me", author="eve")
    assert square.poll() == Heard(account="x-london", read=5, new=5, joined=1, waiting=1)
    assert looked_at(square) == [(Intent.JOIN, "@ann"), (Intent.SUPPORT, "@ben")]
    assert [one.answer_to for one in keep.queue(square.people)] == ["@cleo"]
    assert keep.counts(square.people) == {"London": 1}


def test_what_is_set_aside_is_as_it_was_written_and_read(square: Square) -> None:
    square.sample = 1
    square.write("Me and 3 friends are coming \U0001f3f3 \ud800", author="ann")
    square.poll()
    (one,) = keep.looks(square.people, [answered.LONDON_IDENTITY])
    assert (one.id, one.account, one.platform, one.city, one.answer_to) == (1, "x-london", "x", "London", "@ann")
    assert (one.text, one.filed) == ("Me and 3 friends are coming \U0001f3f3 \ud800", True)
    assert one.at == square.now + timedelta(seconds=1)
    assert (one.reading.intent, one.reading.city, one.reading.party_size) == (Intent.JOIN, "London", 4)
    assert keep.looks(square.people, [answered.TORONTO_IDENTITY]) == []


def test_where_nobody_has_a_key_nothing_is_set_aside(square: Square) -> None:
    square.sample, square.campaign = 1, made.campaign()
    square.write("thank you")
    square.poll()
    assert keep.set_aside(square.people) == 0


def test_nothing_of_what_is_set_aside_stands_in_clear_or_beside_its_reply(tmp_path: Path) -> None:
    square = Square(tmp_path)
    square.sample = 1
    for number, text in enumerate(("I'll be there! zebrafinch", "thank you, zebrafinch")):
        square.write(text, author=f"zebrafinch{number}", reply_id=f"zebrafinch{number}")
    square.poll()
    assert keep.set_aside(square.people) == 2
    with square.people.read() as c:
        rows = c.execute(people.samples.select()).all()
        hashes = [row.hash for row in c.execute(people.seen.select())]
    square.close()
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [word for word in (b"zebrafinch", b"be there", b"thank") if word in held] == []
    assert {row.hour for row in rows} == {square.now.replace(minute=0, second=0, microsecond=0)}
    assert [row for row in rows for one in hashes if one in (row.pseudonym, row.note)] == []


@pytest.mark.parametrize("polled_between", [True, False])
def test_a_no_takes_back_what_was_only_to_be_looked_at(square: Square, *, polled_between: bool) -> None:
    square.sample = 1
    square.write("I'll be there!", author="ann")
    square.write("I'll be there!", author="ben")
    square.write("thank you", author="ben")
    if polled_between:
        square.poll()
    square.write("can't come", author="ann")
    square.write("stop messaging me", author="ben")
    square.poll()
    assert (looked_at(square), keep.counts(square.people)) == ([], {})


def test_of_fifty_that_were_filed_one_is_looked_at_by_chance(square: Square) -> None:
    square.sample, square.key, square.x.batch = listen.SAMPLE, b"k" * 32, 1_000
    for number in range(500):
        square.write("thank you", author=f"ann{number}", reply_id=str(number))
    square.poll()
    assert len(looked_at(square)) == 12
    square.x.replies_.extend(square.x.replies_)  # shown once more, nobody is chosen anew
    square.poll()
    assert len(looked_at(square)) == 12
