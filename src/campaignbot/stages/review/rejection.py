"""An organiser says no."""

from datetime import datetime

from campaignbot.model import errors
from campaignbot.model.delivery import Hold, State
from campaignbot.stages.review import approval, course
from campaignbot.store import drafts as kept
from campaignbot.store import ledger
from campaignbot.store.database import Database

LONGEST_WHY = 1000


def reject(db: Database, *, key: str, by: str, why: str, now: datetime) -> None:
    """The organiser `by` withdraws every yes to a post and says why; what waits of it is held until it is approved
    again. UserError where the reason is missing or too long, or the post is out, going out or in doubt."""
    approval.organiser(by)
    if not why.strip() or len(why) > LONGEST_WHY:
        raise errors.UserError(f"say in --why what is wrong with it, in at most {LONGEST_WHY} letters")
    with db.write() as c:
        delivery = ledger.deliveries(c, keys=[key]).get(key)
        if words := course.beyond(delivery):
            raise errors.UserError(f"{key} cannot be rejected: {words}")
        kept.reject(c, key=key, by=by, why=why, now=now)
        if delivery is None or delivery.reason in course.FIRM or delivery.reason == Hold.VOID:
            return
        if delivery.state is State.HELD:  # the ledger keeps no move from HELD to HELD
            ledger.move(c, key, sources={State.HELD}, to=State.WAITING, by=by, now=now)
        if delivery.state in (State.HELD, State.WAITING):
            ledger.move(c, key, sources={State.WAITING}, to=State.HELD, by=by, now=now, reason=Hold.VOID)
