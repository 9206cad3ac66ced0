"""Both embedded networks for tests, a clock to turn, and plain clients that share no code with them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import requests
import requests_oauthlib

from campaignbot.networks import graph, x
from made import NOON

SECRETS = {"api_key": "key", "api_secret": "key-secret", "access_token": "1-token", "access_secret": "token-secret"}
PAGE, TOKEN = "1234567890", "page-token"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x04\x00\x00\x00\x03\x08\x02\x00\x00\x00"


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@contextmanager
def x_network(clock: Clock, **options: Any) -> Iterator[x.Network]:
    """X with the account @wad_london."""
    network = x.Network(clock=clock, **options)
    network.add_account("wad_london", **SECRETS, bearer="user-bearer")
    network.start()
    try:
        yield network
    finally:
        network.stop()


@contextmanager
def graph_network(clock: Clock, **options: Any) -> Iterator[graph.Network]:
    """The Graph API with one Page."""
    network = graph.Network(clock=clock, **options)
    network.add_page(PAGE, "World AIDS Day London", TOKEN)
    network.start()
    try:
        yield network
    finally:
        network.stop()


class AskX:
    """Asks X with OAuth 1.0a as oauthlib signs it, over the loopback address itself."""

    def __init__(self, network: x.Network, secrets: Mapping[str, str] = SECRETS) -> None:
        self.network = network
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = requests_oauthlib.OAuth1(
            secrets["api_key"],
            client_secret=secrets["api_secret"],
            resource_owner_key=secrets["access_token"],
            resource_owner_secret=secrets["access_secret"],
        )

    def __enter__(self) -> "AskX":
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def get(self, path: str, **parameters: str | int) -> requests.Response:
        """`tweet__fields` is sent as tweet.fields."""
        given = {name.replace("__", "."): value for name, value in parameters.items()}
        return self.session.get(self.network.url + path, params=given, timeout=10)

    def post(self, path: str, body: object = None, **more: Any) -> requests.Response:
        if body is not None:
            more["json"] = body
        return self.session.post(self.network.url + path, timeout=10, **more)

    def say(self, text: str, *, to: str | None = None) -> str:
        """Post; the new id."""
        body: dict[str, Any] = {"text": text}
        if to is not None:
            body["reply"] = {"in_reply_to_tweet_id": to}
        answer = self.post("/2/tweets", body)
        assert answer.status_code == 201, answer.text
        number: str = answer.json()["data"]["id"]
        return number


class AskGraph:
    """Asks the Graph API by plain HTTP, with the token in a header unless told otherwise."""

    def __init__(self, network: graph.Network, token: str | None = TOKEN) -> None:
        self.network = network
        self.session = requests.Session()
        self.session.trust_env = False
        if token is not None:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> "AskGraph":
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def get(self, path: str, **parameters: str | int) -> requests.Response:
        return self.session.get(f"{self.network.url}/v26.0{path}", params=parameters, timeout=10)

    def post(self, path: str, **parameters: str) -> requests.Response:
        return self.session.post(f"{self.network.url}/v26.0{path}", data=parameters, timeout=10)

    def upload(self, path: str, body: bytes = PNG, **parameters: str) -> requests.Response:
        files = {"source": ("picture.png", body, "image/png")}
        return self.session.post(f"{self.network.url}/v26.0{path}", data=parameters, files=files, timeout=10)

    def say(self, text: str) -> str:
        """Post on the Page; the new id."""
        answer = self.post(f"/{PAGE}/feed", message=text)
        assert answer.status_code == 200, answer.text
        number: str = answer.json()["id"]
        return number


def error(answer: requests.Response) -> dict[str, Any]:
    """A Graph error without its trace, which differs from call to call."""
    found: dict[str, Any] = answer.json()["error"]
    assert found.pop("fbtrace_id").startswith("A")
    return found
