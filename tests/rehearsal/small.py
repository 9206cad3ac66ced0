"""A small campaign folder to rehearse."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MESSAGES = {
    "announce": "{{ city.name }}, {{ action.date }}: come to {{ city.venue }}. {{ links.join }}\n",
    "morning": "Today at {{ action.time }}: {{ city.venue }}.\n",
    "gathering": "We stand at {{ city.venue }} now.\n",
    "thanks": "Thank you, {{ city.name }}.\n",
    "cancelled": "{{ city.name }} is cancelled.\n",
}
SLOTS = """\
  - {id: announce, message: announce, when: {days_before: 3, at: 12:00}, until: 2d}
  - {id: morning, message: morning, when: {days_before: 0, at: 08:30}, until: action.start, late: ask}
  - {id: gathering, message: gathering, when: {action: start}, until: 45m, armed: true}
  - {id: thanks, message: thanks, when: {days_after: 1, at: 12:30}}
"""
CALLED = "  - {id: cancelled, message: cancelled, when: called}\n"


def write(folder: Path, *, year: int = 2026, cities: int = 1, slots: str = SLOTS + CALLED) -> Path:
    """The folder, with so many cities in London's zone, each with one X and one Facebook account, but for the first:
    that has an X account alone."""
    accounts, places = [], []
    for number in range(1, cities + 1):
        accounts.append(f"  x-{number}: {{platform: x, handle: town{number}}}\n")
        if number > 1:
            accounts.append(f'  fb-{number}: {{platform: facebook, page: "70000{number}"}}\n')
        places.append(
            f"  town-{number}:\n    name: {{en: Town {'ABCDE'[number - 1]}}}\n    country: GB\n"
            "    timezone: Europe/London\n    languages: [en-GB]\n"
            f"    accounts: [x-{number}{f', fb-{number}' if number > 1 else ''}]\n"
            f"    action: {{date: {year}-12-01, start: 18:00, end: 19:30}}\n"
        )
    for name, words in MESSAGES.items():
        path = folder / "messages" / "en" / f"{name}.txt.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words)
    (folder / "schedules.yaml").write_text(
        f"campaign: {{id: small, name: A small day, date: {year}-12-01, proofread: {{en: a reader}}}}\n"
        f"accounts:\n{''.join(accounts)}cities:\n{''.join(places)}slots:\n{slots}"
    )
    return folder


@contextmanager
def started(command: Sequence[str], *, state: Path) -> "Iterator[subprocess.Popen[str]]":
    """A program beside us, its temporary files in `state`; it does not outlive the block."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={"TMPDIR": str(state)}
    ) as running:
        try:
            yield running
        finally:
            running.kill()
