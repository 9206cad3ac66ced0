"""Plan, render and store 50,000 distinct posts, half for X, against raw sandboxed Jinja2 rendering of the same.

Both are measured in turn, several times in one process, for about as long, and the median of one is compared with the
median of the other: a shared machine's speed changes from second to second, and the best of the shorter work would be
the luckier one.
"""

import dataclasses
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zoneinfo import ZoneInfo

from jinja2.sandbox import ImmutableSandboxedEnvironment

from benchmarks.figures import Figure
from campaignbot import platforms
from campaignbot.model.campaign import Account, Campaign, City, CityStatus, Kind, OnDay
from campaignbot.model.delivery import State
from campaignbot.model.post import Draft
from campaignbot.stages import load, review
from campaignbot.store import database, drafts, ledger

POSTS = 50_000
BOUND = 0.25
RUNS = 5
#: How often Jinja2 renders all of them in a run, so that both runs take about as long.
TIMES = 4
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def measure() -> Iterator[Figure]:
    campaign = _campaign()
    ours, raw = [], []
    for _ in range(RUNS):
        run, made = _ours(campaign)
        ours.append(run)
        raw.append(_raw(campaign, made))
        del made
    middle = sorted(ours, key=lambda run: run.seconds)[RUNS // 2]
    alone = statistics.median(raw)
    yield Figure(
        name="plan_render_store_ratio",
        value=alone / middle.seconds,
        bound=BOUND,
        at_least=True,
        detail={
            "posts": POSTS,
            "ours_per_second": round(POSTS / middle.seconds),
            "raw_jinja_per_second": round(POSTS / alone),
            "plan_render_seconds": round(middle.plan_render, 2),
            "store_seconds": round(middle.store, 2),
            "ours_seconds_of_each_run": [round(run.seconds, 2) for run in ours],
            "raw_jinja_seconds_of_each_run": [round(seconds, 2) for seconds in raw],
        },
    )


class _Run(NamedTuple):
    """Seconds."""

    plan_render: float
    store: float

    @property
    def seconds(self) -> float:
        return self.plan_render + self.store


def _ours(campaign: Campaign) -> tuple[_Run, list[Draft]]:
    began = time.perf_counter()
    made = review.drafts(campaign, platforms.limits)
    rendered = time.perf_counter()
    assert len(made) == POSTS
    with TemporaryDirectory() as folder:
        book = database.open(f"sqlite:///{Path(folder) / 'ledger.db'}", kind="ledger")
        stored = time.perf_counter()
        with book.write() as c:
            drafts.keep_all(c, made, now=NOW)
            ledger.add_all(
                c,
                [ledger.New(post=d.post, state=State.WAITING, reason=None, digest=d.digest) for d in made],
                by="bench",
                now=NOW,
            )
        ended = time.perf_counter()
        book.close()
    return _Run(plan_render=rendered - began, store=ended - stored), made


def _campaign() -> Campaign:
    """The campaign that ships, with 500 cities and 50 slots: each city in English on X and on Facebook."""
    shipped = load.campaign(load.shipped(), limits=platforms.limits, today=date(2026, 11, 1))
    model = shipped.cities["london"]
    slot = dataclasses.replace(shipped.slot("morning"), until=timedelta(hours=6))
    accounts: dict[str, Account] = {}
    cities: dict[str, City] = {}
    for number in range(500):
        own = (
            Account(id=f"x-{number}", platform="x", handle=f"city_{number}"),
            Account(id=f"fb-{number}", platform="facebook", page=str(1_000_000 + number)),
        )
        accounts |= {account.id: account for account in own}
        cities[f"city-{number}"] = dataclasses.replace(
            model,
            id=f"city-{number}",
            names={"en": f"City number {number}"},
            zone=ZoneInfo("Europe/London"),
            languages=("en-GB",),
            accounts=tuple(account.id for account in own),
            status=CityStatus.READY,
            venue=f"The {number}th Square, by the fountain",
            map="https://example.org/map",
            contact="city@example.org",
        )
    messages = ["morning_of", "reminder", "why", "safety", "announce"] * 10
    slots = tuple(
        dataclasses.replace(
            slot, id=f"slot_{number}", message=message, when=OnDay(days=-number - 1, at=model.action.start)
        )
        for number, message in enumerate(messages)
    )
    links = {
        "join": "https://example.org/join",
        "safety": "https://example.org/safety",
        "next": "https://example.org/n",
    }
    return dataclasses.replace(shipped, accounts=accounts, cities=cities, slots=slots, links=links)


def _raw(campaign: Campaign, made: list[Draft]) -> float:
    """The seconds in which Jinja2's sandbox renders the same texts, with every value ready to hand."""
    environment = ImmutableSandboxedEnvironment()
    plain = [t for t in campaign.templates if t.language == "en" and t.kind is Kind.TEXT and t.platform is None]
    sources = {template.message: environment.from_string(template.source) for template in plain}
    values = [
        (
            sources[draft.post.message],
            {
                "city": {"name": draft.post.city, "venue": "The Square, by the fountain", "contact": "a@example.org"},
                "action": {"date": "Tuesday 1 December", "time": "18:00"},
                "days_left": 3,
                "countdown": "in 3 days",
                "links": campaign.links,
                "hashtags": "#WorldAIDSDay #HarmReduction",
            },
        )
        for draft in made
    ]
    began = time.perf_counter()
    for _ in range(TIMES):
        for template, variables in values:
            template.render(variables)
    return (time.perf_counter() - began) / TIMES
