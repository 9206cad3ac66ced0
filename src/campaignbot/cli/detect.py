"""Commands about how replies are read: detect train."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from campaignbot import app
from campaignbot.cli import door
from campaignbot.cli.door import Folder
from campaignbot.model.reply import Reading
from campaignbot.stages import teach
from campaignbot.stages.detect import examples, scores


@click.group()
def detect() -> None:
    """How replies are read."""


@detect.command()
@click.option("--undo", is_flag=True, help="Put the model before back in force.")
@click.option("--figures", is_flag=True, help="Change nothing; show how well replies are read, by cross-validation.")
@click.option("--out", type=click.Path(path_type=Path), help="Teach it the examples alone and write it here.")
@door.campaign
def train(folder: Folder, undo: bool, figures: bool, out: Path | None) -> None:
    """Teach the optional model anew: the shipped examples, and what organisers decided."""
    if undo + figures + (out is not None) > 1:
        raise click.UsageError("--undo, --figures and --out go one at a time")
    found = folder.settings()
    if undo:
        click.echo(f"In force is {teach.undo(found.state)}. {_NEXT}")
    elif figures:
        campaign = app.shipped_campaign(now=app.utc_now())
        with _examples() as lines:
            crossed = teach.crossed(campaign, lines)
        click.echo(_sheet(crossed), nl=False)
    elif out is not None:
        with _examples() as lines:
            layer = teach.ship(out, lines)
        click.echo(f"{out}: taught {layer.examples} examples")
    else:
        with app.open_books(found) as books, _examples() as lines:
            taught = teach.anew(books.people, found.state, lines)
        click.echo(_told(taught))


@contextmanager
def _examples() -> Iterator[Iterable[examples.Example]]:
    """The shipped examples, with a bar on a terminal that says how far they are read."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        yield bar.track(examples.shipped(), description="examples")


def _sheet(crossed: Sequence[tuple[examples.Example, Reading, Reading]]) -> str:
    """Only what nobody looked at while phrases were written: of the rest the rules know too much."""
    rules = [(line, read) for line, read, _ in crossed if line.held_out]
    both = [(line, read) for line, _, read in crossed if line.held_out]
    return scores.sheet({"by the rules alone": rules, "with the model": both})


_NEXT = "A daemon that runs takes it up when it is started again."


def _told(taught: teach.Taught) -> str:
    before, after = taught.without, taught.with_
    return (
        f"Taught {taught.layer.examples} examples and {taught.layer.corrections} corrections. On {after.lines} lines, "
        f"each held back from it once, it is right on {after.right} (without the corrections: {before.right}), and "
        f"finds {after.opt_outs} opt-outs ({before.opt_outs}) and {after.crises} crises ({before.crises}).\n"
        f"{_NEXT} Back to the model before: campaignbot detect train --undo"
    )
