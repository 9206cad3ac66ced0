"""What an organiser reads before saying yes: the drafts."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from campaignbot.model.bulk import uncollected
from campaignbot.model.campaign import Account, Campaign
from campaignbot.model.post import Draft, Limits, Post
from campaignbot.stages import plan, render


@uncollected()
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
