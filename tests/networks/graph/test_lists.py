from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from campaignbot.networks import graph
from networks.asking import PAGE, TOKEN, AskGraph, Clock, error, graph_network


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asking(clock: Clock) -> Iterator[AskGraph]:
    with graph_network(clock) as network, AskGraph(network) as made:
        yield made


def ids(body: dict[str, Any]) -> list[str]:
    return [each["id"] for each in body["data"]]


def discussion(asking: AskGraph, clock: Clock) -> tuple[str, list[str]]:
    """A post and six comments, a minute apart; the last two answer the first."""
    post = asking.say("Who comes?")
    made: list[str] = []
    for number in range(6):
        clock.turn(minutes=1)
        parent = made[0] if number >= 4 else None
        made.append(asking.network.comment(post, f"Person {number}", f"Comment {number}", parent=parent))
    return post, made


def walk(asking: AskGraph, body: dict[str, Any]) -> list[list[str]]:
    pages = [ids(body)]
    while "next" in body.get("paging", {}):
        body = asking.session.get(body["paging"]["next"], timeout=5).json()
        pages.append(ids(body))
    return pages


def test_filters_and_orders(asking: AskGraph, clock: Clock) -> None:
    post, made = discussion(asking, clock)

    def read(**parameters: str | int) -> list[str]:
        return ids(asking.get(f"/{post}/comments", **parameters).json())

    assert read() == made[:4]
    assert read(filter="toplevel", order="reverse_chronological") == made[3::-1]
    assert read(filter="stream") == made
    assert read(filter="stream", since="2026-12-01T12:05:00Z") == made[4:]
    assert read(filter="stream", since="2026-12-01T12:02:00Z", until="2026-12-01T12:03:00Z") == made[1:3]
    assert ids(asking.get(f"/{made[0]}/comments").json()) == made[4:]


def test_counts_all_and_returns_some(asking: AskGraph, clock: Clock) -> None:
    post, _made = discussion(asking, clock)
    top = asking.get(f"/{post}/comments", summary="true", limit=0).json()
    stream = asking.get(f"/{PAGE}/published_posts", fields="comments.limit(0).summary(true).filter(stream)").json()

    assert top == {"data": [], "summary": {"order": "chronological", "total_count": 4, "can_comment": True}}
    assert stream["data"] == [
        {
            "comments": {"data": [], "summary": {"order": "chronological", "total_count": 6, "can_comment": True}},
            "id": post,
        }
    ]


def test_pages_by_cursor_and_by_address(asking: AskGraph, clock: Clock) -> None:
    post, made = discussion(asking, clock)
    path = f"/{post}/comments"
    parameters: dict[str, str | int] = {"filter": "stream", "limit": 4}
    first = asking.get(path, **parameters).json()
    second = asking.get(path, **parameters, after=first["paging"]["cursors"]["after"]).json()
    back = asking.get(path, **parameters, before=second["paging"]["cursors"]["before"]).json()
    beyond = asking.get(path, **parameters, after=second["paging"]["cursors"]["after"]).json()

    assert walk(asking, first) == [made[:4], made[4:]]
    assert (ids(second), ids(back), beyond) == (made[4:], made[:4], {"data": []})
    assert "previous" not in first["paging"]
    assert "next" not in second["paging"]
    assert ids(asking.session.get(second["paging"]["previous"], timeout=5).json()) == made[:4]


def test_comments_inside_a_post_have_their_own_address(asking: AskGraph, clock: Clock) -> None:
    _post, made = discussion(asking, clock)
    fields = "message,comments.limit(2).filter(stream){message,from{name}}"
    inside = asking.get(f"/{PAGE}/published_posts", fields=fields, limit=1).json()["data"][0]["comments"]
    pages = walk(asking, inside)

    assert pages == [made[:2], made[2:4], made[4:]]
    assert dict(parse_qsl(urlsplit(inside["paging"]["next"]).query)) == {
        "limit": "2",
        "filter": "stream",
        "fields": "message,from{name}",
        "after": inside["paging"]["cursors"]["after"],
    }


@pytest.mark.parametrize("in_query", [True, False])
def test_the_next_address_carries_the_token_only_where_the_query_did(
    asking: AskGraph, clock: Clock, in_query: bool
) -> None:
    post, _made = discussion(asking, clock)
    token = {"access_token": TOKEN} if in_query else {}
    with AskGraph(asking.network, token=None if in_query else TOKEN) as other:
        body = other.get(f"/{post}/comments", limit=2, fields="id,from{name}", **token).json()
    after = body["paging"]["cursors"]["after"]

    assert dict(parse_qsl(urlsplit(body["paging"]["next"]).query)) == {
        "limit": "2",
        "fields": "id,from{name}",
        "after": after,
        **token,
    }


def test_a_page_may_be_empty_and_have_a_next_one(clock: Clock) -> None:
    with graph_network(clock, quirks=graph.Quirks(empty_pages=True)) as network, AskGraph(network) as asking:
        post, made = discussion(asking, clock)
        pages = walk(asking, asking.get(f"/{post}/comments", filter="stream", limit=4).json())
        nothing = asking.get(f"/{asking.say('Silence')}/comments").json()

    assert (pages, nothing) == ([[], made[:4], made[4:]], {"data": []})


def test_comments_may_be_ranked_whatever_was_asked(clock: Clock) -> None:
    with graph_network(clock, quirks=graph.Quirks(ranked=True)) as network, AskGraph(network) as asking:
        post, made = discussion(asking, clock)
        body = asking.get(f"/{post}/comments", filter="stream", order="chronological", summary="true").json()

    assert body["summary"]["order"] == "ranked"
    assert ids(body) != made
    assert sorted(ids(body)) == made


def test_a_walk_may_be_too_long(clock: Clock) -> None:
    with graph_network(clock, quirks=graph.Quirks(longest_walk=4)) as network, AskGraph(network) as asking:
        post, made = discussion(asking, clock)
        first = asking.get(f"/{post}/comments", filter="stream", limit=4).json()
        second = asking.session.get(first["paging"]["next"], timeout=5)

    assert ids(first) == made[:4]
    assert error(second)["message"] == "(#100) After Cursor specified exceeds the max limit supported by this endpoint"


def test_posts_come_newest_first(asking: AskGraph, clock: Clock) -> None:
    made = []
    for number in range(3):
        made.append(asking.say(f"Post {number}"))
        clock.turn(hours=1)
    hidden = asking.post(f"/{PAGE}/feed", message="Not yet", published="false").json()["id"]
    scheduled = asking.post(
        f"/{PAGE}/feed", message="Later", published="false", scheduled_publish_time="2026-12-02T12:00:00Z"
    ).json()["id"]
    read = {edge: ids(asking.get(f"/{PAGE}/{edge}").json()) for edge in ("published_posts", "feed", "scheduled_posts")}
    window = asking.get(f"/{PAGE}/feed", since="2026-12-01T12:30:00Z", until="2026-12-01T13:30:00Z").json()

    assert read["published_posts"] == made[::-1]
    assert set(read["feed"]) == {*made, hidden, scheduled}
    assert read["scheduled_posts"] == [scheduled]
    assert ids(window) == [made[1]]
    assert walk(asking, asking.get(f"/{PAGE}/published_posts", limit=2).json()) == [made[:0:-1], made[:1]]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"limit": 101}, "(#100) Param limit must be a number between 0 and 100"),
        ({"limit": "1²"}, "(#100) Param limit must be a number between 0 and 100"),
        ({"filter": "all"}, "(#100) Param filter must be one of {toplevel, stream}"),
        ({"order": "ranked"}, "(#100) Param order must be one of {chronological, reverse_chronological}"),
        ({"summary": "yes"}, "(#100) Param summary is not valid"),
        ({"after": "?"}, "(#100) Invalid after cursor"),
        ({"since": "soon"}, "(#100) Param since is not a valid time."),
        ({"sort": "new"}, "(#100) Unknown or not simulated parameter: sort"),
        ({"fields": "id,mood"}, "(#100) Tried accessing nonexisting field (mood) on node type (Comment)"),
        ({"fields": "from{mood}"}, "(#100) Tried accessing nonexisting field (mood) on node type (User)"),
        ({"fields": "comments.sort(new)"}, "(#100) Unknown or not simulated parameter: sort"),
    ],
)
def test_refuses_a_wrong_parameter(asking: AskGraph, parameters: dict[str, str | int], message: str) -> None:
    post = asking.say("Who comes?")
    asking.network.comment(post, "Joe", "I come")
    answer = asking.get(f"/{post}/comments", **parameters)

    assert (answer.status_code, error(answer)) == (400, {"message": message, "type": "OAuthException", "code": 100})


def test_nobody_else_reads_the_comments_of_a_page(asking: AskGraph) -> None:
    comment = asking.network.comment(asking.say("Who comes?"), "Joe", "I come")
    asking.network.add_page("2", "Paris", "paris")
    answer = requests.get(f"{asking.network.url}/v26.0/{comment}", params={"access_token": "paris"}, timeout=5)

    assert error(answer)["error_subcode"] == 33
