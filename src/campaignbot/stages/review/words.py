"""What an organiser reads before saying yes: the drafts, and the plain records a terminal shows of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from campaignbot.model.campaign import Account, Campaign
from campaignbot.model.post import Draft, Limits, Post
from campaignbot.stages import plan, render


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """One draft as a terminal shows it. `at` is in the city's own time; None until a person calls the post."""

    key: str
    city: str
    city_name: str  #: the canonical one
    language: str
    account: str
    platform: str
    at: datetime | None
    text: str
    alt: str | None
    length: int
    limit: int
    digest: str | None  #: whole; None while something is missing
    warnings: tuple[str, ...]
    missing: tuple[str, ...]
    cost_usd: Decimal
    armed: bool
    called: bool


def drafts(campaign: Campaign, limits: Callable[[Account], Limits]) -> list[Draft]:
    """Every post of the plan with its words, in the plan's order."""
    here = {account.id: limits(account) for account in campaign.accounts.values()}
    return [render.draft(post, campaign, here[post.account]) for post in plan.posts(campaign)]


def approvable(drafts: Sequence[Draft], *, city: str | None) -> tuple[list[Draft], list[Draft]]:
    """The drafts of one city (None: of all) that lack nothing, and the rest."""
    here = [draft for draft in drafts if city in (None, draft.post.city)]
    return [draft for draft in here if draft.digest], [draft for draft in here if not draft.digest]


def local(post: Post) -> datetime | None:
    """When it is due, in the city's own time."""
    return post.due.astimezone(ZoneInfo(post.zone)) if post.due else None


def preview(drafts: Sequence[Draft], campaign: Campaign) -> Iterator[Preview]:
    """A record a draft, in the order given."""
    for draft in drafts:
        post = draft.post
        yield Preview(
            key=draft.key,
            city=post.city,
            city_name=campaign.cities[post.city].name,
            language=post.language,
            account=post.account,
            platform=post.platform,
            at=local(post),
            text=draft.text,
            alt="\n".join(picture.alt for picture in draft.pictures if picture.alt) or None,
            length=draft.length,
            limit=draft.limit,
            digest=draft.digest,
            warnings=draft.warnings,
            missing=draft.missing,
            cost_usd=draft.cost_usd,
            armed=post.armed,
            called=post.called,
        )
