import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from campaignbot.networks import x
from campaignbot.networks.x import oauth, writing
from networks.asking import SECRETS, AskX, Clock, x_network

KEYS = oauth.Keys(
    user=1,
    handle="wad_london",
    api_key=SECRETS["api_key"],
    api_secret=SECRETS["api_secret"],
    access_token=SECRETS["access_token"],
    access_secret=SECRETS["access_secret"],
)
UNAUTHORIZED = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}


@pytest.fixture
def network() -> Iterator[x.Network]:
    with x_network(Clock()) as started:
        yield started


def test_signs_xs_own_example() -> None:
    # the worked example of X's documentation, "Creating a signature"
    keys = oauth.Keys(
        user=1,
        handle="",
        api_key="xvz1evFS4wEEPTGEFPHBog",
        api_secret="kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        access_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        access_secret="LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )
    parameters = [
        ("status", "Hello Ladies + Gentlemen, a signed OAuth request!"),
        ("include_entities", "true"),
        ("oauth_consumer_key", keys.api_key),
        ("oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "1318622958"),
        ("oauth_token", keys.access_token),
        ("oauth_version", "1.0"),
    ]

    signature = oauth.sign("post", "https://api.x.com/1.1/statuses/update.json", parameters, keys)

    assert signature == "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="


def header(address: str, *, seconds: int = 0, nonce: str = "n1", **changes: str) -> dict[str, str]:
    fields = {
        "oauth_consumer_key": KEYS.api_key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(time.time()) + seconds),
        "oauth_token": KEYS.access_token,
        "oauth_version": "1.0",
    }
    fields["oauth_signature"] = oauth.sign("GET", address, list(fields.items()), KEYS)
    fields |= changes
    return {"Authorization": "OAuth " + ", ".join(f'{name}="{oauth._escape(text)}"' for name, text in fields.items())}


def ask(network: x.Network, headers: dict[str, str]) -> requests.Response:
    return requests.get(f"{network.url}/2/users/me", headers=headers, timeout=5)


@pytest.mark.parametrize("host", ["https://api.twitter.com", "https://api.x.com", ""])
def test_a_signature_for_x_or_for_this_address_is_good(network: x.Network, host: str) -> None:
    assert ask(network, header(f"{host or network.url}/2/users/me")).status_code == 200


def test_what_is_not_proved_is_refused(network: x.Network) -> None:
    address = "https://api.x.com/2/users/me"
    wrong = {
        "another host": header("https://api.example.com/2/users/me"),
        "another path": header("https://api.x.com/2/tweets"),
        "too old": header(address, seconds=-301),
        "from the future": header(address, seconds=360),  # the server looks a moment later: well past its window
        "no number": header(address, oauth_timestamp="now"),
        "another app": header(address, oauth_consumer_key="other"),
        "another token": header(address, oauth_token="other"),
        "another method": header(address, oauth_signature_method="PLAINTEXT"),
        "another version": header(address, oauth_version="2.0"),
        "no signature": header(address, oauth_signature=""),
        "nothing": {},
        "an unknown bearer": {"Authorization": "Bearer None"},
    }
    answers = {name: ask(network, headers) for name, headers in wrong.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(wrong, 401)
    assert [answer.json() for answer in answers.values()] == [UNAUTHORIZED] * len(wrong)


def test_how_far_off_a_clock_may_be_is_a_rule_of_the_network() -> None:
    address = "https://api.x.com/2/users/me"
    with x_network(Clock(), rules=writing.Rules(fresh=timedelta(hours=2))) as network:
        codes = [ask(network, header(address, seconds=3600 * hours)).status_code for hours in (1, -1, 3, -3)]

    assert codes == [200, 200, 401, 401]


def test_a_nonce_is_good_once(network: x.Network) -> None:
    headers = header("https://api.x.com/2/users/me")

    assert [ask(network, headers).status_code for _turn in range(2)] == [200, 401]


def test_query_parameters_are_signed_too(network: x.Network) -> None:
    headers = header("https://api.x.com/2/users/me")

    answer = requests.get(f"{network.url}/2/users/me?user.fields=created_at", headers=headers, timeout=5)

    assert answer.status_code == 401


def test_a_read_only_app_may_not_post(network: x.Network) -> None:
    network.make_read_only("wad_london")
    with AskX(network) as asking:
        answer = asking.post("/2/tweets", {"text": "Come"})
        assert asking.get("/2/users/me").status_code == 200

    assert answer.json() == {
        "title": "Forbidden",
        "detail": "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
        "type": "https://api.twitter.com/2/problems/oauth1-permissions",
        "status": 403,
    }
