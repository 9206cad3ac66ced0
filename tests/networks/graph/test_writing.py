import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from campaignbot.networks import graph
from made import NOON
from networks.asking import PAGE, PNG, AskGraph, Clock, error, graph_network

DUPLICATE = {
    "message": "Duplicate status message",
    "type": "FacebookApiException",
    "code": 506,
    "error_subcode": 1455006,
    "is_transient": False,
    "error_user_title": "Duplicate Status Update",
    "error_user_msg": "This status update is identical to the last one you posted. Try posting something different, or"
    " delete your previous update.",
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asking(clock: Clock) -> Iterator[AskGraph]:
    with graph_network(clock) as network, AskGraph(network) as made:
        yield made


def test_a_post_is_read_in_the_same_call(asking: AskGraph) -> None:
    body = asking.post(
        f"/{PAGE}/feed",
        message="Come",
        link="https://example.org",
        fields="id,message,created_time,updated_time,permalink_url,is_published,status_type,from{id},attachments",
    ).json()

    assert body == {
        "id": body["id"],
        "message": "Come",
        "created_time": "2026-12-01T12:00:00+0000",
        "updated_time": "2026-12-01T12:00:00+0000",
        "permalink_url": f"https://www.facebook.com/{PAGE}/posts/{body['id'].partition('_')[2]}",
        "is_published": True,
        "status_type": "shared_story",
        "from": {"id": PAGE},
        "attachments": {
            "data": [{"type": "share", "url": "https://example.org", "unshimmed_url": "https://example.org"}]
        },
    }
    assert asking.network.posts(PAGE) == [
        graph.StoredPost(id=body["id"], text="Come", at=NOON, reply_to=None, alt_texts=())
    ]


def test_the_same_words_twice_in_a_row_are_refused(asking: AskGraph) -> None:
    first = asking.say("Come")
    again = asking.post(f"/{PAGE}/feed", message="Come")
    asking.say("Something else")
    asking.say("Come")

    assert (again.status_code, error(again)) == (400, DUPLICATE)
    texts = [post.text for post in asking.network.posts(PAGE)]
    assert (first in [post.id for post in asking.network.posts(PAGE)], texts) == (
        True,
        ["Come", "Something else", "Come"],
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "(#100) Missing message or attachment."),
        ({"message": ""}, "(#100) Missing message or attachment."),
        ({"message": "a", "published": "False"}, "(#100) Param published must be a boolean"),
        ({"message": "a", "link": "example.org"}, "(#100) link URL is not properly formatted"),
        ({"message": "a" * 63_207}, "(#100) Param message must be at most 63206 characters long"),
        ({"message": "a", "client_mutation_id": "1"}, "(#100) Unknown or not simulated parameter: client_mutation_id"),
        ({"message": "a", "targeting": "geo_locations"}, "(#100) Param targeting must be valid JSON."),
        ({"message": "a", "targeting": "[]"}, "(#100) Param targeting must be an object."),
        ({"attached_media": "{}"}, "(#100) Param attached_media must be an array."),
        (
            {"attached_media[0]": '{"media_fbid":"1"}'},
            "(#100) Param attached_media must name photos of this Page, each as {media_fbid}",
        ),
        (
            {"message": "a", "scheduled_publish_time": "1796212800"},
            "(#100) You cannot specify a scheduled publish time on a published post",
        ),
        (
            {"message": "a", "published": "false", "scheduled_publish_time": "2026-12-01T12:09:59Z"},
            "(#100) The specified scheduled publish time is invalid.",
        ),
    ],
)
def test_refuses_what_is_malformed(asking: AskGraph, parameters: dict[str, str], message: str) -> None:
    answer = asking.post(f"/{PAGE}/feed", **parameters)

    assert (answer.status_code, error(answer)) == (400, {"message": message, "type": "OAuthException", "code": 100})
    assert asking.network.posts(PAGE) == []


def test_words_that_are_not_utf_8_are_refused_and_not_dropped(asking: AskGraph) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = asking.session.post(f"{asking.network.url}/v26.0/{PAGE}/feed", data=b"\xff=1", headers=form, timeout=5)

    assert error(answer)["code"] == 100


def test_a_picture_makes_a_post(asking: AskGraph) -> None:
    made = asking.upload(f"/{PAGE}/photos", caption="The gate", alt_text_custom="A white gate").json()
    post = asking.get(f"/{made['post_id']}", fields="message,status_type,attachments").json()

    assert made == {"id": made["id"], "post_id": made["post_id"]}
    assert post == {
        "message": "The gate",
        "status_type": "added_photos",
        "attachments": {
            "data": [
                {
                    "type": "photo",
                    "target": {"id": made["id"]},
                    "url": f"https://www.facebook.com/photo.php?fbid={made['id']}",
                }
            ]
        },
        "id": made["post_id"],
    }
    assert error(asking.upload(f"/{PAGE}/photos", caption="The gate")) == DUPLICATE
    assert [(each.text, each.alt_texts) for each in asking.network.posts(PAGE)] == [("The gate", ("A white gate",))]


def test_unpublished_pictures_are_attached_once(asking: AskGraph) -> None:
    numbers = [
        asking.upload(f"/{PAGE}/photos", published="false", alt_text_custom=f"Gate {number}").json()["id"]
        for number in range(2)
    ]
    media = json.dumps([{"media_fbid": number} for number in numbers])
    made = asking.post(f"/{PAGE}/feed", message="Two gates", attached_media=media)
    again = asking.post(f"/{PAGE}/feed", message="Again", attached_media=media)
    photo = asking.get(f"/{numbers[0]}", fields="page_story_id,alt_text,from{name}").json()

    assert error(again) == {
        "message": "(#100) Photos were already posted.",
        "type": "OAuthException",
        "code": 100,
        "error_subcode": 1366051,
    }
    assert photo == {
        "page_story_id": made.json()["id"],
        "alt_text": "Gate 0",
        "from": {"name": "World AIDS Day London", "id": PAGE},
        "id": numbers[0],
    }
    assert [(post.text, post.alt_texts) for post in asking.network.posts(PAGE)] == [("Two gates", ("Gate 0", "Gate 1"))]


@pytest.mark.parametrize("body", [b"no picture", PNG + b"\0" * 4 * 1024 * 1024, b"RIFF0000WEBPVP8 "])
def test_refuses_what_is_no_picture(asking: AskGraph, body: bytes) -> None:
    answer = error(asking.upload(f"/{PAGE}/photos", body))

    assert (answer["code"], answer["error_subcode"]) == (100, 1366046)


def test_a_picture_needs_bytes(asking: AskGraph) -> None:
    assert error(asking.post(f"/{PAGE}/photos", caption="No picture"))["code"] == 324
    assert error(asking.upload(f"/{PAGE}/photos", message="deprecated"))["code"] == 100


def test_comments_hang_from_their_top(asking: AskGraph, clock: Clock) -> None:
    network = asking.network
    post = asking.say("Who comes?")
    clock.turn(minutes=1)
    top = network.comment(post, "Joe", "I come")
    nameless = network.comment(post, "Ann", "Me too", parent=top, hide_from=True)
    ours = asking.post(f"/{nameless}/comments", message="Thank you").json()["id"]
    fields = "message,created_time,from{id,name},parent{id},comment_count,can_reply_privately,is_hidden,permalink_url"
    body = asking.get(f"/{post}/comments", filter="stream", fields=fields).json()["data"]
    number = post.partition("_")[2]
    common = {"created_time": "2026-12-01T12:01:00+0000", "is_hidden": False}

    def link(comment: str) -> str:
        return f"https://www.facebook.com/{PAGE}/posts/{number}?comment_id={comment.partition('_')[2]}"

    assert body == [
        {
            "id": top,
            "message": "I come",
            "from": {"id": body[0]["from"]["id"], "name": "Joe"},
            "comment_count": 2,
            "can_reply_privately": True,
            "permalink_url": link(top),
            **common,
        },
        {
            "id": nameless,
            "message": "Me too",
            "parent": {"id": top},
            "comment_count": 0,
            "can_reply_privately": True,
            "permalink_url": link(nameless),
            **common,
        },
        {
            "id": ours,
            "message": "Thank you",
            "from": {"id": PAGE, "name": "World AIDS Day London"},
            "parent": {"id": top},
            "comment_count": 0,
            "can_reply_privately": False,
            "permalink_url": link(ours),
            **common,
        },
    ]
    assert network.answers(PAGE) == [
        graph.StoredPost(id=ours, text="Thank you", at=NOON + timedelta(minutes=1), reply_to=nameless, alt_texts=())
    ]
    assert asking.get(f"/{post}", fields="updated_time").json()["updated_time"] == "2026-12-01T12:01:00+0000"


def test_a_comment_may_be_hidden_reworded_and_deleted(asking: AskGraph) -> None:
    network = asking.network
    post = asking.say("Who comes?")
    theirs = network.comment(post, "Joe", "Buy this")
    answer = network.comment(post, "Ann", "No", parent=theirs)
    ours = asking.post(f"/{post}/comments", message="Plese").json()["id"]
    hidden = asking.post(f"/{theirs}", is_hidden="true").json()
    reworded = asking.post(f"/{ours}", message="Please").json()
    refused = error(asking.post(f"/{theirs}", message="Nothing"))
    shown = asking.get(f"/{theirs}", fields="is_hidden,message").json()
    deleted = asking.session.delete(f"{network.url}/v26.0/{theirs}", timeout=5).json()
    gone = error(asking.get(f"/{answer}"))

    assert (hidden, reworded, deleted) == ({"success": True},) * 3
    assert (refused["code"], gone["error_subcode"]) == (200, 33)
    assert shown == {"is_hidden": True, "message": "Buy this", "id": theirs}
    assert [each.text for each in network.answers(PAGE)] == ["Please"]
    network.remove(ours)
    assert network.answers(PAGE) == []


def test_a_comment_needs_words(asking: AskGraph) -> None:
    assert error(asking.post(f"/{asking.say('Come')}/comments")) == {
        "message": "(#100) The parameter message is required",
        "type": "OAuthException",
        "code": 100,
    }
