import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import made
from campaignbot import platforms
from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.model.reply import Check
from campaignbot.platforms import base
from campaignbot.platforms.facebook import comments
from platforms import scripted
from platforms.scripted import Scripted, Told

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
SCOPES = ["pages_manage_posts", "pages_read_engagement", "pages_read_user_content", "pages_show_list"]
NAME = "fb-london: Facebook"


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted.serving() as server:
        server.tell("GET", "/v26.0/me", Told(200, {"id": "12", "name": "WAD London"}))
        server.tell("GET", "/published_posts", Told(200, {"data": []}, {"facebook-api-version": "v26.0"}))
        yield server


def connected(server: Scripted, **secrets: str) -> base.Platform:
    account = Account(id="fb-london", platform="facebook", page="12", base_url=server.url)
    given = {"PAGE_TOKEN": "token", **secrets}
    return platforms.connect(account, given.get, clock=lambda: NOW, patience=base.Patience(read=2.0, total=4.0))


def named(checks: tuple[Check, ...], name: str) -> Check:
    return next(check for check in checks if check.name == f"{NAME} {name}")


def test_doctor_says_that_a_version_is_no_longer_served(server: Scripted) -> None:
    server.tell("GET", "/published_posts", Told(200, {"data": []}, {"facebook-api-version": "v27.0"}))
    assert named(connected(server).check(), "version") == Check(
        name=f"{NAME} version",
        ok=False,
        detail="served by Graph v27.0",
        fix="Graph v26.0 is no longer served: update campaignbot",
    )


@pytest.mark.parametrize(
    ("token", "ok", "detail"),
    [
        ({"is_valid": True, "type": "PAGE", "scopes": SCOPES, "expires_at": 0}, True, "has no end"),
        ({"is_valid": True, "type": "PAGE", "scopes": SCOPES, "expires_at": 1830000000}, True, "ends 2027-12-28"),
        ({"is_valid": True, "type": "PAGE", "scopes": SCOPES, "expires_at": 1804680000}, False, "ends 2027-03-10"),
        ({"is_valid": True, "type": "USER", "scopes": SCOPES}, False, "has no end"),
        ({"is_valid": False, "type": "PAGE", "scopes": SCOPES}, False, "has no end"),
        ({"is_valid": True, "type": "PAGE", "scopes": SCOPES[1:]}, False, "has no end; lacks pages_manage_posts"),
    ],
)
def test_doctor_says_what_the_token_is(server: Scripted, token: dict[str, Any], ok: bool, detail: str) -> None:
    server.tell("POST", "/debug_token", Told(200, {"data": token}))
    check = named(connected(server, APP_ID="77", APP_SECRET="secret").check(), "token")
    assert (check.ok, check.detail) == (ok, detail)


def test_a_token_that_facebook_does_not_describe_is_no_fault(server: Scripted) -> None:
    check = named(connected(server, APP_ID="77", APP_SECRET="secret").check(), "token")
    assert (check.ok, check.detail.startswith("Facebook does not say when it ends")) == (True, True)


def test_a_page_that_cannot_say_who_it_is_is_locked_out(server: Scripted) -> None:
    server.tell("GET", "/v26.0/me", Told(400, {"error": {"code": 2500, "message": "An active token must be used"}}))
    with pytest.raises(errors.LockedOut):
        connected(server).publish(made.draft(), parent=None)


def test_a_timeline_that_breaks_off_proves_nothing(server: Scripted) -> None:
    ours = {"id": "12_3", "message": made.draft().text, "created_time": "2027-03-01T12:00:00+0000"}
    paging = {"cursors": {"after": "on"}, "next": "https://graph.facebook.com/on"}
    server.tell("GET", "/published_posts", Told(200, {"data": [ours], "paging": paging}), Told(502, b"<html>"))
    with pytest.raises(errors.TryLater):
        connected(server).find(made.draft(), since=NOW)


def test_a_timeline_without_end_proves_nothing(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comments, "LIST_PAGES", 2)
    paging = {"cursors": {"after": "on"}, "next": "https://graph.facebook.com/on"}
    server.tell("GET", "/published_posts", Told(200, {"data": [], "paging": paging}))
    with pytest.raises(errors.TryLater, match="far enough back"):
        connected(server).find(made.draft(), since=NOW)


def test_whoever_serves_a_page_uses_its_one_connection(server: Scripted) -> None:
    server.tell("POST", "/v26.0/12/feed", Told(200, {"id": "12_1"}))
    page = connected(server)
    draft = made.draft(account=Account(id="fb-london", platform="facebook", page="12"))
    for _ in range(3):
        thread = threading.Thread(target=page.publish, args=[draft], kwargs={"parent": None})
        thread.start()
        thread.join()
    assert [asked.method for asked in server.asked][-3:] == ["POST", "POST", "POST"]
    assert len({asked.port for asked in server.asked}) == 1
