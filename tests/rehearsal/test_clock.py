from datetime import UTC, datetime, timedelta

from campaignbot.rehearsal.clock import FastClock


def test_it_stands_still_goes_on_and_never_back() -> None:
    start = datetime(2026, 12, 1, 12, tzinfo=UTC)
    clock = FastClock(start)
    seen = [clock(), clock()]
    clock.move_to(start + timedelta(hours=1))
    seen.append(clock())
    clock.move_to(start)
    assert [*seen, clock()] == [start, start, start + timedelta(hours=1), start + timedelta(hours=1)]
