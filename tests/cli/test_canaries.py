"""Words of people, planted on every way through the program, come out nowhere but in the queue of those who decide; and
once they are decided about, forgotten or past their time, in no byte of any file."""

import json
import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaignbot import app
from campaignbot.app import App
from campaignbot.cli import logs
from campaignbot.engines import events, ticks
from campaignbot.model.delivery import State
from campaignbot.model.reply import Intent
from campaignbot.networks import graph, wire, x
from campaignbot.stages import keep
from campaignbot.store import ledger
from cli import place
from cli.place import Place

JOINED, FORGOTTEN, ASKING = "Pangolin", "Снегирь", "Quokka"
DELETING, IN_DANGER, STOPPING = "Wombat", "Numbat", "Axolotl"
TEXTS = {
    JOINED: ["I'll be there! {}"],
    FORGOTTEN: ["I'll be there! {}", "{}: what is this about? https://{}.example.org/path"],
    ASKING: ["What time does it start, {}? https://{}.example.org/path"],
    DELETING: ["Is it step free? {}"],
    IN_DANGER: ["he is not breathing, help {}"],
    STOPPING: ["What time does it start? {}", "I'll be there! {}", "delete my data {}"],
}
ANSWERS = """\
  - {id: sign-up, message: answer, when: {answers: join}, until: 3d}
  - {id: asked, message: answer, when: {answers: question}, until: 3d}
"""
KEYS = ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET")


@dataclass
class Night:
    """A campaign on its two networks, and everything that comes out of the program."""

    here: Place
    x: x.Network
    graph: graph.Network
    late: timedelta = timedelta(0)
    canaries: set[str] = field(default_factory=set)
    replies: dict[str, list[str]] = field(default_factory=dict)  #: ids by author
    told: list[str] = field(default_factory=list)  #: what no word of a person may stand in

    def clock(self) -> datetime:
        return app.utc_now() + self.late

    def call(self, *arguments: str, code: int = 0) -> str:
        """A command whose output is not meant to show a person's words."""
        out, err = self.here.call(*arguments, code=code)
        self.told += [out, err]
        return out

    def handle(self, name: str) -> str:
        """How somebody is called on X: letters of ASCII alone."""
        return "Snegir_bird" if name == FORGOTTEN else f"{name}_on_x"

    def write(self, posts: dict[str, str]) -> None:
        for name, texts in TEXTS.items():
            handle, shown = self.handle(name), f"{name} Birdsong"
            self.canaries |= {name, handle, shown, f"{name}.example.org", self.x.public(handle)}
            for text in texts:
                said = text.replace("{}", name)
                ids = [
                    self.x.reply(handle, to=posts["x-london"], text=said),
                    self.graph.comment(posts["fb-london"], shown, said),
                ]
                self.replies.setdefault(name, []).extend(ids)
                self.canaries |= {*ids, said}

    def leaks(self) -> list[tuple[str, str]]:
        """Which canary stands in what was told."""
        forms = [(word, form.lower()) for word in sorted(self.canaries) for form in (word, json.dumps(word)[1:-1])]
        return [(word, text) for text in self.told for word, form in forms if form in text.lower()]

    def held(self) -> set[tuple[str, str]]:
        """Which canary stands in the bytes of which file of the state folder."""
        files = [path for path in (self.here.folder / ".campaignbot").rglob("*") if path.is_file()]
        bodies = {path.name: path.read_bytes() for path in files}
        found = set()
        for word in self.canaries:
            forms = {word, word.lower(), word.upper(), json.dumps(word)[1:-1]}
            codes = [form.encode(code) for form in forms for code in ("utf-8", "utf-16-le", "utf-16-be")]
            found |= {(word, name) for name, body in bodies.items() if any(code in body for code in codes)}
        return found


@pytest.fixture
def night(here: Place) -> Iterator[Night]:
    networks = (x.Network(clock=app.utc_now, prefix="/x"), graph.Network(clock=app.utc_now, prefix="/fb"))
    found = Night(here=here, x=networks[0], graph=networks[1])
    for network in networks:
        network.clock = found.clock
        network.start()
    for city in ("london", "marseille"):
        secrets = {name: f"{name}-of-{city}" for name in KEYS}
        found.x.add_account(f"wad_{city}", **{name.lower(): secret for name, secret in secrets.items()})
        for name, secret in secrets.items():
            here.environment.setenv(f"CAMPAIGNBOT_X_{city.upper()}_{name}", secret)
    found.graph.add_page("123", "WAD London", "token-of-the-page")
    here.environment.setenv("CAMPAIGNBOT_FB_LONDON_PAGE_TOKEN", "token-of-the-page")
    nowhere = "base_url: http://127.0.0.1:9"
    place.write(
        here.folder,
        (f"wad_london, {nowhere}", f"wad_london, answers: on, base_url: {found.x.url}"),
        (f"wad_marseille, {nowhere}", f"wad_marseille, base_url: {found.x.url}"),
        (f'"123", {nowhere}', f'"123", answers: on, base_url: {found.graph.url}'),
        ("limits: {spacing: 0s,", "limits: {quiet: 00:00-00:00, spacing: 0s,"),
        ("when: called, cities: [london], accounts: [x-london]}\n", f"when: called, cities: [london]}}\n{ANSWERS}"),
    )
    (here.folder / "messages/en/answer.txt.j2").write_text("Sign up privately.\n", encoding="utf-8")
    yield found
    for network in networks:
        network.stop()


@pytest.fixture
def listening(night: Night) -> Iterator[App]:
    """The daemon's own App on the folder; its alarms and events are among what is told."""
    found = app.read_settings(night.here.folder)
    campaign = app.read_campaign(found, now=app.utc_now())
    with app.open_books(found) as books:
        yield App(
            settings=found,
            campaign=campaign,
            books=books,
            platforms=app.connect(campaign, found, clock=night.clock),
            owner="test",
            clock=night.clock,
            emit=lambda delivery, text: night.told.append(repr(delivery)),
            tell=lambda event, detail: night.told.append(event + detail),
            alarm=lambda title, body: night.told.append(title + body),
        )


def _numbers(app_: App, name: str) -> list[int]:
    return [waiting.id for waiting in keep.queue(app_.books.people) if name in waiting.text]


def _polls(night: Night, app_: App) -> None:
    """Polls that go wrong in every way, and then one that does not."""
    failed = events.troubled(lambda event: night.told.append(json.dumps(event)))
    for kind in ("html_502", "lost_answer", "rate_limited"):
        for network in (night.x, night.graph):
            network.faults.add(wire.Fault(kind=kind, method="GET"))
        night.told += [repr(heard) for heard in ticks.poll(app_)]
    night.told += [repr(heard) for heard in ticks.poll(app_)]
    failed("poll", ValueError(f"{FORGOTTEN} said this"))
    ticks.look(app_)


@pytest.mark.proof  # ten seconds: a night on two networks, thirty commands
def test_no_word_of_anybody_comes_out_or_stays(
    night: Night, listening: App, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    logs.start(listening.settings.all_secrets())
    night.write(place.posted(listening))
    app.keep_settings(listening)
    for row in night.here.lines("preview")[:-1]:
        if "/sign-up/" in row["key"] or "/asked/" in row["key"]:
            night.call("approve", f"{row['key']}={row['digest']}", "--by", "london-1")
    _polls(night, listening)
    _answers(night, listening)
    words = {word for word, _ in night.held()}
    assert {f"{name} Birdsong" for name in (FORGOTTEN, ASKING, DELETING, IN_DANGER)} <= words, "the search finds them"
    gone = (JOINED, STOPPING)
    assert [word for word in words if any(name in word or night.handle(name) in word for name in gone)] == []
    assert [one for name in gone for one in night.replies[name] if one in words] == []

    _commands(night, tmp_path)
    on_x, on_facebook = night.replies[DELETING]
    night.x.remove(on_x)
    night.graph.remove(on_facebook)
    night.late = timedelta(hours=1)
    night.told += [repr(heard) for heard in ticks.poll(listening)]
    for number, intent in zip(_numbers(listening, ASKING), ("question", "support"), strict=True):
        night.call("label", str(number), intent)
    _answers(night, listening)
    night.call("forget", f"@{night.handle(FORGOTTEN)}", "--on", "x")
    night.call("forget", f"{FORGOTTEN} Birdsong", "--on", "facebook")
    assert {waiting.reading.intent for waiting in keep.queue(listening.books.people)} == {Intent.CRISIS}
    left = {night.handle(IN_DANGER), *night.replies[IN_DANGER]}
    assert [one for one in night.held() if IN_DANGER not in one[0] and one[0] not in left] == []
    night.late = timedelta(hours=73)
    ticks.purge(listening)
    night.call("purge")

    assert night.held() == set()
    assert keep.counts(listening.books.people) == {"London": 2}
    night.told += [caplog.text, json.dumps([record.__dict__ for record in caplog.records], default=repr)]
    night.told.append(night.here.printed.readouterr().err)
    assert night.leaks() == []


def _answers(night: Night, app_: App) -> None:
    """Answers that go wrong in every way, until none waits; their own ids and addresses lead to whom they answer."""
    for kind in ("html_502", "lost_answer", "rate_limited"):
        for network in (night.x, night.graph):
            network.faults.add(wire.Fault(kind=kind))
    for _ in range(8):
        ticks.answer(app_)
        night.late += timedelta(minutes=16)
    # Facebook never proves that an answer is not out: whichever of them met the server's error is a person's to decide
    with app_.books.ledger.read() as c:
        doubtful = ledger.deliveries(c, states=(State.IN_DOUBT,))
    for key in doubtful:
        night.call("settle", key, "--drop", "--by", "london-1")
    ticks.answer(app_)
    said = {post.id for post in night.x.posts("wad_london") if post.reply_to}
    said |= {post.id for post in night.graph.answers("123")}
    assert said != set()
    night.canaries |= said
    ticks.look(app_)


def _commands(night: Night, tmp_path: Path) -> None:
    """Every command that is not meant to show them, with what may go wrong in one, a bug of ours too."""
    for said in (["replies"], ["joiners"], ["deliveries"], ["plan"], ["journal", "verify"]):
        night.call(*said)
        night.call(*said, "--json")
    night.call("status", code=3)
    night.call("status", "--json", code=3)
    night.call("doctor", "--offline", "--json", code=3)
    first = night.here.lines("replies")[0]
    assert first["intent"] == "crisis"
    night.call("label", str(first["id"]), "join", "--city", "Paris", code=1)
    night.call("label", "999", "other", code=1)
    night.call("forget", FORGOTTEN, code=1)
    reports = tmp_path / "reports"
    reports.mkdir()
    with pytest.MonkeyPatch.context() as bug:
        bug.setattr(tempfile, "tempdir", str(reports))

        def breaks(_people: object) -> None:
            words = f"{FORGOTTEN} said this"
            raise ValueError(words)

        bug.setattr(keep, "queue", breaks)
        night.call("replies", code=70)
    (report,) = reports.iterdir()
    night.told.append(report.read_text())
