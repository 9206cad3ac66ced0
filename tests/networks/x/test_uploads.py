import base64
from collections.abc import Iterator
from typing import Any

import pytest

from networks.asking import PNG, SECRETS, AskX, Clock, x_network

DAY = 24 * 3600
UNKNOWN = "is not defined in the schema and the schema does not allow additional properties"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asking(clock: Clock) -> Iterator[AskX]:
    with x_network(clock) as network, AskX(network) as made:
        yield made


def uploaded(asking: AskX) -> str:
    body = {"media": base64.b64encode(PNG).decode(), "media_category": "tweet_image"}
    number: str = asking.post("/2/media/upload", body).json()["data"]["id"]
    return number


def refused(answer: Any) -> tuple[int, str]:
    body = answer.json()
    return answer.status_code, body["errors"][0]["message"] if "errors" in body else body["detail"]


def test_takes_a_picture_as_json_and_as_multipart(asking: AskX) -> None:
    as_json = asking.post(
        "/2/media/upload", {"media": base64.b64encode(PNG).decode(), "media_category": "tweet_image"}
    ).json()["data"]
    as_parts = asking.post(
        "/2/media/upload", files={"media": ("a.png", PNG)}, data={"media_category": "tweet_image"}
    ).json()["data"]

    for made in (as_json, as_parts):
        assert made == {
            "id": made["id"],
            "media_key": f"3_{made['id']}",
            "size": len(PNG),
            "expires_after_secs": DAY,
            "image": {"image_type": "image/png", "w": 4, "h": 3},
        }
    assert as_json["id"] != as_parts["id"]


def test_takes_a_picture_in_segments(asking: AskX) -> None:
    start = {"media_category": "tweet_image", "media_type": "image/png", "total_bytes": len(PNG)}
    number = asking.post("/2/media/upload/initialize", start).json()["data"]["id"]
    first = asking.post(
        f"/2/media/upload/{number}/append", files={"media": ("a", PNG[:9])}, data={"segment_index": "0"}
    )
    early = asking.post(f"/2/media/upload/{number}/finalize")
    second = asking.post(
        f"/2/media/upload/{number}/append", {"media": base64.b64encode(PNG[9:]).decode(), "segment_index": 1}
    )
    done = asking.post(f"/2/media/upload/{number}/finalize").json()["data"]
    told = asking.get("/2/media/upload", command="STATUS", media_id=number).json()["data"]

    assert (first.status_code, second.status_code) == (200, 200)
    assert refused(early) == (400, "Segments do not add up to provided total file size.")
    assert (done["size"], done["image"]) == (len(PNG), {"image_type": "image/png", "w": 4, "h": 3})
    assert told == done
    assert refused(asking.post(f"/2/media/upload/{number}/finalize")) == (400, "This upload is already finalized.")


def test_a_post_carries_its_picture_and_alt_text(asking: AskX) -> None:
    number = uploaded(asking)
    described = asking.post("/2/media/metadata", {"id": number, "metadata": {"alt_text": {"text": "A white gate"}}})
    posted = asking.post("/2/tweets", {"text": "Come", "media": {"media_ids": [number]}}).json()["data"]
    me = asking.get("/2/users/me").json()["data"]["id"]
    body = asking.get(
        f"/2/users/{me}/tweets",
        tweet__fields="attachments,entities",
        expansions="attachments.media_keys",
        media__fields="alt_text,url,width,height",
    ).json()

    assert described.json() == {"data": {"id": number, "associated_metadata": {"alt_text": {"text": "A white gate"}}}}
    shown = body["data"][0]
    link = shown["entities"]["urls"][0]
    assert shown["text"] == posted["text"] == f"Come {link['url']}"
    assert shown["attachments"] == {"media_keys": [f"3_{number}"]}
    assert (link["expanded_url"], link["media_key"]) == (
        f"https://x.com/wad_london/status/{posted['id']}/photo/1",
        f"3_{number}",
    )
    assert body["includes"]["media"] == [
        {
            "media_key": f"3_{number}",
            "type": "photo",
            "alt_text": "A white gate",
            "url": f"https://pbs.twimg.com/media/{number}.jpg",
            "width": 4,
            "height": 3,
        }
    ]
    assert [post.alt_texts for post in asking.network.posts("wad_london")] == [("A white gate",)]


def test_a_picture_expires(asking: AskX, clock: Clock) -> None:
    number = uploaded(asking)
    clock.turn(seconds=DAY)

    answer = asking.post("/2/tweets", {"text": "Come", "media": {"media_ids": [number]}})
    assert answer.json()["errors"] == [
        {"parameters": {"media.media_ids": [number]}, "message": "Your media IDs are invalid."}
    ]


def test_a_picture_belongs_to_who_uploaded_it(asking: AskX) -> None:
    number = uploaded(asking)
    other = {name: f"other-{text}" for name, text in SECRETS.items()}
    asking.network.add_account("wad_paris", **other)
    with AskX(asking.network, other) as paris:
        posted = paris.post("/2/tweets", {"text": "Come", "media": {"media_ids": [number]}})
        described = paris.post("/2/media/metadata", {"id": number, "metadata": {"alt_text": {"text": "A gate"}}})

    assert refused(posted) == (400, "Your media IDs are invalid.")
    assert refused(described) == (400, "Invalid or expired media id.")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"media": "AAAA"}, 400, "$.media_category: does not have a value in the enumeration"),
        ({"media_category": "tweet_image"}, 400, "$.media: is missing but it is required"),
        ({"media": "not base64!", "media_category": "tweet_image"}, 400, "$.media: must be base64"),
        ({"media": "é", "media_category": "tweet_image"}, 400, "$.media: must be base64"),
        ({"media": "AAAA", "media_category": "tweet_image"}, 400, "media type unrecognized."),
        ({"media": "AAAA", "media_category": "tweet_video"}, 400, "Only tweet_image is simulated here."),
        ({"media": "AAAA", "alt_text": "x"}, 400, f"$.alt_text: {UNKNOWN}"),
        (
            {"media": base64.b64encode(PNG + b"\0" * 5 * 1024 * 1024).decode(), "media_category": "tweet_image"},
            413,
            "File size exceeds 5242880 bytes.",
        ),
    ],
)
def test_refuses_what_is_no_picture(asking: AskX, body: Any, code: int, message: str) -> None:
    assert refused(asking.post("/2/media/upload", body)) == (code, message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"media_type": "text/plain"}, "$.media_type: does not have a value in the enumeration"),
        ({"media_type": {}}, "$.media_type: does not have a value in the enumeration"),
        ({"media_type": "image/png"}, "$.total_bytes: must be between 1 and 5242880"),
    ],
)
def test_refuses_a_bad_start(asking: AskX, body: Any, message: str) -> None:
    assert refused(asking.post("/2/media/upload/initialize", body)) == (400, message)


def test_refuses_a_bad_segment_and_a_bad_description(asking: AskX) -> None:
    start = {"media_category": "tweet_image", "media_type": "image/png", "total_bytes": len(PNG)}
    number = asking.post("/2/media/upload/initialize", start).json()["data"]["id"]
    segment = asking.post(f"/2/media/upload/{number}/append", {"media": "AAAA", "segment_index": 1000})
    answers = [
        asking.post("/2/media/metadata", body)
        for body in (
            {"id": "x"},
            {"id": number},
            {"id": number, "metadata": {"alt_text": {"text": ""}}},
            {"id": number, "metadata": {"alt_text": {"text": "a" * 1001}}},
        )
    ]

    assert refused(segment) == (400, "$.segment_index: must be between 0 and 999")
    assert [refused(answer)[1] for answer in answers] == [
        "$.id: does not match the regex pattern ^[0-9]{1,19}$",
        "$.metadata.alt_text: is missing but it is required",
        "$.metadata.alt_text.text: must be between 1 and 1000 characters long",
        "$.metadata.alt_text.text: must be between 1 and 1000 characters long",
    ]
