import dataclasses
from datetime import UTC, datetime, time, timedelta

import made
from campaignbot.model import campaign as c
from campaignbot.stages import plan

MINUTE = timedelta(minutes=1)


def test_a_post_says_all_that_its_slot_says() -> None:
    slot = made.slot(until=c.Edge.START, late=c.Late.ASK, armed=True, ignores_quiet=True, accounts=("x-london",))
    (post,) = plan.posts(made.campaign(slots=(slot,)))
    assert post == made.post(
        expires=datetime(2026, 12, 1, 18, tzinfo=UTC), late=c.Late.ASK, armed=True, ignores_quiet=True
    )


def test_an_instant_keeps_its_seconds() -> None:
    slot = made.slot(when=c.AtInstant(at=made.NOON + timedelta(seconds=5)))
    assert {post.wall for post in plan.posts(made.campaign(slots=(slot,)))} == {"2026-12-01T12:00:05"}


def test_two_accounts_of_one_login_never_speak_in_the_same_minute() -> None:
    accounts = {name: made.account(id=name, handle="wad_london") for name in ("x-london", "x-again")}
    city = made.city(accounts=("x-london", "x-again"))
    posts = plan.posts(made.campaign(accounts=accounts, cities={"london": city}))
    eight_thirty = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    assert [(post.account, post.due) for post in posts] == [
        ("x-london", eight_thirty),
        ("x-again", eight_thirty + MINUTE),
    ]


def test_a_version_pushed_into_anothers_minute_moves_on() -> None:
    """Two cities whose actions start a minute apart share one account, and the first speaks two languages."""
    first = made.city(languages=("en-GB", "fr-FR"), accounts=("x-london",))
    second = made.city(
        id="brixton",
        accounts=("x-london",),
        action=dataclasses.replace(first.action, start=time(18, 1)),
    )
    slot = made.slot(when=c.AtAction(edge=c.Edge.START))
    posts = plan.posts(made.campaign(cities={"london": first, "brixton": second}, slots=(slot,)))
    six = datetime(2026, 12, 1, 18, tzinfo=UTC)
    assert [(post.city, post.language, post.due, post.wall) for post in posts] == [
        ("london", "en-GB", six, "2026-12-01T18:00"),
        ("london", "fr-FR", six + MINUTE, "2026-12-01T18:00"),
        ("brixton", "en-GB", six + 2 * MINUTE, "2026-12-01T18:01"),
    ]


def test_a_crowd_on_one_account_is_parted_minute_by_minute() -> None:
    cities = {f"c{n}": made.city(id=f"c{n}", accounts=("x-london",)) for n in range(300)}
    posts = plan.posts(made.campaign(cities=cities))
    start = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    assert [(post.city, post.due) for post in posts] == [(f"c{n}", start + n * MINUTE) for n in range(300)]
