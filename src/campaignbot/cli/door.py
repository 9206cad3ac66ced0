"""What every command shares: where the campaign is, who is speaking, and how things are printed."""

import getpass
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

from campaignbot import app
from campaignbot.model import errors
from campaignbot.settings import Settings
from campaignbot.stages import review

F = TypeVar("F", bound=Callable[..., Any])
NEEDS_PERSON = 3
NOT_FINISHED = (
    "not finished: another program reads the people's book, so that bytes of what was deleted are still in the file. "
    "End that program, then: campaignbot purge"
)
#: controls that JSON leaves as they are, marks that turn the direction of the text, and what nobody sees
UNSEEN = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True)
class Folder:
    """The campaign folder of one call."""

    path: Path

    def settings(self) -> Settings:
        return app.read_settings(self.path)


def campaign(command: F) -> F:
    """Give a command its `folder`; `--campaign` may stand before or after the command."""

    @click.option("--campaign", metavar="DIR", default=None, help="The campaign folder; default: here.")
    @click.pass_context
    def called(ctx: click.Context, /, *args: Any, campaign: str | None, **kwargs: Any) -> Any:
        chosen = campaign or ctx.find_root().obj or "."
        return ctx.invoke(command, *args, folder=Folder(path=place(Path(chosen))), **kwargs)

    called.__name__ = command.__name__
    called.__doc__ = command.__doc__
    called.__click_params__ = [  # type: ignore[attr-defined]  # click keeps a command's options here
        *getattr(command, "__click_params__", []),
        *getattr(called, "__click_params__", []),
    ]
    return called  # type: ignore[return-value]  # click calls it with the same arguments, less `folder`


def place(folder: Path) -> Path:
    """The whole path of a folder that somebody named."""
    try:
        return folder.expanduser().resolve()
    except (OSError, RuntimeError):  # no such user; links that go in a circle
        raise errors.UserError(f"there is no folder {folder}; name another, by its whole path") from None


as_json = click.option("--json", "as_json", is_flag=True, help="Stable JSON for machines.")
by = click.option("--by", metavar="ID", default=None, help="Who decides; default: the system user.")


identity_files = click.option(
    "--identity",
    "identities",
    metavar="FILE",
    required=True,
    multiple=True,
    help="The file of a private key; - reads it from standard input.",
)


def key_texts(files: Sequence[str]) -> list[str]:
    """The texts of private keys' files; - is standard input. UserError where one is none."""
    return [_key_text(file) for file in files]


def _key_text(file: str) -> str:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise errors.UserError(f"{file} cannot be read as a key file; name the file made by `keys new`") from None
    if "AGE-SECRET-KEY-1" not in text:
        raise errors.UserError(f"{file} holds no private key; name the file made by `keys new`")
    return text


def who(by: str | None) -> str:
    """The organiser's id, or the system user's name; in a container a user may have a number only."""
    if by is not None:
        return review.organiser(by)
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def lines(records: Iterable[Mapping[str, Any]]) -> None:
    """Print records as JSON, one a line."""
    for line in as_lines(records):
        click.echo(line)


def as_lines(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Records as JSON, each on a line."""
    for record in records:
        # what a terminal would obey is written as JSON writes it: \\u001b
        yield UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", written(record))


def private_file(path: Path, content: str | bytes) -> None:
    """Write a new file that only its owner can read. UserError where there is one already, or it cannot be written:
    then no half of it stays."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise errors.UserError(f"{path} is already there and is not overwritten; choose another name") from None
    except OSError as error:
        raise errors.UserError(f"{path} cannot be written ({error.strerror}); choose another place") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        path.unlink()  # half a file would stand in the way of the next try
        raise errors.UserError(f"{path} cannot be written ({error.strerror}); choose another place") from None


def one(record: Mapping[str, Any]) -> None:
    """Print one JSON object."""
    click.echo(written(record, indent=2))


def erased(ctx: click.Context, *, finished: bool) -> None:
    """Say where a deletion is not finished, and end with the code for that."""
    if not finished:
        click.echo(NOT_FINISHED, err=True)
        ctx.exit(NEEDS_PERSON)


def written(record: Mapping[str, Any], *, indent: int | None = None) -> str:
    """A record as JSON, in letters that standard output can carry."""
    text = json.dumps(record, ensure_ascii=False, indent=indent)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # half a letter, or a terminal of few letters: then as JSON's own escapes
        return json.dumps(record, ensure_ascii=True, indent=indent)
    return text


def console() -> Console:
    """Colours and pictures on a terminal, plain text elsewhere."""
    wide = None if sys.stdout.isatty() else 160
    # what stands in brackets or between colons is somebody's words, not rich's markup
    return Console(width=wide, highlight=False, soft_wrap=False, markup=False, emoji=False)


def table(title: str, head: Sequence[str], body: Iterable[Sequence[str]]) -> None:
    """Print a table; says so when there is nothing in it."""
    drawn = Table(title=title, title_justify="left", show_edge=False)
    for name in head:
        drawn.add_column(name, overflow="fold")
    empty = True
    for line in body:
        drawn.add_row(*line)
        empty = False
    console().print(drawn if not empty else f"{title}: none")


def utc(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, ending in Z; absent is null."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
