"""The parts of schedules.yaml, each read by itself, so that one wrong city does not hide what is wrong with another."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import cast

from campaignbot.model.campaign import (
    Account,
    Action,
    AtAction,
    AtInstant,
    Called,
    City,
    CityStatus,
    Edge,
    Helpline,
    Late,
    Notice,
    OnDay,
    Pacing,
    Retention,
    Slot,
    When,
)
from campaignbot.stages.load import languages, section, tree, values, zones

BUILT = {"x": "handle", "facebook": "page"}  #: platforms, and the key that names the login
LATER = ("mastodon", "bluesky", "wordpress")
UNTIL = timedelta(hours=6)
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


@dataclass(slots=True)
class Parts:
    """What the file says, as far as it can be used; the `named` also hold those that are there but wrong."""

    head: Head | None = None
    pacing: Pacing | None = None
    accounts: dict[str, Account] = field(default_factory=dict)
    cities: dict[str, City] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    named_accounts: frozenset[str] = frozenset()
    named_cities: frozenset[str] = frozenset()


def read(fields: tree.Fields, book: section.Book) -> Parts:
    """Every part of the file; what is wrong goes into the book."""
    whole = section.Section(fields, "", book)
    parts = Parts()
    if head := whole.part("campaign", required=True):
        parts.head = _head(head)
    limits = whole.part("limits")
    if limits is None and whole.node("limits") is None:
        parts.pacing = USUAL
    if limits:
        parts.pacing = _pacing(limits)
    if accounts := whole.part("accounts", required=True):
        parts.named_accounts = _accounts(accounts, parts)
    if cities := whole.part("cities", required=True):
        parts.named_cities = _cities(cities, parts)
    _slots(whole, parts)
    whole.close()
    return parts


def _head(part: section.Section) -> Head | None:
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


def _pacing(part: section.Section) -> Pacing | None:
    second = values.at_least(timedelta(seconds=1))
    pacing = Pacing(
        quiet=part.optional("quiet", values.quiet, USUAL.quiet),
        spacing=part.optional("spacing", values.duration, USUAL.spacing),
        per_account_per_day=part.optional("per_account_per_day", values.whole(1, 1000), USUAL.per_account_per_day),
        duplicate_window=part.optional("duplicate_window", values.duration, USUAL.duplicate_window),
        settle=part.optional("settle", second, USUAL.settle),
        poll=part.optional("poll", second, USUAL.poll),
    )
    return pacing if part.close() else None


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
    city = City(
        id=name,
        names=_names(part),
        aliases=part.rows("aliases", values.line) or (),
        country=part.required("country", zones.country),
        zone=part.required("timezone", zones.zone),
        languages=_filled(part, "languages", languages.full),
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
    if part.part("name", required=True) is None:
        return {}
    names = part.table("name", languages.either, values.line)
    if f"{part.path}/name/en" not in part.book.marks:
        fix = 'write "name: {en: …}": it is what the city is called in every list'
        part.spoil(part.book.marks[f"{part.path}/name"], values.Wrong("missing", "the English name is missing", fix))
    return names


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


def _slots(whole: section.Section, parts: Parts) -> None:
    rows = whole.node("slots")
    if not isinstance(rows, tree.Rows):
        mark = whole.mark if rows is None else rows.mark
        whole.spoil(
            mark, values.Wrong("missing", '"slots" is not a list of slots', 'add "slots:" and lines "- {id: …}"')
        )
        return
    seen: set[str] = set()
    for number, row in enumerate(rows.rows, start=1):
        if not isinstance(row, tree.Fields):
            whole.spoil(row.mark, values.Wrong("shape", "this is not a slot", 'write "- {id: …, message: …, when: …}"'))
            continue
        written = row.fields.get("id", (row.mark, row))[1]
        name = written.text if isinstance(written, tree.Text) and written.text else f"#{number}"
        path = f"slots/{name}"
        if name in seen:
            message = f"the slot {values.quoted(name)} stands twice"
            whole.spoil(written.mark, values.Wrong("duplicate-slot", message, "give one of them another id"))
            path = f"slots/#{number}"
        seen.add(name)
        whole.book.marks[path] = row.mark
        if (slot := _slot(section.Section(row, path, whole.book))) and path == f"slots/{slot.id}":
            parts.slots.append(slot)


def _slot(part: section.Section) -> Slot | None:
    slot = Slot(
        id=part.required("id", values.name),
        message=part.required("message", values.name),
        when=part.required("when", _called) if isinstance(part.node("when"), tree.Text | None) else _when(part),
        until=part.optional("until", _until, UNTIL),
        late=part.optional("late", values.member(Late), Late.SEND),
        armed=part.optional("armed", values.truth, False),
        ignores_quiet=part.optional("quiet", values.one_of("ignore"), None) is not None,
        needs=part.rows("needs", values.one_of("notice")) or (),
        cities=part.rows("cities", values.slug),
        languages=part.rows("languages", languages.either),
        accounts=part.rows("accounts", values.slug),
    )
    return slot if part.close() else None


_FORMS = "{days_before: 7, at: 12:30}, {days_after: 1, at: 12:30}, {action: start}, {instant: 2026-12-01T12:00:00Z}"


def _called(text: str) -> When:
    if text != "called":
        message = f"{values.quoted(text)} does not say when"
        raise values.Wrong("when", message, f"write called, or one of {_FORMS}")
    return Called()


def _when(part: section.Section) -> When:
    when = part.part("when", required=True)
    if when is None:
        return cast(When, None)  # the section is unsound now: see section.Section
    days = values.whole(0, 3660)
    before = when.optional("days_before", days, None)
    after = when.optional("days_after", days, None)
    at = when.optional("at", values.clock, None)
    edge = when.optional("action", values.member(Edge), None)
    instant = when.optional("instant", values.instant, None)
    part.sound = when.close() and part.sound
    said = sum(value is not None for value in (before, after, at, edge, instant))
    if before is not None and at is not None and said == 2:
        return OnDay(days=-before, at=at)
    if after is not None and at is not None and said == 2:
        return OnDay(days=after, at=at)
    if edge is not None and said == 1:
        return AtAction(edge=edge)
    if instant is not None and said == 1:
        return AtInstant(at=instant)
    if when.sound:
        mark = part.book.marks[f"{part.path}/when"]
        part.spoil(mark, values.Wrong("when", "this does not say one time", f"write called, or one of {_FORMS}"))
    return cast(When, None)  # likewise


def _until(text: str) -> timedelta | Edge:
    edges = {f"action.{edge}": edge for edge in Edge}
    if text in edges:
        return edges[text]
    try:
        return values.at_least(timedelta(seconds=1))(text)
    except values.Wrong as wrong:
        raise values.Wrong(wrong.code, wrong.message, f"{wrong.fix}; or action.start, action.end") from None
