"""A small server that answers what a test tells it, over real HTTP; and the accounts that speak to it."""

import http.server
import json
import socketserver
import threading
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Told:
    """One answer. `body`: JSON, or bytes as they are."""

    code: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = "application/json"
    cut: int = 0  #: bytes promised and not sent


@dataclass(frozen=True)
class Drop:
    """The connection ends without an answer."""


@dataclass(frozen=True)
class Drip:
    """A byte now and then, for ever."""

    every: float = 0.05
    head: bytes = b""


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    port: int  #: of the client's end

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(self.target.partition("?")[2]))


class _Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    scripted: "Scripted"

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what these tests are about."""


class _Connection(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.scripted.take(Asked(self.command, self.path, headers, body, self.client_address[1]))
        if isinstance(answer, Drop):
            self.close_connection = True
        elif isinstance(answer, Drip):
            self._drip(answer)
        else:
            self._tell(answer)

    do_GET = do_POST = _serve  # noqa: N815 - the names http.server calls

    def _tell(self, told: Told) -> None:
        body = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
        self.send_response(told.code)
        for name, value in told.headers.items():
            self.send_header(name, value)
        if told.media_type is not None:
            self.send_header("Content-Type", told.media_type)
        self.send_header("Content-Length", str(len(body) + told.cut))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.close_connection or told.cut > 0

    def _drip(self, drip: Drip) -> None:
        self.close_connection = True
        self.wfile.write(drip.head)
        while not self.server.scripted.over.wait(drip.every):
            self.wfile.write(b"x")

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


class Scripted:
    """`told[(method, part of the path)]` holds the answers in order; the last one stays."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.told: dict[tuple[str, str], list[Told | Drop | Drip]] = {}
        self.asked: list[Asked] = []
        self.over = threading.Event()

    def tell(self, method: str, part: str, *answers: Told | Drop | Drip) -> None:
        self.told[(method, part)] = list(answers)

    def take(self, asked: Asked) -> Told | Drop | Drip:
        self.asked.append(asked)
        fitting = [key for key in self.told if key[0] == asked.method and key[1] in asked.path]
        if not fitting:
            return Told(404, {"title": "Not Found Error", "type": "about:blank"})
        answers = self.told[max(fitting, key=lambda key: len(key[1]))]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def to(self, method: str, part: str) -> list[Asked]:
        """What was asked there."""
        return [asked for asked in self.asked if asked.method == method and part in asked.path]


@contextmanager
def serving() -> Iterator[Scripted]:
    """A scripted server on a free port of this machine."""
    listener = _Listener(("127.0.0.1", 0), _Connection)
    scripted = listener.scripted = Scripted(f"http://127.0.0.1:{listener.server_port}")
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
    thread.start()
    try:
        yield scripted
    finally:
        scripted.over.set()
        listener.shutdown()
        thread.join()
        listener.server_close()


@contextmanager
def lasting_less_than(seconds: float) -> Iterator[None]:
    """Fail if what is inside takes longer."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds
