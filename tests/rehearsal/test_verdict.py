from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import made
from campaignbot.model.delivery import Delivery, Hold, Receipt, State
from campaignbot.model.post import Draft
from campaignbot.model.reply import Note
from campaignbot.rehearsal.verdict import Place, Verdict, judge

DUE = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
CITIES = {"london": "London", "marseille": "Marseille"}
CLEAN = Verdict(
    planned=0,
    sent_once=0,
    doubled=0,
    lost=0,
    held=0,
    missed=0,
    failed=0,
    replies_planted=0,
    replies_collected=0,
    joiners={},
    wrong_city=0,
    worst_late_seconds=0.0,
    seed=7,
    seconds=1.2,
)


def draft(
    slot: str = "morning", *, text: str = "We meet", city: str = "london", missing: tuple[str, ...] = ()
) -> Draft:
    post = made.post(slot=slot, city=city, due=DUE)
    return made.draft(post=post, text=text, missing=missing)


def delivery(one: Draft, state: State, *, late: float = 0.0) -> Delivery:
    receipt = Receipt(id="1", url=None, at=DUE + timedelta(seconds=late)) if state is State.SENT else None
    return Delivery(
        post=one.post,
        state=state,
        reason=Hold.ARMED if state is State.HELD else None,
        digest=one.digest,
        due=DUE,
        until=DUE + timedelta(hours=6),
        since=DUE,
        receipt=receipt,
    )


def note(city: str | None, answer_to: str = "ann") -> Note:
    return Note(city=city, party_size=None, language="en", platform="x", answer_to=answer_to, at=DUE)


def judged(
    drafts: Iterable[Draft] = (),
    deliveries: Iterable[Delivery] = (),
    texts: Iterable[str] = (),
    *,
    notes: Iterable[Note] = (),
    homes: dict[str, str] | None = None,
) -> Verdict:
    return judge(
        drafts=list(drafts),
        deliveries={one.key: one for one in deliveries},
        on_networks={"x-london": list(texts)},
        cities=CITIES,
        homes=homes or {},
        planted=3,
        collected=2,
        notes=list(notes),
        seed=7,
        seconds=1.23,
    )


def figures(verdict: Verdict) -> dict[str, object]:
    """All that differs from a verdict on nothing."""
    empty = replace(CLEAN, replies_planted=3, replies_collected=2).record()
    return {name: value for name, value in verdict.record().items() if value != empty[name]}


def test_an_empty_plan_is_judged_by_nothing() -> None:
    places = tuple(Place(city=name, planned=0, sent=0, held=0, joiners=0) for name in ("London", "Marseille"))
    assert judged() == replace(CLEAN, replies_planted=3, replies_collected=2, places=places)


def test_a_post_sent_and_there_once_is_sent_once_and_as_late_as_the_network_says() -> None:
    one, two = draft(), draft("noon", text="It begins")
    sent = [delivery(one, State.SENT, late=2.5), delivery(two, State.SENT, late=61)]
    verdict = judged([one, two], sent, ["We meet", "It begins"])
    assert figures(verdict) == {"planned": 2, "sent_once": 2, "worst_late_seconds": 61.0}


@pytest.mark.parametrize("state", list(State))
def test_words_that_stand_twice_are_doubled_whatever_the_ledger_says(state: State) -> None:
    one = draft()
    assert figures(judged([one], [delivery(one, state)], ["We meet", "We meet"])) == {"planned": 1, "doubled": 1}


def test_words_that_stand_twice_and_are_in_no_ledger_are_doubled() -> None:
    assert figures(judged([draft()], [], ["We meet", "We meet"])) == {"planned": 1, "doubled": 1}


def test_the_same_words_planned_twice_may_stand_twice() -> None:
    both = [draft("first"), draft("second")]
    sent = [delivery(one, State.SENT) for one in both]
    assert figures(judged(both, sent, ["We meet"] * 2)) == {"planned": 2, "sent_once": 2}
    assert figures(judged(both, sent, ["We meet"] * 3)) == {"planned": 2, "sent_once": 1, "doubled": 1}
    assert figures(judged(both, sent, ["We meet"])) == {"planned": 2, "sent_once": 1, "lost": 1}


@pytest.mark.parametrize(
    ("state", "figure"),
    [
        (State.HELD, "held"),
        (State.IN_DOUBT, "held"),
        (State.MISSED, "missed"),
        (State.FAILED, "failed"),
        (State.SENT, "lost"),  # sent, says the ledger, and it is not there
        (State.WAITING, "lost"),
        (State.SENDING, "lost"),
        (State.CANCELLED, "lost"),
    ],
)
def test_what_is_not_there_is_counted_by_its_state(state: State, figure: str) -> None:
    one = draft()
    assert figures(judged([one], [delivery(one, state)], ["other words"])) == {"planned": 1, figure: 1}


def test_what_no_ledger_knows_is_lost_unless_it_could_never_be_approved() -> None:
    assert figures(judged([draft()])) == {"planned": 1, "lost": 1}
    assert figures(judged([draft(missing=("city.venue",))])) == {"planned": 1, "held": 1}


def test_called_posts_are_not_planned() -> None:
    called = made.draft(post=made.post(due=None, wall=None, called=True))
    assert figures(judged([called], [delivery(called, State.SENT, late=900)])) == {}


def test_joiners_are_counted_by_city_and_a_wrong_one_is_told() -> None:
    notes = [note("London"), note("Marseille", "bob"), note("London", "cyd"), note(None, "dan")]
    homes = {"ann": "London", "bob": "London", "cyd": "London", "dan": "London"}
    assert figures(judged(notes=notes, homes=homes)) == {"joiners": {"London": 2, "Marseille": 1}, "wrong_city": 2}


def test_somebody_whom_nobody_planted_is_in_no_wrong_city() -> None:
    assert figures(judged(notes=[note("London", "zoe")])) == {"joiners": {"London": 1}}


def test_what_is_doubled_lost_or_misplaced_is_not_well() -> None:
    bad = [replace(CLEAN, doubled=1), replace(CLEAN, lost=1), replace(CLEAN, wrong_city=1)]
    rest = replace(CLEAN, planned=3, held=1, missed=1, failed=1)
    assert [one.well for one in (CLEAN, rest, *bad)] == [True, True, False, False, False]


def test_the_record_is_what_the_documentation_names() -> None:
    assert list(judged().record()) == [
        "planned",
        "sent_once",
        "doubled",
        "lost",
        "held",
        "missed",
        "failed",
        "replies_planted",
        "replies_collected",
        "joiners",
        "wrong_city",
        "worst_late_seconds",
        "seed",
        "seconds",
    ]


def test_the_words_show_each_city_on_a_line_of_its_own() -> None:
    one, two = draft(), draft(city="marseille", text="On se voit")
    verdict = judged(
        [one, two], [delivery(one, State.SENT), delivery(two, State.HELD)], ["We meet"], notes=[note("London")]
    )
    assert verdict.words(campaign="World AIDS Day") == (
        "The rehearsal of World AIDS Day went well.\n"
        "  2 posts planned: 1 sent once, 0 doubled, 0 lost, 1 held, 0 missed, 0 failed\n"
        "    London     1 of 1 sent  0 held   1 joiner\n"
        "    Marseille  0 of 1 sent  1 held  0 joiners\n"
        "  3 replies written, 2 collected, 0 filed under a wrong city\n"
        "  worst lateness 0 s of campaign time; seed 7, 1.2 s; replies were read hourly\n"
        "  from two days before the action on, every six hours earlier"
    )


def test_of_many_cities_those_with_something_amiss_are_shown() -> None:
    fine = [Place(city=f"City {number}", planned=2, sent=2, held=0, joiners=3) for number in range(30)]
    amiss = Place(city="Far away", planned=2, sent=1, held=1, joiners=0)
    lines = replace(CLEAN, lost=1, places=(*fine, amiss)).words(campaign="It").splitlines()
    assert lines[0] == "The rehearsal of It did NOT go well."
    assert (lines[2], lines[21], lines[22]) == (
        "    City 0    2 of 2 sent  0 held  3 joiners",
        "    Far away  1 of 2 sent  1 held  0 joiners",
        "    … and 11 more cities, all sent",
    )
