"""Wiring: settings, campaign folder, databases and connected platforms make an App. Nothing it builds imports it."""

import difflib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from campaignbot import __version__, alarms, platforms, settings
from campaignbot.model import errors
from campaignbot.model.campaign import Account, Campaign
from campaignbot.model.delivery import Delivery
from campaignbot.model.post import Draft
from campaignbot.model.reply import Check, Guess
from campaignbot.platforms import base
from campaignbot.settings import Settings
from campaignbot.stages import examine, load, plan, review, teach
from campaignbot.stages.load import zones
from campaignbot.store import database, erasing, forgotten, ledger, lock, seal

SQLITE = "sqlite:///"

Clock = Callable[[], datetime]
Emit = Callable[[Delivery, str | None], None]


def utc_now() -> datetime:
    """The machine's clock, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Books:
    """The two databases of one campaign, and the key under which people are written down."""

    ledger: database.Database
    people: database.Database
    key: bytes = field(repr=False)
    forgotten: Path | None = None
    """The file that remembers who wants none of us, whichever copy of the people's book is put back."""

    def agree(self, now: datetime) -> None:
        """Bring the people's book and that file in line; UserError where the file cannot be read or written."""
        if self.forgotten is not None and forgotten.agree(self.people, self.forgotten, key=self.key, now=now):
            erasing.scrub(self.people)


@dataclass(kw_only=True, slots=True)
class App:
    """One running campaign. `campaign` is replaced when its files are edited; the rest stays."""

    settings: Settings
    campaign: Campaign
    books: Books
    platforms: Mapping[str, base.Platform]
    owner: str
    clock: Clock
    emit: Emit
    tell: Callable[[str, str], None]
    """Say something that is no delivery's move: (event, detail)."""
    alarm: Callable[[str, str], None]
    """Reach an organiser by a second road: (title, what to do)."""
    refresh: Callable[["App"], bool] = lambda _: True
    """Take up edited files; False while they are being written: then nothing may be sent."""
    stop: threading.Event = field(default_factory=threading.Event)
    files: load.Watched | None = None
    """The files that `campaign` was read from; None where there is no folder to edit."""
    opinion: Callable[[str], Guess | None] = lambda _: None
    """What the optional model makes of a reply's text."""
    steady: Callable[[], float] = time.monotonic
    """Seconds, of a clock that only goes forward."""
    taking_up: threading.Lock = field(default_factory=threading.Lock)
    alarming: threading.Lock = field(default_factory=threading.Lock)
    alarmed: set[tuple[str, str]] = field(default_factory=set)
    """What needs a person and was told by a second road already: kind, and which."""

    @property
    def editing(self) -> bool:
        """Whether the files were last seen other than they are in force."""
        return self.files is not None and self.files.restless is not None


def read_settings(folder: Path) -> Settings:
    """The settings of one campaign folder, from the process's environment."""
    return settings.read(os.environ, folder=folder)


def read_campaign(found: Settings, *, now: datetime) -> Campaign:
    """The campaign; UserError with every fault if the files are not valid."""
    return load.campaign(found.folder, limits=platforms.limits, today=now.date())


def drafts(campaign: Campaign) -> list[Draft]:
    """Every post of the plan with its words."""
    return review.drafts(campaign, platforms.limits)


@contextmanager
def open_books(found: Settings) -> Iterator[Books]:
    """The campaign's databases, made when they are not there yet. UserError where there is no campaign at all."""
    if not (_there(found.state) or has_ledger(found) or _there(found.folder / load.SCHEDULES)):
        raise errors.UserError(
            f"there is no campaign in {found.folder}; name its folder with --campaign, or make one with `init`"
        )
    settings.prepare(found)
    with ExitStack() as stack:
        book = database.open(found.ledger_url, kind="ledger")
        stack.callback(book.close)
        people = database.open(found.people_url, kind="people")
        stack.callback(people.close)
        key = seal.pseudonym_key(found.state / "people.key")
        books = Books(ledger=book, people=people, key=key, forgotten=found.state / "people.gone")
        books.agree(utc_now())
        yield books
        books.agree(utc_now())


@contextmanager
def open_ledger(found: Settings) -> Iterator[database.Database]:
    """The ledger alone, made when it is not there yet: for who sends and knows nobody."""
    book = database.open(found.ledger_url, kind="ledger")
    try:
        yield book
    finally:
        book.close()


@contextmanager
def look_at_ledger(found: Settings) -> Iterator[database.Database]:
    """The ledger as it stands, only to read it."""
    book = database.look(found.ledger_url, kind="ledger")
    try:
        yield book
    finally:
        book.close()


@contextmanager
def look_at_books(found: Settings) -> Iterator[tuple[database.Database, database.Database]]:
    """The ledger and the people's book as they stand, only to read them. UserError where there is nothing yet."""
    if not has_ledger(found):
        raise errors.UserError(f"nothing has been recorded for the campaign in {found.folder} yet")
    with look_at_ledger(found) as book:
        people = database.look(found.people_url, kind="people")
        try:
            yield book, people
        finally:
            people.close()


@contextmanager
def dry_books() -> Iterator[Books]:
    """Databases of their own, in memory: whatever happens in them is forgotten."""
    book, people = database.memory(kind="ledger"), database.memory(kind="people")
    try:
        yield Books(ledger=book, people=people, key=os.urandom(32))
    finally:
        people.close()
        book.close()


def shared(found: Settings) -> bool:
    """Whether several machines share the ledger."""
    return not found.ledger_url.startswith(SQLITE)


def has_ledger(found: Settings) -> bool:
    """Whether anything has ever been recorded for this campaign on this machine."""
    if shared(found):
        return True
    return _there(Path(found.ledger_url.removeprefix(SQLITE)))


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # it cannot even be looked at: whoever opens it is told why
        return True


def connect(
    campaign: Campaign, found: Settings, *, clock: Clock = utc_now, patience: base.Patience | None = None
) -> dict[str, base.Platform]:
    """A connected platform for each account that a city uses; UserError naming every missing secret at once."""
    made: dict[str, base.Platform] = {}
    lacking: list[str] = []
    for account in used_accounts(campaign):
        lacking += missing_secrets(found, campaign.accounts[account])
        if not lacking:
            made[account] = platforms.connect(
                campaign.accounts[account], partial(found.secret, account), clock=clock, patience=patience
            )
    if lacking:
        raise errors.UserError(
            f"these secrets are missing: {', '.join(lacking)}; put them into the environment, or into a file of "
            f"NAME=value lines (chmod 600) named by CAMPAIGNBOT_SECRETS"
        )
    return made


def used_accounts(campaign: Campaign) -> list[str]:
    """The accounts that some city speaks on, in the file's order."""
    used = {account for city in campaign.cities.values() for account in city.accounts}
    return [account for account in campaign.accounts if account in used]


def missing_secrets(found: Settings, account: Account) -> list[str]:
    """The names of the secrets that an account needs and does not have."""
    required, _optional = platforms.SECRETS[account.platform]
    return [settings.secret_name(account.id, name) for name in required if not found.secret(account.id, name)]


def owner() -> str:
    """Who this process is, in leases and messages."""
    return f"{socket.gethostname()}:{os.getpid()}"


@contextmanager
def exclusive(found: Settings) -> Iterator[None]:
    """Be the one daemon of this ledger; Taken names the one that is it already."""
    settings.prepare(found)
    if shared(found):
        with open_ledger(found) as book, lock.alone_on(book, owner=owner(), now=utc_now()):
            yield
        return
    # beside the file, not in the folder: two folders that name one file must not both send from it
    place = Path(found.ledger_url.removeprefix(SQLITE)).parent
    with lock.alone(place / "run.lock", owner=owner(), now=utc_now()):
        yield


def alarm_sender(campaign: Campaign, found: Settings) -> Callable[[str, str], None]:
    """How organisers are reached by a second road; a name of a secret stands for the address it holds."""
    addresses = [found.named_secret(address) or address for address in campaign.alarms]

    def send(title: str, body: str) -> None:
        alarms.send(addresses, title=title, body=body)

    return send


def opinion(found: Settings) -> Callable[[str], Guess | None]:
    """What the optional model makes of a text; nothing of any where it is not installed. UserError where it is, and is
    of no use."""
    return teach.opinion(found.state) if teach.installed() else lambda _: None


def connect_dry(campaign: Campaign) -> dict[str, base.Platform]:
    """A platform for each account from which nothing ever leaves."""
    return {account: platforms.dry(campaign.accounts[account], utc_now) for account in used_accounts(campaign)}


def keep_settings(app: App, *, approvals: int | None = None) -> None:
    """Keep in the ledger what senders need to know of the files: pacing, where the cities are, how many must say yes
    (`approvals` instead of the file's, where given)."""
    with app.books.ledger.write() as c:
        ledger.keep_pacing(c, app.campaign.pacing)
        ledger.keep_places(c, {city.id: city.country for city in app.campaign.cities.values()})
        ledger.keep_approvals(c, approvals or app.campaign.approvals)
        ledger.keep_accounts(c, [app.campaign.accounts[name] for name in used_accounts(app.campaign)])


def take_up(app: App) -> list[plan.Change]:
    """Bring the ledger in line with the campaign as it now stands; what that changed."""
    keep_settings(app)
    changes = review.take_up(app.books.ledger, app.campaign, drafts(app.campaign), now=app.clock())
    # what is new is in no ledger before somebody approves it: it would be told again at every start
    return [change for change in changes if change.what not in ("untouched", "sent", "new")]


def tell(app: App, changes: Iterable[plan.Change]) -> None:
    """Say what edited files changed, an event a post."""
    for change in changes:
        app.tell("changed", f"{change.key}: {change.what}" + (f" ({change.detail})" if change.detail else ""))


def reload(app: App) -> bool:
    """Take up edited files when they are valid; else say so once, and the last good plan stays. False while somebody
    is writing them, or where the ledger refuses them: they are tried again at the next call, and nothing may be sent.
    """
    with app.taking_up:
        if app.files is None:
            return True
        if app.files.look(at=app.steady()):
            _take_up_edits(app)
            app.files.take()
        return not app.editing


def _take_up_edits(app: App) -> None:
    try:
        campaign = read_campaign(app.settings, now=app.clock())
        connected = (
            app.platforms if _spoken_on(campaign) == _spoken_on(app.campaign) else connect(campaign, app.settings)
        )
    except errors.UserError as error:
        first = f": {error.faults[0]}" if error.faults else ""
        app.tell(
            "kept_last_plan", f"the edited files are not taken up, the last good plan stays: {error.message}{first}"
        )
        return
    if campaign.alarms != app.campaign.alarms:
        app.alarm = alarm_sender(campaign, app.settings)
    app.campaign, app.platforms = campaign, connected
    tell(app, take_up(app))
    app.tell("took_up_files", "the edited files are in force; what is new or was reworded waits for approval")


def _spoken_on(campaign: Campaign) -> list[Account]:
    return [campaign.accounts[account] for account in used_accounts(campaign)]


def check(folder: Path, *, now: datetime) -> tuple[Campaign | None, list[errors.Fault]]:
    """Every fault of the folder; the campaign too, where it could be read."""
    return load.read(folder, limits=platforms.limits, today=now.date())


def outline(folder: Path) -> Campaign:
    """The cities by which replies to the folder's campaign are understood; those of the campaign that ships where the
    folder has none, or a fault. Messages are not read."""
    try:
        return load.outline(folder)
    except errors.UserError:
        return load.outline(load.shipped())


def known_city(campaign: Campaign, city: str) -> str:
    """The city's id; UserError with the nearest one if there is none of that name."""
    if city in campaign.cities:
        return city
    near = difflib.get_close_matches(city, campaign.cities, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(campaign.cities)}"
    raise errors.UserError(f"there is no city {city!r}; {hint}")


def rows(campaign: Campaign, found: Settings, *, now: datetime) -> list[review.Row]:
    """Every post of the plan with its words and where it stands in the ledger."""
    if not has_ledger(found):
        return review.rows(None, drafts(campaign), now=now)
    with look_at_ledger(found) as book:
        return review.rows(book, drafts(campaign), now=now)


def differences(campaign: Campaign, found: Settings, *, now: datetime) -> list[plan.Change]:
    """What the files would change against the ledger."""
    if not has_ledger(found):
        return plan.changes(drafts(campaign), {}, now=now)
    with look_at_ledger(found) as book:
        return review.differences(book, campaign, drafts(campaign), now=now)


def shipped_campaign(*, now: datetime) -> Campaign:
    """The campaign that ships."""
    return load.campaign(load.shipped(), limits=platforms.limits, today=now.date())


def campaign_to_rehearse(folder: Path, *, now: datetime) -> Campaign:
    """The folder's campaign where there is one, else the one that ships."""
    if _there(folder / load.SCHEDULES):
        return load.campaign(folder, limits=platforms.limits, today=now.date())
    return shipped_campaign(now=now)


def doctor(folder: Path, *, offline: bool) -> list[Check]:
    """Every check of the ground, and what each account's network says of it; not of one that lacks a secret."""
    found = read_settings(folder)
    campaign = read_campaign(found, now=utc_now())
    checks = examine.ground(campaign, found)
    if not offline:
        for account in used_accounts(campaign):
            if not missing_secrets(found, campaign.accounts[account]):
                checks += examine.account(campaign.accounts[account], partial(found.secret, account), clock=utc_now)
    return checks


def versions() -> dict[str, str]:
    """What a review packet names, so that it can be made again."""
    return {"campaignbot": __version__, "tzdata": zones.version()}
