import concurrent.futures
from collections.abc import Iterator
from datetime import timedelta

import pytest

from campaignbot.networks import x
from made import NOON
from networks.asking import SECRETS, AskX, Clock, x_network


@pytest.fixture
def network() -> Iterator[x.Network]:
    with x_network(Clock()) as started:
        yield started


def test_accounts_may_post_at_the_same_time(network: x.Network) -> None:
    names = [f"wad_{number}" for number in range(6)]
    for name in names:
        network.add_account(name, **{key: f"{name}-{text}" for key, text in SECRETS.items()})

    def post(name: str) -> list[str]:
        with AskX(network, {key: f"{name}-{text}" for key, text in SECRETS.items()}) as asking:
            return [asking.say(f"{name} says {number}") for number in range(20)]

    with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
        ids = list(pool.map(post, names))

    assert len({number for each in ids for number in each}) == 120
    assert [[post.id for post in network.posts(name)] for name in names] == ids


def test_the_public_is_known_by_handle(network: x.Network) -> None:
    joe = network.public("joe")

    assert network.public("JOE") == joe
    assert network.public("wad_london") != joe
    with pytest.raises(KeyError):
        network.posts("nobody")
    with pytest.raises(ValueError, match="already"):
        network.add_account("joe", **SECRETS)


def test_what_people_say_is_stored_as_they_said_it(network: x.Network) -> None:
    hello = network.mention("joe", "Hello @wad_london")
    again = network.reply("joe", to=hello, text="Anybody?", indexed_after=timedelta(hours=1))

    assert network.posts("joe") == [
        x.StoredPost(id=hello, text="Hello @wad_london", at=NOON, reply_to=None, alt_texts=()),
        x.StoredPost(id=again, text="Anybody?", at=NOON, reply_to=hello, alt_texts=()),
    ]
