"""The Graph API's errors: nearly all of them HTTP 400, told apart by their code."""

from __future__ import annotations

import base64
import hashlib
import itertools
from typing import Any, Final

from campaignbot.networks import exchange

_TRACES: Final = itertools.count(1)


class Refusal(Exception):
    """A call that the Graph API refuses; `answer` says so in its words."""

    def __init__(self, answer: exchange.Answer) -> None:
        super().__init__(answer.code)
        self.answer = answer


def refusal(
    code: int,
    message: str,
    *,
    subcode: int | None = None,
    kind: str = "OAuthException",
    title: str | None = None,
    told: str | None = None,
    transient: bool | None = None,
    http: int = 400,
) -> Refusal:
    """An error; `title` and `told` are what a person is shown."""
    error: dict[str, Any] = {"message": message, "type": kind, "code": code}
    if subcode is not None:
        error["error_subcode"] = subcode
    if transient is not None:
        error["is_transient"] = transient
    if title is not None:
        error |= {"error_user_title": title, "error_user_msg": told}
    trace = hashlib.sha256(str(next(_TRACES)).encode()).digest()[:16]
    error["fbtrace_id"] = f"A{base64.urlsafe_b64encode(trace).decode().rstrip('=')}"
    return Refusal(exchange.reply(http, {"error": error}))


def bad(message: str, *, subcode: int | None = None) -> Refusal:
    """Error 100: a parameter or field is wrong."""
    return refusal(100, f"(#100) {message}", subcode=subcode)


def no_such_field(name: str, node: str) -> Refusal:
    """Error 100 for a field that this kind of node has not."""
    return bad(f"Tried accessing nonexisting field ({name}) on node type ({node})")


def not_there(number: str, *, method: str) -> Refusal:
    """Error 100, subcode 33: gone, never there, or not for this token."""
    return refusal(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{number}' does not exist, cannot be loaded due to"
        " missing permissions, or does not support this operation. Please read the Graph API documentation at"
        " https://developers.facebook.com/docs/graph-api",
        subcode=33,
        kind="GraphMethodException",
    )


def unknown_path(path: str) -> Refusal:
    """Error 2500."""
    return refusal(2500, f"Unknown path components: /{path}")


def token_gone(subcode: int) -> Refusal:
    """Error 190: the token was good once."""
    reasons = {
        458: "The user has not authorized application.",
        459: "The session is invalid because the user has been checkpointed.",
        460: "The session has been invalidated because the user changed their password or Facebook has changed the"
        " session for security reasons.",
        463: "Session has expired.",
        464: "The session is invalid because the user is not confirmed.",
        467: "The session is invalid because the user logged out.",
        492: "The user does not have the required role on the Page.",
    }
    return refusal(190, f"Error validating access token: {reasons[subcode]}", subcode=subcode)
