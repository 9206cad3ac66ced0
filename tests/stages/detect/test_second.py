"""What the model is shown, what it thinks, and what that counts beside the rules."""

import pytest

from campaignbot.model.reply import Guess, Intent, Layer
from campaignbot.stages.detect import second
from campaignbot.stages.detect.second import Joint
from made import lines_run
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
    guess = second.guess(_layer(strength=3), [_said(Intent.JOIN)])
    assert (guess.intent, round(guess.confidence, 4)) == (Intent.JOIN, 0.6906)


def test_a_sentence_that_speaks_loudly_is_heard_beside_the_whole() -> None:
    layer = _layer(strength=5)
    silent = (0.0,) * len(ORDER)
    guess = second.guess(layer, [silent, silent, _said(Intent.OPT_OUT)])
    assert guess.intent is Intent.OPT_OUT
    assert guess.confidence < second.guess(layer, [_said(Intent.OPT_OUT)]).confidence


def test_the_bias_counts_whatever_is_said() -> None:
    weights = {intent: (0.0, float(intent is Intent.SUPPORT)) for intent in ORDER}
    layer = Layer(embedder="a test", examples=0, corrections=0, weights=weights)
    assert second.guess(layer, [(0.0,)]).intent is Intent.SUPPORT


JOIN, SUPPORT, CRISIS, OUT = Intent.JOIN, Intent.SUPPORT, Intent.CRISIS, Intent.OPT_OUT
LOW, SURE = 0.2, 0.97
DIFFER = "the rules say join, the model support"
OTHER = (Intent.OTHER, 0.3)
UNSURE = "the model is not sure"


@pytest.mark.parametrize(
    ("rules", "doubt", "model", "silent", "known", "joint"),
    [
        # they agree
        ((JOIN, 0.8), None, (JOIN, 0.75), False, True, Joint(JOIN, 0.95, None)),
        ((JOIN, 0.8), None, (JOIN, LOW), False, True, Joint(JOIN, 0.84, UNSURE)),
        ((JOIN, 0.8), "a long reply", (JOIN, 0.75), False, True, Joint(JOIN, 0.95, "a long reply")),
        # and no rules know the language: a higher bar
        ((SUPPORT, 0.8), None, (SUPPORT, 0.75), False, False, Joint(SUPPORT, 0.95, None)),
        ((SUPPORT, 0.8), None, (SUPPORT, 0.5), False, False, Joint(SUPPORT, 0.9, UNSURE)),
        ((JOIN, 0.8), None, (JOIN, 0.75), False, False, Joint(JOIN, 0.95, UNSURE)),
        ((JOIN, 0.8), None, (JOIN, 0.95), False, False, Joint(JOIN, 0.99, None)),
        # they differ
        ((JOIN, 0.8), None, (SUPPORT, 0.75), False, True, Joint(JOIN, 0.5, DIFFER)),
        ((JOIN, 0.8), None, (SUPPORT, LOW), False, True, Joint(JOIN, LOW, DIFFER)),
        ((JOIN, 0.8), None, (SUPPORT, SURE), False, True, Joint(SUPPORT, 0.5, DIFFER)),
        ((JOIN, 0.8), "a long reply", (SUPPORT, SURE), False, True, Joint(SUPPORT, 0.5, "a long reply")),
        # the model is never heeded against an opt-out or a crisis
        ((OUT, 0.8), None, (SUPPORT, SURE), False, True, Joint(OUT, 0.5, "the rules say opt_out, the model support")),
        ((CRISIS, 0.8), None, (JOIN, SURE), False, True, Joint(CRISIS, 0.5, "the rules say crisis, the model join")),
        # no phrase speaks
        (OTHER, "no phrase", (Intent.OTHER, 0.4), True, True, Joint(Intent.OTHER, 0.4, None)),
        (OTHER, "no phrase", (Intent.OTHER, 0.4), True, False, Joint(Intent.OTHER, 0.4, "no phrase")),
        (OTHER, "no phrase", (SUPPORT, 0.75), True, True, Joint(SUPPORT, 0.75, None)),
        (OTHER, "no phrase", (SUPPORT, 0.6), True, True, Joint(SUPPORT, 0.6, "no phrase")),
        (OTHER, "no phrase", (JOIN, 0.85), True, True, Joint(JOIN, 0.85, "no phrase")),
        (OTHER, "no phrase", (JOIN, SURE), True, True, Joint(JOIN, SURE, None)),
        (OTHER, "no phrase", (Intent.DECLINE, 0.85), True, True, Joint(Intent.DECLINE, 0.85, "no phrase")),
        (OTHER, "no phrase", (OUT, SURE), True, True, Joint(OUT, SURE, "no phrase")),
        (OTHER, "no phrase", (CRISIS, SURE), True, False, Joint(CRISIS, SURE, "no phrase")),
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
    guess = Guess(intent=model[0], confidence=model[1])
    found = second.joined(*rules, doubt, guess=guess, silent=silent, known=known)
    assert (found.intent, round(found.confidence, 4), found.doubt) == (joint.intent, joint.confidence, joint.doubt)


def test_no_model_talks_the_rules_out_of_an_opt_out_or_a_crisis() -> None:
    """Whatever it says and however sure it is."""
    for intent in ORDER:
        guess = Guess(intent=intent, confidence=0.999)
        assert read("unsubscribe", guess=guess).intent is Intent.OPT_OUT
        crisis = read("I want to kill myself", guess=guess)
        assert (crisis.intent, crisis.needs_review) == (Intent.CRISIS, True)


def test_a_crisis_that_the_model_alone_sees_goes_to_a_person() -> None:
    reading = read("xyzzy plugh", guess=Guess(intent=Intent.CRISIS, confidence=0.999))
    assert (reading.intent, reading.needs_review) == (Intent.CRISIS, True)
