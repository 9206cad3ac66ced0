"""From the text of one scalar to an exact value: each function takes the text and raises Wrong with the remedy."""

import ipaddress
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from rapidfuzz import fuzz, process

E = TypeVar("E", bound=StrEnum)

MAX_LINE = 300
MAX_DURATION = timedelta(days=3660)
_YEARS = range(2000, 2101)  #: far enough, and no sum of dates leaves the calendar
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class Wrong(Exception):
    """A value that cannot be taken: what is wrong, and what to do."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix


def quoted(text: str) -> str:
    """A value as a fault shows it: one short line."""
    flat = " ".join(text.split())
    return f'"{flat[:60]}…"' if len(flat) > 60 else f'"{flat}"'


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    found = process.extractOne(text.lower(), list(known), scorer=fuzz.ratio, processor=str.lower, score_cutoff=65)
    return found[0] if found else None


def suggestion(text: str, known: Iterable[str]) -> str:
    """The fix for a name that is not among the known ones."""
    names = list(known)
    if meant := nearest(text, names):
        return f'did you mean "{meant}"?'
    if not names:
        return "delete it: there is none"
    shown = ", ".join(names[:12])
    return f"use one of: {shown}, …" if len(names) > 12 else f"use one of: {shown}"


def one_of(*known: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text not in known:
            raise Wrong("choice", f"{quoted(text)} is not known here", suggestion(text, known))
        return text

    return convert


def member(kind: type[E]) -> Callable[[str], E]:
    """One of an enumeration's words."""
    known = one_of(*kind)
    return lambda text: kind(known(text))


def line(text: str) -> str:
    if "\n" in text:
        raise Wrong("line", "the text has more than one line", "write it in one line")
    if len(text) > MAX_LINE:
        raise Wrong("line", f"the text has {len(text)} characters", f"keep it within {MAX_LINE}")
    return text


def slug(text: str) -> str:
    """An id: it stands in keys, file names and commands."""
    return _slug(text, r"[a-z0-9][a-z0-9-]*", "")


def name(text: str) -> str:
    """The id of a slot, or the name of a message: "_" may stand in it."""
    return _slug(text, r"[a-z0-9][a-z0-9_-]*", ' and "_"')


def _slug(text: str, shape: str, also: str) -> str:
    if not re.fullmatch(shape, text) or len(text) > 60:
        message = f"{quoted(text)} cannot be an id"
        raise Wrong("id", message, f'use a to z, 0 to 9, "-"{also}, 60 at the most, a letter or figure first')
    return text


def truth(text: str) -> bool:
    if text not in {"true", "false"}:
        raise Wrong("truth", f"{quoted(text)} is neither true nor false", "write true or false")
    return text == "true"


def on_off(text: str) -> bool:
    if text not in {"on", "off", "true", "false"}:
        raise Wrong("on-off", f"{quoted(text)} is neither on nor off", "write on or off")
    return text in {"on", "true"}


def whole(low: int, high: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", text) or not low <= int(text) <= high:
            raise Wrong("number", f"{quoted(text)} is not a whole number from {low} to {high}", "correct the number")
        return int(text)

    return convert


def dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text) if re.fullmatch(r"[0-9.]{1,12}", text) else None
    except InvalidOperation:
        amount = None
    if amount is None:
        raise Wrong("money", f"{quoted(text)} is not an amount in US dollars", "write it as 10 or 12.50")
    return amount


def day(text: str) -> date:
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        raise Wrong("date", f"{quoted(text)} is not a date", "write it as 2026-12-01: year, month, day")
    return found


def clock(text: str) -> time:
    """A wall-clock time, to the minute."""
    if re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        return time.fromisoformat(text)
    fix = "write it as 18:00, with two figures for the hour, from 00:00 to 23:59"
    if re.fullmatch(r"[0-9]:[0-5][0-9]", text):
        fix = f"write 0{text}"
    raise Wrong("time", f"{quoted(text)} is not a time of day", fix)


def quiet(text: str) -> tuple[time, time] | None:
    """Quiet hours, from (included) to (excluded); "none", or equal ends, for none."""
    if text == "none":
        return None
    first, dash, last = text.partition("-")
    if not dash:
        raise Wrong("quiet", f"{quoted(text)} are not quiet hours", "write them as 21:00-08:00, or none")
    return clock(first.strip()), clock(last.strip())


def instant(text: str) -> datetime:
    """One instant, as UTC."""
    try:
        found = datetime.fromisoformat(text) if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", text) else None
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        raise Wrong("instant", f"{quoted(text)} is not an instant", "write it as 2026-12-01T12:00:00Z")
    if found.tzinfo is None:
        raise Wrong("instant", f"{quoted(text)} does not say in which zone", f'put a "Z" for UTC at its end: {text}Z')
    return found.astimezone(UTC)


def duration(text: str) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,9})([smhd])", text)
    length = timedelta(seconds=int(found[1]) * _SECONDS[found[2]]) if found else None
    if length is None or length > MAX_DURATION:
        fix = "write a number and s, m, h or d: 90s, 30m, 48h, 7d"
        raise Wrong("duration", f"{quoted(text)} is not a length of time", fix)
    return length


def at_least(least: timedelta) -> Callable[[str], timedelta]:
    def convert(text: str) -> timedelta:
        length = duration(text)
        if length < least:
            raise Wrong("duration", f"{quoted(text)} is too short", f"{least.total_seconds():.0f}s is the least")
        return length

    return convert


def _split(text: str) -> SplitResult | None:
    """The parts of an address that names a host and nobody's password."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading it is what raises ValueError on a port that is none
    except ValueError:
        return None
    sound = parts.hostname and "@" not in parts.netloc and not re.search(r"[\s\\<>\"]", text)
    return parts if sound else None


def link(text: str) -> str:
    """A link that people will follow."""
    parts = _split(line(text))
    if parts is None or parts.scheme not in {"http", "https"}:
        raise Wrong("link", f"{quoted(text)} is not a link", "write it whole: https://example.org/page")
    if parts.scheme == "http":
        raise Wrong("link", f"{quoted(text)} is not safe to follow", f"use https: https{text[4:]}")
    return text


def base_url(text: str) -> str:
    """What replaces a network's own scheme://host; no slash at its end."""
    parts = _split(line(text))
    if parts is None or parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        raise Wrong("base-url", f"{quoted(text)} is not the address of a server", "write scheme://host[:port][/prefix]")
    if parts.scheme == "http" and not loopback(text):
        message = f"{quoted(text)} would send passwords in the clear"
        raise Wrong("base-url", message, "use https; http is for 127.0.0.1, [::1] and localhost alone")
    return text.rstrip("/")


def loopback(url: str) -> bool:
    """Whether an address that `base_url` took is this machine's own."""
    host = urlsplit(url).hostname
    if host is None or host == "localhost":
        return host is not None
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def handle(text: str) -> str:
    if text.startswith("@"):
        raise Wrong("handle", f"{quoted(text)} starts with @", f"write {text[1:]}")
    if not re.fullmatch(r"[A-Za-z0-9_]{1,15}", text):
        message = f"{quoted(text)} is not a handle on X"
        raise Wrong("handle", message, "use the name after the @: letters, figures and _, 15 at the most")
    return text


def page(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,25}", text):
        message = f"{quoted(text)} is not the id of a Facebook page"
        raise Wrong("page", message, "use the page's number, which Facebook shows under About, Page transparency")
    return text


def hashtag(text: str) -> str:
    if text.startswith("#"):
        raise Wrong("hashtag", f"{quoted(text)} starts with #", f"write {text[1:]}: the # comes by itself")
    if not re.fullmatch(r"\w{1,100}", text) or text.isdecimal():
        message = f"{quoted(text)} is not a hashtag"
        raise Wrong("hashtag", message, "use letters, figures and _ alone, and not figures alone")
    return text


def recipient(text: str) -> str:
    """An organiser's public key for age. The text is never shown: it might be the private one."""
    if text.upper().startswith("AGE-SECRET-KEY"):
        message = "a private key stands here, for anybody to read"
        raise Wrong(
            "private-key", message, "delete it, make a new pair with `campaignbot keys new`, keep that one safe"
        )
    if not re.fullmatch(rf"age1[{_BECH32}]{{58}}", text) or not _checksum(text):
        message = "this is not an age public key, or a letter of it is wrong"
        raise Wrong("recipient", message, "copy the whole line that starts with age1 from `campaignbot keys new`")
    return text


def _checksum(text: str) -> bool:
    """Whether a bech32 text (BIP 173) agrees with the six letters at its end."""
    prefix, _, rest = text.rpartition("1")
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + [_BECH32.index(c) for c in rest]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check == 1


def alarm(text: str) -> str:
    """An apprise address, or the name of a secret that holds one. The text is never shown: it might hold a password."""
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,80}|[a-z][a-z0-9+.-]*://\S+", text):
        message = "this is neither an address such as mailto://… nor the name of a secret"
        raise Wrong("alarm", message, "write an apprise address, or a name in capitals such as ALARM_TELEGRAM")
    return text
