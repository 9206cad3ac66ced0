"""One draft as the review packet draws it."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from markupsafe import Markup, escape

from campaignbot.model.campaign import Account, Campaign
from campaignbot.model.post import Draft, Shown
from campaignbot.stages.review import words

LOOKS = {"x": "x", "facebook": "facebook"}
SPECIAL = re.compile(r"(?P<link>https?://[^\s<>\"'⟦⟧]+)|(?P<hash>(?<![\w#&])#\w+)|(?P<gap>⟦[^⟧]*⟧)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    path: str
    alt: str | None
    uri: str | None  #: None where the page has shown this picture before


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    key: str
    anchor: str
    language: str
    account: str
    look: str
    initials: str
    speaker: str
    address: str
    at: str
    text: Markup
    pictures: tuple[Image, ...]
    length: str
    limit: str
    percent: int
    over: bool
    cost: str
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    digest: str | None
    armed: bool
    called: bool
    answer: bool
    past: bool


def card(draft: Draft, campaign: Campaign, *, now: datetime, shown: set[str] | None) -> Card:
    """The card of one draft. Pictures whose path stands in `shown` are not carried again; None: always carried."""
    post, account = draft.post, draft.account
    due = words.local(post)
    return Card(
        key=draft.key,
        anchor=anchor(post.city, post.slot, post.language, post.account),
        language=post.language,
        account=post.account,
        look=LOOKS.get(post.platform, "plain"),
        initials=campaign.cities[post.city].name[:2].upper(),
        speaker=speaker(account),
        address=f"@{account.handle}" if account.handle else account.platform.capitalize(),
        at=clock(due) if due else post.occasion,
        text=marked(draft.text),
        pictures=tuple(_images(draft.pictures, shown)),
        length=f"{draft.length:,}",
        limit=f"{draft.limit:,}",
        percent=min(100, round(100 * draft.length / draft.limit)) if draft.limit else 0,
        over=draft.length > draft.limit,
        cost=cost(draft.cost_usd),
        missing=draft.missing,
        warnings=draft.warnings,
        digest=draft.digest,
        armed=post.armed,
        called=post.called and post.person is None,
        answer=post.person is not None,
        past=post.due is not None and post.due < now,
    )


def marked(text: str) -> Markup:
    """The text as safe HTML, byte for byte the same to a reader, with links, hashtags and gaps marked."""
    parts, end = [], 0
    for found in SPECIAL.finditer(text):
        parts += [escape(text[end : found.start()]), _mark(found)]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def speaker(account: Account) -> str:
    return account.handle or (f"Page {account.page}" if account.page else account.id)


def anchor(*names: str) -> str:
    return "-".join(re.sub(r"[^A-Za-z0-9_-]", "_", name) for name in names)


def clock(moment: datetime) -> str:
    """A moment in its own zone, for a reader of English."""
    return f"{moment:%a} {moment.day} {moment:%b %Y, %H:%M}"


def utc(moment: datetime) -> str:
    """A moment in UTC, with the day where the local day is another."""
    there = moment.astimezone(UTC)
    return (
        f"{there:%H:%M} UTC"
        if there.date() == moment.date()
        else f"{there:%H:%M} UTC on {there:%a} {there.day} {there:%b}"
    )


def cost(usd: Decimal) -> str:
    return f"{usd:.3f} USD".replace("0 USD", " USD") if usd else "no cost"


def _mark(found: re.Match[str]) -> Markup:
    if found["link"]:
        return Markup('<a href="{0}" rel="noopener noreferrer" target="_blank">{0}</a>').format(found["link"])
    if found["hash"]:
        return Markup('<span class="hash">{}</span>').format(found["hash"])
    return Markup("<mark>{}</mark>").format(found["gap"])


def _images(pictures: tuple[Shown, ...], shown: set[str] | None) -> Iterator[Image]:
    for picture in pictures:
        again = shown is not None and picture.path in shown
        if shown is not None:
            shown.add(picture.path)
        uri = None if again else f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"
        yield Image(path=picture.path, alt=picture.alt, uri=uri)
