"""X's table of answers: what each means to a post, and when X lets us go on."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from campaignbot.model import errors
from campaignbot.platforms import base
from campaignbot.platforms.base import Answer, Row, Said

#: What an answer means to a post (facts as of 2026). A read, and an upload, that came to nothing is simply tried later.
ROWS: tuple[Row, ...] = (
    Row(says="X gave an answer that does not say what became of it", means=errors.NoAnswer, http=range(100, 300)),
    # not followed, so nobody knows what stands behind it
    Row(says="X points elsewhere", means=errors.NoAnswer, http=range(300, 400)),
    Row(
        # it refuses a request whose time is more than five minutes off in the same way
        says="X does not accept the keys and tokens of this account, or this machine's clock is wrong",
        means=errors.LockedOut,
        http=(401,),
    ),
    Row(says="X asks for credits: this account's are used up", means=errors.LockedOut, http=(402,)),
    Row(says="X says it has these words already", means=errors.NoAnswer, http=(403,), words=("duplicate",)),
    Row(says="X says it has these words already", means=errors.NoAnswer, http=(403,), codes=(187,)),
    Row(
        says="X does not let us answer this person, who has not mentioned us",
        means=errors.Refused,
        http=(403,),
        words=("reply to this conversation is not allowed",),
    ),
    Row(
        says="X does not let this app post: its permissions, plan or kind of login",
        means=errors.LockedOut,
        http=(403,),
        kinds=("oauth1-permissions", "unsupported-authentication", "client-forbidden"),
    ),
    Row(says="X does not let this app post", means=errors.LockedOut, http=(403,), codes=(261, 453)),
    Row(says="X has locked or suspended this account", means=errors.LockedOut, http=(403,), codes=(64, 326)),
    Row(
        says="X has locked or suspended this account",
        means=errors.LockedOut,
        http=(403,),
        words=("is suspended", "account is temporarily locked", "account has been locked"),
    ),
    Row(
        says="this account has posted as often as X lets it in a day",
        means=errors.TryLater,
        http=(403,),
        codes=(185, 344),
        wait=timedelta(hours=6),
        account_wide=True,
    ),
    Row(
        says="this account has posted as often as X lets it in a day",
        means=errors.TryLater,
        http=(403,),
        words=("daily limit",),
        wait=timedelta(hours=6),
        account_wide=True,
    ),
    Row(says="X does not want this post", means=errors.Refused, http=(403,)),
    Row(says="X does not know what this answers, or it is gone", means=errors.Refused, http=(404,)),
    # a proxy says so too, and may have passed the words on
    Row(says="X gave up waiting", means=errors.NoAnswer, http=(408,)),
    Row(says="this app's plan with X is used up", means=errors.LockedOut, http=(429,), kinds=("usage-capped",)),
    Row(says="this app's plan with X is used up", means=errors.LockedOut, http=(429,), words=("usagecap", "usage cap")),
    Row(
        says="X wants us to slow down",
        means=errors.TryLater,
        http=(429,),
        wait=timedelta(minutes=15),
        asks=True,
        account_wide=True,
    ),
    Row(says="X does not understand or accept this post", means=errors.Refused, http=range(400, 500)),
    Row(says="X is unwell", means=errors.NoAnswer),
)


def said(answer: Answer) -> Said:
    """An error answer of X: problem details, or the old list of numbers."""
    body = answer.body if isinstance(answer.body, dict) else {}
    listed = body.get("errors")
    parts = [body, *(part for part in (listed if isinstance(listed, list) else []) if isinstance(part, dict))]
    kinds = [str(part["type"]).rstrip("/").rpartition("/")[2] for part in parts if part.get("type")]
    codes = [part["code"] for part in parts if isinstance(part.get("code"), int)]
    words = [str(part.get(name) or "") for part in parts for name in ("title", "detail", "message", "reason")]
    return Said(
        code=answer.code,
        codes=frozenset(codes),
        kinds=frozenset(kinds),
        words=" ".join(words).casefold(),
        trace=" ".join(dict.fromkeys(filter(None, map(base.shown, [*kinds, *codes])))),
    )


def regain(headers: Mapping[str, str], *, now: datetime) -> datetime | None:
    """When X lets us go on: its own word, a minute at least and a day at most from now; None where it does not say."""
    resets = [headers.get("x-rate-limit-reset")]
    for limit in ("x-user-limit-24hour", "x-app-limit-24hour"):
        if headers.get(f"{limit}-remaining") == "0":
            resets.append(headers.get(f"{limit}-reset"))
    epoch = int(now.timestamp())
    seconds = [_whole(reset) - epoch for reset in resets if _whole(reset)]
    seconds += filter(None, [_whole(headers.get("retry-after"))])
    if not seconds:
        return None
    return now + timedelta(seconds=min(max(*seconds, 60), 24 * 60 * 60))


def _whole(header: str | None) -> int:
    """The number in a header; 0 where there is none that makes sense."""
    return int(header) if header and re.fullmatch("[0-9]{1,12}", header) else 0


def judged(answer: Answer, *, now: datetime) -> errors.PlatformError:
    """The error that an answer means to a post."""
    return base.judged(ROWS, said(answer), now=now, regain=regain(answer.headers, now=now))
