from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from campaignbot.networks.x import problems, writing
from networks.asking import AskX, Clock, x_network

ME = "1500000000000000001"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asking(clock: Clock) -> Iterator[AskX]:
    with x_network(clock) as network, AskX(network) as made:
        yield made


def ids(body: dict[str, Any]) -> list[str]:
    return [post["id"] for post in body.get("data", [])]


def walk(asking: AskX, path: str, token: str = "pagination_token", **parameters: str | int) -> list[list[str]]:
    """All pages of a list."""
    pages = []
    more: dict[str, str | int] = {}
    while True:
        body = asking.get(path, **parameters, **more).json()
        pages.append(ids(body))
        if "next_token" not in body["meta"]:
            return pages
        more = {token: body["meta"]["next_token"]}


def test_shows_all_that_was_asked_for(asking: AskX) -> None:
    network = asking.network
    post = asking.say("London < & > Paris: https://example.org/join #WorldAIDSDay")
    reply = network.reply("joe", to=post, text="@wad_london me")
    fields = "author_id,created_at,conversation_id,entities,in_reply_to_user_id,public_metrics,referenced_tweets"
    own = asking.get(f"/2/users/{ME}/tweets", tweet__fields=fields).json()
    mentions = asking.get(
        f"/2/users/{ME}/mentions",
        tweet__fields=fields,
        expansions="author_id,referenced_tweets.id",
        user__fields="name",
    ).json()
    joe = network.public("joe")
    short = own["data"][0]["entities"]["urls"][0]["url"]

    assert own == {
        "data": [
            {
                "id": post,
                "text": f"London &lt; &amp; &gt; Paris: {short} #WorldAIDSDay",
                "edit_history_tweet_ids": [post],
                "author_id": ME,
                "created_at": "2026-12-01T12:00:00.000Z",
                "conversation_id": post,
                "public_metrics": {
                    "retweet_count": 0,
                    "reply_count": 1,
                    "like_count": 0,
                    "quote_count": 0,
                    "bookmark_count": 0,
                    "impression_count": 0,
                },
                "entities": {
                    "urls": [
                        {
                            "start": 20,
                            "end": 43,
                            "url": short,
                            "expanded_url": "https://example.org/join",
                            "display_url": "example.org/join",
                        }
                    ],
                    "hashtags": [{"start": 44, "end": 57, "tag": "WorldAIDSDay"}],
                },
            }
        ],
        "meta": {"result_count": 1, "newest_id": post, "oldest_id": post},
    }
    shown = mentions["data"][0]
    del shown["public_metrics"]
    assert shown == {
        "id": reply,
        "text": "@wad_london me",
        "edit_history_tweet_ids": [reply],
        "author_id": joe,
        "created_at": "2026-12-01T12:00:00.000Z",
        "conversation_id": post,
        "in_reply_to_user_id": ME,
        "referenced_tweets": [{"type": "replied_to", "id": post}],
        "entities": {"mentions": [{"start": 0, "end": 11, "username": "wad_london", "id": ME}]},
    }
    assert mentions["includes"]["users"] == [{"id": joe, "name": "joe", "username": "joe"}]
    assert [each["id"] for each in mentions["includes"]["tweets"]] == [post]


def test_tells_who_asks(asking: AskX) -> None:
    body = asking.get("/2/users/me", user__fields="created_at,description,protected,public_metrics,verified").json()

    assert body == {
        "data": {
            "id": ME,
            "name": "wad_london",
            "username": "wad_london",
            "created_at": "2012-12-01T00:00:00.000Z",
            "description": "",
            "protected": False,
            "verified": False,
            "public_metrics": {
                "followers_count": 0,
                "following_count": 0,
                "tweet_count": 0,
                "listed_count": 0,
                "like_count": 0,
            },
        }
    }


def test_pages_forth_and_back(asking: AskX) -> None:
    made = [asking.say(f"Text {number}") for number in range(12)]
    path = f"/2/users/{ME}/tweets"
    first = asking.get(path, max_results=5).json()
    second = asking.get(path, max_results=5, pagination_token=first["meta"]["next_token"]).json()
    back = asking.get(path, max_results=5, pagination_token=second["meta"]["previous_token"]).json()

    assert walk(asking, path, max_results=5) == [made[:6:-1], made[6:1:-1], made[1::-1]]
    assert ids(back) == ids(first)
    assert walk(asking, "/2/tweets/search/recent", "next_token", query="from:wad_london", max_results=10) == [
        made[:1:-1],
        made[1::-1],
    ]


def test_reads_a_window(asking: AskX, clock: Clock) -> None:
    made = []
    for hour in range(4):
        made.append(asking.say(f"Hour {hour}"))
        clock.turn(hours=1)
    path = f"/2/users/{ME}/tweets"

    assert ids(asking.get(path, since_id=made[1]).json()) == [made[3], made[2]]
    assert ids(asking.get(path, until_id=made[1]).json()) == [made[0]]
    assert ids(asking.get(path, start_time="2026-12-01T13:00:00Z", end_time="2026-12-01T15:00:00Z").json()) == [
        made[2],
        made[1],
    ]
    assert asking.get(path, since_id=made[3]).json() == {"meta": {"result_count": 0}}


def test_leaves_out_replies(asking: AskX) -> None:
    post = asking.say("One")
    asking.say("Two", to=post)

    assert ids(asking.get(f"/2/users/{ME}/tweets", exclude="replies").json()) == [post]


def test_reaches_back_800_mentions(asking: AskX) -> None:
    made = [asking.network.mention("joe", f"@wad_london {number}") for number in range(805)]
    pages = walk(asking, f"/2/users/{ME}/mentions", max_results=100)

    assert [each for page in pages for each in page] == made[:4:-1]


def test_a_late_mention_has_an_id_below_what_was_already_read(asking: AskX, clock: Clock) -> None:
    network = asking.network
    late = network.mention("joe", "@wad_london late", indexed_after=timedelta(minutes=30))
    seen = network.mention("ann", "@wad_london early")
    path = f"/2/users/{ME}/mentions"
    before = ids(asking.get(path).json())
    clock.turn(minutes=30)

    assert before == [seen]
    assert ids(asking.get(path, since_id=seen).json()) == []
    assert ids(asking.get(path).json()) == [seen, late]


def test_looks_up_what_is_there_and_names_what_is_not(asking: AskX) -> None:
    post = asking.say("Here")
    missing = {
        "value": "12",
        "detail": "Could not find tweet with ids: [12].",
        "title": "Not Found Error",
        "resource_type": "tweet",
        "parameter": "ids",
        "resource_id": "12",
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }
    several = asking.get("/2/tweets", ids=f"{post},12")
    one = asking.get("/2/tweets/12")

    assert (several.status_code, several.json()) == (
        200,
        {"data": [{"id": post, "text": "Here", "edit_history_tweet_ids": [post]}], "errors": [missing]},
    )
    assert (one.status_code, one.json()) == (
        200,
        {
            "errors": [
                missing | {"detail": "Could not find tweet with id: [12].", "parameter": "id"},
            ]
        },
    )
    assert asking.get(f"/2/tweets/{post}").json()["data"]["text"] == "Here"
    assert asking.get("/2/users/12/mentions").json()["errors"][0]["resource_type"] == "user"


def test_names_a_parent_that_is_gone(asking: AskX) -> None:
    post = asking.network.mention("joe", "@wad_london hello")
    answer = asking.network.reply("joe", to=post, text="and again")
    asking.network.remove(post)
    body = asking.get(f"/2/users/{ME}/mentions", expansions="referenced_tweets.id").json()

    assert (ids(body), body["data"][0]["referenced_tweets"]) == ([answer], [{"type": "replied_to", "id": post}])
    assert [each["resource_id"] for each in body["errors"]] == [post]


@pytest.mark.parametrize(
    ("path", "parameters", "message"),
    [
        ("mentions", {"max_results": 4}, "The `max_results` query parameter value [4] is not between 5 and 100"),
        ("tweets", {"max_results": "²"}, "The `max_results` query parameter value [²] is not between 5 and 100"),
        ("tweets", {"max_results": 101}, "The `max_results` query parameter value [101] is not between 5 and 100"),
        ("tweets", {"since_id": "x"}, "The `since_id` query parameter value [x] is not valid"),
        (
            "tweets",
            {"start_time": "today"},
            "Invalid 'start_time':'today'. 'start_time' must be a valid RFC 3339 time in UTC",
        ),
        ("tweets", {"pagination_token": "zz"}, "The `pagination_token` query parameter value [zz] is not valid"),
        (
            "tweets",
            {"poll__fields": "id,mood"},
            "The `poll.fields` query parameter value [mood] is not one of"
            " [duration_minutes,end_datetime,id,options,voting_status]",
        ),
        (
            "tweets",
            {"exclude": "mentions"},
            "The `exclude` query parameter value [mentions] is not one of [replies,retweets]",
        ),
    ],
)
def test_refuses_a_wrong_parameter(asking: AskX, path: str, parameters: Any, message: str) -> None:
    answer = asking.get(f"/2/users/{ME}/{path}", **parameters)
    ((name, value),) = parameters.items()

    assert answer.status_code == 400
    wrong = "mood" if "mood" in message else str(value)
    assert answer.json() == {
        "errors": [{"parameters": {name.replace("__", "."): [wrong]}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request",
    }


def test_refuses_an_unknown_or_missing_parameter(asking: AskX) -> None:
    unknown = asking.get("/2/users/me", dummy="value").json()["errors"]
    missing = asking.get("/2/tweets/search/recent").json()["errors"]
    many = asking.get("/2/tweets", ids=",".join(map(str, range(101)))).json()["errors"][0]["message"]

    assert unknown == [
        {
            "parameters": {"dummy": ["value"]},
            "message": "The query parameter [dummy] is not one of [expansions,post.fields,tweet.fields,user.fields]",
        }
    ]
    assert missing == [{"parameters": {"query": [""]}, "message": "`query` query parameter can not be empty"}]
    assert many == "The number of values in the `ids` query parameter list [101] is not between 1 and 100"


def test_problems_may_have_their_new_names(clock: Clock) -> None:
    with x_network(clock, rules=writing.Rules(types=problems.NEW_TYPES)) as network, AskX(network) as asking:
        assert asking.get("/2/users/me", dummy="1").json()["type"] == "https://api.x.com/2/problems/invalid-request"


def test_a_timeline_may_refuse_a_stale_since_id(clock: Clock) -> None:
    rules = writing.Rules(since_id_reach=timedelta(days=7))
    with x_network(clock, rules=rules) as network, AskX(network) as asking:
        old = asking.say("Old")
        fresh = asking.get(f"/2/users/{ME}/mentions", since_id=old)
        clock.turn(days=7, seconds=1)
        stale = asking.get(f"/2/users/{ME}/mentions", since_id=old)

    assert (fresh.status_code, stale.status_code) == (200, 400)
    assert stale.json()["errors"][0]["parameters"] == {"since_id": [old]}
