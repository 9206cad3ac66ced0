"""How the daemon's log is written: a JSON line each on standard error, with every loaded secret blotted out."""

import base64
import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote

import structlog

BLOT = "[secret]"

#: shapes of secrets that we may never have loaded: bearer tokens, Page tokens, OAuth fields, age identities
SHAPES = re.compile(
    r"(?i)(bearer\s+[\w.~+/%-]{8,}|EAA[A-Za-z0-9]{20,}|AGE-SECRET-KEY-[A-Z0-9]+|"
    r"(?:access_token|oauth_\w+|appsecret_proof|client_secret)=[^&\s\"']+)"
)


class Redactor:
    """Blots out secrets by value, in each form a library may have written them, and by shape."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms: set[str] = set()
        for secret in secrets:
            if len(secret) >= 4:  # shorter ones would blot out ordinary words
                forms |= {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()}
        self._forms = sorted(forms, key=len, reverse=True)

    def clean(self, text: str) -> str:
        """The text without any secret."""
        for form in self._forms:
            text = text.replace(form, BLOT)
        return SHAPES.sub(BLOT, text)

    def __call__(
        self, _logger: Any, _name: str, event: MutableMapping[str, Any]
    ) -> Mapping[str, Any] | str | bytes | bytearray | tuple[Any, ...]:
        return {key: self.clean(value) if isinstance(value, str) else value for key, value in event.items()}


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
            structlog.processors.dict_tracebacks,
            Redactor(secrets),
            structlog.processors.JSONRenderer(default=str),
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
