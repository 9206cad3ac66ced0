"""The real process killed at each named point, in each outcome that a network may have, and started again.

A city an outcome, each with an X and a Facebook of its own, so that one kill strikes all outcomes at the very same
point. Not among `make test`: `make crashes`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import burst
import picture
import pytest
import tally
from picture import Cell
from town import BELIEVING, HOUR, Clock, Town, World, town, until

from campaignbot.networks import exchange, faults, graph, x

pytestmark = pytest.mark.crash


class RefusingX(x.Network):
    def expired(self) -> exchange.Answer:
        said = {"title": "Forbidden", "detail": "You are not permitted to perform this action.", "status": 403}
        return exchange.reply(403, said, media_type="application/problem+json")


class RefusingGraph(graph.Network):
    def expired(self) -> exchange.Answer:
        said = {"message": "Content blocked", "type": "OAuthException", "code": 1346003, "fbtrace_id": "A"}
        return exchange.reply(400, {"error": said})


#: What becomes of an account's first post, by city. Late effects and late indexing are shorter than `settle`.
OUTCOMES: Mapping[str, faults.Fault | None] = {
    "ok": None,
    "refused": faults.Fault("expired_token", times=99),
    "lostrequest": faults.Fault("lost_request"),
    "lostanswer": faults.Fault("lost_answer"),
    "stored5xx": faults.Fault("error_after_storing"),
    "html502": faults.Fault("html_502"),
    "stored502": faults.Fault("html_502", stores=True),
    "late": faults.Fault("late_effect", seconds=0.5),
    "limited": faults.Fault("rate_limited", seconds=1),
    "unindexed": faults.Fault("late_indexing", seconds=0.5),
}
#: Where the network takes nothing in while the fault lasts: there, and nowhere else, it may be asked again.
DEAF = frozenset({"refused", "lostrequest", "html502", "limited"})
QUARTER = timedelta(minutes=16)
ACCOUNTS = 2 * len(OUTCOMES)
LIMITS = "{spacing: 0s, settle: 1s, poll: 1h, per_account_per_day: 500}"


@dataclass(frozen=True)
class Kill:
    """The n-th time the process comes to this point. `posts`: so many come there one by one and wait for each other."""

    point: str
    n: int = 1
    posts: int = 0

    def environment(self) -> dict[str, str]:
        return {"TOGETHER": "1"} if self.n == 1 else {}

    def spoken(self) -> str:
        return f"{self.point}:{self.posts or self.n}:SIGKILL"


EACH = ACCOUNTS
#: One run a kill, then one to the end. What is struck where it is in doubt was brought there by the kill before.
DOUBTFUL = Kill("after send", posts=EACH)
CASES: Mapping[str, tuple[Kill, ...]] = {
    "before an intent": (Kill("before intent"),),
    "intent written": (Kill("intent written"),),
    "intent committed": (Kill("intent committed"),),
    "before it is sent": (Kill("before send", posts=EACH),),
    "after it was sent": (Kill("after send", posts=EACH),),
    "result written": (Kill("result written"),),
    "result committed": (Kill("result committed"),),
    "between two turns": (Kill("turn", 3),),
    "recovery written": (DOUBTFUL, Kill("recovered written")),
    "recovery committed": (DOUBTFUL, Kill("recovered committed")),
    "before the start-up look": (Kill("before intent"), Kill("before look", posts=EACH)),
    "after the start-up look": (Kill("before intent"), Kill("after look", posts=EACH)),
    "start-up look committed": (Kill("before intent"), Kill("look committed")),
    "before the look in doubt": (DOUBTFUL, Kill("before later look", posts=EACH)),
    "after the look in doubt": (DOUBTFUL, Kill("after later look", posts=EACH)),
    "settling written": (DOUBTFUL, Kill("settled written", 1), Kill("settled written", 2), Kill("settled written", 3)),
    "settling committed": (DOUBTFUL, Kill("settled committed", posts=EACH)),
}


@pytest.mark.parametrize("name", CASES)
def test_killed_and_started_again(name: str, tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    with town(tmp_path / "campaign", slots=SLOTS, limits=LIMITS, worlds=_worlds(clock), clock=clock) as place:
        place.approve()
        struck = []
        for number, kill in enumerate(CASES[name]):
            struck = _killed(place, clock, kill, tmp_path / f"struck{number}")
        _finished(place, clock)

        cells = _compared(place)
        for key in struck:
            cells[key.split("/")[2]].struck += 1
        picture.add(os.environ.get("CRASHES"), f"{[*CASES].index(name) + 1:02} {name}", cells)
        wrong = {city: (cell.doubled, cell.lost, cell.again) for city, cell in cells.items()}
        assert wrong == dict.fromkeys(OUTCOMES, (0, 0, 0))


def _killed(place: Town, clock: Clock, kill: Kill, struck: Path) -> list[str]:
    run = burst.started(place, point=kill.spoken(), STRUCK=str(struck), **kill.environment())
    if clock.seconds == 0:
        run.said("ready")
        clock.move(HOUR)  # now it is due, and was not when the program started
    run.struck()
    return struck.read_text().split()


def _finished(place: Town, clock: Clock) -> None:
    """Run it to its end. A person is needed where Facebook proves nothing."""
    last = burst.started(place, "--drain")
    limited = {"x-limited", "fb-limited"}
    until(
        lambda: last.process.poll() is not None or {account for account, _ in burst.left(place)} <= limited,
        instead=lambda: f"left to do: {burst.left(place)}",
    )
    clock.move(QUARTER)  # as long as "slow down" is obeyed at least
    last.finished()


def _compared(place: Town) -> dict[str, Cell]:
    """The ledger against what the networks hold, an outcome a cell."""
    cells = {city: Cell() for city in OUTCOMES}
    for one in tally.stands(place):
        # only Facebook proves no absence, and only a refusal fails
        assert one.state != "IN_DOUBT" or one.account.startswith("fb-"), one
        assert one.state != "FAILED" or one.city == "refused", one
        cells[one.city].add(one.how)
    for (city, world), cell in zip(place.worlds.items(), cells.values(), strict=True):
        networks = (world.x, world.graph)
        deaf = sum(network.faults.played.total() for network in networks) if city in DEAF else 0
        out = sum(len(texts) for account, texts in place.public_texts().items() if account.endswith(f"-{city}"))
        cell.again = tally.asked(networks) - deaf - out
    return cells


def _worlds(clock: Clock) -> dict[str, World]:
    worlds = {}
    for city, fault in OUTCOMES.items():
        refusing = city == "refused"
        world = World(
            x=(RefusingX if refusing else x.Network)(clock=clock, rules=BELIEVING),
            graph=(RefusingGraph if refusing else graph.Network)(clock=clock),
        )
        if fault is not None:
            world.x.faults.add(fault)
            world.graph.faults.add(fault)
        worlds[city] = world
    return worlds


SLOTS = [("first", timedelta(0)), ("second", timedelta(0))]
