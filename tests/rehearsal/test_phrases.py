import pytest

import made
from campaignbot.model.reply import Intent, Reply
from campaignbot.rehearsal.phrases import MEANING, PHRASES
from campaignbot.stages import detect


def test_every_language_says_each_thing() -> None:
    meant = {language: {intent for _, intent, _ in phrases} for language, phrases in PHRASES.items()}
    assert meant == dict.fromkeys(["en", "fr", "es", "ca", "sv", "ro", "ru"], set(Intent) - {Intent.OTHER})


def test_no_two_texts_are_alike_and_all_are_short() -> None:
    texts = [words for phrases in PHRASES.values() for words, _, _ in phrases]
    assert (sorted(MEANING), [words for words in texts if len(words) > 60]) == (sorted(texts), [])


@pytest.mark.parametrize("words", MEANING)
def test_whatever_is_not_handed_to_a_person_is_read_as_it_is_meant(words: str) -> None:
    reply = Reply(
        account="x-london",
        platform="x",
        id="1",
        author="2",
        handle="ann",
        text=words,
        at=made.NOON,
        root="3",
        city="London",
    )
    reading = detect.reading(reply, made.campaign(), guess=None)
    intent, party = MEANING[words]
    assert reading.needs_review or (reading.intent, reading.party_size) == (intent, party)
