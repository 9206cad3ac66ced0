"""The parts of schedules.yaml, each read by itself, so that one wrong city does not hide what is wrong with another."""

from dataclasses import dataclass, field
from typing import cast

from campaignbot.model.campaign import Account, Action, City, CityStatus, Notice, Pacing, Slot
from campaignbot.stages.load import heading, languages, section, slots, tree, values, zones

BUILT = {"x": "handle", "facebook": "page"}  #: platforms, and the key that names the login
LATER = ("mastodon", "bluesky", "wordpress")


@dataclass(slots=True)
class Parts:
    """What the file says, as far as it can be used. The `named` also hold what is there but wrong; None where not even
    that can be told."""

    head: heading.Head | None = None
    pacing: Pacing | None = None
    accounts: dict[str, Account] = field(default_factory=dict)
    cities: dict[str, City] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    named_accounts: frozenset[str] | None = None
    named_cities: frozenset[str] | None = None
    named_messages: frozenset[str] | None = None


def read(fields: tree.Fields, book: section.Book) -> Parts:
    """Every part of the file; what is wrong goes into the book."""
    whole = section.Section(fields, "", book)
    parts = Parts()
    if campaign := whole.part("campaign", required=True):
        parts.head = heading.read(campaign)
    limits = whole.part("limits")
    if limits is None and whole.node("limits") is None:
        parts.pacing = heading.USUAL
    if limits:
        parts.pacing = heading.pacing(limits)
    if accounts := whole.part("accounts", required=True):
        parts.named_accounts = _accounts(accounts, parts)
    if cities := whole.part("cities", required=True):
        parts.named_cities = _cities(cities, parts)
    parts.slots, complete = slots.read(whole)
    if complete:
        parts.named_messages = frozenset(slot.message for slot in parts.slots)
    whole.close()
    return parts


def _accounts(part: section.Section, parts: Parts) -> frozenset[str]:
    named = list(part.named(values.slug))
    for name, node in named:
        if (fields := part.mapping(node, name)) and (account := _account(name, fields)):
            parts.accounts[name] = account
    return frozenset(name for name, _ in named)


def _account(name: str, part: section.Section) -> Account | None:
    platform = part.required("platform", _platform)
    account = Account(
        id=name,
        platform=platform,
        handle=part.required("handle", values.handle) if platform == "x" else None,
        page=part.required("page", values.page) if platform == "facebook" else None,
        base_url=part.optional("base_url", values.base_url, None),
        budget_usd=part.optional("budget_usd", values.dollars, None),
        answers=part.optional("answers", values.on_off, False),
    )
    if platform is None:
        # which keys belong to it is not known: naming them unknown would mislead
        return None
    return account if part.close() else None


def _platform(text: str) -> str:
    if text in LATER:
        message = f"{values.quoted(text)} is not built into this version"
        raise values.Wrong("platform", message, f"use one of: {', '.join(BUILT)}")
    return values.one_of(*BUILT)(text)


def _cities(part: section.Section, parts: Parts) -> frozenset[str]:
    named = list(part.named(values.slug))
    for name, node in named:
        if (fields := part.mapping(node, name)) and (city := _city(name, fields)):
            parts.cities[name] = city
    return frozenset(name for name, _ in named)


def _city(name: str, part: section.Section) -> City | None:
    country = part.required("country", zones.country)
    city = City(
        id=name,
        names=_names(part),
        aliases=part.rows("aliases", values.line) or (),
        country=country,
        zone=part.required("timezone", zones.zone),
        languages=_filled(part, "languages", lambda tag: languages.full(tag, country=country)),
        accounts=_filled(part, "accounts", values.slug),
        recipients=part.rows("recipients", values.recipient) or (),
        status=part.optional("status", values.member(CityStatus), CityStatus.DRAFT),
        venue=part.optional("venue", values.line, None),
        address=part.optional("address", values.line, None),
        map=part.optional("map", values.link, None),
        contact=part.optional("contact", values.line, None),
        action=_action(part),
        notice=_notice(part),
    )
    return city if part.close() else None


def _names(part: section.Section) -> dict[str, str]:
    names = part.part("name", required=True)
    if names is None:
        return {}
    found = {tag: names.optional(tag, values.line, None) for tag, _ in names.named(languages.either)}
    if names.node("en") is None:
        fix = 'write "name: {en: …}": it is what the city is called in every list'
        names.spoil(part.book.marks[names.path], values.Wrong("missing", "the English name is missing", fix))
    part.sound = names.close() and part.sound
    return {tag: called for tag, called in found.items() if called}


def _filled(part: section.Section, key: str, convert: section.Convert[str]) -> tuple[str, ...]:
    """A list of at least one."""
    rows = part.node(key)
    if rows is None or (isinstance(rows, tree.Rows) and not rows.rows):
        mark = part.book.marks.get(f"{part.path}/{key}", part.book.marks[part.path])
        part.spoil(mark, values.Wrong("missing", f'"{key}" is empty', f'write at least one: "{key}: [one]"'))
    return part.rows(key, convert) or ()


def _action(part: section.Section) -> Action:
    action = part.part("action", required=True)
    if action is None:
        return cast(Action, None)  # the section is unsound now: see section.Section
    found = Action(
        date=action.required("date", values.day),
        start=action.required("start", values.clock),
        end=action.required("end", values.clock),
    )
    part.sound = action.close() and part.sound
    return found


def _notice(part: section.Section) -> Notice | None:
    notice = part.part("notice")
    if notice is None:
        return None
    found = Notice(
        authority=notice.optional("authority", values.line, None),
        deadline=notice.optional("deadline", values.day, None),
        filed=notice.optional("filed", values.day, None),
        waived=notice.optional("waived", values.line, None),
    )
    part.sound = notice.close() and part.sound
    return found
