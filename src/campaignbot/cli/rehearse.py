"""The command that plays the whole campaign: rehearse."""

import logging
import signal
import sys
import tempfile
from contextlib import suppress
from typing import NoReturn

import click
from rich import markup
from rich.console import Console
from rich.progress import Progress

from campaignbot import app, rehearsal
from campaignbot.cli import door
from campaignbot.cli.door import Folder
from campaignbot.model import errors


@click.command()
@click.option("--faults", is_flag=True, help="The networks lose requests and answers, break and lag.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed, the same faults.")
@click.option(
    "--cities", type=click.IntRange(1, 500), default=None, help="How many cities; more than there are: clones."
)
@click.option("--stay", is_flag=True, help="Keep the networks up afterwards, to look around; Ctrl-C ends.")
@door.as_json
@door.campaign
@click.pass_context
def rehearse(
    ctx: click.Context, folder: Folder, faults: bool, seed: int, cities: int | None, stay: bool, as_json: bool
) -> None:
    """The whole campaign in compressed time on embedded networks; your folder and ledger are not touched."""
    # what the networks do to us on purpose is no news; the verdict tells what became of it
    logging.getLogger("campaignbot").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, _ended)
    try:
        there = folder.path.is_dir()
    except OSError as error:
        raise errors.UserError(f"{folder.path} cannot be looked into ({error.strerror}); name another folder") from None
    if not there:
        raise errors.UserError(f"there is no folder {folder.path}; name the campaign's folder with --campaign")
    campaign = app.campaign_to_rehearse(folder.path, now=app.utc_now())
    _room()
    with (
        Progress(console=Console(stderr=True), disable=not sys.stderr.isatty() or as_json, transient=True) as bar,
        rehearsal.stage(campaign, faults=faults, seed=seed, cities=cities) as play,
    ):
        drawn = bar.add_task(markup.escape(campaign.name), total=1.0)
        verdict = play.run(step=lambda done: bar.update(drawn, completed=done))
        bar.stop()
        if as_json:
            door.one(verdict.record())
        else:
            click.echo(verdict.words(campaign=campaign.name))
            click.echo(_next(folder, well=verdict.well))
        if stay:
            with suppress(KeyboardInterrupt):  # that is how it ends, and no failure
                click.echo(play.where(), err=True)
                play.wait()
    ctx.exit(0 if verdict.well else door.NEEDS_PERSON)


def _ended(*_: object) -> NoReturn:
    """SIGTERM ends it as Ctrl-C does: the networks stop, and the temporary folder goes."""
    raise KeyboardInterrupt


def _room() -> None:
    try:
        tempfile.gettempdir()
    except OSError:
        raise errors.UserError(
            "no folder for temporary files can be written; make room in /tmp, or name another in TMPDIR"
        ) from None


def _next(folder: Folder, *, well: bool) -> str:
    """What to do now."""
    if not well:
        return "Next: the same again with --stay: it keeps the ledger of the rehearsal, and says how to look at it."
    if (folder.path / "schedules.yaml").exists():
        return (
            "Next: send the organisers what `campaignbot packet --out DIR` writes; then\n"
            "  campaignbot approve --all --by YOUR-ID\n"
            "  campaignbot run          (a dry run; add --live to post)"
        )
    return (
        "Next: make a campaign of your own and rehearse that:\n"
        "  campaignbot init DIR, edit DIR/schedules.yaml, campaignbot check --campaign DIR"
    )
