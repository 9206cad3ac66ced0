"""Commands about people who answer: replies, label, classify, keys, joiners."""

import csv
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from campaignbot import app
from campaignbot.cli import door
from campaignbot.cli.door import Folder
from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.model.reply import Guess, Intent, Note, Reading, Reply
from campaignbot.stages import detect, keep, teach

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@click.command()
@click.option("--review", is_flag=True, help="With their texts, the most urgent first.")
@door.as_json
@door.campaign
def replies(folder: Folder, review: bool, as_json: bool) -> None:
    """The replies that wait for a person."""
    with app.open_books(folder.settings()) as books:
        waiting = keep.queue(books.people)
    if as_json:
        door.lines(_waiting(reply, texts=review) for reply in waiting)
        return
    if not review:
        click.echo(f"{len(waiting)} replies wait for a person; read them with: campaignbot replies --review")
        return
    for reply in waiting:
        reading = reply.reading
        colour = "red" if reading.intent is Intent.CRISIS else None
        click.secho(
            f"{reply.id}  {reading.intent}  {reading.city or reply.city or ''}  {reply.account}", fg=colour, bold=True
        )
        click.echo(f"  {keep.visible(reply.text)}")
        click.echo(f"  why: {reading.why}; decide with: campaignbot label {reply.id} INTENT [--city C] [--party N]")


def _waiting(reply: keep.Waiting, *, texts: bool) -> dict[str, Any]:
    shown = {
        "id": reply.id,
        "account": reply.account,
        "platform": reply.platform,
        "post_city": reply.city,
        "intent": reply.reading.intent,
        "city": reply.reading.city,
        "party_size": reply.reading.party_size,
        "language": reply.reading.language,
        "confidence": reply.reading.confidence,
        "why": reply.reading.why,
        "at_utc": door.utc(reply.at),
    }
    return shown | ({"text": reply.text} if texts else {})


@click.command()
@click.argument("number", type=click.IntRange(1, 2**63 - 1), metavar="ID")
@click.argument("intent", type=click.Choice([str(intent) for intent in Intent]))
@click.option("--city", default=None, help="The city meant, by its id or English name.")
@click.option("--party", type=click.IntRange(1, 1000), default=None, help="People coming, the writer included.")
@door.by
@door.campaign
def label(folder: Folder, number: int, intent: str, city: str | None, party: int | None, by: str | None) -> None:
    """Decide what a waiting reply means; its text is deleted."""
    found = folder.settings()
    campaign = app.read_campaign(found, now=app.utc_now())
    with app.open_books(found) as books:
        lesson = teach.lesson(books.people, number, Intent(intent))
        keep.label(
            books.people,
            number,
            intent=Intent(intent),
            city=_place(campaign, city),
            party_size=party,
            campaign=campaign,
            key=books.key,
            by=door.who(by),
            now=app.utc_now(),
            lesson=lesson,
        )
    click.echo(f"{number}: {intent}")


def _place(campaign: Campaign, city: str | None) -> str | None:
    if city is None:
        return None
    return campaign.cities[city].name if city in campaign.cities else city


@click.command()
@click.option("--rules", is_flag=True, help="By the rules alone, as where the model is not installed.")
@door.campaign
@click.pass_context
def classify(ctx: click.Context, folder: Folder, rules: bool) -> None:
    """Read JSON lines {id, text, platform, post_city} from standard input; write what is understood of each."""
    opinion: Callable[[str], Guess | None] = (lambda _: None) if rules else app.opinion(folder.settings())
    campaign, _faults = app.check(folder.path, now=app.utc_now())
    known = campaign or app.shipped_campaign(now=app.utc_now())
    bad = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            reply, name = _reply(line)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            bad += 1
            click.echo(f'line {number}: not a JSON object with "id" and "text"; left out', err=True)
            continue
        door.lines([_reading(name, detect.reading(reply, known, guess=opinion(reply.text)))])
    ctx.exit(1 if bad else 0)


def _reply(line: bytes) -> tuple[Reply, Any]:
    given = json.loads(line)
    if not isinstance(given["text"], str) or not isinstance(given.get("post_city"), str | None):
        raise TypeError
    reply = Reply(
        account="",
        platform=str(given.get("platform") or ""),
        id="",
        author="",
        handle=None,
        text=given["text"],
        at=app.utc_now(),
        root=None,
        city=given.get("post_city"),
    )
    return reply, given["id"]


def _reading(name: Any, reading: Reading) -> dict[str, Any]:
    return {
        "id": name,
        "intent": reading.intent,
        "city": reading.city,
        "party_size": reading.party_size,
        "language": reading.language,
        "confidence": reading.confidence,
        "needs_review": reading.needs_review,
        "why": reading.why,
    }


@click.group()
def keys() -> None:
    """Make keys for the people who may open the joiners."""


@keys.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where the private key is written (0600).")
def new(out: Path) -> None:
    """Make one key pair. Do this on an organiser's own machine, not on the server."""
    public, identity = keep.new_key()
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise errors.UserError(f"{out} is already there and is not overwritten; choose another name") from None
    except OSError as error:
        raise errors.UserError(f"{out} cannot be written ({error.strerror}); choose another place") from None
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(identity)
    except OSError as error:
        out.unlink()  # half a key would stand in the way of the next try
        raise errors.UserError(f"{out} cannot be written ({error.strerror}); choose another place") from None
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
        door.table("Joiners", ("city", "people who asked to join"), [(c, str(n)) for c, n in counts.items()])


@joiners.command("open")
@click.option("--identity", required=True, type=click.Path(path_type=Path), help="The file of a private key.")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json")
@door.campaign
def open_(folder: Folder, identity: Path, form: str) -> None:
    """Open what the key can open. Do this on an organiser's own machine."""
    try:
        secret = identity.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise errors.UserError(f"{identity} cannot be read as a key file; name the file made by `keys new`") from None
    if "AGE-SECRET-KEY-1" not in secret:
        raise errors.UserError(f"{identity} holds no private key; name the file made by `keys new`")
    with app.open_books(folder.settings()) as books:
        notes = keep.joiners(books.people, [secret])
    if form == "json":
        door.lines(_note(note) for note in notes)
        return
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(_note_names()))
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in _note(note).items()} for note in notes)
    click.echo(out.getvalue(), nl=False)


def _note_names() -> tuple[str, ...]:
    return ("city", "party_size", "language", "platform", "answer_to", "at_utc", "withdrawn")


def _note(note: Note) -> dict[str, Any]:
    values = (
        note.city,
        note.party_size,
        note.language,
        note.platform,
        note.answer_to,
        door.utc(note.at),
        note.withdrawn,
    )
    return dict(zip(_note_names(), values, strict=True))


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula and no terminal for an order."""
    text = "" if value is None else "\t".join(keep.visible(part) for part in str(value).split("\t"))
    return "'" + text if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text
