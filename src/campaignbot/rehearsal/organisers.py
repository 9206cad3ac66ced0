"""The organisers of a rehearsal: they fill in what is still open, say yes, arm, and work the queues."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta

from campaignbot import app as wiring
from campaignbot.app import App
from campaignbot.model.campaign import Account, Campaign, City, CityStatus, Notice
from campaignbot.model.delivery import Hold, State
from campaignbot.model.reply import Intent
from campaignbot.stages import deliver, keep, review
from campaignbot.store import drafts, ledger

LINKS = ("join", "safety", "next")
ORGANISERS = ("rehearsal-1", "rehearsal-2")
RETRIES = 3


def fill(campaign: Campaign, *, urls: Mapping[str, str], recipient: str) -> Campaign:
    """The campaign with every open fact filled in, its accounts on the embedded networks. In memory only."""
    accounts = {name: dataclasses.replace(a, base_url=urls[a.platform]) for name, a in campaign.accounts.items()}
    links = {name: f"https://example.org/{name}" for name in LINKS} | dict(campaign.links)
    return dataclasses.replace(
        campaign,
        accounts=accounts,
        cities={name: _filled(city) for name, city in campaign.cities.items()},
        links=links,
        recipients=(recipient,),
        alarms=(),
    )


def _filled(city: City) -> City:
    if city.status is CityStatus.CANCELLED:
        return city
    notice = city.notice and dataclasses.replace(city.notice, filed=city.action.date - timedelta(days=7))
    return dataclasses.replace(
        city,
        status=CityStatus.READY,
        venue=city.venue or f"Rehearsal Square, {city.name}"[:40],
        address=city.address or "1 Rehearsal Street",
        map=city.map or f"https://example.org/map/{city.id}",
        contact=city.contact or f"{city.id}@example.org",
        notice=notice or Notice(authority=None, deadline=None, filed=None, waived="a rehearsal"),
        recipients=(),
    )


def clones(campaign: Campaign, count: int) -> Campaign:
    """The campaign with so many cities: the first ones, or copies with accounts of their own beside them."""
    cities = dict(list(campaign.cities.items())[:count])
    accounts: dict[str, Account] = dict(campaign.accounts)
    originals = list(cities.values())
    for number in range(len(cities), count):
        model = originals[number % len(originals)]
        mark = number // len(originals) + 1
        copied = {name: _copy(campaign.accounts[name], mark) for name in model.accounts}
        accounts |= {account.id: account for account in copied.values()}
        cities[f"{model.id}-{mark}"] = dataclasses.replace(
            model,
            id=f"{model.id}-{mark}",
            names={language: f"{name} {mark}" for language, name in model.names.items()},
            aliases=(),
            accounts=tuple(account.id for account in copied.values()),
        )
    return dataclasses.replace(campaign, cities=cities, accounts=accounts)


def _copy(account: Account, mark: int) -> Account:
    return dataclasses.replace(
        account,
        id=f"{account.id}-{mark}",
        handle=account.handle and f"{account.handle[:11]}_{mark}",
        page=account.page and f"{account.page}{mark:03d}",
    )


def approve(app: App) -> list[str]:
    """Say yes to all that can be approved, as many organisers as the campaign asks for; the keys that cannot be."""
    planned = wiring.drafts(app.campaign)
    ready, rest = review.approvable(planned, city=None)
    for organiser in range(app.campaign.approvals):
        review.approve(
            app.books.ledger,
            app.campaign,
            planned,
            digests={draft.key: draft.digest or "" for draft in ready},
            by=f"rehearsal-{organiser + 1}",
            now=app.clock(),
        )
    return [draft.key for draft in rest]


def arm(app: App) -> None:
    """On site, people arm what is due and armed."""
    now = app.clock()
    with app.books.ledger.read() as c:
        held = ledger.deliveries(c, states=(State.HELD,))
    for delivery in held.values():
        if delivery.reason == Hold.ARMED and delivery.due is not None and delivery.due <= now:
            deliver.arm(app.books.ledger, delivery.key, by=ORGANISERS[0], now=now)


def decide_doubts(app: App, *, texts: Callable[[str], list[str]]) -> None:
    """Look at the account itself for each post in doubt that waits for a person, and say what is there.

    `texts`: what stands on an account now.
    """
    with app.books.ledger.read() as c:
        doubts = ledger.deliveries(c, states=(State.IN_DOUBT,))
        words = {key: drafts.load(c, key, d.digest or "").text for key, d in doubts.items() if d.settle_at is None}
    for key, text in words.items():
        if text in texts(doubts[key].post.account):
            found = "https://example.org/found-by-eye"
            deliver.settle_sent(app.books.ledger, key, url=found, by=ORGANISERS[0], now=app.clock())
        else:
            deliver.settle_not_sent(app.books.ledger, key, by=ORGANISERS[0], now=app.clock())


def retry(app: App, *, tried: Counter[str]) -> None:
    """Try what has failed again, while it is still of use; each post a few times at most, as patient people would."""
    now = app.clock()
    with app.books.ledger.read() as c:
        failed = ledger.deliveries(c, states=(State.FAILED,))
    for key, delivery in failed.items():
        if delivery.until is not None and now < delivery.until and tried[key] < RETRIES:
            tried[key] += 1
            deliver.retry(app.books.ledger, key, by=ORGANISERS[0], now=now)


def work_queue(app: App, *, meaning: Mapping[str, tuple[Intent, int | None]]) -> int:
    """Decide every waiting reply as a person who understands it would; how many there were."""
    waiting = keep.queue(app.books.people)
    for reply in waiting:
        intent, party = meaning.get(reply.text, (Intent.OTHER, None))
        keep.label(
            app.books.people,
            reply.id,
            intent=intent,
            city=reply.city if intent is Intent.JOIN else None,
            party_size=party,
            campaign=app.campaign,
            key=app.books.key,
            by=ORGANISERS[0],
            now=app.clock(),
        )
    return len(waiting)
