"""The whole folder: what is made of a good one, and all that is said of a bad one."""

import dataclasses
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from campaignbot.model import campaign as c
from campaignbot.model.errors import Fault, Severity, UserError
from campaignbot.stages import load
from stages.load import written


def test_a_good_folder_becomes_a_campaign_without_a_word(tmp_path: Path) -> None:
    found, faults = written.read(written.folder(tmp_path))
    assert faults == []
    assert found is not None
    assert dataclasses.replace(found, templates=()) == _good()
    assert [t.path for t in found.templates] == list(written.MESSAGES)


def test_an_outline_is_the_campaign_without_its_messages_whatever_is_wrong_with_them(tmp_path: Path) -> None:
    folder = written.folder(tmp_path)
    for message in written.MESSAGES:
        (folder / message).write_text("{{ nonsense", encoding="utf-8")
    assert load.outline(folder) == _good()


def test_an_outline_is_refused_where_the_schedule_has_a_fault(tmp_path: Path) -> None:
    folder = written.folder(tmp_path)
    with pytest.raises(UserError, match="one fault"):
        load.outline(folder / "messages")
    text = (folder / "schedules.yaml").read_text(encoding="utf-8")
    (folder / "schedules.yaml").write_text(text.replace("Europe/Paris", "Europe/Parish"), encoding="utf-8")
    with pytest.raises(UserError, match="one fault"):
        load.outline(folder)


def _good() -> c.Campaign:
    eight = c.Action(date=date(2026, 12, 1), start=time(18), end=time(19, 30))
    london = c.City(
        id="london",
        names={"en": "London", "fr": "Londres"},
        aliases=(),
        country="GB",
        zone=ZoneInfo("Europe/London"),
        languages=("en-GB",),
        accounts=("x-london", "fb-london"),
        recipients=(),
        status=c.CityStatus.READY,
        venue="Kensington Gardens",
        address=None,
        map="https://example.org/map",
        contact="london@example.org",
        action=eight,
        notice=None,
    )
    marseille = dataclasses.replace(
        london,
        id="marseille",
        names={"en": "Marseille"},
        aliases=("Massilia",),
        country="FR",
        zone=ZoneInfo("Europe/Paris"),
        languages=("fr-FR",),
        accounts=("x-marseille",),
        venue="Vieux-Port",
        map="https://example.org/carte",
        contact="marseille@example.org",
        notice=c.Notice(authority="Préfecture", deadline=date(2026, 11, 27), filed=date(2026, 11, 20), waived=None),
    )
    announce = c.Slot(
        id="announce",
        message="announce",
        when=c.OnDay(days=-7, at=time(12)),
        until=timedelta(days=2),
        late=c.Late.SEND,
        armed=False,
        ignores_quiet=False,
        needs=(),
        cities=None,
        languages=None,
        accounts=None,
    )
    morning = dataclasses.replace(
        announce,
        id="morning",
        message="morning_of",
        when=c.OnDay(days=0, at=time(8, 30)),
        until=c.Edge.START,
        late=c.Late.ASK,
    )
    accounts = (
        c.Account(id="x-london", platform="x", handle="wad_london"),
        c.Account(id="fb-london", platform="facebook", page="123"),
        c.Account(id="x-marseille", platform="x", handle="wad_marseille", budget_usd=Decimal("12.50")),
    )
    return c.Campaign(
        id="wad",
        name="World AIDS Day 2026",
        date=date(2026, 12, 1),
        hashtags={"en": ("WorldAIDSDay",), "fr": ("JournéeMondialeSida",)},
        links={name: f"https://example.org/{name}" for name in ("join", "safety", "next")},
        recipients=(written.KEY,),
        approvals=1,
        proofread={"en": "a reader", "fr": "another"},
        retention=c.Retention(joiners=timedelta(days=14), waiting=timedelta(hours=72)),
        alarms=(),
        helplines={"FR": c.Helpline(text="3114", checked_on=date(2026, 11, 20))},
        pacing=c.Pacing(
            quiet=(time(21), time(8)),
            spacing=timedelta(minutes=30),
            per_account_per_day=8,
            duplicate_window=timedelta(days=7),
            settle=timedelta(minutes=5),
            poll=timedelta(minutes=3),
        ),
        accounts={account.id: account for account in accounts},
        cities={"london": london, "marseille": marseille},
        slots=(announce, morning),
        templates=(),
        pictures={},
    )


def _fault(
    line: int,
    column: int,
    code: str,
    message: str,
    fix: str,
    *,
    file: str = "schedules.yaml",
    severity: Severity = Severity.ERROR,
) -> Fault:
    return Fault(file=file, line=line, column=column, severity=severity, code=code, message=message, fix=fix)


def test_twenty_mistakes_are_told_at_once_each_where_it_stands(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("  name: World AIDS Day 2026\n", "  nmae: World AIDS Day 2026\n"),
        ("date: 2026-12-01\n  hash", "date: 1 December\n  hash"),
        ("join: https://example.org/join", "join: http://example.org/join"),
        ("{quiet: 21:00-08:00", "{quiet: 21-8"),
        ("{platform: x, handle: wad_london}", "{platform: x, handle: wad_london, base_url: http://example.org}"),
        ("{platform: x, handle: wad_marseille, ", "{platform: mastodon, handle: wad_marseille, "),
        ("country: GB", "country: UK"),
        ("timezone: Europe/London", "timezone: Europe/Lodnon"),
        ("languages: [en-GB]", "languages: [en]"),
        ("accounts: [x-london, fb-london]", "accounts: [x-london, x-london]"),
        ("venue: Kensington Gardens", "venue: Kensington Gardens\n    venue: Hyde Park"),
        ("timezone: Europe/Paris", "timezone: CET"),
        ("status: ready\n    venue: Vieux-Port", "status: redy\n    venue: Vieux-Port"),
        ("filed: 2026-11-20", "filed: yes"),
        ("days_before: 7, at: 12:00", "days_before: 7, at: 25:00"),
        ("until: 2d", "until: 2w"),
        ("until: action.start, late: ask", "until: action.start, late: never, armed: no"),
        ("message: morning_of", "message: Morning of"),
        files={
            "messages/en/announce.txt.j2": "Hello\n  {{ citty.name }} {% for x in y %}{% endfor %}\n",
            "messages/fr/morning_of.txt.j2": b"\xff",
            "messages/fr/announce.txt": "x",
        },
    )
    found, faults = written.read(place)
    assert found is None
    assert faults == [
        _fault(
            2,
            1,
            "template",
            "a message may not use a loop",
            "messages hold words, {{ variables }}, {% if %} and the filters capitalize, lower, trim, upper",
            file="messages/en/announce.txt.j2",
        ),
        _fault(
            2,
            6,
            "variable",
            "there is no variable `citty.name`",
            "did you mean `city.name`?",
            file="messages/en/announce.txt.j2",
        ),
        _fault(
            1,
            1,
            "stray",
            "only files that end in .txt.j2 are used",
            "rename it to announce.txt.j2, or move it out of messages/",
            file="messages/fr/announce.txt",
            severity=Severity.WARNING,
        ),
        _fault(1, 1, "utf-8", "the file is not UTF-8", "save it as UTF-8", file="messages/fr/morning_of.txt.j2"),
        _fault(1, 1, "missing", '"name" is missing', 'add "name: …"'),
        _fault(3, 3, "unknown-key", '"nmae" is not a key that is known here', 'did you mean "name"?'),
        _fault(4, 9, "date", '"1 December" is not a date', "write it as 2026-12-01: year, month, day"),
        _fault(6, 17, "link", '"http://example.org/join" is not safe to follow', "use https: https://example.org/join"),
        _fault(
            10,
            17,
            "time",
            '"21" is not a time of day',
            "write it as 18:00, with two figures for the hour, from 00:00 to 23:59",
        ),
        _fault(
            12,
            57,
            "base-url",
            '"http://example.org" would send passwords in the clear',
            "use https; http is for 127.0.0.1, [::1] and localhost alone",
        ),
        _fault(14, 27, "platform", '"mastodon" is not built into this version', "use one of: x, facebook"),
        _fault(18, 14, "country", '"UK" is not a country\'s two letters', "use GB"),
        _fault(19, 15, "zone", '"Europe/Lodnon" is not a time zone', 'did you mean "Europe/London"?'),
        _fault(20, 17, "language", '"en" does not say where', "write en-US"),
        _fault(21, 26, "twice", "this stands twice in the list", "delete one"),
        _fault(24, 5, "duplicate-key", '"venue" stands twice, first in line 23', "keep one of the two"),
        _fault(
            32,
            15,
            "zone",
            '"CET" stands for an offset, not for a place',
            "use the zone of the place, such as America/New_York: it knows the place's summer time",
        ),
        _fault(35, 13, "choice", '"redy" is not known here', 'did you mean "ready"?'),
        _fault(40, 66, "date", '"yes" is not a date', "write it as 2026-12-01: year, month, day"),
        _fault(
            42,
            66,
            "time",
            '"25:00" is not a time of day',
            "write it as 18:00, with two figures for the hour, from 00:00 to 23:59",
        ),
        _fault(
            42,
            81,
            "duration",
            '"2w" is not a length of time',
            "write a number and s, m, h or d: 90s, 30m, 48h, 7d; or action.start, action.end",
        ),
        _fault(
            43,
            28,
            "id",
            '"Morning of" cannot be an id',
            'use a to z, 0 to 9, "-" and "_", 60 at the most, a letter or figure first',
        ),
        _fault(43, 102, "choice", '"never" is not known here', "use one of: send, skip, ask"),
        _fault(43, 116, "truth", '"no" is neither true nor false', "write true or false"),
    ]


def test_a_bad_plan_is_told_with_the_campaign_that_it_is_in(tmp_path: Path) -> None:
    place = written.folder(
        tmp_path,
        ("days_before: 7, at: 12:00", "days_before: 7, at: 22:00"),
        files={
            "messages/fr/announce.txt.j2": None,
            "messages/en/morning_of.txt.j2": "{{ city.vile }} " + "a" * 300,
        },
    )
    found, faults = written.read(place)
    assert found is not None
    assert [(fault.file, fault.line, fault.code) for fault in faults] == [
        ("messages/en/morning_of.txt.j2", 1, "length"),
        ("messages/en/morning_of.txt.j2", 1, "variable"),
        ("schedules.yaml", 41, "translation"),
        ("schedules.yaml", 41, "quiet"),
        ("schedules.yaml", 41, "quiet"),
    ]


def test_nothing_but_a_whole_campaign_is_handed_on(tmp_path: Path) -> None:
    good = load.campaign(written.folder(tmp_path), limits=written.limits, today=written.TODAY)
    assert good == written.read(tmp_path)[0]
    written.folder(tmp_path, ("at: 12:00", "at: 22:00"), ("fr: another", ""))
    with pytest.raises(UserError) as refused:
        load.campaign(tmp_path, limits=written.limits, today=written.TODAY)
    assert refused.value.message == f"{tmp_path} has 2 faults; mend what `campaignbot check` names"
    assert [fault.code for fault in refused.value.faults] == ["quiet", "quiet"]
    (tmp_path / "schedules.yaml").unlink()
    with pytest.raises(UserError) as refused:
        load.campaign(tmp_path, limits=written.limits, today=written.TODAY)
    assert refused.value.message == f"{tmp_path} has one fault; mend what `campaignbot check` names"
    assert [fault.code for fault in refused.value.faults] == ["no-file"]
