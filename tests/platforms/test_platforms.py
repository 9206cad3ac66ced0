import subprocess
import sys

import pytest

import made
from campaignbot import platforms
from campaignbot.model import errors
from campaignbot.model.campaign import Account

FACEBOOK = Account(id="fb-london", platform="facebook", page="12")


def test_limits_need_no_secret() -> None:
    assert platforms.limits(made.account()) == made.LIMITS_X
    assert platforms.limits(FACEBOOK) == made.LIMITS_FACEBOOK


def test_the_secrets_have_names() -> None:
    assert platforms.SECRETS == {
        "x": (("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET"), ()),
        "facebook": (("PAGE_TOKEN",), ("APP_ID", "APP_SECRET")),
    }


def test_missing_secrets_are_named_all_at_once() -> None:
    with pytest.raises(errors.UserError) as raised:
        platforms.connect(made.account(), {"API_KEY": "k", "API_SECRET": " ", "ACCESS_TOKEN": "t"}.get)
    assert raised.value.message == (
        "x-london lacks CAMPAIGNBOT_X_LONDON_API_SECRET, CAMPAIGNBOT_X_LONDON_ACCESS_SECRET; "
        "set them in the environment or in the file CAMPAIGNBOT_SECRETS"
    )


@pytest.mark.parametrize("torn", ["two words", "half\nof it", "smart“quotes”"])
def test_a_secret_that_cannot_be_one_is_named_and_not_shown(torn: str) -> None:
    with pytest.raises(errors.UserError) as raised:
        platforms.connect(FACEBOOK, {"PAGE_TOKEN": torn}.get)
    assert raised.value.message == (
        "CAMPAIGNBOT_FB_LONDON_PAGE_TOKEN holds a space or an unusual letter; copy it again, whole"
    )


def test_blanks_around_a_secret_do_no_harm() -> None:
    assert platforms.connect(FACEBOOK, {"PAGE_TOKEN": " token\n"}.get).limits == made.LIMITS_FACEBOOK


def test_an_unknown_platform_is_the_files_fault() -> None:
    with pytest.raises(errors.UserError, match="platform 'myspace' is not one of facebook, x"):
        platforms.limits(made.account(platform="myspace"))


def test_limits_and_dry_twins_load_no_sdk() -> None:
    program = """
import sys
from datetime import UTC, datetime
from campaignbot import platforms
from campaignbot.model.campaign import Account
account = Account(id="x-london", platform="x", handle="wad_london")
platforms.limits(account)
platforms.dry(account, lambda: datetime.now(UTC))
assert callable(platforms.dry)
print(sorted({"tweepy", "facebook", "requests", "urllib3"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("account", [made.account(), FACEBOOK], ids=["x", "facebook"])
def test_nothing_secret_in_a_repr(account: Account) -> None:
    platform = platforms.connect(account, lambda name: f"canary-{name}")
    assert "canary" not in repr(platform)
