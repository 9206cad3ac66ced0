"""What one campaign folder says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo


class CityStatus(StrEnum):
    DRAFT = "draft"
    READY = "ready"
    CANCELLED = "cancelled"


class Edge(StrEnum):
    """An end of a city's action."""

    START = "start"
    END = "end"


class Late(StrEnum):
    """What happens to a post that has not begun 60 s after it was due."""

    SEND = "send"
    SKIP = "skip"
    ASK = "ask"


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """What people are asked to join in one city: local wall-clock times; an end not after the start is the next day."""

    date: date
    start: time
    end: time


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """The notice of a gathering that the authority wants. `waived` says why none is needed."""

    authority: str | None
    deadline: date | None
    filed: date | None
    waived: str | None

    @property
    def settled(self) -> bool:
        return self.filed is not None or self.waived is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class City:
    id: str
    names: Mapping[str, str]  #: by base language; "en" is always there and is the canonical name
    aliases: tuple[str, ...]
    country: str  #: ISO 3166-1 alpha-2
    zone: ZoneInfo
    languages: tuple[str, ...]  #: full tags, in order
    accounts: tuple[str, ...]
    recipients: tuple[str, ...]  #: age public keys of this city's organisers
    status: CityStatus
    venue: str | None
    address: str | None
    map: str | None
    contact: str | None
    action: Action
    notice: Notice | None

    @property
    def name(self) -> str:
        """The canonical English name."""
        return self.names["en"]

    def name_in(self, language: str) -> str:
        """The city's name in a language tag's base language; English where the file gives none."""
        return self.names.get(language) or self.names.get(base(language)) or self.names["en"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    id: str
    platform: str
    handle: str | None = None  #: x
    page: str | None = None  #: facebook
    base_url: str | None = None  #: replaces the network's own scheme://host
    budget_usd: Decimal | None = None
    answers: bool = False

    @property
    def remote(self) -> str:
        """Who this is on its network: two accounts with equal `platform` and `remote` are the same login."""
        return (self.handle or self.page or self.id).lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class OnDay:
    """A local wall-clock time, `days` calendar days from the city's own action date (before: negative)."""

    days: int
    at: time


@dataclass(frozen=True, kw_only=True, slots=True)
class AtAction:
    edge: Edge


@dataclass(frozen=True, kw_only=True, slots=True)
class AtInstant:
    """One instant everywhere, UTC."""

    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """Sent only by a person's command."""


class Ask(StrEnum):
    """What an answer answers: whoever asks to take part, or asks anything else."""

    JOIN = "join"
    QUESTION = "question"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """Sent to one person, as the answer to what they wrote; never by the clock, nor by a person's command."""

    to: Ask


When = OnDay | AtAction | AtInstant | Called | Answers


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    id: str
    message: str
    when: When
    until: timedelta | Edge
    late: Late
    armed: bool
    ignores_quiet: bool
    needs: tuple[str, ...]
    cities: tuple[str, ...] | None  #: None: all
    languages: tuple[str, ...] | None  #: full tags or base languages; None: all of the city's
    accounts: tuple[str, ...] | None  #: None: all of the city's

    @property
    def called(self) -> bool:
        return isinstance(self.when, Called | Answers)

    @property
    def answers(self) -> Ask | None:
        """What this slot's texts answer; None for posts."""
        return self.when.to if isinstance(self.when, Answers) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pacing:
    """The file's `limits`: how densely we may post, and how patiently we look."""

    quiet: tuple[time, time] | None  #: local, from (included) to (excluded); may pass midnight
    spacing: timedelta
    per_account_per_day: int
    duplicate_window: timedelta
    settle: timedelta
    poll: timedelta

    def quiet_at(self, local: time) -> bool:
        """Whether a local time lies in the quiet hours. Equal ends mean none."""
        if self.quiet is None:
            return False
        begin, end = self.quiet
        if begin <= end:
            return begin <= local < end
        return local >= begin or local < end


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    joiners: timedelta  #: after the action
    waiting: timedelta  #: a reply's text, while it waits for a person


@dataclass(frozen=True, kw_only=True, slots=True)
class Helpline:
    text: str
    checked_on: date


class Kind(StrEnum):
    """What a template makes: the words, or the description of the picture."""

    TEXT = "text"
    ALT = "alt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """One file under messages/. `path` is relative to the campaign folder."""

    path: str
    language: str  #: the folder's name: a base language or a full tag
    message: str
    kind: Kind
    platform: str | None
    city: str | None
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """One file under media/. `path` is relative to the campaign folder."""

    path: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """Where something stands in the campaign folder, counted from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """All that one folder says. Mappings keep the file's order."""

    id: str
    name: str
    date: date
    hashtags: Mapping[str, tuple[str, ...]]  #: by base language or full tag, without '#'
    links: Mapping[str, str]  #: join, safety, next …; absent where not yet known
    recipients: tuple[str, ...]
    approvals: int  #: how many different organisers must say yes
    proofread: Mapping[str, str | None]  #: by base language: the native reader
    retention: Retention
    alarms: tuple[str, ...]
    helplines: Mapping[str, Helpline]
    pacing: Pacing
    accounts: Mapping[str, Account]
    cities: Mapping[str, City]
    slots: tuple[Slot, ...]
    templates: tuple[Template, ...]
    pictures: Mapping[str, Picture]  #: by path below media/, without the ending: "announce", "london/announce"
    marks: Mapping[str, Mark] = field(default_factory=dict, compare=False, repr=False)
    """Where each thing stands: "cities/london", "slots/announce/when", "messages/en/announce.txt.j2"."""

    def slot(self, slot_id: str) -> Slot:
        return next(slot for slot in self.slots if slot.id == slot_id)

    def mark(self, path: str) -> Mark:
        """The mark of a path, or of the nearest thing around it."""
        while path and path not in self.marks:
            path = path.rpartition("/")[0]
        return self.marks.get(path, Mark(file="schedules.yaml", line=1, column=1))

    def template(
        self, *, message: str, language: str, platform: str, city: str, kind: Kind = Kind.TEXT
    ) -> Template | None:
        """The template for one post: the full tag before its base language, the city's own before the shared,
        the platform's own before the plain. None where there is none: no other language ever stands in."""
        here = {(t.language, t.city, t.platform): t for t in self.templates if t.message == message and t.kind is kind}
        for found in _search(language, city, platform):
            if found in here:
                return here[found]
        return None

    def picture(self, *, message: str, language: str, city: str) -> Picture | None:
        """The picture of one post: the city's own, else the language's own, else the message's."""
        for path in (f"{city}/{message}", f"{language}/{message}", f"{base(language)}/{message}", message):
            if path in self.pictures:
                return self.pictures[path]
        return None

    def unread(self, language: str) -> bool:
        """Whether no native reader has read this language."""
        return self.proofread.get(base(language)) is None


def base(language: str) -> str:
    """The base language of a tag: "fr-CA" -> "fr"."""
    return language.partition("-")[0]


def _search(language: str, city: str, platform: str) -> Iterator[tuple[str, str | None, str | None]]:
    for tag in dict.fromkeys((language, base(language))):
        for place in (city, None):
            for network in (platform, None):
                yield tag, place, network
