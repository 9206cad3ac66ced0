"""Meta's own client, which knows nothing of us, speaks with the embedded Graph API; and its tables judge ours."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from facebook_business import exceptions, session
from facebook_business.adobjects import comment as comments
from facebook_business.adobjects import page as pages
from facebook_business.adobjects import pagepost, photo
from facebook_business.api import FacebookAdsApi

from campaignbot.networks import graph, wire
from campaignbot.networks.graph import tables
from networks.asking import PAGE, PNG, TOKEN, AskGraph, Clock, graph_network


@pytest.fixture
def network() -> Iterator[graph.Network]:
    with graph_network(Clock()) as started:
        yield started


def client(network: graph.Network, token: str = TOKEN, secret: str | None = None) -> FacebookAdsApi:
    speaking = session.FacebookSession(access_token=token, app_secret=secret, timeout=10)
    speaking.GRAPH = network.url
    speaking.requests.trust_env = False
    return FacebookAdsApi(speaking)


def test_posts_reads_and_pages(network: graph.Network) -> None:
    page = pages.Page(PAGE, api=client(network, secret="graph-app-secret"))
    ids = [page.create_feed(params={"message": f"We meet at gate {number}"})["id"] for number in range(5)]
    hidden = {"message": "Here", "published": False, "fields": "permalink_url,created_time"}
    asked = page.get_api().call("POST", (PAGE, "feed"), params=hidden).json()
    for number in range(5):
        network.comment(ids[0], "Joe", f"I come, {number}")
    first = pagepost.PagePost(ids[0], api=page.get_api())
    answer = first.create_comment(params={"message": "Thank you all"})
    read = first.get_comments(
        fields=["message", "from", "created_time"],
        params={"filter": "stream", "order": "chronological", "limit": 2, "summary": True},
    )

    assert [post["id"] for post in page.get_published_posts(fields=["id", "message"], params={"limit": 2})] == ids[::-1]
    assert asked == {
        "permalink_url": f"https://www.facebook.com/{PAGE}/posts/{asked['id'].partition('_')[2]}",
        "created_time": "2026-12-01T12:00:00+0000",
        "id": asked["id"],
    }
    assert [(each["message"], each["from"]["name"]) for each in read] == [
        *((f"I come, {number}", "Joe") for number in range(5)),
        ("Thank you all", "World AIDS Day London"),
    ]
    assert read.total() == 6
    assert [each.id for each in network.answers(PAGE)] == [answer["id"]]
    assert [post.text for post in network.posts(PAGE)] == [f"We meet at gate {number}" for number in range(5)]
    assert first.api_delete() is not None
    assert len(network.posts(PAGE)) == 4


def test_posts_a_picture(network: graph.Network, tmp_path: Path) -> None:
    # its create_photo sends no bytes that are in memory; its call does
    with io.BytesIO(PNG) as picture:
        made = client(network).call(
            "POST",
            (PAGE, "photos"),
            params={"caption": "The gate", "alt_text_custom": "A white gate", "published": False},
            files={"source": picture},
        )
    number = made.json()["id"]
    page = pages.Page(PAGE, api=client(network))
    page.create_feed(params={"message": "Come", "attached_media": [{"media_fbid": number}]})
    seen = photo.Photo(number, api=client(network)).api_get(fields=["alt_text_custom", "width", "height"])

    assert made.json() == {"id": number}
    assert seen.export_all_data() == {"id": number, "alt_text_custom": "A white gate", "width": 4, "height": 3}
    assert [(post.text, post.alt_texts) for post in network.posts(PAGE)] == [("Come", ("A white gate",))]


def test_sees_the_errors(network: graph.Network) -> None:
    page = pages.Page(PAGE, api=client(network))
    page.create_feed(params={"message": "Once"})

    assert refusal(lambda: page.create_feed(params={"message": "Once"})) == (400, 506, 1455006)
    assert refusal(lambda: page.create_feed(params={"client_mutation_id": "1"})) == (400, 100, None)
    assert refusal(lambda: feed(page, "no_such_field")) == (400, 100, None)
    assert refusal(lambda: feed(page, "link")) == (400, 12, None)
    network.faults.add(wire.Fault("rate_limited"))
    assert refusal(lambda: page.create_feed(params={"message": "Too often"})) == (400, 80001, None)
    network.faults.add(wire.Fault("error_after_storing"))
    assert refusal(lambda: page.create_feed(params={"message": "Stored"})) == (500, 2, None)
    network.invalidate(TOKEN, subcode=463)
    assert refusal(lambda: page.api_get()) == (400, 190, 463)


def feed(page: pages.Page, fields: str) -> Any:
    # its get_feed warns of such fields before it asks
    return page.get_api().call("GET", (PAGE, "feed"), params={"fields": fields})


def refusal(ask: Any) -> tuple[int, int, int | None]:
    with pytest.raises(exceptions.FacebookRequestError) as caught:
        ask()
    error = caught.value
    return error.http_status(), error.api_error_code(), error.api_error_subcode()


def named(kind: Any) -> set[str]:
    return {value for name, value in vars(kind.Field).items() if not name.startswith("_")}


def taken(request: Any) -> set[str]:
    # private, and the only place where the official tables of parameters stand
    return set(request._param_checker._type_check_info)


def test_fields_are_metas_own() -> None:
    assert named(pagepost.PagePost) == tables.POST_FIELDS
    assert named(comments.Comment) == tables.COMMENT_FIELDS
    assert named(photo.Photo) == tables.PHOTO_FIELDS
    assert tables.PAGE_FIELDS - {"tasks"} - named(pages.Page) == set()


def test_parameters_are_metas_own(network: graph.Network) -> None:
    page = pages.Page(PAGE, api=client(network))
    post = pagepost.PagePost(f"{PAGE}_1", api=client(network))
    comment = comments.Comment("1_2", api=client(network))

    assert tables.PUBLISH - taken(page.create_feed(pending=True)) == set()
    assert tables.PHOTO - {"source"} - taken(page.create_photo(pending=True)) == set()
    assert tables.COMMENT - taken(post.create_comment(pending=True)) == set()
    assert tables.COMMENT_UPDATE - taken(comment.api_update(pending=True)) == set()
    assert tables.COMMENTS - tables.LIST - taken(post.get_comments(pending=True)) == set()
    assert tables.FEED - tables.LIST - taken(page.get_feed(pending=True)) == set()


def test_keys_of_answers_are_metas_own(network: graph.Network) -> None:
    with AskGraph(network) as asking:
        post = asking.say("Come")
        comment = network.comment(post, "Joe", "I come")
        network.comment(post, "Ann", "Me too", parent=comment)
        picture = asking.upload(f"/{PAGE}/photos", caption="The gate").json()["id"]
        everything = {
            f"/{post}": tables.POST_FIELDS,
            f"/{comment}": tables.COMMENT_FIELDS,
            f"/{picture}": tables.PHOTO_FIELDS,
            f"/{PAGE}": tables.PAGE_FIELDS,
        }
        extra = {
            path: set(asking.get(path, fields=",".join(names)).json()) - names for path, names in everything.items()
        }

    assert extra == {path: set() for path in everything}


def test_a_late_comment_comes_by_itself(network: graph.Network) -> None:
    post = pages.Page(PAGE, api=client(network)).create_feed(params={"message": "Come"})
    network.comment(post["id"], "Joe", "I come", indexed_after=timedelta(minutes=1))

    assert list(pagepost.PagePost(post["id"], api=client(network)).get_comments()) == []
