"""The door's frame: one place where an error becomes an exit code.

0 fine, 1 the input is at fault, 2 wrong usage, 3 something needs a person, 70 a bug of ours.
"""

import errno
import io
import os
import sys
import tempfile
import traceback
from pathlib import Path

import click

from campaignbot import __version__, cli
from campaignbot.model import errors

#: what a full disk says, whatever was written
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def main() -> None:
    """Run one command and leave with its exit code."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed: none of our files may be given its number
            setattr(sys, name, Path(os.devnull).open("r+"))  # noqa: SIM115 - as long as the process lives
    if isinstance(sys.stdout, io.TextIOWrapper):  # a letter that a terminal does not know is no reason to fail
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; its exit code. Nothing but a bug of ours shows as a bug."""
    os.umask(0o077)
    try:
        ended = cli.commands.main(args=arguments, prog_name="campaignbot", standalone_mode=False)
        return ended if isinstance(ended, int) else 0
    except click.UsageError as error:
        error.show()
        return 2
    except click.ClickException as error:
        error.show()
        return 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped.", err=True)
        return 130
    except errors.WrongUsage as error:
        click.echo(f"Error: {error.message}", err=True)
        return 2
    except errors.UserError as error:
        for fault in error.faults:
            click.echo(str(fault), err=True)
        click.echo(f"Error: {error.message}", err=True)
        return 1
    except cli.ReaderLeft:
        _mute()
        return 0
    except Exception as error:  # noqa: BLE001 - the last net: whatever else rises is a bug, told as one
        if isinstance(error, OSError) and error.errno in FULL:
            _mute()
            click.echo("Error: the disk, or whatever takes the output, is full; make room and try again", err=True)
            return 1
        click.echo(_report(error), err=True)
        return 70


def _mute() -> None:
    """Nobody takes our output any more; Python must not complain of it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(error: Exception) -> str:
    """Write what a developer needs to a file of the user's own; what to tell the user.

    Frames only: a message or a local variable could hold a secret or a person's words.
    """
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
    known = f"campaignbot {__version__}, Python {sys.version.split()[0]}\n{type(error).__name__}\n{''.join(frames)}"
    said = f"Error: this is a bug in campaignbot ({type(error).__name__}). Nothing was lost that was already recorded. "
    try:
        with tempfile.NamedTemporaryFile("w", prefix="campaignbot-bug-", suffix=".txt", delete=False) as report:
            report.write(known)
    except OSError:  # no room for a file: then it stands here
        return f"{said}Please report it with this:\n{known}"
    return f"{said}Please report it with the file {Path(report.name)}."


if __name__ == "__main__":
    main()
