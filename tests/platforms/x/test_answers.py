import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

import made
from campaignbot import platforms
from campaignbot.model import errors
from campaignbot.model.delivery import Receipt
from campaignbot.model.post import Shown
from campaignbot.platforms import base
from campaignbot.platforms.x import answers
from platforms import scripted
from platforms.scripted import Drop, Scripted, Told

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
PROBLEMS = "https://api.x.com/2/problems/"
OLD_PROBLEMS = "https://api.twitter.com/2/problems/"
#: What stands in every answer and must not come out again.
CANARY = "canary-in-the-body"
PICTURE = Shown(path="media/candle.png", media_type="image/png", data=b"PNG", alt="a candle")


def problem(code: int, *, kind: str = "about:blank", title: str = CANARY, detail: str = CANARY, **more: object) -> Told:
    return Told(code, {"type": kind, "title": title, "detail": detail, "status": code, **more})


#: (row of the table, answer) as seen in X's documents and in the wild.
EXAMPLES: list[tuple[int, Told]] = [
    (0, Told(201, {"errors": [{"title": CANARY}]})),
    (0, Told(201, {"data": {"text": CANARY}})),
    (0, Told(201, {"data": {"id": "not a number"}})),
    (0, Told(201, b"")),
    (0, Told(201, b'{"data":{"id"')),
    (0, Told(200, b"<html>a captive portal</html>", media_type="text/html")),
    (1, Told(302, {}, {"Location": "http://127.0.0.1:9/elsewhere"})),
    (1, Told(308, {}, {"Location": "/2/tweets/"})),
    (1, Told(304, b"")),
    (2, problem(401, title="Unauthorized")),
    (2, Told(401, b"<html>")),
    (2, Told(401, {"errors": [{"code": 89, "message": CANARY}]})),
    (3, problem(402, title="CreditsDepleted")),
    (4, problem(403, detail="You are not allowed to create a Tweet with duplicate content.")),
    (
        4,
        Told(403, {"errors": None, "detail": "You are not allowed to create a Tweet with duplicate content."}),
    ),
    (5, Told(403, {"errors": [{"code": 187, "message": "Status is in error."}]})),
    (
        6,
        problem(
            403,
            detail="Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged"
            " by the author of the post you are replying to.",
        ),
    ),
    (7, problem(403, kind=f"{PROBLEMS}oauth1-permissions")),
    (7, problem(403, kind=f"{OLD_PROBLEMS}client-forbidden", reason="client-not-enrolled")),
    (7, problem(403, kind=f"{OLD_PROBLEMS}unsupported-authentication")),
    (8, Told(403, {"errors": [{"code": 453, "message": CANARY}]})),
    (8, Told(403, {"errors": [{"code": 261, "message": CANARY}]})),
    (9, Told(403, {"errors": [{"code": 326, "message": CANARY}]})),
    (9, Told(403, {"errors": [{"code": 64, "message": CANARY}]})),
    (10, problem(403, detail="Your account is suspended and is not permitted to access this feature.")),
    (11, Told(403, {"errors": [{"code": 344, "message": CANARY}]})),
    (11, Told(403, {"errors": [{"code": 185, "message": CANARY}]})),
    (12, problem(403, detail="You have reached your daily limit for sending Tweets. Please try again later.")),
    (13, problem(403)),
    (13, problem(403, detail="Posts are limited to a maximum of one cashtag.")),
    (13, problem(403, detail="You attempted to reply to a Tweet that is deleted or not visible to you.")),
    (13, Told(403, [{"message": CANARY}])),
    (13, Told(403, b"<html>")),
    (14, problem(404, kind=f"{PROBLEMS}resource-not-found")),
    (15, problem(408)),
    (16, problem(429, kind=f"{PROBLEMS}usage-capped")),
    (17, problem(429, title="UsageCapExceeded")),
    (18, problem(429, title="Too Many Requests")),
    (18, Told(429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]})),
    (18, Told(429, b"<html>")),
    (19, problem(400, kind=f"{PROBLEMS}invalid-request")),
    *((19, problem(code)) for code in (409, 410, 413, 415, 422, 418)),
    (20, problem(500)),
    (20, problem(503, title="Service Unavailable")),
    (20, Told(502, b"<html>bad gateway</html>", media_type="text/html")),
    (20, Told(504, b"", media_type=None)),
]


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted.serving() as server:
        server.tell("GET", "/2/users/me", Told(200, {"data": {"id": "7", "username": "wad_london", "name": CANARY}}))
        yield server


def connected(server: Scripted) -> base.Platform:
    return platforms.connect(
        made.account(base_url=server.url),
        lambda name: f"canary-{name}",
        clock=lambda: NOW,
        patience=base.Patience(connect=2.0, read=2.0, total=4.0),
    )


def test_every_row_has_its_examples() -> None:
    assert {number for number, _ in EXAMPLES} == set(range(len(answers.ROWS)))


@pytest.mark.parametrize(
    ("number", "told"), EXAMPLES, ids=[f"{number}-{told.code}-{place}" for place, (number, told) in enumerate(EXAMPLES)]
)
def test_a_post(server: Scripted, number: int, told: Told) -> None:
    server.tell("POST", "/2/tweets", told)
    row = answers.ROWS[number]
    with pytest.raises(errors.PlatformError) as raised:
        connected(server).publish(made.draft(), parent=None)
    assert (type(raised.value), raised.value.reason.partition(" (")[0]) == (row.means, row.says)
    assert f"HTTP {told.code}" in raised.value.reason
    assert CANARY not in raised.value.reason
    assert len(server.to("POST", "/2/tweets")) == 1


@pytest.mark.parametrize(
    ("number", "told"), EXAMPLES, ids=[f"{number}-{told.code}-{place}" for place, (number, told) in enumerate(EXAMPLES)]
)
def test_a_read_is_never_in_doubt_and_holds_no_account(server: Scripted, number: int, told: Told) -> None:
    server.tell("GET", "/2/users/7/tweets", dataclasses.replace(told))
    row = answers.ROWS[number]
    with pytest.raises(errors.PlatformError) as raised:
        connected(server).find(made.draft(), since=NOW)
    assert type(raised.value) is (errors.TryLater if row.means is errors.NoAnswer else row.means)
    assert not getattr(raised.value, "account_wide", False)


def test_the_reason_names_what_a_person_may_quote(server: Scripted) -> None:
    server.tell("POST", "/2/tweets", problem(403, kind=f"{PROBLEMS}client-forbidden"))
    with pytest.raises(errors.LockedOut) as raised:
        connected(server).publish(made.draft(), parent=None)
    assert raised.value.reason == (
        "X does not let this app post: its permissions, plan or kind of login (HTTP 403 client-forbidden)"
    )


def test_a_kind_that_is_no_name_is_not_shown() -> None:
    said = answers.said(base.Answer(403, {}, {"type": "https://x.com/ann writes about her illness"}))
    assert str(said) == "HTTP 403"


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({}, timedelta(minutes=15)),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 300)}, timedelta(minutes=5)),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) - 300)}, timedelta(minutes=1)),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()))}, timedelta(minutes=1)),
        ({"x-rate-limit-reset": "soon"}, timedelta(minutes=15)),
        ({"x-rate-limit-reset": "9" * 12}, timedelta(days=1)),
        ({"x-rate-limit-reset": "9" * 5000}, timedelta(minutes=15)),
        ({"retry-after": "600"}, timedelta(minutes=10)),
        ({"retry-after": "9" * 12}, timedelta(days=1)),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, timedelta(minutes=15)),
        (
            {
                "x-rate-limit-reset": str(int(NOW.timestamp()) + 300),
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": str(int(NOW.timestamp()) + 7200),
            },
            timedelta(hours=2),
        ),
        (
            {
                "x-rate-limit-reset": str(int(NOW.timestamp()) + 300),
                "x-app-limit-24hour-remaining": "5",
                "x-app-limit-24hour-reset": str(int(NOW.timestamp()) + 7200),
            },
            timedelta(minutes=5),
        ),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 400_000)}, timedelta(days=1)),
    ],
)
def test_when_x_lets_us_go_on(server: Scripted, headers: dict[str, str], after: timedelta) -> None:
    server.tell("POST", "/2/tweets", Told(429, {"title": "Too Many Requests"}, headers))
    with pytest.raises(errors.TryLater) as raised:
        connected(server).publish(made.draft(), parent=None)
    assert (raised.value.at, raised.value.account_wide) == (NOW + after, True)


def test_a_days_posts_used_up_waits_six_hours_whatever_the_headers_say(server: Scripted) -> None:
    reset = {"x-rate-limit-reset": str(int(NOW.timestamp()) + 60)}
    server.tell("POST", "/2/tweets", Told(403, {"errors": [{"code": 344, "message": "no more"}]}, reset))
    with pytest.raises(errors.TryLater) as raised:
        connected(server).publish(made.draft(), parent=None)
    assert (raised.value.at, raised.value.account_wide) == (NOW + timedelta(hours=6), True)


@pytest.mark.parametrize("lost", [Drop(), Told(503, {}), Told(201, b"")])
def test_a_lost_upload_was_surely_no_post(server: Scripted, lost: Drop | Told) -> None:
    server.tell("POST", "/2/media/upload", lost)
    with pytest.raises(errors.TryLater):
        connected(server).publish(made.draft(pictures=(PICTURE,)), parent=None)
    assert server.to("POST", "/2/tweets") == []


def test_a_picture_whose_description_is_refused_does_not_go_out(server: Scripted) -> None:
    server.tell("POST", "/2/media/upload", Told(200, {"data": {"id": "55"}}))
    server.tell("POST", "/2/media/metadata", problem(400))
    with pytest.raises(errors.Refused):
        connected(server).publish(made.draft(pictures=(PICTURE,)), parent=None)
    assert server.to("POST", "/2/tweets") == []


def test_what_goes_over_the_wire(server: Scripted) -> None:
    server.tell("POST", "/2/media/upload", Told(200, {"data": {"id": "55"}}))
    server.tell("POST", "/2/media/metadata", Told(200, {"data": {"id": "55"}}))
    server.tell("POST", "/2/tweets", Told(201, {"data": {"id": "99", "text": "whatever"}}))
    answered = Receipt(id="42", url=None, at=NOW)
    receipt = connected(server).publish(made.draft(pictures=(PICTURE,)), parent=answered)
    sent = [(asked.target, json.loads(asked.body)) for asked in server.asked if asked.method == "POST"]
    assert sent == [
        ("/2/media/upload", {"media": "UE5H", "media_category": "tweet_image", "media_type": "image/png"}),
        ("/2/media/metadata", {"id": "55", "metadata": {"alt_text": {"text": "a candle"}}}),
        (
            "/2/tweets",
            {
                "media": {"media_ids": ["55"]},
                "reply": {"in_reply_to_tweet_id": "42"},
                "text": "London: we meet at 18:00. #WorldAIDSDay",
            },
        ),
    ]
    assert (receipt.id, receipt.url, receipt.at) == ("99", "https://x.com/wad_london/status/99", NOW)


def test_no_token_stands_in_any_address(server: Scripted) -> None:
    server.tell("POST", "/2/tweets", Told(201, {"data": {"id": "99"}}))
    connected(server).publish(made.draft(), parent=None)
    assert [asked.target for asked in server.asked] == ["/2/users/me", "/2/tweets"]
    assert all('oauth_token="canary-ACCESS_TOKEN"' in asked.headers["authorization"] for asked in server.asked)
    assert not any("SECRET" in asked.headers["authorization"] for asked in server.asked)
