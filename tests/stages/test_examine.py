"""Each check of the ground, well and not well."""

import dataclasses
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import made
from campaignbot import settings
from campaignbot.model.reply import Check
from campaignbot.networks import x
from campaignbot.stages import examine
from campaignbot.stages.load import zones

X = {
    "CAMPAIGNBOT_X_LONDON_API_KEY": "key",
    "CAMPAIGNBOT_X_LONDON_API_SECRET": "key-secret",
    "CAMPAIGNBOT_X_LONDON_ACCESS_TOKEN": "1-token",
    "CAMPAIGNBOT_X_LONDON_ACCESS_SECRET": "token-secret",
}


def _found(folder: Path, **environ: str) -> settings.Settings:
    return settings.read(environ, folder=folder)


def test_the_clock_is_asked_and_the_answer_says_the_time() -> None:
    said = examine.clock()
    assert said.name == "clock"
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, ", said.detail)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(said.detail[:19] + "+00:00")).total_seconds() < 60


@pytest.mark.parametrize(
    ("means_unsynchronised", "ok", "ending", "fix"),
    [
        (
            range(-1, 10),
            False,
            "but nothing keeps it in step",
            "turn on time synchronisation: timedatectl set-ntp true",
        ),
        ((), True, "", None),
    ],
)
def test_a_clock_that_nothing_keeps_in_step(
    monkeypatch: pytest.MonkeyPatch, means_unsynchronised: object, ok: bool, ending: str, fix: str | None
) -> None:
    class Answers:
        """Equal to each number among the named: whatever this machine's kernel answers."""

        def __eq__(self, other: object) -> bool:
            return other in means_unsynchronised  # type: ignore[operator]  # a range or an empty tuple

        __hash__ = None  # type: ignore[assignment]  # it is compared, never kept

    monkeypatch.setattr(examine, "UNSYNCHRONISED", Answers())
    said = examine.clock()
    assert (said.ok, said.fix, said.detail.endswith(ending)) == (ok, fix, True)


def test_the_zone_rules_are_named() -> None:
    said = examine.zone_rules(made.campaign())
    assert (said.name, said.ok, said.fix) == ("zones", True, None)
    assert said.detail.startswith(f"zone rules {zones.version()} of the package tzdata are used")


def test_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "not" / "yet" / ".campaignbot"
    free = shutil.disk_usage(tmp_path).free
    monkeypatch.setattr(examine, "ENOUGH_DISK", free // 2)
    said = examine.disk(state)
    assert (said.name, said.ok, said.fix) == ("disk", True, None)
    assert re.fullmatch(rf"\d+ MiB free for {re.escape(str(state))}", said.detail)

    monkeypatch.setattr(examine, "ENOUGH_DISK", free * 2)
    assert (examine.disk(state).ok, examine.disk(state).fix) == (False, "make room: a full disk stops the campaign")


def _nothing(_state: Path) -> None:
    """Leave it as it is."""


def _open(state: Path) -> None:
    state.mkdir()
    state.chmod(0o755)


@pytest.mark.parametrize(
    ("make", "ok", "detail", "fix"),
    [
        (_nothing, True, "{} is made at the first use", None),
        (lambda state: state.mkdir(mode=0o700), True, "{} has mode 0700", None),
        (_open, False, "{} has mode 0755", "make it yours alone: chmod 700 {}"),
        (lambda state: state.write_text(""), False, "{} is not a folder", "move it away"),
    ],
)
def test_the_state_folder(
    tmp_path: Path, make: Callable[[Path], object], ok: bool, detail: str, fix: str | None
) -> None:
    state = tmp_path / ".campaignbot"
    make(state)
    assert examine.private(state) == Check(
        name="state folder", ok=ok, detail=detail.format(state), fix=fix.format(state) if fix else None
    )


def test_a_state_folder_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / ".campaignbot"
    state.mkdir(mode=0o700)
    monkeypatch.setattr("os.getuid", lambda: state.stat().st_uid + 1)
    assert examine.private(state) == Check(
        name="state folder",
        ok=False,
        detail=f"{state} belongs to another user",
        fix="run campaignbot as that user",
    )


def test_room_is_looked_for_where_the_ledger_is(tmp_path: Path) -> None:
    campaign = made.campaign()
    here, there = tmp_path / "here", tmp_path / "there"
    for url, place in (
        ("", here / ".campaignbot"),
        (f"sqlite:///{there}/ledger.db", there),
        ("postgresql://db/day", here / ".campaignbot"),
    ):
        found = settings.read({"CAMPAIGNBOT_DATABASE_URL": url}, folder=here)
        (said,) = (check for check in examine.ground(campaign, found) if check.name == "disk")
        assert said.detail.endswith(f"MiB free for {place}")


def test_the_secrets_of_each_account_that_is_used(tmp_path: Path) -> None:
    campaign = made.campaign()
    unused = made.account(id="x-spare", handle="spare")
    campaign = dataclasses.replace(campaign, accounts={**campaign.accounts, "x-spare": unused})

    assert examine.secrets(campaign, _found(tmp_path, **X)) == [
        Check(name="secrets of x-london", ok=True, detail="all there"),
        Check(
            name="secrets of fb-london",
            ok=False,
            detail="lacks CAMPAIGNBOT_FB_LONDON_PAGE_TOKEN",
            fix="put them into the environment or the file CAMPAIGNBOT_SECRETS",
        ),
    ]


def test_who_could_open_the_joiners() -> None:
    cities = {"london": made.city(), "paris": made.city(id="paris", names={"en": "Paris"}, recipients=("age1…",))}
    good = Check(name="recipients", ok=True, detail="every city has a key")
    assert examine.recipients(made.campaign(cities=cities, recipients=("age1…",))) == good
    assert examine.recipients(made.campaign(cities=cities)) == Check(
        name="recipients",
        ok=False,
        detail="nobody could open the joiners of London",
        fix="campaignbot keys new --out FILE, then the public key under campaign: recipients",
    )


def test_the_alarm_addresses_are_numbered_never_shown(tmp_path: Path) -> None:
    campaign = made.campaign(alarms=("json://ann:word@127.0.0.1", "ALARM", "NOT_THERE"))
    bad = "write it as the documentation of apprise says, or name a secret that holds it"
    assert list(examine.addresses(campaign, _found(tmp_path, CAMPAIGNBOT_ALARM="mailto://ann:word@example.org"))) == [
        Check(name="alarm address 1", ok=True, detail="can be used"),
        Check(name="alarm address 2", ok=True, detail="can be used"),
        Check(name="alarm address 3", ok=False, detail="is not an address that can be used", fix=bad),
    ]


def test_nobody_is_woken_where_no_address_is_named(tmp_path: Path) -> None:
    assert list(examine.addresses(made.campaign(), _found(tmp_path))) == [
        Check(
            name="alarms",
            ok=False,
            detail="nobody is told when something needs a person",
            fix="name an address under campaign: alarms, such as mailto://…, so that somebody is woken",
        )
    ]


def test_the_ground_is_every_check_in_order(tmp_path: Path) -> None:
    assert [check.name for check in examine.ground(made.campaign(), _found(tmp_path))] == [
        "clock",
        "zones",
        "disk",
        "state folder",
        "secrets of x-london",
        "secrets of fb-london",
        "recipients",
        "alarms",
    ]


def test_an_account_is_asked_who_it_is() -> None:
    secret = {name.removeprefix("CAMPAIGNBOT_X_LONDON_"): value for name, value in X.items()}
    network = x.Network(clock=lambda: datetime.now(UTC))
    network.add_account("wad_london", **{name.lower(): value for name, value in secret.items()})
    network.start()
    try:
        account = made.account(base_url=network.url)
        good = examine.account(account, secret.get, clock=lambda: datetime.now(UTC))
        bad = examine.account(account, (secret | {"API_KEY": "another"}).get, clock=lambda: datetime.now(UTC))
        torn = examine.account(account, (secret | {"API_KEY": "a b"}).get, clock=lambda: datetime.now(UTC))
    finally:
        network.stop()

    assert [check.ok for check in good] == [True] * len(good)
    assert good
    assert [check.ok for check in bad] == [False]
    assert all("another" not in check.detail for check in bad)
    assert torn == [
        Check(
            name="x-london",
            ok=False,
            detail="CAMPAIGNBOT_X_LONDON_API_KEY holds a space or an unusual letter; copy it again, whole",
            fix="mend it, then run doctor again",
        )
    ]
