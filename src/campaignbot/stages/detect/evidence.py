"""What the phrases found in one reply amount to: which hits count, and how sure each intent is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from campaignbot.model.reply import Intent
from campaignbot.stages.detect import clean, phrases, places
from campaignbot.stages.detect.phrases import Book, Hit, Phrase

SAFETY = frozenset({Intent.CRISIS, Intent.OPT_OUT})
_NEGATED = {Intent.JOIN: Intent.DECLINE, Intent.START_CITY: Intent.OTHER, Intent.SUPPORT: Intent.OTHER}
_REACH = 3  #: how far before a phrase, in words, a negation still denies it
_OPENING = 2  #: a question begins within so many words of its clause
_OVER = 2  #: words between an "after" and what is over then
_SURE = 0.7
_PLAIN_ENOUGH = 4  #: words of a phrase, its place among them, that make a place of a word without a capital


@dataclass(frozen=True, slots=True)
class Evidence:
    """The hits that count, by intent, and the hints beside them."""

    intents: dict[Intent, tuple[Hit, ...]]
    hints: dict[str, tuple[Hit, ...]]
    sizes: tuple[Hit, ...]

    def first(self, intent: Intent) -> Hit:
        """The longest hit of an intent: what is shown as the reason."""
        return max(self.intents[intent], key=lambda hit: hit.length)

    def hinted(self, name: str) -> tuple[Hit, ...]:
        return self.hints.get(name, ())


def weighed(
    hits: Iterable[Hit], text: clean.Text, named: Sequence[places.Place], *, book: Book, language: str, sure: float
) -> Evidence:
    """Sort what was found: drop what a longer phrase covers, turn round what is denied, and mind the language."""
    known = places.spots(named)
    telling = _telling(text, known, book)
    stood = [
        hit
        for hit in hits
        if not _foreign(hit, known, language=language, sure=sure)
        and not _nowhere(hit, text, book, language=language)
        and not _idle(hit, text, known)
        and not _hollow(hit, text, book, language=language)
    ]
    intents: dict[Intent, list[Hit]] = {}
    hints: dict[str, list[Hit]] = {}
    claims: list[Hit] = []
    for hit in stood:
        section, _, name = hit.phrase.kind.rpartition("/")
        if section == "hints":
            hints.setdefault(name, []).append(hit)
        elif section == "whole":
            if _whole(hit, text, telling):
                claims.append(replace(hit, phrase=replace(hit.phrase, kind=name)))
        elif not section:
            claims.append(hit)
    idiom = _idiom(claims, text, book)
    for hit in _counting(claims, text):
        turned, intent = _turned(hit, text, book, language=language, idiom=idiom)
        intents.setdefault(intent, []).append(turned)
    return Evidence(
        intents={intent: tuple(found) for intent, found in intents.items()},
        hints={name: tuple(found) for name, found in hints.items()},
        sizes=tuple(hit for hit in stood if hit.phrase.kind.startswith("size/")),
    )


def _counting(claims: Sequence[Hit], text: clean.Text) -> list[Hit]:
    """All safety hits; of the others, those that no longer phrase covers and that the writer does not merely quote.

    A question covers nothing: it may hold a wish.
    """
    safe = [hit for hit in claims if hit.phrase.kind in SAFETY]
    said = [hit for hit in claims if not text.quoted.issuperset(range(hit.start, hit.end))]
    told = phrases.outermost(hit for hit in said if hit.phrase.kind != Intent.QUESTION)
    asked = [hit for hit in phrases.outermost(said) if hit.phrase.kind == Intent.QUESTION]
    return safe + [hit for hit in told if hit.phrase.kind not in SAFETY] + asked


def _idiom(claims: Iterable[Hit], text: clean.Text, book: Book) -> set[int]:
    """The negations that a phrase names itself: the "can't" of "can't wait" denies nothing."""
    return {
        at
        for hit in claims
        if hit.phrase.kind in _NEGATED
        for at in range(hit.start, hit.end)
        if text.words[at].folded in book.negations and text.words[at].folded in map(clean.fold, hit.phrase.words)
    }


def _foreign(hit: Hit, known: Collection[int], *, language: str, sure: float) -> bool:
    """Whether a lone word, or little words around what may be no place, belong to a language that this is not: "vin" is
    a yes in Romanian and wine in French."""
    lone = hit.length - (hit.place is not None) == 1
    vague = hit.phrase.kind == Intent.START_CITY and hit.place is not None and hit.place not in known
    weak = (lone or vague) and hit.phrase.kind not in SAFETY
    return weak and sure >= _SURE and hit.phrase.language not in {"any", language}


def _nowhere(hit: Hit, text: clean.Text, book: Book, *, language: str) -> bool:
    """Whether a word stands where a place should that is none: "in peace". "Gent" is a town, but not in Catalan."""
    spoken = hit.phrase.language, language
    return hit.place is not None and text.words[hit.place].folded in book.said("nowhere", *spoken)


def _hollow(hit: Hit, text: clean.Text, book: Book, *, language: str) -> bool:
    """Whether what sounds like a no is none: "no, I will" is no "no I will", nor is "not far" or "after work"."""
    if hit.phrase.kind != Intent.DECLINE:
        return False
    spoken = hit.phrase.language, language
    first, last = text.words[hit.start], text.words[hit.end - 1]
    if hit.length > 1 and first.folded in book.before:
        return first.clause != last.clause
    ahead = text.words[max(0, hit.start - _OVER) : hit.start]
    for words, meaning in ((ahead[-1:], "before"), (ahead + text.words[hit.end : hit.end + 1], "once")):
        listed = book.said(meaning, *spoken)
        if any(word.clause == first.clause and word.folded in listed for word in words):
            return True
    return False


def _idle(hit: Hit, text: clean.Text, known: Collection[int]) -> bool:
    """Whether what looks like a question is none, or a plain word stands where a place should."""
    if hit.phrase.kind == Intent.QUESTION:
        first = text.words[hit.start]
        opens = hit.start < _OPENING or text.words[hit.start - _OPENING].clause != first.clause
        return not opens and first.sentence not in text.asked
    if hit.place is None or hit.place in known:
        return False
    if hit.phrase.kind == Intent.JOIN:  # nobody joins in a place that no table knows
        return True
    if hit.phrase.kind != Intent.START_CITY:
        return False
    word = text.words[hit.place]
    opens = not hit.place or text.words[hit.place - 1].sentence != word.sentence  # there everything has a capital
    close = hit.length >= _PLAIN_ENOUGH and not hit.phrase.gapped
    return opens or word.folded[0].isdigit() or not (word.capital or close)


def _telling(text: clean.Text, known: Collection[int], book: Book) -> dict[int, tuple[int, int]]:
    """By sentence, its first and its last word that says anything, greetings, handles, signs and cities apart."""
    spans: dict[int, tuple[int, int]] = {}
    for at, word in enumerate(text.words):
        idle = word.folded in book.fillers or word.folded == clean.HANDLE or not word.folded[0].isalnum()
        if at not in known and not idle:
            spans[word.sentence] = (spans.get(word.sentence, (at, at))[0], at)
    return spans


def _whole(hit: Hit, text: clean.Text, telling: Mapping[int, tuple[int, int]]) -> bool:
    """Whether a phrase is all that its sentence says."""
    first, last = telling.get(text.words[hit.start].sentence, (hit.start, hit.start))
    return hit.start <= first and last < hit.end


def _turned(hit: Hit, text: clean.Text, book: Book, *, language: str, idiom: Collection[int]) -> tuple[Hit, Intent]:
    intent = Intent(hit.phrase.kind)
    if intent not in _NEGATED or not _denied(hit, text, book, language=language, idiom=idiom):
        return hit, intent
    turned: Phrase = replace(hit.phrase, kind=_NEGATED[intent], source=f"not: {hit.phrase.source}")
    return replace(hit, phrase=turned), _NEGATED[intent]


def _denied(hit: Hit, text: clean.Text, book: Book, *, language: str, idiom: Collection[int]) -> bool:
    """Whether a negation that no phrase names stands before, inside or behind this one in the clause it ends in."""
    spoken = hit.phrase.language, language
    first, last = text.words[hit.start].clause, text.words[hit.end - 1].clause
    start = max(0, hit.start - _REACH) if first == last else hit.start
    turns = [at for at in range(start, hit.start) if text.words[at].folded in book.said("but", *spoken)]
    earlier = range(turns[-1] if turns else start, hit.end)
    later = range(hit.start, min(hit.end + _REACH, len(text.words)))
    return any(
        text.words[at].clause == last and text.words[at].folded in words and at not in idiom
        for places, words in ((earlier, book.said("before", *spoken)), (later, book.said("after", *spoken)))
        for at in places
    )
