"""Accounts that are woken one by one, and served by one pass."""

import threading
from concurrent.futures import wait

import pytest

from campaignbot.engines.woken import Woken

PATIENCE = 60.0


def told(what: str, error: Exception) -> None:
    raise AssertionError(what) from error


def test_who_is_woken_while_a_pass_lasts_joins_it() -> None:
    begun, goes_on = threading.Event(), threading.Event()
    served: list[list[str]] = []

    def serve(accounts: list[str], woken: Woken) -> None:
        served.append(accounts)
        begun.set()
        assert goes_on.wait(PATIENCE)
        served.append(woken.join())

    with Woken("due", serve, failed=told) as woken:
        first = woken.wake("x-london")
        assert begun.wait(PATIENCE)
        others = [woken.wake("x-paris"), woken.wake("fb-paris")]
        assert [one.done() for one in (first, *others)] == [False] * 3
        goes_on.set()
        wait([first, *others], PATIENCE)
    assert served == [["x-london"], ["fb-paris", "x-paris"]]


def test_who_has_left_is_served_and_the_pass_goes_on_without_it() -> None:
    left, goes_on = threading.Event(), threading.Event()

    def serve(accounts: list[str], woken: Woken) -> None:
        woken.leave(["x-london"])
        left.set()
        assert goes_on.wait(PATIENCE)

    with Woken("due", serve, failed=told) as woken:
        gone = woken.wake("x-london")
        assert left.wait(PATIENCE)
        assert gone.done()
        goes_on.set()


def test_who_is_woken_again_while_it_is_served_is_served_again() -> None:
    passes: list[list[str]] = []
    begun, goes_on = threading.Event(), threading.Event()

    def serve(accounts: list[str], woken: Woken) -> None:
        passes.append(accounts)
        begun.set()
        assert goes_on.wait(PATIENCE)

    with Woken("settle", serve, failed=told) as woken:
        once = woken.wake("x-london")
        assert begun.wait(PATIENCE)
        again = woken.wake("x-london")
        goes_on.set()
        wait([once, again], PATIENCE)
    assert passes == [["x-london"], ["x-london"]]


def test_a_pass_that_fails_is_told_and_the_next_one_is_made() -> None:
    failed: list[tuple[str, str]] = []
    passes: list[list[str]] = []

    def serve(accounts: list[str], woken: Woken) -> None:
        passes.append(accounts)
        if len(passes) == 1:
            raise RuntimeError("of any kind")

    with Woken("due", serve, failed=lambda what, error: failed.append((what, type(error).__name__))) as woken:
        woken.wake("x-london").result(PATIENCE)
        woken.wake("x-paris").result(PATIENCE)
    assert (failed, passes) == ([("due", "RuntimeError")], [["x-london"], ["x-paris"]])


@pytest.mark.parametrize("woken_last", [True, False])
def test_at_the_end_whoever_was_woken_is_served_first(woken_last: bool) -> None:
    begun, goes_on = threading.Event(), threading.Event()
    served: list[str] = []

    def serve(accounts: list[str], woken: Woken) -> None:
        begun.set()
        assert goes_on.wait(PATIENCE)
        served.extend(accounts)

    with Woken("due", serve, failed=told) as woken:
        woken.wake("x-london")
        assert begun.wait(PATIENCE)
        if woken_last:
            woken.wake("x-paris")
        goes_on.set()
    assert served == ["x-london", "x-paris"][: 2 if woken_last else 1]
