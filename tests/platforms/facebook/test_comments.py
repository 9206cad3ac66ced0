from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaignbot import platforms
from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.model.delivery import Receipt
from campaignbot.platforms import base
from platforms import scripted
from platforms.scripted import Drop, Scripted, Told

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
POST = Receipt(id="12_3", url=None, at=NOW - timedelta(hours=1))
UNKNOWN_FIELD = {"error": {"code": 100, "message": "(#100) Tried accessing nonexisting field (parent)"}}
TOO_MUCH = {"error": {"code": 1, "message": "Please reduce the amount of data you're asking for, then retry"}}
GONE = {"error": {"code": 100, "error_subcode": 33, "message": "Unsupported get request. Object does not exist"}}
FAR = {"error": {"code": 100, "message": "(#100) After Cursor specified exceeds the max limit supported"}}


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted.serving() as server:
        server.tell("GET", "/v26.0/me", Told(200, {"id": "12"}))
        server.tell("GET", "/published_posts", listed(1))
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def page(server: Scripted, clock: Clock) -> base.Platform:
    account = Account(id="fb-london", platform="facebook", page="12", base_url=server.url)
    patience = base.Patience(connect=2.0, read=2.0, total=4.0)
    return platforms.connect(account, {"PAGE_TOKEN": "t"}.get, clock=clock, patience=patience)


def listed(count: int, *, updated: str = "2027-03-01T11:00:00+0000") -> Told:
    counted = {"data": [], "summary": {"total_count": count}}
    return Told(200, {"data": [{"id": "12_3", "updated_time": updated, "comments": counted}]})


def comment(number: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "message": "hello", "created_time": "2027-03-01T11:30:00+0000", **more}


def comments(*given: dict[str, Any], after: str | None = None) -> Told:
    paging: dict[str, Any] = {"cursors": {"after": after or "end"}}
    if after:
        paging["next"] = "https://graph.facebook.com/next?without=a-token"
    return Told(200, {"data": list(given), "paging": paging})


def ids(page: Any) -> list[str]:
    return [reply.id for reply in page.replies]


def asked(server: Scripted) -> list[dict[str, str]]:
    return [each.query for each in server.to("GET", "/12_3/comments")]


def test_an_empty_page_is_not_the_last(server: Scripted, page: base.Platform) -> None:
    server.tell("GET", "/12_3/comments", comments(after="one"), comments(comment("3_1"), after="two"), comments())
    read = page.replies([POST], after=None)
    assert (ids(read), read.complete, read.claimed_total) == (["3_1"], True, 1)
    assert [query.get("after") for query in asked(server)] == [None, "one", "two"]


def test_the_two_forms_of_one_id_are_one_comment(server: Scripted, page: base.Platform) -> None:
    server.tell("GET", "/12_3/comments", comments(comment("3_1"), after="one"), comments(comment("12_3_1")))
    assert ids(page.replies([POST], after=None)) == ["12_3_1"]


@pytest.mark.parametrize("refused", [UNKNOWN_FIELD, TOO_MUCH])
def test_a_refused_field_or_length_asks_for_less(
    server: Scripted, page: base.Platform, refused: dict[str, Any]
) -> None:
    server.tell("GET", "/12_3/comments", Told(400, refused), Told(400, refused), comments(comment("3_1")))
    assert ids(page.replies([POST], after=None)) == ["3_1"]
    assert [(query["fields"], query["limit"]) for query in asked(server)] == [
        ("id,message,created_time,from{id,name},parent{id}", "100"),
        ("id,message,created_time,from{id,name}", "25"),
        ("id,message,created_time", "25"),
    ]


def test_who_refuses_even_the_least_is_told_of(server: Scripted, page: base.Platform) -> None:
    server.tell("GET", "/12_3/comments", Told(400, UNKNOWN_FIELD))
    with pytest.raises(errors.Refused):
        page.replies([POST], after=None)
    assert len(asked(server)) == 3


def test_another_refusal_asks_nothing_more(server: Scripted, page: base.Platform) -> None:
    server.tell("GET", "/12_3/comments", Told(400, {"error": {"code": 10, "message": "no right"}}))
    with pytest.raises(errors.LockedOut):
        page.replies([POST], after=None)
    assert len(asked(server)) == 1


def test_no_answer_asks_nothing_more(server: Scripted, page: base.Platform) -> None:
    server.tell("GET", "/12_3/comments", Drop())
    with pytest.raises(errors.TryLater):
        page.replies([POST], after=None)
    assert len(asked(server)) == 1


def test_a_post_that_is_gone_does_not_stop_the_others(server: Scripted, page: base.Platform) -> None:
    server.tell("GET", "/12_3/comments", Told(400, GONE))
    server.tell("GET", "/12_4/comments", comments(comment("4_1")))
    read = page.replies([POST, Receipt(id="12_4", url=None, at=NOW)], after=None)
    assert (ids(read), read.complete) == (["4_1"], True)


TWO = [POST, Receipt(id="12_4", url=None, at=NOW)]
UNWELL = Told(500, {"error": {"code": 2, "message": "An unexpected error has occurred"}})
TOO_MANY = Told(400, {"error": {"code": 80001, "message": "There have been too many calls to this Page account"}})


@pytest.mark.parametrize("failing", [UNWELL, Told(400, {"error": {"code": 100, "message": "no"}})])
def test_a_post_that_cannot_be_shown_hides_no_other_and_is_told_of(
    server: Scripted, page: base.Platform, failing: Told
) -> None:
    server.tell("GET", "/12_3/comments", failing)
    server.tell("GET", "/12_4/comments", comments(comment("4_1")))
    read = page.replies(TWO, after=None)
    assert (ids(read), read.complete) == (["4_1"], False)
    with pytest.raises(errors.PlatformError):
        page.replies(TWO, after=read.cursor)
    assert len(server.to("GET", "/12_4/comments")) == 1
    server.tell("GET", "/12_3/comments", comments(comment("3_1")))
    again = page.replies(TWO, after=read.cursor)
    assert (ids(again), again.complete) == (["3_1"], True)


@pytest.mark.parametrize("failing", [TOO_MANY, Drop()])
def test_too_many_calls_and_silence_ask_nothing_more_and_keep_what_was_read(
    server: Scripted, page: base.Platform, failing: Told | Drop
) -> None:
    three = [*TWO, Receipt(id="12_5", url=None, at=NOW)]
    server.tell("GET", "/12_3/comments", comments(comment("3_1")))
    server.tell("GET", "/12_4/comments", failing)
    read = page.replies(three, after=None)
    assert (ids(read), read.complete, server.to("GET", "/12_5/comments")) == (["3_1"], False, [])
    with pytest.raises(errors.TryLater):
        page.replies(three, after=read.cursor)
    assert len(asked(server)) == 1


def test_what_the_days_scan_did_not_come_to_is_scanned_the_next_time(
    server: Scripted, page: base.Platform, clock: Clock
) -> None:
    for number in ("3", "4"):
        server.tell("GET", f"/12_{number}/comments", comments(comment(f"{number}_1")))
    first = page.replies(TWO, after=None)
    clock.now = NOW + timedelta(hours=25)
    server.tell("GET", "/12_4/comments", UNWELL)
    second = page.replies(TWO, after=first.cursor)
    server.tell("GET", "/12_4/comments", comments(comment("4_0"), comment("4_1")))
    third = page.replies(TWO, after=second.cursor)
    assert [ids(read) for read in (first, second, third)] == [["3_1", "4_1"], ["3_1"], ["4_0", "4_1"]]
    assert [each.query.get("since") for each in server.to("GET", "/12_4/comments")] == [None] * 3


def test_a_list_without_end_is_read_in_part(server: Scripted, page: base.Platform) -> None:
    server.tell("GET", "/12_3/comments", comments(comment("3_1"), after="one"), Told(400, FAR))
    read = page.replies([POST], after=None)
    assert (ids(read), read.complete) == (["3_1"], False)


def full(first: int, *, minute: int, ranked: bool = False) -> list[Told]:
    """As many pages as one call reads, a second a comment, and more to come."""
    start = datetime(2027, 3, 1, 8, minute, tzinfo=UTC)
    numbers = list(range(first, first + 5000))
    at = {n: (start + timedelta(seconds=n - first)).strftime("%Y-%m-%dT%H:%M:%S+0000") for n in numbers}
    if ranked:
        numbers.reverse()
    given = [comment(f"3_{n}", created_time=at[n]) for n in numbers]
    return [comments(*given[page * 100 : page * 100 + 100], after=str(page)) for page in range(50)]


def test_more_comments_than_one_call_reads_are_read_by_the_next(server: Scripted, page: base.Platform) -> None:
    server.tell("GET", "/12_3/comments", *full(0, minute=0), comments(comment("3_4999"), comment("3_5000")))
    first = page.replies([POST], after=None)
    second = page.replies([POST], after=first.cursor)
    third = page.replies([POST], after=second.cursor)
    assert [(len(read.replies), read.complete) for read in (first, second, third)] == [
        (5000, False),
        (2, True),
        (0, True),
    ]
    last = datetime(2027, 3, 1, 8, 0, tzinfo=UTC) + timedelta(seconds=4999)
    assert [query.get("since") for query in asked(server)] == [None] * 50 + [str(int(last.timestamp()))]


def test_a_days_scan_too_goes_on_where_it_was_cut(server: Scripted, page: base.Platform, clock: Clock) -> None:
    server.tell("GET", "/12_3/comments", comments(comment("3_1")))
    cursor = page.replies([POST], after=None).cursor
    clock.now = NOW + timedelta(hours=25)
    server.tell("GET", "/12_3/comments", *full(0, minute=0), comments(comment("3_5000")))
    scanned = page.replies([POST], after=cursor)
    rest = page.replies([POST], after=scanned.cursor)
    assert [(len(read.replies), read.complete) for read in (scanned, rest)] == [(5000, False), (1, True)]


def test_what_is_cut_and_comes_no_further_is_not_asked_for_ever(server: Scripted, page: base.Platform) -> None:
    for cut in (full(0, minute=0, ranked=True), [comments(comment("3_1"), after="on")] * 50):
        server.tell("GET", "/12_3/comments", *cut, comments(comment("3_1"), after="on"))
        first = page.replies([POST], after=None)
        second = page.replies([POST], after=first.cursor)
        before = len(asked(server))
        third = page.replies([POST], after=second.cursor)
        assert (first.complete, third.replies, len(asked(server)) - before) == (False, (), 0)


def test_it_goes_on_ten_minutes_before_the_newest(server: Scripted, page: base.Platform) -> None:
    server.tell("GET", "/12_3/comments", comments(comment("3_1")))
    first = page.replies([POST], after=None)
    server.tell("GET", "/published_posts", listed(2))
    page.replies([POST], after=first.cursor)
    newest = datetime(2027, 3, 1, 11, 30, tzinfo=UTC)
    assert [query.get("since") for query in asked(server)] == [
        None,
        str(int((newest - timedelta(minutes=10)).timestamp())),
    ]


def test_nothing_new_asks_nothing_until_the_days_scan(server: Scripted, page: base.Platform, clock: Clock) -> None:
    server.tell("GET", "/12_3/comments", comments(comment("3_1")))
    cursor = page.replies([POST], after=None).cursor
    for passed, calls in ((timedelta(hours=23), 1), (timedelta(hours=25), 2), (timedelta(hours=26), 2)):
        clock.now = NOW + passed
        cursor = page.replies([POST], after=cursor).cursor
        assert len(asked(server)) == calls
    assert asked(server)[1].get("since") is None


def test_a_post_that_the_list_does_not_show_is_asked_hourly(
    server: Scripted, page: base.Platform, clock: Clock
) -> None:
    server.tell("GET", "/published_posts", Told(200, {"data": []}))
    server.tell("GET", "/12_3/comments", comments())
    cursor, calls = None, []
    for minutes in (0, 30, 60, 90, 120):
        clock.now = NOW + timedelta(minutes=minutes)
        read = page.replies([POST], after=cursor)
        cursor = read.cursor
        calls.append(len(asked(server)))
        assert read.claimed_total is None
    assert calls == [1, 1, 2, 2, 3]


def test_no_paging_cursor_is_kept(server: Scripted, page: base.Platform) -> None:
    server.tell("GET", "/12_3/comments", comments(comment("3_1"), after="secret-cursor"), comments())
    cursor = page.replies([POST], after=None).cursor
    assert cursor is not None
    assert "cursor" not in cursor


@pytest.mark.parametrize(
    "odd",
    [
        {"data": [{"id": "3_1"}]},
        {"data": [{"created_time": "2027-03-01T11:30:00+0000"}]},
        {"data": [comment("3_1", created_time="yesterday")]},
        {"data": [comment("3_1", **{"from": "anna"})]},
        {"data": ["canary"]},
        {"data": None},
        {"data": [], "paging": {"next": "https://graph.facebook.com/on"}},
        {},
    ],
)
def test_odd_comments_are_tried_later(server: Scripted, page: base.Platform, odd: dict[str, Any]) -> None:
    server.tell("GET", "/12_3/comments", Told(200, odd))
    with pytest.raises(errors.TryLater) as raised:
        page.replies([POST], after=None)
    assert "canary" not in raised.value.reason


@pytest.mark.parametrize("odd", [{"data": [{"id": "12_3", "comments": [1]}]}, {"data": [{}]}, {"data": 5}, {}])
def test_an_odd_list_of_posts_is_tried_later(server: Scripted, page: base.Platform, odd: dict[str, Any]) -> None:
    server.tell("GET", "/published_posts", Told(200, odd))
    with pytest.raises(errors.TryLater):
        page.replies([POST], after=None)


def test_no_posts_ask_nothing(server: Scripted, page: base.Platform) -> None:
    read = page.replies([], after=None)
    assert (read.replies, read.complete, read.claimed_total, server.asked) == ((), True, None, [])
