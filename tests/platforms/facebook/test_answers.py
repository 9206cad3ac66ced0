import json
import urllib.parse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

import made
from campaignbot import platforms
from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.model.delivery import Receipt
from campaignbot.model.post import Shown
from campaignbot.platforms import base
from campaignbot.platforms.facebook import answers
from platforms import scripted
from platforms.scripted import Drop, Scripted, Told

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
#: What stands in every answer and must not come out again.
CANARY = "canary-in-the-body"
PICTURE = Shown(path="media/candle.png", media_type="image/png", data=b"PNG", alt="a candle")
SECRETS = {"PAGE_TOKEN": "canary-page-token"}


def error(code: int, subcode: int | None = None, *, http: int = 400, message: str = CANARY, **more: object) -> Told:
    told = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbC-1_x", **more}
    if subcode is not None:
        told["error_subcode"] = subcode
    return Told(http, {"error": told})


#: (row of the table, answer) as seen in Meta's documents and in the wild.
EXAMPLES: list[tuple[int, Told]] = [
    (0, error(100, message="Tried accessing nonexisting field", original_response={"id": "12_3"})),
    (1, error(2, http=500)),
    (1, error(190, http=500)),
    (1, Told(502, b"<html>bad gateway</html>", media_type="text/html")),
    (1, Told(503, b"", media_type=None)),
    (1, Told(500, {"foo": 1})),
    *((2, error(code)) for code in (4, 17, 32, 341, 613, 80001, 80002, 80006)),
    (2, error(4, is_transient=True)),
    (3, error(1)),
    (3, error(1, 99)),
    (3, error(2, http=200)),
    (4, error(9999, is_transient=True)),
    *((5, error(190, subcode)) for subcode in (None, 458, 459, 460, 463, 464, 467, 492)),
    (5, error(102)),
    (5, error(190, message="Any of the pages_manage_posts permission(s) must be granted before impersonating a page")),
    (5, error(190, http=401)),
    *((6, error(code)) for code in (3, 10, 200, 283, 299)),
    (7, error(100, message="API calls from the server require an appsecret_proof argument")),
    (8, error(506)),
    (9, error(368, 1404082)),
    *((10, error(368, subcode)) for subcode in (1404006, 1404078, 1404112, 4854002)),
    *((11, error(code)) for code in (1346003, 1404102)),
    *((12, error(368, subcode)) for subcode in (1346003, 1404102)),
    (13, error(368, 1390008)),
    (13, error(368)),
    *((14, error(code)) for code in (1609005, 1609008, 2061006)),
    *((15, error(100, subcode)) for subcode in (1609005, 1609008, 2061006)),
    *((16, error(code)) for code in (324, 1366046, 1366051, 2069019)),
    *((17, error(100, subcode)) for subcode in (1366046, 1366051, 2069019)),
    (18, error(100, 33)),
    (19, error(100)),
    (19, error(2500)),
    (19, error(3001)),
    (19, error(803, http=404)),
    (19, error(2635)),
    (20, Told(400, b"<html>")),
    (20, Told(403, [{"error": CANARY}])),
    (20, Told(404, {"title": CANARY})),
    (20, Told(302, {}, {"Location": "http://127.0.0.1:9/elsewhere"})),
    (20, Told(200, {"success": True})),
    (20, Told(200, {"id": 5})),
    (20, Told(200, {"id": f"{CANARY} and spaces"})),
    (20, Told(200, {"id": "12_3", "created_time": "yesterday"})),
    (20, Told(200, b"")),
    (20, Told(200, b'{"id":"12')),
    (20, Told(200, b"<html>a captive portal</html>", media_type="text/html")),
]
IDS = [f"{number}-{told.code}-{place}" for place, (number, told) in enumerate(EXAMPLES)]


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted.serving() as server:
        server.tell("GET", "/v26.0/me", Told(200, {"id": "12", "name": CANARY}))
        yield server


def connected(server: Scripted, secrets: dict[str, str] = SECRETS) -> base.Platform:
    account = Account(id="fb-london", platform="facebook", page="12", base_url=server.url)
    patience = base.Patience(connect=2.0, read=2.0, total=4.0)
    return platforms.connect(account, secrets.get, clock=lambda: NOW, patience=patience)


def test_every_row_has_its_examples() -> None:
    assert {number for number, _ in EXAMPLES} == set(range(len(answers.ROWS)))


@pytest.mark.parametrize(("number", "told"), EXAMPLES, ids=IDS)
def test_a_post(server: Scripted, number: int, told: Told) -> None:
    server.tell("POST", "/12/feed", told)
    row = answers.ROWS[number]
    with pytest.raises(errors.PlatformError) as raised:
        connected(server).publish(made.draft(), parent=None)
    assert (type(raised.value), raised.value.reason.partition(" (")[0]) == (row.means, row.says)
    assert CANARY not in raised.value.reason
    assert len(server.to("POST", "/feed")) == 1


@pytest.mark.parametrize(("number", "told"), EXAMPLES, ids=IDS)
def test_a_read_is_never_in_doubt(server: Scripted, number: int, told: Told) -> None:
    server.tell("GET", "/12/published_posts", told)
    row = answers.ROWS[number]
    with pytest.raises(errors.PlatformError) as raised:
        connected(server).find(made.draft(), since=NOW)
    assert type(raised.value) is (errors.TryLater if row.means is errors.NoAnswer else row.means)


def test_the_reason_names_what_a_person_may_quote(server: Scripted) -> None:
    server.tell("POST", "/12/feed", error(190, 463))
    with pytest.raises(errors.LockedOut) as raised:
        connected(server).publish(made.draft(), parent=None)
    assert raised.value.reason == (
        "Facebook does not accept this Page's token (HTTP 400 code 190 subcode 463 fbtrace_id AbC-1_x)"
    )


def usage(*minutes: int) -> dict[str, str]:
    uses = [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": each} for each in minutes]
    return {"X-Business-Use-Case-Usage": json.dumps({"12": uses})}


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({}, timedelta(minutes=15)),
        (usage(5), timedelta(minutes=15)),
        (usage(0, 40), timedelta(minutes=40)),
        (usage(40, 0), timedelta(minutes=40)),
        (usage(10_000), timedelta(days=1)),
        ({"X-Business-Use-Case-Usage": "not JSON"}, timedelta(minutes=15)),
        ({"X-Business-Use-Case-Usage": "[1]"}, timedelta(minutes=15)),
        (
            {"X-Business-Use-Case-Usage": '{"12": [{"estimated_time_to_regain_access": Infinity}]}'},
            timedelta(minutes=15),
        ),
    ],
)
def test_when_facebook_lets_us_go_on(server: Scripted, headers: dict[str, str], after: timedelta) -> None:
    told = error(80001)
    server.tell("POST", "/12/feed", Told(told.code, told.body, headers))
    with pytest.raises(errors.TryLater) as raised:
        connected(server).publish(made.draft(), parent=None)
    assert (raised.value.at, raised.value.account_wide) == (NOW + after, True)


def test_a_blocked_page_rests_for_hours(server: Scripted) -> None:
    server.tell("POST", "/12/feed", error(368, 1390008))
    with pytest.raises(errors.TryLater) as raised:
        connected(server).publish(made.draft(), parent=None)
    assert (raised.value.at, raised.value.account_wide) == (NOW + timedelta(hours=3), True)


@pytest.mark.parametrize("media_type", ["application/json", "text/javascript; charset=UTF-8", "text/plain", None])
def test_json_is_read_whatever_it_calls_itself(server: Scripted, media_type: str | None) -> None:
    told = {
        "id": "12_3",
        "permalink_url": "https://www.facebook.com/12/posts/3",
        "created_time": "2027-03-01T12:00:05+0000",
    }
    server.tell("POST", "/12/feed", Told(200, told, media_type=media_type))
    receipt = connected(server).publish(made.draft(), parent=None)
    assert receipt == Receipt(id="12_3", url="https://www.facebook.com/12/posts/3", at=NOW + timedelta(seconds=5))


def test_what_goes_over_the_wire(server: Scripted) -> None:
    server.tell("POST", "/12/feed", Told(200, {"id": "12_3"}))
    server.tell("POST", "/12/photos", Told(200, {"id": "55"}))
    receipt = connected(server).publish(made.draft(pictures=(PICTURE, PICTURE)), parent=None)
    assert receipt == Receipt(id="12_3", url="https://www.facebook.com/12_3", at=NOW)
    (feed,) = server.to("POST", "/feed")
    assert dict(urllib.parse.parse_qsl(feed.body.decode())) == {
        "message": "London: we meet at 18:00. #WorldAIDSDay",
        "attached_media": '[{"media_fbid": "55"}, {"media_fbid": "55"}]',
        "fields": "id,permalink_url,created_time",
    }
    for photo in server.to("POST", "/photos"):
        assert b'name="published"\r\n\r\nfalse\r\n' in photo.body
        assert b'name="alt_text_custom"\r\n\r\na candle\r\n' in photo.body
        assert b'filename="picture.png"' in photo.body


def test_a_picture_that_became_no_post_is_in_doubt(server: Scripted) -> None:
    server.tell("POST", "/12/photos", Told(200, {"id": "55"}))
    with pytest.raises(errors.NoAnswer):
        connected(server).publish(made.draft(pictures=(PICTURE,)), parent=None)


@pytest.mark.parametrize("lost", [Drop(), Told(503, {}), error(1), Told(200, b"")])
def test_a_lost_upload_was_surely_no_post(server: Scripted, lost: Drop | Told) -> None:
    server.tell("POST", "/12/photos", lost)
    with pytest.raises(errors.TryLater):
        connected(server).publish(made.draft(pictures=(PICTURE, PICTURE)), parent=None)
    assert server.to("POST", "/feed") == []


def test_an_answer_cannot_carry_pictures(server: Scripted) -> None:
    with pytest.raises(errors.Refused):
        connected(server).publish(made.draft(pictures=(PICTURE,)), parent=Receipt(id="12_3_4", url=None, at=NOW))
    assert [asked.method for asked in server.asked] == ["GET"]


def test_no_token_stands_in_any_address(server: Scripted) -> None:
    secrets = {**SECRETS, "APP_ID": "77", "APP_SECRET": "canary-app-secret"}
    server.tell("POST", "/12/feed", Told(200, {"id": "12_3"}))
    server.tell("POST", "/12/photos", Told(200, {"id": "55", "post_id": "12_4"}))
    server.tell("GET", "/12/published_posts", Told(200, {"data": []}))
    server.tell("POST", "/debug_token", Told(200, {"data": {}}))
    platform = connected(server, secrets)
    platform.publish(made.draft(), parent=None)
    platform.publish(made.draft(pictures=(PICTURE,)), parent=None)
    platform.check()
    assert not any("canary" in asked.target for asked in server.asked)
    assert {asked.headers["authorization"] for asked in server.asked} == {
        "Bearer canary-page-token",
        "Bearer 77|canary-app-secret",
    }
    assert not any(b"access_token" in asked.body for asked in server.asked)


def test_calls_are_signed_where_the_app_has_a_secret(server: Scripted) -> None:
    server.tell("POST", "/12/feed", Told(200, {"id": "12_3"}))
    connected(server, {**SECRETS, "APP_SECRET": "canary-app-secret"}).publish(made.draft(), parent=None)
    # printf canary-page-token | openssl dgst -sha256 -hmac canary-app-secret
    proof = "ee2940a5d6d6b44c838367a898b5866b78ba44ae29fa08fbfc1b6fa07450206a"
    (feed,) = server.to("POST", "/feed")
    assert dict(urllib.parse.parse_qsl(feed.body.decode()))["appsecret_proof"] == proof
    assert server.asked[0].target.endswith(f"appsecret_proof={proof}")
