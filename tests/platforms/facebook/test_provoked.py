"""Facebook's table of answers, each row provoked from the embedded Graph API."""

import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest

from campaignbot import platforms
from campaignbot.model.campaign import Account
from campaignbot.networks import graph as network
from campaignbot.platforms import base
from campaignbot.platforms.facebook import answers
from platforms.contract import Clock
from platforms.provoked import LATER, LOCKED, REFUSED, UNKNOWN, Provoked, Told, World

_NUMBERS = itertools.count(100)
QUARTER = timedelta(minutes=15)

TOLD = {
    "taken_not_shown": Told(0, UNKNOWN, stores=True),
    "error_500_code_2": Told(1, UNKNOWN, stores=True),
    "error_500_code_190": Told(1, UNKNOWN),
    "bad_gateway": Told(1, UNKNOWN, stores=True),
    "unavailable": Told(1, UNKNOWN),
    "odd_500": Told(1, UNKNOWN),
    **{f"throttled_{code}": Told(2, LATER, QUARTER) for code in (4, 17, 32, 341, 613, 80001, 80002, 80006)},
    "throttled_transient": Told(2, LATER, QUARTER),
    "code_1": Told(3, UNKNOWN, stores=True),
    "code_1_99": Told(3, UNKNOWN, stores=True),
    "code_2": Told(3, UNKNOWN),
    "transient": Told(4, UNKNOWN),
    "token_190": Told(5, LOCKED),
    "token_190_401": Told(5, LOCKED),
    **{f"token_190_{subcode}": Told(5, LOCKED) for subcode in (458, 459, 460, 463, 464, 467, 492)},
    "impersonating": Told(5, LOCKED),
    "session_102": Told(5, LOCKED),
    **{f"right_{code}": Told(6, LOCKED) for code in (3, 10, 200, 283, 299)},
    "proof_missing": Told(7, LOCKED),
    "proof_wrong": Told(7, LOCKED),
    "duplicate_506": Told(8, UNKNOWN),
    "duplicate_368": Told(9, UNKNOWN),
    **{f"confirm_{subcode}": Told(10, LOCKED) for subcode in (1404006, 1404078, 1404112, 4854002)},
    **{f"rules_{code}": Told(11, REFUSED) for code in (1346003, 1404102)},
    **{f"rules_368_{subcode}": Told(12, REFUSED) for subcode in (1346003, 1404102)},
    "blocked": Told(13, LATER, timedelta(hours=3)),
    "blocked_1390008": Told(13, LATER, timedelta(hours=3)),
    **{f"link_{code}": Told(14, REFUSED) for code in (1609005, 1609008, 2061006)},
    **{f"link_100_{subcode}": Told(15, REFUSED) for subcode in (1609005, 1609008, 2061006)},
    **{f"picture_{code}": Told(16, REFUSED) for code in (324, 1366046, 1366051, 2069019)},
    **{f"picture_100_{subcode}": Told(17, REFUSED) for subcode in (1366046, 1366051, 2069019)},
    "gone": Told(18, REFUSED),
    "bad_parameter": Told(19, REFUSED),
    "unknown_path": Told(19, REFUSED),
    "logged_out_3001": Told(19, REFUSED),
    "no_alias_803": Told(19, REFUSED),
    "version_2635": Told(19, REFUSED),
    "page_400": Told(20, UNKNOWN),
    "list_403": Told(20, UNKNOWN),
    "odd_404": Told(20, UNKNOWN),
    "moved": Told(20, UNKNOWN),
    "success_without_id": Told(20, UNKNOWN, stores=True),
    "id_is_a_number": Told(20, UNKNOWN, stores=True),
    "bad_id": Told(20, UNKNOWN, stores=True),
    "bad_time": Told(20, UNKNOWN, stores=True),
    "empty": Told(20, UNKNOWN, stores=True),
    "cut_short": Told(20, UNKNOWN, stores=True),
    "captive_portal": Told(20, UNKNOWN),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", TOLD)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[network.Network, Clock]]:
    clock = Clock()
    running = network.Network(clock=clock, prefix="/fb")
    running.start()
    yield running, clock
    running.stop()


@pytest.fixture
def world(server: tuple[network.Network, Clock], request: pytest.FixtureRequest) -> World:
    """A Page of its own for each test, on one network."""
    running, clock = server
    running.faults.clear()
    running.faults.played.clear()
    running.requests.clear()
    page = str(next(_NUMBERS))
    token = f"sham-token-{page}"
    running.add_page(page, "WAD London", token)
    account = Account(id="fb-london", platform="facebook", page=page, base_url=running.url)
    return World(
        clock=clock,
        network=running,
        account=account,
        platform=platforms.connect(account, {"PAGE_TOKEN": token}.get, clock=clock, patience=base.Patience(read=5.0)),
        rows=answers.ROWS,
        said=answers.said,
        told=TOLD,
        path="/feed",
        out=lambda: [post.text for post in running.posts(page)],
    )


class TestFacebook(Provoked):
    pass
