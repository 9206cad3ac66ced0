"""Commands about the words: preview, packet, approve, reject."""

import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.progress import Progress

from campaignbot import app
from campaignbot.cli import door
from campaignbot.cli.door import Folder
from campaignbot.model import errors, post
from campaignbot.model.post import Draft
from campaignbot.stages import review

SHORT = 12  #: hex digits of a digest that a person compares


@click.command()
@click.option("--city", default=None, help="One city only.")
@door.as_json
@door.campaign
def preview(folder: Folder, city: str | None, as_json: bool) -> None:
    """Show the words as they will look."""
    drafts = _drafts(folder, city)
    if as_json:
        door.lines(_line(draft) for draft in drafts)
        door.lines([{"digest": post.digest_of_set(drafts)}])
        return
    for draft in drafts:
        _show(draft)
    click.echo(f"{len(drafts)} drafts; the set's digest is {post.digest_of_set(drafts)}")


def _drafts(folder: Folder, city: str | None) -> list[Draft]:
    campaign = app.read_campaign(folder.settings(), now=app.utc_now())
    if city is not None:
        app.known_city(campaign, city)
    return [draft for draft in app.drafts(campaign) if city in (None, draft.post.city)]


def _line(draft: Draft) -> dict[str, Any]:
    return {
        "key": draft.key,
        "city": draft.post.city,
        "language": draft.post.language,
        "account": draft.post.account,
        "text": draft.text,
        "alt": "\n".join(picture.alt for picture in draft.pictures if picture.alt) or None,
        "length": draft.length,
        "limit": draft.limit,
        "digest": draft.digest,
        "warnings": list(draft.warnings),
        "missing": list(draft.missing),
        "cost_usd": float(draft.cost_usd),
    }


def _show(draft: Draft) -> None:
    due = draft.post.due
    when = f"{due.astimezone(ZoneInfo(draft.post.zone)):%a %d %b %H:%M}" if due else draft.post.occasion
    click.secho(f"{when}  {draft.key}", bold=True)
    click.echo(f"  {draft.text}")
    for picture in draft.pictures:
        click.echo(f"  [{picture.path}: {picture.alt or 'no alt text'}]")
    digest = (draft.digest or "")[:SHORT] or "none: it lacks " + ", ".join(draft.missing)
    click.echo(f"  {draft.length} of {draft.limit} characters, {draft.cost_usd} USD, digest {digest}")
    for warning in draft.warnings:
        click.secho(f"  {warning}", fg="yellow")
    click.echo("")


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write to.")
@door.campaign
def packet(folder: Folder, out: Path) -> None:
    """Write the review packet: a page a city and one for all."""
    campaign = app.read_campaign(folder.settings(), now=app.utc_now())
    with Progress(disable=not sys.stderr.isatty(), transient=True) as bar:
        drawn = bar.add_task("pages", total=len(campaign.cities) + 1)
        written = review.packet(
            app.drafts(campaign),
            campaign,
            out=out,
            now=app.utc_now(),
            versions=app.versions(),
            step=lambda _name: bar.advance(drawn),
        )
    click.echo(f"{len(written)} pages in {out}. Open {out / 'index.html'} in a browser; it prints well too.")


@click.command()
@click.argument("pairs", nargs=-1, metavar="[KEY=DIGEST]...")
@click.option("--city", default=None, help="Every approvable draft of one city.")
@click.option("--all", "everything", is_flag=True, help="Every approvable draft.")
@click.option(
    "--seen",
    default=None,
    metavar="DIGEST",
    help="The set's digest, or its first 12 digits or more, as shown by preview or the packet.",
)
@click.option("--late", is_flag=True, help="Also what is already past: at the next minute the limits allow.")
@click.option("--by", required=True, metavar="ID", help="The organiser who says yes.")
@door.as_json
@door.campaign
@click.pass_context
def approve(
    ctx: click.Context,
    folder: Folder,
    pairs: tuple[str, ...],
    city: str | None,
    everything: bool,
    seen: str | None,
    late: bool,
    by: str,
    as_json: bool,
) -> None:
    """Say yes to drafts, by their digest: KEY=DIGEST ..., or --city C, or --all."""
    if bool(pairs) + bool(city) + everything != 1:
        raise errors.WrongUsage("name drafts as KEY=DIGEST, or a city by --city, or --all: one of the three")
    found = folder.settings()
    campaign = app.read_campaign(found, now=app.utc_now())
    drafts = app.drafts(campaign)
    if pairs:
        digests = dict(_pair(pair) for pair in pairs)
    else:
        if city is not None:
            app.known_city(campaign, city)
        ready, rest = review.approvable(drafts, city=city)
        _not_yet(rest)
        if not ready:
            raise errors.UserError("nothing can be approved yet; what is missing stands above")
        _agree(ready, seen=seen, by=by)
        digests = {draft.key: draft.digest or "" for draft in ready}
    with app.open_books(found) as books:
        verdicts = review.approve(books.ledger, campaign, drafts, digests=digests, by=by, now=app.utc_now(), late=late)
    if as_json:
        door.lines({"key": v.key, "outcome": v.outcome, "detail": v.detail} for v in verdicts)
    else:
        for verdict in verdicts:
            click.echo(f"{verdict.outcome}: {verdict.key}" + (f" ({verdict.detail})" if verdict.detail else ""))
        click.echo(f"{sum(v.outcome == 'approved' for v in verdicts)} approved.")
    ctx.exit(1 if all(verdict.outcome == "refused" for verdict in verdicts) else 0)


def _not_yet(drafts: list[Draft]) -> None:
    """List what cannot be approved: a line a city, slot and reason, whatever the number of accounts and languages."""
    lacking: dict[tuple[str, tuple[str, ...]], dict[str, int]] = {}
    for draft in drafts:
        slots = lacking.setdefault((draft.post.city, draft.missing), {})
        slots[draft.post.slot] = slots.get(draft.post.slot, 0) + 1
    for (city, missing), slots in sorted(lacking.items()):
        named = ", ".join(f"{slot} ({count})" for slot, count in slots.items())
        click.echo(f"not yet: {city}: {named}: lacks {', '.join(missing)}", err=True)


def _pair(pair: str) -> tuple[str, str]:
    key, equals, digest = pair.rpartition("=")
    if not equals or not key or not digest:
        raise errors.WrongUsage(f"{pair!r} is not KEY=DIGEST; copy both from preview or from the packet")
    return key, digest.lower()


def _agree(drafts: list[Draft], *, seen: str | None, by: str) -> None:
    """A whole set is approved only as it was seen: by its digest, or shown and confirmed on a terminal."""
    now = post.digest_of_set(drafts)
    if seen is not None:
        if len(seen) < SHORT or not now.startswith(seen.lower()):
            raise errors.UserError(
                f"nothing is approved: the set you saw was {seen[:SHORT]}, now it is {now[:SHORT]}; "
                "look at it again with preview or packet, then approve what you see"
            )
        return
    for draft in drafts:
        _show(draft)
    if not sys.stdin.isatty():
        raise errors.WrongUsage(f"a whole set needs --seen {now} (the digest of what stands above), or a terminal")
    if not click.confirm(f"{by}: do you approve these {len(drafts)} drafts, word for word?"):
        raise click.Abort


@click.command()
@click.argument("key")
@click.option("--by", required=True, metavar="ID", help="The organiser who says no.")
@click.option("--why", required=True, help="What is wrong with it; the next editor reads this.")
@door.campaign
def reject(folder: Folder, key: str, by: str, why: str) -> None:
    """Say no to a draft, and why."""
    found = folder.settings()
    planned = app.drafts(app.read_campaign(found, now=app.utc_now()))
    if key not in {draft.key for draft in planned}:
        raise errors.UserError(f"there is no draft {key!r}; copy its key from preview or from the packet")
    with app.open_books(found) as books:
        review.reject(books.ledger, key=key, by=by, why=why, now=app.utc_now())
    click.echo(f"rejected: {key}")
