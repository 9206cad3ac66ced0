"""Answers, whole: the real daemon on real networks, killed while its first answers are on their way, and started again.
Who asked to join is answered once, under the very reply that asked; who has left meanwhile is not."""

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from sqlite3 import connect

import burst
import pytest
from town import BELIEVING, HOUR, Clock, Town, World, town, until

from campaignbot.networks import faults, graph, x

pytestmark = pytest.mark.proof  # half a minute a case: a daemon three times, six commands
LIMITS = "{quiet: none, spacing: 0s, settle: 1s, poll: 1s, per_account_per_day: 500}"
SIGN_UP = "when: {answers: join}, until: 2d"
COMES, LEAVES = "I'll be there!", "delete my data"
ANSWER = "sign_up in London: we meet at The Square."
ON_X, ON_FB = "x-london", "fb-london"


@dataclass(frozen=True, kw_only=True)
class Kill:
    """Where it strikes the first answer of either account, both at once."""

    point: str
    lost: bool = False  #: both networks take the answer in, and what they say of it gets lost
    held: bool = False  #: on Facebook it is not out, and a person's to settle: nothing there proves absence


CASES = {
    "no byte has left": Kill(point="before send:2:SIGKILL", held=True),
    "it is out and nobody knows": Kill(point="after send:2:SIGKILL"),
    "it was lost and is in doubt": Kill(point="result committed:1:SIGKILL", lost=True),
}


@dataclass
class Square:
    """London, and who writes under its posts: each of them on both networks."""

    place: Town
    written: int = 0

    def write(self, name: str, text: str) -> tuple[str, str]:
        """The ids of their two replies."""
        (on_x,) = [post for post in self.place.x.posts("wad_london") if not post.reply_to]
        (on_facebook,) = self.place.graph.posts("1000")
        self.written += 2
        return (
            self.place.x.reply(f"{name}_on_x", to=on_x.id, text=text),
            self.place.graph.comment(on_facebook.id, f"{name} Birdsong", text),
        )

    def people(self, asked: str) -> int:
        with closing(connect(f"file:{self.place.folder / '.campaignbot/people.db'}?mode=ro", uri=True)) as book:
            return int(book.execute(asked).fetchone()[0])

    def read(self) -> bool:
        """Whether the daemon has read all of it."""
        return self.people("SELECT count(*) FROM seen") == self.written

    def owed(self) -> int:
        """How many replies it still knows as those that it answers."""
        return self.people("SELECT count(*) FROM answers")

    def states(self) -> list[tuple[str, str]]:
        """Where the answers stand, by account."""
        found = self.place.ledger("SELECT account, state FROM deliveries WHERE person <> '' ORDER BY account, state")
        return [(account, state) for account, state in found]

    def public(self) -> tuple[list[tuple[str, str | None]], list[tuple[str, str | None]]]:
        """What X and Facebook hold that was said to somebody, and under which reply."""
        on_x = [(post.text, post.reply_to) for post in self.place.x.posts("wad_london") if post.reply_to]
        on_facebook = [(post.text, post.reply_to) for post in self.place.graph.answers("1000")]
        return sorted(on_x), sorted(on_facebook)

    def asked(self) -> tuple[int, int]:
        """How often each network was asked to answer somebody, whatever came of it."""
        on_x = sum((method, path) == ("POST", "/2/tweets") for method, path, _ in self.place.x.requests)
        on_facebook = sum(
            method == "POST" and path.endswith("/comments") for method, path, _ in self.place.graph.requests
        )
        return on_x - 1, on_facebook  # one was the post


@pytest.mark.parametrize("name", CASES)
def test_killed_while_it_answers_and_started_again(name: str, tmp_path: Path) -> None:
    kill = CASES[name]
    clock = Clock(tmp_path / "clock")
    world = World(x=x.Network(clock=clock, rules=BELIEVING), graph=graph.Network(clock=clock))
    with town(
        tmp_path / "campaign",
        slots=[("call", timedelta(0))],
        limits=LIMITS,
        worlds={"london": world},
        more={"sign_up": SIGN_UP},
        clock=clock,
    ) as place:
        _answering(place)
        place.approve()
        square = Square(place)
        first = burst.ready(place)
        clock.move(HOUR)
        until(lambda: all(place.public_texts().values()))
        place.call("stop", "--by", "london-1")  # all of it waits until the people of this story have written
        pangolin = square.write("Pangolin", COMES)
        until(lambda: square.states() == [(ON_FB, "WAITING"), (ON_X, "WAITING")])  # theirs come first
        quokka = square.write("Quokka", COMES)
        square.write("Numbat", COMES)
        until(lambda: square.states() == [(ON_FB, "WAITING")] * 3 + [(ON_X, "WAITING")] * 3)
        square.write("Numbat", LEAVES)
        until(square.read)
        assert square.owed() == 4
        first.killed()
        place.call("resume", "--by", "london-1")
        assert (square.public(), square.asked()) == (([], []), (0, 0))

        if kill.lost:
            for network in place.networks:
                network.faults.add(faults.Fault("lost_answer"))
        burst.started(place, point=kill.point, TOGETHER="1").struck()
        assert [network.faults.played for network in place.networks] == [{"lost_answer": 1} if kill.lost else {}] * 2
        second = burst.ready(place)
        until(lambda: not burst.left(place), instead=lambda: f"left to do: {burst.left(place)}")

        facebooks = [quokka[1]] if kill.held else [pangolin[1], quokka[1]]
        out = [(ANSWER, one) for one in sorted([pangolin[0], quokka[0]])], [(ANSWER, one) for one in sorted(facebooks)]
        states = [
            *[(ON_FB, "CANCELLED"), (ON_FB, "IN_DOUBT" if kill.held else "SENT"), (ON_FB, "SENT")],
            *[(ON_X, "CANCELLED"), (ON_X, "SENT"), (ON_X, "SENT")],
        ]
        assert (square.public(), square.asked(), square.states()) == (out, (2, len(facebooks)), states)
        told = json.loads(place.call("status", "--json", code=3 if kill.held else 0))["attention"]
        assert [(one["kind"], one["account"]) for one in told] == ([("in_doubt", ON_FB)] if kill.held else [])

        for again in ("Pangolin", "Quokka", "Numbat"):
            square.write(again, COMES)
        until(lambda: square.read() and square.owed() == kill.held)
        second.ended()
        assert (square.public(), square.asked(), square.states()) == (out, (2, len(facebooks)), states)


def _answering(place: Town) -> None:
    """Both accounts give answers."""
    schedules = place.folder / "schedules.yaml"
    text = schedules.read_text(encoding="utf-8")
    assert text.count(", base_url:") == 2
    schedules.write_text(text.replace(", base_url:", ", answers: on, base_url:"), encoding="utf-8")
