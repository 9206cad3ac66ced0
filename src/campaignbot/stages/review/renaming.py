"""Posts that may already be in the ledger under a name the files no longer have."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from campaignbot.model.campaign import Campaign
from campaignbot.model.delivery import Delivery, State
from campaignbot.model.post import Draft
from campaignbot.stages import plan
from campaignbot.store import drafts as kept
from campaignbot.store.database import Connection

_OVER = frozenset({State.MISSED, State.CANCELLED})


def renamed(
    c: Connection,
    campaign: Campaign,
    drafts: Sequence[Draft],
    deliveries: Mapping[str, Delivery],
    *,
    now: datetime,
) -> dict[str, str]:
    """By key, which delivery under a vanished key says the same there, in words. A post that was missed or cancelled
    and comes back counts as new."""
    here = {draft.key for draft in drafts}
    if here >= deliveries.keys():
        return {}
    known = {key: one for key, one in deliveries.items() if key not in here or one.state not in _OVER}
    found = plan.changes(drafts, known, now=now, logins=logins(c, campaign, deliveries))
    return {change.key: change.detail or "renamed?" for change in found if change.what == "renamed"}


def logins(c: Connection, campaign: Campaign, deliveries: Mapping[str, Delivery]) -> dict[str, tuple[str, str]]:
    """By account id, platform and remote account of accounts that the files no longer name."""
    found = {}
    for delivery in deliveries.values():
        gone = delivery.post.account
        if gone in campaign.accounts or gone in found or delivery.digest is None:
            continue
        account = kept.load(c, delivery.key, delivery.digest).account
        found[gone] = (account.platform, account.remote)
    return found
