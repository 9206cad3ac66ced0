"""How well replies are read: every phrase tried on the examples that ship, and a sheet of figures. Pure.

Half of the examples may be looked at while phrases are written. The other half is held out: it is only counted, so that
its figures say something about replies that nobody has seen.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaignbot.model.campaign import Campaign
from campaignbot.model.reply import Intent, Reading
from campaignbot.stages import detect
from campaignbot.stages.detect import phrases
from campaignbot.stages.detect.examples import Example

_ORDER = tuple(Intent)


@dataclass(frozen=True, slots=True)
class Tried:
    """One phrase on the examples: the ids where it speaks rightly, harmlessly beside what counts, and wrongly."""

    kind: str
    language: str
    source: str
    right: tuple[str, ...]
    beside: tuple[str, ...]
    wrong: tuple[str, ...]


Readings = Sequence[tuple[Example, Reading]]


def read(among: Iterable[Example], campaign: Campaign) -> Readings:
    """Each example with what is made of it, without the optional model."""
    return [(example, detect.reading(example.reply, campaign, guess=None)) for example in among]


def tried(among: Iterable[Example], campaign: Campaign) -> list[Tried]:
    """Every phrase that counts in one of these examples, the most mistaken first."""
    spoken: dict[phrases.Phrase, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for example in among:
        for intent, hits in detect.heard(example.text, campaign).evidence.intents.items():
            for phrase in {hit.phrase for hit in hits}:
                spoken[phrase][_verdict(intent, example)].append(example.id)
    found = [
        Tried(phrase.kind, phrase.language, phrase.source, *(tuple(ids[kind]) for kind in ("right", "beside", "wrong")))
        for phrase, ids in spoken.items()
    ]
    return sorted(found, key=lambda one: (-len(one.wrong), -len(one.right), one.language, one.kind, one.source))


def _verdict(intent: Intent, example: Example) -> str:
    """A phrase whose intent gives way to what the example means does no harm."""
    if intent in example.intent:
        return "right"
    return "beside" if _ORDER.index(intent) > _ORDER.index(example.intent[0]) else "wrong"


def untied(among: Iterable[phrases.Phrase]) -> list[tuple[phrases.Phrase, list[str]]]:
    """The lines in which a choice of several words is not tied, as far as it shows, with the words that show it."""
    return [(phrase, sorted(words)) for phrase in among if (words := phrases.doubled(phrase.source))]


def answers(readings: Readings) -> dict[str, str]:
    """What each example is read as, in a line: what a baseline keeps."""
    return {
        example.id: f"{reading.intent}, {reading.city}, {reading.party_size}"
        + (", to a person" if reading.needs_review else "")
        for example, reading in readings
    }


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The id, the old and the new answer of every example that is read otherwise than in a baseline."""
    ids = sorted(before.keys() | now.keys())
    return [(id_, before.get(id_, "-"), now.get(id_, "-")) for id_ in ids if before.get(id_, "-") != now.get(id_, "-")]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def figures(readings: Readings) -> dict[str, float | int | None]:
    """One row of the sheet; None where there is nothing to count."""
    right = {id(one) for one, reading in readings if reading.intent in one.intent}
    joins = [(one, reading) for one, reading in readings if one.intent[0] is Intent.JOIN]
    named = [(one, reading) for one, reading in readings if reading.intent is Intent.JOIN]
    alone = [(one, reading) for one, reading in named if not reading.needs_review]
    unseen = [(one, reading) for one, reading in readings if not reading.needs_review]
    stated = [(one, reading) for one, reading in readings if one.party_size is not None]
    silent = [(one, reading) for one, reading in readings if one.party_size is None]

    def correct(among: Readings) -> float | None:
        return _share(sum(id(one) in right for one, _ in among), len(among))

    return {
        "replies": len(readings),
        "macro_f1": _macro_f1(readings),
        "join_precision": correct(named),
        "join_recall": correct(joins),
        "joins_caught": _caught(readings, Intent.JOIN),
        "filed_alone_precision": correct(alone),
        "filed_alone": _share(sum(id(one) in right for one, _ in alone), len(joins)),
        "opt_out_caught": _caught(readings, Intent.OPT_OUT),
        "crisis_caught": _caught(readings, Intent.CRISIS),
        "queue": _share(len(readings) - len(unseen), len(readings)),
        "error_outside_queue": _share(sum(id(one) not in right for one, _ in unseen), len(unseen)),
        "city": _share(sum(reading.city in one.city for one, reading in joins), len(joins)),
        "new_place": _new_place(readings),
        "party": _share(sum(reading.party_size == one.party_size for one, reading in stated), len(stated)),
        "party_invented": _share(sum(reading.party_size is not None for _, reading in silent), len(silent)),
        "language": _share(sum(reading.language == one.language for one, reading in readings), len(readings)),
    }


def _caught(readings: Readings, intent: Intent) -> float | None:
    meant = [reading for one, reading in readings if one.intent[0] is intent]
    return _share(sum(reading.intent is intent or reading.needs_review for reading in meant), len(meant))


def _new_place(readings: Readings) -> float | None:
    meant = [
        (one, reading) for one, reading in readings if one.intent[0] is Intent.START_CITY and one.city[0] is not None
    ]
    return _share(sum(reading.city in one.city for one, reading in meant), len(meant))


def _macro_f1(readings: Readings) -> float | None:
    hit, spoken, meant = Counter[Intent](), Counter[Intent](), Counter[Intent]()
    for one, reading in readings:
        true = reading.intent if reading.intent in one.intent else one.intent[0]
        spoken[reading.intent] += 1
        meant[true] += 1
        hit[true] += reading.intent is true
    scores = [2 * hit[intent] / (spoken[intent] + meant[intent]) for intent in meant]
    return round(sum(scores) / len(scores), 3) if scores else None


def sheet(readings: Readings) -> dict[str, dict[str, float | int | None]]:
    """The figures of the held-out half, of the half that was looked at, and of each file of both."""
    rows: dict[str, Callable[[Example], bool]] = {
        "held out": lambda one: one.held_out,
        "looked at": lambda one: not one.held_out,
    }
    named = {name: figures([pair for pair in readings if wanted(pair[0])]) for name, wanted in rows.items()}
    return named | _by_file(readings)


def _by_file(readings: Readings) -> dict[str, dict[str, float | int | None]]:
    files = dict.fromkeys(one.file for one, _ in readings)
    return {file: figures([pair for pair in readings if pair[0].file == file]) for file in files}


def page(rows: Mapping[str, Mapping[str, float | int | None]]) -> str:
    """The sheet as a page of Markdown."""
    return _ABOUT + _table(rows)


def compared(ways: Mapping[str, Readings]) -> str:
    """The figures of several ways to read the same examples, over all and by file, as tables of Markdown."""
    tables = [_table({name: figures(readings) for name, readings in ways.items()})]
    for name, readings in ways.items():
        tables.append(f"By language, {name}:\n\n{_table(_by_file(readings))}")
    return "\n".join(tables)


def _table(rows: Mapping[str, Mapping[str, float | int | None]]) -> str:
    names = list(next(iter(rows.values())))
    head = ["", *(name.replace("_", " ") for name in names)]
    lines = [head, ["---", *("---:" for _ in names)]]
    lines += [
        [row, *("-" if figure is None else f"{figure:g}" for figure in found.values())] for row, found in rows.items()
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


_ABOUT = """\
# How well replies are read

Made by `campaignbot detect check --figures docs/detect.md`, by the rules alone, without the optional model, on the
invented replies that ship beside the rules. Do not edit it by hand. How to change the rules: [phrases.md](phrases.md).

**Held out** are the examples that nobody looked at while the phrases were written: they are only counted. All of them
were written before, but by the same hand as the phrases, so these figures flatter: real replies are longer, stranger
and worse spelt. They serve to compare two versions, and are no promise. Before the day, label two hundred real replies
by hand, in two languages at least.

`caught` is filed rightly or shown to a person; `filed alone` is the share of the joins that were filed rightly and that
no person had to see; `queue` is the share that a person has to see. The rows by language hold both halves: few lines
each, so that one line is several points.

"""
