"""What the model is shown, what it thinks, and what that counts beside the rules."""

import dataclasses

import pytest

from campaignbot.model.reply import Guess, Intent, Layer
from campaignbot.stages.detect import second
from campaignbot.stages.detect.second import Joint
from made import guess, lines_run
from stages.detect.nine import read

ORDER = tuple(Intent)

FIRST = "Thank you all for what you do for people like my brother."
SECOND = "I cannot come this time, my shift ends late!"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("I'll be there", ("I'll be there",)),
        ("  ＩＬＬ\u200b be  there!! ", ("ILL be there!!",)),
        ("@ann look at https://example.org/a?b=c", ("look at",)),
        ("I can't come. But my sister will.", ("I can't come. But my sister will.",)),
        (
            f"{FIRST} {SECOND}",
            (f"{FIRST} {SECOND}", FIRST, SECOND),
        ),
        (f"Oh no! {FIRST}\n{SECOND}", (f"Oh no! {FIRST} {SECOND}", f"Oh no! {FIRST}", SECOND)),
        (FIRST[:-1] + " " + SECOND, (FIRST[:-1] + " " + SECOND,)),
        ("", ()),
        ("@ann @ben", ()),
        ("... 👍 !!", ()),
        ("\ud800\udfff", ()),
        ("\ud800 yes", ("yes",)),
    ],
)
def test_the_model_is_shown_a_clean_text_and_its_sentences(text: str, shown: tuple[str, ...]) -> None:
    assert second.pieces(text) == shown


def test_what_is_shown_is_bounded_and_so_is_the_work() -> None:
    for long in (
        "Is it so? " * 500,
        "word " * 20_000,
        "A whole sentence stands here. " * 4_000,
        "\ufdfa" * 100_000,
        "a" * 100_000,
    ):
        pieces = second.pieces(long)
        assert len(pieces) <= 1 + second.SENTENCES
        assert max(map(len, pieces)) <= second.MOST

    def work(length: int) -> int:
        text = ("Is this a sentence? @ann " * length)[:length]
        return lines_run(lambda: second.pieces(text))

    assert work(2_000) < 2.2 * work(1_000)
    assert work(100_000) < 1.1 * work(2_000)


def _layer(*, strength: float) -> Layer:
    """One that hears each intent in a number of its own."""
    rows = {intent: tuple(strength * (at == i) for i in range(len(ORDER))) for at, intent in enumerate(ORDER)}
    return Layer(embedder="a test", examples=0, corrections=0, weights={i: (*row, 0.0) for i, row in rows.items()})


def _said(intent: Intent) -> tuple[float, ...]:
    return tuple(float(intent is one) for one in ORDER)


def test_the_likeliest_intent_is_guessed_with_its_probability() -> None:
    # e to the power of 3 against nine times 1
    found = second.guess(_layer(strength=3), [_said(Intent.JOIN)])
    assert (found.intent, round(found.confidence, 4)) == (Intent.JOIN, 0.6906)
    assert round(sum(found.shares), 12) == 1


def test_a_sentence_that_speaks_loudly_is_heard_beside_the_whole() -> None:
    layer = _layer(strength=5)
    silent = (0.0,) * len(ORDER)
    found = second.guess(layer, [silent, silent, _said(Intent.OPT_OUT)])
    assert found.intent is Intent.OPT_OUT
    assert found.confidence < second.guess(layer, [_said(Intent.OPT_OUT)]).confidence


def test_the_bias_counts_whatever_is_said() -> None:
    weights = {intent: (0.0, float(intent is Intent.SUPPORT)) for intent in ORDER}
    layer = Layer(embedder="a test", examples=0, corrections=0, weights=weights)
    assert second.guess(layer, [(0.0,)]).intent is Intent.SUPPORT


JOIN, SUPPORT, CRISIS, OUT = Intent.JOIN, Intent.SUPPORT, Intent.CRISIS, Intent.OPT_OUT
OTHER = (Intent.OTHER, 0.3)
NO_PHRASE, ALONE = "no phrase was found", "the model alone says so"
DIFFER, MODEL_JOINS = "the rules say join, the model support", "the rules say support, the model join"

OUT_OVERRULED, CRISIS_OVERRULED = (f"the rules say {one}, the model support" for one in (OUT, CRISIS))


@pytest.mark.parametrize(
    ("rules", "doubt", "model", "silent", "known", "joint"),
    [
        # they agree: odds of 4 to 1, twice over, make 0.75 of ten intents 6 of 6.25
        ((JOIN, 0.8), None, (JOIN, 0.75), False, True, Joint(JOIN, 0.96, None, plain=True)),
        ((JOIN, 0.8), None, (JOIN, 0.2), False, True, Joint(JOIN, 0.6667, None)),
        ((JOIN, 0.95), None, (JOIN, 0.4), False, True, Joint(JOIN, 0.962, None)),
        ((JOIN, 0.5), "both yes and no", (JOIN, 0.5), False, True, Joint(JOIN, 0.6667, "both yes and no")),
        ((JOIN, 0.5), "both yes and no", (JOIN, 0.9), False, True, Joint(JOIN, 0.9474, None, plain=True)),
        # and no rules know the language: a higher bar
        ((SUPPORT, 0.8), None, (SUPPORT, 0.75), False, False, Joint(SUPPORT, 0.96, None, plain=True)),
        ((JOIN, 0.8), None, (JOIN, 0.4), False, False, Joint(JOIN, 0.8421, "the rules say join, the model join")),
        # they differ
        ((JOIN, 0.95), None, (SUPPORT, 0.75), False, True, Joint(JOIN, 0.5205, DIFFER)),
        ((JOIN, 0.95), None, (SUPPORT, 0.5), False, True, Joint(JOIN, 0.6909, DIFFER)),  # less than one in ten
        ((SUPPORT, 0.95), None, (OTHER[0], 0.5), False, True, Joint(SUPPORT, 0.6909, None)),
        ((SUPPORT, 0.95), None, (JOIN, 0.4), False, True, Joint(SUPPORT, 0.7308, MODEL_JOINS)),  # a yes may be lost
        ((SUPPORT, 0.95), None, (JOIN, 0.29), False, True, Joint(SUPPORT, 0.765, None)),
        ((Intent.HOSTILE, 0.95), None, (JOIN, 0.4), False, True, Joint(Intent.HOSTILE, 0.7308, None)),
        ((JOIN, 0.8), None, (SUPPORT, 0.97), False, True, Joint(SUPPORT, 0.9479, None, plain=True)),
        ((JOIN, 0.8), "both yes and no", (SUPPORT, 0.75), False, True, Joint(SUPPORT, 0.6279, DIFFER)),
        ((SUPPORT, 0.8), None, (JOIN, 0.97), False, True, Joint(JOIN, 0.9479, MODEL_JOINS, plain=True)),
        ((SUPPORT, 0.8), None, (JOIN, 0.75), False, True, Joint(JOIN, 0.6279, MODEL_JOINS)),
        # the model is never heeded against an opt-out or a crisis, and never alone for one
        (
            (OUT, 0.8),
            None,
            (SUPPORT, 0.97),
            False,
            True,
            Joint(OUT, 0.0261, "the rules say opt_out, the model support"),
        ),
        ((CRISIS, 0.8), None, (JOIN, 0.97), False, True, Joint(CRISIS, 0.0261, "the rules say crisis, the model join")),
        ((SUPPORT, 0.5), None, (OUT, 0.97), False, True, Joint(OUT, 0.9668, ALONE, plain=True)),
        # no phrase speaks
        (OTHER, "no phrase", (Intent.OTHER, 0.7), True, True, Joint(Intent.OTHER, 0.6667, None)),
        (OTHER, "no phrase", (Intent.OTHER, 0.4), True, True, Joint(Intent.OTHER, 0.3636, NO_PHRASE)),
        (OTHER, "no phrase", (SUPPORT, 0.75), True, True, Joint(SUPPORT, 0.753, None)),
        (OTHER, "no phrase", (SUPPORT, 0.75), True, False, Joint(SUPPORT, 0.753, NO_PHRASE)),
        (OTHER, "no phrase", (JOIN, 0.85), True, True, Joint(JOIN, 0.852, NO_PHRASE)),
        (OTHER, "no phrase", (JOIN, 0.97), True, True, Joint(JOIN, 0.9705, None, plain=True)),
        (OTHER, "no phrase", (Intent.DECLINE, 0.85), True, True, Joint(Intent.DECLINE, 0.852, NO_PHRASE)),
        (OTHER, "no phrase", (OUT, 0.97), True, True, Joint(OUT, 0.9705, ALONE, plain=True)),
        (OTHER, "no phrase", (CRISIS, 0.97), True, False, Joint(CRISIS, 0.9705, ALONE, plain=True)),
    ],
)
def test_what_the_model_counts_beside_the_rules(
    rules: tuple[Intent, float],
    doubt: str | None,
    model: tuple[Intent, float],
    silent: bool,
    known: bool,
    joint: Joint,
) -> None:
    found = second.joined(*rules, doubt, guess=guess(*model), silent=silent, known=known)
    assert dataclasses.replace(found, confidence=round(found.confidence, 4)) == joint


def test_doubts_about_single_words_do_not_count_where_rules_and_model_are_sure() -> None:
    doubted = [read("junkies", guess=guess(Intent.HOSTILE, sure)) for sure in (0.3, 0.8)]
    assert [(one.intent, one.needs_review) for one in doubted] == [(Intent.HOSTILE, True), (Intent.HOSTILE, False)]


def test_unless_the_model_has_a_notion_of_what_is_feared() -> None:
    text = "lol I'll be there"  # a word of mockery
    shares = [0.01] * 10
    shares[ORDER.index(JOIN)] = 0.91
    calm = Guess(shares=tuple(shares))
    shares[ORDER.index(JOIN)], shares[ORDER.index(Intent.HOSTILE)] = 0.87, 0.05
    wary = Guess(shares=tuple(shares))
    assert [read(text, post_city="London", guess=one).needs_review for one in (None, calm, wary)] == [True, False, True]


def test_no_model_talks_the_rules_out_of_an_opt_out_or_a_crisis() -> None:
    """Whatever it says and however sure it is."""
    for intent in ORDER:
        surely = guess(intent, 0.999)
        assert read("unsubscribe", guess=surely).intent is Intent.OPT_OUT
        crisis = read("I want to kill myself", guess=surely)
        assert (crisis.intent, crisis.needs_review) == (Intent.CRISIS, True)


def test_a_crisis_that_the_model_alone_sees_goes_to_a_person() -> None:
    reading = read("xyzzy plugh", guess=guess(Intent.CRISIS, 0.999))
    assert (reading.intent, reading.needs_review) == (Intent.CRISIS, True)
