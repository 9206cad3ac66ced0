"""A burst whose daemon dies: nothing is lost, nothing doubled, by the next one or by a stand-by."""

import time
from collections.abc import Mapping
from pathlib import Path

import burst
import pytest
import tally
from town import HOUR, Clock, town, until

import postgres

pytestmark = pytest.mark.crash


def test_killed_one_second_into_a_thousand_due_posts(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    worlds = burst.slow(clock, seconds=0.2, cities=[f"city{n}" for n in range(16)])
    with town(tmp_path / "campaign", slots=burst.slots(32), limits=burst.LIMITS, worlds=worlds, clock=clock) as place:
        place.approve()
        first = burst.ready(place)
        clock.move(HOUR)
        until(lambda: burst.out(place) > 0)
        time.sleep(1)  # into the burst: many accounts have spoken, each is speaking, most posts wait
        first.killed()
        killed = burst.out(place)
        assert 0 < killed < 1024

        burst.started(place, "--drain").finished()

        found = tally.ended(place, "killed 1 s into 1024 due posts", **{"out when killed": killed})
        held = found.pop("held", 0)  # on Facebook, those whose intent was written and which never left
        assert (found, held <= 16) == ({"sent": 1024 - held, "again": 0}, True)


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """The two daemons' ledger, and leases short enough not to wait minutes for a dead one's."""
    more = {"LEASE": "4"}
    if request.param == "postgres":
        server: postgres.Server = request.getfixturevalue("server")
        more["CAMPAIGNBOT_DATABASE_URL"] = server.empty()
    return more


def test_a_stand_by_takes_over_in_mid_burst(tmp_path: Path, where: Mapping[str, str]) -> None:
    clock = Clock(tmp_path / "clock")
    worlds = burst.slow(clock, seconds=0.2, cities=["london", "sydney"])
    with town(tmp_path / "campaign", slots=burst.slots(20), limits=burst.LIMITS, worlds=worlds, clock=clock) as place:
        more = dict(where)
        place.secrets["CAMPAIGNBOT_DATABASE_URL"] = more.pop("CAMPAIGNBOT_DATABASE_URL", "")
        place.secrets = {name: value for name, value in place.secrets.items() if value}
        place.approve()
        first = burst.ready(place, **more)
        second, third = (burst.started(place, "--standby", **more) for _ in range(2))
        assert f":{first.process.pid}" in second.said("standby")["detail"]
        third.said("standby")
        third.ended()
        clock.move(HOUR)
        until(lambda: burst.out(place) >= 20)

        first.killed()
        died = time.monotonic()
        second.said("ready")
        took = time.monotonic() - died

        burst.drained(place, second)
        story = f"a stand-by on {'Postgres' if 'CAMPAIGNBOT_DATABASE_URL' in where else 'SQLite'}"
        found = tally.ended(place, story, **{"seconds to take over": round(took, 1)})
        held = found.pop("held", 0)  # on Facebook, those whose intent was written and which never left
        assert (found, held <= 2, took < 30) == ({"sent": 80 - held, "again": 0}, True, True)
