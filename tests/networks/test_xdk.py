"""X's own client, which knows nothing of us, speaks with the embedded X."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import xdk
from xdk import oauth1_auth

from campaignbot.networks import wire, x
from made import NOON
from networks.asking import SECRETS, Clock, x_network


@pytest.fixture
def network() -> Iterator[x.Network]:
    with x_network(Clock()) as started:
        yield started


def client(network: x.Network, **how: Any) -> Any:
    made = xdk.Client(base_url=network.url, **how)
    made.session.trust_env = False
    return made


def signed(network: x.Network) -> Any:
    auth = oauth1_auth.OAuth1(
        api_key=SECRETS["api_key"],
        api_secret=SECRETS["api_secret"],
        callback="oob",
        access_token=SECRETS["access_token"],
        access_token_secret=SECRETS["access_secret"],
    )
    return client(network, auth=auth)


@pytest.mark.parametrize("connect", [signed, lambda network: client(network, access_token="user-bearer")])
def test_posts_reads_and_pages(network: x.Network, connect: Any) -> None:
    asking = connect(network)
    me = asking.users.get_me().data
    ids = []
    for number in range(12):
        made = asking.posts.create({"text": f"London meets at gate {number}, https://example.org/{number}"})
        ids.append(made.data.id)
    for number in range(11):
        network.reply("joe", to=ids[0], text=f"I come, {number}")
    pages = list(asking.users.get_posts(me.id, max_results=5, post_fields=["created_at", "entities"]))
    mentions = list(
        asking.users.get_mentions(
            me.id, max_results=5, post_fields=["conversation_id", "referenced_posts"], expansions=["author_id"]
        )
    )

    assert me.username == "wad_london"
    assert [[post.id for post in page.data] for page in pages] == [
        ids[:6:-1],
        ids[6:1:-1],
        ids[1::-1],
    ]
    newest = pages[0].data[0]
    assert newest.created_at == "2026-12-01T12:00:00.000Z"
    assert newest.entities.urls[0].expanded_url == "https://example.org/11"
    assert newest.edit_history_post_ids == [ids[11]]
    assert [len(page.data) for page in mentions] == [5, 5, 1]
    last = mentions[2].data[0]
    assert (last.text, last.conversation_id) == ("@wad_london I come, 0", ids[0])
    assert [user.username for user in mentions[2].includes.users] == ["joe"]
    assert [post.at for post in network.posts("wad_london")] == [NOON] * 12


def test_searches_a_conversation_and_deletes(network: x.Network) -> None:
    asking = signed(network)
    root = asking.posts.create({"text": "Who comes?"}).data.id
    network.reply("joe", to=root, text="Me")
    found = [post.text for page in asking.posts.search_recent(f"conversation_id:{root}") for post in page.data]
    deleted = asking.posts.delete(root).data

    assert found == ["@wad_london Me", "Who comes?"]
    assert deleted.deleted is True
    assert network.posts("wad_london") == []


def test_sees_the_errors(network: x.Network) -> None:
    asking = signed(network)
    asking.posts.create({"text": "Once"})
    assert refusal(lambda: asking.posts.create({"text": "Once"})) == (
        403,
        "You are not allowed to create a Tweet with duplicate content.",
    )
    assert refusal(lambda: asking.posts.create({"text": "x" * 281})) == (
        400,
        "One or more parameters to your request was invalid.",
    )
    network.faults.add(wire.Fault("rate_limited"))
    assert refusal(lambda: asking.posts.create({"text": "Too often"})) == (429, "Too Many Requests")
    network.revoke("wad_london")
    assert refusal(lambda: asking.users.get_me()) == (401, "Unauthorized")


def refusal(ask: Any) -> tuple[int, str]:
    with pytest.raises(requests.HTTPError) as caught:
        ask()
    return caught.value.response.status_code, caught.value.response.json()["detail"]
