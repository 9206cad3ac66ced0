"""Commands that delete what is kept of people: forget, purge."""

import sys
from collections.abc import Callable
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import Progress

from campaignbot import app
from campaignbot.cli import door
from campaignbot.cli.door import Folder
from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.stages import keep

T = TypeVar("T")


@click.command()
@click.argument("who", required=False)
@click.option("--on", "platform", default=None, metavar="NETWORK", help="The network that they have that name on.")
@door.by
@door.as_json
@door.campaign
@click.pass_context
def forget(
    ctx: click.Context, folder: Folder, who: str | None, platform: str | None, by: str | None, as_json: bool
) -> None:
    """Delete everything of a person, by their handle or id, and never keep them again.

    Without WHO it asks, so that the name does not stand among the shell's earlier commands.
    """
    found = folder.settings()
    campaign = app.read_campaign(found, now=app.utc_now())
    named = _asked() if who is None else who
    with app.open_books(found) as books:
        done = _while(
            "Forgetting",
            lambda: keep.forget(
                books.people,
                named,
                platform=_network(campaign, platform),
                campaign=campaign,
                key=books.key,
                by=door.who(by),
                now=app.utc_now(),
            ),
            quiet=as_json,
        )
    if as_json:
        door.one({"texts": done.texts, "crises": done.crises, "joiners": done.joiners, "finished": done.finished})
    else:
        click.echo(
            f"deleted: {done.texts} waiting replies, {done.joiners} joiners. Whoever has that name is not kept again."
        )
    if done.crises:
        click.echo(
            "One of those replies may have been a crisis. Nobody can read it here any more: see to that person.",
            err=True,
        )
    door.erased(ctx, finished=done.finished)


@click.command()
@door.by
@door.as_json
@door.campaign
@click.pass_context
def purge(ctx: click.Context, folder: Folder, by: str | None, as_json: bool) -> None:
    """Delete what is past its time, and finish earlier deletions. The daemon does so by itself every ten minutes."""
    found = folder.settings()
    campaign = app.read_campaign(found, now=app.utc_now())
    with app.open_books(found) as books:
        done = _while(
            "Deleting",
            lambda: keep.purge(books.people, campaign, by=door.who(by), now=app.utc_now()),
            quiet=as_json,
        )
    if as_json:
        numbers = {"texts": done.texts, "joiners": done.joiners, "corrections": done.corrections}
        door.one(numbers | {"finished": done.finished})
    else:
        click.echo(
            f"deleted: {done.texts} waiting replies, {done.joiners} joiners, {done.corrections} lessons for the model."
        )
    door.erased(ctx, finished=done.finished)


def _network(campaign: Campaign, named: str | None) -> str:
    """The network meant; where the campaign speaks on one alone, that one."""
    known = sorted({account.platform for account in campaign.accounts.values()})
    if named in known:
        return str(named)
    if named is None and len(known) == 1:
        return known[0]
    raise errors.UserError(f"say which network that name is on, with --on: {' or '.join(known)}")


def _asked() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Their handle, or their id on the network", err=True))
    return sys.stdin.readline()


def _while(title: str, work: Callable[[], T], *, quiet: bool) -> T:
    """Do it; on a terminal a bar moves meanwhile: a large file takes a while to be written anew."""
    off = quiet or not sys.stderr.isatty()
    with Progress(console=Console(stderr=True), disable=off, transient=True) as bar:
        bar.add_task(title, total=None)
        return work()
