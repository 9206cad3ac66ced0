"""Words as they are matched."""

import pytest

from campaignbot.stages.detect import clean


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Café", "cafe"),
        ("can’t", "cant"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("łódź", "lodz"),
        ("Ёлка", "елка"),
        ("сoming", "coming"),
        ("yesssss", "yes"),
        ("1000", "1000"),
        ("@Some_body", "@"),
        ("https://example.org/x", "://"),
        ("www.example.org", "://"),
        ("سأكونُ", "ساكون"),
        ("ΠΟΤΈ", "ποτε"),
    ],
)
def test_case_accents_apostrophes_and_look_alikes_are_folded(word: str, folded: str) -> None:
    assert clean.fold(word) == folded


def test_sentences_clauses_and_questions_are_told_apart() -> None:
    text = clean.text("No, I'm in!! New-York - when?\nπού; ок")
    assert [(w.folded, w.sentence, w.clause) for w in text.words] == [
        ("no", 0, 0),
        ("im", 0, 1),
        ("in", 0, 1),
        ("new", 1, 2),
        ("york", 1, 2),
        ("when", 1, 3),
        ("που", 2, 4),
        ("ок", 3, 5),
    ]
    assert text.asked == {1, 2}
    assert not text.cut


def test_what_cannot_be_seen_is_gone_and_a_break_stays_a_break() -> None:
    text = clean.text("a\u200bb\u202e\ud800 c\u0301\u0301\u0301\x1bd\u2028e 👍🏽")
    assert [w.text for w in text.words] == ["ab", "ć", "d", "e", "👍"]
    assert [w.sentence for w in text.words] == [0, 0, 0, 1, 1]


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    long = clean.text("x" * clean.MOST + " stop")
    grown = clean.text("ﷺ" * 500)  # one sign that NFKC makes eighteen
    assert (long.cut, len(long.words)) == (True, 1)
    assert (grown.cut, sum(len(w.text) for w in grown.words) <= clean.MOST) == (True, True)


def test_a_capital_is_seen() -> None:
    assert [w.capital for w in clean.text("Leeds leeds 5").words] == [True, False, False]


def test_visible_leaves_only_what_can_be_seen_on_one_line() -> None:
    assert clean.visible("a\x1b[31mb\u202ec\n d\ud800 \u200be") == "a [31mb c d e"


@pytest.mark.parametrize(
    ("raw", "marked"),
    [
        ("count us \u202eni", "count us ⟨U+202E⟩ni"),
        ("a\x1b[31m\x9bb\ud800", "a⟨U+001B⟩[31m⟨U+009B⟩b⟨U+D800⟩"),
        ("two\r\nlines\nand\u2028more", "two ⏎ lines ⏎ and⟨U+2028⟩more"),
        ("st\u200bop\u00ad\u2060\ufeff", "st⟨U+200B⟩op⟨U+00AD⟩⟨U+2060⟩⟨U+FEFF⟩"),
        ("\u3164\u2800\u034f\U000e0041\U000e0101", "⟨U+3164⟩⟨U+2800⟩⟨U+034F⟩⟨U+E0041⟩⟨U+E0101⟩"),
        ("❤\ufe0f 👩\U0001f3fd\u200d🚒", "❤\ufe0f 👩\U0001f3fd\u200d🚒"),
        ("a\ufe0fb\u200d", "a⟨U+FE0F⟩b⟨U+200D⟩"),
        ("viens\u202f! \u00a0", "viens\u202f! \u00a0"),
        ("⟨U+202E⟩", "⟨U+27E8⟩U+202E⟩"),
    ],
)
def test_marked_names_whatever_nobody_sees(raw: str, marked: str) -> None:
    assert clean.marked(raw) == marked
