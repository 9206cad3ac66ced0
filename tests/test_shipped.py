"""The campaign that ships: complete, within its own limits, and fit for every city and language it names."""

import dataclasses
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime
from itertools import product

import pytest

import made
from campaignbot.model.campaign import Account, Campaign, CityStatus, Kind
from campaignbot.model.errors import Severity
from campaignbot.model.post import Draft, Limits
from campaignbot.model.reply import Intent, Reply
from campaignbot.stages import detect, load, plan, render

TODAY = date(2026, 11, 23)
MARGIN = 10  #: kept free of the 280 that X allows

LANGUAGES = {
    "london": ("en-GB",),
    "marseille": ("fr-FR",),
    "stockholm": ("sv-SE", "en-GB"),
    "bucharest": ("ro-RO", "en-GB"),
    "toronto": ("en-CA", "fr-CA"),
    "new-york": ("en-US", "es-US"),
    "sydney": ("en-AU",),
    "canberra": ("en-AU",),
    "barcelona": ("ca-ES", "es-ES"),
}
EVERY_TAG = (*dict.fromkeys(tag for tags in LANGUAGES.values() for tag in tags), "ru-RU")
SLOTS = {
    "announce": "announce",
    "why": "why",
    "how_to_join": "how_to_join",
    "details": "city_details",
    "safety": "safety",
    "reminder": "reminder",
    "why_2": "why_2",
    "tomorrow": "reminder",
    "morning": "morning_of",
    "gathering": "gathering_now",
    "silence": "minute_of_silence",
    "thanks": "thanks",
    "next": "whats_next",
    "cancelled": "cancelled",
    "moved": "moved",
    "answer_join": "answer_join",
    "answer_question": "answer_question",
}


def limits(account: Account) -> Limits:
    return made.LIMITS_X if account.platform == "x" else made.LIMITS_FACEBOOK


@pytest.fixture(scope="module")
def shipped() -> Campaign:
    return load.campaign(load.shipped(), limits=limits, today=TODAY)


def filled(campaign: Campaign, *, also: tuple[str, ...]) -> Campaign:
    """The campaign as organisers complete it, with places, links and handles as long as the README allows, and each
    city also posting in the tags of `also`."""
    cities = {
        city.id: dataclasses.replace(
            city,
            status=CityStatus.READY,
            venue="By the north gate, left of the fountains",
            address="1 Example Street",
            map="https://example.org/map-2026",
            contact=f"{city.id}@example.org",
            languages=tuple(dict.fromkeys((*city.languages, *also))),
            notice=city.notice and dataclasses.replace(city.notice, waived="a test"),
        )
        for city in campaign.cities.values()
    }
    accounts = {
        account.id: dataclasses.replace(account, handle=account.handle and account.handle.ljust(15, "x"))
        for account in campaign.accounts.values()
    }
    links = {name: f"https://example.org/{name}".ljust(28, "x") for name in ("join", "safety", "next")}
    return dataclasses.replace(campaign, cities=cities, accounts=accounts, links=links)


def drafts(campaign: Campaign) -> list[Draft]:
    return [render.draft(p, campaign, limits(campaign.accounts[p.account])) for p in plan.posts(campaign)]


OPEN = {"draft": 9, "notice": 8, "unread": 6, "no-link": 3, "no-recipients": 1}


@pytest.mark.parametrize(
    ("today", "warnings"), [(TODAY, OPEN), (date(2027, 6, 1), {**OPEN, "stale-helpline": 4})], ids=["2026", "2027"]
)
def test_that_it_warns_only_of_what_organisers_fill_in(today: date, warnings: dict[str, int]) -> None:
    campaign, faults = load.read(load.shipped(), limits=limits, today=today)
    assert campaign is not None
    assert Counter((fault.severity, fault.code) for fault in faults) == {
        (Severity.WARNING, code): times for code, times in warnings.items()
    }


def test_cities_and_their_languages(shipped: Campaign) -> None:
    assert {city.id: city.languages for city in shipped.cities.values()} == LANGUAGES


def test_zones(shipped: Campaign) -> None:
    assert {city.id: city.zone.key for city in shipped.cities.values()} == {
        "london": "Europe/London",
        "marseille": "Europe/Paris",
        "stockholm": "Europe/Stockholm",
        "bucharest": "Europe/Bucharest",
        "toronto": "America/Toronto",
        "new-york": "America/New_York",
        "sydney": "Australia/Sydney",
        "canberra": "Australia/Sydney",
        "barcelona": "Europe/Madrid",
    }


def test_that_nothing_is_decided_for_the_organisers(shipped: Campaign) -> None:
    assert {
        (city.status, city.venue, city.address, city.map, city.contact, city.recipients)
        for city in shipped.cities.values()
    } == {(CityStatus.DRAFT, None, None, None, None, ())}
    notices = {city.id: city.notice for city in shipped.cities.values()}
    assert [city for city, notice in notices.items() if notice is None or notice.filed] == []
    assert [city for city, notice in notices.items() if notice and notice.waived] == ["london"]
    assert (shipped.links, shipped.recipients, shipped.alarms) == ({}, (), ())
    assert dict(shipped.proofread) == dict.fromkeys(("en", "fr", "es", "ca", "sv", "ro", "ru"))
    assert {account.answers for account in shipped.accounts.values()} == {False}


def test_that_each_city_has_a_name_in_every_language(shipped: Campaign) -> None:
    assert {tuple(city.names) for city in shipped.cities.values()} == {("en", "fr", "es", "ca", "sv", "ro", "ru")}


def test_slots(shipped: Campaign) -> None:
    assert {slot.id: slot.message for slot in shipped.slots} == SLOTS
    assert [slot.id for slot in shipped.slots if slot.armed] == ["gathering", "thanks"]
    assert [slot.id for slot in shipped.slots if slot.called] == [
        "cancelled",
        "moved",
        "answer_join",
        "answer_question",
    ]
    assert not any(account.answers for account in shipped.accounts.values())
    assert [slot.id for slot in shipped.slots if slot.ignores_quiet] == ["silence"]
    assert [slot.id for slot in shipped.slots if slot.needs == ("notice",)] == ["details"]


def test_that_every_message_has_a_text_in_every_language(shipped: Campaign) -> None:
    languages = ("en", "fr", "es", "ca", "sv", "ro", "ru")
    plain = product(languages, set(SLOTS.values()), [None])
    for_x = product(languages, ("announce", "how_to_join"), ["x"])
    assert {(t.language, t.message, t.platform) for t in shipped.templates} == {*plain, *for_x}
    assert {(t.kind, t.city) for t in shipped.templates} == {(Kind.TEXT, None)}


def test_the_form_of_the_texts(shipped: Campaign) -> None:
    odd = [
        template.path
        for template in shipped.templates
        if not unicodedata.is_normalized("NFC", template.source)
        or template.source.count("\n") != 1
        or set(template.source) & set("'\"şţŞŢ")
        or (
            not template.message.startswith("answer_")
            and not (template.source.endswith(" {{ hashtags }}\n") and "city.name" in template.source)
        )
    ]
    assert odd == []


def test_that_the_invitations_in_russian_are_for_people_outside_russia(shipped: Campaign) -> None:
    invitations = [t for t in shipped.templates if t.language == "ru" and "links.join" in t.source]
    outside = [t.path for t in invitations if "вне России" in t.source or "за пределами России" in t.source]
    assert outside == [
        "messages/ru/announce.txt.j2",
        "messages/ru/announce.x.txt.j2",
        "messages/ru/answer_join.txt.j2",
        "messages/ru/how_to_join.txt.j2",
        "messages/ru/how_to_join.x.txt.j2",
    ]
    assert outside == sorted(t.path for t in invitations)


def test_the_answers_fit_and_say_how_to_be_forgotten_in_words_that_we_understand(shipped: Campaign) -> None:
    campaign = filled(shipped, also=EVERY_TAG)
    accounts = {name: dataclasses.replace(account, answers=True) for name, account in campaign.accounts.items()}
    campaign = dataclasses.replace(campaign, accounts=accounts)
    found = [draft for draft in drafts(campaign) if draft.post.person == ""]
    assert {draft.post.slot for draft in found} == {"answer_join", "answer_question"}
    assert [draft.key for draft in found if draft.missing] == []
    assert {d.key: d.length for d in found if d.post.platform == "x" and d.length > 280 - MARGIN} == {}
    last = {(d.post.language, d.text.rpartition(": ")[2].strip(" .\n")) for d in found}
    read = {words: detect.reading(said(words), campaign, guess=None) for _, words in last}
    assert {(one.intent, one.needs_review) for one in read.values()} == {(Intent.OPT_OUT, False)}
    assert [draft.key for draft in found if "#" in draft.text] == []


def said(text: str) -> Reply:
    return Reply(
        account="x-london", platform="x", id="1", author="1", handle="@ann", text=text, at=made.NOON, root=None
    )


@pytest.mark.parametrize("hashtags", [None, ("WorldAIDSDay", "HarmReduction")], ids=["its own tags", "two long tags"])
def test_that_every_text_fits_on_x(shipped: Campaign, hashtags: tuple[str, ...] | None) -> None:
    campaign = filled(shipped, also=EVERY_TAG)
    if hashtags:
        campaign = dataclasses.replace(campaign, hashtags=dict.fromkeys(shipped.hashtags, hashtags))
    found = drafts(campaign)
    assert Counter((d.missing, d.limit) for d in found) == {((), 280): len(found) // 2, ((), 63206): len(found) // 2}
    assert {d.key: d.length for d in found if d.post.platform == "x" and d.length > 280 - MARGIN} == {}


def test_that_no_account_says_the_same_twice(shipped: Campaign) -> None:
    said = Counter((draft.post.account, draft.text) for draft in drafts(filled(shipped, also=("ru-RU",))))
    assert {pair: times for pair, times in said.items() if times > 1} == {}


def test_the_morning_goes_round_the_world(shipped: Campaign) -> None:
    mornings = {
        (post.city, post.language): post.due
        for post in plan.posts(shipped)
        if post.slot == "morning" and post.account in ("x-sydney", "x-new-york")
    }
    assert mornings == {
        ("sydney", "en-AU"): datetime(2026, 11, 30, 21, 30, tzinfo=UTC),
        ("canberra", "en-AU"): datetime(2026, 11, 30, 21, 31, tzinfo=UTC),
        ("new-york", "en-US"): datetime(2026, 12, 1, 13, 30, tzinfo=UTC),
        ("new-york", "es-US"): datetime(2026, 12, 1, 13, 31, tzinfo=UTC),
    }


def test_the_minute_of_silence_is_one_moment(shipped: Campaign) -> None:
    moments = {(p.city, p.language): p.due for p in plan.posts(shipped) if p.slot == "silence" and p.platform == "x"}
    noon, a_minute_later = datetime(2026, 12, 1, 12, 0, tzinfo=UTC), datetime(2026, 12, 1, 12, 1, tzinfo=UTC)
    assert moments == {
        (city, tag): noon if tag == tags[0] and city != "canberra" else a_minute_later
        for city, tags in LANGUAGES.items()
        for tag in tags
    }
