"""The parts under `campaign` and `limits`: what holds for the whole day, in every city."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from campaignbot.model.campaign import Helpline, Pacing, Retention
from campaignbot.stages.load import languages, section, values, zones

MOST_A_DAY = 100_000
USUAL = Pacing(
    quiet=(time(21, 0), time(8, 0)),
    spacing=timedelta(minutes=30),
    per_account_per_day=8,
    duplicate_window=timedelta(days=7),
    settle=timedelta(minutes=5),
    poll=timedelta(minutes=3),
)
KEPT = Retention(joiners=timedelta(days=14), waiting=timedelta(hours=72))


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The part under `campaign`."""

    id: str
    name: str
    date: date
    hashtags: dict[str, tuple[str, ...]]
    links: dict[str, str]
    recipients: tuple[str, ...]
    approvals: int
    proofread: dict[str, str | None]
    retention: Retention
    alarms: tuple[str, ...]
    helplines: dict[str, Helpline]


STAND_IN = Head(
    id="campaign",
    name="campaign",
    date=date(2000, 1, 1),
    hashtags={},
    links={},
    recipients=(),
    approvals=1,
    proofread={},
    retention=KEPT,
    alarms=(),
    helplines={},
)
"""For looking at the rest of a file whose own head cannot be used."""

LAX = Pacing(
    quiet=None,
    spacing=timedelta(0),
    per_account_per_day=MOST_A_DAY,
    duplicate_window=timedelta(0),
    settle=USUAL.settle,
    poll=USUAL.poll,
)
"""For looking at the rest of a file whose own limits cannot be used: it forbids nothing."""


def read(part: section.Section) -> Head | None:
    head = Head(
        id=part.required("id", values.slug),
        name=part.required("name", values.line),
        date=part.required("date", values.day),
        hashtags=_hashtags(part),
        links=_links(part),
        recipients=part.rows("recipients", values.recipient) or (),
        approvals=part.optional("approvals", values.whole(1, 9), 1),
        proofread=_proofread(part),
        retention=_retention(part),
        alarms=part.rows("alarms", values.alarm) or (),
        helplines=_helplines(part),
    )
    return head if part.close() else None


def _hashtags(part: section.Section) -> dict[str, tuple[str, ...]]:
    tags = part.part("hashtags")
    if tags is None:
        return {}
    found = {name: tags.rows(name, values.hashtag) or () for name, _ in tags.named(languages.either)}
    part.sound = tags.close() and part.sound
    return found


def _links(part: section.Section) -> dict[str, str]:
    """`map` is not among them: it is the city's."""
    links = part.part("links")
    if links is None:
        return {}
    found = {name: links.optional(name, values.link, None) for name in ("join", "safety", "next")}
    part.sound = links.close() and part.sound
    return {name: link for name, link in found.items() if link}


def _proofread(part: section.Section) -> dict[str, str | None]:
    """A language that nobody has read keeps its name here: it was thought of."""
    read = part.part("proofread")
    if read is None:
        return {}
    found = {name: read.optional(name, values.line, None) for name, _ in read.named(languages.base)}
    part.sound = read.close() and part.sound
    return found


def _retention(part: section.Section) -> Retention:
    kept = part.part("retention")
    if kept is None:
        return KEPT
    least = values.at_least(timedelta(seconds=1))
    found = Retention(
        joiners=kept.optional("joiners", least, KEPT.joiners), waiting=kept.optional("waiting", least, KEPT.waiting)
    )
    part.sound = kept.close() and part.sound
    return found


def _helplines(part: section.Section) -> dict[str, Helpline]:
    lines = part.part("helplines")
    if lines is None:
        return {}
    found = {}
    for name, node in lines.named(zones.country):
        if line := lines.mapping(node, name):
            found[name] = Helpline(
                text=line.required("text", values.line), checked_on=line.required("checked_on", values.day)
            )
            lines.sound = line.close() and lines.sound
    part.sound = lines.close() and part.sound
    return found


def pacing(part: section.Section) -> Pacing | None:
    second = values.at_least(timedelta(seconds=1))
    pacing = Pacing(
        quiet=part.optional("quiet", values.quiet, USUAL.quiet),
        spacing=part.optional("spacing", values.duration, USUAL.spacing),
        per_account_per_day=part.optional(
            "per_account_per_day", values.whole(1, MOST_A_DAY), USUAL.per_account_per_day
        ),
        duplicate_window=part.optional("duplicate_window", values.duration, USUAL.duplicate_window),
        settle=part.optional("settle", second, USUAL.settle),
        poll=part.optional("poll", second, USUAL.poll),
    )
    return pacing if part.close() else None
