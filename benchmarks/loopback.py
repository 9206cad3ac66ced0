"""A network like X, as fast as one core lets it be, in a process of its own on a free loopback port.

The embedded network checks every signature and is half as fast as the client that it would measure: here the network
must not be the bottleneck. Each account lives under its own path, `URL/HANDLE`. A post takes effect when it has come,
and is answered `delay` seconds later: whoever dies in between leaves a post that is out.
"""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

_HEADERS = "HTTP/1.1 {code} OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"


class Said(NamedTuple):
    """One post, as the network got it."""

    handle: str
    text: str
    at: float  #: time.monotonic() of this machine


@dataclass(frozen=True)
class Network:
    url: str
    process: "subprocess.Popen[str]"

    def account(self, handle: str) -> str:
        """The `base_url` of one account."""
        return f"{self.url}/{handle}"

    def said(self) -> list[Said]:
        """All that was ever posted, in its order."""
        with urllib.request.urlopen(f"{self.url}/said") as answer:
            return [Said(*one) for one in json.load(answer)]

    def count(self) -> int:
        with urllib.request.urlopen(f"{self.url}/count") as answer:
            count: int = json.load(answer)
            return count


@contextmanager
def network(*, delay: float = 0.0) -> Iterator[Network]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.loopback", str(delay)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Network(url=process.stdout.readline().strip(), process=process)
    finally:
        process.kill()
        process.communicate()


class _Peer(asyncio.Protocol):
    """One connection. It knows just as much HTTP as the clients that are measured speak."""

    said: list[tuple[str, str, float, str]] = []  # noqa: RUF012 - every connection's
    delay = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.left = transport, b""

    def data_received(self, data: bytes) -> None:
        self.left += data
        head, end, body = self.left.partition(b"\r\n\r\n")
        if not end:
            return
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return
        self.left = body[length:]
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        code, answer = self._answer(method, path, body[:length])
        if self.delay and method == "POST":
            asyncio.get_running_loop().call_later(self.delay, self._write, code, answer)
        else:
            self._write(code, answer)

    def _write(self, code: int, answer: object) -> None:
        written = json.dumps(answer).encode()
        self.transport.write(_HEADERS.format(code=code, length=len(written)).encode() + written)

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        _, handle, *rest = path.partition("?")[0].split("/")
        if method == "POST":
            self.said.append((handle, json.loads(body)["text"], time.monotonic(), _now()))
            return 201, {"data": {"id": str(len(self.said)), "text": ""}}
        if handle == "said":
            return 200, [one[:3] for one in self.said]
        if handle == "count":
            return 200, len(self.said)
        if rest[-1] == "me":
            return 200, {"data": {"id": "1", "username": handle}}
        if rest[-1] == "tweets" and "users" in rest:
            return 200, self._timeline(handle)
        return 200, {"data": [], "meta": {"result_count": 0}}  # nobody answers here

    def _timeline(self, handle: str) -> object:
        """All of it on one page: no account of a benchmark that reads it has said more than a hundred things."""
        numbered = enumerate(self.said, start=1)
        mine = [
            {"id": str(n), "author_id": "1", "text": text, "created_at": at}
            for n, (who, text, _, at) in numbered
            if who == handle
        ]
        assert len(mine) <= 100
        return {"data": mine[::-1], "meta": {"result_count": len(mine)}}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _serve(delay: float) -> None:
    _Peer.delay = delay
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Peer, "127.0.0.1", 0, backlog=256)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
