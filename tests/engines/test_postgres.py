"""The engine of several machines, against a real Postgres: it wakes, and the wake-ups of the dead hold nobody up."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import psycopg
import pytest
from town import until

import postgres
from campaignbot.engines import postgres as engine
from campaignbot.engines.ticks import Lanes
from campaignbot.engines.woken import Woken
from campaignbot.model import errors


@dataclass
class Machine:
    """One process's part: the accounts that it can speak on, and what it was woken for."""

    speaks: set[str]
    waiting: set[str] = field(default_factory=set)
    carried: Counter[str] = field(default_factory=Counter)
    settled: set[str] = field(default_factory=set)
    told: list[tuple[str, str]] = field(default_factory=list)
    during: Callable[[str], None] = lambda account: None
    blind: int = 0  #: how often the ledger does not answer when it is asked who waits

    def send(self, accounts: list[str], woken: Woken) -> None:
        while accounts:
            for account in accounts:
                self.waiting.discard(account)
                self.carried[account] += 1
                self.during(account)
            woken.leave(accounts)
            accounts = woken.join()

    def settle(self, accounts: list[str]) -> None:
        self.settled.update(accounts)

    @property
    def lanes(self) -> Lanes:
        return Lanes(speaks=lambda: self.speaks, waiting=self.look, send=self.send, settle=self.settle)

    def look(self) -> list[str]:
        if self.blind:
            self.blind -= 1
            raise errors.UserError("the database does not answer")
        return sorted(self.waiting)

    def failed(self, what: str, error: Exception) -> None:
        self.told.append((what, type(error).__name__))


@pytest.fixture
def url(server: postgres.Server) -> str:
    return server.empty()


@pytest.fixture
def woken() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def wake(woken: ExitStack, url: str, machine: Machine) -> None:
    woken.enter_context(engine.waking(url, machine.lanes, failed=machine.failed))


def jobs(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as c:
        return c.execute("SELECT queue_name, status::text FROM wakeups.procrastinate_jobs ORDER BY 1").fetchall()


def test_each_account_that_waits_is_woken_and_no_other(url: str, woken: ExitStack) -> None:
    machine = Machine(speaks={"x-london", "fb-london", "x-paris"}, waiting={"x-london", "fb-london"})
    wake(woken, url, machine)
    until(lambda: not machine.waiting and len(machine.carried) == 2)
    until(lambda: jobs(url) == [])  # what was done is forgotten, a moment after it was done
    woken.close()
    # perhaps twice, where it still waited when it was looked for again: a wake-up too many finds nothing to do
    assert (set(machine.carried), machine.told) == ({"x-london", "fb-london"}, [])
    assert machine.settled == {"x-london", "fb-london"}


def test_another_machine_is_woken_for_the_accounts_that_it_alone_can_speak_on(url: str, woken: ExitStack) -> None:
    here, there = Machine(speaks={"x-london"}), Machine(speaks={"fb-london"})
    here.waiting = {"fb-london"}  # whoever sees it may wake: that is what a shared ledger is for
    wake(woken, url, here)
    wake(woken, url, there)
    until(lambda: there.carried["fb-london"] > 0)
    assert here.carried == {}


def test_what_a_wake_up_raises_is_told_and_it_is_woken_again(url: str, woken: ExitStack) -> None:
    machine = Machine(speaks={"x-london"}, waiting={"x-london"})

    def fails_once(account: str) -> None:
        if machine.carried[account] == 1:
            machine.waiting.add(account)
            raise RuntimeError("of any kind")

    machine.during = fails_once
    wake(woken, url, machine)
    until(lambda: machine.carried["x-london"] >= 2)
    assert machine.told == [("due", "RuntimeError")]


def test_a_database_that_comes_back_is_worked_on(url: str, server: postgres.Server, woken: ExitStack) -> None:
    machine = Machine(speaks={"x-london"}, waiting={"x-london"})
    wake(woken, url, machine)
    until(lambda: machine.carried["x-london"] > 0)
    server.restart()
    machine.waiting.add("x-london")
    until(lambda: machine.carried["x-london"] >= 2)
    assert {what for what, _ in machine.told} <= {"wake-ups"}


def test_a_ledger_that_does_not_answer_is_asked_again(url: str, woken: ExitStack) -> None:
    machine = Machine(speaks={"x-london"}, waiting={"x-london"}, blind=2)
    wake(woken, url, machine)
    until(lambda: machine.carried["x-london"] > 0)
    assert machine.told == [("wake-ups", "UserError")] * 2


def test_accounts_that_are_new_are_woken_too(url: str, woken: ExitStack) -> None:
    machine = Machine(speaks={"x-london"})
    wake(woken, url, machine)
    machine.speaks, machine.waiting = {"x-london", "x-paris"}, {"x-paris"}
    until(lambda: machine.carried["x-paris"] > 0)


def test_a_wake_up_that_died_with_its_worker_holds_nobody_up_and_is_cleared_away(url: str, woken: ExitStack) -> None:
    dying = Machine(speaks={"x-london"}, waiting={"x-london"})
    reached, over = threading.Event(), threading.Event()

    def stands(_account: str) -> None:
        reached.set()
        over.wait()

    dying.during = stands
    wake(woken, url, dying)
    woken.callback(over.set)
    assert reached.wait(60)
    with psycopg.connect(url) as c:  # what a killed worker leaves behind: its job is "doing", its heart stands still
        assert ("x-london", "doing") in jobs(url)
        c.execute("UPDATE wakeups.procrastinate_workers SET last_heartbeat = now() - interval '1 day'")
    heir = Machine(speaks={"x-london"}, waiting={"x-london"})
    wake(woken, url, heir)
    until(lambda: heir.carried["x-london"] > 0)
    until(lambda: jobs(url) == [])


def test_what_is_in_flight_is_finished_when_it_ends(url: str, woken: ExitStack) -> None:
    machine = Machine(speaks={"x-london"}, waiting={"x-london"})
    reached, done = threading.Event(), []

    def slow(_account: str) -> None:
        reached.set()
        assert not threading.Event().wait(0.5)  # in flight when the engine is asked to stop
        done.append(True)

    machine.during = slow
    wake(woken, url, machine)
    assert reached.wait(60)
    woken.close()
    # woken once more, perhaps: whatever was begun is finished
    assert len(done) == machine.carried["x-london"]
