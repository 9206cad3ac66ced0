"""Facebook's table of answers: what each means to a post, and when Facebook lets us go on."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from campaignbot.model import errors
from campaignbot.platforms import base
from campaignbot.platforms.base import Answer, Row, Said

#: Meta's numbers for "too many calls"; another kind of token has another number.
THROTTLED = (4, 17, 32, 341, 613, 80001, 80002, 80006)
_MISSING_RIGHTS = (3, 10, *range(200, 300))

#: What an answer means to a post (facts as of 2026; Graph gives HTTP 400 to nearly all, so its own numbers decide).
ROWS: tuple[Row, ...] = (
    # the post is made and then read: where only the reading fails, the answer is an error and the post is there
    Row(says="Facebook took it and could not show it", means=errors.NoAnswer, kinds=("taken",)),
    Row(says="Facebook is unwell", means=errors.NoAnswer, http=range(500, 1000)),
    Row(
        says="Facebook wants us to slow down",
        means=errors.TryLater,
        codes=THROTTLED,
        wait=timedelta(minutes=15),
        asks=True,
        account_wide=True,
    ),
    # seen in the wild: such an answer, and the post was there
    Row(says="Facebook does not know whether it took it", means=errors.NoAnswer, codes=(1, 2)),
    Row(says="Facebook does not know whether it took it", means=errors.NoAnswer, kinds=("transient",)),
    Row(says="Facebook does not accept this Page's token", means=errors.LockedOut, codes=(102, 190)),
    Row(says="the token lacks a right or a task on the Page", means=errors.LockedOut, codes=_MISSING_RIGHTS),
    Row(
        says="Facebook wants every call signed: set APP_SECRET",
        means=errors.LockedOut,
        codes=(100,),
        words=("appsecret_proof",),
    ),
    Row(says="Facebook says it has these words already", means=errors.NoAnswer, codes=(506,)),
    Row(says="Facebook says it has these words already", means=errors.NoAnswer, codes=(368,), subcodes=(1404082,)),
    Row(
        says="Facebook wants a person to confirm who runs the Page: log in there",
        means=errors.LockedOut,
        subcodes=(1404006, 1404078, 1404112, 4854002),
    ),
    Row(says="Facebook finds it against its rules", means=errors.Refused, codes=(1346003, 1404102)),
    Row(says="Facebook finds it against its rules", means=errors.Refused, subcodes=(1346003, 1404102)),
    Row(
        says="Facebook has blocked this Page for a while",
        means=errors.TryLater,
        codes=(368,),
        wait=timedelta(hours=3),
        account_wide=True,
    ),
    Row(says="Facebook does not take the link", means=errors.Refused, codes=(1609005, 1609008, 2061006)),
    Row(says="Facebook does not take the link", means=errors.Refused, subcodes=(1609005, 1609008, 2061006)),
    Row(says="Facebook does not take the picture", means=errors.Refused, codes=(324, 1366046, 1366051, 2069019)),
    Row(says="Facebook does not take the picture", means=errors.Refused, subcodes=(1366046, 1366051, 2069019)),
    Row(says="what this answers is gone, or hidden from us", means=errors.Refused, codes=(100,), subcodes=(33,)),
    Row(
        says="Facebook does not understand or accept it",
        means=errors.Refused,
        http=range(400, 500),
        kinds=("code",),
    ),
    # a page of HTML, a redirect, a 2xx without an id
    Row(says="Facebook's answer says nothing of the post", means=errors.NoAnswer),
)


def said(answer: Answer) -> Said:
    """An answer of the Graph API; its kinds are "code" where it names one, "transient" where it says so, and "taken"
    where it shows what it did before the error."""
    error = _error(answer)
    code, subcode = error.get("code"), error.get("error_subcode")
    kinds = ["code"] if isinstance(code, int) else []
    if error.get("is_transient") is True:
        kinds.append("transient")
    if "original_response" in error or (isinstance(answer.body, dict) and "original_response" in answer.body):
        kinds.append("taken")
    marks = [("code", code), ("subcode", subcode), ("fbtrace_id", error.get("fbtrace_id"))]
    return Said(
        code=answer.code,
        codes=frozenset([code] if isinstance(code, int) else []),
        subcodes=frozenset([subcode] if isinstance(subcode, int) else []),
        kinds=frozenset(kinds),
        words=str(error.get("message") or "").casefold(),
        trace=" ".join(f"{name} {base.shown(mark)}" for name, mark in marks if mark and base.shown(mark)),
    )


def asks_for_less(answer: Answer | None) -> bool:
    """Whether Facebook refused a read for one of its fields, or for its length."""
    if answer is None:
        return False
    words = said(answer).words
    return "reduce the amount of data" in words or (_error(answer).get("code") == 100 and "field" in words)


def past_the_end(answer: Answer | None) -> bool:
    """Whether Facebook will not go further in a very long list."""
    return answer is not None and "exceeds the max limit" in said(answer).words


def gone(answer: Answer | None) -> bool:
    """Whether Facebook says that what was asked for is not there, or not for us to see."""
    return answer is not None and said(answer).subcodes == {33}


def judged(answer: Answer, *, now: datetime) -> errors.PlatformError:
    """The error that an answer means to a post."""
    return base.judged(ROWS, said(answer), now=now, regain=regain(answer.headers, now=now))


def regain(headers: Mapping[str, str], *, now: datetime) -> datetime | None:
    """When Facebook lets us go on, not before 15 minutes from now and within a day; None where it does not say."""
    try:
        usage = json.loads(headers.get("x-business-use-case-usage", "{}"))
        minutes = [
            int(use["estimated_time_to_regain_access"])
            for uses in usage.values()
            for use in uses
            if "estimated_time_to_regain_access" in use
        ]
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None  # a header that Meta has changed tells us nothing
    if not minutes:
        return None
    return now + timedelta(minutes=min(max(*minutes, 15), 24 * 60))


def _error(answer: Answer) -> dict[str, Any]:
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    return error if isinstance(error, dict) else {}
