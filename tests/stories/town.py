"""A small campaign in a real folder, its accounts on embedded networks, and the real program run on it."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from campaignbot.networks import graph, x
from campaignbot.networks.x import writing

OneX = x.Network
OneGraph = graph.Network
PATIENCE = 240.0  #: seconds: far more than any of this takes
#: A story's preparations: preview, approve, the daemon's start, each as long as several of the shortest commands.
COMMANDS = 12
HOUR = timedelta(hours=1)
#: The X of a story that moves its programs' clock by a day at the most: it believes all that they sign meanwhile.
BELIEVING = writing.Rules(fresh=timedelta(days=2))
CITIES = ("london", "marseille", "sydney")
ZONES = {"london": "Europe/London", "marseille": "Europe/Paris", "sydney": "Australia/Sydney"}
COUNTRIES = {"london": "GB", "marseille": "FR", "sydney": "AU"}


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Clock:
    """A clock that can be moved under running programs: they follow its file."""

    place: Path
    seconds: float = 0.0

    def __call__(self) -> datetime:
        return now() + timedelta(seconds=self.seconds)

    def move(self, by: timedelta) -> None:
        self.seconds += by.total_seconds()
        new = self.place.with_suffix(".new")
        new.write_text(str(self.seconds))
        new.replace(self.place)


@dataclass(frozen=True)
class World:
    """What a city's accounts speak to."""

    x: x.Network
    graph: graph.Network


@dataclass
class Town:
    """A folder, networks, and the secrets that fit them."""

    folder: Path
    worlds: Mapping[str, World]  #: by city; in a plain town all share one
    clock: Clock | None = None  #: the programs'; None: the machine's
    begin: datetime = field(default_factory=now)  #: when the slots' delays begin
    secrets: dict[str, str] = field(default_factory=dict)
    running: "list[subprocess.Popen[str]]" = field(default_factory=list)
    readers: list[threading.Thread] = field(default_factory=list)  #: of what they say

    @property
    def networks(self) -> "list[OneX | OneGraph]":
        """Each of them once."""
        return [*dict.fromkeys(each for world in self.worlds.values() for each in (world.x, world.graph))]

    @property
    def x(self) -> "OneX":
        """The X of a plain town."""
        return next(iter(self.worlds.values())).x

    @property
    def graph(self) -> "OneGraph":
        """The Facebook of a plain town."""
        return next(iter(self.worlds.values())).graph

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in KEPT}
        if self.clock is not None:
            kept["CLOCK"] = str(self.clock.place)
        moved = not {"TESTS_AHEAD", "CLOCK"}.isdisjoint(kept)
        sites = [site for site in (more.pop("PYTHONPATH", ""), str(AHEAD) if moved else "") if site]
        path = {"PYTHONPATH": os.pathsep.join(sites)} if sites else {}
        return {**kept, **self.secrets, "PYTHONUNBUFFERED": "1", **path, **more}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "campaignbot", "--campaign", str(self.folder), *arguments]

    def call(self, *arguments: str, code: int = 0, text: str | None = None, **more: str) -> str:
        """Run one command to its end; its standard output. The exit code has to be the one named."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment(**more),
            input=text,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def lines(self, *arguments: str, code: int = 0, **more: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.call(*arguments, code=code, **more).splitlines()]

    def start(self, *arguments: str, point: str = "", **more: str) -> "subprocess.Popen[str]":
        """Start a command and leave it running; what the caller has not ended by then ends with the town. `point`: it
        is to end or freeze itself there, see `points`."""
        command = self.command(*arguments)
        if point or not POINTED.isdisjoint(more):
            command[1:3] = [str(POINTS)]
            more |= {"POINT": point} if point else {}
        started = subprocess.Popen(
            command,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(started)
        return started

    def end(self) -> None:
        """End what is still running."""
        for started in self.running:
            started.kill()
        for reader in self.readers:
            reader.join()
        for started in self.running:
            with started:  # closes its pipes
                started.wait()

    def ledger(self, asked: LiteralString) -> list[tuple[Any, ...]]:
        """What the ledger answers, on either database: reading it costs less than a command."""
        if url := self.secrets.get("CAMPAIGNBOT_DATABASE_URL"):
            with psycopg.connect(url, options="-c search_path=ledger") as shared:
                return shared.execute(asked).fetchall()
        with closing(sqlite3.connect(f"file:{self.folder / '.campaignbot/ledger.db'}?mode=ro", uri=True)) as own:
            return own.execute(asked).fetchall()

    def approve(self) -> None:
        digest = self.lines("preview", "--json")[-1]["digest"]
        self.call("approve", "--all", "--by", "london-1", "--seen", digest)

    def public_texts(self) -> dict[str, list[str]]:
        """Account -> what stands on it, sorted."""
        found = {}
        for n, (city, world) in enumerate(self.worlds.items()):
            found[f"x-{city}"] = sorted(post.text for post in world.x.posts(f"wad_{city}"))
            found[f"fb-{city}"] = sorted(post.text for post in world.graph.posts(str(1000 + n)))
        return found


def until(told: Callable[[], bool], *, instead: Callable[[], object] = lambda: "that is all that is known") -> None:
    """Wait until something has come about. The real program runs beside us: there is no clock of ours to move.
    `instead`: what to say where it does not come about."""
    end = time.monotonic() + PATIENCE
    while not told():
        assert time.monotonic() < end, f"it did not come about in {PATIENCE:.0f} seconds: {instead()}"
        time.sleep(0.05)  # the real program tells nobody when it has got that far


def planned(place: Town) -> dict[str, list[str]]:
    """Account -> what should stand on it in the end, sorted."""
    texts: dict[str, list[str]] = {}
    for draft in place.lines("preview", "--json")[:-1]:
        texts.setdefault(draft["account"], []).append(draft["text"])
    return {account: sorted(said) for account, said in texts.items()}


@contextmanager
def town(
    folder: Path,
    *,
    slots: Sequence[tuple[str, timedelta]],
    limits: str = "",
    worlds: Mapping[str, World] | None = None,
    more: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    last: str = "1h",
) -> Iterator[Town]:
    """A town with one instant slot a (message, delay) pair. The delays begin when the story has had the time for
    `COMMANDS` commands, be the machine as slow as it likes. `worlds`: other cities than the usual three, each with
    networks of its own. `more`: further slots, a name and what else the slot says.
    `clock`: the programs' own; then the delays begin in an hour, by that clock, and the story moves it; its `worlds`
    are to believe that clock. `last`: the slots' `until`."""
    if worlds is None:
        worlds = dict.fromkeys(CITIES, World(x=x.Network(clock=now), graph=graph.Network(clock=now)))
    made = Town(folder=folder, worlds=worlds, clock=clock)
    with ExitStack() as stack:
        for network in made.networks:
            network.start()
            stack.callback(network.stop)
        stack.callback(made.end)
        _settle_in(made, slots=slots, limits=limits, more=more or {}, last=last)
        yield made


def _settle_in(
    made: Town, *, slots: Sequence[tuple[str, timedelta]], limits: str, more: Mapping[str, str], last: str
) -> None:
    made.folder.mkdir(parents=True, exist_ok=True)
    before = now()
    public = made.call("keys", "new", "--out", str(made.folder.parent / "organiser.key")).strip()
    made.begin = begin = now() + (COMMANDS * (now() - before) if made.clock is None else HOUR)
    accounts, cities = "", ""
    for number, (city, world) in enumerate(made.worlds.items()):
        page = str(1000 + number)
        accounts += f"  x-{city}: {{platform: x, handle: wad_{city}, base_url: {world.x.url}}}\n"
        accounts += f'  fb-{city}: {{platform: facebook, page: "{page}", base_url: {world.graph.url}}}\n'
        cities += CITY.format(
            city=city, name=city.title(), zone=ZONES.get(city, "UTC"), country=COUNTRIES.get(city, "GB")
        )
        secrets = {n: f"{n.lower()}-{city}" for n in ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET")}
        world.x.add_account(f"wad_{city}", **{n.lower(): value for n, value in secrets.items()})
        world.graph.add_page(page, city, f"page-token-{city}")
        made.secrets |= {f"CAMPAIGNBOT_X_{city.upper()}_{n}": value for n, value in secrets.items()}
        made.secrets[f"CAMPAIGNBOT_FB_{city.upper()}_PAGE_TOKEN"] = f"page-token-{city}"
    lines = "".join(
        f"  - {{id: {name}, message: {name}, when: {{instant: {begin + delay:%Y-%m-%dT%H:%M:%SZ}}}, "
        f"until: {last}, quiet: ignore}}\n"
        for name, delay in slots
    )
    lines += "".join(f"  - {{id: {name}, message: {name}, {said}}}\n" for name, said in more.items())
    (made.folder / "schedules.yaml").write_text(
        FOLDER.format(public=public, limits=limits or LIMITS, accounts=accounts, cities=cities, slots=lines),
        encoding="utf-8",
    )
    texts = made.folder / "messages" / "en"
    texts.mkdir(parents=True)
    for name in [*(name for name, _delay in slots), *more]:
        (texts / f"{name}.txt.j2").write_text(f"{name} in {{{{ city.name }}}}: we meet at {{{{ city.venue }}}}.\n")


#: of our own environment; the last one so that the program shares the date that the tests are run at
KEPT = frozenset({"PATH", "HOME", "LANG", "TESTS_AHEAD"})
AHEAD = Path(__file__).parent / "ahead"
POINTS = Path(__file__).parent / "points.py"
POINTED = frozenset({"LEASE", "STALE"})
LIMITS = "{spacing: 0s, settle: 1s, poll: 1s, per_account_per_day: 500}"
CITY = """  {city}:
    name: {{en: {name}}}
    country: {country}
    timezone: {zone}
    languages: [en-GB]
    accounts: [x-{city}, fb-{city}]
    status: ready
    venue: The Square
    map: https://example.org/map
    contact: {city}@example.org
    action: {{date: {{date}}, start: 18:00, end: 19:30}}
""".replace("{{date}}", f"{now() + timedelta(days=1):%Y-%m-%d}")
FOLDER = """campaign:
  id: town
  name: A town
  date: {date}
  recipients: [{{public}}]
  proofread: {{{{en: a reader}}}}
limits: {{limits}}
accounts:
{{accounts}}cities:
{{cities}}slots:
{{slots}}""".format(date=f"{now() + timedelta(days=1):%Y-%m-%d}")
