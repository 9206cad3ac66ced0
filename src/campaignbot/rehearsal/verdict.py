"""What a rehearsal came to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from campaignbot.model.delivery import Delivery, State
from campaignbot.model.post import Draft
from campaignbot.model.reply import Note


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The figures. A planned post is one with a time; called ones are neither planned nor sent."""

    planned: int
    sent_once: int
    doubled: int
    lost: int  #: in none of sent, held, missed, failed
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

    @property
    def well(self) -> bool:
        """Whether nothing was doubled, lost or filed under a wrong city."""
        return not (self.doubled or self.lost or self.wrong_city)

    def record(self) -> dict[str, Any]:
        """The figures, for machines."""
        return asdict(self)

    def words(self) -> str:
        """The figures, for people, with the next step."""
        joined = ", ".join(f"{city} {count}" for city, count in self.joiners.items())
        lines = [
            "The rehearsal went well." if self.well else "The rehearsal did NOT go well.",
            f"  {self.planned} posts planned: {self.sent_once} sent once, {self.doubled} doubled, {self.lost} lost, "
            f"{self.held} held, {self.missed} missed, {self.failed} failed",
            f"  worst lateness {self.worst_late_seconds:.0f} s of campaign time",
            f"  {self.replies_planted} replies written, {self.replies_collected} collected",
            f"  joiners: {joined}" if joined else "  joiners: none",
            f"  {self.wrong_city} filed under a wrong city",
            f"  seed {self.seed}, {self.seconds:.1f} s; replies were read hourly from two days before the action on, "
            "every six hours earlier",
            "Next: campaignbot init DIR, edit DIR/schedules.yaml, then campaignbot check, plan and packet there;"
            if self.well
            else "Look for the posts named by: campaignbot rehearse --stay, then campaignbot status on its folder;",
            "the README tells the way from here.",
        ]
        return "\n".join(lines)


def judge(
    *,
    drafts: Sequence[Draft],
    deliveries: Mapping[str, Delivery],
    on_networks: Mapping[str, Sequence[str]],
    homes: Mapping[str, str],
    planted: int,
    collected: int,
    notes: Sequence[Note],
    seed: int,
    seconds: float,
) -> Verdict:
    """Compare the plan with what stands on the networks, and what people wrote with what was kept.

    `on_networks`: account -> the texts that stand on it. `homes`: who wrote a reply -> the city whose post it answers.
    """
    planned = [draft for draft in drafts if draft.post.due is not None]
    outcomes = Counter(_outcome(draft, deliveries.get(draft.key), on_networks[draft.post.account]) for draft in planned)
    sent = [d for d in deliveries.values() if d.state is State.SENT and d.receipt and d.due and not d.post.called]
    late = [(d.receipt.at - d.due).total_seconds() for d in sent if d.receipt and d.due]
    return Verdict(
        planned=len(planned),
        sent_once=outcomes["sent_once"],
        doubled=outcomes["doubled"],
        lost=outcomes["lost"],
        held=outcomes["held"],
        missed=outcomes["missed"],
        failed=outcomes["failed"],
        replies_planted=planted,
        replies_collected=collected,
        joiners=dict(sorted(Counter(note.city for note in notes if note.city).items())),
        wrong_city=sum(note.answer_to in homes and homes[note.answer_to] != note.city for note in notes),
        worst_late_seconds=max(late, default=0.0),
        seed=seed,
        seconds=round(seconds, 1),
    )


def _outcome(draft: Draft, delivery: Delivery | None, texts: Sequence[str]) -> str:
    there = sum(text == draft.text for text in texts)
    if there > 1:
        return "doubled"
    if delivery is None:
        return "held" if draft.missing else "lost"
    if delivery.state is State.SENT:
        return "sent_once" if there else "lost"
    names = {State.HELD: "held", State.IN_DOUBT: "held", State.MISSED: "missed", State.FAILED: "failed"}
    return names.get(delivery.state, "lost")
