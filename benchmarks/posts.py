"""The same posts for every sender that is measured: so many, over so many accounts on X, all due at one instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from campaignbot import platforms
from campaignbot.model.campaign import Account, Pacing
from campaignbot.model.delivery import State
from campaignbot.model.post import Draft, Post
from campaignbot.platforms.base import Platform
from campaignbot.store import database, drafts, ledger

SECRETS = {name: f"sham-{name.lower()}" for name in ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET")}
#: As a campaign's file says it: no quiet hours, no spacing, no cap that would be reached.
UNLIMITED = Pacing(
    quiet=None,
    spacing=timedelta(0),
    per_account_per_day=1_000_000,
    duplicate_window=timedelta(0),
    settle=timedelta(seconds=1),
    poll=timedelta(minutes=3),
)
#: As long as a real one: what a text costs in the ledger and on the wire counts.
TEXT = "{n} {city}: we meet on Tuesday 1 December at 18:00 at the fountain, and stand with people in Russia who have no treatment. Come, bring a candle. #WorldAIDSDay #HarmReduction"  # noqa: E501


@dataclass(frozen=True, kw_only=True)
class Posts:
    count: int
    accounts: int
    due: datetime

    def drafts(self, url: str, *, start: int = 0, stop: int | None = None) -> list[Draft]:
        """All of them, or a part."""
        speaks = [account(number, url) for number in range(self.accounts)]
        numbers = range(start, self.count if stop is None else stop)
        return [self._draft(n, speaks[n % self.accounts]) for n in numbers]

    def _draft(self, n: int, speaks: Account) -> Draft:
        city = speaks.id.removeprefix("x-")
        post = Post(
            campaign="bench",
            slot=f"slot_{n // self.accounts:06}",
            message="morning_of",
            city=city,
            language="en-GB",
            account=speaks.id,
            platform="x",
            zone="UTC",
            wall=f"{self.due:%Y-%m-%dT%H:%M}",
            due=self.due,
            expires=timedelta(hours=6),
        )
        return Draft(post=post, account=speaks, text=TEXT.format(n=n, city=city))


def account(number: int, url: str) -> Account:
    handle = f"city{number}"
    return Account(id=f"x-{handle}", platform="x", handle=handle, base_url=f"{url}/{handle}")


def connected(accounts: int, url: str) -> dict[str, Platform]:
    """The real adapter of X for each account."""
    made = [account(number, url) for number in range(accounts)]
    return {one.id: platforms.connect(one, SECRETS.get, clock=utc_now) for one in made}


def approve(book: database.Database, made: Sequence[Draft], *, accounts: Sequence[Account] = ()) -> None:
    """Into the ledger with them, approved and WAITING, the limits off."""
    now = utc_now()
    with book.write() as c:
        ledger.keep_accounts(c, accounts)
        ledger.keep_pacing(c, UNLIMITED)
        drafts.keep_all(c, made, now=now)
        drafts.approve_all(c, [(draft.key, draft.digest or "") for draft in made], by="bench-1", now=now)
        ledger.add_all(
            c,
            [ledger.New(post=d.post, state=State.WAITING, reason=None, digest=d.digest) for d in made],
            by="bench-1",
            now=now,
        )


def utc_now() -> datetime:
    return datetime.now(UTC)
