"""How many people come, where the reply says so; nothing is invented.

A size stands in a phrase of the phrase files, and more people may be chained to it: "my wife and I", and then "and two
friends"; or it is that of a list of people (`company`). A number that counts hours, kilometres or euros is none;
where two sizes differ, or a phrase says "some friends", none is taken.
"""

from collections.abc import Collection, Sequence

from campaignbot.stages.detect import clean, company, phrases
from campaignbot.stages.detect.phrases import Book, Hit

_TOTAL, _BESIDES, _FIXED = "size/total", "size/besides", "size/fixed"
_NONE, _TIME, _MORE = "size/none", "size/time", "size/more"
_NUMBER = "{n}"
_AGE = 16  #: a number from here on is as often somebody's age
_PLUS = frozenset(range(3, 22))


def size(hits: Sequence[Hit], text: clean.Text, language: str) -> int | None:
    """The people coming, the writer included; None unless one number is stated."""
    book = phrases.shipped()
    counted = [hit for hit in hits if _said(hit, text, book) and not _unit_follows(hit, text, book)]
    said = phrases.outermost([hit for hit in counted if hit.phrase.kind != _MORE])
    times = [hit for hit in said if hit.phrase.kind == _TIME]
    stated = _apart([hit for hit in said if hit.phrase.kind != _TIME and not any(_meets(hit, one) for one in times)])
    more = [hit for hit in counted if hit.phrase.kind == _MORE]
    lists = company.listed(text, {language, *(hit.phrase.language for hit in stated)})
    alone = [hit for hit in stated if not any(one.start <= hit.start and hit.end <= one.end for one in lists)]
    chains = [c for hit in alone if not _less(c := _chain(hit, more, text, book), lists)]
    chains += [(one.start, one.end, one.count) for one in lists if one.count]
    whole = [c for c in chains if not any(o != c and o[0] <= c[0] and c[1] <= o[1] for o in chains)]
    totals = [hit for hit in alone if hit.phrase.kind == _TOTAL]
    sizes = {count for start, _, count in whole if not _part(start, count, totals, text)} | plus(text)
    vague = any(hit.phrase.kind == _NONE and (hit.number or not totals) for hit in stated)
    spoken = {at for start, end, _ in (*whole, *((hit.start, hit.end, 0) for hit in times)) for at in range(start, end)}
    if len(sizes) != 1 or vague or _left_over(spoken, stated, text, book):
        return None
    return next(iter(sizes))


def _less(chain: tuple[int, int, int], lists: Sequence[company.Company]) -> bool:
    """Whether a size is less than that of a list of people which it runs into."""
    start, end, count = chain
    return any(start < one.end and one.start < end and count < (one.count or 0) for one in lists)


def _part(start: int, count: int, totals: Sequence[Hit], text: clean.Text) -> bool:
    """Whether a size is part of one that its sentence states: "seven of us: the priest, five volunteers and me"."""
    sentence = text.words[start].sentence
    return any(count < (hit.number or 0) and text.words[hit.start].sentence == sentence for hit in totals)


def _apart(stated: Sequence[Hit]) -> list[Hit]:
    """Without those that count the writer's company alone: "me and two friends" and "two friends will" are one size."""
    besides = [hit for hit in stated if hit.phrase.kind == _BESIDES]
    return [
        hit
        for hit in stated
        if hit in besides or not any(one.number == hit.number is not None and _meets(one, hit) for one in besides)
    ]


def _said(hit: Hit, text: clean.Text, book: Book) -> bool:
    """Whether a phrase's number is one in its own language: the French "on" is no Turkish ten."""
    if hit.number is None or hit.phrase.language == "any":
        return True
    words = text.words[hit.start : hit.end]
    return any(book.number(word.folded, hit.phrase.language) == hit.number for word in words)


def _unit_follows(hit: Hit, text: clean.Text, book: Book) -> bool:
    """Whether the number at a phrase's end counts something else: "we are 20 minutes away"."""
    next_ = text.words[hit.end : hit.end + 1]
    units = book.said("units", hit.phrase.language)
    return hit.phrase.source.endswith(_NUMBER) and bool(next_) and next_[0].folded in units


def _chain(hit: Hit, more: Sequence[Hit], text: clean.Text, book: Book) -> tuple[int, int, int]:
    """One size with all that is chained to it before and behind: where it starts and ends, and how many they are."""
    start, end, count = hit.start, hit.end, _value(hit, text, book)
    more = [one for one in more if text.words[one.start].sentence == text.words[start].sentence]
    while behind := [one for one in more if one.start == end]:
        link = max(behind, key=lambda one: one.length)
        end, count = link.end, count + _value(link, text, book)
    while before := [one for one in more if one.end == start]:
        link = max(before, key=lambda one: one.length)
        start, count = link.start, count + _value(link, text, book)
    return start, end, count


def _value(hit: Hit, text: clean.Text, book: Book) -> int:
    if hit.number is None:
        return hit.phrase.value
    number = hit.number
    if hit.phrase.source.startswith(_NUMBER) and hit.start:  # "twenty-five of us": the phrase itself begins at "five"
        tens = book.tree.number(text.words[hit.start - 1].folded) or 0
        number += tens if tens % 10 == 0 and number < 10 else 0
    return number + (1 if hit.phrase.kind == _BESIDES else 0)


def _meets(one: Hit, two: Hit) -> bool:
    return one.start < two.end and two.start < one.end


def _left_over(spoken: Collection[int], stated: Sequence[Hit], text: clean.Text, book: Book) -> bool:
    """Whether a number stands beside a size without one: "my wife and I, the three of them too" is not two."""
    if not any(hit.phrase.kind == _FIXED for hit in stated):
        return False
    tongues = {hit.phrase.language for hit in stated}
    named, units = book.said("numbers", *tongues), book.said("units", *tongues)
    return any(
        1 < (book.tree.number(word.folded) or 0) < _AGE
        and (word.folded.isdecimal() or word.folded in named)
        and at not in spoken
        and not (text.words[at + 1 : at + 2] and text.words[at + 1].folded in units)
        for at, word in enumerate(text.words)
    )


def plus(text: clean.Text) -> set[int]:
    """ "+2" is the writer and two more. "+1" is as often only a yes, and "+44 20" a telephone number."""
    sizes = set()
    for at, word in enumerate(text.words):
        more, next_ = word.folded[1:], text.words[at + 1 : at + 2]
        telephone = bool(next_) and next_[0].folded[:1].isdecimal()
        if word.folded.startswith("+") and more.isascii() and more.isdecimal() and not telephone:
            sizes |= {int(more) + 1} & _PLUS
    return sizes
