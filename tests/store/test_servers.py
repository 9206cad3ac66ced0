"""The Postgres that a distribution ships, older than the wheel's: the same ledger, the same wake-ups."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from town import until

import made
import postgres
from campaignbot.engines import postgres as engine
from campaignbot.engines.ticks import Lanes
from campaignbot.store import database, journal
from stages.deliver.listed import Room


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres.server(postgres.debians()) as running:
        yield running.empty()


def test_posts_go_out_once_and_every_chain_holds(url: str) -> None:
    db = database.open(url, kind="ledger")
    room = Room(db, now=made.NOON - timedelta(hours=1))
    room.recover()
    room.x.answers = ["answer lost"]
    keys = [room.put(slot=slot, due=made.NOON) for slot in ("a", "b", "c")]
    woken: list[str] = []
    with ExitStack() as stack:
        waiting = ["x-london"]
        lanes = Lanes(
            speaks=lambda: {"x-london"},
            waiting=lambda: waiting[len(woken) :],
            send=lambda accounts, _: woken.extend(accounts),
            settle=lambda accounts: None,
        )
        stack.enter_context(engine.waking(url, lanes, failed=lambda what, error: woken.append(str(error))))
        until(lambda: bool(woken))
    room.clock.now = made.NOON
    room.due()
    room.clock.forward(minutes=6)
    room.settle()
    with db.read() as c:
        # perhaps woken twice: a wake-up too many, made while the first was on its way, finds nothing to do
        assert (journal.broken(c), set(woken)) == ([], {"x-london"})
    assert {slot: state.partition(":")[0] for slot, state in room.states().items()} == dict.fromkeys("abc", "SENT")
    assert len(room.x.texts()) == len(keys)
    db.close()
