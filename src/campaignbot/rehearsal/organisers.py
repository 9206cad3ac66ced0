"""The organisers of a rehearsal: they fill in what is still open, say yes, arm, and work the queues."""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from campaignbot.app import App
from campaignbot.model.campaign import Account, Campaign, City, CityStatus, Notice
from campaignbot.model.delivery import Delivery, Hold, State
from campaignbot.model.post import Draft
from campaignbot.model.reply import Intent
from campaignbot.rehearsal.world import Said
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
    accounts = dict(campaign.accounts)
    originals = list(cities.values())
    copies: dict[str, list[str]] = {}
    for number in range(len(cities), count):
        model = originals[number % len(originals)]
        mark = number // len(originals) + 1
        for name in model.accounts:  # cities that share an account share its copy
            copy = f"{name}-{mark}"
            if copy not in accounts:
                accounts[copy] = _copy(campaign.accounts[name], copy, number=len(accounts))
                copies.setdefault(name, []).append(copy)
        copies.setdefault(model.id, []).append(f"{model.id}-{mark}")
        cities[f"{model.id}-{mark}"] = dataclasses.replace(
            model,
            id=f"{model.id}-{mark}",
            names={language: f"{name} {mark}" for language, name in model.names.items()},
            aliases=(),
            accounts=tuple(f"{name}-{mark}" for name in model.accounts),
        )
    slots = tuple(
        dataclasses.replace(slot, cities=_beside(slot.cities, copies), accounts=_beside(slot.accounts, copies))
        for slot in campaign.slots
    )
    return dataclasses.replace(campaign, cities=cities, accounts=accounts, slots=slots)


def _copy(account: Account, name: str, *, number: int) -> Account:
    # X takes fifteen characters; no two copies may be the same login
    return dataclasses.replace(
        account,
        id=name,
        handle=account.handle and f"{account.handle[:9]}_{number}",
        page=account.page and f"99{number:08d}",
    )


def _beside(named: tuple[str, ...] | None, copies: Mapping[str, list[str]]) -> tuple[str, ...] | None:
    """What a slot names, with the copies of it."""
    return named and tuple(one for name in named for one in (name, *copies.get(name, ())))


def approve(app: App, planned: Sequence[Draft]) -> None:
    """Say yes to all that can be approved, as many organisers as the campaign asks for."""
    ready, _ = review.approvable(planned, city=None)
    for organiser in range(app.campaign.approvals):
        review.approve(
            app.books.ledger,
            app.campaign,
            planned,
            digests={draft.key: draft.digest or "" for draft in ready},
            by=f"rehearsal-{organiser + 1}",
            now=app.clock(),
        )


def arm(app: App, keys: Sequence[str]) -> None:
    """On site, people arm what is due and armed."""
    now = app.clock()
    with app.books.ledger.read() as c:
        held = [d for d in ledger.deliveries(c, keys=keys, states=(State.HELD,)).values() if d.reason == Hold.ARMED]
    for delivery in held:
        if _of_use(delivery, now):
            deliver.arm(app.books.ledger, delivery.key, by=ORGANISERS[0], now=now)


def decide(app: App, *, said: Callable[[str], Sequence[Said]], tried: Counter[str]) -> None:
    """Decide what waits for a person, as patient people would: look at the account itself for what is in doubt, try
    again a few times what has failed, let go what was held for being late. `said`: what stands on an account now."""
    now, book = app.clock(), app.books.ledger
    with book.read() as c:
        troubled = ledger.troubled(c, holds=(Hold.LATE,))
        words = {d.key: drafts.load(c, d.key, d.digest or "").text for d in troubled if d.state is State.IN_DOUBT}
    for delivery in troubled:
        if delivery.state is State.IN_DOUBT:
            _settle(app, delivery, words[delivery.key], said(delivery.post.account))
        elif delivery.state is State.FAILED and _of_use(delivery, now) and tried[delivery.key] < RETRIES:
            tried[delivery.key] += 1
            deliver.retry(book, delivery.key, by=ORGANISERS[0], now=now)
        elif delivery.state is State.HELD and _of_use(delivery, now):
            deliver.arm(book, delivery.key, by=ORGANISERS[0], now=now)


def _settle(app: App, delivery: Delivery, words: str, said: Sequence[Said]) -> None:
    # the same words may stand there from an earlier time; networks count in whole seconds
    since = (delivery.attempted or delivery.since) - timedelta(seconds=1)
    found = [one for one in said if one.text == words and one.at >= since]
    if found:
        deliver.settle_sent(
            app.books.ledger, delivery.key, url="https://example.org/found-by-eye", by=ORGANISERS[0], now=app.clock()
        )
    else:
        deliver.settle_not_sent(app.books.ledger, delivery.key, by=ORGANISERS[0], now=app.clock())


def _of_use(delivery: Delivery, now: datetime) -> bool:
    """Whether there is still time for it."""
    return delivery.until is not None and now < delivery.until


def work_queue(app: App, *, meaning: Mapping[str, tuple[Intent, int | None]]) -> int:
    """Decide every waiting reply as a person who understands it would; how many there were."""
    waiting = keep.queue(app.books.people)
    for reply in waiting:
        # on X a reply begins with the handles of those whom it answers
        words = re.sub(r"^(@\w+\s+)+", "", reply.text)
        intent, party = meaning.get(words, (Intent.OTHER, None))
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
