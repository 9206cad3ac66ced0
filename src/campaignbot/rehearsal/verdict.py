"""What a rehearsal came to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from campaignbot.model.delivery import Delivery, State
from campaignbot.model.post import Draft
from campaignbot.model.reply import Note

Outcome = Literal["sent_once", "doubled", "lost", "held", "missed", "failed"]
#: how many cities are shown by themselves, those where something is amiss first
SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One city's share."""

    city: str  #: canonical name
    planned: int
    sent: int
    held: int
    joiners: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The figures. A planned post is one with a time; called ones are neither planned nor sent. Each planned post is
    counted once: sent once, doubled, lost, held, missed or failed."""

    planned: int
    sent_once: int
    doubled: int  #: its words stand on the account more often than planned, whatever the ledger says of it
    lost: int  #: in none of sent, held, missed, failed; or sent by the ledger, and not there
    held: int  #: HELD and IN_DOUBT at the end, or never approvable
    missed: int
    failed: int
    replies_planted: int
    replies_collected: int
    joiners: Mapping[str, int]
    wrong_city: int
    worst_late_seconds: float
    seed: int
    seconds: float
    places: tuple[Place, ...] = ()

    @property
    def well(self) -> bool:
        """Whether nothing was doubled, lost or filed under a wrong city."""
        return not (self.doubled or self.lost or self.wrong_city)

    def record(self) -> dict[str, Any]:
        """The figures, for machines."""
        return {name: value for name, value in asdict(self).items() if name != "places"}

    def words(self, *, campaign: str) -> str:
        """The figures, for people. `campaign`: its name."""
        return "\n".join(
            [
                f"The rehearsal of {campaign} {'went well.' if self.well else 'did NOT go well.'}",
                f"  {self.planned} posts planned: {self.sent_once} sent once, {self.doubled} doubled, "
                f"{self.lost} lost, {self.held} held, {self.missed} missed, {self.failed} failed",
                *self._cities(),
                f"  {self.replies_planted} replies written, {self.replies_collected} collected, "
                f"{self.wrong_city} filed under a wrong city",
                f"  worst lateness {self.worst_late_seconds:.0f} s of campaign time; seed {self.seed}, "
                f"{self.seconds:.1f} s; replies were read hourly",
                "  from two days before the action on, every six hours earlier",
            ]
        )

    def _cities(self) -> list[str]:
        shown = sorted(self.places, key=lambda place: place.sent == place.planned)[:SHOWN]
        rows = [
            (p.city, f"{p.sent} of {p.planned} sent", f"{p.held} held", _people(p.joiners))
            for p in self.places
            if p in shown
        ]
        wide = [max(len(row[column]) for row in rows) for column in range(4)] if rows else []
        lines = [
            f"    {city:<{wide[0]}}  {sent:>{wide[1]}}  {held:>{wide[2]}}  {people:>{wide[3]}}"
            for city, sent, held, people in rows
        ]
        left = len(self.places) - len(rows)
        return [*lines, f"    … and {left} more cities, all sent"] if left else lines


def judge(
    *,
    drafts: Sequence[Draft],
    deliveries: Mapping[str, Delivery],
    on_networks: Mapping[str, Sequence[str]],
    cities: Mapping[str, str],
    homes: Mapping[str, str],
    planted: int,
    collected: int,
    notes: Sequence[Note],
    seed: int,
    seconds: float,
) -> Verdict:
    """Compare the plan with what stands on the networks, and what people wrote with what was kept.

    `on_networks`: account -> the texts that stand on it. `cities`: id -> canonical name. `homes`: who wrote a reply ->
    the canonical name of the city whose post it answers. `notes`: the joiners, without those who withdrew.
    """
    planned = [draft for draft in drafts if draft.post.due is not None]
    outcomes = _outcomes(planned, deliveries, on_networks)
    total = Counter(outcomes.values())
    by_city = Counter((draft.post.city, outcomes[draft.key]) for draft in planned)
    size = Counter(draft.post.city for draft in planned)
    joiners = Counter(note.city for note in notes if note.city)
    sent = [d for d in deliveries.values() if d.state is State.SENT and not d.post.called]
    late = [(d.receipt.at - d.due).total_seconds() for d in sent if d.receipt and d.due]
    return Verdict(
        planned=len(planned),
        sent_once=total["sent_once"],
        doubled=total["doubled"],
        lost=total["lost"],
        held=total["held"],
        missed=total["missed"],
        failed=total["failed"],
        replies_planted=planted,
        replies_collected=collected,
        joiners=dict(sorted(joiners.items())),
        wrong_city=sum(homes.get(note.answer_to or "", note.city) != note.city for note in notes),
        worst_late_seconds=max(late, default=0.0),
        seed=seed,
        seconds=round(seconds, 1),
        places=tuple(
            Place(
                city=name,
                planned=size[city],
                sent=by_city[city, "sent_once"],
                held=by_city[city, "held"],
                joiners=joiners[name],
            )
            for city, name in cities.items()
        ),
    )


def _outcomes(
    planned: Sequence[Draft], deliveries: Mapping[str, Delivery], on_networks: Mapping[str, Sequence[str]]
) -> dict[str, Outcome]:
    """What became of each planned post. The same words may be planned twice on one account, far enough apart."""
    there = Counter((account, text) for account, texts in on_networks.items() for text in texts)
    surplus = there - Counter((draft.post.account, draft.text) for draft in planned)
    found: dict[str, Outcome] = {}
    for draft in planned:
        words = (draft.post.account, draft.text)
        if surplus[words]:
            surplus[words] -= 1
            there[words] -= 2
            found[draft.key] = "doubled"
            continue
        found[draft.key] = _outcome(draft, deliveries.get(draft.key), there=there[words] > 0)
        there[words] -= found[draft.key] == "sent_once"
    return found


def _outcome(draft: Draft, delivery: Delivery | None, *, there: bool) -> Outcome:
    if delivery is None:
        return "held" if draft.missing else "lost"
    match delivery.state:
        case State.SENT:
            return "sent_once" if there else "lost"
        case State.HELD | State.IN_DOUBT:
            return "held"
        case State.MISSED:
            return "missed"
        case State.FAILED:
            return "failed"
        case _:
            return "lost"


def _people(number: int) -> str:
    return f"{number} joiner" if number == 1 else f"{number} joiners"
