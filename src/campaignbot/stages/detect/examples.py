"""The labelled examples that ship, all invented: what the model is taught and the rules are measured by."""

import functools
import importlib.resources
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from campaignbot.model.reply import Intent, Reply


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """One line of a file in `examples/`."""

    id: str
    text: str
    platform: str
    post_city: str | None
    intents: tuple[Intent, ...]  #: the first is meant, each other one is as good an answer
    cities: tuple[str | None, ...]  #: likewise
    party_size: int | None
    language: str  #: ISO 639-1
    held_out: bool  #: only counted: nobody looks at it while writing phrases

    @property
    def reply(self) -> Reply:
        """As if somebody had written it."""
        return Reply(
            account="",
            platform=self.platform,
            id=self.id,
            author="",
            handle=None,
            text=self.text,
            at=datetime(2026, 12, 1, tzinfo=UTC),
            root=None,
            city=self.post_city,
        )


@functools.cache
def shipped() -> tuple[Example, ...]:
    """All of them, in the order of their files."""
    found = importlib.resources.files(__package__).joinpath("examples").iterdir()
    files = sorted(found, key=lambda file: file.name)
    return tuple(example(line) for file in files for line in file.read_text("utf-8").splitlines())


def example(line: str) -> Example:
    """One line of JSON."""
    fields = json.loads(line)
    intents, cities = tuple(map(Intent, fields.pop("intent"))), tuple(fields.pop("city"))
    return Example(intents=intents, cities=cities, **fields)
