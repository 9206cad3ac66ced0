import dataclasses
from datetime import UTC, datetime
from typing import Any

import made
from campaignbot.model.campaign import CityStatus
from campaignbot.stages import review
from campaignbot.store.database import Database
from stages.review import desk
from stages.review.desk import KEY, NOW

PAST = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
OVER = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def state(db: Database | None, now: datetime, **changes: Any) -> str:
    drafts = desk.drafts(desk.campaign(**changes))
    (row,) = review.rows(db, drafts, now=now)
    assert row == review.Row(draft=drafts[0], state=row.state)
    return row.state


def test_before_anything_is_recorded() -> None:
    draft_city = dataclasses.replace(made.city(accounts=("x-london",)), status=CityStatus.DRAFT)
    assert state(None, NOW) == "UNAPPROVED"
    assert state(None, PAST) == "SKIPPED"
    assert state(None, NOW, cities={"london": draft_city}) == "UNREADY"
    assert state(None, PAST, cities={"london": draft_city}) == "UNREADY"


def test_a_delivery_says_where_it_stands() -> None:
    with desk.memory() as db:
        assert state(db, NOW) == "UNAPPROVED"
        desk.approve(db, desk.campaign())
        assert state(db, NOW) == "WAITING"
        assert state(db, OVER, text="Come.") == "WAITING"


def test_what_was_seen_in_time_is_skipped_only_once_its_last_moment_is_over() -> None:
    with desk.memory() as db:
        desk.take_up(db, desk.campaign(), now=NOW)
        assert (state(db, PAST), state(db, OVER)) == ("UNAPPROVED", "SKIPPED")
    with desk.memory() as db:
        desk.take_up(db, desk.campaign(), now=PAST)
        assert state(db, PAST) == "SKIPPED"


def test_rows_come_in_the_order_given() -> None:
    campaign = desk.campaign(desk.slot(), desk.slot("reminder", when=desk.on_day(-1, 18)))
    drafts = desk.drafts(campaign)
    with desk.memory() as db:
        desk.approve(db, campaign, KEY)
        assert [row.state for row in review.rows(db, drafts, now=NOW)] == ["UNAPPROVED", "WAITING"]
        assert [row.draft for row in review.rows(db, drafts[::-1], now=NOW)] == drafts[::-1]
