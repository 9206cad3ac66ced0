"""Accounts and cities, and the parts of the file as a whole."""

from pathlib import Path

from campaignbot.model.campaign import Mark
from stages.load import written


def test_an_account_says_its_platform_and_who_it_is_there(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("platform: x, handle: wad_london", "handle: wad_london"),
        ('platform: facebook, page: "123"', "platform: facebook, handle: x"),
        ("{platform: x, handle: wad_marseille, budget_usd: 12.50, answers: off}", "hello"),
    )
    assert written.said(place) == [
        'schedules.yaml:12:3: "platform" is missing; add "platform: …"',
        'schedules.yaml:13:3: "page" is missing; add "page: …"',
        'schedules.yaml:13:35: "handle" is not a key that is known here; '
        "use one of: platform, page, base_url, budget_usd, answers",
        'schedules.yaml:14:16: "x-marseille" has no names of its own below it; '
        'write "x-marseille: {name: value}", or lines below it that stand further in',
    ]


def test_a_platform_that_does_not_exist(tmp_path: Path) -> None:
    place = written.folder(tmp_path, ("platform: facebook", "platform: facebok"))
    assert written.said(place) == ['schedules.yaml:13:25: "facebok" is not known here; did you mean "facebook"?']


def test_a_city_needs_an_english_name_a_language_and_an_action(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("name: {en: London, fr: Londres}", "name: {fr: Londres}"),
        ("languages: [en-GB]", "languages: []"),
        ("country: GB", "country: GB\n    aliases: London"),
        ("languages: [fr-FR]", "languages: fr-FR"),
        ("name: {en: Marseille}", "name: Marseille"),
        ("action: {date: 2026-12-01, start: 18:00, end: 19:30}\n    notice", "notice"),
        ("Préfecture", "[a]"),
    )
    assert written.said(place) == [
        'schedules.yaml:17:5: the English name is missing; write "name: {en: …}": '
        "it is what the city is called in every list",
        'schedules.yaml:19:14: "aliases" is not a list; put brackets round it: [one, two]',
        'schedules.yaml:21:5: "languages" is empty; write at least one: "languages: [one]"',
        'schedules.yaml:28:3: "action" is missing; add "action: …"',
        'schedules.yaml:29:11: "name" has no names of its own below it; '
        'write "name: {name: value}", or lines below it that stand further in',
        'schedules.yaml:33:16: "languages" is not a list; put brackets round it: [one, two]',
        "schedules.yaml:39:25: several values stand here; write one value",
    ]


def test_wrong_ids_and_empty_entries(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("  london:\n", "  London Town:\n"),
        ("  x-london: {platform: x, handle: wad_london}", "  x_london: {platform: x, handle: wad_london}"),
        ("accounts: [x-london, fb-london]", "accounts: [fb-london, ~]"),
        ("{platform: x, handle: wad_marseille, budget_usd: 12.50, answers: off}", ""),
        ("country: GB", "country: G"),
    )
    shape = 'use a to z, 0 to 9, "-", 60 at the most, a letter or figure first'
    assert written.said(place) == [
        f'schedules.yaml:12:3: "x_london" cannot be an id; {shape}',
        'schedules.yaml:14:3: "x-marseille" has no names of its own below it; '
        'write "x-marseille: {name: value}", or lines below it that stand further in',
        f'schedules.yaml:16:3: "London Town" cannot be an id; {shape}',
        'schedules.yaml:18:14: "G" is not a country\'s two letters; '
        "use the two capital letters of ISO 3166, such as RO",
        "schedules.yaml:21:27: nothing stands here; write a value, or delete the line",
    ]


def test_parts_that_are_missing_or_have_another_shape(tmp_path: Path) -> None:
    place = written.folder(tmp_path, ("campaign:\n", "campain:\n"), ("accounts:\n", "accounts: no\nfoo:\n"))
    assert written.said(place) == [
        'schedules.yaml:1:1: "campaign" is missing; add "campaign: …"',
        'schedules.yaml:1:1: "campain" is not a key that is known here; did you mean "campaign"?',
        'schedules.yaml:11:11: "accounts" has no names of its own below it; '
        'write "accounts: {name: value}", or lines below it that stand further in',
        'schedules.yaml:12:1: "foo" is not a key that is known here; '
        "use one of: campaign, limits, accounts, cities, slots",
    ]


def test_no_cities_and_no_accounts(tmp_path: Path) -> None:
    text = written.SCHEDULES
    cut = text[: text.index("accounts:")] + text[text.index("slots:") :]
    place = written.folder(tmp_path, files={"schedules.yaml": cut, "messages/en/city/x.txt.j2": "x"})
    assert written.said(place) == [
        'warning messages/en/city/x.txt.j2:1:1: no slot sends the message "x"; use one of: announce, morning_of',
        'schedules.yaml:1:1: "accounts" is missing; add "accounts: …"',
        'schedules.yaml:1:1: "cities" is missing; add "cities: …"',
    ]


def test_marks_tell_where_each_thing_stands(tmp_path: Path) -> None:
    found, _ = written.read(written.folder(tmp_path))
    assert found is not None

    def place(path: str) -> tuple[int, int]:
        assert found.marks[path].file == "schedules.yaml"
        return found.marks[path].line, found.marks[path].column

    assert {
        path: place(path)
        for path in (
            "campaign",
            "campaign/links/join",
            "limits/quiet",
            "accounts/x-london",
            "accounts/x-london/handle",
            "cities/london",
            "cities/london/timezone",
            "cities/london/languages",
            "cities/london/accounts/fb-london",
            "cities/london/action",
            "slots/announce",
            "slots/announce/when",
        )
    } == {
        "campaign": (1, 1),
        "campaign/links/join": (6, 17),
        "limits/quiet": (10, 17),
        "accounts/x-london": (12, 3),
        "accounts/x-london/handle": (12, 35),
        "cities/london": (16, 3),
        "cities/london/timezone": (19, 15),
        "cities/london/languages": (20, 5),
        "cities/london/accounts/fb-london": (21, 26),
        "cities/london/action": (26, 5),
        "slots/announce": (41, 5),
        "slots/announce/when": (41, 39),
    }
    assert found.marks["messages/en/announce.txt.j2"] == Mark(file="messages/en/announce.txt.j2", line=1, column=1)
