"""The Graph API as a whole: its Pages, its public, its front door."""

from __future__ import annotations

import dataclasses
import heapq
import itertools
import json
import math
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from campaignbot.networks import wire
from campaignbot.networks.graph import asked, catalogue, edges, refusals, shown, tables, tokens
from campaignbot.networks.graph.world import Page, Quirks, StoredPost, Story, World

_VERSION: Final = re.compile(r"/v(\d{1,3})\.(\d{1,2})(/.*)?")
_NUMBERS: Final = re.compile(r"\d+(?:_\d+)*")
ISSUED: Final = datetime(2026, 1, 1, tzinfo=UTC)
APP_ID: Final = "1000000000000001"
APP_SECRET: Final = "graph-app-secret"  # noqa: S105  a sham, for the embedded network alone


class Network:
    """The Graph API on a free port of 127.0.0.1. Thread-safe; every moment comes from `clock`, which gives aware UTC.

    `app_secret` proves calls: a given appsecret_proof must be right, and with `wants_proof` none may be without.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        app_id: str = APP_ID,
        app_secret: str = APP_SECRET,
        wants_proof: bool = False,
        quirks: Quirks | None = None,
        prefix: str = "",
    ) -> None:
        self.clock = clock
        self.faults = wire.Faults(catalogue.SAYINGS)
        self.quirks = quirks or Quirks()
        self._lock = threading.RLock()
        self._world = World()
        self._gate = tokens.Gate(app_id=app_id, app_secret=app_secret, wants_proof=wants_proof)
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

    def add_page(
        self,
        page_id: str,
        name: str,
        token: str,
        *,
        scopes: tuple[str, ...] = tables.SCOPES,
        expires: datetime | None = None,
    ) -> None:
        """A Page of ours and its token, with these permissions."""
        with self._lock:
            self._world.pages[page_id] = Page(id=page_id, name=name)
            self._gate.grant(tokens.page_token(token, page_id, scopes=scopes, issued=ISSUED, expires=expires))

    def add_user(self, token: str, *, pages: tuple[str, ...], user_id: str = "10000000000000001") -> None:
        """The token of a person who runs these Pages: it reads no comments, and says nothing about it."""
        with self._lock:
            self._gate.grant(tokens.user_token(token, user_id, pages, issued=ISSUED, expires=None))

    def invalidate(self, token: str, *, subcode: int = 460) -> None:
        """From now on this token gets error 190 with this subcode."""
        with self._lock:
            self._gate.invalidate(token, subcode)

    def set_usage(self, page_id: str, percent: int) -> None:
        """What the usage headers say for this Page."""
        with self._lock:
            self._world.pages[page_id].usage = percent

    def comment(
        self,
        post_id: str,
        author_name: str,
        text: str,
        *,
        parent: str | None = None,
        hide_from: bool = False,
        indexed_after: timedelta = timedelta(0),
    ) -> str:
        """Somebody comments on a post, or answers the comment `parent`; its id. With `hide_from` nobody is named."""
        with self._lock:
            self._take_effect()
            now = self.clock()
            made = self._world.comment(
                self._world.stories[post_id],
                self._world.person(author_name),
                text,
                at=now,
                visible_at=now + indexed_after,
                parent=None if parent is None else self._world.comments[parent],
                from_hidden=hide_from,
            )
            return made.id

    def remove(self, comment_id: str) -> None:
        """Somebody deletes a comment of theirs."""
        with self._lock:
            self._world.remove_comment(self._world.comments[comment_id])

    def posts(self, page_id: str) -> list[StoredPost]:
        """What stands on a Page for all to see, oldest first, whether indexed or not."""
        with self._lock:
            self._take_effect()
            stories = [story for story in self._world.pages[page_id].stories if story.published]
            return [_stored(story) for story in sorted(stories, key=lambda story: story.at)]

    def answers(self, page_id: str) -> list[StoredPost]:
        """The comments that the Page itself wrote, oldest first."""
        with self._lock:
            self._take_effect()
            return [
                StoredPost(id=each.id, text=each.text, at=each.at, reply_to=each.answers, alt_texts=())
                for story in self._world.pages[page_id].stories
                for each in story.comments
                if each.author.id == page_id
            ]

    def answer(self, request: wire.Request) -> wire.Answer:
        """The Graph API's answer, its refusals included."""
        with self._lock:
            self._take_effect()
            return self._answer(request)

    def speaker(self, request: wire.Request) -> str:
        """The id of the Page or user whose token the request names."""
        with self._lock:
            token = self._gate.claimed(request)
            return "" if token is None else token.holder

    def shape(self, request: wire.Request) -> str:
        """The path without version and ids."""
        version = _VERSION.fullmatch(request.path)
        path = request.path if version is None else version[3] or "/"
        return _NUMBERS.sub(":id", path)

    def later(self, request: wire.Request, at: datetime) -> None:
        """Let this request take effect at `at`."""
        with self._lock:
            heapq.heappush(self._late, (at, next(self._order), dataclasses.replace(request, at=at)))

    def broken(self) -> wire.Answer:
        """HTTP 500 with code 2: whether anything was done, it does not say."""
        return self._dressed(
            refusals.refusal(
                2, "An unexpected error has occurred. Please retry your request later.", transient=True, http=500
            ).answer
        )

    def limited(self, request: wire.Request, seconds: float) -> wire.Answer:
        """80001, with the minutes to wait in the header."""
        answer = refusals.refusal(
            80001,
            "There have been too many calls to this Page account. Wait a bit and try again. For more info, please refer"
            " to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
        ).answer
        usage = _usage(self.speaker(request), 100, minutes=math.ceil(seconds / 60))
        return self._dressed(dataclasses.replace(answer, headers=usage))

    def says(self, name: str) -> wire.Answer:
        """What stands in the catalogue under this name."""
        return catalogue.SAYINGS[name]

    def expired(self) -> wire.Answer:
        """190, subcode 463."""
        return self._dressed(refusals.token_gone(463).answer)

    def _dressed(self, answer: wire.Answer) -> wire.Answer:
        return dataclasses.replace(answer, media_type=self.quirks.media_type)

    def _take_effect(self) -> None:
        now = self.clock()
        while self._late and self._late[0][0] <= now:
            self._answer(heapq.heappop(self._late)[2])

    def _answer(self, request: wire.Request) -> wire.Answer:
        headers: dict[str, str] = {}
        try:
            version, path = _versioned(request.path)
            headers["facebook-api-version"] = version
            given = asked.parameters(request)
            now = request.moment(self.clock)
            token = self._gate.admit(request, given.given, now=now)
            headers |= self._usage(token)
            view = self._view(request, version, token, given, now=now)
            answer = wire.reply(HTTPStatus.OK, edges.answer(_meant(request, given), path, given, view, self._gate))
        except refusals.Refusal as refused:
            answer = refused.answer
        return self._dressed(dataclasses.replace(answer, headers=headers))

    def _view(
        self, request: wire.Request, version: str, token: tokens.Token, given: asked.Parameters, *, now: datetime
    ) -> shown.View:
        # the address of a further page carries the token only where the query did, not where a header did
        carried = {name: text for name, text in given.given.items() if name in ("access_token", "appsecret_proof")}
        base = f"http://{request.host}{request.prefix}/{version}"

        def address(path: str, query: Mapping[str, str]) -> str:
            return f"{base}/{path}?{urlencode({**query, **carried}, safe=',{}().')}"

        return shown.View(world=self._world, token=token, now=now, quirks=self.quirks, address=address)

    def _usage(self, token: tokens.Token) -> dict[str, str]:
        if token.kind == "PAGE":
            return _usage(token.holder, self._world.pages[token.holder].usage, minutes=0)
        return {"X-App-Usage": json.dumps({"call_count": 0, "total_time": 0, "total_cputime": 0})}


def _meant(request: wire.Request, given: asked.Parameters) -> wire.Request:
    """The request with the method that it means: a POST may name another one."""
    named = (given.text("method") or "").upper()
    other = request.method == "POST" and named in ("GET", "DELETE")
    return dataclasses.replace(request, method=named) if other else request


def _versioned(path: str) -> tuple[str, tuple[str, ...]]:
    match = _VERSION.fullmatch(path)
    if match is None:
        served, rest = tables.OLDEST, path
    else:
        wanted = (int(match[1]), int(match[2]))
        if wanted > tables.NEWEST or wanted[1] != 0:
            raise refusals.unknown_path(path.strip("/"))
        served, rest = max(wanted, tables.OLDEST), match[3] or "/"
    return f"v{served[0]}.{served[1]}", tuple(part for part in rest.split("/") if part)


def _usage(page_id: str, percent: int, *, minutes: int) -> dict[str, str]:
    usage = {
        "type": "pages",
        "call_count": percent,
        "total_cputime": 0,
        "total_time": 0,
        "estimated_time_to_regain_access": minutes,
    }
    return {"X-Business-Use-Case-Usage": json.dumps({page_id: [usage]})}


def _stored(story: Story) -> StoredPost:
    return StoredPost(
        id=story.id,
        text=story.text,
        at=story.at,
        reply_to=None,
        alt_texts=tuple(picture.alt for picture in story.pictures),
    )
