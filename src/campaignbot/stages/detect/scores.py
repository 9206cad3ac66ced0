"""How well replies are read, in figures: what was read of labelled lines against what they mean."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from campaignbot.model.reply import Intent, Reading
from campaignbot.stages.detect.examples import Example

Pair = tuple[Example, Reading]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scores:
    """Shares from 0 to 1; None where there is no line to say it by. Caught: read right, or shown to a person. Alone:
    without a person."""

    lines: int
    macro_f1: float | None  #: over the intents that occur
    join_precision: float | None
    join_recall: float | None
    joins_caught: float | None
    joins_alone_precision: float | None
    joins_alone_share: float | None
    city_right: float | None  #: of joins
    place_right: float | None  #: of offers to start a city
    party_right: float | None  #: where a number is stated
    party_invented: float | None  #: of all lines where none is
    opt_out_recall: float | None
    opt_outs_caught: float | None
    crisis_recall: float | None
    crises_caught: float | None
    crises_filed_as_join: int
    to_a_person: float | None
    wrong_alone: float | None  #: of what no person sees


def scores(pairs: Sequence[Pair]) -> Scores:
    """The figures of these lines."""
    alone = [pair for pair in pairs if not pair[1].needs_review]
    read_as_join = [pair for pair in pairs if pair[1].intent is Intent.JOIN]
    filed = [pair for pair in alone if pair[1].intent is Intent.JOIN]
    joins, places, outs, crises = (
        [pair for pair in pairs if _meant(pair) is intent]
        for intent in (Intent.JOIN, Intent.START_CITY, Intent.OPT_OUT, Intent.CRISIS)
    )
    counted = [pair for pair in pairs if pair[0].party_size is not None]
    uncounted = [pair for pair in pairs if pair[0].party_size is None]
    return Scores(
        lines=len(pairs),
        macro_f1=_macro_f1(pairs),
        join_precision=_share(read_as_join, _right),
        join_recall=_share(joins, _right),
        joins_caught=_share(joins, _caught),
        joins_alone_precision=_share(filed, _right),
        joins_alone_share=_share(joins, lambda pair: pair in filed),
        city_right=_share(joins, _placed),
        place_right=_share(places, _placed),
        party_right=_share(counted, lambda pair: pair[0].party_size == pair[1].party_size),
        party_invented=_share(uncounted, lambda pair: pair[1].party_size is not None),
        opt_out_recall=_share(outs, _right),
        opt_outs_caught=_share(outs, _caught),
        crisis_recall=_share(crises, _right),
        crises_caught=_share(crises, _caught),
        crises_filed_as_join=sum(pair in filed for pair in crises),
        to_a_person=_share(pairs, lambda pair: pair[1].needs_review),
        wrong_alone=_share(alone, lambda pair: not _right(pair)),
    )


def by_language(pairs: Iterable[Pair]) -> dict[str, Scores]:
    """The figures of each language's lines."""
    spoken: dict[str, list[Pair]] = {}
    for pair in pairs:
        spoken.setdefault(pair[0].language, []).append(pair)
    return {language: scores(spoken[language]) for language in sorted(spoken)}


def sheet(ways: Mapping[str, Sequence[Pair]]) -> str:
    """The figures of several ways to read the same lines, over all and by language, as tables in Markdown."""
    page = _table({name: scores(pairs) for name, pairs in ways.items()})
    for name, pairs in ways.items():
        page += f"\nBy language, {name}:\n\n{_table(by_language(pairs))}"
    return page


def _table(columns: Mapping[str, Scores]) -> str:
    """A column each, a row a figure."""
    rows = [["", *columns], ["---"] * (len(columns) + 1)]
    for field in fields(Scores):
        rows.append([field.name.replace("_", " "), *(_shown(getattr(one, field.name)) for one in columns.values())])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def _shown(figure: float | int | None) -> str:
    return "" if figure is None else f"{figure:.3f}" if isinstance(figure, float) else str(figure)


def _meant(pair: Pair) -> Intent:
    return pair[0].intents[0]


def _right(pair: Pair) -> bool:
    return pair[1].intent in pair[0].intents


def _caught(pair: Pair) -> bool:
    return pair[1].needs_review or _right(pair)


def _placed(pair: Pair) -> bool:
    return pair[1].city in pair[0].cities


def _share(pairs: Sequence[Pair], holds: Callable[[Pair], bool]) -> float | None:
    return sum(map(holds, pairs)) / len(pairs) if pairs else None


def _macro_f1(pairs: Sequence[Pair]) -> float | None:
    """The mean over all intents of how well each is found. An answer as good as the one meant counts as that."""
    meant = Counter(map(_meant, pairs))
    read = Counter(_meant(pair) if _right(pair) else pair[1].intent for pair in pairs)
    hit = Counter(_meant(pair) for pair in pairs if _right(pair))
    each = [2 * hit[intent] / (meant[intent] + read[intent]) for intent in meant]
    return sum(each) / len(each) if each else None
