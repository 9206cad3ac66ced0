"""The command that looks at the ground the daemon stands on: doctor."""

import click

from campaignbot import app
from campaignbot.cli import door
from campaignbot.cli.door import Folder


@click.command()
@click.option("--offline", is_flag=True, help="Leave out what asks the networks.")
@door.as_json
@door.campaign
@click.pass_context
def doctor(ctx: click.Context, folder: Folder, offline: bool, as_json: bool) -> None:
    """Look at clock, zones, disk, secrets and each account, read-only."""
    checks = app.doctor(folder.path, offline=offline)
    if as_json:
        door.lines({"name": c.name, "ok": c.ok, "detail": c.detail, "fix": c.fix} for c in checks)
    else:
        for check in checks:
            click.secho(
                f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.detail}", fg=None if check.ok else "red"
            )
            if check.fix and not check.ok:
                click.echo(f"      {check.fix}")
    ctx.exit(0 if all(check.ok for check in checks) else door.NEEDS_PERSON)
