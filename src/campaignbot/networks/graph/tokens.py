"""Who is asking: Page, user and app tokens, and the proof of the app's secret."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from campaignbot.networks import exchange
from campaignbot.networks.graph import refusals, tables


@dataclass(frozen=True, kw_only=True)
class Token:
    """One access token. `holder` is the Page's id, the user's id, or the app's id."""

    text: str
    kind: str
    holder: str
    pages: tuple[str, ...]
    scopes: tuple[str, ...]
    issued: datetime
    expires: datetime | None = None
    gone: int | None = None
    """The subcode of its 190, where it is good no longer."""

    def may(self, *scopes: str) -> bool:
        """Whether all these permissions were granted."""
        return set(scopes) <= set(self.scopes)


class Gate:
    """Knows the tokens. The network holds the lock."""

    def __init__(self, *, app_id: str, app_secret: str, wants_proof: bool) -> None:
        self.app_id = app_id
        self._secret = app_secret
        self._wants_proof = wants_proof
        self._tokens: dict[str, Token] = {}

    def grant(self, token: Token) -> None:
        """Let this token in."""
        self._tokens[token.text] = token

    def invalidate(self, text: str, subcode: int) -> None:
        """From now on this token gets 190 with this subcode."""
        self._tokens[text] = replace(self._tokens[text], gone=subcode)

    def claimed(self, request: exchange.Request) -> Token | None:
        """The token that a request names, good or not."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() in ("bearer", "oauth"):
            return self._tokens.get(rest.strip())
        for name, value in (*request.parameters, *request.form()):
            if name == "access_token":
                return self._tokens.get(value)
        for part in request.parts():
            if part.name == "access_token":
                return self._tokens.get(part.body.decode("utf-8", "replace"))
        return None

    def admit(self, request: exchange.Request, given: Mapping[str, str], *, now: datetime) -> Token:
        """The token of a request; raises Refusal: 104, 190, or 100 for the proof."""
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        text = bearer.strip() if scheme.lower() in ("bearer", "oauth") else given.get("access_token", "")
        if not text:
            raise refusals.refusal(104, "An access token is required to request this resource.")
        if text == f"{self.app_id}|{self._secret}":
            return Token(text=text, kind="APP", holder=self.app_id, pages=(), scopes=(), issued=now)
        token = self._tokens.get(text)
        if token is None:
            raise refusals.refusal(190, "Invalid OAuth access token - Cannot parse access token")
        if token.gone is not None:
            raise refusals.token_gone(token.gone)
        if token.expires is not None and now >= token.expires:
            raise refusals.token_gone(463)
        self._check_proof(text, given.get("appsecret_proof"))
        return token

    def _check_proof(self, token: str, proof: str | None) -> None:
        if proof is None and not self._wants_proof:
            return
        if proof is None:
            raise refusals.refusal(
                100, "API calls from the server require an appsecret_proof argument", kind="GraphMethodException"
            )
        wanted = hmac.digest(self._secret.encode(), token.encode(), hashlib.sha256).hex()
        if not hmac.compare_digest(wanted, proof):
            raise refusals.refusal(
                100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException"
            )

    def describe(self, text: str | None, *, now: datetime) -> dict[str, Any]:
        """What /debug_token says about a token."""
        token = self._tokens.get(text or "")
        if token is None:
            error = {"code": 190, "message": "Invalid OAuth access token."}
            return {"data": {"error": error, "is_valid": False, "scopes": []}}
        expired = token.expires is not None and now >= token.expires
        body: dict[str, Any] = {
            "app_id": self.app_id,
            "type": token.kind,
            "application": "campaign",
            "data_access_expires_at": 0,
            "expires_at": 0 if token.expires is None else int(token.expires.timestamp()),
            "is_valid": token.gone is None and not expired,
            "issued_at": int(token.issued.timestamp()),
            "scopes": list(token.scopes),
            "user_id": token.holder if token.kind == "USER" else "10000000000000001",
        }
        if token.kind == "PAGE":
            body["profile_id"] = token.holder
        if not body["is_valid"]:
            body["error"] = {
                "code": 190,
                "message": "Error validating access token",
                "subcode": 463 if token.gone is None else token.gone,
            }
        return {"data": body}


def page_token(text: str, page: str, *, scopes: tuple[str, ...], issued: datetime, expires: datetime | None) -> Token:
    """A Page's token."""
    return Token(text=text, kind="PAGE", holder=page, pages=(page,), scopes=scopes, issued=issued, expires=expires)


def user_token(text: str, user: str, pages: tuple[str, ...], *, issued: datetime, expires: datetime | None) -> Token:
    """The token of a person who runs these Pages."""
    return Token(text=text, kind="USER", holder=user, pages=pages, scopes=tables.SCOPES, issued=issued, expires=expires)
