"""How many people come, where the reply says so; nothing is invented."""

from collections.abc import Sequence

from campaignbot.stages.detect import clean, phrases
from campaignbot.stages.detect.phrases import Hit

_TOTAL, _BESIDES, _FIXED, _NONE = "size/total", "size/besides", "size/fixed", "size/none"
_PLUS = frozenset(range(3, 22))


def size(hits: Sequence[Hit], text: clean.Text) -> int | None:
    """The people coming, the writer included; None unless one number is stated."""
    stated = phrases.outermost(hits)
    sizes = {_value(hit) for hit in stated} | plus(text)
    several = _several(text)
    if len(sizes) != 1 or any(hit.phrase.kind == _NONE or _more(hit, several) for hit in stated):
        return None
    return sizes.pop()


def _value(hit: Hit) -> int:
    if hit.phrase.kind == _FIXED:
        return hit.phrase.value
    return (hit.number or 0) + (1 if hit.phrase.kind == _BESIDES else 0)


def _several(text: clean.Text) -> tuple[int, ...]:
    """Which words name more than one."""
    counts = phrases.shipped().tree.number
    return tuple(at for at, word in enumerate(text.words) if (counts(word.folded) or 0) > 1)


def _more(hit: Hit, several: Sequence[int]) -> bool:
    """Whether somebody is named beside a fixed size: "with my mother and two friends" is not two."""
    beside = several and (several[0] < hit.start or several[-1] >= hit.end)
    return hit.phrase.kind == _FIXED and bool(beside)


def plus(text: clean.Text) -> set[int]:
    """ "+2" is the writer and two more. "+1" is as often only a yes, and "+44 20" a telephone number."""
    sizes = set()
    for at, word in enumerate(text.words):
        more, next_ = word.folded[1:], text.words[at + 1 : at + 2]
        telephone = bool(next_) and next_[0].folded[:1].isdecimal()
        if word.folded.startswith("+") and more.isascii() and more.isdecimal() and not telephone:
            sizes |= {int(more) + 1} & _PLUS
    return sizes
