"""The parts under `campaign` and `limits`."""

import dataclasses
from datetime import timedelta
from pathlib import Path

from campaignbot.model.campaign import Retention
from campaignbot.stages.load import heading
from stages.load import written


def test_what_is_absent_has_a_careful_default(tmp_path: Path) -> None:
    text = written.SCHEDULES
    head = "campaign:\n  id: wad\n  name: World AIDS Day\n  date: 2026-12-01\n"
    place = written.folder(tmp_path, files={"schedules.yaml": head + text[text.index("accounts:") :]})
    found, _ = written.read(place)
    assert found is not None
    assert {field.name: getattr(found, field.name) for field in dataclasses.fields(heading.Head)} == {
        field.name: getattr(heading.STAND_IN, field.name) for field in dataclasses.fields(heading.Head)
    } | {"id": "wad", "name": "World AIDS Day", "date": found.date}
    assert found.pacing == heading.USUAL


def test_what_is_present_counts(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("  proofread: {en: a reader, fr: another}", "  approvals: 2\n  proofread: {en: a reader, fr: ~}"),
        ("  helplines", "  retention: {joiners: 7d}\n  alarms: [ALARM_MAIL]\n  helplines"),
        ("quiet: 21:00-08:00", "quiet: none"),
        ("join: https://example.org/join, ", ""),
    )
    found, _ = written.read(place)
    assert found is not None
    assert found.approvals == 2
    assert found.proofread == {"en": "a reader", "fr": None}
    assert found.retention == Retention(joiners=timedelta(days=7), waiting=timedelta(hours=72))
    assert found.alarms == ("ALARM_MAIL",)
    assert found.pacing.quiet is None
    assert list(found.links) == ["safety", "next"]


def test_every_part_may_be_wrong(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("{en: [WorldAIDSDay], fr: [JournéeMondialeSida]}", "{en: ['#a'], zz: [b]}"),
        ("next: https://example.org/next", "nxt: https://example.org/next, map: https://example.org/map"),
        (written.KEY, "AGE-SECRET-KEY-1QQ"),
        ("{en: a reader, fr: another}", "{en-GB: a reader}\n  retention: {joiners: 0s}\n  alarms: [a b]"),
        ('{FR: {text: "3114", checked_on: 2026-11-20}}', "{FR: 3114, Spain: {}, SE: {text: 90}}"),
        ("settle: 5m, poll: 3m", "settle: 0s, poll: 3m, pol: 1s"),
    )
    assert written.said(place) == [
        'schedules.yaml:5:19: "#a" starts with #; write a: the # comes by itself',
        'schedules.yaml:5:26: "zz" is not a language that is known; use a tag such as en-GB, fr-CA, sv-SE',
        'schedules.yaml:6:79: "nxt" is not a key that is known here; did you mean "next"?',
        'schedules.yaml:6:110: "map" is not a key that is known here; use one of: join, safety, next',
        "schedules.yaml:7:16: a private key stands here, for anybody to read; "
        "delete it, make a new pair with `campaignbot keys new`, keep that one safe",
        'schedules.yaml:8:15: "en-GB" is not a base language; write en',
        'schedules.yaml:9:24: "0s" is too short; 1s is the least',
        "schedules.yaml:10:12: this is neither an address such as mailto://… nor the name of a secret; "
        "write an apprise address, or a name in capitals such as ALARM_TELEGRAM",
        'schedules.yaml:11:19: "FR" has no names of its own below it; '
        'write "FR: {name: value}", or lines below it that stand further in',
        'schedules.yaml:11:25: "Spain" is not a country\'s two letters; use ES',
        'schedules.yaml:11:25: "checked_on" is missing; add "checked_on: …"',
        'schedules.yaml:11:25: "text" is missing; add "text: …"',
        'schedules.yaml:11:36: "checked_on" is missing; add "checked_on: …"',
        'schedules.yaml:12:98: "0s" is too short; 1s is the least',
        'schedules.yaml:12:112: "pol" is not a key that is known here; did you mean "poll"?',
    ]


def test_parts_that_are_no_mappings(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("{en: [WorldAIDSDay], fr: [JournéeMondialeSida]}", "WorldAIDSDay"),
        ("{en: a reader, fr: another}", "a reader"),
        ("limits: {", "limits: none\nfoo: {"),
    )
    below = '{name: value}", or lines below it that stand further in'
    assert written.said(place) == [
        f'schedules.yaml:5:13: "hashtags" has no names of its own below it; write "hashtags: {below}',
        f'schedules.yaml:8:14: "proofread" has no names of its own below it; write "proofread: {below}',
        f'schedules.yaml:10:9: "limits" has no names of its own below it; write "limits: {below}',
        'schedules.yaml:11:1: "foo" is not a key that is known here; '
        "use one of: campaign, limits, accounts, cities, slots",
    ]
