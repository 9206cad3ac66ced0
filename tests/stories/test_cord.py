"""What people decide while a burst is under way: it takes effect within two seconds, and a restart does not undo it."""

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import burst
import pytest
import tally
from town import HOUR, Clock, Town, town, until

pytestmark = pytest.mark.crash
#: Seconds. After them nothing more goes out, which is then watched for as long: a post takes less.
EFFECTIVE = 2.0
LATE = ("cancelled", "gathering", "slot29")
#: Seconds. The clock is moved under these daemons, and nothing is to look as if its sender were gone.
LEASE = "86400"
PART = timedelta(minutes=10)
#: Due in parts, so that after each stop something more comes due, however slow the machine is.
SLOTS = [(name, n // 6 * PART) for n, (name, _) in enumerate(burst.slots(30))]
CITIES = ("london", "marseille", "sydney", "canberra")


def test_the_stop_cord_under_load(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    worlds = burst.slow(clock, seconds=1.5, cities=CITIES)
    with town(tmp_path / "campaign", slots=SLOTS, limits=burst.LIMITS, worlds=worlds, clock=clock, last="5h") as place:
        place.approve()
        daemon = burst.ready(place, LEASE=LEASE)
        clock.move(HOUR)
        until(lambda: all(place.public_texts().values()))

        accounts = set(place.public_texts())
        for scope, stopped in (
            (("--city", "london"), {"x-london", "fb-london"}),
            (("--country", "FR"), {"x-marseille", "fb-marseille"}),
            (("--account", "x-sydney"), {"x-sydney"}),
            ((), accounts),
        ):
            place.call("stop", *scope, "--by", "london-1")
            time.sleep(EFFECTIVE)
            then = burst.counts(place)
            clock.move(PART)
            if stopped != accounts:
                _goes_on(place, "fb-canberra")
            time.sleep(EFFECTIVE)
            assert {one: count for one, count in burst.counts(place).items() if one in stopped} == {
                one: count for one, count in then.items() if one in stopped
            }

        daemon.killed()
        then = burst.counts(place)
        daemon = burst.ready(place)
        time.sleep(2 * EFFECTIVE)  # as long as above, so as long as several posts would take
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
        found = tally.ended(place, "the stop cord under load")
        held = found.pop("held", 0)  # killed between an intent and its first byte, on Facebook
        assert (found, held <= len(CITIES)) == ({"sent": len(SLOTS) * len(accounts) - held, "again": 0}, True)
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
    slots = [*burst.slots(29), ("slot29", HOUR)]
    with town(
        tmp_path / "campaign",
        slots=slots,
        limits=burst.LIMITS,
        worlds=worlds,
        more=armed | called,
        clock=clock,
        last="5h",
    ) as place:
        place.approve()
        daemon = burst.ready(place, LEASE=LEASE)
        clock.move(HOUR + timedelta(minutes=1))
        until(lambda: all(place.public_texts().values()))

        held, released = "town/slot29/canberra/en-GB/x-canberra", "town/gathering/canberra/en-GB/fb-canberra"
        place.call("hold", held, "--by", "canberra-1")
        place.call("arm", released, "--by", "canberra-1")
        place.call("cancel", "--city", "sydney", "--by", "sydney-1")
        time.sleep(EFFECTIVE)
        then = _spoken(place, "sydney") | {"cancelled"}
        clock.move(HOUR)  # the last slot is due
        until(lambda: "cancelled" in _spoken(place, "sydney"))
        time.sleep(EFFECTIVE)
        assert _spoken(place, "sydney") == then

        burst.hurry(place)
        burst.drained(place, daemon)
        assert tally.ended(place, "hold, arm and cancel under load")["again"] == 0
        found = {one.key: one for one in tally.stands(place)}
        assert (found.pop(held).how, found.pop(released).how) == ("held", "sent")
        sydney = {key: found.pop(key) for key in list(found) if "/sydney/" in key}
        how = {name: {one.how for key, one in sydney.items() if f"/{name}/" in key} for name in LATE}
        assert how == {"cancelled": {"sent"}, "gathering": {"cancelled"}, "slot29": {"cancelled"}}
        assert {one.how for one in sydney.values()} == {"sent", "cancelled"}
        # the other cities: all out, but for what waits to be armed or called
        assert {one.how for key, one in found.items() if "/slot" in key} == {"sent"}
        assert {one.state for key, one in found.items() if "/slot" not in key} == {"HELD"}


def _goes_on(place: Town, account: str) -> None:
    then = burst.counts(place)[account]
    until(lambda: burst.counts(place)[account] > then)


def _spoken(place: Town, city: str) -> set[str]:
    return {
        text.split()[0] for account, said in place.public_texts().items() if account.endswith(city) for text in said
    }


def _journal(place: Town) -> list[dict[str, Any]]:
    """What people decided about stops, in its order."""
    pages = place.ledger("SELECT entry FROM journal WHERE chain = 'people' ORDER BY n")
    lines = [line for (page,) in pages for line in json.loads(page)]
    return [line for line in lines if line.get("what") in ("stop", "resume")]
