"""The command that plays the whole campaign: rehearse."""

import logging
import sys

import click
from rich.progress import Progress

from campaignbot import app, rehearsal
from campaignbot.cli import door
from campaignbot.cli.door import Folder


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
    campaign = app.campaign_to_rehearse(folder.path, now=app.utc_now())
    with Progress(disable=not sys.stderr.isatty() or as_json, transient=True) as bar:
        drawn = bar.add_task("days", total=1.0)
        with rehearsal.stage(campaign, faults=faults, seed=seed, cities=cities) as play:
            verdict = play.run(step=lambda done: bar.update(drawn, completed=done))
            bar.stop()
            if as_json:
                door.one(verdict.record())
            else:
                click.echo(verdict.words())
            if stay:
                click.echo(play.where(), err=True)
                play.wait()
    ctx.exit(0 if verdict.well else door.NEEDS_PERSON)
