"""Commands about the campaign's files: init, check, plan."""

import shlex
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from campaignbot import app
from campaignbot.cli import door
from campaignbot.cli.door import Folder
from campaignbot.model.campaign import Campaign
from campaignbot.model.errors import Fault, Severity
from campaignbot.stages import load, review
from campaignbot.stages import plan as planning


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
def init(directory: Path) -> None:
    """Make a new campaign folder from the campaign that ships."""
    made = load.init(door.place(directory))
    look = f"campaignbot --campaign {shlex.quote(str(directory))} check"
    click.echo(f"{len(made)} files in {directory}. Next: edit schedules.yaml, then {look}")


@click.command()
@door.as_json
@door.campaign
@click.pass_context
def check(ctx: click.Context, folder: Folder, as_json: bool) -> None:
    """Check all files of the campaign, offline; every fault at once."""
    _campaign, faults = app.check(folder.path, now=app.utc_now())
    if as_json:
        door.lines(_fault(fault) for fault in faults)
    else:
        for fault in faults:
            click.echo(str(fault) if fault.severity is Severity.ERROR else f"{fault} (a warning)")
        wrong = sum(fault.severity is Severity.ERROR for fault in faults)
        click.echo(f"{wrong} to mend, {len(faults) - wrong} warnings." if faults else "All is well.")
    ctx.exit(1 if any(fault.severity is Severity.ERROR for fault in faults) else 0)


def _fault(fault: Fault) -> dict[str, Any]:
    names = ("file", "line", "column", "severity", "code", "message", "fix")
    return {name: getattr(fault, name) for name in names}


@click.command()
@click.option("--diff", is_flag=True, help="What the files would change against the ledger.")
@click.option("--city", default=None, help="One city only.")
@door.as_json
@door.campaign
def plan(folder: Folder, diff: bool, city: str | None, as_json: bool) -> None:
    """Show what will be said where and when, in local time and UTC."""
    found = folder.settings()
    campaign = app.read_campaign(found, now=app.utc_now())
    if city is not None:
        app.known_city(campaign, city)
    if diff:
        _differences(app.differences(campaign, found, now=app.utc_now()), city=city, as_json=as_json)
        return
    rows = [row for row in app.rows(campaign, found, now=app.utc_now()) if city in (None, row.draft.post.city)]
    if as_json:
        door.lines(_post(row) for row in rows)
    else:
        _show(campaign, rows, city=city)


def _differences(changes: list[planning.Change], *, city: str | None, as_json: bool) -> None:
    changes = [change for change in changes if city in (None, change.city)]
    if as_json:
        door.lines({"key": c.key, "city": c.city, "what": c.what, "detail": c.detail} for c in changes)
        return
    told = [c for c in changes if c.what not in ("untouched", "sent")]
    door.table(
        "What these files would change",
        ("city", "what", "post", "detail"),
        [(c.city, c.what, c.key, c.detail or "") for c in told],
    )
    click.echo(f"{len(changes) - len(told)} posts are untouched or already sent.")


def _post(row: review.Row) -> dict[str, Any]:
    post = row.draft.post
    local = post.due.astimezone(ZoneInfo(post.zone)) if post.due else None
    return {
        "key": post.key,
        "slot": post.slot,
        "message": post.message,
        "city": post.city,
        "language": post.language,
        "account": post.account,
        "platform": post.platform,
        "due_utc": door.utc(post.due),
        "due_local": local.isoformat() if local else None,
        "zone": post.zone,
        "until_utc": door.utc(post.until),
        "cost_usd": float(row.draft.cost_usd),
        "missing": list(row.draft.missing),
        "state": row.state,
    }


def _show(campaign: Campaign, rows: list[review.Row], *, city: str | None) -> None:
    gaps = planning.gaps(campaign)
    for name in [city] if city else campaign.cities:
        _show_city(campaign, name, [row for row in rows if row.draft.post.city == name], gaps.get(name, []))
    if city is None:
        click.echo(planning.strip(campaign, [row.draft.post for row in rows]))
        _show_cost(campaign, rows)


def _show_city(campaign: Campaign, name: str, rows: list[review.Row], gaps: list[str]) -> None:
    city = campaign.cities[name]
    body = []
    for row in rows:
        post = row.draft.post
        local = f"{post.due.astimezone(city.zone):%a %d %b %H:%M}" if post.due else post.occasion
        utc = f"{post.due:%d %b %H:%MZ}" if post.due else ""
        body.append((local, utc, post.slot, post.language, post.account, row.state, f"{row.draft.cost_usd:.3f}"))
    door.table(f"{city.name} ({city.zone.key})", ("local", "UTC", "slot", "language", "account", "state", "USD"), body)
    for gap in gaps:
        click.echo(f"  lacks {gap}")
    click.echo("")


def _show_cost(campaign: Campaign, rows: list[review.Row]) -> None:
    for account in campaign.accounts.values():
        cost = sum((row.draft.cost_usd for row in rows if row.draft.post.account == account.id), start=0)
        if not cost:
            continue
        budget = account.budget_usd
        over = "" if budget is None else f" of {budget:.2f}" + (" - OVER BUDGET" if cost > budget else "")
        click.echo(f"{account.id}: {cost:.3f} USD{over}")
    if answering := [account.id for account in campaign.accounts.values() if account.answers]:
        click.echo(f"replies are answered by: {', '.join(answering)}")
