"""What the parts of the file say of each other, and what a person should know before the day."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from campaignbot.model.campaign import Ask, Campaign, City, CityStatus, base
from campaignbot.stages.load import schedule, section, values, zones

STALE = timedelta(days=90)
FAR = timedelta(days=31)
PUBLIC_SETTLE = timedelta(seconds=60)
PUBLIC_POLL = timedelta(seconds=30)
LONGEST_JOINERS = timedelta(days=14)
LONGEST_WAITING = timedelta(hours=72)


def check(parts: schedule.Parts, book: section.Book) -> None:
    """Note every reference to something that is not there, and everything that is there twice."""
    tags = {tag for city in parts.cities.values() for tag in city.languages}
    spoken = tags | {base(tag) for tag in tags} if parts.cities.keys() == parts.named_cities else None
    known = {
        ("cities", "accounts"): ("account", parts.named_accounts),
        ("slots", "cities"): ("city", parts.named_cities),
        ("slots", "accounts"): ("account", parts.named_accounts),
        ("slots", "languages"): ("language", spoken),
    }
    for path, names in book.lists.items():
        kind, there = known.get((path.partition("/")[0], path.rpartition("/")[2]), ("", None))
        _known(map(str, names), there, path, kind, book)
    _one_login_each(parts, book)
    _one_name_each(parts.cities.values(), book)


def _known(found: Iterable[str], known: Collection[str] | None, path: str, kind: str, book: section.Book) -> None:
    """Note what is not among the known; where these cannot be told, nothing is."""
    for name in found:
        if known is not None and name not in known:
            mark, fix = book.marks[f"{path}/{name}"], values.suggestion(name, sorted(known))
            book.note(mark, f"unknown-{kind}", f"there is no {kind} {values.quoted(name)}", fix)


def _one_login_each(parts: schedule.Parts, book: section.Book) -> None:
    seen: dict[tuple[str, str], str] = {}
    for account in parts.accounts.values():
        login = account.platform, account.remote
        if login in seen:
            mark = book.marks[f"accounts/{account.id}/{schedule.BUILT[account.platform]}"]
            message = f"this is the same login as {values.quoted(seen[login])}"
            book.note(mark, "same-login", message, "keep one account and name it in both cities")
        seen.setdefault(login, account.id)


def _one_name_each(cities: Iterable[City], book: section.Book) -> None:
    """Two cities of one English name could not be told apart in any list."""
    seen: dict[str, str] = {}
    for city in cities:
        called = city.names["en"].casefold()
        if called in seen:
            message = f"{values.quoted(city.names['en'])} is also the name of the city {values.quoted(seen[called])}"
            fix = 'tell them apart: "London (Ontario)"'
            book.note(book.marks[f"cities/{city.id}/name/en"], "same-name", message, fix)
        seen.setdefault(called, city.id)


def warn(campaign: Campaign, book: section.Book, *, today: date) -> None:
    """Note what is not wrong, but should be known."""
    if not campaign.recipients:
        message = "nobody holds a key yet, so nobody could open what joiners send"
        book.warn(campaign.mark("campaign/recipients"), "no-recipients", message, "add keys: `campaignbot keys new`")
    used = {name for city in campaign.cities.values() for name in city.accounts}
    for account in campaign.accounts:
        if account not in used:
            message = f"no city speaks on {values.quoted(account)}"
            book.warn(campaign.mark(f"accounts/{account}"), "unused", message, "name it in a city, or delete it")
    _warn_links(campaign, book)
    _warn_languages(campaign, book)
    _warn_patience(campaign, book)
    _warn_keeping(campaign, book)
    _warn_answers(campaign, book)
    for country, line in campaign.helplines.items():
        mark = campaign.mark(f"campaign/helplines/{country}/checked_on")
        if not timedelta(0) <= today - line.checked_on <= STALE:
            message = f"the helpline for {country} was not checked in the last {STALE.days} days"
            book.warn(mark, "stale-helpline", message, "call it, then write the day into checked_on")
    for number, alarm in enumerate(campaign.alarms, start=1):
        if "@" in alarm.partition("://")[2] and ":" in alarm.partition("://")[2].rpartition("@")[0]:
            fix = "keep the address among the secrets, and write the secret's name here"
            book.warn(campaign.mark("campaign/alarms"), "password", f"alarm {number} holds a password", fix)
    facts = {"venue": "city.venue", "map": "links.map", "contact": "city.contact"}
    wanted = [fact for fact, variable in facts.items() if any(variable in t.source for t in campaign.templates)]
    for city in campaign.cities.values():
        _warn_city(city, campaign, book, wanted=wanted, today=today)


def warn_silent(campaign: Campaign, spoken: Collection[str], book: section.Book) -> None:
    """Note the slots from which nothing comes. `spoken` are those from which something does."""
    answering = any(account.answers for account in campaign.accounts.values())
    for slot in campaign.slots:
        if slot.answers is not None and not answering:
            continue  # as shipped: texts at hand, and nobody is answered
        if slot.id not in spoken and any(city.status is not CityStatus.CANCELLED for city in campaign.cities.values()):
            message = f"slot {slot.id} sends nothing: no city has what it asks for"
            fix = "look at its cities, languages and accounts"
            book.warn(campaign.mark(f"slots/{slot.id}"), "silent", message, fix)


def _warn_answers(campaign: Campaign, book: section.Book) -> None:
    """One text for each thing that is asked, or nobody could say which; and one at least where answers are on."""
    asked: dict[Ask, str] = {}
    for slot in campaign.slots:
        if slot.answers is not None and slot.answers in asked:
            message = f"slots {asked[slot.answers]} and {slot.id} both answer {slot.answers}"
            book.warn(
                campaign.mark(f"slots/{slot.id}"), "two-answers", message, "only the first is used: leave one out"
            )
        elif slot.answers is not None:
            asked[slot.answers] = slot.id
    for account in campaign.accounts.values():
        if account.answers and not asked:
            message = f"answers are on for {account.id}, and no slot has a text for them"
            fix = "add a slot with `when: {answers: join}`, or write `answers: off`"
            book.warn(campaign.mark(f"accounts/{account.id}/answers"), "no-answer", message, fix)


def _warn_links(campaign: Campaign, book: section.Book) -> None:
    used = {slot.message for slot in campaign.slots}
    for name in ("join", "safety", "next"):
        wanted = any(f"links.{name}" in t.source for t in campaign.templates if t.message in used)
        if wanted and name not in campaign.links:
            mark = campaign.mark(f"campaign/links/{name}")
            message = f"links.{name} is not set: messages that name it cannot be approved"
            book.warn(mark, "no-link", message, "write the https address")


def _warn_languages(campaign: Campaign, book: section.Book) -> None:
    spoken = dict.fromkeys(base(tag) for city in campaign.cities.values() for tag in city.languages)
    for language in spoken:
        if campaign.unread(language):
            mark = campaign.mark(f"campaign/proofread/{language}")
            message = f"no native reader has read the texts in {values.quoted(language)}"
            book.warn(mark, "unread", message, f'ask one, then write the name: "proofread: {{{language}: …}}"')


def _warn_patience(campaign: Campaign, book: section.Book) -> None:
    public = [a.id for a in campaign.accounts.values() if a.base_url is None or not values.loopback(a.base_url)]
    if not public:
        return
    if campaign.pacing.settle < PUBLIC_SETTLE:
        message = "settle is under 60s: a network may show a post later than that"
        book.warn(campaign.mark("limits/settle"), "hasty", message, "write 5m")
    if campaign.pacing.poll < PUBLIC_POLL:
        message = "poll is under 30s: a network may refuse us for asking so often"
        book.warn(campaign.mark("limits/poll"), "hasty", message, "write 3m")


def _warn_keeping(campaign: Campaign, book: section.Book) -> None:
    if campaign.retention.joiners > LONGEST_JOINERS:
        message = "joiners are kept longer than 14 days after the action"
        book.warn(campaign.mark("campaign/retention/joiners"), "long-keeping", message, "write 14d, or tell them so")
    if campaign.retention.waiting > LONGEST_WAITING:
        message = "replies that wait for a person are kept longer than 72 hours"
        book.warn(campaign.mark("campaign/retention/waiting"), "long-keeping", message, "write 72h, or tell them so")


def _warn_city(city: City, campaign: Campaign, book: section.Book, *, wanted: Sequence[str], today: date) -> None:
    place = f"cities/{city.id}"
    if city.zone.key in zones.UNIVERSAL:
        mark = campaign.mark(f"{place}/timezone")
        book.warn(mark, "zone", f"{city.zone.key} knows no summer time", "use the zone of the place")
    elif city.country not in zones.places()[city.zone.key]:
        message = f"{city.zone.key} is not a time zone of {zones.countries()[city.country]}"
        book.warn(campaign.mark(f"{place}/timezone"), "zone-country", message, "correct the zone or the country")
    if abs(city.action.date - campaign.date) > FAR:
        message = f"the action in {city.name} is more than {FAR.days} days from the campaign's date, {campaign.date}"
        book.warn(campaign.mark(f"{place}/action/date"), "far-action", message, "correct one of the two dates")
    if city.status is CityStatus.CANCELLED:
        return
    gaps = [name for name in wanted if getattr(city, name) is None]
    lacking = f"without {' and '.join((', '.join(gaps[:-1]), gaps[-1]) if gaps[1:] else gaps)}" if gaps else ""
    if city.status is CityStatus.DRAFT:
        message = f"{city.name} is a draft" + (f", {lacking}" if gaps else "")
        book.warn(campaign.mark(place), "draft", message, "fill it in, then write `status: ready`")
    elif gaps:
        book.warn(
            campaign.mark(place), "gap", f"{city.name} is {lacking}", "fill it in: messages that name it wait for it"
        )
    _warn_notice(city, campaign, book, today=today)


def _warn_notice(city: City, campaign: Campaign, book: section.Book, *, today: date) -> None:
    notice = city.notice
    if notice is None or notice.settled:
        return
    when = ""
    if notice.deadline:
        when = f" (the deadline {'was' if notice.deadline < today else 'is'} {notice.deadline})"
    mark = campaign.mark(f"cities/{city.id}/notice/filed")
    message = f"the notice for {city.name} is not filed{when}"
    book.warn(mark, "notice", message, "file it and write the day into filed, or say in waived why none is needed")
