"""The people's safety, whole: the real daemon and the real commands on real networks. After joins, reviews, a kill in
the middle, `label`, `forget` and `purge` no byte of any file says anything of those who were decided about, forgotten
or past their time, nor of those who join, whom a private key alone brings out."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from sqlite3 import connect

import burst
import pytest
from town import HOUR, PATIENCE, Clock, Town, World, town, until

from campaignbot.networks import graph, x
from campaignbot.networks.x import writing

pytestmark = pytest.mark.proof  # half a minute: a daemon twice, a dozen commands
JOINED, FORGOTTEN, ASKING, LATE = "Pangolin", "Снегирь", "Quokka", "Numbat"
HANDLES = {JOINED: "Pangolin_on_x", FORGOTTEN: "Snegir_bird", ASKING: "Quokka_on_x", LATE: "Numbat_on_x"}
COMES, ASKS = "I'll be there! {}", "{}: what is this about? https://{}.example.org/path"
SAID = {JOINED: [COMES], FORGOTTEN: [COMES, ASKS], ASKING: [ASKS], LATE: [ASKS]}
NOT_FINISHED = 3  #: lawful while the daemon reads: it is finished by `purge`, or by the daemon
#: The story's clock goes on by days at once.
BELIEVING = writing.Rules(fresh=timedelta(days=9))


@dataclass
class Crowd:
    """The people under our posts, and what may be found of each of them: names, handles, ids, texts and addresses."""

    place: Town
    traces: dict[str, set[str]] = field(default_factory=dict)
    written: int = 0

    def write(self, name: str, said: str) -> None:
        """On both networks."""
        handle, shown, text = HANDLES[name], f"{name} Birdsong", said.replace("{}", name)
        (on_x,), (on_facebook,) = self.place.x.posts("wad_london"), self.place.graph.posts("1000")
        ids = {
            self.place.x.reply(handle, to=on_x.id, text=text),
            self.place.graph.comment(on_facebook.id, shown, text),
        }
        traces = {name, handle, shown, text, f"{name}.example.org", self.place.x.public(handle), *ids}
        self.traces.setdefault(name, set()).update(traces)
        self.written += len(ids)

    def read(self) -> bool:
        """Whether the daemon has read all of it."""
        with closing(connect(f"file:{self.place.folder / '.campaignbot/people.db'}?mode=ro", uri=True)) as book:
            return bool(book.execute("SELECT count(*) FROM seen").fetchone() == (self.written,))

    def found(self, told: str = "") -> set[tuple[str, str, str]]:
        """Whose trace stands in the bytes of which file of the campaign's folder, or in what was told."""
        bodies = dict(_bodies(self.place.folder)) | {"told": told.encode()}
        return {
            (name, trace, file)
            for name, traces in self.traces.items()
            for trace in traces
            for file, body in bodies.items()
            if any(code in body for code in _codes(trace))
        }

    def numbers(self, name: str) -> list[str]:
        """Of their replies that wait for a person."""
        waiting = self.place.lines("replies", "--review", "--json")
        return [str(one["id"]) for one in waiting if name in one["text"]]


def _bodies(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.endswith("-shm"):  # an index of pages, which the system maps
            yield str(path.relative_to(folder)), path.read_bytes()


def _codes(trace: str) -> Iterator[bytes]:
    for form in {trace, trace.lower(), trace.upper(), json.dumps(trace)[1:-1]}:
        for code in ("utf-8", "utf-16-le", "utf-16-be"):
            yield form.encode(code)


def _erases(place: Town, *arguments: str) -> int:
    """Run a command that deletes; its exit code."""
    process = place.start(*arguments, "--by", "london-1")
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode in {0, NOT_FINISHED}, err
    return process.returncode


def test_no_byte_is_left_of_the_forgotten_and_joiners_come_out_by_the_private_key_alone(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    world = World(x=x.Network(clock=clock, rules=BELIEVING), graph=graph.Network(clock=clock))
    with town(
        tmp_path / "campaign", slots=[("call", timedelta(0))], worlds={"london": world}, clock=clock, last="5h"
    ) as place:
        place.approve()
        first = burst.ready(place)
        clock.move(HOUR)
        until(lambda: all(place.public_texts().values()))
        crowd = Crowd(place)
        for name, texts in SAID.items():
            for text in texts:
                crowd.write(name, text)
        until(crowd.read)
        first.killed()
        whose = {name for name, _, _ in crowd.found()}
        assert whose == {FORGOTTEN, ASKING, LATE}, "the search finds those who wait, and nobody who has joined"

        second = burst.ready(place)
        for number in crowd.numbers(ASKING):
            _erases(place, "label", number, "support")
        _erases(place, "forget", f"@{HANDLES[FORGOTTEN]}", "--on", "x")
        _erases(place, "forget", f"{FORGOTTEN} Birdsong", "--on", "facebook")
        crowd.write(FORGOTTEN, ASKS)  # and they are not kept again
        until(crowd.read)
        until(lambda: _erases(place, "purge") == 0)
        assert {name for name, _, _ in crowd.found()} == {LATE}

        clock.move(timedelta(hours=73))
        until(lambda: _erases(place, "purge") == 0)
        assert crowd.found() == set()  # the daemon runs, with its log beside the book
        second.ended()

        told = "".join([*first.log, *second.log, *_events(first), *_events(second)])
        assert crowd.found(told) == set()
        assert _joined(place, tmp_path / "organiser.key") == [
            ("facebook", "London", f"{JOINED} Birdsong"),
            ("x", "London", HANDLES[JOINED]),
        ]
        place.call("keys", "new", "--out", str(tmp_path / "another.key"))
        assert _joined(place, tmp_path / "another.key") == []


def _events(daemon: burst.Running) -> list[str]:
    found = []
    while event := daemon.events.get(timeout=PATIENCE):
        found.append(json.dumps(event, ensure_ascii=False))
    return found


def _joined(place: Town, key: Path) -> list[tuple[str, str, str]]:
    opened = place.lines("joiners", "open", "--identity", str(key))
    return sorted((one["platform"], one["city"], one["answer_to"]) for one in opened)
