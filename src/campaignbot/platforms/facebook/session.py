"""The session under facebook-sdk 3.1.0, which by itself puts tokens into addresses, forgets nested values, ignores
HTTP's numbers and refuses JSON of another content type."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import requests

from campaignbot.platforms import wire


class Unreadable(Exception):
    """An answer that is neither what was asked for nor one of Graph's own errors."""


class GraphSession(requests.Session):
    """Speaks to the Graph API over our wire: the token travels in a header, values as Graph reads them."""

    def __init__(self, line: wire.Wire, *, app_secret: str | None) -> None:
        super().__init__()
        self._line, self._app_secret = line, app_secret
        line.dress(self)

    def request(  # type: ignore[override]  # facebook-sdk passes these by name; the rest of requests' twenty is refused
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        timeout: object = None,
        proxies: object = None,
    ) -> requests.Response:
        """One request; Unreadable where the answer is no JSON object, or an error without Graph's words for it."""
        query, form = dict(params or {}), dict(data or {})
        # where the form has a token of its own, facebook-sdk adds the Page's to the query all the same
        ours, given = query.pop("access_token", ""), form.pop("access_token", "")
        token = str(given or ours)
        if self._app_secret:
            proof = hmac.new(self._app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            (query if method == "GET" else form)["appsecret_proof"] = proof
        response = super().request(
            method,
            url,
            params=_spelt(query),
            data=_spelt(form),
            files=files,
            headers={"Authorization": f"Bearer {token}"},
            allow_redirects=False,
        )
        body = self._line.answer.body if self._line.answer else None
        if not isinstance(body, dict) or (response.status_code >= 300 and not body.get("error")):
            raise Unreadable
        # facebook-sdk takes JSON from nothing else
        response.headers["content-type"] = "application/json"
        return response


def _spelt(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as Graph reads them: nested ones as JSON, true and false in lower case, nothing for None."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
        if value is not None
    }
