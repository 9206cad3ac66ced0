from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from campaignbot.networks import x
from campaignbot.networks.x import problems, writing
from made import NOON
from networks.asking import AskX, Clock, x_network


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asking(clock: Clock) -> Iterator[AskX]:
    with x_network(clock) as network, AskX(network) as made:
        yield made


def refused(asking: AskX, body: Any) -> tuple[int, str]:
    """The number and the words of a refusal."""
    answer = asking.post("/2/tweets", body)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, problem["errors"][0]["message"] if "errors" in problem else problem["detail"]


def forbidden(detail: str) -> dict[str, Any]:
    return {"detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403}


def test_answers_with_id_and_shown_text(asking: AskX) -> None:
    answer = asking.post("/2/tweets", {"text": "Come & see: https://example.org/join"})
    made = answer.json()["data"]

    assert answer.status_code == 201
    assert made == {
        "id": made["id"],
        "text": f"Come & see: {made['text'].rpartition(' ')[2]}",
        "edit_history_tweet_ids": [made["id"]],
    }
    assert (len(made["id"]), made["text"][:25]) == (19, "Come & see: https://t.co/")
    assert asking.network.posts("wad_london") == [
        x.StoredPost(id=made["id"], text="Come & see: https://example.org/join", at=NOON, reply_to=None, alt_texts=())
    ]


def test_ids_grow_with_time_and_within_a_moment(asking: AskX, clock: Clock) -> None:
    ids = [int(asking.say(f"Text {number}")) for number in range(3)]
    clock.turn(seconds=1)
    ids.append(int(asking.say("Text 3")))

    assert ids == sorted(set(ids))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Your Tweet text must not be empty."),
        ({"text": " \n"}, "Your Tweet text must not be empty."),
        ({"text": 1}, "$.text: must be a string"),
        ({"text": "a" * 281}, problems.TOO_LONG),
        ({"text": "語" * 141}, problems.TOO_LONG),
        (
            {"text": "a", "status": "b"},
            "$.status: is not defined in the schema and the schema does not allow additional properties",
        ),
        ({"text": "a", "reply": {}}, "$.reply.in_reply_to_tweet_id: is missing but it is required"),
        ({"text": "a", "reply": []}, "$.reply: must be an object"),
        (
            {"text": "a", "reply": {"in_reply_to_tweet_id": 12}},
            "$.reply.in_reply_to_tweet_id: does not match the regex pattern ^[0-9]{1,19}$",
        ),
        (
            {"text": "a", "reply_settings": "everyone"},
            "$.reply_settings: does not have a value in the enumeration"
            " [following, mentionedUsers, subscribers, verified]",
        ),
        (
            {"text": "a", "reply_settings": []},
            "$.reply_settings: does not have a value in the enumeration"
            " [following, mentionedUsers, subscribers, verified]",
        ),
        ({"text": "a", "media": {"media_ids": []}}, "$.media.media_ids: must have between 1 and 4 values"),
        ({"text": "a", "media": {"media_ids": ["1"]}}, "Your media IDs are invalid."),
        (["a"], "Request body must be a JSON object."),
    ],
)
def test_refuses_what_is_malformed(asking: AskX, body: Any, message: str) -> None:
    assert refused(asking, body) == (400, message)
    assert asking.network.posts("wad_london") == []


def test_refuses_a_form(asking: AskX) -> None:
    assert asking.post("/2/tweets", data={"text": "Come"}).status_code == 400


def test_takes_280_weighted_characters(asking: AskX) -> None:
    longest = "https://example.org/a-rather-long-address-that-counts-as-23 " + "é" * 256

    assert asking.post("/2/tweets", {"text": longest}).status_code == 201


def test_refuses_the_same_words_within_a_day(asking: AskX, clock: Clock) -> None:
    asking.say("Come")
    clock.turn(hours=24)
    again = asking.post("/2/tweets", {"text": "Come"})
    clock.turn(seconds=1)

    assert (again.status_code, again.json()) == (403, forbidden(problems.DUPLICATE))
    asking.say("Come")
    assert [(post.text, post.at - NOON) for post in asking.network.posts("wad_london")] == [
        ("Come", timedelta(0)),
        ("Come", timedelta(hours=24, seconds=1)),
    ]


def test_words_that_were_deleted_may_be_said_again(asking: AskX) -> None:
    number = asking.say("Come")
    asking.session.delete(f"{asking.network.url}/2/tweets/{number}", timeout=5)

    assert asking.post("/2/tweets", {"text": "Come"}).status_code == 201


def test_one_cashtag_is_enough(asking: AskX) -> None:
    assert refused(asking, {"text": "$AAA and $BBB"}) == (403, problems.CASHTAGS)
    assert asking.post("/2/tweets", {"text": "$AAA and $AAA"}).status_code == 201


def test_quotes_need_another_plan(asking: AskX) -> None:
    assert refused(asking, {"text": "a", "quote_tweet_id": "1"})[0] == 403


def test_answers_only_those_who_mentioned_us(asking: AskX) -> None:
    network = asking.network
    post = asking.say("Who comes?")
    to_us = network.reply("joe", to=post, text="Me")
    mention = network.mention("ann", "Will @wad_london be there?")
    elsewhere = network.mention("bob", "Nice weather")
    deleted = network.reply("joe", to=post, text="And my sister")
    network.remove(deleted)

    def to(number: str) -> dict[str, Any]:
        return {"text": "Thank you", "reply": {"in_reply_to_tweet_id": number}}

    assert asking.post("/2/tweets", to(to_us)).json()["data"]["text"] == "@joe Thank you"
    assert asking.post("/2/tweets", to(mention)).json()["data"]["text"] == "@ann Thank you"
    assert refused(asking, to(elsewhere)) == (403, problems.NOT_SUMMONED)
    assert refused(asking, to(deleted)) == (403, problems.PARENT_GONE)
    assert asking.post("/2/tweets", to(to_us)).json() == forbidden(problems.DUPLICATE)
    thread = asking.post("/2/tweets", {"text": "More", "reply": {"in_reply_to_tweet_id": post}})
    assert thread.json()["data"]["text"] == "More"
    assert [(each.text, each.reply_to) for each in network.posts("wad_london")] == [
        ("Who comes?", None),
        ("Thank you", to_us),
        ("Thank you", mention),
        ("More", post),
    ]


def test_an_implicit_mention_may_be_too_little(clock: Clock) -> None:
    rules = writing.Rules(implicit_summons=False)
    with x_network(clock, rules=rules) as network, AskX(network) as asking:
        post = asking.say("Who comes?")
        implicit = network.reply("joe", to=post, text="Me")
        typed = network.reply("ann", to=post, text="@wad_london me too")
        answers = [
            asking.post("/2/tweets", {"text": "Thank you", "reply": {"in_reply_to_tweet_id": number}}).status_code
            for number in (implicit, typed)
        ]

    assert answers == [403, 201]


def test_a_reply_leads_with_everybody_in_the_thread_unless_excluded(asking: AskX) -> None:
    network = asking.network
    post = asking.say("Who comes?")
    first = network.reply("joe", to=post, text="Me")
    second = network.reply("ann", to=first, text="@joe me too")
    body = {"in_reply_to_tweet_id": second, "exclude_reply_user_ids": [network.public("joe")]}
    answers = [
        asking.post("/2/tweets", {"text": text, "reply": reply}).json()["data"]["text"]
        for text, reply in (("Welcome", {"in_reply_to_tweet_id": second}), ("Welcome, Ann", body))
    ]

    assert answers == ["@ann @joe Welcome", "@ann Welcome, Ann"]


def test_deletes_only_ones_own(asking: AskX) -> None:
    theirs = asking.network.mention("joe", "Hello")
    url = f"{asking.network.url}/2/tweets"

    assert asking.session.delete(f"{url}/{theirs}", timeout=5).json() == forbidden(
        "You are not authorized to delete this Tweet."
    )
    assert asking.session.delete(f"{url}/1", timeout=5).status_code == 404
