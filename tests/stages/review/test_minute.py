import dataclasses
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

import made
from campaignbot.model.campaign import Pacing
from campaignbot.model.delivery import Receipt, State
from campaignbot.stages.review import minute
from stages.review import desk

LOGIN = ("x", "wad_london")


def at(day: int, hour: int, minutes: int = 0, seconds: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minutes, seconds, tzinfo=UTC)


def free(now: datetime, *taken: tuple[str, datetime], post: Any = None, **pacing: Any) -> datetime | None:
    limits: Pacing = dataclasses.replace(made.campaign().pacing, **pacing)
    campaign = made.campaign(pacing=limits)
    beside = [minute.Taken(LOGIN, slot, f"key of {slot}", moment) for slot, moment in taken]
    return minute.first_free(post or made.post(), campaign, beside, now=now)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(1, 9), at(1, 9)),
        (at(1, 9, 0, 1), at(1, 9, 1)),
        (at(1, 20, 59), at(1, 20, 59)),
        (at(1, 20, 59, 1), at(2, 8)),
        (at(1, 21), at(2, 8)),
        (at(2, 3), at(2, 8)),
        (at(2, 8), at(2, 8)),
    ],
)
def test_whole_minutes_outside_the_quiet_hours(now: datetime, expected: datetime) -> None:
    assert free(now) == expected


def test_quiet_hours_are_the_citys() -> None:
    sydney = made.post(zone="Australia/Sydney")
    assert free(at(1, 12), post=sydney) == at(1, 21)
    assert free(at(1, 12), post=sydney, quiet=None) == at(1, 12)
    assert free(at(1, 12), post=dataclasses.replace(sydney, ignores_quiet=True)) == at(1, 12)


def test_spacing_from_what_goes_out_before_and_after() -> None:
    assert free(at(1, 9), ("other", at(1, 8, 45))) == at(1, 9, 15)
    assert free(at(1, 9), ("other", at(1, 9, 29))) == at(1, 9, 59)
    assert free(at(1, 9), ("other", at(1, 9, 30))) == at(1, 9)
    assert free(at(1, 9), ("a", at(1, 9, 10)), ("b", at(1, 9, 50))) == at(1, 10, 20)
    assert free(at(1, 9), ("other", at(1, 9)), spacing=timedelta(0)) == at(1, 9)


def test_versions_of_one_slot_fall_a_minute_apart() -> None:
    assert free(at(1, 9), ("morning", at(1, 9)), ("morning", at(1, 9, 1))) == at(1, 9, 2)


def test_the_cap_counts_the_citys_own_day() -> None:
    two = (("a", at(1, 1)), ("b", at(1, 5)))
    assert free(at(1, 9), *two, per_account_per_day=3) == at(1, 9)
    assert free(at(1, 9), *two, per_account_per_day=2) == at(2, 8)
    assert free(at(1, 9), *two, per_account_per_day=2, quiet=None) == at(2, 0)


def test_where_there_is_no_room_at_all() -> None:
    assert free(at(1, 9), per_account_per_day=0) is None


def test_another_login_and_the_post_itself_take_no_room() -> None:
    post = made.post()
    mine = minute.Taken(LOGIN, "morning", post.key, at(1, 9))
    other = minute.Taken(("x", "someone"), "a", "k", at(1, 9))
    assert minute.first_free(post, made.campaign(), [mine, other], now=at(1, 9)) == at(1, 9)


def test_what_is_taken_is_what_the_ledger_carries_and_what_is_still_to_come() -> None:
    slots = [desk.slot(name, when=desk.on_day(0, 10 + n)) for n, name in enumerate("abde")]
    campaign = desk.campaign(*slots, desk.slot("past", when=desk.on_day(-20, 9)), desk.slot("gone"))
    drafts = desk.drafts(campaign)
    keys = {draft.post.slot: draft.key for draft in drafts}
    with desk.memory() as db:
        desk.approve(db, campaign, *(keys[name] for name in ("a", "b", "d", "gone")))
        desk.move(db, State.MISSED, State.WAITING, key=keys["gone"])
        desk.move(db, State.HELD, State.WAITING, key=keys["b"], not_before=at(1, 11, 30))
        desk.move(db, State.SENDING, State.WAITING, key=keys["d"])
        receipt = Receipt(id="1", url=None, at=at(1, 12, 5))
        desk.move(db, State.SENT, State.SENDING, key=keys["d"], receipt=receipt)
        found = {draft.key: desk.found(db, draft.key) for draft in drafts if draft.post.slot in ("a", "b", "d", "gone")}
    moved = dataclasses.replace(campaign, accounts={})
    assert [(t.slot, t.at) for t in minute.taken(campaign, found, drafts, now=desk.NOW)] == [
        ("a", at(1, 10)),
        ("b", at(1, 11, 30)),
        ("d", at(1, 12, 5)),
        ("e", at(1, 13)),
    ]
    assert {t.login for t in minute.taken(campaign, found, drafts, now=desk.NOW)} == {LOGIN}
    assert {t.login for t in minute.taken(moved, found, drafts, now=desk.NOW)} == {("x", "x-london")}


def test_quiet_hours_within_one_day() -> None:
    assert free(at(1, 13), quiet=(time(12, 0), time(14, 0))) == at(1, 14)
