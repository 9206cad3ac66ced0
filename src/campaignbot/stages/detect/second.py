"""The second opinion: what the optional model is shown of a reply, what it thinks, and what that counts for.

The model is shown a cleaned text without handles and links; a long one also sentence by sentence. Its probabilities and
the rules' word are taken together as two witnesses: where the likeliest intent is likely enough, nobody has to look. It
never overrules an opt-out or a crisis that the rules see, and puts nobody on the list of which it thinks otherwise.
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

#: How many times likelier the rules' word makes an intent, is their odds of being right, so many times over: their
#: confidence was set for texts of the hand that wrote them, and then tried on those of others.
_TRUST = 2
#: How likely an intent has to be, so that nobody has to look; and where a yes may get lost, where no phrase speaks and
#: it would put somebody on the list or take them off it, or where there are no rules for the language.
ENOUGH, ALONE = 0.6, 0.9
#: A yes that the model takes for less likely than one of ten intents at random is for a person to see.
_CHANCE = 1 / len(Intent)
#: So likely, with the model itself leaning there, and so unlikely what is feared, an intent leaves no room for doubts
#: about single words.
_PLAIN, _LITTLE = 0.9, 0.03
_FEARED = frozenset({Intent.CRISIS, Intent.HOSTILE})
#: A reply that the model takes for a yes with this probability is not laid aside as anything milder.
_MAYBE = 0.3
_LISTING = frozenset({Intent.JOIN, Intent.DECLINE})
_MILD = frozenset({Intent.DECLINE, Intent.QUESTION, Intent.SUPPORT, Intent.OTHER})
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
    plain: bool = False  #: so likely that a doubt about single words does not count


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
    return Guess(shares=tuple(share / total for share in mixed))


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
    weighed = _weighed(rules, confidence, guess)
    likeliest = max(weighed, key=weighed.__getitem__)
    heeded = rules if rules in SAFETY and not silent else likeliest
    sure = weighed[heeded]
    feared = max(guess.share(one) for one in _FEARED - {heeded})
    plain = sure >= _PLAIN and guess.share(heeded) >= 0.5 and feared < _LITTLE
    own = doubt if heeded is rules and not silent and sure < _PLAIN else None
    return Joint(heeded, sure, own or _unsure(heeded, rules, sure, guess, silent=silent, known=known), plain)


def _weighed(rules: Intent, confidence: float, guess: Guess) -> dict[Intent, float]:
    """How likely each intent is by both."""
    odds = _TRUST * confidence / (1 - confidence)
    told = {one: guess.share(one) * (odds if one is rules else 1) for one in Intent}
    total = sum(told.values())
    return {one: share / total for one, share in told.items()}


def _unsure(heeded: Intent, rules: Intent, sure: float, guess: Guess, *, silent: bool, known: bool) -> str | None:
    """Why a person should look; None where both together are enough."""
    overruled = heeded is not rules and not silent
    if heeded in SAFETY and (silent or overruled):
        return "the model alone says so"  # what deletes, or wakes somebody, is not its to do
    wary = not known or (silent and heeded in _LISTING) or (overruled and rules is Intent.JOIN)
    listed = heeded is Intent.JOIN and (overruled or guess.share(heeded) < _CHANCE)
    lost = heeded in _MILD and guess.share(Intent.JOIN) >= _MAYBE
    if listed or lost or sure < (ALONE if wary else ENOUGH):
        return "no phrase was found" if silent else f"the rules say {rules}, the model {guess.intent}"
    return None
