"""X's table of answers, each row provoked from the embedded X."""

import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest

import made
from campaignbot import platforms
from campaignbot.networks import x as network
from campaignbot.platforms import base
from campaignbot.platforms.x import answers
from platforms.contract import Clock
from platforms.provoked import LATER, LOCKED, REFUSED, UNKNOWN, Provoked, Told, World

SECRETS = {name: f"sham-{name}" for name in ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET")}
_NUMBERS = itertools.count()
QUARTER, DAY_PART = timedelta(minutes=15), timedelta(hours=6)

TOLD = {
    "created_without_id": Told(0, UNKNOWN, stores=True),
    "created_with_errors": Told(0, UNKNOWN),
    "created_bad_id": Told(0, UNKNOWN, stores=True),
    "created_cut_short": Told(0, UNKNOWN, stores=True),
    "created_empty": Told(0, UNKNOWN, stores=True),
    "captive_portal": Told(0, UNKNOWN),
    "moved": Told(1, UNKNOWN),
    "moved_for_good": Told(1, UNKNOWN),
    "not_modified": Told(1, UNKNOWN),
    "unauthorized": Told(2, LOCKED),
    "unauthorized_page": Told(2, LOCKED),
    "bad_token_89": Told(2, LOCKED),
    "credits_depleted": Told(3, LOCKED),
    "duplicate": Told(4, UNKNOWN),
    "duplicate_187": Told(4, UNKNOWN),
    "duplicate_187_bare": Told(5, UNKNOWN),
    "not_summoned": Told(6, REFUSED),
    "oauth1_permissions": Told(7, LOCKED),
    "unsupported_authentication": Told(7, LOCKED),
    "client_forbidden": Told(7, LOCKED),
    "access_level_453": Told(8, LOCKED),
    "no_write_261": Told(8, LOCKED),
    "locked_326": Told(9, LOCKED),
    "suspended_64": Told(9, LOCKED),
    "suspended": Told(10, LOCKED),
    "locked": Told(10, LOCKED),
    "daily_limit_185": Told(11, LATER, DAY_PART),
    "daily_limit_344": Told(11, LATER, DAY_PART),
    "daily_limit": Told(12, LATER, DAY_PART),
    "cashtags": Told(13, REFUSED),
    "invalid_url": Told(13, REFUSED),
    "parent_gone": Told(13, REFUSED),
    "forbidden_list": Told(13, REFUSED),
    "forbidden_page": Told(13, REFUSED),
    "reply_target_gone": Told(14, REFUSED),
    "not_found": Told(14, REFUSED),
    "request_timeout": Told(15, UNKNOWN),
    "usage_capped": Told(16, LOCKED),
    "usage_cap_title": Told(17, LOCKED),
    "limited_silently": Told(18, LATER, QUARTER),
    "limited_until_reset": Told(18, LATER, timedelta(minutes=7)),
    "limited_for_the_day": Told(18, LATER, timedelta(hours=9)),
    "limited_app_for_the_day": Told(18, LATER, timedelta(hours=5)),
    "limited_retry_after": Told(18, LATER, timedelta(minutes=20)),
    "limited_number_88": Told(18, LATER, QUARTER),
    "limited_page": Told(18, LATER, QUARTER),
    "invalid_request": Told(19, REFUSED),
    "conflict": Told(19, REFUSED),
    "gone": Told(19, REFUSED),
    "too_large": Told(19, REFUSED),
    "media_type": Told(19, REFUSED),
    "unprocessable": Told(19, REFUSED),
    "internal_error": Told(20, UNKNOWN, stores=True),
    "bad_gateway": Told(20, UNKNOWN, stores=True),
    "unavailable": Told(20, UNKNOWN),
    "gateway_timeout": Told(20, UNKNOWN, stores=True),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", TOLD)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[network.Network, Clock]]:
    clock = Clock()
    running = network.Network(clock=clock, prefix="/x")
    running.start()
    yield running, clock
    running.stop()


@pytest.fixture
def world(server: tuple[network.Network, Clock], request: pytest.FixtureRequest) -> World:
    """An account of its own for each test, on one network."""
    running, clock = server
    running.faults.clear()
    running.faults.played.clear()
    running.requests.clear()
    handle = f"wad{next(_NUMBERS)}"
    running.add_account(handle, **{name.lower(): f"{value}-{handle}" for name, value in SECRETS.items()})
    account = made.account(handle=handle, base_url=running.url)
    return World(
        clock=clock,
        network=running,
        account=account,
        platform=platforms.connect(
            account, lambda name: f"{SECRETS[name]}-{handle}", clock=clock, patience=base.Patience(read=5.0)
        ),
        rows=answers.ROWS,
        said=answers.said,
        told=TOLD,
        path="/2/tweets",
        out=lambda: [post.text for post in running.posts(handle)],
    )


class TestX(Provoked):
    pass
