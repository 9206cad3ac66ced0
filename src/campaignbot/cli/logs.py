"""How the daemon's log is written: a JSON line each on standard error, with every loaded secret blotted out."""

import base64
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, quote_plus

import structlog

BLOT = "[secret]"

#: shapes of secrets that we may never have loaded: what headers carry, Page tokens, OAuth fields in headers,
#: queries and bodies, passwords in addresses, age identities
SHAPES = re.compile(
    r"(?i)\b(?:bearer|basic)\s+[\w.~+/%=-]{8,}|EAA[A-Za-z0-9]{20,}|AGE-SECRET-KEY-[A-Z0-9]+"
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"
    r"|\b(?:access_token|input_token|oauth_\w+|appsecret_proof|client_secret|(?:ssl)?password)[\"']?\s*[=:]\s*[\"']?[^&\s\"',}]+"
)


class Redactor:
    """Blots out secrets by value, in each form a library may have written them, and by shape."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms: set[str] = set()
        for secret in secrets:
            if len(secret) >= 4:  # shorter ones would blot out ordinary words
                raw = secret.encode()
                coded = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
                forms |= {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), *coded}
                forms |= {form.rstrip("=") for form in coded}
        self._forms = sorted(forms, key=len, reverse=True)

    def clean(self, text: str) -> str:
        """The text without any secret."""
        for form in self._forms:
            text = text.replace(form, BLOT)
        return SHAPES.sub(BLOT, text)

    def __call__(
        self, _logger: Any, _name: str, event: MutableMapping[str, Any]
    ) -> Mapping[str, Any] | str | bytes | bytearray | tuple[Any, ...]:
        return {key: self._cleaned(value) for key, value in event.items()}

    def _cleaned(self, value: Any) -> Any:
        """The value as JSON can hold it: whatever is not plain is written out first, so that nothing slips by."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {self.clean(str(key)): self._cleaned(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._cleaned(inner) for inner in value]
        return self.clean(str(value))


def _where(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception by its type and its frames: its message and its variables could hold a person's words."""
    kind, _error, frames = event.pop("exc_info", None) or (None, None, None)
    event.pop("stack_info", None)
    if kind is not None:
        event["exception"] = kind.__name__
        event["frames"] = [f"{f.filename}:{f.lineno} in {f.name}" for f in traceback.extract_tb(frames)]
    return event


def start(secrets: Iterable[str], *, level: int = logging.INFO) -> None:
    """Send every log record to standard error as JSON. Libraries speak only when something is wrong."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _where,
            Redactor(secrets),
            structlog.processors.JSONRenderer(),
        ],
    )
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [out]
    root.setLevel(logging.WARNING)
    logging.getLogger("campaignbot").setLevel(level)
    for library in ("tweepy", "oauthlib", "requests_oauthlib", "urllib3", "apprise"):
        # at DEBUG these print headers, signatures and addresses
        logging.getLogger(library).setLevel(logging.WARNING)
