"""Answers, on both networks over HTTP: off until turned on and approved; one a person; to nobody who left."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaignbot import app
from campaignbot.app import App
from campaignbot.engines import ticks
from campaignbot.model.delivery import Delivery, State
from campaignbot.networks import graph, wire, x
from campaignbot.stages import deliver, watch
from campaignbot.store import ledger
from cli import place
from cli.place import Place

KEYS = ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET")
ON_X, ON_FB = "wad/sign-up/london/en-GB/x-london", "wad/sign-up/london/en-GB/fb-london"
QUESTION = "wad/asked/london/en-GB/x-london"
SIGN_UP, ASKED = "Sign up privately: https://example.org/join", "To have your data erased, answer STOP."
SLOTS = """
  - {id: sign-up, message: sign_up, when: {answers: join}, until: 2d}
  - {id: asked, message: asked, when: {answers: question}, until: 1d}
"""


@dataclass
class Town:
    """London's accounts on two networks, with answers on, and a clock that can be moved."""

    here: Place
    x: x.Network
    graph: graph.Network
    app: App
    posts: dict[str, str]
    late: timedelta = timedelta(0)

    def clock(self) -> datetime:
        return app.utc_now() + self.late

    def answers(self) -> dict[str, Delivery]:
        """The answers in the ledger, by the text's key, and in which state."""
        with self.app.books.ledger.read() as c:
            return {one.post.words: one for one in ledger.deliveries(c).values() if one.post.person}

    def states(self) -> list[tuple[str, State]]:
        return sorted((key, one.state) for key, one in self.answers().items())

    def on_x(self) -> list[tuple[str, str | None]]:
        """What London's account on X said to somebody, and to which post."""
        return [(post.text, post.reply_to) for post in self.x.posts("wad_london") if post.reply_to]

    def on_fb(self) -> list[tuple[str, str | None]]:
        return [(post.text, post.reply_to) for post in self.graph.answers("123")]

    def hear(self) -> None:
        ticks.poll(self.app)
        ticks.answer(self.app)

    def owed(self) -> int:
        with self.app.books.people.read() as c:
            return int(c.exec_driver_sql("SELECT count(*) FROM answers").scalar_one())

    def holds(self, *words: str) -> set[str]:
        """Which of these words stands in any byte of the state folder."""
        files = [path for path in (self.here.folder / ".campaignbot").rglob("*") if path.is_file()]
        bodies = [path.read_bytes() for path in files]
        return {word for word in words if any(word.encode() in body for body in bodies)}


@pytest.fixture
def town(here: Place) -> Iterator[Town]:
    networks = (x.Network(clock=app.utc_now, prefix="/x"), graph.Network(clock=app.utc_now, prefix="/fb"))
    for network in networks:
        network.start()
    secrets = {name: f"{name}-of-london" for name in KEYS}
    networks[0].add_account("wad_london", **{name.lower(): secret for name, secret in secrets.items()})
    for name in KEYS:
        here.environment.setenv(f"CAMPAIGNBOT_X_LONDON_{name}", secrets[name])
        here.environment.setenv(f"CAMPAIGNBOT_X_MARSEILLE_{name}", "sham")
    networks[1].add_page("123", "WAD London", "token-of-the-page")
    here.environment.setenv("CAMPAIGNBOT_FB_LONDON_PAGE_TOKEN", "token-of-the-page")
    nowhere = "base_url: http://127.0.0.1:9"
    place.write(
        here.folder,
        (f"wad_london, {nowhere}", f"wad_london, answers: on, base_url: {networks[0].url}"),
        (f'"123", {nowhere}', f'"123", answers: on, base_url: {networks[1].url}'),
        ("limits: {spacing: 0s,", "limits: {quiet: 00:00-00:00, spacing: 0s,"),
        ("when: called, cities: [london], accounts: [x-london]}\n", "when: called, cities: [london]}" + SLOTS),
    )
    for name, words in (("sign_up", SIGN_UP), ("asked", ASKED)):
        (here.folder / "messages/en" / f"{name}.txt.j2").write_text(words + "\n", encoding="utf-8")
    found = app.read_settings(here.folder)
    campaign = app.read_campaign(found, now=app.utc_now())
    with app.open_books(found) as books:
        made_ = Town(here=here, x=networks[0], graph=networks[1], app=None, posts={})  # type: ignore[arg-type]  # below
        for network in networks:
            network.clock = made_.clock
        made_.app = App(
            settings=found,
            campaign=campaign,
            books=books,
            platforms=app.connect(campaign, found, clock=made_.clock),
            owner="test",
            clock=made_.clock,
            emit=lambda delivery, text: None,
            tell=lambda event, detail: None,
            alarm=lambda title, body: None,
        )
        app.keep_settings(made_.app)
        made_.posts = place.posted(made_.app)
        deliver.recover(books.ledger, made_.app.platforms, owner="test", clock=made_.clock, emit=made_.app.emit)
        yield made_
    for network in networks:
        network.stop()


def approve(town: Town, *keys: str) -> None:
    for key in keys:
        town.here.call("approve", f"{key}={town.here.digest(key)}", "--by", "london-1")


def test_without_an_approved_text_nobody_is_answered_not_even_later(town: Town) -> None:
    town.x.reply("ann", to=town.posts["x-london"], text="I'll be there!")
    town.hear()
    approve(town, ON_X)
    town.hear()
    assert (town.on_x(), town.answers(), town.owed()) == ([], {}, 0)


def test_who_joins_gets_one_answer_where_they_wrote_and_nothing_leads_to_them(town: Town) -> None:
    approve(town, ON_X, ON_FB)
    on_x = town.x.reply("Pangolin_x", to=town.posts["x-london"], text="I'll be there!")
    on_fb = town.graph.comment(town.posts["fb-london"], "Quokka Bird", "I'll be there!")
    town.hear()
    assert (town.on_x(), town.on_fb()) == ([(SIGN_UP, on_x)], [(SIGN_UP, on_fb)])
    assert town.states() == [(ON_FB, State.SENT), (ON_X, State.SENT)]
    assert [one.receipt for one in town.answers().values()] == [None, None]
    town.x.reply("Pangolin_x", to=town.posts["x-london"], text="yes, I'll be there!")
    town.x.reply("ben", to=town.posts["x-london"], text="I'll be there!")
    town.hear()
    assert [text for text, _ in town.on_x()] == [SIGN_UP, SIGN_UP], "ben's; no second one to the first"
    said = {post.id for post in town.x.posts("wad_london") if post.reply_to}
    said |= {post.id for post in town.graph.answers("123")}
    assert town.holds("Pangolin_x", "Quokka Bird", on_x, on_fb, *said) == set()
    town.here.call("journal", "verify")


def test_a_question_is_answered_once_a_person_has_read_it(town: Town) -> None:
    approve(town, QUESTION)
    asked = town.x.reply("ann", to=town.posts["x-london"], text="What time does it start?")
    town.x.reply("ben", to=town.posts["x-london"], text="he is not breathing, help")
    town.hear()
    assert town.on_x() == []
    for row in town.here.lines("replies"):
        town.here.call("label", str(row["id"]), "question")
    town.hear()
    assert town.on_x() == [(ASKED, asked)], "and not who may be in danger"


def test_that_x_lets_us_answer_only_who_mentioned_us_is_an_end_and_no_trouble(town: Town) -> None:
    town.x.rules = dataclasses.replace(town.x.rules, implicit_summons=False)
    approve(town, ON_X)
    town.x.reply("ann", to=town.posts["x-london"], text="I'll be there!")
    town.hear()
    town.hear()
    (one,) = town.answers().values()
    assert (one.state, one.attempts) == (State.FAILED, 1)
    assert (one.reason or "").startswith("X does not let us answer this person, who has not mentioned us")
    assert town.owed() == 0
    assert watch.attention(town.app.books.ledger, people=town.app.books.people, now=town.clock()) == []


@pytest.mark.parametrize("how", ["opt-out", "forget", "decline", "deleted"])
def test_whoever_leaves_before_it_goes_out_is_not_answered(town: Town, how: str) -> None:
    approve(town, ON_X)
    their = town.x.reply("Pangolin_x", to=town.posts["x-london"], text="I'll be there!")
    deliver.stop(town.app.books.ledger, "account", "x-london", by="london-1", now=town.clock())
    town.hear()
    assert (town.states(), town.holds(their)) == ([(ON_X, State.WAITING)], {their})
    if how == "opt-out":
        town.x.reply("Pangolin_x", to=town.posts["x-london"], text="delete my data")
    elif how == "decline":
        town.x.reply("Pangolin_x", to=town.posts["x-london"], text="sorry, I can't come")
    elif how == "forget":
        town.here.call("forget", "@Pangolin_x", "--on", "x")
    else:
        town.x.remove(their)
        town.late = timedelta(hours=1)
    ticks.poll(town.app)
    deliver.resume(town.app.books.ledger, "account", "x-london", by="london-1", now=town.clock())
    town.hear()
    assert (town.on_x(), town.states()) == ([], [(ON_X, State.CANCELLED)])
    assert town.holds("Pangolin_x", their) == set()


def test_who_leaves_at_the_last_moment_is_not_answered(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    approve(town, ON_X)
    town.x.reply("Pangolin_x", to=town.posts["x-london"], text="I'll be there!")
    ticks.poll(town.app)
    publish = town.app.platforms["x-london"].publish

    def late(*given: object, **more: object) -> object:
        town.here.call("forget", "@Pangolin_x", "--on", "x")  # the intent is written, no byte has left
        return publish(*given, **more)  # type: ignore[arg-type]  # whatever it was given

    monkeypatch.setattr(town.app.platforms["x-london"], "publish", late)
    ticks.answer(town.app)
    town.late = timedelta(minutes=1)
    ticks.answer(town.app)
    assert (town.on_x(), town.states()) == ([], [(ON_X, State.CANCELLED)])


@pytest.mark.parametrize("stored", [True, False])
def test_a_lost_answer_is_settled_by_the_reply_that_it_answers(town: Town, *, stored: bool) -> None:
    approve(town, ON_X)
    ann = town.x.reply("ann", to=town.posts["x-london"], text="I'll be there!")
    ben = town.x.reply("ben", to=town.posts["x-london"], text="I'll be there!")
    town.x.faults.add(wire.Fault(kind="html_502", path="/tweets", stores=stored))
    town.hear()
    town.late = timedelta(seconds=5)
    for _ in range(2):
        ticks.answer(town.app)
    assert sorted(town.on_x(), key=lambda one: one[1] or "") == [(SIGN_UP, ann), (SIGN_UP, ben)], "each once"
    assert town.owed() == 0


def test_the_text_goes_to_nobody_by_itself_and_edits_end_what_waits(town: Town) -> None:
    approve(town, ON_X)
    assert "it goes to who asks" in town.here.err("send", "sign-up", "--city", "london")
    assert "it goes to who asks" in town.here.err("arm", ON_X)
    deliver.stop(town.app.books.ledger, "account", "x-london", by="london-1", now=town.clock())
    town.x.reply("ann", to=town.posts["x-london"], text="I'll be there!")
    town.hear()
    town.here.call("reject", ON_X, "--by", "london-1", "--why", "unclear")
    deliver.resume(town.app.books.ledger, "account", "x-london", by="london-1", now=town.clock())
    town.hear()
    assert (town.on_x(), town.states()) == ([], [(ON_X, State.CANCELLED)])


def test_twenty_a_day_and_not_one_more(town: Town) -> None:
    approve(town, ON_X)
    for number in range(21):
        town.x.reply(f"ann{number}", to=town.posts["x-london"], text="I'll be there!")
    town.hear()
    assert len(town.on_x()) == 20
    town.late = timedelta(days=1)
    ticks.answer(town.app)
    assert len(town.on_x()) == 21


def test_off_unless_turned_on(town: Town, tmp_path: Path) -> None:
    text = (town.here.folder / "schedules.yaml").read_text(encoding="utf-8").replace("answers: on, ", "")
    (town.here.folder / "schedules.yaml").write_text(text, encoding="utf-8")
    assert [row["key"] for row in town.here.lines("plan") if row["slot"] in ("sign-up", "asked")] == []


def test_the_plan_says_what_goes_out_as_an_answer_and_who_answers(town: Town) -> None:
    said = town.here.out("plan")
    rows = [[cell.strip() for cell in line.split("│")] for line in said.splitlines()]
    assert {row[2]: row[0] for row in rows if row[0].endswith(("answer", "called"))} == {
        "asked": "as an answer",
        "sign-up": "as an answer",
        "cancelled": "when called",
    }
    assert "replies are answered by: x-london, fb-london" in said.splitlines()
    assert "as an answer  " + ON_X in town.here.out("preview")
