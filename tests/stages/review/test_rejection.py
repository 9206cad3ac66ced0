import pytest

from campaignbot.model import errors
from campaignbot.model.campaign import Called, Slot
from campaignbot.model.delivery import Hold, State
from campaignbot.stages import review
from campaignbot.store import drafts as kept
from campaignbot.store import journal, ledger
from campaignbot.store.database import Database
from stages.review import desk
from stages.review.desk import KEY, NOW


def reject(db: Database, *, by: str = "london-2", why: str = "the hour is wrong") -> None:
    review.reject(db, key=KEY, by=by, why=why, now=NOW)


@pytest.mark.parametrize("slot", [desk.slot(), desk.slot(armed=True), desk.slot(when=Called())])
def test_a_no_withdraws_every_yes_and_holds_the_post(slot: Slot) -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign(slot))
        reject(db)
        assert desk.stands(db) == ("HELD", Hold.VOID)
        with db.read() as connection:
            assert kept.approvals(connection) == {}
            assert kept.rejected(connection) == {KEY: [("london-2", "the hour is wrong", NOW)]}
            assert journal.entries(connection, journal.PEOPLE)[-1].entry == {
                "what": "reject",
                "key": KEY,
                "by": "london-2",
            }


def test_a_no_to_what_nobody_approved_is_remembered() -> None:
    with desk.memory() as db:
        reject(db)
        with db.read() as connection:
            assert kept.rejected(connection) == {KEY: [("london-2", "the hour is wrong", NOW)]}
            assert ledger.deliveries(connection) == {}


def test_a_no_leaves_a_persons_hold_and_what_is_over_where_they_are() -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.move(db, State.HELD, State.WAITING, reason=Hold.PERSON)
        reject(db)
        assert desk.stands(db) == ("HELD", Hold.PERSON)
        desk.move(db, State.CANCELLED, State.HELD, reason="cancelled")
        reject(db)
        assert desk.stands(db) == ("CANCELLED", "cancelled")


def test_a_no_comes_too_late_for_what_is_out() -> None:
    with desk.memory() as db:
        desk.approve(db, desk.campaign())
        desk.move(db, State.SENDING, State.WAITING)
        with pytest.raises(errors.UserError, match="cannot be rejected: it is going out at this moment"):
            reject(db)
        desk.move(db, State.SENT, State.SENDING)
        with pytest.raises(errors.UserError, match="cannot be rejected: it is out already"):
            reject(db)


@pytest.mark.parametrize(("by", "why"), [("", "x"), ("london-2", " "), ("london-2", "x" * 1001)])
def test_a_no_has_a_name_and_a_reason(by: str, why: str) -> None:
    with desk.memory() as db, pytest.raises(errors.UserError):
        reject(db, by=by, why=why)
