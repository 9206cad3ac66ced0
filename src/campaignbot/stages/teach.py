"""teach: the optional model. Which layer is in force, what it makes of a reply, and teaching it anew.

It is taught the shipped examples and what organisers decided about replies. A new layer is refused where, on lines held
back from it, it finds fewer opt-outs or crises, or is right less often, than one taught the examples alone, by more
than chance. The layer before is kept.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from campaignbot import learned
from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.model.reply import Correction, Guess, Intent, Layer, Reading, Vector
from campaignbot.stages import detect
from campaignbot.stages.detect import second
from campaignbot.stages.detect.examples import Example
from campaignbot.store import corrections, inbox, samples
from campaignbot.store.database import Database

FEWEST = 20
"""New corrections that it takes to teach the model anew: fewer say more about one day than about people."""

TURNS = 5
#: One line in so many is chance: corrections that are all right move the opt-outs and crises found by one of sixty, and
#: what is right by four of eight hundred and fifty.
_CHANCE_FOUND, _CHANCE_RIGHT = 50, 100
_OWN, _BEFORE = "model.json", "model.before.json"

Lesson = tuple[Vector, Intent]

installed = learned.installed


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How a layer does on lines that were held back from it, in numbers of lines."""

    lines: int
    right: int
    opt_outs: int  #: found, of all there are
    crises: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Taught:
    """What teaching came to."""

    layer: Layer
    without: Figures  #: taught the examples alone
    with_: Figures  #: and the corrections


def opinion(state: Path) -> Callable[[str], Guess | None]:
    """What the model makes of a text; it is loaded with the first one. UserError where the packages are missing, or the
    layer in force is of no use."""
    embedder = learned.Embedder()
    layer = learned.read(_in_force(state), embedder=embedder.version)

    def of(text: str) -> Guess | None:
        vectors = [embedder.vector(piece) for piece in second.pieces(text)]
        return second.guess(layer, vectors) if vectors else None

    return of


def lesson(people: Database, number: int, intent: Intent, *, identities: Sequence[str] = ()) -> Correction | None:
    """What the model can be taught by a person's decision about a waiting reply, or, with the texts of key files, about
    one that was filed and set aside. None where there is no such reply or it says nothing, and where the model is not
    installed."""
    if not installed():
        return None
    with people.read() as c:
        waiting = samples.one(c, number, identities) if identities else inbox.one(c, number)
    shown = second.pieces(waiting.text) if waiting else ()
    if not shown:
        return None
    embedder = learned.Embedder()
    return Correction(embedder=embedder.version, vector=embedder.vector(shown[0]), intent=intent)


def anew(people: Database, state: Path, lines: Iterable[Example]) -> Taught:
    """Teach the model these examples and all corrections, and put it in force.

    UserError, and nothing changed, where there are too few new corrections, or the new layer is worse than one taught
    the examples alone.
    """
    embedder = learned.Embedder()
    with people.read() as c:
        kept = corrections.kept(c, embedder=embedder.version)
    _enough(state, len(kept), embedder=embedder.version)
    shown = _whole(_embedded(embedder, lines))
    decided = [(line.vector, line.intent) for line in kept]
    taught = Taught(
        layer=_layer(embedder, shown, decided),
        without=_held_back(embedder, shown, decided, corrected=False),
        with_=_held_back(embedder, shown, decided, corrected=True),
    )
    _guarded(taught)
    _put(state, taught.layer)
    return taught


def undo(state: Path) -> str:
    """Put the layer before back in force; where there is none, the one that ships. Which one that is, in words.
    UserError where the one that ships is in force already."""
    own, before = state / _OWN, state / _BEFORE
    if before.exists():
        before.replace(own)
        return "the model before"
    if not own.exists():
        raise errors.UserError("there is nothing to undo: the model that ships is in force")
    own.unlink()
    return "the model that ships"


def ship(path: Path, lines: Iterable[Example]) -> Layer:
    """Teach a layer these examples alone and write it down: the one that ships is made so."""
    embedder = learned.Embedder()
    layer = _layer(embedder, _whole(_embedded(embedder, lines)), [])
    learned.write(path, layer)
    return layer


def crossed(campaign: Campaign, lines: Iterable[Example]) -> list[tuple[Example, Reading, Reading]]:
    """Each example as the rules read it, and as rules and a model do that was not taught it: in each of five turns the
    model is taught four fifths of the lines, and reads the rest."""
    embedder = learned.Embedder()
    embedded = _embedded(embedder, lines)
    turns = _turns([line.intent[0] for line, _ in embedded])
    layers = [
        _layer(embedder, _whole(one for one, at in zip(embedded, turns, strict=True) if at != turn), [])
        for turn in range(TURNS)
    ]
    return [
        (
            line,
            detect.reading(line.reply, campaign, guess=None),
            detect.reading(line.reply, campaign, guess=second.guess(layers[at], vectors) if vectors else None),
        )
        for (line, vectors), at in zip(embedded, turns, strict=True)
    ]


def _in_force(state: Path) -> Path:
    own = state / _OWN
    return own if own.exists() else learned.SHIPPED


def _enough(state: Path, kept: int, *, embedder: str) -> None:
    """Where the layer in force cannot be used, or people were forgotten who taught it, no new line is asked for."""
    try:
        known = learned.read(_in_force(state), embedder=embedder).corrections
    except errors.UserError:
        return
    if 0 <= kept - known < FEWEST:
        raise errors.UserError(
            f"there are {kept - known} new corrections, and it takes {FEWEST} to teach the model anew; "
            "label what waits with: campaignbot replies --review"
        )


def _embedded(embedder: learned.Embedder, lines: Iterable[Example]) -> list[tuple[Example, list[Vector]]]:
    """Every example with the vectors of its pieces."""
    return [(line, [embedder.vector(piece) for piece in second.pieces(line.text)]) for line in lines]


def _whole(embedded: Iterable[tuple[Example, list[Vector]]]) -> list[Lesson]:
    """What each example that says anything teaches."""
    return [(vectors[0], line.intent[0]) for line, vectors in embedded if vectors]


def _layer(embedder: learned.Embedder, shown: Sequence[Lesson], decided: Sequence[Lesson]) -> Layer:
    vectors, intents = zip(*shown, *decided, strict=True)
    return learned.taught(vectors, intents, embedder=embedder.version, examples=len(shown), corrections=len(decided))


def _held_back(
    embedder: learned.Embedder, shown: Sequence[Lesson], decided: Sequence[Lesson], *, corrected: bool
) -> Figures:
    """Teach it four fifths and ask it the rest, five times over."""
    turns, turns_decided = _turns([intent for _, intent in shown]), _turns([intent for _, intent in decided])
    right: list[Intent] = []
    for turn in range(TURNS):
        layer = _layer(
            embedder,
            [line for line, at in zip(shown, turns, strict=True) if at != turn],
            [line for line, at in zip(decided, turns_decided, strict=True) if at != turn] if corrected else [],
        )
        asked = [line for line, at in zip((*shown, *decided), (*turns, *turns_decided), strict=True) if at == turn]
        right += [intent for vector, intent in asked if second.guess(layer, [vector]).intent is intent]
    return Figures(
        lines=len(shown) + len(decided),
        right=len(right),
        opt_outs=right.count(Intent.OPT_OUT),
        crises=right.count(Intent.CRISIS),
    )


def _turns(intents: Sequence[Intent]) -> list[int]:
    """In which turn each line is held back: the lines of an intent are dealt out one by one."""
    dealt: Counter[Intent] = Counter()
    turns = []
    for intent in intents:
        turns.append(dealt[intent] % TURNS)
        dealt[intent] += 1
    return turns


def _guarded(taught: Taught) -> None:
    before, after = taught.without, taught.with_
    lost = [
        f"finds {now} instead of {then} {what}"
        for what, then, now in (("opt-outs", before.opt_outs, after.opt_outs), ("crises", before.crises, after.crises))
        if now < then - then // _CHANCE_FOUND
    ]
    if after.right < before.right - before.right // _CHANCE_RIGHT:
        lost.append(f"is right on {after.right} instead of {before.right} of {after.lines} lines")
    if lost:
        raise errors.UserError(
            f"the corrections make the model worse, and it stays as it was: held to account on lines that it was not "
            f"taught, it {' and '.join(lost)}; look through what was labelled last"
        )


def _put(state: Path, layer: Layer) -> None:
    own = state / _OWN
    if own.exists():
        own.replace(state / _BEFORE)
    learned.write(own, layer)
