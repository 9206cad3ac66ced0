"""Every request that an adapter makes fails in every way, with canaries in the secrets, in our words, in people's words
and in what the network answers: none of them comes out."""

import itertools
import json
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

import made
from campaignbot import platforms
from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.model.delivery import Receipt
from campaignbot.model.post import Shown
from campaignbot.model.reply import Cursor
from campaignbot.platforms import base
from platforms import scripted
from platforms.scripted import Drip, Drop, Scripted, Told

CANARY = "tweet-tweet"
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
PATIENCE = base.Patience(connect=2.0, read=0.2, total=0.4, upload=0.4, sweep=timedelta(0))
PICTURES = tuple(
    Shown(path=f"media/{CANARY}.png", media_type="image/png", data=b"PNG", alt=f"{CANARY} {n}") for n in (1, 2)
)
DRAFT = made.draft(text=f"{CANARY}-words of ours")
SENT = Receipt(id="99_100", url=None, at=NOW - timedelta(hours=1))
SENT_ON_X = Receipt(id="100", url=None, at=NOW - timedelta(hours=1))

PROBLEM = {"title": CANARY, "detail": CANARY, "type": f"https://example.org/{CANARY} of a person"}
GRAPH = {"message": CANARY, "error_user_msg": CANARY, "fbtrace_id": f"{CANARY}!"}
FAILURES: dict[str, Told | Drop | Drip] = {
    "dropped": Drop(),
    "drips": Drip(every=0.05),
    "no HTTP": Drip(every=60.0, head=f"{CANARY} is no HTTP\r\n".encode()),
    "HTML": Told(502, f"<html>{CANARY}</html>".encode(), media_type="text/html"),
    "not gzip": Told(200, CANARY.encode(), {"Content-Encoding": "gzip"}),
    "odd": Told(200, {"data": [{"id": f"{CANARY} !", "from": CANARY}], "id": f"{CANARY} !", "meta": CANARY}),
    "elsewhere": Told(302, {}, {"Location": f"/elsewhere?access_token={CANARY}"}),
    "401": Told(401, PROBLEM),
    "403": Told(403, [CANARY]),
    "429": Told(429, PROBLEM | {"errors": [{"message": CANARY, "code": f"{CANARY} !"}]}),
    "100": Told(400, {"error": {"code": 100, **GRAPH}}),
}


def x(server: Scripted) -> base.Platform:
    answers = {
        ("GET", "/2/users/me"): {"data": {"id": "7", "username": "wad_london", "name": CANARY}},
        ("GET", "/2/users/7/tweets"): {"meta": {}},
        ("GET", "/2/users/7/mentions"): {"meta": {}},
        ("GET", "/2/tweets"): {"data": []},
        ("GET", "/2/tweets/search/recent"): {"meta": {}},
        ("POST", "/2/media"): {"data": {"id": "55"}},
        ("POST", "/2/tweets"): {"data": {"id": "99"}},
    }
    for (method, path), body in answers.items():
        server.tell(method, path, Told(200, body))
    account = made.account(base_url=server.url)
    return platforms.connect(account, lambda name: f"{CANARY}-{name}", clock=lambda: NOW, patience=PATIENCE)


def facebook(server: Scripted) -> base.Platform:
    answers = {
        ("GET", "/me"): {"id": "12", "name": CANARY},
        ("GET", "/published_posts"): {"data": []},
        ("GET", "/comments"): {"data": []},
        ("POST", "/photos"): {"id": "55", "post_id": "12_55"},
        ("POST", "/comments"): {"id": "100_1"},
        ("POST", "/feed"): {"id": "12_99"},
        ("POST", "/debug_token"): {"data": {"is_valid": True, "type": "PAGE"}},
    }
    for (method, path), body in answers.items():
        server.tell(method, path, Told(200, body))
    account = Account(id="fb-london", platform="facebook", page="12", base_url=server.url)
    return platforms.connect(account, lambda name: f"{CANARY}-{name}", clock=lambda: NOW, patience=PATIENCE)


def polled(platform: base.Platform, sent: Receipt) -> None:
    page = platform.replies([sent], after=None)
    later = page.cursor and Cursor(page.cursor)
    platform.replies([sent], after=later)


CALLS: dict[str, Callable[[base.Platform, Receipt], object]] = {
    "post": lambda platform, _: platform.publish(DRAFT, parent=None),
    "pictures": lambda platform, _: platform.publish(made.draft(text=CANARY, pictures=PICTURES), parent=None),
    "a picture": lambda platform, _: platform.publish(made.draft(text=CANARY, pictures=PICTURES[:1]), parent=None),
    "answer": lambda platform, sent: platform.publish(DRAFT, parent=sent),
    "find": lambda platform, _: platform.find(DRAFT, since=NOW),
    "poll": polled,
    "vanished": lambda platform, _: platform.vanished(["77"]),
    "check": lambda platform, _: platform.check(),
}


def breaks(server: Scripted, at: int, failure: Told | Drop | Drip) -> Callable[[], bool]:
    """Answer the request of this number so; what comes back says whether there was one."""
    number, well = itertools.count(), server.take

    def take(asked: scripted.Asked) -> Told | Drop | Drip:
        answer = well(asked)
        return failure if next(number) == at else answer

    server.take = take  # type: ignore[method-assign]  # a server's own fault, not one of ours
    return lambda: len(server.asked) > at


def shown(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + repr(error.__cause__)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("connect", "sent"), [(x, SENT_ON_X), (facebook, SENT)], ids=["x", "facebook"])
@pytest.mark.parametrize("failure", FAILURES)
def test_whatever_fails_no_canary_comes_out(
    connect: Callable[[Scripted], base.Platform],
    sent: Receipt,
    call: str,
    failure: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[str] = []
    caplog.set_level(logging.DEBUG)
    for at in itertools.count():
        with scripted.serving() as server:
            platform = connect(server)
            reached = breaks(server, at, FAILURES[failure])
            try:
                told.append(str(CALLS[call](platform, sent)))
            except errors.PlatformError as error:
                told.append(shown(error))
            told += [asked.target for asked in server.asked]
            if not reached():
                break
    told += [caplog.text, json.dumps([record.__dict__ for record in caplog.records], default=repr)]
    assert [text for text in told if CANARY in text] == []
