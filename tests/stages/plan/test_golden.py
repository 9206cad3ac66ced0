"""Small campaign folders beside their expected plans: `plan.expected` has a line a post (due, until, key), and
`faults.expected` a line for each thing that is wrong with the plan."""

from datetime import date, datetime
from pathlib import Path

import pytest

import made
from campaignbot.model.campaign import Account
from campaignbot.model.errors import Fault
from campaignbot.model.post import Limits, Post
from campaignbot.stages import load, plan

CASES = sorted(path.parent for path in (Path(__file__).parents[2] / "campaigns").glob("*/schedules.yaml"))


def limits(account: Account) -> Limits:
    return made.LIMITS_X if account.platform == "x" else made.LIMITS_FACEBOOK


def utc(moment: datetime | None) -> str:
    return "called" if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def shown(post: Post) -> str:
    return f"{utc(post.due)} {utc(post.until)} {post.key}"


def said(fault: Fault) -> str:
    return f"{fault.severity} {fault.code} {fault}"


def expected(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_there_are_cases() -> None:
    assert len(CASES) == 13


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_folder_plans_as_expected(case: Path) -> None:
    campaign, _ = load.read(case, limits=limits, today=date(2026, 9, 1))
    assert campaign is not None
    posts = plan.posts(campaign)
    assert [shown(post) for post in posts] == expected(case / "plan.expected")
    assert [said(fault) for fault in plan.faults(campaign, posts)] == expected(case / "faults.expected")
