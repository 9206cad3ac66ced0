"""The environment and the secrets, read once, and the one folder where a campaign keeps its state."""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, unquote_plus, urlsplit

from campaignbot.model.errors import UserError

PREFIX = "CAMPAIGNBOT_"
CAMPAIGN = "CAMPAIGNBOT_CAMPAIGN"
DATABASE = "CAMPAIGNBOT_DATABASE_URL"
SECRETS = "CAMPAIGNBOT_SECRETS"
CREDENTIALS = "CREDENTIALS_DIRECTORY"
STATE = ".campaignbot"
MAX_BYTES = 1024 * 1024
_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the environment says about one campaign folder."""

    folder: Path
    state: Path
    ledger_url: str = field(repr=False)  #: it may hold a password
    people_url: str = field(repr=False)  #: likewise
    secrets: Mapping[str, str] = field(repr=False, default_factory=dict)

    def secret(self, account_id: str, name: str) -> str | None:
        """One secret of an account, such as ("x-london", "API_KEY"); None where there is none."""
        return self.secrets.get(secret_name(account_id, name))

    def named_secret(self, name: str) -> str | None:
        """The secret of that very name, or with CAMPAIGNBOT_ before it; None where there is none."""
        return self.secrets.get(name) or self.secrets.get(f"{PREFIX}{name}")

    def all_secrets(self) -> tuple[str, ...]:
        """Every value that may stand in no log: the longest first, so that none is left over inside another."""
        address = urlsplit(self.ledger_url)
        # as libpq reads it, a password may stand in the query too
        pairs = (pair.partition("=") for pair in address.query.split("&"))
        written = {address.password or "", *(value for name, _, value in pairs if "password" in unquote(name).lower())}
        also = {form for text in written if text for form in (text, unquote(text), unquote_plus(text))}
        return tuple(sorted({*self.secrets.values(), *also}, key=lambda value: (-len(value), value)))


def secret_name(account_id: str, name: str) -> str:
    """What a secret of an account is called: ("x-london", "API_KEY") -> CAMPAIGNBOT_X_LONDON_API_KEY."""
    return f"{PREFIX}{account_id}_{name}".upper().replace("-", "_")


def read(environ: Mapping[str, str], *, folder: Path) -> Settings:
    """The settings of a campaign folder. A secret in the environment wins over one in the file that
    CAMPAIGNBOT_SECRETS names, and that over one in $CREDENTIALS_DIRECTORY. UserError says what to mend, and never
    shows a value."""
    whole = folder.expanduser().absolute()
    state = whole / STATE
    ledger_url, people_url = _databases(environ.get(DATABASE, ""), folder=whole, state=state)
    found: dict[str, str] = {}
    if directory := environ.get(CREDENTIALS):
        found |= _credentials(Path(directory))
    if file := environ.get(SECRETS):
        found |= _secrets(Path(file))
    own = {CAMPAIGN, DATABASE, SECRETS}
    found |= {name: value for name, value in environ.items() if name.startswith(PREFIX) and name not in own and value}
    return Settings(folder=whole, state=state, ledger_url=ledger_url, people_url=people_url, secrets=found)


def _databases(url: str, *, folder: Path, state: Path) -> tuple[str, str]:
    """Where the ledger and the people are. A relative SQLite path counts from the campaign folder."""
    if not url:
        return f"sqlite:///{state / 'ledger.db'}", f"sqlite:///{state / 'people.db'}"
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///") and "?" not in url and ":memory:" not in url:
        ledger = folder / url.removeprefix("sqlite:///")
        if ledger.name != "people.db":
            return f"sqlite:///{ledger}", f"sqlite:///{ledger.with_name('people.db')}"
    if url.startswith("postgresql://"):
        return url, url
    raise UserError(f"{DATABASE} is of no use; write sqlite:///PATH/ledger.db or postgresql://USER@HOST/NAME")


def _credentials(directory: Path) -> dict[str, str]:
    """What systemd hands over: one file a secret, called as the secret is."""
    try:
        files = [path for path in sorted(directory.iterdir()) if _NAME.fullmatch(path.name) and path.is_file()]
        found = {path.name: _text(path.read_bytes(), where=f"{CREDENTIALS} ({path.name})").strip() for path in files}
    except OSError as error:
        raise UserError(f"{directory}, which {CREDENTIALS} names, cannot be read ({error.strerror})") from None
    return {name: value for name, value in found.items() if value}


def _secrets(path: Path) -> dict[str, str]:
    """The NAME=value lines of a file that nobody else may read."""
    try:
        path = path.expanduser()
    except RuntimeError:
        raise UserError(f"{path}, which {SECRETS} names, is in the home of nobody; write the whole path") from None
    where = f"{path}, which {SECRETS} names,"
    try:
        # looked at by descriptor: a file swapped after the look would be read unchecked; a pipe must not block
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UserError(f"{where} cannot be read ({error.strerror}); make it a file of NAME=value lines") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise UserError(f"{where} is not a regular file; make it a file of NAME=value lines")
        if mode & _OPEN_TO_OTHERS:
            raise UserError(f"{where} can be read by others; run: chmod 600 {path}")
        lines = _text(os.read(descriptor, MAX_BYTES), where=where).splitlines()
    finally:
        os.close(descriptor)
    found = {}
    for number, line in enumerate(lines, start=1):
        if not (text := line.strip()) or text.startswith("#"):
            continue
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not _NAME.fullmatch(name):
            raise UserError(f"line {number} of {path} is not NAME=value, with the name in capitals; correct it")
        if value := _unquoted(value):
            found[name] = value
    return found


def _text(found: bytes, *, where: str) -> str:
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{where} is not UTF-8 text; save it as such") from None


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value


def prepare(settings: Settings) -> None:
    """Make the state folder, for its owner alone. UserError where it cannot be made or written, or others may enter."""
    state = settings.state
    try:
        state.mkdir(mode=0o700, exist_ok=True)
        about = state.stat()
    except FileExistsError:
        raise UserError(f"{state} is a file; the campaign's state needs a folder of that name: move it away") from None
    except OSError as error:
        raise UserError(
            f"{state} cannot be made ({error.strerror}); the campaign folder must be there, and be yours to write"
        ) from None
    if about.st_mode & _OPEN_TO_OTHERS:
        raise UserError(f"{state} is open to others; run: chmod 700 {state}")
    if not os.access(state, os.R_OK | os.W_OK | os.X_OK):
        ours = about.st_uid == os.geteuid()
        fix = f"run: chmod 700 {state}" if ours else "it belongs to another user: run campaignbot as that user"
        raise UserError(f"{state} cannot be written; {fix}")
