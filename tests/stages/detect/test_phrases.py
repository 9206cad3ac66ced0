"""The phrases, and the machine that finds them."""

import pytest

from campaignbot.model.reply import Intent
from campaignbot.stages.detect import clean, phrases
from campaignbot.stages.detect.phrases import Hit, Phrase, Tree


def tree(*sources: str) -> Tree:
    listed = [Phrase("join", "en", source) for source in sources]
    return Tree(listed, numbers={"two": 2, "many": 400})


def found(sources: tuple[str, ...], text: str) -> list[tuple[str, int, int]]:
    return [(hit.phrase.source, hit.start, hit.end) for hit in tree(*sources).hits(clean.text(text).words)]


@pytest.mark.parametrize(
    ("source", "text", "spans"),
    [
        ("count me in", "please COUNT me  in", [(1, 4)]),
        ("count me in", "count me out", []),
        ("count me in", "count. me in", []),
        ("com*", "come coming income com", [(0, 1), (1, 2), (3, 4)]),
        ("*ing", "going ring-a-ding", [(0, 1), (1, 2), (3, 4)]),
        ("my * and i", "my mum and I", [(0, 4)]),
        ("i'll ... be there", "I'll be there", [(0, 3)]),
        ("i'll ... be there", "i'll most certainly try be there", [(0, 6)]),
        ("i'll ... be there", "i'll one two three four be there", []),
        ("me|us two", "me two us two", [(0, 2), (2, 4)]),
        ("peut-être", "Peut-être", [(0, 2)]),
        ("me and {n}", "me and 3", [(0, 3)]),
        ("me and {n}", "me and many", []),
        ("me and {n}", "me and 0", []),
        ("in {place}", "in Leeds", [(0, 2)]),
    ],
)
def test_a_phrase_is_found_where_it_stands(source: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert found((source,), text) == [(source, start, end) for start, end in spans]


def test_numbers_and_places_are_handed_over() -> None:
    (hit,) = tree("{n} in {place}").hits(clean.text("two in Leeds").words)
    assert (hit.number, hit.place, hit.length) == (2, 2, 3)


def test_many_phrases_share_one_walk() -> None:
    assert found(("i will", "i will come", "will ... home"), "i will come home") == [
        ("i will", 0, 2),
        ("i will come", 0, 3),
        ("will ... home", 1, 4),
    ]


def test_a_set_stands_for_any_of_its_words() -> None:
    assert phrases.elements("my|our <kin> and-i", {"kin": ["wife", "son"]}) == (
        ("my", "our"),
        ("wife", "son"),
        ("and",),
        ("i",),
    )
    with pytest.raises(KeyError):
        phrases.elements("my <kim>", {"kin": ["wife"]})


def test_no_phrase_folds_to_less_than_it_says() -> None:
    """Letters written three times are one: "kkk*" would be any word that begins with a k."""
    assert [
        phrase
        for phrase in phrases.shipped().phrases
        for word in phrase.words
        if word.endswith("*") and len(clean.fold(word.strip("*"))) < len(word.strip("*").casefold()) - 2
    ] == []


def test_of_many_choices_the_reason_names_the_first() -> None:
    assert Phrase("join", "en", "i|we a|b|c|d|e").why == "join (en): i|we a|b|c|d|…"


def test_only_the_longest_of_nested_hits_stay() -> None:
    def hit(start: int, end: int, source: str) -> Hit:
        return Hit(Phrase("join", "en", source), start, end)

    nested = [hit(1, 2, "inner"), hit(0, 3, "outer"), hit(0, 3, "twin"), hit(0, 1, "head"), hit(2, 4, "beside")]
    assert [one.phrase.source for one in phrases.outermost(nested)] == ["outer", "twin", "beside"]


def test_every_line_of_the_shipped_files_is_found_by_itself() -> None:
    """A phrase that can never match is a slip of the pen: a sign in it, an order of alternatives, a word never met."""
    book = phrases.shipped()
    known = {*Intent}
    assert len(book.phrases) == len(set(book.phrases))
    for phrase in book.phrases:
        section, _, name = phrase.kind.rpartition("/")
        assert section in {"whole", "hints", "size"} or name in known, phrase
        assert not phrase.source.startswith("..."), phrase
        assert not phrase.source.endswith("..."), phrase
        assert not [word for word in phrase.words if "<" in word or ">" in word], phrase
        fill = {"{n}": "7", "{place}": "Xanadu", "*": "word", "...": "", "://": "https://example.org"}
        firsts = [word for choices in phrase.elements for word in choices[0].split("_")]
        words = [fill.get(word, word.strip("*")) for word in firsts]
        text = clean.text(" ".join(word for word in words if word))
        assert phrase in {hit.phrase for hit in book.tree.hits(text.words)}, phrase


@pytest.mark.parametrize(
    ("source", "text", "spans"),
    [
        ("i_will|we_will|i'll ... come", "we will surely come", [(0, 4)]),
        ("i_will|we_will|i'll ... come", "I will come. I'll come", [(0, 3), (3, 5)]),
        ("i_will|we_will|i'll ... come", "i we will come", [(1, 4)]),
        ("i_will|we_will|i'll ... come", "we come", []),
        ("my|our_dear friend*", "our dear friends", [(0, 3)]),
        ("to_*ing|go home", "to walking home, go home", [(0, 3), (3, 5)]),
    ],
)
def test_words_that_are_tied_are_one_choice(source: str, text: str, spans: list[tuple[int, int]]) -> None:
    hits = [(start, end) for name, start, end in found((source, "we"), text) if name == source]
    assert hits == spans
    assert [*Phrase("join", "en", "i_will|i'll come", elements=phrases.elements("i_will|i'll come")).words] == [
        "i",
        "will",
        "i'll",
        "come",
    ]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("i'll|i will|we will ... come", {"will"}),
        ("una pena no|que no", {"no"}),
        ("est-ce|est que", {"est"}),
        ("i'll|i_will|we_will ... come", set()),
        ("count me|us in", set()),
        ("nice|good idea|nice", set()),  # a nice idea, and a good one
        ("no no", set()),
        ("a|* *", set()),
    ],
)
def test_a_choice_of_two_words_that_are_not_tied_shows_by_a_word_said_twice(source: str, words: set[str]) -> None:
    assert phrases.doubled(source) == words


def test_no_shipped_line_says_a_word_twice_for_want_of_a_tie() -> None:
    assert [phrase.source for phrase in phrases.shipped().phrases if phrases.doubled(phrase.source)] == []
