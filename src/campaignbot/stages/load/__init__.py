"""The edge: a folder of files becomes a Campaign of exact types, or a list of everything that is wrong with it."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from campaignbot.model.campaign import Account, Campaign, City, Picture, Template
from campaignbot.model.errors import Fault, Severity, UserError
from campaignbot.model.post import Limits, Post
from campaignbot.stages import plan, render
from campaignbot.stages.load import heading, pictures, references, schedule, section, texts, tree
from campaignbot.stages.load.folder import REST, SCHEDULES, Watched, at_rest, fingerprint, init, shipped
from campaignbot.stages.load.zones import disagreements, version

__all__ = [
    "REST",
    "SCHEDULES",
    "Watched",
    "at_rest",
    "campaign",
    "disagreements",
    "fingerprint",
    "init",
    "outline",
    "read",
    "shipped",
    "version",
]


def read(folder: Path, *, limits: Callable[[Account], Limits], today: date) -> tuple[Campaign | None, list[Fault]]:
    """All that a folder says, and all that is wrong with it, sorted by where it stands.

    The campaign is None where the files are too wrong to make one. One that comes with an error may be shown to a
    person, never sent.
    """
    fields, formal = tree.read(folder / SCHEDULES, name=SCHEDULES)
    if fields is None:
        return None, sorted(formal)
    book = section.Book(faults=formal)
    parts = schedule.read(fields, book)
    references.check(parts, book)
    templates = texts.read(folder, parts, book)
    shown = pictures.fitting(pictures.read(folder, parts, book), parts, book, limits=limits)
    whole = book.sound
    found = _campaign(parts, templates, shown, book)
    posts = plan.posts(found)
    book.faults += _thought_through(found, posts, limits)
    if whole:
        references.warn(found, book, today=today)
        references.warn_silent(found, {post.slot for post in posts}, book)
    return found if whole else None, sorted(set(book.faults))


def campaign(folder: Path, *, limits: Callable[[Account], Limits], today: date) -> Campaign:
    """The campaign that a folder holds; UserError with every error if there is one. Warnings pass."""
    found, faults = read(folder, limits=limits, today=today)
    return _sound(folder, found, faults)


def outline(folder: Path) -> Campaign:
    """What a folder says without its messages and pictures, and without a thought for its posts: enough to understand
    replies by, and made at once. UserError with every error of `schedules.yaml` if there is one."""
    fields, formal = tree.read(folder / SCHEDULES, name=SCHEDULES)
    book = section.Book(faults=formal)
    if fields is None:
        return _sound(folder, None, formal)
    parts = schedule.read(fields, book)
    references.check(parts, book)
    return _sound(folder, _campaign(parts, (), {}, book), book.faults)


def _sound(folder: Path, found: Campaign | None, faults: Sequence[Fault]) -> Campaign:
    wrong = tuple(fault for fault in faults if fault.severity is Severity.ERROR)
    if found is None or wrong:
        many = "one fault" if len(wrong) == 1 else f"{len(wrong)} faults"
        raise UserError(f"{folder} has {many}; mend what `campaignbot check` names", faults=wrong)
    return found


def _campaign(
    parts: schedule.Parts, templates: tuple[Template, ...], shown: dict[str, Picture], book: section.Book
) -> Campaign:
    """The campaign of all parts that can be used. What is wrong with one part must not hide what is wrong with the
    texts, so a part that is missing is stood in for; such a campaign is only ever looked at here."""
    said = parts.head or heading.STAND_IN
    return Campaign(
        **{name.name: getattr(said, name.name) for name in dataclasses.fields(said)},
        pacing=parts.pacing or heading.LAX,
        accounts=parts.accounts,
        cities={city.id: _reachable(city, parts) for city in parts.cities.values()},
        slots=tuple(parts.slots),
        templates=templates,
        pictures=shown,
        marks=book.marks,
    )


def _reachable(city: City, parts: schedule.Parts) -> City:
    """The city with those of its accounts that can be used."""
    return dataclasses.replace(city, accounts=tuple(name for name in city.accounts if name in parts.accounts))


def _thought_through(found: Campaign, posts: Sequence[Post], limits: Callable[[Account], Limits]) -> list[Fault]:
    """What the thinkers find wrong: with the templates, the plan, the drafts."""
    faults = [fault for template in found.templates for fault in render.template_faults(template, found)]
    taken = {account.id: limits(account) for account in found.accounts.values()}
    drafts = [render.draft(post, found, taken[post.account]) for post in posts]
    return [*faults, *plan.faults(found, posts), *render.draft_faults(drafts, found)]
