import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import made
from campaignbot import platforms
from campaignbot.model import errors
from campaignbot.model.delivery import Receipt
from campaignbot.platforms import base
from platforms import scripted
from platforms.scripted import Scripted, Told

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
POST = Receipt(id="100", url=None, at=NOW - timedelta(hours=2))
OLD = Receipt(id="90", url=None, at=NOW - timedelta(days=8))


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted.serving() as server:
        server.tell("GET", "/2/users/me", Told(200, {"data": {"id": "7", "username": "wad_london"}}))
        server.tell("GET", "/2/users/7/mentions", posts())
        server.tell("GET", "/2/tweets/search/recent", posts())
        server.tell("GET", "/2/tweets", Told(200, {"data": []}))
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def account(server: Scripted, clock: Clock) -> base.Platform:
    return platforms.connect(
        made.account(base_url=server.url),
        lambda name: f"canary-{name}",
        clock=clock,
        patience=base.Patience(connect=2.0, read=2.0, total=4.0),
    )


def post(number: str, text: str = "hello", **more: Any) -> dict[str, Any]:
    return {"id": number, "text": text, "author_id": "8", "created_at": "2027-03-01T11:30:00.000Z", **more}


def posts(*given: dict[str, Any], more: str | None = None) -> Told:
    meta: dict[str, Any] = {"result_count": len(given)}
    if more:
        meta["next_token"] = more
    users = {"users": [{"id": "8", "username": "anna", "name": "Anna"}]}
    return Told(200, {"data": list(given), "includes": users, "meta": meta} if given else {"meta": meta})


def test_a_timeline_without_end_proves_nothing(server: Scripted, account: base.Platform) -> None:
    server.tell("GET", "/2/users/7/tweets", posts(post("101"), more="on"))
    with pytest.raises(errors.TryLater, match="far enough back"):
        account.find(made.draft(), since=NOW)
    assert len(server.to("GET", "/2/users/7/tweets")) == 32


def test_a_timeline_as_long_as_x_shows_any_proves_nothing(server: Scripted, account: base.Platform) -> None:
    full = [[post(str(page * 100 + number)) for number in range(100)] for page in range(32)]
    server.tell("GET", "/2/users/7/tweets", *(posts(*each, more="on") for each in full[:-1]), posts(*full[-1]))
    with pytest.raises(errors.TryLater, match="far enough back"):
        account.find(made.draft(), since=NOW)


def test_doctor_does_not_take_a_hotels_login_page_for_x(server: Scripted, account: base.Platform) -> None:
    server.tell("GET", "/2/users/me", Told(200, b"<html>log in to our network</html>", media_type="text/html"))
    (check,) = account.check()
    assert (check.ok, check.detail) == (False, "X gave an answer that does not say what became of it (HTTP 200)")


def test_a_timeline_that_breaks_off_proves_nothing(server: Scripted, account: base.Platform) -> None:
    ours = post("101", made.draft().text, created_at="2027-03-01T12:00:00.000Z")
    server.tell("GET", "/2/users/7/tweets", posts(ours, more="on"), Told(502, b"<html>"))
    with pytest.raises(errors.TryLater):
        account.find(made.draft(), since=NOW)


def test_x_that_does_not_know_who_we_are_locks_out(server: Scripted, account: base.Platform) -> None:
    server.tell("GET", "/2/users/me", Told(404, {"title": "Not Found"}))
    with pytest.raises(errors.LockedOut):
        account.publish(made.draft(), parent=None)


@pytest.mark.parametrize(
    "odd",
    [
        {"data": [{"id": "101"}], "meta": {}},
        {"data": [post("101", created_at="yesterday")], "meta": {}},
        {"data": [post("no number")], "meta": {}},
        {"data": {"id": "101"}, "meta": {}},
        {"data": []},
        [],
        {"errors": [{"title": "Not Found Error", "detail": "canary"}]},
    ],
)
def test_an_odd_timeline_proves_nothing(server: Scripted, account: base.Platform, odd: Any) -> None:
    server.tell("GET", "/2/users/7/tweets", Told(200, odd))
    with pytest.raises(errors.TryLater) as raised:
        account.find(made.draft(), since=NOW)
    assert "canary" not in raised.value.reason


def test_long_posts_and_links_are_read_whole(server: Scripted, account: base.Platform) -> None:
    note = {
        "text": "A long one: https://t.co/a &amp; more",
        "entities": {"urls": [{"url": "https://t.co/a", "expanded_url": "https://example.org/a"}]},
    }
    link = {"urls": [{"url": "https://t.co/b", "expanded_url": "https://example.org/b"}]}
    server.tell(
        "GET",
        "/2/users/7/mentions",
        posts(post("101", "A long one…", note_tweet=note), post("102", "https://t.co/b", entities=link)),
    )
    read = account.replies([POST], after=None)
    assert [reply.text for reply in read.replies] == [
        "A long one: https://example.org/a & more",
        "https://example.org/b",
    ]


def test_reposts_are_no_replies(server: Scripted, account: base.Platform) -> None:
    repost = post("101", referenced_tweets=[{"type": "retweeted", "id": "100"}])
    server.tell("GET", "/2/users/7/mentions", posts(repost, post("102", conversation_id="100")))
    read = account.replies([POST], after=None)
    assert [(reply.id, reply.root, reply.handle) for reply in read.replies] == [("102", "100", "anna")]


def test_an_hour_is_read_again(server: Scripted, account: base.Platform) -> None:
    server.tell("GET", "/2/users/7/mentions", posts(post("101")))
    first = account.replies([POST], after=None)
    account.replies([POST], after=first.cursor)
    starts = [asked.query["start_time"] for asked in server.to("GET", "/mentions")]
    assert starts == ["2027-03-01T09:00:00Z", "2027-03-01T10:30:00Z"]


def test_more_mentions_than_x_gives_sweep_at_once(server: Scripted, account: base.Platform) -> None:
    server.tell("GET", "/2/users/7/mentions", posts(post("101"), more="on"))
    server.tell("GET", "/2/tweets/search/recent", posts(post("102", conversation_id="100")))
    read = account.replies([POST, OLD], after=None)
    assert ([reply.id for reply in read.replies], read.complete) == (["101", "102"], False)
    assert len(server.to("GET", "/mentions")) == 8
    # what is older than a week cannot be searched
    assert [asked.query["query"] for asked in server.to("GET", "/search/recent")] == ["conversation_id:100"]


def test_as_many_mentions_as_x_shows_at_all_may_not_be_all(server: Scripted, account: base.Platform) -> None:
    full = [[post(str(1000 + page * 100 + number)) for number in range(100)] for page in range(8)]
    server.tell("GET", "/2/users/7/mentions", *(posts(*each, more="on") for each in full[:-1]), posts(*full[-1]))
    server.tell("GET", "/2/tweets/search/recent", posts(post("102", conversation_id="100")))
    read = account.replies([POST], after=None)
    assert (len(read.replies), read.complete) == (801, False)


@pytest.mark.parametrize("unwell", ["/2/tweets/search/recent", "/2/tweets"])
def test_a_search_that_is_unwell_hides_no_new_mention_and_is_told_of(
    server: Scripted, account: base.Platform, clock: Clock, unwell: str
) -> None:
    first = account.replies([POST], after=None)
    clock.now = NOW + timedelta(hours=4)
    server.tell("GET", "/2/users/7/mentions", posts(post("101")))
    server.tell("GET", unwell, Told(503, {}))
    second = account.replies([POST], after=first.cursor)
    assert ([reply.id for reply in second.replies], second.complete) == (["101"], False)
    if unwell.endswith("recent"):
        with pytest.raises(errors.TryLater):
            account.replies([POST], after=second.cursor)
    server.tell("GET", "/2/tweets/search/recent", posts(post("102", conversation_id="100")))
    third = account.replies([POST], after=second.cursor)
    assert ([reply.id for reply in third.replies], third.complete) == (["101", "102"], True)


def test_a_sweep_asks_what_x_itself_counts(server: Scripted, account: base.Platform, clock: Clock) -> None:
    counted = [{"id": number, "public_metrics": {"reply_count": count}} for number, count in (("100", 3), ("90", 2))]
    server.tell("GET", "/2/tweets", Told(200, {"data": counted}))
    first = account.replies([POST, OLD], after=None)
    clock.now = NOW + timedelta(hours=4)
    second = account.replies([POST, OLD], after=first.cursor)
    third = account.replies([POST, OLD], after=second.cursor)
    assert [read.claimed_total for read in (first, second, third)] == [None, 5, None]


def test_whoever_serves_an_account_uses_its_one_connection(server: Scripted, account: base.Platform) -> None:
    server.tell("POST", "/2/tweets", Told(201, {"data": {"id": "1"}}))
    for _ in range(3):
        thread = threading.Thread(target=account.publish, args=[made.draft()], kwargs={"parent": None})
        thread.start()
        thread.join()
    assert [asked.method for asked in server.asked] == ["GET", "POST", "POST", "POST"]
    assert len({asked.port for asked in server.asked}) == 1


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("https://api.twitter.com/2/problems/resource-not-found", {"8"}),
        ("https://api.x.com/2/problems/not-authorized-for-resource", {"8"}),
        ("https://api.x.com/2/problems/invalid-request", set()),
        ("about:blank", set()),
    ],
)
def test_only_what_x_says_it_does_not_show_has_vanished(
    server: Scripted, account: base.Platform, kind: str, gone: set[str]
) -> None:
    said = [{"type": kind, "resource_id": number} for number in ("8", "9", "a stranger's")]
    server.tell("GET", "/2/tweets", Told(200, {"data": [{"id": "9", "text": "hello"}], "errors": said}))
    assert account.vanished(["7", "8", "9"]) == gone
    (asked,) = server.to("GET", "/2/tweets")
    assert asked.query["ids"] == "7,8,9"


def test_many_replies_are_asked_for_a_hundred_at_once(server: Scripted, account: base.Platform) -> None:
    assert account.vanished([str(number) for number in range(201)]) == frozenset()
    assert [len(asked.query["ids"].split(",")) for asked in server.to("GET", "/2/tweets")] == [100, 100, 1]


@pytest.mark.parametrize("odd", [{"errors": [{"type": 7}]}, {"errors": ["canary"]}, [], {"data": ["canary"]}])
def test_an_odd_answer_says_of_nobody_that_they_are_gone(server: Scripted, account: base.Platform, odd: Any) -> None:
    server.tell("GET", "/2/tweets", Told(200, odd))
    with pytest.raises(errors.TryLater):
        account.vanished(["8"])
