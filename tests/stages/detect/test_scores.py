"""The figures of labelled lines."""

import dataclasses
import json
from typing import Any

from campaignbot.model.reply import Intent, Reading
from campaignbot.stages.detect import examples, scores
from campaignbot.stages.detect.examples import Example

LINE = {
    "id": "en-1",
    "text": "count me in",
    "platform": "x",
    "post_city": "London",
    "intent": ["join"],
    "city": ["London"],
    "party_size": None,
    "language": "en",
    "held_out": False,
}
READING = Reading(
    intent=Intent.JOIN, city="London", party_size=None, language="en", confidence=0.9, needs_review=False, why="a test"
)


def meant(*intents: str, **changes: Any) -> Example:
    return examples.example(json.dumps(LINE | {"intent": intents} | changes))


def read(intent: str, *, reviewed: bool = False, **changes: Any) -> Reading:
    return dataclasses.replace(READING, intent=Intent(intent), needs_review=reviewed, **changes)


PAIRS = [
    (meant("join"), read("join")),
    (meant("join", party_size=3), read("join", party_size=3)),
    (meant("join", party_size=2), read("support", city=None)),
    (meant("join"), read("other", city="London", reviewed=True)),
    (meant("support"), read("join", city="London", party_size=4)),
    (meant("support", "other", language="fr"), read("other")),
    (meant("start_city", city=["Leeds"], language="fr"), read("start_city", city="Leeds", reviewed=True)),
    (meant("opt_out", language="fr"), read("hostile")),
    (meant("crisis", language="fr"), read("crisis", reviewed=True)),
    (meant("crisis", language="fr"), read("join")),
]


def test_each_figure_by_hand() -> None:
    found = scores.scores(PAIRS)
    # join: 2 of 4 found, 4 said; support: 1 of 2 (an answer that is as good), 2 said; crisis: 1 of 2, 1 said
    assert round(found.macro_f1 or 0, 6) == round((2 * 2 / 8 + 2 * 1 / 4 + 1 + 0 + 2 * 1 / 3) / 5, 6)
    assert dataclasses.replace(found, macro_f1=None) == scores.Scores(
        lines=10,
        macro_f1=None,
        join_precision=2 / 4,
        join_recall=2 / 4,
        joins_caught=3 / 4,
        joins_alone_precision=2 / 4,
        joins_alone_share=2 / 4,
        city_right=3 / 4,
        place_right=1.0,
        party_right=1 / 2,
        party_invented=1 / 8,
        opt_out_recall=0.0,
        opt_outs_caught=0.0,
        crisis_recall=1 / 2,
        crises_caught=1 / 2,
        crises_filed_as_join=1,
        to_a_person=3 / 10,
        wrong_alone=4 / 7,
    )


def test_nothing_is_said_of_what_there_is_no_line_for() -> None:
    none = scores.scores([])
    assert (none.lines, none.crises_filed_as_join) == (0, 0)
    assert {getattr(none, f.name) for f in dataclasses.fields(none)} == {0, None}


def test_the_figures_stand_in_tables_over_all_and_by_language() -> None:
    page = scores.sheet({"rules": PAIRS, "both": PAIRS[:1]})
    lines = page.splitlines()
    assert lines[:3] == ["|  | rules | both |", "| --- | --- | --- |", "| lines | 10 | 1 |"]
    assert "| join precision | 0.500 | 1.000 |" in lines
    assert "| place right | 1.000 |  |" in lines
    assert lines[lines.index("By language, rules:") + 2 :][:3] == [
        "|  | en | fr |",
        "| --- | --- | --- |",
        "| lines | 5 | 5 |",
    ]
    assert lines[lines.index("By language, both:") + 2] == "|  | en |"


def test_the_examples_that_ship_are_many_and_each_has_a_name_of_its_own() -> None:
    shipped = examples.shipped()
    assert len(shipped) >= 600
    assert len({line.id for line in shipped}) == len(shipped)
    assert {line.intents[0] for line in shipped} == set(Intent)
    first = shipped[0]
    assert (first.reply.text, first.reply.city, first.reply.platform) == (first.text, first.post_city, first.platform)
