"""Which language a reply is in: by its script and telling letters where they decide, else by py3langid."""

import functools
import importlib
import unicodedata
from collections import Counter
from typing import Any

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
    ranked = [(name, share) for name, share in _identifier().rank(plain) if name in among]
    best, share = ranked[0]
    return best, share / max(sum(share for _, share in ranked), 1e-9)


@functools.cache
def _identifier() -> Any:
    # imported when the first reply needs it: the model takes about 70 MB that an idle program does not have to hold
    langid = importlib.import_module("py3langid.langid")
    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(LATIN | CYRILLIC)
    return identifier
