"""The network X as a whole: its accounts, its public, its front door."""

from __future__ import annotations

import dataclasses
import functools
import heapq
import itertools
import re
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

from campaignbot.networks import wire
from campaignbot.networks.x import asked, catalogue, oauth, problems, reading, shown, uploads, windows, writing
from campaignbot.networks.x.world import Post, StoredPost, User, World

_NUMBERS: Final = re.compile(r"/\d+")
JOINED: Final = datetime(2012, 12, 1, tzinfo=UTC)


class Network:
    """X on a free port of 127.0.0.1. Thread-safe; every moment comes from `clock`, which gives aware UTC.

    `limits` enforces the documented calls in 15 minutes (the headers are always there); `prefix` stands before every
    path. Requests are proved with OAuth 1.0a, signed for api.twitter.com, api.x.com or this very address, or carry an
    OAuth 2.0 user token.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        limits: bool = False,
        rules: writing.Rules | None = None,
        prefix: str = "",
    ) -> None:
        self.clock = clock
        self.faults = wire.Faults(catalogue.SAYINGS)
        self.rules = rules or writing.Rules()
        self._limits = limits
        self._lock = threading.RLock()
        self._world = World()
        self._gate = oauth.Gate(fresh=self.rules.fresh)
        self._windows = windows.Windows()
        self._late: list[tuple[datetime, int, wire.Request]] = []
        self._order = itertools.count()
        self._server = wire.Server(self, faults=self.faults, prefix=prefix)

    @property
    def url(self) -> str:
        """Where it listens; raises RuntimeError before `start`."""
        return self._server.url

    @property
    def requests(self) -> deque[tuple[str, str, str]]:
        """What was asked lately: method, path, query string without secrets."""
        return self._server.requests

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def stop(self) -> None:
        """Close the port and all connections."""
        self._server.stop()

    def add_account(
        self,
        handle: str,
        *,
        api_key: str,
        api_secret: str,
        access_token: str,
        access_secret: str,
        bearer: str | None = None,
    ) -> str:
        """An account of ours and its keys (`bearer`: also an OAuth 2.0 user token); its user id."""
        with self._lock:
            user = self._world.join(handle, name=handle, at=JOINED)
            keys = oauth.Keys(
                user=user.id,
                handle=handle,
                api_key=api_key,
                api_secret=api_secret,
                access_token=access_token,
                access_secret=access_secret,
                bearer=bearer,
            )
            self._gate.grant(keys)
            return str(user.id)

    def revoke(self, handle: str) -> None:
        """The account's keys are good no longer."""
        with self._lock:
            self._gate.revoke(self._known(handle).id)

    def make_read_only(self, handle: str) -> None:
        """The app's permission for this account is read only from now on."""
        with self._lock:
            self._gate.make_read_only(self._known(handle).id)

    def public(self, handle: str) -> str:
        """A member of the public, made on the first call; the user id."""
        with self._lock:
            user = self._world.user(handle) or self._world.join(handle, name=handle, at=JOINED)
            return str(user.id)

    def reply(self, author: str, *, to: str, text: str, indexed_after: timedelta = timedelta(0)) -> str:
        """Somebody replies to a post; the reply's id. It mentions that post's author without being typed."""
        with self._lock:
            return str(self._speak(author, text, parent=self._post(to), indexed_after=indexed_after).id)

    def mention(self, author: str, text: str, *, indexed_after: timedelta = timedelta(0)) -> str:
        """Somebody posts something, in which an account may be mentioned; its id."""
        with self._lock:
            return str(self._speak(author, text, parent=None, indexed_after=indexed_after).id)

    def remove(self, post_id: str) -> None:
        """Somebody deletes a post of theirs."""
        with self._lock:
            self._world.remove(self._post(post_id))

    def posts(self, handle: str) -> list[StoredPost]:
        """What an account has posted and not deleted, oldest first, whether indexed or not."""
        with self._lock:
            self._take_effect()
            ids = self._world.authored(self._known(handle).id)
            return [_stored(self._world.posts[number]) for number in ids]

    def answer(self, request: wire.Request) -> wire.Answer:
        """X's answer, its refusals included."""
        with self._lock:
            self._take_effect()
            return self._answer(request)

    def speaker(self, request: wire.Request) -> str:
        """The handle whose keys the request names."""
        with self._lock:
            keys = self._gate.claimed(request)
            return "" if keys is None else keys.handle

    def shape(self, request: wire.Request) -> str:
        """The path without ids."""
        return _NUMBERS.sub("/:id", request.path)

    def later(self, request: wire.Request, at: datetime) -> None:
        """Let this request take effect at `at`."""
        with self._lock:
            heapq.heappush(self._late, (at, next(self._order), dataclasses.replace(request, at=at)))

    def broken(self) -> wire.Answer:
        """503, as the real one now and then says."""
        return problems.plain(HTTPStatus.SERVICE_UNAVAILABLE).answer

    def limited(self, request: wire.Request, seconds: float) -> wire.Answer:
        """429 until so many seconds from now."""
        answer = problems.plain(HTTPStatus.TOO_MANY_REQUESTS).answer
        reset = self.clock() + timedelta(seconds=seconds)
        return dataclasses.replace(answer, headers=windows.headers(100, 0, reset))

    def says(self, name: str) -> wire.Answer:
        """What stands in the catalogue under this name."""
        return catalogue.SAYINGS[name](self.clock())

    def expired(self) -> wire.Answer:
        """401."""
        return problems.plain(HTTPStatus.UNAUTHORIZED).answer

    def _known(self, handle: str) -> User:
        user = self._world.user(handle)
        if user is None:
            message = "no such user on this network"
            raise KeyError(message)
        return user

    def _post(self, post_id: str) -> Post:
        return self._world.posts[int(post_id)]

    def _speak(self, author: str, text: str, *, parent: Post | None, indexed_after: timedelta) -> Post:
        self._take_effect()
        user = self._world.user(author) or self._world.join(author, name=author, at=JOINED)
        now = self.clock()
        return self._world.add(user, text, at=now, visible_at=now + indexed_after, parent=parent)

    def _take_effect(self) -> None:
        now = self.clock()
        while self._late and self._late[0][0] <= now:
            self._answer(heapq.heappop(self._late)[2])

    def _answer(self, request: wire.Request) -> wire.Answer:
        headers: dict[str, str] = {}
        try:
            keys = self._gate.admit(request)
            endpoint, act = self._route(request)
            within, headers = self._windows.count(keys.user, endpoint, now=request.moment(self.clock))
            if self._limits and not within:
                raise problems.plain(HTTPStatus.TOO_MANY_REQUESTS)
            if request.method != "GET" and not keys.may_write:
                raise problems.typed(
                    HTTPStatus.FORBIDDEN,
                    "oauth1-permissions",
                    title="Forbidden",
                    detail="Your client app is not configured with the appropriate oauth1 app permissions for this"
                    " endpoint.",
                    types=self.rules.types,
                )
            query = asked.query(request, endpoint, types=self.rules.types)
            answer = act(self._world.users[keys.user], request, query)
        except problems.Problem as problem:
            answer = problem.answer
        return dataclasses.replace(answer, headers={**answer.headers, **headers})

    def _route(self, request: wire.Request) -> tuple[asked.Endpoint, _Act]:
        for method, pattern, endpoint, act in _ROUTES:
            if method == request.method and pattern.fullmatch(request.path):
                return endpoint, functools.partial(act, self)
        raise problems.plain(HTTPStatus.NOT_FOUND)

    def _create(self, user: User, request: wire.Request, _query: asked.Query) -> wire.Answer:
        return writing.create(self._world, user, request, self.rules, now=request.moment(self.clock))

    def _delete(self, user: User, request: wire.Request, _query: asked.Query) -> wire.Answer:
        return writing.delete(self._world, user, request.path.rpartition("/")[2])

    def _me(self, user: User, _request: wire.Request, query: asked.Query) -> wire.Answer:
        return wire.reply(HTTPStatus.OK, {"data": shown.user(user, query, self._world)})

    def _lookup(self, _user: User, _request: wire.Request, query: asked.Query) -> wire.Answer:
        return reading.lookup(self._world, query, types=self.rules.types)

    def _one(self, _user: User, request: wire.Request, query: asked.Query) -> wire.Answer:
        return reading.one(self._world, request.path.rpartition("/")[2], query, types=self.rules.types)

    def _search(self, _user: User, _request: wire.Request, query: asked.Query) -> wire.Answer:
        return reading.search(self._world, query, now=self.clock(), types=self.rules.types)

    def _timeline(self, _user: User, request: wire.Request, query: asked.Query) -> wire.Answer:
        return self._of_user(reading.timeline, request, query)

    def _mentions(self, _user: User, request: wire.Request, query: asked.Query) -> wire.Answer:
        return self._of_user(reading.mentions, request, query)

    def _of_user(self, read: Callable[..., wire.Answer], request: wire.Request, query: asked.Query) -> wire.Answer:
        number = request.path.split("/")[3]
        if int(number) not in self._world.users:
            error = problems.not_found(number, parameter="id", what="user", types=self.rules.types)
            return wire.reply(HTTPStatus.OK, {"errors": [error]})
        now = self.clock()
        if self.rules.since_id_reach is not None:
            reading.refuse_stale(query, now - self.rules.since_id_reach, types=self.rules.types)
        return read(self._world, int(number), query, now=now, types=self.rules.types)

    def _upload(self, user: User, request: wire.Request, query: asked.Query) -> wire.Answer:
        steps = request.path.split("/")[4:]
        now, types = request.moment(self.clock), self.rules.types
        if request.method == "GET":
            return uploads.progress(self._world, user, dict(request.parameters)["media_id"], now=now, types=types)
        if not steps:
            return uploads.upload(self._world, user, request, now=now, types=types)
        if steps == ["initialize"]:
            return uploads.initialize(self._world, user, request, now=now, types=types)
        if steps[1] == "append":
            return uploads.append(self._world, user, steps[0], request, now=now, types=types)
        return uploads.finalize(self._world, user, steps[0], now=now, types=types)

    def _describe(self, user: User, request: wire.Request, _query: asked.Query) -> wire.Answer:
        return uploads.describe(self._world, user, request, now=request.moment(self.clock), types=self.rules.types)


def _stored(post: Post) -> StoredPost:
    return StoredPost(
        id=str(post.id),
        text=post.sent,
        at=post.at,
        reply_to=None if post.parent is None else str(post.parent),
        alt_texts=tuple(media.alt for media in post.media),
    )


_Act = Callable[[User, wire.Request, asked.Query], wire.Answer]
_ROUTES: Final = tuple(
    (method, re.compile(pattern), endpoint, act)
    for method, pattern, endpoint, act in (
        ("POST", r"/2/tweets", asked.CREATE, Network._create),
        ("DELETE", r"/2/tweets/\d{1,19}", asked.DELETE, Network._delete),
        ("GET", r"/2/tweets", asked.LOOKUP, Network._lookup),
        ("GET", r"/2/tweets/search/recent", asked.SEARCH, Network._search),
        ("GET", r"/2/tweets/\d{1,19}", asked.ONE, Network._one),
        ("GET", r"/2/users/me", asked.ME, Network._me),
        ("GET", r"/2/users/\d{1,19}/tweets", asked.TIMELINE, Network._timeline),
        ("GET", r"/2/users/\d{1,19}/mentions", asked.MENTIONS, Network._mentions),
        ("GET", r"/2/media/upload", asked.PROGRESS, Network._upload),
        ("POST", r"/2/media/upload", asked.UPLOAD, Network._upload),
        ("POST", r"/2/media/upload/initialize", asked.CHUNKED, Network._upload),
        ("POST", r"/2/media/upload/\d{1,19}/append", asked.CHUNKED, Network._upload),
        ("POST", r"/2/media/upload/\d{1,19}/finalize", asked.CHUNKED, Network._upload),
        ("POST", r"/2/media/metadata", asked.METADATA, Network._describe),
    )
)
