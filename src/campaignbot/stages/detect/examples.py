"""The labelled examples that ship, all invented: what the rules are measured by and the model is taught.

Some may be looked at while phrases are written. The others are held out: they are only counted. What people wrote who
never saw a phrase says more than what the phrases' own hand wrote.
"""

import functools
import importlib.resources
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from campaignbot.model.reply import Intent, Reply

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """One labelled reply. Of intents and cities the first is the best answer, the others are right too."""

    id: str
    text: str
    platform: str
    post_city: str | None
    intent: tuple[Intent, ...]
    city: tuple[str | None, ...]
    party_size: int | None
    language: str  #: ISO 639-1
    held_out: bool
    hand: int = 1  #: who wrote it: 1 wrote the phrases too, the others had not seen them

    @property
    def blind(self) -> bool:
        """Whether nobody who knew the phrases wrote it, and nobody who writes them looked at it."""
        return self.held_out and self.hand != 1

    @property
    def file(self) -> str:
        """The file that it stands in: a language, or one in Latin letters."""
        return self.id.rpartition("-")[0]

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
            at=_NEVER,
            root=None,
            city=self.post_city,
        )


@functools.cache
def shipped() -> tuple[Example, ...]:
    """All of them, by file."""
    folder = importlib.resources.files(__package__).joinpath("examples")
    lines = [
        json.loads(line)
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        for line in file.read_text("utf-8").splitlines()
    ]
    return tuple(
        Example(**line | {"intent": tuple(map(Intent, line["intent"])), "city": tuple(line["city"])}) for line in lines
    )
