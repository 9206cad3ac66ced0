"""The simulation is only worth what it finds: each of these bugs, planted in the real code, is found in 200 days."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from campaignbot.model import errors
from campaignbot.model.delivery import State
from campaignbot.platforms.x import answers
from campaignbot.stages.deliver import desk, lane, settling
from campaignbot.store import drafts, journal, ledger
from campaignbot.store.ledger import accounts, lanes, moves, sending
from campaignbot.store.schema import accounts as standing
from campaignbot.store.schema import deliveries as table
from stages.deliver.day import Day, Shelf

SEEDS = 200
Plant = Callable[[pytest.MonkeyPatch], None]
PLANTS: dict[str, Plant] = {}


def plant(bug: Plant) -> Plant:
    PLANTS[bug.__name__.replace("_", " ")] = bug
    return bug


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    yield made
    made.db.close()


@plant
def free_what_is_sending_after_a_time(patch: pytest.MonkeyPatch) -> None:
    real = ledger.move

    def move(c: Any, key: str, **how: Any) -> bool:
        if how["to"] is State.IN_DOUBT:
            how |= {"to": State.WAITING, "settle_at": None}
        return real(c, key, **how)

    patch.setattr(ledger, "move", move)


@plant
def skip_the_intent(patch: pytest.MonkeyPatch) -> None:
    def begin(_c: Any, chosen: Any, **how: Any) -> Any:
        return "a", [dataclasses.replace(one, state=State.SENDING, attempts=one.attempts + 1) for one in chosen]

    patch.setattr(sending, "begin", begin)


@plant
def take_a_server_error_for_not_sent(patch: pytest.MonkeyPatch) -> None:
    rows = [dataclasses.replace(row, means=errors.TryLater) if row == answers.ROWS[-1] else row for row in answers.ROWS]
    patch.setattr(answers, "ROWS", tuple(rows))


@plant
def settle_too_early(patch: pytest.MonkeyPatch) -> None:
    real = ledger.pacing
    patch.setattr(ledger, "pacing", lambda c: dataclasses.replace(real(c), settle=timedelta(seconds=1)))


@plant
def match_by_text_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(desk, "SKEW", timedelta(days=3650))


@plant
def believe_our_own_clock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(desk, "SKEW", timedelta(0))


@plant
def drop_the_compare(patch: pytest.MonkeyPatch) -> None:
    def move(c: Any, key: str, *, to: State, reason: Any = None, settle_at: Any = None, **_: Any) -> bool:
        found = ledger.deliveries(c, keys=[key])[key]
        wake = found.due if to is State.WAITING else settle_at
        changed = {"state": to, "reason": reason, "settle_at": settle_at, "wake": wake}
        c.execute(table.update().where(table.c.key == key).values(changed))
        chain, entry = moves.line(key, account=found.post.account, source=found.state, to=to, by="", reason=reason)
        journal.add(c, chain=chain, entry=entry, now=found.since)
        return True

    patch.setattr(ledger, "move", move)


@plant
def take_a_late_answer_over_a_persons_decision(patch: pytest.MonkeyPatch) -> None:
    real = sending.record

    def record(c: Any, results: Any, **how: Any) -> Any:
        named = list(results)
        for result in named:
            c.execute(table.update().where(table.c.key == result.delivery.key).values(state=State.SENDING))
        return real(c, named, **how)

    patch.setattr(sending, "record", record)


@plant
def post_after_a_stop(patch: pytest.MonkeyPatch) -> None:
    nothing = desk.Halts(world=False, accounts=frozenset(), cities=frozenset())
    patch.setattr(desk, "halts", lambda _: nothing)


@plant
def ignore_the_stop_of_a_country(patch: pytest.MonkeyPatch) -> None:
    real = desk.halts

    def halts(c: Any) -> desk.Halts:
        cities = frozenset(stop.value for stop in ledger.stops(c) if stop.scope == "city")
        return dataclasses.replace(real(c), cities=cities)

    patch.setattr(desk, "halts", halts)


@plant
def ignore_until(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(desk.Desk, "_marked", lambda *_: False)


@plant
def ignore_late(patch: pytest.MonkeyPatch) -> None:
    real = desk.Desk._marked

    def marked(self: desk.Desk, line: lanes.Line) -> bool:
        return real(self, dataclasses.replace(line, freed=True))

    patch.setattr(desk.Desk, "_marked", marked)


@plant
def ignore_a_lost_lease(patch: pytest.MonkeyPatch) -> None:
    waits = standing.c.paused.is_not(None) | (
        standing.c.not_before > bindparam("now", type_=standing.c.not_before.type)
    )
    asked = select(standing.c.account).where(waits)
    patch.setattr(accounts, "closed", lambda c, owner, now: set(c.scalars(asked, {"now": now})))
    patch.setattr(lanes, "flying", lambda _: set())


@plant
def send_after_a_long_sleep(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lane, "_may_leave", lambda _: None)


@plant
def let_a_stop_pass_while_pictures_are_on_their_way(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(desk, "called_back", lambda *_, **__: False)


@plant
def ignore_a_pause_and_patience(patch: pytest.MonkeyPatch) -> None:
    real = accounts.closed

    def closed(c: Any, **how: Any) -> set[str]:
        waits = standing.c.paused.is_not(None) | (standing.c.not_before > how["now"])
        return real(c, **how) - set(c.scalars(standing.select().with_only_columns(standing.c.account).where(waits)))

    patch.setattr(accounts, "closed", closed)


@plant
def let_one_accounts_pause_hold_up_all(patch: pytest.MonkeyPatch) -> None:
    real = desk.Desk._chosen

    def chosen(self: desk.Desk, names: Any, *, room: int) -> Any:
        closed = accounts.closed(self.c, owner=self.owner, now=self.now)
        return [] if closed else real(self, names, room=room)

    patch.setattr(desk.Desk, "_chosen", chosen)


@plant
def send_again_and_again_after_absence(patch: pytest.MonkeyPatch) -> None:
    real = settling.absent
    patch.setattr(settling, "absent", lambda c, line, **how: real(c, dataclasses.replace(line, absences=0), **how))


@plant
def believe_an_absence_that_proves_nothing(patch: pytest.MonkeyPatch) -> None:
    real = settling._settled
    patch.setattr(settling, "_settled", lambda *args, **how: real(*args, **{**how, "proves": True}))


@plant
def send_with_a_void_approval(patch: pytest.MonkeyPatch) -> None:
    real = drafts.ready
    patch.setattr(drafts, "ready", lambda c, posts, approvals: real(c, posts, approvals=0))


@plant
def skip_the_look_at_the_start(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(desk.Desk, "_unseen", lambda *_: False)


@plant
def ignore_the_limits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(desk.Desk, "allowed", lambda _self, _line, start: start)


@plant
def forget_who_is_gone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settling, "_orphans", lambda *_, **__: [])


@plant
def leave_an_answer_out_of_the_journal(patch: pytest.MonkeyPatch) -> None:
    real = sending.record
    patch.setattr(sending, "record", lambda c, results, **how: real(c, results, **{**how, "lines": []}))


@plant
def lose_a_doubt_in_a_failure(patch: pytest.MonkeyPatch) -> None:
    real = lane.carry_out

    def carry_out(platform: Any, order: lane.Order) -> lane.Outcome:
        found = real(platform, order)
        return errors.Refused(found.reason) if isinstance(found, errors.NoAnswer) else found

    patch.setattr(lane, "carry_out", carry_out)


@pytest.mark.proof
@pytest.mark.parametrize("bug", PLANTS)
def test_a_planted_bug_is_found(shelf: Shelf, bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    PLANTS[bug](monkeypatch)
    for seed in range(SEEDS):
        if Day(shelf, seed).play():
            return
    pytest.fail(f"{SEEDS} days passed, and nobody noticed: {bug}")
