import dataclasses
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

import made
from campaignbot.model import campaign as c
from campaignbot.model import errors
from campaignbot.model.delivery import Delivery, Hold, Receipt, State
from campaignbot.model.post import Approval
from campaignbot.stages import review
from campaignbot.store import database, journal, ledger
from campaignbot.store import drafts as kept
from campaignbot.store.database import Database
from stages.review import desk
from stages.review.desk import KEY, NOW

PAST = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)  #: after the morning post was due, before its last moment
LATER = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)  #: after its last moment
AT = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


def test_a_yes_keeps_words_approval_and_delivery_in_one(tmp_path: Path) -> None:
    db = database.open(f"sqlite:///{tmp_path}/ledger.db", kind="ledger")
    campaign = desk.campaign()
    (draft,) = desk.drafts(campaign)
    assert draft.digest
    verdicts = review.approve(db, campaign, [draft], digests={KEY: draft.digest[:12].upper()}, by="london-1", now=NOW)
    assert verdicts == [review.Verdict(key=KEY, outcome="approved", detail=None)]
    with db.read() as connection:
        assert ledger.deliveries(connection) == {
            KEY: Delivery(
                post=draft.post,
                state=State.WAITING,
                reason=None,
                digest=draft.digest,
                due=AT,
                until=AT + timedelta(hours=6),
                since=NOW,
            )
        }
        assert kept.approvals(connection) == {KEY: [Approval(key=KEY, digest=draft.digest, by="london-1", at=NOW)]}
        loaded = kept.load(connection, KEY, draft.digest)
        assert (loaded.text, loaded.account, loaded.digest) == (draft.text, draft.account, draft.digest)
        assert set(kept.ready(connection, {KEY: (draft.post, draft.digest)}, approvals=1)) == {KEY}
        assert ledger.seen(connection) == {KEY: NOW}
        assert [e.entry["what"] for e in journal.entries(connection, journal.PEOPLE)] == ["approve"]
    db.close()


@pytest.mark.parametrize(
    ("slot", "stands"),
    [
        (desk.slot(), ("WAITING", None)),
        (desk.slot(armed=True), ("HELD", Hold.ARMED)),
        (desk.slot(when=c.Called()), ("HELD", Hold.CALLED)),
        (desk.slot(when=c.Called(), armed=True), ("HELD", Hold.CALLED)),
    ],
)
def test_where_an_approved_post_waits(slot: c.Slot, stands: tuple[str, str | None]) -> None:
    with desk.memory() as db:
        assert desk.approve(db, desk.campaign(slot)) == [("approved", stands[1])]
        assert desk.stands(db) == stands


def test_approving_again_changes_nothing() -> None:
    with desk.memory() as db:
        for slot in (desk.slot(), desk.slot("hour", armed=True)):
            campaign = desk.campaign(slot)
            desk.approve(db, campaign)
            before = desk.found(db, f"wad/{slot.id}/london/en-GB/x-london")
            assert [outcome for outcome, _ in desk.approve(db, campaign, now=NOW + desk.HOUR)] == ["approved"]
            assert desk.found(db, before.key) == before


@pytest.mark.parametrize(
    ("digests", "said"),
    [
        ({"wad/mornin/london/en-GB/x-london": "a" * 12}, f"no such post; did you mean {KEY}?"),
        ({"nothing": "a" * 12}, "nothing: the plan has no such post"),
        ({KEY: "abc"}, "'abc' is not a digest, nor its first 12 hex digits or more"),
        ({KEY: "x" * 12}, "is not a digest"),
        ({KEY: "0" * 12}, "you saw 000000000000, it is now"),
    ],
)
def test_what_is_not_exact_is_refused(digests: dict[str, str], said: str) -> None:
    campaign = desk.campaign()
    with desk.memory() as db, pytest.raises(errors.UserError) as raised:
        review.approve(db, campaign, desk.drafts(campaign), digests=digests, by="london-1", now=NOW)
    assert raised.value.message.startswith("nothing is approved; ")
    assert said in raised.value.message


def test_one_that_differs_keeps_all_from_being_approved() -> None:
    campaign = desk.campaign(desk.slot(), desk.slot("reminder", when=desk.on_day(-1, 18)))
    here = desk.drafts(campaign)
    digests = {draft.key: draft.digest or "" for draft in here} | {KEY: "0" * 64}
    with desk.memory() as db:
        with pytest.raises(errors.UserError):
            review.approve(db, campaign, here, digests=digests, by="london-1", now=NOW)
        with db.read() as connection:
            assert (ledger.deliveries(connection), kept.approvals(connection)) == ({}, {})


def test_the_difference_is_shown_line_by_line_where_the_old_words_are_known() -> None:
    old = desk.campaign(text="We meet.\nBring a candle.")
    new = desk.campaign(desk.slot(when=desk.on_day(0, 9)), text="We meet.\nBring a lamp.")
    with desk.memory() as db:
        desk.approve(db, old)
        (before,), (after,) = desk.drafts(old), desk.drafts(new)
        with pytest.raises(errors.UserError) as raised:
            review.approve(db, new, [after], digests={KEY: before.digest or ""}, by="london-1", now=NOW)
    assert before.digest
    assert after.digest
    assert raised.value.message.splitlines() == [
        "nothing is approved; read these again and approve what you see:",
        f"{KEY}: you saw {before.digest[:12]}, it is now {after.digest[:12]}",
        "  - time: 2026-12-01T08:30 (Europe/London)",
        "  + time: 2026-12-01T09:00 (Europe/London)",
        "  - text: Bring a candle. (morning)",
        "  + text: Bring a lamp. (morning)",
    ]


def test_the_first_of_two_knows_the_old_words_too() -> None:
    old, new = desk.campaign(approvals=2), desk.campaign(approvals=2, text="Come.")
    (seen,) = desk.drafts(old)
    with desk.memory() as db:
        desk.approve(db, old)
        with pytest.raises(errors.UserError) as raised:
            review.approve(db, new, desk.drafts(new), digests={KEY: seen.digest or ""}, by="london-2", now=NOW)
    assert raised.value.message.splitlines()[2:] == ["  - text: We meet. (morning)", "  + text: Come. (morning)"]


def test_where_the_old_words_are_not_known_the_new_ones_are_shown() -> None:
    picture = c.Picture(path="media/morning.png", media_type="image/png", data=b"\x89PNG")
    account = made.account(base_url="http://127.0.0.1:8001")
    campaign = desk.campaign(pictures={"morning": picture}, accounts={"x-london": account})
    (draft,) = desk.drafts(campaign)
    draft = dataclasses.replace(draft, missing=())
    with desk.memory() as db, pytest.raises(errors.UserError) as raised:
        review.approve(db, campaign, [draft], digests={KEY: "0" * 12}, by="london-1", now=NOW)
    assert raised.value.message.splitlines()[2:] == [
        "  + time: 2026-12-01T08:30 (Europe/London)",
        "  + account: x wad_london at http://127.0.0.1:8001",
        "  + text: We meet. (morning)",
        "  + picture: media/morning.png, 4 bytes",
        "  + alt text: none",
    ]


def test_a_draft_that_lacks_something_is_named_with_what_it_lacks() -> None:
    city = made.city(accounts=("x-london",), status=c.CityStatus.DRAFT)
    campaign = desk.campaign(cities={"london": city})
    with desk.memory() as db, pytest.raises(errors.UserError, match=r"x-london: it lacks city\.status: draft"):
        desk.approve(db, campaign)


@pytest.mark.parametrize("by", ["", "  ", "a" * 65, "a\nb", "london-1 ", " london-1", "\uff4condon-1"])
def test_an_organiser_has_a_short_id(by: str) -> None:
    with desk.memory() as db, pytest.raises(errors.UserError, match="toronto-1"):
        desk.approve(db, desk.campaign(), by=by)


def test_two_organisers_where_the_campaign_asks_for_two() -> None:
    campaign = desk.campaign(approvals=2)
    first = ("waits for another", "1 of 2 organisers have said yes")
    with desk.memory() as db:
        assert desk.approve(db, campaign, by="london-1") == [first]
        assert desk.approve(db, campaign, by="LONDON-1") == [first]
        with db.read() as connection:
            assert ledger.deliveries(connection) == {}
            assert ledger.approvals_asked(connection) == 2
        assert desk.approve(db, campaign, by="london-2") == [("approved", None)]
        assert desk.stands(db) == ("WAITING", None)


def test_a_yes_to_other_words_does_not_count() -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign(approvals=2), by="london-1")
        other = desk.campaign(approvals=2, text="Come.")
        assert [o for o, _ in desk.approve(db, other, by="london-2")] == ["waits for another"]
        assert [o for o, _ in desk.approve(db, other, by="london-1")] == ["approved"]
        assert desk.found(db).digest == desk.drafts(other)[0].digest


def test_the_first_yes_to_new_words_withdraws_the_old_ones() -> None:
    with desk.memory() as db:
        for by in ("london-1", "london-2"):
            desk.approve(db, desk.campaign(approvals=2), by=by)
        new = desk.campaign(approvals=2, text="Come.")
        assert [o for o, _ in desk.approve(db, new, by="london-1")] == ["waits for another"]
        assert desk.stands(db) == ("HELD", Hold.VOID)
        assert [o for o, _ in desk.approve(db, new, by="london-2")] == ["approved"]
        assert desk.stands(db) == ("WAITING", None)
        with db.read() as connection:
            assert [(one.by, one.digest) for one in kept.approvals(connection)[KEY]] == [
                ("london-1", desk.drafts(new)[0].digest),
                ("london-2", desk.drafts(new)[0].digest),
            ]


def test_new_words_and_a_new_time_take_the_place_of_the_old() -> None:
    new = desk.campaign(desk.slot(when=desk.on_day(0, 10)), text="Come.")
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        assert desk.approve(db, new) == [("approved", None)]
        (draft,) = desk.drafts(new)
        assert desk.found(db) == Delivery(
            post=draft.post,
            state=State.WAITING,
            reason=None,
            digest=draft.digest,
            due=datetime(2026, 12, 1, 10, 0, tzinfo=UTC),
            until=datetime(2026, 12, 1, 16, 0, tzinfo=UTC),
            since=NOW,
        )


# ——— what is past


HINT = "due 2026-12-01 08:30 UTC is past; approve with --late to send it at the next minute the limits allow"


def test_what_is_past_when_it_first_appears_is_skipped() -> None:
    with desk.memory() as db:
        assert desk.approve(db, desk.campaign(), now=PAST) == [("refused", HINT)]
        with db.read() as connection:
            assert (ledger.deliveries(connection), kept.approvals(connection), ledger.seen(connection)) == ({}, {}, {})


def test_what_a_live_run_saw_in_time_may_still_be_approved_until_its_last_moment() -> None:
    with desk.memory() as db:
        desk.take_up(db, desk.campaign(), now=NOW)
        assert desk.approve(db, desk.campaign(), now=LATER) == [("refused", HINT)]
        assert desk.approve(db, desk.campaign(), now=PAST) == [("approved", None)]
        assert desk.stands(db) == ("WAITING", None)


def test_late_goes_at_the_next_minute_and_until_counts_from_then() -> None:
    now = PAST + timedelta(seconds=20)
    with desk.memory() as db:
        assert desk.approve(db, desk.campaign(), now=now, late=True) == [
            ("approved", "goes out at 2026-12-01 09:01 (Europe/London)")
        ]
        (draft,) = desk.drafts(desk.campaign())
        assert desk.found(db) == Delivery(
            post=draft.post,
            state=State.WAITING,
            reason=None,
            digest=draft.digest,
            due=AT,
            until=now + timedelta(hours=6),
            since=now,
            not_before=PAST + timedelta(minutes=1),
        )


def test_late_keeps_spacing_among_the_late() -> None:
    slots = [desk.slot(name, when=desk.on_day(-3, hour)) for name, hour in (("a", 10), ("b", 12), ("d", 14))]
    with desk.memory() as db:
        verdicts = desk.approve(db, desk.campaign(*slots), now=PAST, late=True)
    assert [detail for _, detail in verdicts] == [
        f"goes out at 2026-12-01 {at} (Europe/London)" for at in ("09:00", "09:30", "10:00")
    ]


def test_late_where_the_limits_leave_no_minute() -> None:
    now = datetime(2026, 12, 1, 22, 0, tzinfo=UTC)
    with desk.memory() as db:
        assert desk.approve(db, desk.campaign(), now=now, late=True) == [
            ("refused", "the limits allow no minute before its last moment (2026-12-02 04:00 UTC)")
        ]
        with db.read() as connection:
            assert kept.approvals(connection) == {}


def test_late_does_not_move_an_end_that_is_an_instant() -> None:
    campaign = desk.campaign(desk.slot(until=c.Edge.START))
    with desk.memory() as db:
        desk.approve(db, campaign, now=PAST, late=True)
        assert desk.found(db).until == datetime(2026, 12, 1, 18, 0, tzinfo=UTC)


def test_late_and_armed_waits_for_a_person_on_new_terms() -> None:
    with desk.memory() as db:
        assert desk.approve(db, desk.campaign(desk.slot(armed=True)), now=PAST, late=True) == [("approved", Hold.ARMED)]
        found = desk.found(db)
        assert (found.state, found.not_before, found.until) == (State.HELD, None, PAST + timedelta(hours=6))


def test_late_is_of_no_concern_to_what_is_still_to_come() -> None:
    with desk.memory() as db:
        assert desk.approve(db, desk.campaign(), late=True) == [("approved", None)]
        assert desk.found(db).not_before is None


# ——— what the ledger already carries


def test_what_is_out_is_out() -> None:
    receipt = Receipt(id="1", url=None, at=AT)
    words = "it is out already: nothing changes it any more"
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.move(db, State.SENDING, State.WAITING)
        going = "it is going out at this moment: look at it again in a minute"
        assert desk.approve(db, desk.campaign(text="Come.")) == [("refused", going)]
        desk.move(db, State.IN_DOUBT, State.SENDING)
        assert desk.approve(db, desk.campaign()) == [
            ("approved", "nobody knows yet whether it is out: `settle` it first")
        ]
        desk.move(db, State.SENT, State.IN_DOUBT, receipt=receipt)
        before = desk.found(db)
        assert desk.approve(db, desk.campaign()) == [("approved", words)]
        assert desk.approve(db, desk.campaign(text="Come.")) == [("refused", words)]
        assert desk.found(db) == before


@pytest.mark.parametrize("hold", [Hold.PERSON, Hold.LATE, Hold.RENAMED])
def test_a_yes_never_lifts_a_persons_hold(hold: Hold) -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.move(db, State.HELD, State.WAITING, reason=hold)
        new = desk.campaign(text="Come.")
        assert desk.approve(db, new) == [("approved", f"still held ({hold}): `arm` releases it")]
        assert desk.stands(db) == ("HELD", hold)
        assert desk.found(db).digest == desk.drafts(new)[0].digest
        assert desk.approve(db, new) == [("approved", f"still held ({hold}): `arm` releases it")]


@pytest.mark.parametrize(
    ("slot", "reason", "stands"),
    [
        (desk.slot(), Hold.VOID, ("WAITING", None)),
        (desk.slot(armed=True), Hold.VOID, ("HELD", Hold.ARMED)),
        (desk.slot(when=c.Called()), Hold.VOID, ("HELD", Hold.CALLED)),
        (desk.slot(), Hold.ARMED, ("WAITING", None)),
    ],
)
def test_a_void_approval_given_anew(slot: c.Slot, reason: Hold, stands: tuple[str, str | None]) -> None:
    campaign = desk.campaign(slot)
    with desk.memory() as db:
        with db.write() as connection:
            (draft,) = desk.drafts(campaign)
            ledger.add(connection, post=draft.post, state=State.HELD, reason=reason, digest="0" * 64, by="x", now=NOW)
        desk.approve(db, campaign, now=NOW + desk.HOUR)
        assert desk.stands(db) == stands
        assert desk.found(db).digest == draft.digest


def test_a_void_post_whose_last_moment_is_over_needs_late() -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.move(db, State.HELD, State.WAITING, reason=Hold.VOID)
        assert desk.approve(db, desk.campaign(), now=LATER) == [("refused", HINT)]
        assert desk.approve(db, desk.campaign(), now=LATER, late=True) == [
            ("approved", "goes out at 2026-12-01 15:00 (Europe/London)")
        ]
        assert desk.stands(db) == ("WAITING", None)


@pytest.mark.parametrize("over", [State.MISSED, State.CANCELLED])
def test_what_was_missed_or_cancelled_comes_back_with_a_new_time(over: State) -> None:
    tomorrow = desk.campaign(desk.slot(when=desk.on_day(1, 9)))
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.move(db, over, State.WAITING)
        assert desk.approve(db, desk.campaign(), now=PAST) == [("refused", HINT)]
        assert desk.approve(db, tomorrow, now=PAST) == [("approved", None)]
        assert desk.stands(db) == ("WAITING", None)
        assert desk.found(db).due == datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


def test_what_was_cancelled_needs_every_yes_anew() -> None:
    campaign = desk.campaign(approvals=2)
    with desk.memory() as db:
        for by in ("london-1", "london-2"):
            desk.approve(db, campaign, by=by)
        desk.move(db, State.CANCELLED, State.WAITING, now=NOW + desk.HOUR)
        for by, outcome in (("london-1", "waits for another"), ("london-2", "approved")):
            assert [o for o, _ in desk.approve(db, campaign, by=by, now=NOW + 2 * desk.HOUR)] == [outcome]
        assert desk.stands(db) == ("WAITING", None)


def failed(db: Database, campaign: c.Campaign) -> None:
    desk.approve(db, campaign)
    desk.move(db, State.SENDING, State.WAITING)
    desk.move(db, State.FAILED, State.SENDING, reason="refused")


def test_what_failed_in_these_words_waits_for_a_retry() -> None:
    with desk.memory() as db:
        failed(db, desk.campaign())
        assert desk.approve(db, desk.campaign()) == [("approved", "it failed: `retry` sends it")]
        assert desk.stands(db) == ("FAILED", "refused")


def test_what_failed_goes_on_in_new_words() -> None:
    with desk.memory() as db:
        failed(db, desk.campaign())
        assert desk.approve(db, desk.campaign(text="Come.")) == [("approved", None)]
        assert desk.stands(db) == ("WAITING", None)
    with desk.memory() as db:
        failed(db, desk.campaign())
        assert desk.approve(db, desk.campaign(desk.slot(armed=True), text="Come.")) == [("approved", Hold.ARMED)]
        assert desk.stands(db) == ("HELD", Hold.ARMED)


# ——— another name for the same


def test_a_new_key_for_what_the_ledger_has_is_held_as_renamed() -> None:
    old = desk.campaign(made.slot(id="old"))
    new = desk.campaign(made.slot(id="new"))
    key = "wad/new/london/en-GB/x-london"
    with desk.memory() as db:
        desk.approve(db, old)
        assert desk.approve(db, new) == [
            (
                "approved",
                "held: wad/old/london/en-GB/x-london (WAITING) says the same there; "
                "`arm` releases it if it is another post",
            )
        ]
        assert desk.stands(db, key) == ("HELD", Hold.RENAMED)
        desk.move(db, State.CANCELLED, State.HELD, key=key)
        assert desk.approve(db, new)[0][0] == "approved"
        assert desk.stands(db, key) == ("HELD", Hold.RENAMED)


def test_an_account_that_the_files_forgot_is_known_by_its_kept_words() -> None:
    city = made.city(accounts=("x-gone",))
    gone = made.account(id="x-gone", handle="another")
    with desk.memory() as db:
        desk.approve(db, desk.campaign(cities={"london": city}, accounts={"x-gone": gone}))
        assert desk.approve(db, desk.campaign()) == [("approved", None)]
        assert desk.stands(db) == ("WAITING", None)


def test_slots_side_by_side_are_no_renaming() -> None:
    campaign = desk.campaign(made.slot(id="one"), made.slot(id="two", when=c.OnDay(days=0, at=time(12, 0))))
    with desk.memory() as db:
        assert desk.approve(db, campaign) == [("approved", None), ("approved", None)]
