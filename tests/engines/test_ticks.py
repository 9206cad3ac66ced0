"""What is woken: an alarm reaches somebody once, is tried again until then, and never carries a person's words."""

import dataclasses
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import made
from campaignbot import alarms, app, platforms, settings
from campaignbot.app import App
from campaignbot.engines import daemon, ticks
from campaignbot.model.delivery import State
from campaignbot.model.reply import Cursor, Intent
from campaignbot.networks import x
from campaignbot.stages import deliver, keep, watch
from campaignbot.store import cursors, ledger
from engines.wired import Organiser, stands, wired
from stages.deliver.listed import Clock, Listed, put

# apprise imports it where there still is one
FAILED = ("failed: wad/morning/london/en-GB/x-london", "too long: `campaignbot retry {}` tries it again")
SECRETS = {"API_KEY": "key", "API_SECRET": "key-secret", "ACCESS_TOKEN": "1-token", "ACCESS_SECRET": "token-secret"}


def _failed(app: App) -> tuple[str, str]:
    key = stands(app, State.FAILED, reason="too long")
    return FAILED[0], FAILED[1].format(key)


def test_what_needs_a_person_is_told_once(tmp_path: Path) -> None:
    organiser = Organiser()
    with wired(tmp_path, organiser=organiser) as (app, _):
        failed = _failed(app)
        ticks.look(app)
        ticks.look(app)
    assert organiser.heard == [failed]


def test_what_nobody_heard_is_told_again_and_hides_nothing_else(tmp_path: Path) -> None:
    organiser = Organiser()
    organiser.cut = lambda title: title.startswith("stop")
    with wired(tmp_path, organiser=organiser) as (app, _):
        failed = _failed(app)
        deliver.stop(app.books.ledger, "world", "", by="anna", now=made.NOON)
        for _ in range(2):
            with pytest.raises(alarms.Undelivered, match=r"^nobody there$"):
                ticks.look(app)
        assert organiser.heard == [failed]
        organiser.cut = lambda title: False
        ticks.look(app)
        ticks.look(app)
    assert organiser.heard == [failed, ("stop: ", "anna stopped everything: `campaignbot resume` lifts it")]


def test_what_comes_again_is_told_again(tmp_path: Path) -> None:
    organiser = Organiser()
    with wired(tmp_path, organiser=organiser) as (app, _):
        for _ in range(2):
            deliver.stop(app.books.ledger, "world", "", by="anna", now=made.NOON)
            ticks.look(app)
            deliver.resume(app.books.ledger, "world", "", by="anna", now=made.NOON)
            ticks.look(app)
    assert [title for title, _ in organiser.heard] == ["stop: ", "stop: "]


class _Mailbox(BaseHTTPRequestHandler):
    """Takes what apprise posts as JSON."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append(json.loads(body))  # type: ignore[attr-defined]  # the list that `_mailbox` gave it
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def _mailbox() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An alarm address, and the alarms that it took."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Mailbox)
    taken: list[dict[str, Any]] = []
    server.taken = taken  # type: ignore[attr-defined]  # read by the class above
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"json://127.0.0.1:{server.server_port}", taken
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _answered(folder: Path, alarm: str) -> Iterator[tuple[App, x.Network, str]]:
    """A post of ours on X is out; the App that listens there, and the post's id."""
    network = x.Network(clock=app.utc_now)
    network.add_account("wad_london", **{name.lower(): value for name, value in SECRETS.items()})
    network.start()
    try:
        account = made.account(base_url=network.url)
        campaign = dataclasses.replace(
            made.campaign(alarms=(alarm,), accounts={"x-london": account}),
            cities={"london": made.city(accounts=("x-london",))},
        )
        platform = platforms.connect(account, SECRETS.get)
        receipt = platform.publish(made.draft(account=account), parent=None)
        with wired(folder, campaign=campaign, platforms={"x-london": platform}) as (wired_app, _):
            wired_app.alarm = app.alarm_sender(campaign, settings.read({}, folder=folder))
            with wired_app.books.ledger.write() as c:
                post, now = made.post(), app.utc_now()
                ledger.add(c, post=post, state=State.WAITING, reason=None, digest="0" * 64, by="test", now=now)
                ledger.move(c, post.key, sources={State.WAITING}, to=State.SENDING, by="test", now=now)
                ledger.move(c, post.key, sources={State.SENDING}, to=State.SENT, by="test", now=now, receipt=receipt)
            yield wired_app, network, receipt.id
    finally:
        network.stop()


def test_a_crisis_calls_for_help_at_once_without_a_persons_words(tmp_path: Path) -> None:
    with _mailbox() as (address, taken), _answered(tmp_path, address) as (app, network, post):
        network.public("zebrafinch")
        network.reply("zebrafinch", to=post, text="he is not breathing, zebrafinch")
        network.reply("zebrafinch", to=post, text="What time does it start?")

        assert [(heard.crisis, heard.waiting) for heard in ticks.poll(app)] == [(1, 2)]
        ticks.look(app)
        ticks.poll(app)

        (number,) = (one.id for one in keep.queue(app.books.people) if one.reading.intent is Intent.CRISIS)
    assert [(one["title"], one["message"]) for one in taken] == [
        (
            "A reply may be a crisis",
            f"Look at once: campaignbot replies --review (number {number}, on x-london)",
        )
    ]
    assert "zebrafinch" not in json.dumps(taken)


def test_a_crisis_that_nobody_could_be_told_of_is_told_as_soon_as_somebody_can(tmp_path: Path) -> None:
    with _answered(tmp_path, "json://127.0.0.1:9") as (app_, network, post):
        network.public("ann")
        network.reply("ann", to=post, text="he is not breathing")
        with pytest.raises(alarms.Undelivered):
            ticks.poll(app_)
        assert len(keep.queue(app_.books.people)) == 1
        with pytest.raises(alarms.Undelivered):
            ticks.look(app_)
        with _mailbox() as (address, taken):
            app_.alarm = lambda title, body: alarms.send([address], title=title, body=body)
            ticks.look(app_)
            ticks.look(app_)
    assert [one["title"] for one in taken] == ["A reply may be a crisis"]


def test_replies_that_a_network_counts_and_hides_are_told_once(tmp_path: Path) -> None:
    clock = Clock(made.NOON)
    told: list[str] = []
    with wired(tmp_path) as (app_, _):
        app_.clock = clock
        app_.alarm = lambda title, body: told.append(f"{title} | {body}")

        def polled(claimed: int | None, read: int = 0) -> None:
            with app_.books.people.write() as c:
                cursors.keep(c, "fb-london", to=Cursor("a"), claimed=claimed, read=read, now=clock.now)
            ticks.look(app_)

        polled(3)
        clock.forward(minutes=60)
        polled(4)
        assert told == [], "an hour is not long"
        clock.forward(minutes=1)
        polled(None)
        polled(5)
        polled(4, read=1)
        clock.forward(hours=2)
        polled(5)
    assert told == [
        "unread: fb-london | its network counts 4 replies and shows us none: read them on the account itself, and see "
        "what `campaignbot doctor` says of its rights"
    ]


def test_a_dry_run_wakes_nothing_that_speaks_to_a_network_or_reads_files() -> None:
    assert [tick.name for tick in ticks.TICKS if not tick.live_only] == ["due", "settle"]


def test_a_long_pass_begins_nothing_on_an_account_that_an_edit_replaced(tmp_path: Path) -> None:
    clock = Clock(made.NOON)
    before, after = Listed(clock), Listed(clock)
    with wired(tmp_path, platforms={"x-london": before}) as (app_, _):
        app_.clock = clock
        for slot in ("a", "b"):
            put(app_.books.ledger, now=clock.now, slot=slot, due=clock.now)
        deliver.recover(app_.books.ledger, app_.platforms, owner=app_.owner, clock=clock, emit=app_.emit)
        before.during = lambda: setattr(app_, "platforms", {"x-london": after})

        ticks.due(app_)
        assert (before.texts(), after.texts()) == (["a london en-GB"], [])
        ticks.due(app_)
        assert (before.texts(), after.texts()) == (["a london en-GB"], ["b london en-GB"])


def test_a_doubt_on_an_account_that_is_gone_is_left_to_a_person(tmp_path: Path) -> None:
    with wired(tmp_path) as (app_, _):
        app_.clock = lambda: made.NOON
        key = stands(app_, None)
        with app_.books.ledger.write() as c:
            now, states = made.NOON, State
            ledger.move(c, key, sources={states.WAITING}, to=states.SENDING, by="test", now=now)
            ledger.move(c, key, sources={states.SENDING}, to=states.IN_DOUBT, by="test", now=now, settle_at=now)
        ticks.settle(app_)
        told = watch.attention(app_.books.ledger, people=app_.books.people, now=made.NOON)
        assert [one.kind for one in told] == ["in_doubt"]
        assert daemon.drained(app_.books)
