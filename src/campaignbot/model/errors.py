"""What can go wrong, in words for the person who has to act on it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Fault:
    """One thing wrong in the campaign folder. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    severity: Severity = Severity.ERROR
    code: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}; {self.fix}"


class UserError(Exception):
    """The input is at fault. Caught once, at the door: printed without a traceback, exit code 1."""

    def __init__(self, message: str, *, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = faults


class WrongUsage(UserError):
    """The command was called wrongly: exit code 2."""


class Taken(UserError):
    """Another process does this already; a stand-by waits for its end."""


class PlatformError(Exception):
    """A platform did not do as asked. `reason` is for a person: no secret, nothing of a person in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(PlatformError):
    """No, and no again: the post has failed."""


class TryLater(PlatformError):
    """Surely not sent. `at` (UTC) is the earliest next try; `account_wide` holds the whole account back."""

    def __init__(self, reason: str, *, at: datetime | None = None, account_wide: bool = False) -> None:
        super().__init__(reason)
        self.at = at
        self.account_wide = account_wide


class LockedOut(PlatformError):
    """Surely not sent: credentials, credits or configuration. The account pauses until a person mends it."""


class NoAnswer(PlatformError):
    """Anything else: it may be out, it may not. Only the account's own timeline can tell."""
