"""The commands that stay: run and worker."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import click

from campaignbot import app
from campaignbot.cli import door, logs
from campaignbot.cli.door import Folder
from campaignbot.engines import daemon
from campaignbot.engines import worker as workers
from campaignbot.model import errors
from campaignbot.settings import Settings


@click.command()
@click.option("--live", "is_live", is_flag=True, help="Really post. Asks for a typed confirmation, or --yes.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Say aloud what is the default: nothing leaves.")
@click.option("--yes", is_flag=True, help="With --live: do not ask.")
@click.option("--standby", is_flag=True, help="With --live: wait for the end of the daemon that runs, then take over.")
@click.option("--drain", is_flag=True, help="End when nothing is left to do; exit code 3 if something needs a person.")
@door.as_json
@door.campaign
@click.pass_context
def run(
    ctx: click.Context,
    folder: Folder,
    is_live: bool,
    is_dry: bool,
    yes: bool,
    standby: bool,
    drain: bool,
    as_json: bool,
) -> None:
    """The daemon. Without --live it is a dry run: the same schedule, and nothing leaves."""
    if is_live and is_dry:
        raise errors.WrongUsage("--live and --dry-run exclude each other")
    if standby and not is_live:
        raise errors.WrongUsage("--standby goes with --live: a dry run has nothing to take over")
    if is_live and not yes:
        _confirm(folder)
    # from here on, not before: Ctrl-C at the question has to end it
    found, stop, say = _begin(folder, as_json)
    if is_live:
        ended = daemon.live(found, say=say, drain=drain, stop=stop, standby=standby)
    else:
        click.echo("This is a dry run: nothing leaves for any network. Really post with --live.", err=True)
        ended = daemon.dry(found, say=say, drain=drain, stop=stop)
    ctx.exit(door.NEEDS_PERSON if drain and ended is daemon.Ended.NEEDS_PERSON else 0)


@click.command()
@door.as_json
@door.campaign
def worker(folder: Folder, as_json: bool) -> None:
    """A worker on Postgres: sends what is due, on the accounts whose secrets it has. It needs no campaign folder."""
    found, stop, say = _begin(folder, as_json)
    workers.work(found, say=say, stop=stop)


def _begin(folder: Folder, as_json: bool) -> tuple[Settings, threading.Event, Callable[[dict[str, Any]], None]]:
    """Settings, logs without secrets, what SIGTERM and SIGINT set, and how events are told."""
    found = folder.settings()
    logs.start(found.all_secrets())
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return found, stop, _json if as_json or not sys.stdout.isatty() else _words


def _confirm(folder: Folder) -> None:
    if not sys.stdin.isatty():
        raise errors.WrongUsage("--live posts for real: confirm on a terminal, or say --yes")
    campaign = app.read_campaign(folder.settings(), now=app.utc_now())
    typed = click.prompt(f"This posts for real. Type the campaign's id ({campaign.id}) to go on")
    if typed.strip() != campaign.id:
        raise errors.UserError("that is not the campaign's id; nothing was started")


def _json(event: dict[str, Any]) -> None:
    _tell(door.written(event))


def _words(event: dict[str, Any]) -> None:
    named = event.get("key") or event.get("detail") or ""
    _tell(f"{event.get('at_utc') or ''}  {event['event']:<12} {named}")


def _tell(line: str) -> None:
    """One line, at once. The daemon outlives whoever read it, and a full disk under its output."""
    try:
        click.echo(line)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
