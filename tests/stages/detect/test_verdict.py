"""What wins, and when a person must look."""

import pytest

import made
from campaignbot.model.reply import Intent
from stages.detect.nine import read


@pytest.mark.parametrize(
    ("text", "intent", "doubt"),
    [
        ("I'll be there. Oh no, I can't come", Intent.DECLINE, "says both yes and no"),
        ("I can't come. No wait, I'll be there", Intent.JOIN, "says both yes and no"),
        ("I'll be there, can I organise one too? I can organise one", Intent.JOIN, "also asks for another city"),
        ("Could we have one in Leeds? I'll come to London too", Intent.START_CITY, "also speaks of a listed city"),
        ("Count me in for London, Ontario", Intent.JOIN, "names a namesake"),
        ("I'll be there and spit, you disgusting junkies", Intent.HOSTILE, "speaks of coming"),
        ("I'll be there lol", Intent.JOIN, "may be mockery"),
        ("junkies", Intent.HOSTILE, "one word alone"),
        ("Count me in. The police came last year", Intent.JOIN, "may be an alarm"),
        ("Greetings, London Ontario folks", Intent.START_CITY, "no phrase was found"),
        ("near me would be good", Intent.START_CITY, "no phrase was found"),
        ("xyzzy plugh?", Intent.QUESTION, "no phrase was found"),
        ("Barcelona!", Intent.JOIN, "no phrase was found"),
        ("xyzzy plugh", Intent.OTHER, "no phrase was found"),
        # a place alone: outside the campaign it is wished for, unless written small; a city of it is joined, if briefly
        ("xyzzy Leeds plugh?", Intent.START_CITY, "no phrase was found"),
        ("xyzzy plugh in leeds, plugh?", Intent.QUESTION, "no phrase was found"),
        ("xyzzy plugh Barcelona plugh", Intent.JOIN, "no phrase was found"),
        ("xyzzy plugh Barcelona " + "plugh " * 15, Intent.OTHER, "no phrase was found"),
        ("xyzzy plugh with two friends plugh?", Intent.QUESTION, "no phrase was found"),
        # what sounds like a wish for a place, but names one of the campaign's
        ("Could we do something in London?", Intent.QUESTION, "asks for a listed city"),
        ("Could we do something in London", Intent.JOIN, "asks for a listed city"),
        ("The banner over the old stage read allí estaré", Intent.JOIN, "a phrase of another language"),
        ("I want to come but that week is difficult", Intent.DECLINE, "wishes, and then says but"),
        ("My neighbour said I'll be there", Intent.JOIN, "may be told of somebody else"),
        ("How do I delete my comment?", Intent.QUESTION, "may want data deleted"),
        ("Nothing in Leeds? Not that I can come, I can't come", Intent.START_CITY, "also says no"),
        ("I'll be there. " + "and so on it goes " * 12, Intent.JOIN, "a long reply"),
        ("I overdosed last year, in 2025, and lost my friend", Intent.SUPPORT, "may be an alarm"),
    ],
)
def test_what_is_doubtful_goes_to_a_person_with_the_reason(text: str, intent: Intent, doubt: str) -> None:
    reading = read(text, post_city="London")
    assert (reading.intent, reading.needs_review) == (intent, True)
    assert doubt in reading.why


def test_a_but_tells_which_of_yes_and_no_is_meant() -> None:
    yes = read("I can't come at six, but I'll be there at seven", post_city="London")
    no = read("I'll be there in spirit. I wanted to, I'll come next time, but I can't come", post_city="London")
    assert [(r.intent, r.needs_review) for r in (yes, no)] == [(Intent.JOIN, False), (Intent.DECLINE, False)]


def test_what_is_quoted_is_not_said() -> None:
    assert read('The sign says "I will be there" on both sides', post_city="London").intent is Intent.OTHER
    assert read('"I will be there"', post_city="London").intent is Intent.JOIN
    assert read('He shouted "kill myself"', post_city="London").intent is Intent.CRISIS


def test_a_crisis_is_over_where_its_own_sentence_says_so() -> None:
    past = read("In 2014 I overdosed. Thank you all")
    now = read("In 2014 I lost my job. I overdosed")
    assert [(r.intent, r.needs_review) for r in (past, now)] == [(Intent.SUPPORT, True), (Intent.CRISIS, True)]


def test_what_hints_at_a_yes_that_no_phrase_knows_goes_to_a_person() -> None:
    said = [
        "Thank you",
        "Thank you Barcelona",
        "I can't come",
        "I can't come to Barcelona",
        "What time?",
        "What time I?",
    ]
    doubts = [(r.intent, r.needs_review) for r in (read(text, post_city="London") for text in said)]
    assert doubts == [
        (Intent.SUPPORT, False),
        (Intent.SUPPORT, True),
        (Intent.DECLINE, False),
        (Intent.DECLINE, True),
        (Intent.QUESTION, False),
        (Intent.QUESTION, True),
    ]


def test_a_weaker_intent_beside_it_lowers_confidence_only() -> None:
    reading = read("Thank you! I'll be there", post_city="London")
    assert (reading.intent, reading.confidence, reading.needs_review) == (Intent.JOIN, 0.8, False)


def test_handles_and_signs_alone_need_nobody() -> None:
    assert [(r.intent, r.why, r.needs_review) for r in (read("@a @b"), read("..."))] == [
        (Intent.OTHER, "other: only handles", False),
        (Intent.OTHER, "other: no words", False),
    ]


def test_where_no_rule_speaks_an_agreeing_model_is_enough() -> None:
    reading = read("xyzzy plugh", guess=made.guess(Intent.OTHER, 0.9))
    assert (reading.intent, reading.confidence, reading.needs_review) == (Intent.OTHER, 0.885, False)
