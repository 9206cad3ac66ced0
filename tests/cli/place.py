"""A small campaign folder whose times lie ahead of now, and the commands called on it in this process."""

import dataclasses
import itertools
import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import made
from campaignbot import __main__ as frame
from campaignbot import app, settings
from campaignbot.app import App
from campaignbot.model.delivery import State
from campaignbot.model.reply import Reply
from campaignbot.store import ledger, seal

PUBLIC, IDENTITY = seal.new_key()
NOW = datetime.now(UTC).replace(second=0, microsecond=0)
ANNOUNCE, GATHERING = NOW + timedelta(hours=1), NOW + timedelta(hours=3)
ACCOUNTS = {"london": ("x-london", "fb-london"), "marseille": ("x-marseille",)}
X_LONDON = "wad/announce/london/en-GB/x-london"
X_MARSEILLE = "wad/announce/marseille/en-GB/x-marseille"
ARMED = "wad/gathering/london/en-GB/x-london"
CALLED = "wad/cancelled/london/en-GB/x-london"
SCHEDULES = f"""\
campaign:
  id: wad
  name: World AIDS Day
  date: {NOW + timedelta(days=2):%Y-%m-%d}
  recipients: [{PUBLIC}]
  proofread: {{en: a reader}}
  alarms: [json://127.0.0.1:9]
limits: {{spacing: 0s, settle: 1s, poll: 1s, per_account_per_day: 50}}
accounts:
  x-london: {{platform: x, handle: wad_london, base_url: http://127.0.0.1:9}}
  fb-london: {{platform: facebook, page: "123", base_url: http://127.0.0.1:9}}
  x-marseille: {{platform: x, handle: wad_marseille, base_url: http://127.0.0.1:9}}
cities:
  london:
    name: {{en: London}}
    country: GB
    timezone: Europe/London
    languages: [en-GB]
    accounts: [x-london, fb-london]
    status: ready
    venue: The Square
    map: https://example.org/map
    contact: london@example.org
    action: {{date: {NOW + timedelta(days=2):%Y-%m-%d}, start: 18:00, end: 19:30}}
  marseille:
    name: {{en: Marseille}}
    country: FR
    timezone: Europe/Paris
    languages: [en-GB]
    accounts: [x-marseille]
    status: ready
    venue:
    map: https://example.org/map
    contact: marseille@example.org
    action: {{date: {NOW + timedelta(days=2):%Y-%m-%d}, start: 18:00, end: 19:30}}
slots:
  - {{id: announce, message: announce, when: {{instant: {ANNOUNCE:%Y-%m-%dT%H:%M:%SZ}}}, until: 6h, quiet: ignore}}
  - {{id: gathering, message: gathering, cities: [london], accounts: [x-london], armed: true, until: 1h, quiet: ignore,
     when: {{instant: {GATHERING:%Y-%m-%dT%H:%M:%SZ}}}}}
  - {{id: cancelled, message: cancelled, when: called, cities: [london], accounts: [x-london]}}
"""
MESSAGES = {"announce": "Join us in {{ city.name }}.", "gathering": "We are here.", "cancelled": "We do not meet."}
SECRETS = {
    f"CAMPAIGNBOT_{name}": "sham-secret"
    for account in ("X_LONDON", "X_MARSEILLE")
    for name in (f"{account}_API_KEY", f"{account}_API_SECRET", f"{account}_ACCESS_TOKEN", f"{account}_ACCESS_SECRET")
} | {"CAMPAIGNBOT_FB_LONDON_PAGE_TOKEN": "sham-secret"}


def reply(text: str) -> Reply:
    """What somebody has written under London's post; every text is another person's."""
    return Reply(
        account="x-london",
        platform="x",
        id=text,
        author=text,
        handle="@ann",
        text=text,
        at=NOW,
        root=None,
        city="London",
    )


def z(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    """The folder with its files; each change is what stands there once, and what shall stand there."""
    text = SCHEDULES
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "messages" / "en").mkdir(parents=True, exist_ok=True)
    (folder / "schedules.yaml").write_text(text, encoding="utf-8")
    for name, said in MESSAGES.items():
        (folder / "messages" / "en" / f"{name}.txt.j2").write_text(said + "\n", encoding="utf-8")
    return folder


@contextmanager
def no_room(size: int) -> Iterator[None]:
    """No file of this process can grow beyond this many bytes: to it, the disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@dataclass
class Place:
    folder: Path
    printed: pytest.CaptureFixture[str]
    environment: pytest.MonkeyPatch

    def call(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        """Run one command; what it said on standard output and standard error. It has to end with this code."""
        self.printed.readouterr()
        ended = frame.run(["--campaign", str(self.folder), *arguments])
        said = self.printed.readouterr()
        assert ended == code, said.out + said.err
        return said.out, said.err

    def out(self, *arguments: str, code: int = 0) -> str:
        return self.call(*arguments, code=code)[0]

    def err(self, *arguments: str, code: int = 1) -> str:
        """What stands on standard error, and that nothing stands beside it."""
        out, err = self.call(*arguments, code=code)
        assert out == ""
        return err

    def lines(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out(*arguments, "--json", code=code).splitlines()]

    def one(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out(*arguments, "--json", code=code))
        return found

    def approve(self, *chosen: str) -> None:
        digest = self.lines("preview", *chosen)[-1]["digest"]
        self.call("approve", *(chosen or ("--all",)), "--by", "london-1", "--seen", digest)

    def states(self) -> dict[str, tuple[str, str | None]]:
        return {row["key"]: (row["state"], row["reason"]) for row in self.lines("deliveries")}

    def digest(self, key: str) -> str:
        (found,) = (row["digest"] for row in self.lines("preview")[:-1] if row["key"] == key)
        return str(found)

    @contextmanager
    def books(self) -> Iterator[app.Books]:
        with app.open_books(settings.read({}, folder=self.folder)) as books:
            yield books

    def move(self, key: str, *states: State, **more: Any) -> None:
        """Lead a delivery through these states, as the daemon would; `more` goes with the last."""
        with self.books() as books, books.ledger.write() as c:
            for number, (source, to) in enumerate(itertools.pairwise(states), 2):
                known = more if number == len(states) else {}
                assert ledger.move(c, key, sources={source}, to=to, by="test", now=app.utc_now(), **known)


def posted(app_: App) -> dict[str, str]:
    """A post of ours on each of London's accounts; its remote id by account."""
    out = {}
    for name in ("x-london", "fb-london"):
        account = app_.campaign.accounts[name]
        post = made.post(account=name, platform=account.platform)
        draft = dataclasses.replace(made.draft(), post=post, account=account)
        receipt = app_.platforms[name].publish(draft, parent=None)
        with app_.books.ledger.write() as c:
            now = app_.clock()
            ledger.add(c, post=post, state=State.WAITING, reason=None, digest="0" * 64, by="test", now=now)
            ledger.move(c, post.key, sources={State.WAITING}, to=State.SENDING, by="test", now=now)
            ledger.move(c, post.key, sources={State.SENDING}, to=State.SENT, by="test", now=now, receipt=receipt)
        out[name] = receipt.id
    return out
