"""HTTP on loopback for the embedded networks: one answer a request, kept-alive connections, and faults on purpose."""

from __future__ import annotations

import collections
import http.server
import socket
import socketserver
import threading
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from campaignbot.networks import faults as faults_module
from campaignbot.networks.exchange import Answer, Network, Part, Request, gateway, reply
from campaignbot.networks.faults import Fault, Faults, Kind

__all__ = ["Answer", "Fault", "Faults", "Kind", "Network", "Part", "Request", "Server", "gateway", "reply"]

SECRET_PARAMETERS = frozenset({"access_token", "appsecret_proof", "input_token"})
LARGEST_BODY = 32 * 1024 * 1024
KEPT_REQUESTS = 50_000


class _Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, served: Server) -> None:
        self.served = served
        super().__init__(("127.0.0.1", 0), _Connection)

    def server_bind(self) -> None:
        # http.server looks its own name up in the DNS here; the loopback needs none
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]


class _Connection(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Listener

    def handle(self) -> None:
        """Serve this connection until either side closes it."""
        served = self.server.served
        served.opened(self.connection)
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True
        finally:
            served.closed(self.connection)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: the requests are on `Server.requests`."""

    def finish(self) -> None:
        """Flush what is left, unless the connection was dropped on purpose."""
        try:
            super().finish()
        except (ConnectionError, ValueError):
            self.close_connection = True

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY or self.headers.get("Transfer-Encoding"):
            self._send(reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"title": "Request Entity Too Large"}))
            self.close_connection = True
            return
        body = self.rfile.read(length) if length else b""
        if len(body) < length:  # the client died in the middle of it: nothing was asked
            self.close_connection = True
            return
        answer = self.server.served.asked(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )
        if answer is None:
            self._drop()
        else:
            self._send(answer)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  http.server looks for these names

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, answer: Answer) -> None:
        lines = [f"HTTP/1.1 {answer.code} {HTTPStatus(answer.code).phrase}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        lines += [f"Content-Type: {answer.media_type}", f"Content-Length: {len(answer.body)}", "", ""]
        self.wfile.write("\r\n".join(lines).encode("latin-1") + answer.body)
        self.wfile.flush()


class Server:
    """A network on a free port of 127.0.0.1; plays the faults; remembers what was asked."""

    def __init__(self, network: Network, *, faults: Faults, prefix: str = "") -> None:
        """`prefix` (such as "/x") stands before every path, and in `url`."""
        self._network = network
        self._faults = faults
        self._prefix = prefix
        self._listener: _Listener | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.requests: collections.deque[tuple[str, str, str]] = collections.deque(maxlen=KEPT_REQUESTS)

    @property
    def url(self) -> str:
        """Scheme, host, port and prefix, without a slash at the end; raises RuntimeError before `start`."""
        if self._listener is None:
            message = "the network is not started"
            raise RuntimeError(message)
        return f"http://127.0.0.1:{self._listener.server_port}{self._prefix}"

    def start(self) -> None:
        """Listen; returns at once."""
        self._stopping.clear()
        self._listener = _Listener(self)
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), name="network", daemon=True)
        self._thread.start()

    def _accept(self, listener: _Listener) -> None:
        # not serve_forever: that wakes many times a second, and `stop` would wait for its next turn
        while not self._stopping.is_set():
            listener.handle_request()

    def stop(self) -> None:
        """Close the port and every connection; does nothing when it is not started."""
        if self._listener is None or self._thread is None:
            return
        self._stopping.set()
        with socket.create_connection(("127.0.0.1", self._listener.server_port)):
            self._thread.join()
        self._listener.server_close()
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the other side was quicker
        self._listener = None

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection, so that `stop` can end it."""
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._open.discard(connection)

    def asked(self, *, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        """The answer to one request, or None where the connection is to be dropped."""
        split = urlsplit(target)
        path = split.path
        if self._prefix and not path.startswith(f"{self._prefix}/"):
            return reply(HTTPStatus.NOT_FOUND, {"title": "Not Found", "type": "about:blank", "status": 404})
        path = path[len(self._prefix) :]
        request = Request(
            method=method,
            path=path,
            query=split.query,
            headers=headers,
            body=body,
            host=headers.get("host", ""),
            prefix=self._prefix,
        )
        shown = [(name, value) for name, value in request.parameters if name not in SECRET_PARAMETERS]
        self.requests.append((method, path, urlencode(shown, safe=",{}().:")))
        network = self._network
        fault = self._faults.take(
            method=method, path=path, shape=network.shape(request), speaker=network.speaker(request)
        )
        if fault is None:
            return network.answer(request)
        return faults_module.play(fault, network, request, wait=self._stopping.wait)
