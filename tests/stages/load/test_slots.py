"""The lines under `slots`."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from campaignbot.model import campaign as c
from stages.load import written

WHEN = "when: {days_before: 7, at: 12:00}, until: 2d"
FORMS = (
    "{days_before: 7, at: 12:30}, {days_after: 1, at: 12:30}, {action: start}, {instant: 2026-12-01T12:00:00Z}, "
    "{answers: join}"
)


@pytest.mark.parametrize(
    ("said", "when", "until"),
    [
        ("{days_before: 3, at: 08:30}", c.OnDay(days=-3, at=time(8, 30)), timedelta(hours=6)),
        ("{days_after: 2, at: 18:00}, until: 45m", c.OnDay(days=2, at=time(18)), timedelta(minutes=45)),
        ("{days_before: 0, at: 12:00}, until: action.end", c.OnDay(days=0, at=time(12)), c.Edge.END),
        ("{action: end}", c.AtAction(edge=c.Edge.END), timedelta(hours=6)),
        (
            "{instant: 2026-12-01T12:00:00Z}",
            c.AtInstant(at=datetime(2026, 12, 1, 12, tzinfo=UTC)),
            timedelta(hours=6),
        ),
        ("called", c.Called(), timedelta(hours=6)),
        ("{answers: join}, until: 1d", c.Answers(to=c.Ask.JOIN), timedelta(days=1)),
    ],
)
def test_every_way_to_say_when(said: str, when: c.When, until: timedelta | c.Edge, tmp_path: Path) -> None:
    found, _ = written.read(written.folder(tmp_path, (WHEN, f"when: {said}")))
    assert found is not None
    assert (found.slots[0].when, found.slots[0].until) == (when, until)


def test_a_slot_with_every_key(tmp_path: Path) -> None:
    every = (
        "when: {action: start}, until: 45m, late: skip, armed: true, quiet: ignore, needs: [notice], "
        "cities: [london], languages: [en], accounts: [x-london]"
    )
    found, faults = written.read(written.folder(tmp_path, (WHEN, every)))
    assert faults == []
    assert found is not None
    assert found.slots[0] == c.Slot(
        id="announce",
        message="announce",
        when=c.AtAction(edge=c.Edge.START),
        until=timedelta(minutes=45),
        late=c.Late.SKIP,
        armed=True,
        ignores_quiet=True,
        needs=("notice",),
        cities=("london",),
        languages=("en",),
        accounts=("x-london",),
    )


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("soon", f'45: "soon" does not say when; write called, or one of {FORMS}'),
        ("{days_before: 7}", f"39: this does not say one time; write called, or one of {FORMS}"),
        (
            "{days_before: 7, days_after: 1, at: 12:00}",
            f"39: this does not say one time; write called, or one of {FORMS}",
        ),
        ("{days_after: 1, action: end}", f"39: this does not say one time; write called, or one of {FORMS}"),
        ("{}", f"39: this does not say one time; write called, or one of {FORMS}"),
        ("", '39: "when" is missing; add "when: …"'),
        ("{days_before: -1, at: 12:00}", '59: "-1" is not a whole number from 0 to 3660; correct the number'),
        ("{action: middle}", '54: "middle" is not known here; use one of: start, end'),
        (
            "{day: 7}",
            '46: "day" is not a key that is known here; use one of: days_before, days_after, at, action, instant, '
            "answers",
        ),
    ],
)
def test_a_when_that_says_no_time(said: str, fault: str, tmp_path: Path) -> None:
    faults = written.said(written.folder(tmp_path, (WHEN, f"when: {said}")))
    assert f"schedules.yaml:41:{fault}" in faults


def test_a_when_of_another_shape(tmp_path: Path) -> None:
    assert written.said(written.folder(tmp_path, (WHEN, "when: [1]"))) == [
        'schedules.yaml:41:45: "when" has no names of its own below it; '
        'write "when: {name: value}", or lines below it that stand further in'
    ]


def test_rows_that_are_no_slots_and_slots_that_stand_twice(tmp_path: Path) -> None:
    rows = "  - hello\n  - {message: announce, when: called}\n  - {id: morning, message: morning_of, when: called}\n"
    place = written.folder(tmp_path, ("slots:\n", f"slots:\n{rows}"))
    assert written.said(place) == [
        'schedules.yaml:41:5: this is not a slot; write "- {id: …, message: …, when: …}"',
        'schedules.yaml:42:5: "id" is missing; add "id: …"',
        'schedules.yaml:45:10: the slot "morning" stands twice; give one of them another id',
    ]


@pytest.mark.parametrize(("text", "at"), [("slots: none\nunread:\n", "40:8"), ("unread:\n", "1:1")])
def test_no_list_of_slots(text: str, at: str, tmp_path: Path) -> None:
    fix = 'add "slots:" and lines "- {id: …, message: …, when: …}"'
    faults = written.said(written.folder(tmp_path, ("slots:\n", text)))
    assert f'schedules.yaml:{at}: "slots" is not a list of slots; {fix}' in faults
