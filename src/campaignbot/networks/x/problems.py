"""X's refusals, with the bodies that the real one sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from campaignbot.networks import exchange

OLD_TYPES = "https://api.twitter.com/2/problems/"
NEW_TYPES = "https://api.x.com/2/problems/"
PROBLEM_JSON = "application/problem+json"
INVALID = "One or more parameters to your request was invalid."

DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author"
    " of the post you are replying to."
)
PARENT_GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."
CASHTAGS = "Posts are limited to a maximum of one cashtag."
TOO_LONG = (
    "Your Tweet text is too long. For more information on how Twitter determines text length see"
    " https://github.com/twitter/twitter-text."
)
BAD_MEDIA = "Your media IDs are invalid."


class Problem(Exception):
    """A request that X refuses; `answer` says so in X's words."""

    def __init__(self, answer: exchange.Answer) -> None:
        super().__init__(answer.code)
        self.answer = answer


def invalid(message: str, /, *, types: str = OLD_TYPES, **parameters: Sequence[str]) -> Problem:
    """400: one parameter is wrong; `parameters` are named as on the wire, with dots as double underscores."""
    named = {name.replace("__", "."): list(values) for name, values in parameters.items()}
    return invalid_all([(named, message)], types=types)


def invalid_all(faults: Sequence[tuple[Mapping[str, Sequence[str]], str]], *, types: str = OLD_TYPES) -> Problem:
    """400: each (parameters, message) is wrong."""
    body = {
        "errors": [
            {"parameters": {name: list(values) for name, values in parameters.items()}, "message": message}
            for parameters, message in faults
        ],
        "title": "Invalid Request",
        "detail": INVALID,
        "type": f"{types}invalid-request",
    }
    return Problem(exchange.reply(HTTPStatus.BAD_REQUEST, body, media_type=PROBLEM_JSON))


def plain(code: HTTPStatus, detail: str | None = None) -> Problem:
    """A problem of no type of its own."""
    body = {"title": code.phrase, "type": "about:blank", "status": int(code), "detail": detail or code.phrase}
    return Problem(exchange.reply(code, body, media_type=PROBLEM_JSON))


def forbidden(detail: str) -> Problem:
    """403, in the order of keys that was logged."""
    body = {"detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403}
    return Problem(exchange.reply(HTTPStatus.FORBIDDEN, body, media_type=PROBLEM_JSON))


def typed(code: HTTPStatus, kind: str, *, title: str, detail: str, types: str, **more: Any) -> Problem:
    """A problem of a type of X's own."""
    body = {"title": title, "detail": detail, "type": f"{types}{kind}", "status": int(code), **more}
    return Problem(exchange.reply(code, body, media_type=PROBLEM_JSON))


def not_found(value: str, *, parameter: str, what: str, types: str) -> dict[str, str]:
    """The entry of `errors` for something that is not there, in an answer that is otherwise fine."""
    return {
        "value": value,
        "detail": f"Could not find {what} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": what,
        "parameter": parameter,
        "resource_id": value,
        "type": f"{types}resource-not-found",
    }
