"""Make `tongues.bin.xz` out of the model of py3langid (BSD 3-Clause): of its languages those that replies are read in.

Run by `make tongues`. The same model gives the same bytes.
"""

import lzma
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from py3langid import langid

from campaignbot.stages.detect import tongues

FILE = Path(__file__).parents[1] / "src/campaignbot/stages/detect/tongues.bin.xz"


def main() -> None:
    model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    model.set_languages(tongues.LANGUAGES)
    if tuple(model.nb_classes) != tongues.LANGUAGES:
        raise SystemExit(f"py3langid orders these languages otherwise: {model.nb_classes}")
    rows = model.nb_ptc.tolist()
    known = {run: rows[feature] for run, feature in runs(model)}
    made = tongues.packed(known, model.nb_pc.tolist())
    packed = lzma.compress(made, preset=9 | lzma.PRESET_EXTREME)
    FILE.write_bytes(packed)
    sys.stdout.write(f"{len(known):,} runs, {len(made):,} bytes, packed {len(packed):,}\n")


def runs(model: Any) -> Iterator[tuple[bytes, int]]:
    """Each run of bytes that the model knows, and its feature.

    The model is a machine that reads byte by byte; at each of its states it knows the longest run that ends there. The
    shortest way to a state is what the state stands for, and a run is the shortest of those at which its feature is
    known.
    """
    ways, seen = {0: b""}, set[int]()
    for state in walked(model, ways):
        feature = model.tk_output[state]
        if feature >= 0 and feature not in seen:
            seen.add(feature)
            yield ways[state], feature


def walked(model: Any, ways: dict[int, bytes]) -> Iterator[int]:
    """The states, the nearest first; `ways` fills with the way to each."""
    waiting = [0]
    for state in waiting:
        yield state
        start = model.tk_row[state] << 8
        for letter, onto in enumerate(model.tk_nextmove[start : start + 256]):
            if onto not in ways:
                ways[onto] = ways[state] + bytes([letter])
                waiting.append(onto)


if __name__ == "__main__":
    main()
