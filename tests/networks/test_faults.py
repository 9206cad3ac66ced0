import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from campaignbot.networks import graph, x
from campaignbot.networks.faults import Fault, Faults
from made import NOON
from networks.asking import PAGE, AskGraph, AskX, Clock, error, graph_network, x_network


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def on_x(clock: Clock) -> Iterator[AskX]:
    with x_network(clock) as network, AskX(network) as asking:
        yield asking


@pytest.fixture
def on_graph(clock: Clock) -> Iterator[AskGraph]:
    with graph_network(clock) as network, AskGraph(network) as asking:
        yield asking


def texts(network: x.Network | graph.Network) -> list[str]:
    stored = network.posts("wad_london") if isinstance(network, x.Network) else network.posts(PAGE)
    return [post.text for post in stored]


def say(asking: AskX | AskGraph, text: str) -> requests.Response:
    if isinstance(asking, AskX):
        return asking.post("/2/tweets", {"text": text})
    return asking.post(f"/{PAGE}/feed", message=text)


def both(on_x: AskX, on_graph: AskGraph) -> tuple[AskX | AskGraph, ...]:
    return on_x, on_graph


@pytest.mark.parametrize(("kind", "stored"), [("lost_request", []), ("lost_answer", ["Come"])])
def test_the_connection_drops(on_x: AskX, on_graph: AskGraph, kind: Any, stored: list[str]) -> None:
    for asking in both(on_x, on_graph):
        asking.network.faults.add(Fault(kind))
        with pytest.raises(requests.ConnectionError):
            say(asking, "Come")
        assert texts(asking.network) == stored
        assert say(asking, "Come again").ok
        assert asking.network.faults.played == {kind: 1}


def test_an_error_after_storing(on_x: AskX, on_graph: AskGraph) -> None:
    for asking in both(on_x, on_graph):
        asking.network.faults.add(Fault("error_after_storing"))
    on_x_answer, on_graph_answer = say(on_x, "Come"), say(on_graph, "Come")

    assert texts(on_x.network) == texts(on_graph.network) == ["Come"]
    assert on_x_answer.status_code == 503
    assert on_x_answer.json() == {
        "title": "Service Unavailable",
        "type": "about:blank",
        "status": 503,
        "detail": "Service Unavailable",
    }
    assert on_graph_answer.status_code == 500
    assert error(on_graph_answer) == {
        "message": "An unexpected error has occurred. Please retry your request later.",
        "type": "OAuthException",
        "code": 2,
        "is_transient": True,
    }


def test_a_refusal_stays_a_refusal_when_the_network_is_unwell(on_x: AskX) -> None:
    on_x.network.faults.add(Fault("error_after_storing"))

    assert say(on_x, "").status_code == 400


@pytest.mark.parametrize("stores", [True, False])
def test_a_proxys_page(on_x: AskX, on_graph: AskGraph, stores: bool) -> None:
    for asking in both(on_x, on_graph):
        asking.network.faults.add(Fault("html_502", stores=stores))
        answer = say(asking, "Come")
        assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
        assert answer.text.startswith("<html>")
        assert texts(asking.network) == (["Come"] if stores else [])


def test_too_many_calls(on_x: AskX, on_graph: AskGraph) -> None:
    for asking in both(on_x, on_graph):
        asking.network.faults.add(Fault("rate_limited", seconds=90))
    on_x_answer, on_graph_answer = say(on_x, "Come"), say(on_graph, "Come")

    assert texts(on_x.network) == texts(on_graph.network) == []
    assert on_x_answer.status_code == 429
    assert on_x_answer.headers["x-rate-limit-reset"] == str(int(NOON.timestamp()) + 90)
    assert on_x_answer.headers["x-rate-limit-remaining"] == "0"
    assert on_graph_answer.status_code == 400
    assert error(on_graph_answer)["code"] == 80001
    assert on_graph_answer.headers["x-business-use-case-usage"] == (
        f'{{"{PAGE}": [{{"type": "pages", "call_count": 100, "total_cputime": 0, "total_time": 0,'
        ' "estimated_time_to_regain_access": 2}]}'
    )


def test_an_expired_token(on_x: AskX, on_graph: AskGraph) -> None:
    for asking in both(on_x, on_graph):
        asking.network.faults.add(Fault("expired_token"))
    on_x_answer, on_graph_answer = say(on_x, "Come"), say(on_graph, "Come")

    assert (on_x_answer.status_code, on_x_answer.json()["title"]) == (401, "Unauthorized")
    assert error(on_graph_answer) == {
        "message": "Error validating access token: Session has expired.",
        "type": "OAuthException",
        "code": 190,
        "error_subcode": 463,
    }


def test_a_slow_answer_comes_after_storing(on_x: AskX) -> None:
    on_x.network.faults.add(Fault("slow", seconds=30))
    with pytest.raises(requests.ReadTimeout):
        on_x.session.post(f"{on_x.network.url}/2/tweets", json={"text": "Come"}, timeout=0.2)

    assert texts(on_x.network) == ["Come"]


def test_a_late_effect(on_x: AskX, on_graph: AskGraph, clock: Clock) -> None:
    for asking in both(on_x, on_graph):
        asking.network.faults.add(Fault("late_effect", seconds=60))
        with pytest.raises(requests.ConnectionError):
            say(asking, "Come")
    clock.turn(seconds=59)
    before = [texts(asking.network) for asking in both(on_x, on_graph)]
    clock.turn(seconds=1)
    after = [texts(asking.network) for asking in both(on_x, on_graph)]

    assert (before, after) == ([[], []], [["Come"], ["Come"]])


def test_a_late_effect_has_the_time_at_which_it_took_effect(on_x: AskX, clock: Clock) -> None:
    on_x.network.faults.add(Fault("late_effect", seconds=60))
    with pytest.raises(requests.ConnectionError):
        say(on_x, "Late")
    clock.turn(hours=1)
    say(on_x, "Punctual")

    posts = on_x.network.posts("wad_london")
    assert [(post.text, (post.at - NOON).total_seconds()) for post in posts] == [("Late", 60), ("Punctual", 3600)]


def test_late_indexing(on_x: AskX, on_graph: AskGraph, clock: Clock) -> None:
    me = on_x.get("/2/users/me").json()["data"]["id"]

    def seen() -> tuple[int, int, int]:
        timeline = on_x.get(f"/2/users/{me}/tweets").json()["meta"]["result_count"]
        found = on_x.get("/2/tweets/search/recent", query="from:wad_london").json()["meta"]["result_count"]
        listed = on_graph.get(f"/{PAGE}/published_posts").json()["data"]
        return timeline, found, len(listed)

    for asking in both(on_x, on_graph):
        asking.network.faults.add(Fault("late_indexing", seconds=60))
        assert say(asking, "Come").ok
    before = seen()
    clock.turn(seconds=60)

    assert (before, seen()) == ((0, 0, 0), (1, 1, 1))


def test_a_fault_is_played_so_many_times_where_it_was_meant(on_x: AskX) -> None:
    on_x.network.faults.add(Fault("html_502", method="GET", path="/mentions", times=2))
    me = on_x.get("/2/users/me").json()["data"]["id"]
    codes = [on_x.get(f"/2/users/{me}/{part}").status_code for part in ("tweets", "mentions", "mentions", "mentions")]

    assert codes == [200, 502, 502, 200]


def test_cleared_faults_are_played_no_more(on_x: AskX) -> None:
    on_x.network.faults.add(Fault("lost_request"))
    on_x.network.faults.sprinkle(seed=1, rate=1, kinds=("lost_request",))
    on_x.network.faults.clear()

    assert say(on_x, "Come").ok


def draw(faults: Faults, speaker: str) -> list[str | None]:
    drawn: list[str | None] = []
    for _turn in range(40):
        fault = faults.take(method="POST", path="/2/tweets", shape="/2/tweets", speaker=speaker)
        drawn.append(None if fault is None else fault.kind)
    return drawn


def test_sprinkled_faults_do_not_depend_on_how_threads_interleave() -> None:
    def sprinkled() -> Faults:
        faults = Faults()
        faults.sprinkle(seed=7, rate=0.25, kinds=("lost_answer", "html_502"))
        return faults

    alone, mixed = sprinkled(), sprinkled()
    one_by_one = {speaker: draw(alone, speaker) for speaker in ("london", "toronto")}
    at_once: dict[str, list[str | None]] = {}
    threads = [
        threading.Thread(target=lambda speaker=speaker: at_once.update({speaker: draw(mixed, speaker)}))
        for speaker in ("toronto", "london")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert at_once == one_by_one
    assert one_by_one["london"] != one_by_one["toronto"]
    assert 5 <= sum(kind is not None for kind in one_by_one["london"]) <= 16


def test_sprinkled_faults_keep_to_methods_paths_and_kinds() -> None:
    faults = Faults()
    faults.sprinkle(seed=1, rate=1, kinds=("slow",), paths=("/feed",), seconds={"slow": 0.1})
    taken = [
        faults.take(method=method, path=path, shape=path, speaker="a")
        for method, path in (("GET", "/1/feed"), ("POST", "/1/photos"), ("POST", "/1/feed"))
    ]

    assert [None if fault is None else (fault.kind, fault.delay) for fault in taken] == [None, None, ("slow", 0.1)]
    with pytest.raises(KeyError):
        faults.sprinkle(seed=1, rate=1, kinds=("meteor",))


def test_what_a_network_can_say_it_says_when_asked_to(on_x: AskX, on_graph: AskGraph) -> None:
    for asking, name in ((on_x, "credits_depleted"), (on_graph, "blocked_1390008")):
        asking.network.faults.add(Fault("says", says=name))
        assert not say(asking, "Come").ok
        assert (texts(asking.network), asking.network.faults.played) == ([], {name: 1})
        asking.network.faults.add(Fault("says", says="captive_portal", stores=True))
        assert say(asking, "Come").text.startswith("<html>")
        assert texts(asking.network) == ["Come"]
        for unknown in (Fault("says", says="nonsense"), Fault("says")):
            with pytest.raises(KeyError):
                asking.network.faults.add(unknown)
        with pytest.raises(KeyError):
            asking.network.faults.sprinkle(seed=1, rate=1.0, kinds=("says",))
