"""Which language a reply is in: by its script and telling letters where they decide, else by `tongues`."""

import functools
import unicodedata
from collections import Counter

from campaignbot.stages.detect import tongues

UNKNOWN = "und"
LATIN = frozenset({"en", "fr", "es", "ca", "sv", "ro", "pt", "de", "it", "tr", "pl"})
CYRILLIC = frozenset({"ru", "uk"})

_SCRIPTS = {"LATIN": "latin", "CYRILLIC": "cyrillic", "GREEK": "el", "ARABIC": "ar"}
_TELLING = {
    **dict.fromkeys("іїєґ", "uk"),
    **dict.fromkeys("ыэёъ", "ru"),
    **dict.fromkeys("șțăţ", "ro"),
    **dict.fromkeys("ñ¿¡", "es"),
    "å": "sv",
    "ß": "de",
    **dict.fromkeys("łżśźćęą", "pl"),
    **dict.fromkeys("ığ", "tr"),
    **dict.fromkeys("ãõ", "pt"),
}


def guess(plain: str) -> tuple[str, float]:
    """The language (ISO 639-1, or "und") and how sure that is, from 0 to 1."""
    lowered = plain.lower()
    scripts = Counter(map(_script, filter(str.isalpha, lowered)))
    if not scripts:
        return UNKNOWN, 0.0
    script = scripts.most_common(1)[0][0]
    if script not in {"latin", "cyrillic"}:
        return script, 0.0 if script == UNKNOWN else 1.0
    told = {_TELLING[c] for c in _TELLING.keys() & set(lowered)} & (LATIN if script == "latin" else CYRILLIC)
    if len(told) == 1:
        return told.pop(), 0.95
    return _modelled(plain, LATIN if script == "latin" else CYRILLIC)


@functools.lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], UNKNOWN)


def _modelled(plain: str, among: frozenset[str]) -> tuple[str, float]:
    shares = tongues.shipped().shares(plain, among)
    best = max(shares, key=shares.__getitem__)
    return best, shares[best]
