"""What people decide while a burst is under way: it takes effect within two seconds, and a restart does not undo it."""

import json
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import burst
import pytest
import tally
from town import HOUR, Clock, Town, town, until

pytestmark = pytest.mark.crash
EFFECTIVE = 2.0
LATE = ("cancelled", "gathering", "slot29")
SLOTS = burst.slots(30)
CITIES = ("london", "marseille", "sydney", "canberra")


def test_the_stop_cord_under_load(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    worlds = burst.slow(clock, seconds=1.5, cities=CITIES)
    with town(tmp_path / "campaign", slots=SLOTS, limits=burst.LIMITS, worlds=worlds, clock=clock) as place:
        place.approve()
        daemon = burst.ready(place)
        clock.move(HOUR)
        until(lambda: all(place.public_texts().values()))

        accounts = set(place.public_texts())
        for scope, stopped in (
            (("--city", "london"), {"x-london", "fb-london"}),
            (("--country", "FR"), {"x-marseille", "fb-marseille"}),
            (("--account", "x-sydney"), {"x-sydney"}),
            ((), accounts),
        ):
            before = {one for one in accounts if one not in stopped and len(place.public_texts()[one]) == len(SLOTS)}
            assert before == set()  # the burst is still under way
            place.call("stop", *scope, "--by", "london-1")
            time.sleep(EFFECTIVE)
            then = burst.counts(place)
            time.sleep(EFFECTIVE)
            assert {one: count for one, count in burst.counts(place).items() if one in stopped} == {
                one: count for one, count in then.items() if one in stopped
            }
            if stopped != accounts:
                assert burst.counts(place)["fb-canberra"] > then["fb-canberra"]  # the others go on

        daemon.killed()
        then = burst.counts(place)
        daemon = burst.ready(place)
        time.sleep(2 * EFFECTIVE)
        assert burst.counts(place) == then
        stops = json.loads(place.call("status", "--json", code=3))["stops"]
        assert [(one["scope"], one["value"], one["by"]) for one in stops] == [
            ("city", "london", "london-1"),
            ("country", "FR", "london-1"),
            ("account", "x-sydney", "london-1"),
            ("world", "", "london-1"),
        ]

        burst.hurry(place)
        for scope in ((), ("--city", "london"), ("--country", "FR"), ("--account", "x-sydney")):
            place.call("resume", *scope, "--by", "london-2")
        burst.drained(place, daemon)
        found = tally.counted(tally.stands(place))
        held = found.pop("held", 0)  # killed between an intent and its first byte, on Facebook
        assert (found, held <= len(CITIES)) == ({"sent": len(SLOTS) * len(accounts) - held}, True)
        assert [(one["what"], one["scope"], one["value"], one["by"]) for one in _journal(place)] == [
            ("stop", "city", "london", "london-1"),
            ("stop", "country", "FR", "london-1"),
            ("stop", "account", "x-sydney", "london-1"),
            ("stop", "world", "", "london-1"),
            ("resume", "world", "", "london-2"),
            ("resume", "city", "london", "london-2"),
            ("resume", "country", "FR", "london-2"),
            ("resume", "account", "x-sydney", "london-2"),
        ]


def test_hold_arm_and_cancel_under_load(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    worlds = burst.slow(clock, seconds=1.5, cities=CITIES)
    armed = {
        "gathering": f"when: {{instant: {clock() + HOUR:%Y-%m-%dT%H:%M:%SZ}}}, until: 5h, quiet: ignore, armed: true"
    }
    called = {"cancelled": "when: called, until: 5h"}
    with town(
        tmp_path / "campaign", slots=SLOTS, limits=burst.LIMITS, worlds=worlds, more=armed | called, clock=clock
    ) as place:
        place.approve()
        daemon = burst.ready(place)
        clock.move(HOUR + timedelta(minutes=1))
        until(lambda: all(place.public_texts().values()))

        held, released = "town/slot29/canberra/en-GB/x-canberra", "town/gathering/canberra/en-GB/fb-canberra"
        place.call("hold", held, "--by", "canberra-1")
        place.call("arm", released, "--by", "canberra-1")
        place.call("cancel", "--city", "sydney", "--by", "sydney-1")
        time.sleep(EFFECTIVE)
        then = _spoken(place, "sydney")
        time.sleep(EFFECTIVE)
        assert _spoken(place, "sydney") == then | {"cancelled"}

        burst.hurry(place)
        burst.drained(place, daemon)
        found = {one.key: one for one in tally.stands(place)}
        assert (found.pop(held).state, found.pop(released).state) == ("HELD", "SENT")
        sydney = {key: found.pop(key) for key in list(found) if "/sydney/" in key}
        how = {name: {one.how for key, one in sydney.items() if f"/{name}/" in key} for name in LATE}
        assert how == {"cancelled": {"sent"}, "gathering": {"cancelled"}, "slot29": {"cancelled"}}
        assert {one.how for one in sydney.values()} == {"sent", "cancelled"}
        # the other cities: all out, but for what waits to be armed or called
        assert {one.how for key, one in found.items() if "/slot" in key} == {"sent"}
        assert {one.state for key, one in found.items() if "/slot" not in key} == {"HELD"}


def _spoken(place: Town, city: str) -> set[str]:
    return {
        text.split()[0] for account, said in place.public_texts().items() if account.endswith(city) for text in said
    }


def _journal(place: Town) -> list[dict[str, Any]]:
    """What people decided about stops, in its order."""
    with closing(sqlite3.connect(f"file:{place.folder / '.campaignbot/ledger.db'}?mode=ro", uri=True)) as c:
        pages = c.execute("SELECT entry FROM journal WHERE chain = 'people' ORDER BY n")
        lines = [line for (page,) in pages for line in json.loads(page)]
    return [line for line in lines if line.get("what") in ("stop", "resume")]
