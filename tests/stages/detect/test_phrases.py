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
        for choices in phrase.elements
        for word in choices
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
        assert not [word for choices in phrase.elements for word in choices if "<" in word or ">" in word], phrase
        fill = {"{n}": "7", "{place}": "Xanadu", "*": "word", "...": "", "://": "https://example.org"}
        words = [fill.get(choices[0], choices[0].strip("*")) for choices in phrase.elements]
        text = clean.text(" ".join(word for word in words if word))
        assert phrase in {hit.phrase for hit in book.tree.hits(text.words)}, phrase
