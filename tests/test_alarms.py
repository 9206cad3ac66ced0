"""The second road: what arrives, and what becomes of addresses that take nothing."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from campaignbot import alarms

# apprise imports it where there still is one
NOBODY = "json://ann:pass-word@127.0.0.1:9"
NONSENSE = "no-such-road://127.0.0.1"


class _Mailbox(ThreadingHTTPServer):
    """Takes what apprise posts as JSON, and answers with `code`."""

    code = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.taken: list[dict[str, Any]] = []

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.server_port}"


class _Door(BaseHTTPRequestHandler):
    server: _Mailbox

    def do_POST(self) -> None:
        self.server.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def mailbox() -> Iterator[_Mailbox]:
    server = _Mailbox()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_alarm_arrives_at_every_address(mailbox: _Mailbox) -> None:
    alarms.send([mailbox.address, f"{mailbox.address}/second"], title="failed: wad/x", body="do this & that <now>")
    assert [(one["title"], one["message"]) for one in mailbox.taken] == [("failed: wad/x", "do this & that <now>")] * 2


def test_one_address_that_takes_nothing_is_logged_by_its_number(
    mailbox: _Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="campaignbot"):
        alarms.send([NOBODY, mailbox.address, NONSENSE], title="a", body="b")
    assert len(mailbox.taken) == 1
    assert [
        (record.getMessage(), record.__dict__["number"]) for record in caplog.records if "campaignbot" in record.name
    ] == [
        ("an alarm address did not take the alarm", 1),
        ("an alarm address did not take the alarm", 3),
    ]


def test_nobody_could_be_reached(mailbox: _Mailbox) -> None:
    mailbox.code = 500
    with pytest.raises(alarms.Undelivered) as caught:
        alarms.send([NOBODY, NONSENSE, mailbox.address], title="a", body="b")
    assert str(caught.value) == (
        "no alarm address took the alarm; mend those under campaign: alarms, `doctor` looks at them"
    )


def test_where_no_address_is_named_there_is_nobody_to_miss_it() -> None:
    alarms.send([], title="a", body="b")


def test_no_password_of_an_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(alarms.Undelivered):
        alarms.send([NOBODY], title="a", body="b")
    assert "pass-word" not in caplog.text


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("json://127.0.0.1:9", True),
        ("mailto://ann:word@example.org", True),
        (NONSENSE, False),
        ("", False),
        ("ALARM_ADDRESS", False),
    ],
)
def test_whether_an_address_can_be_used_at_all(address: str, good: bool) -> None:
    assert alarms.valid(address) is good
