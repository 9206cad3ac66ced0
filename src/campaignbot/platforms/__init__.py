"""The networks by name. An adapter, and its SDK, is imported when an account of its network is first connected."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import cast

from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.model.post import Counting, Limits
from campaignbot.platforms import base

# imported here, not on first use: a later import would put the module where the function `dry` stands
from campaignbot.platforms import dry as twin


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """One row of the table: where the adapter is, what an account takes, and the names of its secrets."""

    module: str
    limits: Limits
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


TABLE: Mapping[str, Network] = {
    "x": Network(
        module="campaignbot.platforms.x",
        limits=Limits(
            length=280,
            counting=Counting.WEIGHTED,
            pictures=4,
            picture_bytes=5_000_000,
            picture_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
            alt_length=1000,
            cost_usd=Decimal("0.015"),
            cost_link_usd=Decimal("0.20"),
        ),
        required=("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET"),
    ),
    "facebook": Network(
        module="campaignbot.platforms.facebook",
        limits=Limits(
            length=63_206,
            counting=Counting.CHARACTERS,
            pictures=10,
            # the documentation says 10 MB; answers in the wild (1366046) say 4
            picture_bytes=4_000_000,
            picture_types=("image/jpeg", "image/png", "image/gif"),
            alt_length=1000,
            cost_usd=Decimal(0),
            cost_link_usd=Decimal(0),
        ),
        required=("PAGE_TOKEN",),
        optional=("APP_ID", "APP_SECRET"),
    ),
}

SECRETS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    name: (network.required, network.optional) for name, network in TABLE.items()
}
"""By platform: the names of the secrets that an account must have, and of those it may have."""


def utc_now() -> datetime:
    """The machine's clock, UTC."""
    return datetime.now(UTC)


def limits(account: Account) -> Limits:
    """What an account takes; needs no secret, no network and no SDK. UserError for a platform that is not known."""
    return _network(account).limits


def connect(
    account: Account,
    secret: Callable[[str], str | None],
    *,
    clock: base.Clock = utc_now,
    patience: base.Patience | None = None,
) -> base.Platform:
    """The account's platform. Asks nothing of the network yet. UserError where a secret is missing or cannot be one, or
    where `base_url` would carry it in the clear. Without `patience`, the adapter's own."""
    network = _network(account)
    wanted = {name: (secret(name) or "").strip() for name in network.required + network.optional}
    prefix = f"CAMPAIGNBOT_{account.id.upper().replace('-', '_')}_"
    missing = [f"{prefix}{name}" for name in network.required if not wanted[name]]
    if missing:
        raise errors.UserError(
            f"{account.id} lacks {', '.join(missing)}; set them in the environment or in the file CAMPAIGNBOT_SECRETS"
        )
    torn = [f"{prefix}{name}" for name, value in wanted.items() if not all("!" <= c <= "~" for c in value)]
    if torn:
        raise errors.UserError(f"{', '.join(torn)} holds a space or an unusual letter; copy it again, whole")
    made = importlib.import_module(network.module).connect(
        account,
        limits=network.limits,
        secrets={name: value for name, value in wanted.items() if value},
        clock=clock,
        patience=patience,
    )
    return cast(base.Platform, made)


def dry(account: Account, clock: base.Clock) -> base.Platform:
    """The account's dry twin: same calls, and nothing leaves."""
    return twin.connect(account, limits=limits(account), clock=clock)


def _network(account: Account) -> Network:
    if account.platform not in TABLE:
        raise errors.UserError(f"{account.id}: platform {account.platform!r} is not one of {', '.join(sorted(TABLE))}")
    return TABLE[account.platform]
