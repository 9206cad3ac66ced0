"""Commands about the journal: verify."""

import click

from campaignbot import app
from campaignbot.cli import door
from campaignbot.cli.door import Folder
from campaignbot.stages import watch

REMEDY = (
    "Somebody, or a disk, changed what was recorded. Pull the stop cord (campaignbot stop), copy the state folder as "
    "it is, and look at the accounts themselves before anything more goes out."
)


@click.group()
def journal() -> None:
    """The hash-chained record of every move and every decision."""


@journal.command()
@door.as_json
@door.campaign
@click.pass_context
def verify(ctx: click.Context, folder: Folder, as_json: bool) -> None:
    """See whether anything in it was changed, taken out or added by hand."""
    with app.look_at_books(folder.settings()) as (ledger, people):
        chains = watch.journals(ledger, people)
    if as_json:
        door.lines(
            {"chain": c.name, "pages": c.pages, "lines": c.lines, "ok": c.fault is None, "fault": c.fault}
            for c in chains
        )
    else:
        for chain in chains:
            said = chain.fault or f"{chain.lines} lines on {chain.pages} pages"
            click.secho(f"{'FAIL' if chain.fault else 'ok  '}  {chain.name}: {said}", fg=chain.fault and "red")
        broken = sum(chain.fault is not None for chain in chains)
        click.echo(REMEDY if broken else f"The journal holds together: {len(chains)} chains.")
    ctx.exit(door.NEEDS_PERSON if any(chain.fault for chain in chains) else 0)
