"""Who is asking: OAuth 1.0a by its signature, or an OAuth 2.0 user token."""

from __future__ import annotations

import base64
import collections
import hashlib
import hmac
import re
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, unquote

from campaignbot.networks import exchange
from campaignbot.networks.x import problems

PRODUCTION: Final = ("https://api.twitter.com", "https://api.x.com")
_FIELD = re.compile(r'([A-Za-z_]+)="([^"]*)"')
REQUIRED: Final = frozenset(
    {
        "oauth_consumer_key",
        "oauth_nonce",
        "oauth_signature",
        "oauth_signature_method",
        "oauth_timestamp",
        "oauth_token",
    }
)


@dataclass(frozen=True, kw_only=True)
class Keys:
    """One user's grant to one app; `bearer` is that user's OAuth 2.0 token."""

    user: int
    handle: str
    api_key: str
    api_secret: str
    access_token: str
    access_secret: str
    bearer: str | None = None
    may_write: bool = True


class Gate:
    """Knows the grants and the nonces of the last minutes. The network holds the lock. `fresh`: how far off a client's
    clock may be."""

    def __init__(self, *, fresh: timedelta) -> None:
        self._fresh_seconds = fresh.total_seconds()
        self._by_token: dict[str, Keys] = {}
        self._by_bearer: dict[str, Keys] = {}
        self._nonces: set[tuple[str, str, str]] = set()
        self._nonce_order: collections.deque[tuple[float, tuple[str, str, str]]] = collections.deque()

    def grant(self, keys: Keys) -> None:
        """Let these keys in."""
        self._by_token[keys.access_token] = keys
        if keys.bearer is not None:
            self._by_bearer[keys.bearer] = keys

    def revoke(self, user: int) -> None:
        """Let a user's keys in no longer."""
        self._by_token = {token: keys for token, keys in self._by_token.items() if keys.user != user}
        self._by_bearer = {token: keys for token, keys in self._by_bearer.items() if keys.user != user}

    def make_read_only(self, user: int) -> None:
        """Let a user's keys read and no more."""
        for keys in [keys for keys in self._by_token.values() if keys.user == user]:
            self.grant(replace(keys, may_write=False))

    def claimed(self, request: exchange.Request) -> Keys | None:
        """Whose keys the request names, without proof."""
        header = request.headers.get("authorization", "")
        scheme, _, rest = header.partition(" ")
        if scheme.lower() == "bearer":
            return self._by_bearer.get(rest.strip())
        return self._by_token.get(_fields(rest).get("oauth_token", ""))

    def admit(self, request: exchange.Request) -> Keys:
        """The proved keys; raises Problem 401."""
        keys = self.claimed(request)
        header = request.headers.get("authorization", "")
        if keys is None:
            raise problems.plain(HTTPStatus.UNAUTHORIZED)
        if header.lower().startswith("bearer "):
            return keys
        if not self._proved(request, keys, _fields(header.partition(" ")[2])):
            raise problems.plain(HTTPStatus.UNAUTHORIZED)
        return keys

    def _proved(self, request: exchange.Request, keys: Keys, given: dict[str, str]) -> bool:
        if not given.keys() >= REQUIRED or given["oauth_consumer_key"] != keys.api_key:
            return False
        if given["oauth_signature_method"] != "HMAC-SHA1" or given.get("oauth_version", "1.0") != "1.0":
            return False
        if request.at is None and not self._fresh(given):
            return False
        parameters = [(name, value) for name, value in given.items() if name not in ("oauth_signature", "realm")]
        parameters += request.parameters + request.form()
        wanted = given["oauth_signature"]
        hosts = (*PRODUCTION, f"http://{request.host}{request.prefix}")
        return any(
            hmac.compare_digest(sign(request.method, f"{host}{request.path}", parameters, keys), wanted)
            for host in hosts
        )

    def _fresh(self, given: dict[str, str]) -> bool:
        # a client's clock is the machine's, whatever the campaign's clock says
        now = time.time()
        if not given["oauth_timestamp"].isdigit() or abs(now - int(given["oauth_timestamp"])) > self._fresh_seconds:
            return False
        while self._nonce_order and self._nonce_order[0][0] < now - 2 * self._fresh_seconds:
            self._nonces.discard(self._nonce_order.popleft()[1])
        nonce = (given["oauth_token"], given["oauth_timestamp"], given["oauth_nonce"])
        if nonce in self._nonces:
            return False
        self._nonces.add(nonce)
        self._nonce_order.append((now, nonce))
        return True


def sign(method: str, address: str, parameters: list[tuple[str, str]], keys: Keys) -> str:
    """The OAuth 1.0a signature (HMAC-SHA1, base64) over an address without its query."""
    pairs = sorted((_escape(name), _escape(value)) for name, value in parameters)
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join((method.upper(), _escape(address), _escape(joined)))
    key = f"{_escape(keys.api_secret)}&{_escape(keys.access_secret)}"
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha1)).decode()


def _escape(text: str) -> str:
    return quote(text, safe="~")


def _fields(header: str) -> dict[str, str]:
    return {name: unquote(value) for name, value in _FIELD.findall(header)}
