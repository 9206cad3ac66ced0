"""Small real objects for tests: a campaign of one city, a post, a draft; each field can be set."""

import dataclasses
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from campaignbot.model import campaign as c
from campaignbot.model import post as p
from campaignbot.model.reply import Guess, Intent

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def city(**changes: Any) -> c.City:
    made = c.City(
        id="london",
        names={"en": "London", "fr": "Londres"},
        aliases=("LDN",),
        country="GB",
        zone=ZoneInfo("Europe/London"),
        languages=("en-GB",),
        accounts=("x-london", "fb-london"),
        recipients=(),
        status=c.CityStatus.READY,
        venue="Kensington Gardens",
        address=None,
        map="https://example.org/map",
        contact="london@example.org",
        action=c.Action(date=date(2026, 12, 1), start=time(18, 0), end=time(19, 30)),
        notice=None,
    )
    return dataclasses.replace(made, **changes)


def account(**changes: Any) -> c.Account:
    return dataclasses.replace(c.Account(id="x-london", platform="x", handle="wad_london"), **changes)


def slot(**changes: Any) -> c.Slot:
    made = c.Slot(
        id="morning",
        message="morning_of",
        when=c.OnDay(days=0, at=time(8, 30)),
        until=timedelta(hours=6),
        late=c.Late.SEND,
        armed=False,
        ignores_quiet=False,
        needs=(),
        cities=None,
        languages=None,
        accounts=None,
    )
    return dataclasses.replace(made, **changes)


def template(**changes: Any) -> c.Template:
    made = c.Template(
        path="messages/en/morning_of.txt.j2",
        language="en",
        message="morning_of",
        kind=c.Kind.TEXT,
        platform=None,
        city=None,
        source="{{ city.name }}: we meet at {{ action.time }}, {{ city.venue }}. {{ hashtags }}\n",
    )
    return dataclasses.replace(made, **changes)


def campaign(**changes: Any) -> c.Campaign:
    accounts = (account(), account(id="fb-london", platform="facebook", handle=None, page="1234567890"))
    made = c.Campaign(
        id="wad",
        name="World AIDS Day 2026",
        date=date(2026, 12, 1),
        hashtags={"en": ("WorldAIDSDay", "HarmReduction")},
        links={
            "join": "https://example.org/join",
            "safety": "https://example.org/safety",
            "next": "https://example.org/next",
        },
        recipients=(),
        approvals=1,
        proofread={"en": "a native reader"},
        retention=c.Retention(joiners=timedelta(days=14), waiting=timedelta(hours=72)),
        alarms=(),
        helplines={},
        pacing=c.Pacing(
            quiet=(time(21, 0), time(8, 0)),
            spacing=timedelta(minutes=30),
            per_account_per_day=8,
            duplicate_window=timedelta(days=7),
            settle=timedelta(minutes=5),
            poll=timedelta(minutes=3),
        ),
        accounts={a.id: a for a in accounts},
        cities={"london": city()},
        slots=(slot(),),
        templates=(template(),),
        pictures={},
    )
    return dataclasses.replace(made, **changes)


def post(**changes: Any) -> p.Post:
    made = p.Post(
        campaign="wad",
        slot="morning",
        message="morning_of",
        city="london",
        language="en-GB",
        account="x-london",
        platform="x",
        zone="Europe/London",
        wall="2026-12-01T08:30",
        due=datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
        expires=timedelta(hours=6),
    )
    return dataclasses.replace(made, **changes)


def draft(**changes: Any) -> p.Draft:
    made = p.Draft(post=post(), account=account(), text="London: we meet at 18:00. #WorldAIDSDay", length=39, limit=280)
    return dataclasses.replace(made, **changes)


LIMITS_X = p.Limits(
    length=280,
    counting=p.Counting.WEIGHTED,
    pictures=4,
    picture_bytes=5_000_000,
    picture_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
    alt_length=1000,
    cost_usd=Decimal("0.015"),
    cost_link_usd=Decimal("0.20"),
)
LIMITS_FACEBOOK = p.Limits(
    length=63206,
    counting=p.Counting.CHARACTERS,
    pictures=10,
    picture_bytes=4_000_000,
    picture_types=("image/jpeg", "image/png", "image/gif"),
    alt_length=1000,
    cost_usd=Decimal(0),
    cost_link_usd=Decimal(0),
)


def guess(intent: Intent, confidence: float) -> Guess:
    """What a model says that is so sure of this, and knows no more of the others."""
    others = (1 - confidence) / (len(Intent) - 1)
    return Guess(shares=tuple(confidence if one is intent else others for one in Intent))


def lines_run(call: Callable[[], object]) -> int:
    """How many lines of Python a call runs: its work, counted alike on every machine and under every load."""
    count = 0

    def line(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        call()
    finally:
        sys.settrace(before)
    return count
