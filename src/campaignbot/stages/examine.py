"""Look at the ground the daemon stands on: clock, zones, disk, secrets, and each account, read-only."""

import ctypes
import os
import shutil
import stat
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from campaignbot import alarms, platforms, settings
from campaignbot.model import errors
from campaignbot.model.campaign import Account, Campaign
from campaignbot.model.reply import Check
from campaignbot.platforms import base
from campaignbot.settings import Settings
from campaignbot.stages import plan
from campaignbot.stages.load import zones

ENOUGH_DISK = 200 * 1024 * 1024  #: bytes: a campaign's books are far smaller; logs and backups are not
UNSYNCHRONISED = 5  #: TIME_ERROR of adjtimex(2)
TIMEX_BYTES = 512  #: more than struct timex has on any Linux


def ground(campaign: Campaign, found: Settings) -> list[Check]:
    """Everything that can be looked at without a network."""
    return [
        clock(),
        zone_rules(campaign),
        disk(_books(found)),
        private(found.state),
        *secrets(campaign, found),
        recipients(campaign),
        *addresses(campaign, found),
    ]


def account(named: Account, secret: Callable[[str], str | None], *, clock: base.Clock) -> list[Check]:
    """What an account's own network says, read-only; one that cannot be asked is a failed check."""
    try:
        return list(platforms.connect(named, secret, clock=clock).check())
    except errors.PlatformError as error:
        reason = error.reason
    except errors.UserError as error:
        reason = error.message
    return [Check(name=named.id, ok=False, detail=reason, fix="mend it, then run doctor again")]


def clock() -> Check:
    """Whether the kernel's clock is kept in step with the world's (adjtimex(2); asking changes nothing)."""
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    except (OSError, AttributeError):
        state = None
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if state == UNSYNCHRONISED:
        return Check(
            name="clock",
            ok=False,
            detail=f"{now}, but nothing keeps it in step",
            fix="turn on time synchronisation: timedatectl set-ntp true",
        )
    known = "in step" if state is not None and state >= 0 else "this system does not say whether it is in step"
    return Check(name="clock", ok=True, detail=f"{now}, {known}")


def zone_rules(campaign: Campaign) -> Check:
    """Which release of the zone rules is used, and whether the machine's own would put a post at another hour."""
    dues = [post.due for post in plan.posts(campaign) if post.due is not None]
    differing = zones.disagreements((city.zone.key for city in campaign.cities.values()), dues)
    detail = f"zone rules {zones.version()} of the package tzdata are used"
    if differing:
        detail += f"; this machine's own differ for {', '.join(differing)} and are not used"
    return Check(name="zones", ok=True, detail=detail)


def disk(state: Path) -> Check:
    """Whether there is room for the books."""
    free = shutil.disk_usage(_there(state)).free
    return Check(
        name="disk",
        ok=free >= ENOUGH_DISK,
        detail=f"{free // 1024**2} MiB free for {state}",
        fix=None if free >= ENOUGH_DISK else "make room: a full disk stops the campaign",
    )


def _books(found: Settings) -> Path:
    """Where the ledger grows: the state folder, unless CAMPAIGNBOT_DATABASE_URL names another place on this machine."""
    file = found.ledger_url.removeprefix("sqlite:///")
    return found.state if file == found.ledger_url else Path(file).parent


def _there(path: Path) -> Path:
    return path if path.exists() else _there(path.parent)


def private(state: Path) -> Check:
    """Whether others on this machine can look into the state folder."""
    if not state.exists():
        return Check(name="state folder", ok=True, detail=f"{state} is made at the first use")
    if not state.is_dir():
        return Check(name="state folder", ok=False, detail=f"{state} is not a folder", fix="move it away")
    mode = stat.S_IMODE(state.stat().st_mode)
    if state.stat().st_uid != os.getuid():
        detail = f"{state} belongs to another user"
        return Check(name="state folder", ok=False, detail=detail, fix="run campaignbot as that user")
    mine = mode & 0o077 == 0
    return Check(
        name="state folder",
        ok=mine,
        detail=f"{state} has mode {mode:04o}",
        fix=None if mine else f"make it yours alone: chmod 700 {state}",
    )


def secrets(campaign: Campaign, found: Settings) -> list[Check]:
    """Whether each account that a city speaks on has the secrets that it needs."""
    checks = []
    used = {name for city in campaign.cities.values() for name in city.accounts}
    for named in campaign.accounts.values():
        if named.id not in used:
            continue
        required, _optional = platforms.SECRETS[named.platform]
        lacking = [settings.secret_name(named.id, name) for name in required if not found.secret(named.id, name)]
        checks.append(
            Check(
                name=f"secrets of {named.id}",
                ok=not lacking,
                detail=f"lacks {', '.join(lacking)}" if lacking else "all there",
                fix="put them into the environment or the file CAMPAIGNBOT_SECRETS" if lacking else None,
            )
        )
    return checks


def recipients(campaign: Campaign) -> Check:
    """Whether somebody could open the joiners of every city."""
    without = [city.name for city in campaign.cities.values() if not (campaign.recipients or city.recipients)]
    return Check(
        name="recipients",
        ok=not without,
        detail=f"nobody could open the joiners of {', '.join(without)}" if without else "every city has a key",
        fix="campaignbot keys new --out FILE, then the public key under campaign: recipients" if without else None,
    )


def addresses(campaign: Campaign, found: Settings) -> Iterable[Check]:
    """Whether the addresses for alarms can be used at all; nothing is sent. They may hold secrets: only numbered."""
    if not campaign.alarms:
        fix = "name an address under campaign: alarms, such as mailto://…, so that somebody is woken"
        yield Check(name="alarms", ok=False, detail="nobody is told when something needs a person", fix=fix)
    for number, address in enumerate(campaign.alarms, 1):
        good = alarms.valid(found.named_secret(address) or address)
        yield Check(
            name=f"alarm address {number}",
            ok=good,
            detail="can be used" if good else "is not an address that can be used",
            fix=None if good else "write it as the documentation of apprise says, or name a secret that holds it",
        )
