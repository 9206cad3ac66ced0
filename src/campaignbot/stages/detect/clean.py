"""A reply's words, as they are matched: whatever the writer's keyboard, tricks or attackers did to them."""

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 2_000
"""How many characters of a reply are read. What is longer goes to a person, who sees all of it."""

HANDLE = "@"
LINK = "://"

#: One pass, no nested repetition: the time is linear in the text whatever it holds.
_TOKEN = re.compile(
    r"https?://\S+|www\.\S+|t\.me/\S+|\w+(?:\.\w+){0,2}\.(?:com|net|org|biz|ly|gl|xyz)\b(?:/\S*)?"
    r"|@[\w.]+|\+\d+|\w+(?:['’ʼ´`·]\w+)*|\s[-–—]\s|\S|\n"
)
_APOSTROPHES = str.maketrans("", "", "'’ʼ´`·_")  # with the point of Catalan
_RUN = re.compile(r"([^\W\d_])\1\1+")
_ENDS = frozenset(".!?…;؟\n")
_QUESTIONS = frozenset("?؟;")  # NFKC makes the Greek question mark a semicolon
_PAUSES = frozenset(',:()"«»“”„–—-،')
_MARKS = frozenset('"«»“”„')
_UNCOMPOSED = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ـ": None}
)
_LOOKALIKES = str.maketrans("асеорхуіјѕвкмнтαοερνιτυκχ", "aceopxyijsbkmhtaoepvitukx")
#: They print nothing, or nearly, and are letters or marks all the same; and the bracket that names the others.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0⟨")
_TORN = re.compile("[\ud800-\udfff\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")
#: What was worked out of a letter, or of a word of at most so many letters, is kept for the next reply.
_KEPT, _USUAL = 8192, 24
_PICTURED = frozenset({"So", "Sk", "Mn"})  #: what a joiner inside an emoji follows
_SQUARED = {
    start + offset: chr(ord("A") + offset) for start in (0x1F130, 0x1F150, 0x1F170) for offset in range(26)
}  # NFKC knows circled and mathematical letters, not the filled ones


@dataclass(frozen=True, slots=True)
class Word:
    """One word, link, handle, sign or emoji."""

    text: str  #: as written
    folded: str  #: for matching: no case, accents, apostrophes or look-alikes
    sentence: int
    clause: int

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()

    @property
    def caseless(self) -> bool:
        """Whether it is written in a script without capitals."""
        return self.text[:1].lower() == self.text[:1].upper()


@dataclass(frozen=True, slots=True)
class Text:
    """A reply, cleaned and cut into words."""

    plain: str
    words: tuple[Word, ...]
    asked: frozenset[int]  #: the sentences that end in a question mark
    quoted: frozenset[int]  #: the words between quotation marks, where others stand outside them
    cut: bool  #: whether it was longer than what is read
    torn: bool  #: whether it holds what is no letter of anybody's: half a character, or the sign for one that was lost


def text(raw: str) -> Text:
    """Clean one reply and cut it into words, in time linear in its length and at most `MOST` characters of it."""
    plain = _plain(raw[:MOST])
    words: list[Word] = []
    asked: set[int] = set()
    marks: list[int] = []
    sentence = clause = 0
    for found in _TOKEN.finditer(plain[:MOST]):
        cut = found.group()
        sign = cut if cut == "\n" else cut.strip()
        if sign in _ENDS:
            if sign in _QUESTIONS:
                asked.add(sentence)
            if words and words[-1].sentence == sentence:
                sentence, clause = sentence + 1, clause + 1
        elif sign in _PAUSES:
            # a hyphen inside a word joins; between spaces it parts
            clause += 1 if sign != "-" or len(cut) > 1 else 0
            marks += [len(words)] if sign in _MARKS else []
        else:
            folded = fold(sign)
            if folded:
                words.append(Word(text=sign, folded=folded, sentence=sentence, clause=clause))
    too_long = len(raw) > MOST or len(plain) > MOST
    torn = _TORN.search(raw[:MOST]) is not None
    return Text(plain, tuple(words), frozenset(asked), _quoted(marks, len(words)), cut=too_long, torn=torn)


def _quoted(marks: Sequence[int], words: int) -> frozenset[int]:
    """The words between each pair of marks; none where all are: what stands in quotation marks whole is meant so."""
    quoted = {at for start, end in zip(marks[::2], marks[1::2], strict=False) for at in range(start, end)}
    return frozenset(quoted) if len(quoted) < words else frozenset()


def fold(word: str) -> str:
    """One word as it is compared: every handle and every link is one and the same."""
    if word.startswith("@"):
        return HANDLE
    if "." in word or "//" in word:
        return LINK
    if word.isascii() and word.isalnum():
        return _RUN.sub(r"\1", word.lower())
    return _folded(word) if len(word) <= _USUAL else _folded.__wrapped__(word)


@functools.lru_cache(maxsize=_KEPT)
def _folded(word: str) -> str:
    bare = "".join(map(_unmarked, unicodedata.normalize("NFKD", word.casefold())))
    bare = bare.casefold().translate(_UNCOMPOSED).translate(_APOSTROPHES)
    if 2 * sum("a" <= c <= "z" for c in bare) >= len(bare):  # a Latin word with a few strangers in it
        bare = bare.translate(_LOOKALIKES)
    return _RUN.sub(r"\1", bare)


@functools.lru_cache(maxsize=_KEPT)
def _unmarked(c: str) -> str:
    return "" if unicodedata.category(c) == "Mn" else c


def visible(raw: str) -> str:
    """Any text on one line, of what can be seen alone: no escape codes, no bidirectional tricks."""
    shown = (c if unicodedata.category(c) not in {"Cc", "Cs", "Cf", "Co", "Cn", "Zl", "Zp"} else " " for c in raw)
    return " ".join("".join(shown).split())


def marked(raw: str) -> str:
    """Any text on one line, whole: what nobody sees, or what turns the direction of the rest, is named (⟨U+202E⟩), a
    new line is ⏎. Spaces of every kind and the joiners of an emoji stand as they are."""
    named: list[str] = []
    before = " "
    for c in raw.replace("\r\n", "\n"):
        if c == "\n":
            named.append(" ⏎ ")
        elif (c in "\u200d\ufe0f" and unicodedata.category(before) in _PICTURED) or not _unseen(c):
            named.append(c)
        else:
            named.append(f"⟨U+{ord(c):04X}⟩")
        before = c
    return "".join(named)


def _unseen(c: str) -> bool:
    if unicodedata.category(c) == "Zs":
        return False
    return not c.isprintable() or c in _BLANK or "\ufe00" <= c <= "\ufe0f" or "\U000e0100" <= c <= "\U000e01ef"


def _plain(raw: str) -> str:
    """NFKC without what cannot be seen: controls, zero-width and bidirectional marks, lone surrogates, zalgo."""
    if raw.isascii() and raw.isprintable():
        return raw
    return "".join(map(_shown, unicodedata.normalize("NFKC", raw.translate(_SQUARED))))


@functools.lru_cache(maxsize=_KEPT)
def _shown(c: str) -> str:
    category = unicodedata.category(c)
    if category in {"Cc", "Cs", "Zl", "Zp"}:
        return "\n" if c in "\n\r\u2028\u2029" else " "
    return "" if category in {"Cf", "Mn", "Me", "Co", "Cn"} or 0x1F3FB <= ord(c) <= 0x1F3FF else c
