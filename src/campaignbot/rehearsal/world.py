"""The world of a rehearsal: the embedded networks with the campaign's accounts on them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from campaignbot import settings
from campaignbot.model.campaign import Account, Campaign
from campaignbot.networks import graph, x
from campaignbot.rehearsal.public import Planted

#: what the networks do to us under --faults; each is in the adapters' tables
FAULTS = (
    "lost_request",
    "lost_answer",
    "error_after_storing",
    "html_502",
    "rate_limited",
    "late_effect",
    "late_indexing",
)
RATE = 0.15


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One post that stands on an account; `at` is UTC."""

    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class World:
    """Both networks, up and running on loopback."""

    x: x.Network
    graph: graph.Network

    @property
    def urls(self) -> Mapping[str, str]:
        return {"x": self.x.url, "facebook": self.graph.url}

    def said(self, account: Account) -> list[Said]:
        """What stands on an account now, oldest first, the words as they were sent."""
        if account.platform == "x":
            return [Said(text=post.text, at=post.at) for post in self.x.posts(account.handle or "")]
        return [Said(text=post.text, at=post.at) for post in self.graph.posts(account.page or "")]

    def write(self, planted: Planted, account: Account) -> bool:
        """Somebody of the public answers a post; False where no such post stands there."""
        posts = self.x.posts(account.handle or "") if account.platform == "x" else self.graph.posts(account.page or "")
        if planted.remote_id not in {post.id for post in posts}:
            return False
        if account.platform == "x":
            self.x.public(planted.author)
            self.x.reply(planted.author, to=planted.remote_id, text=planted.text)
        else:
            self.graph.comment(planted.remote_id, planted.author, planted.text)
        return True

    def break_down(self, *, seed: int) -> None:
        """From now on, requests that write go wrong now and then; so do some that read."""
        for network, paths in ((self.x, ("/2/tweets",)), (self.graph, ("/feed", "/photos"))):
            network.faults.sprinkle(seed=seed, rate=RATE, kinds=FAULTS, methods=("POST",), paths=paths)
            network.faults.sprinkle(seed=seed + 1, rate=RATE / 5, kinds=("html_502", "lost_request"), methods=("GET",))


@contextmanager
def start(clock: Callable[[], datetime]) -> Iterator[World]:
    """Start both networks on free loopback ports; they are stopped at the end."""
    world = World(x=x.Network(clock=clock), graph=graph.Network(clock=clock))
    world.x.start()
    try:
        world.graph.start()
        try:
            yield world
        finally:
            world.graph.stop()
    finally:
        world.x.stop()


def enrol(world: World, campaign: Campaign) -> dict[str, str]:
    """Open the campaign's accounts on the networks; their secrets, as the environment would hold them."""
    environment: dict[str, str] = {}
    for account in campaign.accounts.values():
        if account.platform == "x":
            secrets = {
                name: f"{name.lower()}-{account.id}"
                for name in ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET")
            }
            world.x.add_account(account.handle or "", **{name.lower(): value for name, value in secrets.items()})
        else:
            secrets = {"PAGE_TOKEN": f"page-token-{account.id}"}
            world.graph.add_page(account.page or "", account.id, secrets["PAGE_TOKEN"])
        environment |= {settings.secret_name(account.id, name): value for name, value in secrets.items()}
    return environment
