"""The line to a network: our own transport under the SDKs. It knows whether a request had begun to leave, gives up at a
deadline however the bytes drip, never follows a redirect, never tries twice, and says nothing aloud."""

import contextlib
import http.client
import io
import ipaddress
import json
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests
import requests.adapters
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from campaignbot.model import errors
from campaignbot.platforms.base import Answer, MayLeave, Patience, always

T = TypeVar("T")
C = TypeVar("C")

#: A connection that has been idle for longer may be dead without our knowing (a router forgets it): seconds.
IDLE = 20.0
#: A body above this is a picture: bytes.
LARGE = 64_000

_LOUD = ("tweepy", "oauthlib", "requests_oauthlib", "urllib3", "requests")


class _ErrorsOnly(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR


_errors_only = _ErrorsOnly()


def hush() -> None:
    """Keep the SDKs' loggers from printing headers, addresses and people's words, whoever asks for DEBUG."""
    for name in [*_LOUD, *logging.root.manager.loggerDict]:
        if name.partition(".")[0] in _LOUD:
            logging.getLogger(name).addFilter(_errors_only)


@dataclass(slots=True)
class _Call:
    """One request on its way."""

    deadline: float  #: by the monotonic clock
    may_leave: MayLeave = always
    began: bool = False  #: whether its first byte may have left
    answer: Answer | None = None

    def left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request's whole time is up")
        return left


_now: ContextVar[_Call] = ContextVar("campaignbot_call")


class _Patient(io.RawIOBase):
    """A socket's reading end that also keeps the whole request's deadline: a read timeout alone holds for ever when the
    other side drips."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw, self._sock, self._between = raw, sock, sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = _now.get().left()
        self._sock.settimeout(left if self._between is None else min(left, self._between))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Patient(self.fp.detach(), sock))


class _Watched(http.client.HTTPConnection):
    """Notes that a request begins to leave: whatever fails before that was surely not sent."""

    response_class = _Response

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        call = _now.get()
        self.sock.settimeout(call.left())
        if not call.began:
            call.may_leave()  # here, and no earlier: to find and reach the network takes its time
        call.began = True
        super().send(data)


class _Plain(_Watched, HTTPConnection):
    pass


class _Tls(_Watched, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


class Wire(requests.adapters.HTTPAdapter):
    """The transport of one account and one thread. `base_url` replaces the scheme and host of every request, and goes
    before its path. Raises TryLater where surely nothing left, NoAnswer where something may have."""

    def __init__(self, *, network: str, hosts: tuple[str, ...], base_url: str | None, patience: Patience) -> None:
        super().__init__(max_retries=0)
        self._network, self._hosts, self._patience = network, hosts, patience
        self._base = None if base_url is None else urlsplit(base_url.rstrip("/"))
        self._used = time.monotonic()
        self._call = _Call(deadline=0.0)
        self._may_leave: MayLeave = always

    @property
    def answer(self) -> Answer | None:
        """The answer to the last request, if one came whole."""
        return self._call.answer

    def dress(self, session: requests.Session) -> None:
        """Make this the session's only way out."""
        session.trust_env = False
        session.max_redirects = 0
        session.adapters.clear()
        for host in self._hosts:
            session.mount(f"{host}/", self)

    @contextlib.contextmanager
    def asking(self, may_leave: MayLeave) -> Iterator[None]:
        """In this block no request's first byte leaves before `may_leave` was asked; what that raises is raised."""
        self._may_leave = may_leave
        try:
            yield
        finally:
            self._may_leave = always

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        large = request.body is not None and len(request.body) > LARGE
        allowed = self._patience.upload if large else self._patience.total
        if time.monotonic() - self._used > IDLE:
            self.close()
        request.url = self._rewritten(str(request.url))
        call = self._call = _Call(deadline=time.monotonic() + allowed, may_leave=self._may_leave)
        token = _now.set(call)
        try:
            response = super().send(
                request, stream=True, timeout=(self._patience.connect, self._patience.read), verify=True
            )
            call.answer = Answer(response.status_code, response.headers, _json(response.content))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, http.client.HTTPException) as error:
            self.close()
            raise self._silence(_kind(error)) from None
        finally:
            _now.reset(token)
            self._used = time.monotonic()
        return response

    def ask(self, speak: Callable[[], T], *, judge: Callable[[Answer], errors.PlatformError], harmless: bool) -> T:
        """What `speak` makes of the network's answer, through its SDK, or one of the four errors. `harmless`: asking
        changes nothing that anybody sees, so that no answer means no more than to try later."""
        self._call = _Call(deadline=0.0)
        try:
            return speak()
        except errors.PlatformError as known:
            error = known
        except Exception as unknown:  # noqa: BLE001 - on odd answers tweepy raises AttributeError and TypeError, facebook-sdk KeyError
            error = judge(self.answer) if self.answer else self._silence(type(unknown).__name__)
        if harmless and isinstance(error, errors.NoAnswer):
            error = errors.TryLater(error.reason)
        raise error from None

    def _silence(self, kind: str) -> errors.PlatformError:
        if self._call.began:
            return errors.NoAnswer(f"{self._network} gave no answer ({kind})")
        return errors.TryLater(f"{self._network} could not be reached ({kind}); nothing was sent")

    def _rewritten(self, url: str) -> str:
        if self._base is None:
            return url
        asked = urlsplit(url)
        return urlunsplit((self._base.scheme, self._base.netloc, self._base.path + asked.path, asked.query, ""))


class Clients(Generic[C]):
    """The clients of one account, each with a wire of its own. One is one thread's as long as that thread speaks, as a
    requests session must not be shared, and then whose turn is next: an account is served by whichever thread is free,
    and a client for each of them would make more connections than posts."""

    def __init__(self, made: Callable[[], tuple[C, Wire]]) -> None:
        self._made = made
        self._idle: deque[tuple[C, Wire]] = deque()
        self._threads = threading.local()

    @contextlib.contextmanager
    def mine(self) -> Iterator[tuple[C, Wire]]:
        """This thread's own until the block ends; within it, the same again."""
        held: tuple[C, Wire] | None = getattr(self._threads, "held", None)
        if held is not None:
            yield held
            return
        try:
            held = self._idle.pop()
        except IndexError:
            held = self._made()
        self._threads.held = held
        try:
            yield held
        finally:
            self._threads.held = None
            self._idle.append(held)


def check_base_url(base_url: str | None) -> None:
    """UserError where secrets would travel in the clear to another machine."""
    if base_url is None:
        return
    address = urlsplit(base_url)
    if address.scheme == "https" and address.hostname:
        return
    if address.scheme == "http" and _loopback(address.hostname or ""):
        return
    raise errors.UserError(
        f"base_url {address.scheme}://{address.hostname or ''} would send secrets in the clear; "
        "use https (http goes to this machine only)"
    )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _kind(error: Exception) -> str:
    """What went wrong, as the name of an error: its text may hold addresses."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason or error).__name__


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
