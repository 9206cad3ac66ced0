"""The examples, the check of the phrases on them, and the sheet of figures."""

from collections import Counter
from dataclasses import replace

from campaignbot.model.reply import Intent, Reading
from campaignbot.stages.detect import check, examples
from campaignbot.stages.detect.examples import Example
from campaignbot.stages.detect.phrases import Phrase
from stages.detect.nine import CAMPAIGN


def example(id_: str, text: str, intent: Intent, **more: object) -> Example:
    given = {"post_city": "London", "city": ("London",), "party_size": None, "language": "en", "held_out": False}
    return Example(**{"id": id_, "text": text, "platform": "x", "intent": (intent,)} | given | more)  # type: ignore[arg-type]


JOIN = example("en-1", "Count us in, 3 of us", Intent.JOIN, party_size=3)
MISSED = example("en-2", "xyzzy plugh", Intent.JOIN)
PLACE = example("en-3", "Anything in Leeds?", Intent.START_CITY, city=("Leeds",), post_city=None, held_out=True)
THANKS = example("fr-1", "count us in, thank you", Intent.SUPPORT, city=(None,))


def test_the_examples_cover_every_language_and_intent_and_two_thousand_are_held_out() -> None:
    found = examples.shipped()
    latin = {"ar-latn", "el-latn", "ru-latn", "uk-latn"}
    languages = {"ar", "ca", "de", "el", "en", "es", "fr", "it", "pl", "pt", "ro", "ru", "sv", "tr", "uk"}
    held = Counter(one.held_out for one in found)
    assert {one.file for one in found} == languages | latin
    assert len({one.id for one in found}) == len(found) >= 600
    assert len({one.text for one in found if one.file not in latin}) > 0.95 * len(found) - len(latin) * 20
    assert held[True] >= 2000
    assert {one.intent[0] for one in found if one.held_out and one.hand == 1} == {*Intent}
    assert {one.intent[0] for one in found if one.blind} == {*Intent}
    assert sum(one.held_out for one in found if one.hand == 1) >= 400
    assert sum(one.blind for one in found) >= 1500
    assert [one.id for one in found if one.language != one.file[:2]] == []


def test_the_examples_that_ship_are_read_well() -> None:
    """Floors, for those of our own that nobody looked at."""
    own = [one for one in examples.shipped() if one.held_out and one.hand == 1]
    found = check.figures(check.read(own, CAMPAIGN))
    assert {name: floor for name, floor in FLOORS.items() if (found[name] or 0) < floor} == {}
    assert {name: top for name, top in CEILINGS.items() if (found[name] or 0) > top} == {}


def test_what_others_wrote_is_read_as_well_as_the_page_of_figures_says() -> None:
    """Floors, by the rules alone, for what nobody wrote or looked at who knew the phrases."""
    found = check.figures(check.read([one for one in examples.shipped() if one.blind], CAMPAIGN))
    assert {name: floor for name, floor in OTHERS_FLOORS.items() if (found[name] or 0) < floor} == {}
    assert {name: top for name, top in OTHERS_CEILINGS.items() if (found[name] or 0) > top} == {}


OTHERS_FLOORS = {
    "macro_f1": 0.83,
    "join_precision": 0.92,
    "join_recall": 0.88,
    "joins_caught": 0.97,
    "filed_alone_precision": 0.96,
    "filed_alone": 0.66,
    "opt_out_caught": 0.98,
    "crisis_caught": 0.98,
    "city": 0.91,
    "new_place": 0.85,
    "party": 0.84,
    "language": 0.95,
}
OTHERS_CEILINGS = {"queue": 0.35, "error_outside_queue": 0.05, "party_invented": 0.01}
FLOORS = {
    "macro_f1": 0.9,
    "join_precision": 0.93,
    "join_recall": 0.93,
    "joins_caught": 0.99,
    "filed_alone_precision": 0.97,
    "filed_alone": 0.85,
    "opt_out_caught": 1.0,
    "crisis_caught": 1.0,
    "city": 0.92,
    "party": 0.85,
    "language": 0.9,
}
CEILINGS = {"queue": 0.25, "error_outside_queue": 0.03, "party_invented": 0.01}


def test_a_phrase_speaks_rightly_beside_or_wrongly() -> None:
    found = check.tried([JOIN, MISSED, THANKS], CAMPAIGN)
    assert [(one.kind, one.right, one.beside, one.wrong) for one in found[:1]] == [("join", ("en-1",), (), ("fr-1",))]
    assert ("support", ("fr-1",), (), ()) in [(one.kind, one.right, one.beside, one.wrong) for one in found]
    lower = example("en-9", "thank you", Intent.JOIN)
    assert {one.beside for one in check.tried([lower], CAMPAIGN) if one.kind.endswith("support")} == {("en-9",)}


def test_a_baseline_shows_what_is_read_otherwise() -> None:
    now = check.answers(check.read([JOIN, MISSED], CAMPAIGN))
    assert now == {"en-1": "join, London, 3", "en-2": "other, None, None, to a person"}
    assert check.changed({"en-1": "join, London, 3", "en-0": "spam, None, None"}, now) == [
        ("en-0", "spam, None, None", "-"),
        ("en-2", "-", "other, None, None, to a person"),
    ]


def test_the_figures_count_what_they_say() -> None:
    assert check.figures(check.read([JOIN, MISSED, PLACE, THANKS], CAMPAIGN)) == {
        "replies": 4,
        "macro_f1": 0.5,
        "join_precision": 0.5,
        "join_recall": 0.5,
        "joins_caught": 1.0,
        "filed_alone_precision": 0.5,
        "filed_alone": 0.5,
        "opt_out_caught": None,
        "crisis_caught": None,
        "queue": 0.25,
        "error_outside_queue": 0.333,
        "city": 0.5,
        "new_place": 1.0,
        "party": 1.0,
        "party_invented": 0.0,
        "language": 0.75,
    }


READING = Reading(
    intent=Intent.JOIN, city="London", party_size=None, language="en", confidence=0.9, needs_review=False, why="a test"
)
PAIRS = [
    (example("en-1", "", Intent.JOIN), READING),
    (example("en-2", "", Intent.JOIN, party_size=3), replace(READING, party_size=3)),
    (example("en-3", "", Intent.JOIN, party_size=2), replace(READING, intent=Intent.SUPPORT, city=None)),
    (example("en-4", "", Intent.JOIN), replace(READING, intent=Intent.OTHER, needs_review=True)),
    (example("en-5", "", Intent.SUPPORT), replace(READING, party_size=4)),
    (
        replace(example("fr-1", "", Intent.SUPPORT, language="fr"), intent=(Intent.SUPPORT, Intent.OTHER)),
        replace(READING, intent=Intent.OTHER),
    ),
    (
        example("fr-2", "", Intent.START_CITY, city=("Leeds",), language="fr"),
        replace(READING, intent=Intent.START_CITY, city="Leeds", needs_review=True),
    ),
    (example("fr-3", "", Intent.OPT_OUT, language="fr"), replace(READING, intent=Intent.HOSTILE)),
    (example("fr-4", "", Intent.CRISIS, language="fr"), replace(READING, intent=Intent.CRISIS, needs_review=True)),
    (example("fr-5", "", Intent.CRISIS, language="fr"), READING),
]


def test_each_figure_by_hand() -> None:
    # join: 2 hit of 4 meant, 4 said; support: none; other (as good): 1 of 1, 2 said; crisis: 1 of 2, 1 said
    f1 = round((2 * 2 / 8 + 0 + 2 * 1 / 3 + 1 + 0 + 2 * 1 / 3) / 6, 3)
    assert check.figures(PAIRS) == {
        "replies": 10,
        "macro_f1": f1,
        "join_precision": 0.5,
        "join_recall": 0.5,
        "joins_caught": 0.75,
        "filed_alone_precision": 0.5,
        "filed_alone": 0.5,
        "opt_out_caught": 0.0,
        "crisis_caught": 0.5,
        "queue": 0.3,
        "error_outside_queue": 0.571,
        "city": 0.75,
        "new_place": 1.0,
        "party": 0.5,
        "party_invented": 0.125,
        "language": 0.5,
    }


def test_several_ways_to_read_stand_in_tables_over_all_and_by_file() -> None:
    lines = check.compared({"rules": PAIRS, "both": PAIRS[:1]}).splitlines()
    assert [line if line[:1] != "|" else [cell.strip() for cell in line.split("|")[1:4]] for line in lines] == [
        ["", "replies", "macro f1"],
        ["---", "---:", "---:"],
        ["rules", "10", "0.472"],
        ["both", "1", "1"],
        "",
        "By language, rules:",
        "",
        ["", "replies", "macro f1"],
        ["---", "---:", "---:"],
        ["en", "5", "0.286"],
        ["fr", "5", "0.667"],
        "",
        "By language, both:",
        "",
        ["", "replies", "macro f1"],
        ["---", "---:", "---:"],
        ["en", "1", "1"],
    ]


def test_nothing_counted_is_no_figure() -> None:
    none: list[tuple[Example, Reading]] = []
    assert set(check.figures(none).values()) == {0, None}


def test_the_sheet_has_a_row_for_each_half_and_file_and_becomes_a_page() -> None:
    others = [replace(PLACE, id="en-4", hand=2), replace(THANKS, id="fr-2", hand=2)]
    rows = check.sheet(check.read([JOIN, PLACE, *others], CAMPAIGN))
    assert [(name, row["replies"]) for name, row in rows.items()] == [
        ("by others", 1),
        ("held out", 1),
        ("looked at", 2),
        ("en", 3),
        ("fr", 1),
    ]
    lines = check.page(rows).splitlines()
    assert lines[-7].startswith("|  | replies | macro f1 | join precision |")
    assert lines[-4].startswith("| held out | 1 | 1 | - | - | - |")


def test_a_line_whose_choices_are_not_tied_is_named_with_the_word_that_shows_it() -> None:
    loose, tied = Phrase("join", "en", "i|i will|we will come"), Phrase("join", "en", "i_will|we_will come")
    assert check.untied([loose, tied]) == [(loose, ["will"])]
