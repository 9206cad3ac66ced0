import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

import made
from campaignbot.model import campaign as c
from campaignbot.model.delivery import Hold, State
from campaignbot.stages import review
from campaignbot.store import drafts as kept
from campaignbot.store import journal, ledger
from campaignbot.store.database import Database
from stages.review import desk
from stages.review.desk import KEY, NOW


def yeses(db: Database, key: str = KEY) -> list[str]:
    with db.read() as connection:
        return [one.by for one in kept.approvals(connection).get(key, [])]


def test_what_was_not_edited_stays_as_it_is() -> None:
    with desk.memory() as db:
        campaign = desk.campaign(desk.slot(), desk.slot("hour", armed=True), desk.slot("call", when=c.Called()))
        desk.approve(db, campaign)
        with db.read() as connection:
            before = ledger.deliveries(connection)
        assert [what for _, what in desk.take_up(db, campaign)] == ["untouched"] * 3
        with db.read() as connection:
            assert ledger.deliveries(connection) == before
            assert set(ledger.seen(connection)) == set(before)


def test_every_key_is_remembered_from_its_first_day() -> None:
    with desk.memory() as db:
        assert desk.take_up(db, desk.campaign(approvals=2)) == [(KEY, "new")]
        desk.take_up(db, desk.campaign(approvals=2), now=NOW + desk.HOUR)
        with db.read() as connection:
            assert ledger.seen(connection) == {KEY: NOW}
            assert ledger.approvals_asked(connection) == 2


def test_other_words_void_the_approval_and_going_back_does_not_bring_it_back() -> None:
    old, new = desk.campaign(), desk.campaign(text="Come.")
    with desk.memory() as db:
        desk.approve(db, old)
        assert desk.take_up(db, new) == [(KEY, "reworded")]
        assert (desk.stands(db), yeses(db)) == (("HELD", Hold.VOID), [])
        with db.read() as connection:
            assert journal.entries(connection, journal.PEOPLE)[-1].entry == {
                "what": "void",
                "key": KEY,
                "by": "the files",
            }
        assert desk.take_up(db, old) == [(KEY, "untouched")]
        assert desk.stands(db) == ("HELD", Hold.VOID)
        desk.approve(db, old)
        assert desk.stands(db) == ("WAITING", None)


@pytest.mark.parametrize(
    "edited",
    [
        desk.campaign(desk.slot(when=desk.on_day(0, 9))),
        desk.campaign(accounts={"x-london": made.account(handle="another")}),
        desk.campaign(cities={"london": made.city(accounts=("x-london",), status=c.CityStatus.DRAFT)}),
    ],
)
def test_a_new_hour_another_account_or_a_gap_void_it_too(edited: c.Campaign) -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.take_up(db, edited)
        assert (desk.stands(db), yeses(db)) == (("HELD", Hold.VOID), [])


def test_an_armed_or_called_post_in_other_words_is_void_too() -> None:
    slots = (desk.slot(armed=True), desk.slot("call", when=c.Called()))
    with desk.memory() as db:
        desk.approve(db, desk.campaign(*slots))
        desk.take_up(db, desk.campaign(*slots, text="Come."))
        for key in (KEY, "wad/call/london/en-GB/x-london"):
            assert (desk.stands(db, key), yeses(db, key)) == (("HELD", Hold.VOID), [])


@pytest.mark.parametrize("hold", [Hold.PERSON, Hold.LATE, Hold.RENAMED])
def test_a_persons_hold_stays_the_reason(hold: Hold) -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.move(db, State.HELD, State.WAITING, reason=hold)
        for _ in range(2):
            desk.take_up(db, desk.campaign(text="Come."))
            assert (desk.stands(db), yeses(db)) == (("HELD", hold), [])


def test_what_failed_and_was_reworded_cannot_go_out_in_the_old_words() -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.move(db, State.SENDING, State.WAITING)
        desk.move(db, State.FAILED, State.SENDING, reason="refused")
        desk.take_up(db, desk.campaign())
        assert yeses(db) == ["london-1"]
        desk.take_up(db, desk.campaign(text="Come."))
        assert (desk.stands(db), yeses(db)) == (("FAILED", "refused"), [])


def test_new_terms_with_the_same_words_are_taken_over() -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        edited = desk.campaign(desk.slot(until=timedelta(hours=1), late=c.Late.ASK))
        assert desk.take_up(db, edited) == [(KEY, "moved")]
        found = desk.found(db)
        assert (found.state, found.post, found.until) == (
            State.WAITING,
            desk.drafts(edited)[0].post,
            datetime(2026, 12, 1, 9, 30, tzinfo=UTC),
        )


def test_the_minute_alone_moves_without_a_new_approval() -> None:
    """A version before it pushes a post a minute on: the same words at the same wall time."""
    both = made.city(accounts=("x-london",), languages=("en-US", "en-GB"))
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.take_up(db, desk.campaign(cities={"london": both}))
        found = desk.found(db)
        assert (found.state, found.due) == (State.WAITING, datetime(2026, 12, 1, 8, 31, tzinfo=UTC))
        assert yeses(db) == ["london-1"]


def test_a_slot_that_becomes_armed_waits_for_a_person() -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.take_up(db, desk.campaign(desk.slot(armed=True)))
        assert desk.stands(db) == ("HELD", Hold.ARMED)
        desk.move(db, State.WAITING, State.HELD)
        desk.take_up(db, desk.campaign(desk.slot(armed=True)))
        assert desk.stands(db) == ("WAITING", None)


def test_a_slot_that_is_no_longer_armed_still_waits_for_a_person() -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign(desk.slot(armed=True)))
        desk.take_up(db, desk.campaign())
        assert desk.stands(db) == ("HELD", Hold.ARMED)


def test_what_was_approved_late_keeps_its_terms() -> None:
    now = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    with desk.memory() as db:
        desk.approve(db, desk.campaign(), now=now, late=True)
        before = desk.found(db)
        for edited in (desk.campaign(), desk.campaign(desk.slot(late=c.Late.ASK))):
            assert desk.take_up(db, edited, now=now) == [(KEY, "untouched")]
            assert desk.found(db) == before


def test_a_called_post_keeps_the_moment_it_was_called() -> None:
    campaign = desk.campaign(desk.slot("call", when=c.Called()))
    key = "wad/call/london/en-GB/x-london"
    with desk.memory() as db:
        desk.approve(db, campaign)
        desk.move(db, State.WAITING, State.HELD, key=key, due=NOW, until=NOW + desk.HOUR)
        desk.take_up(db, desk.campaign(desk.slot("call", when=c.Called(), until=timedelta(hours=2))))
        found = desk.found(db, key)
        assert (found.state, found.due, found.until) == (State.WAITING, NOW, NOW + desk.HOUR)


def test_a_cancelled_city_keeps_its_called_posts_only() -> None:
    slots = (desk.slot(), desk.slot("hour", armed=True), desk.slot("call", when=c.Called()))
    city = made.city(accounts=("x-london",), status=c.CityStatus.CANCELLED)
    with desk.memory() as db:
        desk.approve(db, desk.campaign(*slots))
        desk.take_up(db, desk.campaign(*slots, cities={"london": city}))
        with db.read() as connection:
            assert {key.split("/")[1]: (d.state, d.reason) for key, d in ledger.deliveries(connection).items()} == {
                "morning": (State.CANCELLED, "the city is cancelled in the files"),
                "hour": (State.CANCELLED, "the city is cancelled in the files"),
                "call": (State.HELD, Hold.CALLED),
            }


def test_what_the_files_no_longer_have_is_cancelled_and_what_is_out_is_not() -> None:
    slots = (desk.slot(), desk.slot("reminder", when=desk.on_day(-1, 18)))
    rest = desk.campaign(desk.slot("reminder", when=desk.on_day(-1, 18)))
    key = "wad/reminder/london/en-GB/x-london"
    with desk.memory() as db:
        desk.approve(db, desk.campaign(*slots))
        assert desk.take_up(db, rest) == [(key, "untouched"), (KEY, "cancelled")]
        assert desk.stands(db) == ("CANCELLED", "no longer in the plan")
        desk.move(db, State.SENDING, State.WAITING, key=key)
        desk.take_up(db, desk.campaign())
        assert desk.stands(db, key) == ("SENDING", None)


def test_what_was_renamed_is_cancelled_under_its_old_name_and_held_under_the_new() -> None:
    old, new = desk.campaign(made.slot(id="old")), desk.campaign(made.slot(id="new"))
    with desk.memory() as db:
        desk.approve(db, old)
        assert [what for _, what in desk.take_up(db, new)] == ["renamed", "cancelled"]
        desk.approve(db, new)
        assert desk.stands(db, "wad/new/london/en-GB/x-london") == ("HELD", Hold.RENAMED)


def test_the_changes_are_the_plans_own() -> None:
    with desk.memory() as db:
        campaign = desk.campaign()
        desk.approve(db, campaign)
        assert review.take_up(db, campaign, desk.drafts(campaign), now=NOW) == [
            review.Change(key=KEY, city="london", what="untouched", detail=None)
        ]


def test_an_unready_draft_that_nobody_approved_is_left_alone() -> None:
    city = dataclasses.replace(made.city(accounts=("x-london",)), status=c.CityStatus.DRAFT)
    with desk.memory() as db:
        assert desk.take_up(db, desk.campaign(cities={"london": city})) == [(KEY, "new")]
        with db.read() as connection:
            assert ledger.deliveries(connection) == {}


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT])
@pytest.mark.parametrize("edited", [desk.campaign(text="Come."), desk.campaign(slots=())], ids=["reworded", "gone"])
def test_what_is_on_its_way_while_it_is_edited_loses_its_approval(state: State, edited: c.Campaign) -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.move(db, State.SENDING, State.WAITING)
        if state is State.IN_DOUBT:
            desk.move(db, state, State.SENDING)
        desk.take_up(db, desk.campaign())
        assert yeses(db) == ["london-1"]
        desk.take_up(db, edited)
        assert (desk.stands(db), yeses(db)) == ((str(state), None), [])


def test_a_look_beforehand_says_what_taking_up_will_say() -> None:
    other = made.account(id="x-else", handle="somebody_else")
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        new = desk.campaign(accounts={"x-else": other}, cities={"london": made.city(accounts=("x-else",))})
        before = review.differences(db, new, desk.drafts(new), now=NOW)
        assert [change.what for change in before] == ["new", "cancelled"]
        assert review.take_up(db, new, desk.drafts(new), now=NOW) == before


def test_what_was_approved_late_and_then_moved_in_the_files_is_told() -> None:
    past = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    with desk.memory() as db:
        desk.approve(db, desk.campaign(), now=past, late=True)
        assert desk.take_up(db, desk.campaign(), now=past) == [(KEY, "untouched")]
        armed = desk.campaign(desk.slot(armed=True))
        assert [change.what for change in review.differences(db, armed, desk.drafts(armed), now=past)] == ["moved"]
        assert desk.take_up(db, desk.campaign(desk.slot(when=desk.on_day(0, 8, 40))), now=past) == [(KEY, "moved")]
        assert desk.stands(db) == ("HELD", Hold.VOID)
