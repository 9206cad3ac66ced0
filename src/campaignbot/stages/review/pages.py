"""The pages of the review packet: what stands on them, before it becomes HTML."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from campaignbot.model import post as posts
from campaignbot.model.campaign import Campaign, City, CityStatus, base
from campaignbot.model.post import Draft
from campaignbot.stages import plan
from campaignbot.stages.review import cards, words
from campaignbot.stages.review.cards import Card


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    href: str
    name: str
    about: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the calendar: a slot in a city."""

    anchor: str
    city: str
    slot: str
    local: str
    utc: str
    languages: str
    accounts: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One slot of one city: its versions side by side, account by account."""

    anchor: str
    slot: str
    local: str
    utc: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    heading: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    file: str
    title: str
    heading: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    links: tuple[Link, ...]
    gaps: tuple[tuple[str, tuple[str, ...]], ...]
    calendar: tuple[Row, ...]
    sections: tuple[Section, ...]
    command: str | None  #: None while nothing on the page can be approved
    signs: tuple[str, ...]
    made: str
    digest: str | None


def pages(drafts: Sequence[Draft], campaign: Campaign, *, now: datetime, versions: Mapping[str, str]) -> Iterator[Page]:
    """The page of each city in the file's order, then the one of all."""
    gaps = plan.gaps(campaign)
    for city in campaign.cities.values():
        here = [draft for draft in drafts if draft.post.city == city.id]
        yield _page(campaign, here, city, now=now, versions=versions, gaps=gaps)
    yield _page(campaign, drafts, None, now=now, versions=versions, gaps=gaps)


def _page(
    campaign: Campaign,
    drafts: Sequence[Draft],
    city: City | None,
    *,
    now: datetime,
    versions: Mapping[str, str],
    gaps: Mapping[str, Sequence[str]],
) -> Page:
    cities = [city] if city else list(campaign.cities.values())
    shown: set[str] | None = None if city else set()
    digest = posts.digest_of_set(drafts) if any(draft.digest for draft in drafts) else None
    made = f"Made {cards.clock(now.astimezone(UTC))} UTC by " + ", ".join(f"{k} {v}" for k, v in versions.items())
    heading = city.name if city else campaign.name
    return Page(
        file=file(city),
        title=f"{heading} · {campaign.name} · review" if city else f"{heading} · review of all cities",
        heading=heading,
        lead=_lead(city),
        facts=tuple(_facts(campaign, drafts, city, digest=digest, now=now, versions=versions)),
        links=() if city else tuple(_link(c, drafts) for c in cities),
        gaps=tuple((c.name, tuple(gaps.get(c.id, ()))) for c in cities),
        calendar=tuple(_calendar(drafts, campaign, now=now)),
        sections=tuple(_section(c, drafts, campaign, now=now, shown=shown) for c in cities),
        command=f"campaignbot approve {_which(city)} --by YOUR-ID --seen {digest}" if digest else None,
        signs=tuple(_signs(campaign, cities)),
        made=made,
        digest=digest,
    )


def file(city: City | None) -> str:
    """The page's file name; a city that is called "index" does not take the place of the page of all."""
    if city is None:
        return "index.html"
    return f"{cards.anchor(city.id)}.html" if city.id != "index" else "index-city.html"


def _lead(city: City | None) -> str:
    if city is None:
        return "Every post of every city, each in its own city’s time. The cities’ own pages hold the same posts."
    if city.status is CityStatus.CANCELLED:
        return "This city is cancelled: only the posts that a person calls can go out."
    return f"Every post of this city, in its own time ({city.zone.key})."


def _facts(
    campaign: Campaign,
    drafts: Sequence[Draft],
    city: City | None,
    *,
    digest: str | None,
    now: datetime,
    versions: Mapping[str, str],
) -> Iterator[tuple[str, str]]:
    yield "Campaign", campaign.name
    if city:
        action = city.action
        day = f"{action.date:%a} {action.date.day} {action.date:%b %Y}"
        yield "Action", f"{day}, {action.start:%H:%M} to {action.end:%H:%M}"
        yield "Made at", cards.clock(now.astimezone(city.zone))
    yield ("Made at (UTC)" if city else "Made at"), f"{cards.clock(now.astimezone(UTC))} UTC"
    ready = sum(1 for draft in drafts if draft.digest)
    yield "Posts", f"{len(drafts)}, of them {ready} ready to approve"
    yield "Cost if all go out", cards.cost(sum((draft.cost_usd for draft in drafts), Decimal(0)))
    yield "Needs", "one organiser’s yes" if campaign.approvals == 1 else f"the yes of {campaign.approvals} organisers"
    yield "Set digest", digest[:12] if digest else "none yet: nothing is ready"
    yield from versions.items()


def _link(city: City, drafts: Sequence[Draft]) -> Link:
    ready, rest = words.approvable(drafts, city=city.id)
    about = f"{len(ready) + len(rest)} posts, {len(ready)} ready to approve"
    if city.status is CityStatus.CANCELLED:
        about = f"cancelled · {about}"
    return Link(href=file(city), name=city.name, about=about)


def _calendar(drafts: Sequence[Draft], campaign: Campaign, *, now: datetime) -> Iterator[Row]:
    for (city, slot), here in _by_slot(drafts).items():
        local, utc = _when(here)
        yield Row(
            anchor=cards.anchor(city, slot),
            city=campaign.cities[city].name,
            slot=slot,
            local=local,
            utc=utc,
            languages=", ".join(dict.fromkeys(draft.post.language for draft in here)),
            accounts=", ".join(dict.fromkeys(draft.post.account for draft in here)),
            note=", ".join(_notes(here, now)),
        )


def _notes(here: Sequence[Draft], now: datetime) -> Iterator[str]:
    if any(draft.post.armed for draft in here):
        yield "armed"
    if any(draft.post.called for draft in here):
        yield "called" if here[0].post.person is None else "goes by itself to each person who asks, once"
    if unready := sum(1 for draft in here if not draft.digest):
        yield f"{unready} not ready"
    if any(draft.post.due is not None and draft.post.due < now for draft in here):
        yield "its time is past"


def _section(
    city: City, drafts: Sequence[Draft], campaign: Campaign, *, now: datetime, shown: set[str] | None
) -> Section:
    groups = []
    for (_, slot), here in _by_slot(draft for draft in drafts if draft.post.city == city.id).items():
        local, utc = _when(here)
        beside = sorted(here, key=lambda draft: city.accounts.index(draft.post.account))
        drawn = tuple(cards.card(draft, campaign, now=now, shown=shown) for draft in beside)
        groups.append(Group(anchor=cards.anchor(city.id, slot), slot=slot, local=local, utc=utc, cards=drawn))
    return Section(heading=f"Posts of {city.name}", groups=tuple(groups))


def _by_slot(drafts: Iterable[Draft]) -> dict[tuple[str, str], list[Draft]]:
    found: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        found.setdefault((draft.post.city, draft.post.slot), []).append(draft)
    return found


def _when(here: Sequence[Draft]) -> tuple[str, str]:
    """The local time and the UTC time of a slot's versions, which may fall some minutes apart."""
    times = [moment for draft in here if (moment := words.local(draft.post)) is not None]
    if not times:
        return here[0].post.occasion, ""
    first, last = min(times), max(times)
    till = f"–{last:%H:%M}" if last != first else ""
    return cards.clock(first) + till, cards.utc(first)


def _which(city: City | None) -> str:
    return f"--city {shlex.quote(city.id)}" if city else "--all"


def _signs(campaign: Campaign, cities: Sequence[City]) -> Iterator[str]:
    yield "Organiser"
    yield from (f"Organiser no. {number}" for number in range(2, campaign.approvals + 1))
    spoken = dict.fromkeys(base(language) for city in cities for language in city.languages)
    yield from (f"Native reader ({language})" for language in spoken)
    yield "Safety person"
