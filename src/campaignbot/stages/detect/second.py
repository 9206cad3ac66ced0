"""The second opinion: what the optional model is shown of a reply, what it thinks, and what that counts for.

The model is shown a cleaned text without handles and links; a long one also sentence by sentence. Where it agrees with
the rules and is sure enough, nobody has to look; where it differs, a person decides. It never overrules an opt-out or a
crisis that the rules see.
"""

import math
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass

from campaignbot.model.reply import Guess, Intent, Layer, Vector
from campaignbot.stages.detect import clean
from campaignbot.stages.detect.evidence import SAFETY

MOST = 240
"""How many characters of a text, and of each of its sentences, the model is shown: its work grows with them."""

SENTENCES = 4
"""How many sentences of a long text it is shown, beside the whole."""

#: How sure the model has to be: where it agrees with the rules; where no phrase speaks, or there are no rules for the
#: language; and there, where it would put somebody on the list or take them off it.
AGREED, ALONE, LISTING = 0.3, 0.7, 0.9
_LISTING = frozenset({Intent.JOIN, Intent.DECLINE})
_LONG = 80  #: characters: what is longer may say several things
_FEW = 8  #: what is shorter is no sentence of its own
_UNSHOWN = re.compile(r"https?://\S+|www\.\S+|@[\w.]+")
_SENTENCE = re.compile(r"[^.!?…؟\n]*[.!?…؟\n]*")


@dataclass(frozen=True, slots=True)
class Joint:
    """What rules and model say together; `doubt` says why a person should look."""

    intent: Intent
    confidence: float
    doubt: str | None


def pieces(raw: str) -> tuple[str, ...]:
    """What the model is shown: the whole text, then the sentences of a long one; nothing where it says nothing.
    Bounded, and linear in the text."""
    plain = _UNSHOWN.sub(" ", clean.text(raw).plain)
    whole = " ".join(plain.split())
    if not any(c.isalnum() for c in whole):
        return ()
    sentences: list[str] = []
    for found in _SENTENCE.finditer(plain):
        sentence = " ".join(found.group().split())
        if sentence and sentences and len(sentences[-1]) < _FEW:
            sentences[-1] = f"{sentences[-1]} {sentence}"
        elif sentence:
            sentences.append(sentence)
    several = sentences[:SENTENCES] if len(whole) > _LONG and len(sentences) > 1 else []
    return tuple(piece[:MOST] for piece in (whole, *several))


def guess(layer: Layer, vectors: Sequence[Vector]) -> Guess:
    """What the model thinks of a reply, by the vectors of its pieces, of which there is at least one."""
    whole, *sentences = [_shares(layer, vector) for vector in vectors]
    mixed = (
        whole
        if not sentences
        else [(share + max(shares[at] for shares in sentences)) / 2 for at, share in enumerate(whole)]
    )
    total = sum(mixed)
    best = max(range(len(mixed)), key=mixed.__getitem__)
    return Guess(intent=tuple(Intent)[best], confidence=mixed[best] / total)


def _shares(layer: Layer, vector: Vector) -> list[float]:
    """The probability of each intent, in their order."""
    told = [sum(map(operator.mul, row, (*vector, 1.0))) for row in (layer.weights[intent] for intent in Intent)]
    most = max(told)
    raised = [math.exp(one - most) for one in told]
    total = sum(raised)
    return [one / total for one in raised]


def joined(rules: Intent, confidence: float, doubt: str | None, *, guess: Guess, silent: bool, known: bool) -> Joint:
    """The rules' word and the model's together. `silent`: no phrase speaks of this reply, and what the rules say is a
    guess of their own, with its doubt; `known`: there are rules for its language."""
    agree = guess.intent is rules
    alone = LISTING if guess.intent in _LISTING else ALONE
    sure = guess.confidence >= (AGREED if agree and known else alone)
    if silent:
        # what deletes, or wakes somebody, is not the model's to do alone
        return Joint(guess.intent, guess.confidence, None if sure and guess.intent not in SAFETY else doubt)
    if agree:
        both = 1 - (1 - confidence) * (1 - guess.confidence)
        return Joint(rules, both, doubt or (None if sure else "the model is not sure"))
    heeds = rules not in SAFETY and guess.confidence > confidence
    differ = f"the rules say {rules}, the model {guess.intent}"
    return Joint(guess.intent if heeds else rules, min(0.5, guess.confidence), doubt or differ)
