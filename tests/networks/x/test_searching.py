from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from campaignbot.networks.x import world
from made import NOON
from networks.asking import AskX, Clock, x_network


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asking(clock: Clock) -> Iterator[AskX]:
    with x_network(clock) as network, AskX(network) as made:
        yield made


def ids(body: dict[str, Any]) -> list[str]:
    return [post["id"] for post in body.get("data", [])]


def test_searches_conversations(asking: AskX) -> None:
    network = asking.network
    one, two = asking.say("One"), asking.say("Two")
    joe = network.reply("joe", to=one, text="To one #wad")
    ann = network.reply("ann", to=two, text="To two")
    bob = network.reply("bob", to=joe, text="To Joe")

    def found(query: str) -> list[str]:
        return ids(asking.get("/2/tweets/search/recent", query=query).json())

    assert found(f"conversation_id:{one}") == [bob, joe, one]
    assert found(f"conversation_id:{one} -from:wad_london") == [bob, joe]
    assert found(f"(conversation_id:{one} OR conversation_id:{two}) is:reply") == [bob, ann, joe]
    assert found(f"conversation_id:{one} from:{network.public('joe')} -is:retweet") == [joe]
    assert found(f"in_reply_to_tweet_id:{joe}") == [bob]
    assert found("to:joe OR to:nobody") == [bob]
    assert found("@wad_london") == [bob, ann, joe]
    assert found("#wad") == [joe]


@pytest.mark.parametrize("query", ["((", "conversation_id:x", "hello", "from:a OR", "from:a )", "x" * 513, "(from:a"])
def test_refuses_a_query_it_does_not_understand(asking: AskX, query: str) -> None:
    answer = asking.get("/2/tweets/search/recent", query=query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"].startswith("There were errors processing your request: ")


def test_searches_seven_days_back(asking: AskX, clock: Clock) -> None:
    old = asking.say("Old")
    clock.turn(days=7, seconds=1)
    path = "/2/tweets/search/recent"
    bound = world.snowflake(NOON + timedelta(seconds=1), 0)
    refused = {
        name: asking.get(path, query="from:wad_london", **{name: value}).json()["errors"][0]["message"]
        for name, value in (
            ("since_id", old),
            ("start_time", "2026-12-01T12:00:00Z"),
            ("end_time", "2026-12-08T12:00:01Z"),
        )
    }

    assert asking.get(path, query="from:wad_london").json() == {"meta": {"result_count": 0}}
    assert refused == {
        "since_id": "'since_id' must be a tweet id created after 2026-12-01T12:00Z. Please use a 'since_id' that is"
        f" larger than {bound}",
        "start_time": "Invalid 'start_time':'2026-12-01T12:00Z'. 'start_time' must be on or after 2026-12-01T12:00Z.",
        "end_time": "Invalid 'end_time':'2026-12-08T12:00Z'. 'end_time' must be a minimum of 10 seconds prior to the"
        " request time.",
    }
