"""One small campaign folder that has nothing wrong with it, to be spoiled by each test in its own way."""

from datetime import date
from pathlib import Path

import made
from campaignbot.model.campaign import Account, Campaign
from campaignbot.model.errors import Fault, Severity
from campaignbot.model.post import Limits
from campaignbot.stages import load

KEY = "age1es38c8pzgp89yen3j0hdxyjcesjx2sgpghpzx7avvgfz97mrr3ysu9v6q3"
TODAY = date(2026, 11, 23)
SCHEDULES = f"""\
campaign:
  id: wad
  name: World AIDS Day 2026
  date: 2026-12-01
  hashtags: {{en: [WorldAIDSDay], fr: [JournéeMondialeSida]}}
  links: {{join: https://example.org/join, safety: https://example.org/safety, next: https://example.org/next}}
  recipients: [{KEY}]
  proofread: {{en: a reader, fr: another}}
  helplines: {{FR: {{text: "3114", checked_on: 2026-11-20}}}}
limits: {{quiet: 21:00-08:00, spacing: 30m, per_account_per_day: 8, duplicate_window: 7d, settle: 5m, poll: 3m}}
accounts:
  x-london: {{platform: x, handle: wad_london}}
  fb-london: {{platform: facebook, page: "123"}}
  x-marseille: {{platform: x, handle: wad_marseille, budget_usd: 12.50, answers: off}}
cities:
  london:
    name: {{en: London, fr: Londres}}
    country: GB
    timezone: Europe/London
    languages: [en-GB]
    accounts: [x-london, fb-london]
    status: ready
    venue: Kensington Gardens
    map: https://example.org/map
    contact: london@example.org
    action: {{date: 2026-12-01, start: 18:00, end: 19:30}}
  marseille:
    name: {{en: Marseille}}
    aliases: [Massilia]
    country: FR
    timezone: Europe/Paris
    languages: [fr-FR]
    accounts: [x-marseille]
    status: ready
    venue: Vieux-Port
    map: https://example.org/carte
    contact: marseille@example.org
    action: {{date: 2026-12-01, start: 18:00, end: 19:30}}
    notice: {{authority: Préfecture, deadline: 2026-11-27, filed: 2026-11-20}}
slots:
  - {{id: announce, message: announce, when: {{days_before: 7, at: 12:00}}, until: 2d}}
  - {{id: morning, message: morning_of, when: {{days_before: 0, at: 08:30}}, until: action.start, late: ask}}
"""
MESSAGES = {
    "messages/en/announce.txt.j2": "{{ city.name }}: join us on {{ action.date }}. {{ hashtags }}\n",
    "messages/en/morning_of.txt.j2": "{{ city.name }}: today at {{ action.time }}, {{ city.venue }}.\n",
    "messages/fr/announce.txt.j2": "{{ city.name }} : rejoignez-nous le {{ action.date }}. {{ hashtags }}\n",
    "messages/fr/morning_of.txt.j2": "{{ city.name }} : aujourd’hui à {{ action.time }}, {{ city.venue }}.\n",
}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def limits(account: Account) -> Limits:
    return made.LIMITS_X if account.platform == "x" else made.LIMITS_FACEBOOK


def read(folder: Path) -> tuple[Campaign | None, list[Fault]]:
    return load.read(folder, limits=limits, today=TODAY)


def folder(place: Path, *changes: tuple[str, str], files: dict[str, str | bytes | None] | None = None) -> Path:
    """The folder, written to a place and spoiled: each change is (what stands there once, what shall stand there);
    a file that is None is not written."""
    text = SCHEDULES
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    for name, found in {"schedules.yaml": text, **MESSAGES, **(files or {})}.items():
        if found is not None:
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(found.encode() if isinstance(found, str) else found)
    return place


def said(place: Path) -> list[str]:
    """Every fault of a folder as a person reads it, warnings marked."""
    return [("" if fault.severity is Severity.ERROR else "warning ") + str(fault) for fault in read(place)[1]]
