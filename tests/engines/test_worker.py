"""A worker: it has the database and its accounts' secrets, and no campaign folder."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from town import until

import made
import postgres
from campaignbot import app as wiring
from campaignbot import settings
from campaignbot.engines import worker
from campaignbot.engines.woken import Woken
from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.store import database, ledger
from stages.deliver.listed import Room

LONDON = made.account(id="fb-london", platform="facebook", handle=None, page="1", base_url="http://127.0.0.1:9")
PARIS = made.account(id="fb-paris", platform="facebook", handle=None, page="2", base_url="http://127.0.0.1:9")
TOKENS = {f"CAMPAIGNBOT_FB_{city}_PAGE_TOKEN": "page-token" for city in ("LONDON", "PARIS")}


@dataclass
class Place:
    """A Postgres, and one worker in a folder of its own."""

    folder: Path
    url: str
    said: list[dict[str, Any]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    fell: list[BaseException] = field(default_factory=list)

    def keep(self, *accounts: Account) -> None:
        """What the daemon says of the accounts."""
        book = database.open(self.url, kind="ledger")
        with book.write() as c:
            ledger.keep_accounts(c, accounts)
        book.close()

    def work(self, **environment: str) -> None:
        found = settings.read({"CAMPAIGNBOT_DATABASE_URL": self.url} | environment, folder=self.folder)
        worker.work(found, say=self.said.append, stop=self.stop)

    def start(self, **environment: str) -> threading.Thread:
        thread = threading.Thread(target=self.work, kwargs=environment)
        thread.start()
        return thread

    def events(self) -> list[tuple[str, str | None]]:
        return [(said["event"], said.get("detail")) for said in self.said]


@pytest.fixture
def place(tmp_path: Path, server: postgres.Server) -> Iterator[Place]:
    made = Place(folder=tmp_path, url=server.clean())
    yield made
    made.stop.set()


def test_one_machine_needs_no_worker(tmp_path: Path) -> None:
    found = settings.read({}, folder=tmp_path)
    with pytest.raises(errors.UserError, match=r"^a worker needs a Postgres .* CAMPAIGNBOT_DATABASE_URL"):
        worker.work(found, say=print, stop=threading.Event())
    assert list(tmp_path.iterdir()) == []


def test_without_any_secret_there_is_nothing_to_do(place: Place) -> None:
    place.keep(LONDON, PARIS)
    with pytest.raises(errors.UserError) as refused:
        place.work()
    assert refused.value.message == (
        "there is no account to speak on: not spoken on here, for want of "
        "CAMPAIGNBOT_FB_LONDON_PAGE_TOKEN, CAMPAIGNBOT_FB_PARIS_PAGE_TOKEN"
    )


def test_it_waits_for_the_first_daemon_and_says_what_it_cannot_speak_on(place: Place) -> None:
    working = place.start(CAMPAIGNBOT_FB_LONDON_PAGE_TOKEN="page-token")
    until(lambda: len(place.said) == 1)
    place.keep(LONDON, PARIS)
    until(lambda: len(place.said) == 3)
    place.stop.set()
    working.join()
    assert place.events() == [
        ("waiting", "no account is known yet: start `campaignbot run --live`"),
        ("without", "not spoken on here, for want of CAMPAIGNBOT_FB_PARIS_PAGE_TOKEN"),
        ("ready", None),
    ]
    assert list(place.folder.iterdir()) == []


def test_a_pass_ends_where_an_account_was_changed_and_the_next_one_goes_on(tmp_path: Path) -> None:
    room = Room(tmp_path, now=wiring.utc_now() - timedelta(minutes=1))
    room.recover()
    room.clock.now = wiring.utc_now()
    for slot in ("a", "b"):
        room.put(slot=slot, due=room.clock.now)
    connected = [room.lists]
    lanes = worker.lanes(
        room.db,
        lambda: connected[-1],
        owner=room.owner,
        emit=room.told,
        stopping=lambda: False,
        before=lambda: True,
    )
    room.x.during = lambda: connected.append(dict(room.lists))
    failed: list[tuple[str, Exception]] = []
    with Woken("due", lanes.send, failed=lambda what, error: failed.append((what, error))) as woken:
        assert lanes.waiting() == ["x-london"]
        woken.wake("x-london").result(60)
        assert sorted(room.states().values()) == ["SENT", "WAITING"]
        woken.wake("x-gone").result(60)  # taken out of the files since it was woken
        woken.wake("x-london").result(60)
    assert (room.states(), failed) == ({"a": "SENT", "b": "SENT"}, [])
    room.db.close()


def test_nothing_is_woken_or_sent_while_the_files_are_written(tmp_path: Path) -> None:
    room = Room(tmp_path, now=wiring.utc_now() - timedelta(minutes=1))
    room.recover()
    room.put(due=wiring.utc_now())
    lanes = worker.lanes(
        room.db,
        lambda: room.lists,
        owner=room.owner,
        emit=room.told,
        stopping=lambda: False,
        before=lambda: False,
    )
    with Woken("due", lanes.send, failed=lambda what, error: None) as woken:
        woken.wake("x-london").result(60)
    assert (list(lanes.waiting()), room.states()) == ([], {"morning": "WAITING"})
    room.db.close()


def test_an_account_that_is_new_or_was_changed_is_taken_up(place: Place) -> None:
    place.keep(LONDON)
    found = settings.read({"CAMPAIGNBOT_DATABASE_URL": place.url} | TOKENS, folder=place.folder)
    book = database.open(place.url, kind="ledger")
    hand = worker.Hand(book=book, settings=found, say=place.said.append)
    hand.look()
    first = hand.connected
    hand.look()
    assert (list(first), hand.connected is first) == (["fb-london"], True)
    place.keep(LONDON, PARIS)
    hand.look()
    assert (list(hand.connected), hand.connected["fb-london"] is first["fb-london"]) == (
        ["fb-london", "fb-paris"],
        True,
    )
    place.keep(made.account(id="fb-london", platform="facebook", handle=None, page="3"), PARIS)
    hand.look()
    assert hand.connected["fb-london"] is not first["fb-london"]
    assert place.said == []
    book.close()
