"""Which hits count."""

import pytest

from campaignbot.model.reply import Intent
from stages.detect.nine import read


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I'm not coming", Intent.DECLINE),
        ("I don't think I can come", Intent.DECLINE),
        ("I won't miss it", Intent.JOIN),
        ("can't wait to be there", Intent.JOIN),
        ("no, voy a ir", Intent.JOIN),
        ("no voy a ir", Intent.DECLINE),
        ("je viens pas", Intent.DECLINE),
        ("jag kommer tyvärr inte", Intent.DECLINE),
        ("nu vin", Intent.DECLINE),
        ("не приду", Intent.DECLINE),
        ("вряд ли смогу прийти", Intent.DECLINE),
        ("I'd come if I were in town", Intent.DECLINE),
    ],
)
def test_a_negation_turns_a_yes_round_and_a_longer_phrase_wins(text: str, intent: Intent) -> None:
    assert read(text, post_city="London").intent is intent


def test_a_whole_sentence_is_whole_but_for_greetings_handles_signs_and_cities() -> None:
    assert read("hi @anna, yes please!! ❤ Toronto").intent is Intent.JOIN
    assert read("the colour of yes is blue").intent is Intent.OTHER


def test_a_word_of_another_language_alone_means_nothing() -> None:
    assert read("Une bonne bouteille de vin rouge, s'il vous plaît").intent is Intent.OTHER
    assert read("Vin", post_city="Bucharest").intent is Intent.JOIN
    # nor do the little words around a place that is none
    assert read("Ho he vist a l'institut i em pregunten si cal espelma").intent is not Intent.START_CITY


def test_a_capital_at_the_start_makes_no_place_of_a_word() -> None:
    assert read("İlk eylemim olacak, geliyorum", post_city="Sydney").intent is Intent.JOIN
    assert read("Ankara'da bir şey var mı?").intent is Intent.START_CITY


def test_a_plain_word_is_no_place_and_a_remark_no_question() -> None:
    assert read("I choose Xanadu").intent is not Intent.JOIN
    assert read("I choose Toronto").intent is Intent.JOIN
    assert read("Anything in peace?").intent is not Intent.START_CITY
    assert read("Lovely weather next").intent is not Intent.START_CITY
    assert read("Somebody always asks what time it is").intent is Intent.OTHER
    assert read("Tell me please: what time").intent is Intent.QUESTION


def test_what_is_denied_or_over_is_no_excuse() -> None:
    assert read("It's not too far for me, I'll be there", post_city="London").needs_review is False
    assert read("I'll be there after my shift", post_city="London").needs_review is False
    assert read("Not tired today, I can come", post_city="London").intent is Intent.JOIN
    assert read("It's too far for me").intent is Intent.DECLINE
    assert read("My shift ends at ten, sorry").intent is Intent.DECLINE
