import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from campaignbot.networks import graph
from campaignbot.networks.graph import network as graph_module
from campaignbot.networks.graph import tables
from made import NOON
from networks.asking import PAGE, TOKEN, AskGraph, Clock, error, graph_network

APP_TOKEN = f"{graph_module.APP_ID}|{graph_module.APP_SECRET}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def network(clock: Clock) -> Iterator[graph.Network]:
    with graph_network(clock) as started:
        yield started


@pytest.fixture
def asking(network: graph.Network) -> Iterator[AskGraph]:
    with AskGraph(network) as made:
        yield made


def test_a_token_counts_wherever_it_stands(network: graph.Network) -> None:
    address = f"{network.url}/v26.0"
    answers = [
        requests.get(f"{address}/me", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5),
        requests.get(f"{address}/me", params={"access_token": TOKEN}, timeout=5),
        requests.post(f"{address}/{PAGE}/feed", data={"access_token": TOKEN, "message": "Come"}, timeout=5),
        requests.post(
            f"{address}/{PAGE}/feed", files={"access_token": (None, TOKEN), "message": (None, "x")}, timeout=5
        ),
    ]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert answers[0].json() == {"name": "World AIDS Day London", "id": PAGE}
    assert [post.text for post in network.posts(PAGE)] == ["Come", "x"]


def test_no_token_and_a_wrong_one(network: graph.Network) -> None:
    with AskGraph(network, token=None) as nobody, AskGraph(network, token="wrong") as wrong:
        answers = [nobody.get("/me"), wrong.get("/me")]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert [error(answer) for answer in answers] == [
        {
            "message": "An access token is required to request this resource.",
            "type": "OAuthException",
            "code": 104,
        },
        {"message": "Invalid OAuth access token - Cannot parse access token", "type": "OAuthException", "code": 190},
    ]


def test_a_token_expires_by_the_clock(clock: Clock) -> None:
    with graph_network(clock) as network:
        network.add_page("2", "Paris", "paris", expires=NOON + timedelta(hours=1))
        with AskGraph(network, token="paris") as asking:
            before = asking.get("/me").status_code
            clock.turn(hours=1)
            after = error(asking.get("/me"))

    assert (before, after["code"], after["error_subcode"]) == (200, 190, 463)


def test_an_invalidated_token_says_why(asking: AskGraph) -> None:
    asking.network.invalidate(TOKEN)

    assert error(asking.get("/me")) == {
        "message": "Error validating access token: The session has been invalidated because the user changed their"
        " password or Facebook has changed the session for security reasons.",
        "type": "OAuthException",
        "code": 190,
        "error_subcode": 460,
    }


@pytest.mark.parametrize("wanted", [True, False])
def test_the_apps_secret_is_proved(clock: Clock, wanted: bool) -> None:
    proof = hmac.new(b"graph-app-secret", TOKEN.encode(), hashlib.sha256).hexdigest()
    with graph_network(clock, wants_proof=wanted) as network, AskGraph(network) as asking:
        right = asking.get("/me", appsecret_proof=proof)
        wrong = asking.get("/me", appsecret_proof=proof[::-1])
        without = asking.get("/me")

    assert right.status_code == 200
    assert error(wrong)["message"] == "Invalid appsecret_proof provided in the API argument"
    assert without.status_code == (400 if wanted else 200)
    if wanted:
        assert error(without) == {
            "message": "API calls from the server require an appsecret_proof argument",
            "type": "GraphMethodException",
            "code": 100,
        }


@pytest.mark.parametrize(
    ("asked", "served"),
    [("/v26.0", "v26.0"), ("/v23.0", "v23.0"), ("/v2.8", None), ("/v3.0", "v21.0"), ("", "v21.0"), ("/v27.0", None)],
)
def test_an_old_version_is_served_as_the_oldest(network: graph.Network, asked: str, served: str | None) -> None:
    answer = requests.get(f"{network.url}{asked}/me", params={"access_token": TOKEN}, timeout=5)

    assert answer.headers.get("facebook-api-version") == served
    if served is None:
        assert error(answer)["code"] == 2500
    else:
        assert answer.json() == {"name": "World AIDS Day London", "id": PAGE}


def test_a_users_token_lists_pages_and_reads_no_comments(network: graph.Network, asking: AskGraph) -> None:
    post = asking.say("Come")
    network.comment(post, "Joe", "I come")
    network.add_user("user-token", pages=(PAGE,))
    with AskGraph(network, token="user-token") as user:
        me = user.get("/me").json()
        pages = user.get("/me/accounts").json()
        comments = user.get(f"/{post}/comments", summary="true").json()
        posting = error(user.post(f"/{PAGE}/feed", message="Mine"))

    assert me == {"name": "An Organiser", "id": "10000000000000001"}
    assert pages == {
        "data": [
            {
                "id": PAGE,
                "name": "World AIDS Day London",
                "category": "Nonprofit organization",
                "tasks": list(tables.TASKS),
            }
        ]
    }
    assert comments == {"data": [], "summary": {"order": "chronological", "total_count": 1, "can_comment": True}}
    assert posting["code"] == 200


def test_describes_a_token(network: graph.Network, clock: Clock) -> None:
    network.add_page("2", "Paris", "paris", scopes=(tables.READ_ENGAGEMENT,), expires=NOON + timedelta(days=1))
    with AskGraph(network, token=APP_TOKEN) as app:
        good = app.get("/debug_token", input_token="paris").json()
        clock.turn(days=1)
        expired = app.get("/debug_token", input_token="paris").json()["data"]
        unknown = app.get("/debug_token", input_token="x").json()

    assert good == {
        "data": {
            "app_id": graph_module.APP_ID,
            "type": "PAGE",
            "application": "campaign",
            "data_access_expires_at": 0,
            "expires_at": int(NOON.timestamp()) + 86400,
            "is_valid": True,
            "issued_at": int(graph_module.ISSUED.timestamp()),
            "scopes": ["pages_read_engagement"],
            "user_id": "10000000000000001",
            "profile_id": "2",
        }
    }
    assert (expired["is_valid"], expired["error"]["subcode"]) == (False, 463)
    assert unknown == {
        "data": {"error": {"code": 190, "message": "Invalid OAuth access token."}, "is_valid": False, "scopes": []}
    }


def test_a_post_may_mean_another_method(network: graph.Network, asking: AskGraph) -> None:
    post = asking.say("Come")
    with AskGraph(network, token=APP_TOKEN) as app:
        described = app.post("/debug_token", input_token=TOKEN, method="get").json()["data"]
    read = asking.post(f"/{post}", method="GET", fields="message").json()
    deleted = asking.post(f"/{post}", method="delete").json()

    assert (described["is_valid"], described["profile_id"]) == (True, PAGE)
    assert (read, deleted, network.posts(PAGE)) == ({"message": "Come", "id": post}, {"success": True}, [])


def test_a_missing_permission_is_named(network: graph.Network) -> None:
    network.add_page("2", "Paris", "paris", scopes=())
    post = network.posts(PAGE)
    with AskGraph(network, token="paris") as asking:
        writing = error(asking.post("/2/feed", message="Come"))
        reading = error(asking.get("/2/published_posts"))
        another = error(asking.post(f"/{PAGE}/feed", message="Come"))

    assert (post, network.posts("2")) == ([], [])
    assert writing["message"] == (
        "(#200) If posting to a page, requires pages_read_engagement and pages_manage_posts as an admin with sufficient"
        " administrative permission"
    )
    assert (reading["code"], another["code"]) == (10, 200)


def test_usage_stands_in_the_headers(asking: AskGraph) -> None:
    asking.network.set_usage(PAGE, 80)

    assert asking.get("/me").headers["x-business-use-case-usage"] == (
        f'{{"{PAGE}": [{{"type": "pages", "call_count": 80, "total_cputime": 0, "total_time": 0,'
        ' "estimated_time_to_regain_access": 0}]}'
    )
    with AskGraph(asking.network, token=APP_TOKEN) as app:
        assert app.get("/debug_token", input_token="x").headers["x-app-usage"] == (
            '{"call_count": 0, "total_time": 0, "total_cputime": 0}'
        )


def test_answers_may_call_themselves_something_else(clock: Clock) -> None:
    quirks = graph.Quirks(media_type="text/javascript; charset=UTF-8")
    with graph_network(clock, quirks=quirks) as network, AskGraph(network) as asking:
        answers = [asking.get("/me"), asking.get("/nobody")]

    assert [answer.headers["content-type"] for answer in answers] == ["text/javascript; charset=UTF-8"] * 2


@pytest.mark.parametrize(
    ("method", "path", "code", "subcode"),
    [
        ("GET", "/12345", 100, 33),
        ("GET", f"/{PAGE}/albums", 100, None),
        ("POST", f"/{PAGE}/albums", 100, 33),
        ("GET", f"/{PAGE}/feed/more", 2500, None),
        ("GET", "/", 2500, None),
        ("DELETE", f"/{PAGE}", 100, 33),
    ],
)
def test_what_is_not_there(asking: AskGraph, method: str, path: str, code: int, subcode: int | None) -> None:
    found = error(asking.session.request(method, f"{asking.network.url}/v26.0{path}", timeout=5))

    assert (found["code"], found.get("error_subcode")) == (code, subcode)
