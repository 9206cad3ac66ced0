"""The door's frame: one place where an error becomes an exit code.

0 fine, 1 the input is at fault, 2 wrong usage, 3 something needs a person, 70 a bug of ours.
"""

import os
import sys
import tempfile
import traceback
from pathlib import Path

import click

from campaignbot import __version__, cli
from campaignbot.model import errors


def main() -> None:
    """Run one command and leave with its exit code."""
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
    except BrokenPipeError:
        # the reader of our output (head, less) has left: fine, but Python must not complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last net: whatever else rises is a bug, told as one
        click.echo(_report(error), err=True)
        return 70


def _report(error: Exception) -> str:
    """Write what a developer needs to a file of the user's own; what to tell the user.

    Frames only: a message or a local variable could hold a secret or a person's words.
    """
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
    with tempfile.NamedTemporaryFile("w", prefix="campaignbot-bug-", suffix=".txt", delete=False) as report:
        report.write(f"campaignbot {__version__}, Python {sys.version.split()[0]}\n{type(error).__name__}\n")
        report.writelines(frames)
    return (
        f"Error: this is a bug in campaignbot ({type(error).__name__}). Nothing was lost that was already recorded. "
        f"Please report it with the file {Path(report.name)}."
    )


if __name__ == "__main__":
    main()
