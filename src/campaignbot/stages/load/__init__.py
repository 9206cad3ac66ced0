"""The edge: a folder of files becomes a Campaign of exact types, or a list of everything that is wrong with it."""

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path

from campaignbot.model.campaign import Account, Campaign, City, Picture, Template
from campaignbot.model.errors import Fault, Severity, UserError
from campaignbot.model.post import Limits
from campaignbot.stages import plan, render
from campaignbot.stages.load import pictures, references, schedule, section, texts, tree
from campaignbot.stages.load.folder import SCHEDULES, fingerprint, init, shipped
from campaignbot.stages.load.zones import disagreements, version

__all__ = ["campaign", "disagreements", "fingerprint", "init", "read", "shipped", "version"]


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
    texts.note_missing(parts, templates, book)
    shown = pictures.read(folder, parts, book)
    pictures.check(shown, parts, book, limits=limits)
    whole = book.sound
    found = _campaign(parts, templates, shown, book)
    if parts.head is not None and parts.pacing is not None:
        references.warn(found, book, today=today)
    book.faults += _thought_through(found, limits, paced=parts.pacing is not None)
    return found if whole else None, sorted(set(book.faults))


def campaign(folder: Path, *, limits: Callable[[Account], Limits], today: date) -> Campaign:
    """The campaign that a folder holds; UserError with every error if there is one. Warnings pass."""
    found, faults = read(folder, limits=limits, today=today)
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
    head = parts.head or schedule.STAND_IN
    return Campaign(
        **{name.name: getattr(head, name.name) for name in dataclasses.fields(head)},
        pacing=parts.pacing or schedule.USUAL,
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


def _thought_through(found: Campaign, limits: Callable[[Account], Limits], *, paced: bool) -> list[Fault]:
    """What the thinkers find wrong: the templates, the plan, the drafts. Spacing and caps mean nothing where the
    file's own cannot be read."""
    faults = [fault for template in found.templates for fault in render.template_faults(template, found)]
    posts = plan.posts(found)
    taken = {account.id: limits(account) for account in found.accounts.values()}
    drafts = [render.draft(post, found, taken[post.account]) for post in posts]
    if paced:
        faults += plan.faults(found, posts)
        faults += render.draft_faults(drafts, found)
    return faults
