import socket
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

import pytest
import requests

from campaignbot.networks import x
from networks.asking import PAGE, SECRETS, TOKEN, AskGraph, AskX, Clock, graph_network, x_network


@pytest.fixture
def network() -> Iterator[x.Network]:
    with x_network(Clock()) as started:
        yield started


def test_a_connection_is_kept_alive(network: x.Network) -> None:
    host, _, port = network.url.removeprefix("http://").partition(":")
    ask = b"GET /2/users/me HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer user-bearer\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as connection, connection.makefile("rb") as read:
        answers = []
        for _turn in range(3):
            connection.sendall(ask)
            first = read.readline()
            length = 0
            while (line := read.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answers.append((first, read.read(length)))

    body = b'{"data":{"id":"1500000000000000001","name":"wad_london","username":"wad_london"}}'
    assert answers == [(b"HTTP/1.1 200 OK\r\n", body)] * 3


def test_remembers_what_was_asked_without_secrets() -> None:
    with graph_network(Clock()) as network, AskGraph(network, token=None) as asking:
        asking.get("/me", access_token=TOKEN, fields="id,name")
        asking.post(f"/{PAGE}/feed", message="Come", access_token=TOKEN)
        asked = list(network.requests)

    assert asked == [("GET", "/v26.0/me", "fields=id,name"), ("POST", f"/v26.0/{PAGE}/feed", "")]


def test_a_prefix_stands_before_every_path() -> None:
    with x_network(Clock(), prefix="/sham") as network, AskX(network) as asking:
        inside = asking.say("Come")
        outside = requests.get(network.url.removesuffix("/sham") + "/2/users/me", timeout=5)

    assert [post.id for post in network.posts("wad_london")] == [inside]
    assert outside.status_code == 404
    assert list(network.requests) == [("POST", "/2/tweets", "")]


def test_unknown_paths_and_methods_are_not_found(network: x.Network) -> None:
    with AskX(network) as asking:
        unknown = asking.get("/2/lists/1")
        wrong = asking.session.delete(f"{network.url}/2/users/me", timeout=5)

    assert (unknown.status_code, wrong.status_code) == (404, 404)
    assert unknown.json() == {"title": "Not Found", "type": "about:blank", "status": 404, "detail": "Not Found"}


def test_stop_closes_the_port_and_open_connections() -> None:
    clock = Clock()
    network = x.Network(clock=clock)
    network.add_account("wad_london", **SECRETS)
    network.start()
    address = network.url
    with AskX(network) as asking:
        asking.say("Come")
        network.stop()
        network.stop()
        with pytest.raises(requests.ConnectionError):
            requests.get(address, timeout=5)
    with pytest.raises(RuntimeError, match="not started"):
        _ = network.url
    network.start()
    try:
        with AskX(network) as asking:
            clock.turn(minutes=1)
            asking.say("Come again")
    finally:
        network.stop()

    assert [(post.text, clock.now - post.at) for post in network.posts("wad_london")] == [
        ("Come", timedelta(minutes=1)),
        ("Come again", timedelta(0)),
    ]


def test_a_body_that_is_too_large_is_refused_unread(network: x.Network) -> None:
    host, _, port = network.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection, connection.makefile("rb") as read:
        connection.sendall(b"POST /2/media/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\n")
        first = read.readline()

    assert first == f"HTTP/1.1 413 {HTTPStatus(413).phrase}\r\n".encode()


def test_a_client_that_dies_in_the_middle_of_a_request_has_asked_nothing(network: x.Network) -> None:
    host, _, port = network.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection, connection.makefile("rb") as read:
        connection.sendall(b'POST /2/tweets HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 15\r\n\r\n{"text": "')
        connection.shutdown(socket.SHUT_WR)
        rest = read.read()

    assert (rest, list(network.requests)) == (b"", [])
