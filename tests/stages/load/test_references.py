"""What the parts of the file say of each other, and what a person should know before the day."""

from datetime import date
from pathlib import Path

import pytest

from campaignbot.stages import load, plan
from stages.load import written


def test_whatever_is_named_must_be_there(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("accounts: [x-marseille]", "accounts: [x-marsseille, fb-londres]"),
        ("until: 2d}", "until: 2d, cities: [lodnon], languages: [de, fr, en-GB], accounts: [zz]}"),
    )
    assert written.said(place) == [
        'schedules.yaml:33:16: there is no account "x-marsseille"; did you mean "x-marseille"?',
        'schedules.yaml:33:30: there is no account "fb-londres"; did you mean "fb-london"?',
        'schedules.yaml:41:94: there is no city "lodnon"; did you mean "london"?',
        'schedules.yaml:41:115: there is no language "de"; use one of: en, en-GB, fr, fr-FR',
        'schedules.yaml:41:142: there is no account "zz"; use one of: fb-london, x-london, x-marseille',
    ]


def test_what_a_wrong_city_or_slot_names_is_looked_for_all_the_same(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("country: FR", "country: F"),
        ("accounts: [x-marseille]", "accounts: [x-marsseille]"),
        ("until: 2d}", "until: soon, cities: [lodnon]}"),
    )
    assert [line.split(";")[0].partition(" ")[2] for line in written.said(place)] == [
        '"F" is not a country\'s two letters',
        'there is no account "x-marsseille"',
        '"soon" is not a length of time',
        'there is no city "lodnon"',
    ]


def test_what_is_there_but_wrong_is_not_said_to_be_missing(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("country: FR", "country: F"),
        ("handle: wad_marseille", "handle: wad-marseille"),
        ("until: 2d}", "until: 2d, cities: [marseille], languages: [fr], accounts: [x-marseille]}"),
    )
    assert written.said(place) == [
        'schedules.yaml:14:38: "wad-marseille" is not a handle on X; '
        "use the name after the @: letters, figures and _, 15 at the most",
        'schedules.yaml:30:14: "F" is not a country\'s two letters; '
        "use the two capital letters of ISO 3166, such as RO",
    ]


def test_no_login_and_no_city_stands_twice(tmp_path: Path) -> None:
    place = written.folder(tmp_path, ("wad_marseille", "WAD_London"), ("{en: Marseille}", "{en: london}"))
    assert written.said(place) == [
        'schedules.yaml:14:38: this is the same login as "x-london"; keep one account and name it in both cities',
        'schedules.yaml:28:16: "london" is also the name of the city "london"; tell them apart: "London (Ontario)"',
    ]


LINK = (
    "warning schedules.yaml:6:3: links.{} is not set: messages that name it cannot be approved; write the https address"
)


def test_what_a_new_folder_still_lacks_are_warnings(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        (f"[{written.KEY}]", "[]"),
        ("{join: https://example.org/join, safety: https://example.org/safety,", "{safety: null,"),
        ("fr: another", "fr: ~"),
        ("    status: ready\n    venue: Kensington Gardens\n", "    venue:\n"),
        ("venue: Vieux-Port", "venue: ''"),
        ("filed: 2026-11-20", "filed: null"),
        files={"messages/en/announce.txt.j2": "{{ city.name }}, {{ links.join }} {{ city.contact }}"},
    )
    assert written.said(place) == [
        LINK.format("join"),
        "warning schedules.yaml:7:3: nobody holds a key yet, so nobody could open what joiners send; "
        "add keys: `campaignbot keys new`",
        'warning schedules.yaml:8:29: no native reader has read the texts in "fr"; '
        'ask one, then write the name: "proofread: {fr: …}"',
        "warning schedules.yaml:16:3: London is a draft, without venue; fill it in, then write `status: ready`",
        "warning schedules.yaml:26:3: Marseille is without venue; fill it in: messages that name it wait for it",
        "warning schedules.yaml:38:59: the notice for Marseille is not filed (the deadline is 2026-11-27); "
        "file it and write the day into filed, or say in waived why none is needed",
    ]


def test_every_gap_of_a_draft_is_named_and_nothing_of_a_cancelled_city(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("status: ready\n    venue: Kensington Gardens\n    map: https://example.org/map", "status: draft"),
        ("    contact: london@example.org\n", ""),
        ("status: ready\n    venue: Vieux-Port", "status: cancelled\n    venue:"),
        ("filed: 2026-11-20", "filed: ~"),
        files={"messages/en/announce.txt.j2": "{{ city.name }}, {{ links.map }} {{ city.contact }}"},
    )
    assert written.said(place) == [
        "warning schedules.yaml:16:3: London is a draft, without venue, map and contact; "
        "fill it in, then write `status: ready`"
    ]


def test_a_notice_that_is_late_or_has_no_deadline(tmp_path: Path) -> None:
    late = written.folder(tmp_path, ("deadline: 2026-11-27, filed: 2026-11-20", "deadline: 2026-11-22"))
    fix = "file it and write the day into filed, or say in waived why none is needed"
    assert written.said(late) == [
        f"warning schedules.yaml:39:5: the notice for Marseille is not filed (the deadline was 2026-11-22); {fix}"
    ]
    none = written.folder(tmp_path, ("deadline: 2026-11-27, filed: 2026-11-20", "filed: ~"))
    assert written.said(none) == [f"warning schedules.yaml:39:37: the notice for Marseille is not filed; {fix}"]
    waived = written.folder(tmp_path, ("deadline: 2026-11-27, filed: 2026-11-20", "waived: a small one"))
    assert written.said(waived) == []


def test_haste_long_keeping_passwords_and_stale_numbers(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("settle: 5m, poll: 3m", "settle: 59s, poll: 29s"),
        ("  helplines", "  retention: {joiners: 15d, waiting: 73h}\n  helplines"),
        ("  proofread", "  alarms: ['mailto://a:b@example.org', 'mailto://a@example.org', PAGER]\n  proofread"),
        ("checked_on: 2026-11-20", "checked_on: 2026-08-24"),
    )
    assert written.said(place) == [
        "warning schedules.yaml:8:3: alarm 1 holds a password; "
        "keep the address among the secrets, and write the secret's name here",
        "warning schedules.yaml:10:24: joiners are kept longer than 14 days after the action; "
        "write 14d, or tell them so",
        "warning schedules.yaml:10:38: replies that wait for a person are kept longer than 72 hours; "
        "write 72h, or tell them so",
        "warning schedules.yaml:11:46: the helpline for FR was not checked in the last 90 days; "
        "call it, then write the day into checked_on",
        "warning schedules.yaml:12:98: settle is under 60s: a network may show a post later than that; write 5m",
        "warning schedules.yaml:12:109: poll is under 30s: a network may refuse us for asking so often; write 3m",
    ]


def test_haste_is_fine_where_everything_is_this_machine(tmp_path: Path) -> None:
    local = "base_url: http://127.0.0.1:8001"
    place = written.folder(
        tmp_path,
        ("settle: 5m, poll: 3m", "settle: 1s, poll: 1s"),
        ("handle: wad_london", f"handle: wad_london, {local}"),
        ('page: "123"', f'page: "123", {local}'),
        ("handle: wad_marseille", f"handle: wad_marseille, {local}"),
    )
    assert written.said(place) == []


def test_zones_and_dates_that_look_wrong(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("timezone: Europe/London", "timezone: UTC"),
        ("timezone: Europe/Paris", "timezone: Europe/Rome"),
        (
            "action: {date: 2026-12-01, start: 18:00, end: 19:30}\n    notice",
            "action: {date: 2025-12-01, start: 18:00, end: 19:30}\n    notice",
        ),
    )
    assert written.said(place) == [
        "warning schedules.yaml:19:15: UTC knows no summer time; use the zone of the place",
        "warning schedules.yaml:31:15: Europe/Rome is not a time zone of France; correct the zone or the country",
        "warning schedules.yaml:38:20: the action in Marseille is more than 31 days from the campaign's date, "
        "2026-12-01; correct one of the two dates",
    ]


def test_accounts_and_slots_that_nobody_uses(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("accounts: [x-london, fb-london]", "accounts: [x-london]"),
        ("until: 2d}", "until: 2d, cities: [london], languages: [fr]}"),
    )
    assert written.said(place) == [
        'warning schedules.yaml:13:3: no city speaks on "fb-london"; name it in a city, or delete it',
        "warning schedules.yaml:41:5: slot announce sends nothing: no city has what it asks for; "
        "look at its cities, languages and accounts",
    ]


ON = ("answers: off", "answers: on")
ANSWERS = "  - {id: sign_up, message: announce, when: {answers: join}}\n"


def test_answers_need_a_text_and_one_alone(tmp_path: Path) -> None:
    assert written.said(written.folder(tmp_path / "none", ON)) == [
        "warning schedules.yaml:14:81: answers are on for x-marseille, and no slot has a text for them; "
        "add a slot with `when: {answers: join}`, or write `answers: off`"
    ]
    one = written.folder(tmp_path / "one", ON)
    with (one / "schedules.yaml").open("a", encoding="utf-8") as file:
        file.write(ANSWERS)
    found, faults = written.read(one)
    assert found is not None
    assert (faults, found.accounts["x-marseille"].answers) == ([], True)
    assert [post.key for post in plan.posts(found) if post.person == ""] == ["wad/sign_up/marseille/fr-FR/x-marseille"]
    with (one / "schedules.yaml").open("a", encoding="utf-8") as file:
        file.write(ANSWERS.replace("sign_up", "again"))
    assert [said for said in written.said(one) if "both answer" in said] == [
        "warning schedules.yaml:44:5: slots sign_up and again both answer join; only the first is used: leave one out"
    ]


def test_texts_of_answers_are_at_hand_where_nobody_answers(tmp_path: Path) -> None:
    place = written.folder(tmp_path)
    with (place / "schedules.yaml").open("a", encoding="utf-8") as file:
        file.write(ANSWERS)
    assert written.said(place) == []


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2026, 12, 2), date(2027, 6, 1)])
def test_the_shipped_campaign_has_warnings_only_on_any_day(today: date) -> None:
    found, faults = load.read(load.shipped(), limits=written.limits, today=today)
    assert found is not None
    assert {(fault.severity.value, fault.code) for fault in faults} - {("warning", "stale-helpline")} == {
        ("warning", "draft"),
        ("warning", "no-link"),
        ("warning", "no-recipients"),
        ("warning", "notice"),
        ("warning", "unread"),
    }
