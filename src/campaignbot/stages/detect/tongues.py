"""Which of thirteen languages a text is likeliest to be in, by the runs of two to six bytes in it: naive Bayes, with
the numbers of py3langid (BSD 3-Clause; see NOTICE).

`tongues.bin.xz` is made by `make tongues`: of 142 languages' numbers those of these. All little-endian: how likely each
language is (32-bit floats); how many runs of each length there are (32 bits); the runs, by length; the place of each
run's row (16 bits); the rows, none twice, a number a language (16-bit floats).
"""

import functools
import importlib.resources
import lzma
import math
import struct
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

LANGUAGES = ("ca", "de", "en", "es", "fr", "it", "pl", "pt", "ro", "ru", "sv", "tr", "uk")
SHORTEST, LONGEST = 2, 6  #: bytes of a run
_USUAL = LONGEST - 1
_NOTHING = (0.0,) * len(LANGUAGES)
_LENGTHS = range(SHORTEST, LONGEST + 1)
_ROW = struct.Struct(f"<{len(LANGUAGES)}e")
_PRIORS = struct.Struct(f"<{len(LANGUAGES)}f")
_COUNTS = struct.Struct(f"<{len(_LENGTHS)}I")


class Tongues:
    """The numbers, ready to be asked."""

    def __init__(self, data: bytes) -> None:
        self._priors = _PRIORS.unpack_from(data)
        at = _PRIORS.size + _COUNTS.size
        runs: list[bytes] = []
        for length, count in zip(_LENGTHS, _COUNTS.unpack_from(data, _PRIORS.size), strict=True):
            runs += [data[start : start + length] for start in range(at, at + count * length, length)]
            at += count * length
        self._places = dict(zip(runs, struct.unpack_from(f"<{len(runs)}H", data, at), strict=True))
        self._longest = frozenset(run[1:] for run in runs if len(run) == LONGEST)
        self._rows = data[at + 2 * len(runs) :]

    def shares(self, text: str, among: Collection[str]) -> dict[str, float]:
        """How likely the text is in each of these languages, as shares of 1; even where nothing speaks for any.

        Linear in the text.
        """
        data = unicodedata.normalize("NFC", text.lower() if text.isupper() else text).encode("utf-8", "surrogatepass")
        found = self._found(data)
        scores = self._scores(found) if found else _NOTHING
        heat = math.sqrt(len(data) or 1)  # a long text says the same thing many times, and is no surer for that
        told = {name: score / heat for name, score in zip(LANGUAGES, scores, strict=True) if name in among}
        most = max(told.values())
        raised = {name: math.exp(score - most) for name, score in told.items()}
        total = sum(raised.values())
        return {name: one / total for name, one in raised.items()}

    def _found(self, data: bytes) -> Mapping[bytes, int]:
        """The longest known run that ends at each byte, and how often each is met."""
        places, met = self._places, list[bytes]()
        for end in range(SHORTEST, len(data) + 1):
            run = data[end - _USUAL if end > _USUAL else 0 : end]
            if run in self._longest and data[end - LONGEST : end] in places:  # few are as long
                met.append(data[end - LONGEST : end])
                continue
            while run not in places and len(run) >= SHORTEST:
                run = run[1:]
            if len(run) >= SHORTEST:
                met.append(run)
        return Counter(met)

    def _scores(self, found: Mapping[bytes, int]) -> Sequence[float]:
        """Most runs are met once: these are summed up first, and then counted."""
        once = self._summed([run for run, times in found.items() if times == 1])
        scores = [prior + math.log(2) * one for prior, one in zip(self._priors, once, strict=True)]
        for run, times in found.items():
            if times > 1:
                weight = math.log1p(times)
                scores = [score + weight * one for score, one in zip(scores, self._summed([run]), strict=True)]
        return scores

    def _summed(self, runs: Sequence[bytes]) -> Iterable[float]:
        rows = [_ROW.unpack_from(self._rows, self._places[run] * _ROW.size) for run in runs]
        return map(sum, zip(*rows, strict=True)) if rows else _NOTHING


def packed(runs: Mapping[bytes, Sequence[float]], priors: Sequence[float]) -> bytes:
    """What `Tongues` reads, of each run and its row."""
    ordered = sorted(runs.items(), key=lambda one: (len(one[0]), one[0]))
    lengths = Counter(len(run) for run in runs)
    rows = {row: place for place, row in enumerate(dict.fromkeys(tuple(row) for _, row in ordered))}
    return b"".join(
        [
            _PRIORS.pack(*priors),
            _COUNTS.pack(*(lengths[length] for length in _LENGTHS)),
            *(run for run, _ in ordered),
            struct.pack(f"<{len(ordered)}H", *(rows[tuple(row)] for _, row in ordered)),
            *(_ROW.pack(*row) for row in rows),
        ]
    )


def unpacked() -> bytes:
    """What ships."""
    return lzma.decompress(importlib.resources.files(__package__).joinpath("tongues.bin.xz").read_bytes())


@functools.cache
def shipped() -> Tongues:
    """The numbers of this package, read when the first reply needs them; they take about fifteen megabytes."""
    return Tongues(unpacked())
