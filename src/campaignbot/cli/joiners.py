"""Commands about people who want to come, and the keys of those who may know who they are: keys, joiners."""

from collections.abc import Sequence
from pathlib import Path

import click

from campaignbot import app
from campaignbot.cli import door
from campaignbot.cli.door import Folder
from campaignbot.model import errors
from campaignbot.model.reply import Note, about
from campaignbot.stages import keep

MOST_BYTES = 100 * 1024 * 1024
_BOM = "\ufeff"  #: without it a spreadsheet on Windows takes UTF-8 for something else

_anyway = click.option("--anyway", is_flag=True, help="Write into the state folder, or a folder kept in git, as well.")


@click.group()
def keys() -> None:
    """Make keys for the people who may open the joiners."""


@keys.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where the private key is written (0600).")
def new(out: Path) -> None:
    """Make one key pair. Do this on an organiser's own machine, not on the server."""
    public, identity = keep.new_key()
    door.private_file(out, identity)
    click.echo(f"The private key is in {out}: keep it off the server, and keep a copy.", err=True)
    click.echo("Put this public key under campaign: recipients (or a city's recipients):", err=True)
    click.echo(public)


@click.group(invoke_without_command=True)
@door.as_json
@door.campaign
@click.pass_context
def joiners(ctx: click.Context, folder: Folder, as_json: bool) -> None:
    """Who wants to come: counts by city."""
    if ctx.invoked_subcommand is not None:
        ctx.find_root().obj = str(folder.path)
        return
    with app.open_books(folder.settings()) as books:
        counts = keep.counts(books.people)
    if as_json:
        door.one(counts)
    else:
        # what stands on a screen is shown around: a small number may tell who they are
        rows = [(city, about(number)) for city, number in counts.items()]
        door.table("Joiners", ("city", "people who asked to join"), rows)


@joiners.command("open")
@click.argument("bundle", required=False, type=click.Path(path_type=Path), metavar="[BUNDLE]")
@door.identity_files
@click.option("--format", "form", type=click.Choice(["json", "csv", "ics"]), default="json")
@click.option("--out", type=click.Path(path_type=Path), help="Into this new file (0600); default: standard output.")
@_anyway
@door.campaign
def open_(
    folder: Folder, bundle: Path | None, identities: tuple[str, ...], form: str, out: Path | None, anyway: bool
) -> None:
    """Open what the key can open: here, or from a BUNDLE. Do this on an organiser's own machine."""
    secrets = door.key_texts(identities)
    if out is not None:
        _refuse_place(out, folder, anyway=anyway)
    if bundle is not None:
        notes = keep.joiners_of_bundle(_read(bundle, what="a bundle"), secrets)
    else:
        with app.open_books(folder.settings()) as books:
            notes = keep.joiners(books.people, secrets)
    text = _written(notes, form, folder)
    if out is None:
        click.echo(text, nl=False)
        return
    door.private_file(out, (_BOM if form == "csv" else "") + text)
    held = "nobody stands in it" if form == "ics" else f"{len(notes)} people in clear: delete it when they are answered"
    click.echo(f"{out}: {held}.", err=True)


@joiners.command("bundle")
@click.option("--city", required=True, help="The city, by its id.")
@click.argument("file", type=click.Path(path_type=Path))
@_anyway
@door.campaign
def bundle_(folder: Folder, city: str, file: Path, anyway: bool) -> None:
    """Write a city's joiners, sealed as they are, into a new zip for its organiser to open without this program."""
    found = folder.settings()
    campaign = app.read_campaign(found, now=app.utc_now())
    chosen = campaign.cities[app.known_city(campaign, city)]
    _refuse_place(file, folder, anyway=anyway)
    with app.open_books(found) as books:
        packed = keep.bundle(books.people, campaign, chosen, key=books.key)
    door.private_file(file, packed)
    click.echo(f"{file}: sealed to the organisers of {chosen.name}; how it is opened stands in it.")


@joiners.command()
@door.identity_files
@door.by
@door.campaign
@click.pass_context
def reseal(ctx: click.Context, folder: Folder, identities: tuple[str, ...], by: str | None) -> None:
    """Open what the key can open, and seal it anew to the recipients that the files now name."""
    secrets = door.key_texts(identities)
    found = folder.settings()
    campaign = app.read_campaign(found, now=app.utc_now())
    with app.open_books(found) as books:
        done = keep.reseal(books.people, secrets, campaign, by=door.who(by), now=app.utc_now())
    click.echo(f"{done.renewed} notes are sealed to the recipients as they now stand.")
    if done.left:
        click.echo(
            f"{done.left} notes stay as they were: whoever holds another key of theirs has to do the same, or nobody "
            "has a key under recipients for their city.",
            err=True,
        )
    ctx.exit(door.NEEDS_PERSON if done.left else 0)


def _written(notes: Sequence[Note], form: str, folder: Folder) -> str:
    if form == "csv":
        return keep.table(notes)
    if form == "ics":
        now = app.utc_now()
        return keep.calendar(notes, app.read_campaign(folder.settings(), now=now), now=now)
    return "".join(f"{line}\n" for line in door.as_lines(keep.record(note) for note in notes))


def _read(file: Path, *, what: str) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES)
    except OSError as error:
        raise errors.UserError(f"{file} cannot be read as {what} ({error.strerror}); name another") from None


def _refuse_place(out: Path, folder: Folder, *, anyway: bool) -> None:
    """UserError where what is written would be copied along: with the state, or in git's memory, which forgets
    nothing."""
    if anyway:
        return
    whole = door.place(out.parent)
    if whole.is_relative_to(door.place(folder.settings().state)):
        raise errors.UserError(f"{out} would lie in the state folder; name a place elsewhere, or say --anyway")
    kept = next((parent for parent in (whole, *whole.parents) if (parent / ".git").exists()), None)
    if kept is not None:
        raise errors.UserError(
            f"{out} would lie in {kept}, which git keeps, and git forgets nothing; name a place elsewhere, or say "
            "--anyway"
        )
