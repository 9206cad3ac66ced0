"""What else X may answer to a request, by name: for faults. In its own words where they are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from campaignbot.networks.exchange import Answer, reply
from campaignbot.networks.x import problems

#: Makes the answer that X gives at this moment.
Saying = Callable[[datetime], Answer]

PORTAL: Final = b"<html><body>Welcome to our network. Please log in.</body></html>"
SUSPENDED: Final = "Your account is suspended and is not permitted to access this feature."
LOCKED: Final = "To protect our users from spam and other malicious activity, this account is temporarily locked."
DAILY: Final = "You have reached your daily limit for sending Tweets. Please try again later."
URL: Final = "The Tweet contains an invalid URL."


def _always(answer: Answer) -> Saying:
    return lambda _now: answer


def _plain(code: int, detail: str | None = None) -> Saying:
    return _always(problems.plain(HTTPStatus(code), detail).answer)


def _forbidden(detail: str) -> Saying:
    return _always(problems.forbidden(detail).answer)


def _typed(code: int, kind: str, title: str, *, detail: str | None = None, types: str = problems.OLD_TYPES) -> Saying:
    return _always(problems.typed(HTTPStatus(code), kind, title=title, detail=detail or title, types=types).answer)


def _numbered(code: int, number: int, message: str) -> Saying:
    """In the form of the older interface."""
    return _always(reply(code, {"errors": [{"code": number, "message": message}]}))


def _page(code: int, body: bytes, media_type: str = "text/html; charset=utf-8") -> Saying:
    return _always(Answer(code, body, media_type))


def _moved(code: int, to: str) -> Saying:
    return _always(Answer(code, b"", headers={"Location": to}))


def _later(**headers: int | timedelta) -> Saying:
    """429 with these headers; a span counts from now, as epoch seconds."""

    def saying(now: datetime) -> Answer:
        told = {
            name.replace("_", "-"): str(int((now + value).timestamp()) if isinstance(value, timedelta) else value)
            for name, value in headers.items()
        }
        return replace(problems.plain(HTTPStatus.TOO_MANY_REQUESTS).answer, headers=told)

    return saying


SAYINGS: Final[Mapping[str, Saying]] = {
    # a success that says nothing of what was made
    "created_without_id": _always(reply(201, {"data": {"text": "…"}})),
    "created_with_errors": _always(reply(201, {"errors": [{"title": "Forbidden", "detail": "…"}]})),
    "created_bad_id": _always(reply(201, {"data": {"id": "unknown", "text": "…"}})),
    "created_cut_short": _page(201, b'{"data":{"id":"19', "application/json; charset=utf-8"),
    "created_empty": _page(201, b"", "application/json; charset=utf-8"),
    "captive_portal": _page(200, PORTAL),
    "moved": _moved(302, "https://elsewhere.invalid/2/tweets"),
    "moved_for_good": _moved(308, "https://elsewhere.invalid/2/tweets"),
    "not_modified": _page(304, b""),
    # who asks
    "unauthorized": _plain(401),
    "unauthorized_page": _page(401, b"<html>401</html>"),
    "bad_token_89": _numbered(401, 89, "Invalid or expired token."),
    "credits_depleted": _typed(402, "credits", "CreditsDepleted", detail="Your enrolled account has no credits."),
    "oauth1_permissions": _typed(
        403,
        "oauth1-permissions",
        "Forbidden",
        detail="Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
    ),
    "unsupported_authentication": _typed(
        403,
        "unsupported-authentication",
        "Unsupported Authentication",
        detail="Authenticating with Unknown is forbidden for this endpoint.",
    ),
    "client_forbidden": _typed(
        403, "client-forbidden", "Client Forbidden", detail="This request must be made using an approved project."
    ),
    "access_level_453": _numbered(403, 453, "You currently have access to a subset of X API V2 endpoints."),
    "no_write_261": _numbered(403, 261, "Application cannot perform write actions."),
    "locked_326": _numbered(403, 326, LOCKED),
    "suspended_64": _numbered(403, 64, SUSPENDED),
    "suspended": _forbidden(SUSPENDED),
    "locked": _forbidden(LOCKED),
    # what is said, and to whom
    "duplicate": _forbidden(problems.DUPLICATE),
    "duplicate_187": _numbered(403, 187, "Status is a duplicate."),
    "duplicate_187_bare": _numbered(403, 187, "Forbidden."),
    "not_summoned": _forbidden(problems.NOT_SUMMONED),
    "cashtags": _forbidden(problems.CASHTAGS),
    "invalid_url": _forbidden(URL),
    "parent_gone": _forbidden(problems.PARENT_GONE),
    "forbidden_list": _always(reply(403, [{"message": "Forbidden"}])),
    "forbidden_page": _page(403, b"<html>403</html>"),
    "reply_target_gone": _typed(
        404,
        "resource-not-found",
        "Not Found Error",
        detail="Could not find tweet with in_reply_to_tweet_id: [1].",
        types=problems.NEW_TYPES,
    ),
    "not_found": _plain(404),
    "invalid_request": _typed(400, "invalid-request", "Invalid Request", detail=problems.INVALID),
    "conflict": _plain(409),
    "gone": _plain(410),
    "too_large": _plain(413),
    "media_type": _plain(415),
    "unprocessable": _plain(422),
    # how much
    "daily_limit_185": _numbered(403, 185, "User is over daily status update limit."),
    "daily_limit_344": _numbered(403, 344, "User has exceeded the limit of posts."),
    "daily_limit": _forbidden(DAILY),
    "usage_capped": _typed(
        429,
        "usage-capped",
        "UsageCapExceeded",
        detail="Usage cap exceeded: Monthly product cap",
        types=problems.NEW_TYPES,
    ),
    "usage_cap_title": _plain(429, "UsageCapExceeded: Monthly product cap"),
    "limited_silently": _later(),
    "limited_until_reset": _later(
        x_rate_limit_limit=100, x_rate_limit_remaining=0, x_rate_limit_reset=timedelta(minutes=7)
    ),
    "limited_for_the_day": _later(
        x_rate_limit_reset=timedelta(minutes=7),
        x_user_limit_24hour_limit=50,
        x_user_limit_24hour_remaining=0,
        x_user_limit_24hour_reset=timedelta(hours=9),
    ),
    "limited_app_for_the_day": _later(x_app_limit_24hour_remaining=0, x_app_limit_24hour_reset=timedelta(hours=5)),
    "limited_retry_after": _later(retry_after=1200),
    "limited_number_88": _numbered(429, 88, "Rate limit exceeded"),
    "limited_page": _page(429, b"<html>429</html>"),
    # who knows
    "request_timeout": _plain(408),
    "internal_error": _plain(500),
    "bad_gateway": _page(502, b"<html>bad gateway</html>"),
    "unavailable": _plain(503),
    "gateway_timeout": _page(504, b""),
}
