"""Commands about what people answer: replies, label, classify."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from campaignbot import app
from campaignbot.cli import door
from campaignbot.cli.door import Folder
from campaignbot.model.campaign import Campaign
from campaignbot.model.reply import Guess, Intent, Reading, Reply
from campaignbot.stages import detect, keep, teach

_identity = click.option(
    "--identity",
    "identities",
    metavar="FILE",
    multiple=True,
    help="The file of a private key, for what was filed and set aside; - reads it from standard input.",
)


@click.command()
@click.option("--review", is_flag=True, help="With their texts, the most urgent first.")
@_identity
@door.as_json
@door.campaign
def replies(folder: Folder, review: bool, identities: tuple[str, ...], as_json: bool) -> None:
    """The replies that wait for a person; with a key, also the sample of those that were filed without one."""
    secrets = door.key_texts(identities)
    with app.open_books(folder.settings()) as books:
        waiting = keep.queue(books.people)
        aside = keep.set_aside(books.people)
        looks = keep.looks(books.people, secrets) if secrets else []
    if as_json:
        door.lines(_waiting(reply, texts=review) for reply in (*waiting, *looks))
        return
    if review:
        for reply in (*waiting, *looks):
            _show(reply)
    else:
        click.echo(f"{len(waiting)} replies wait for a person; read them with: campaignbot replies --review")
    if aside > len(looks):
        click.echo(
            f"{aside - len(looks)} that were filed without a person are sealed for a look: "
            "campaignbot replies --review --identity FILE"
        )


def _show(reply: keep.Waiting) -> None:
    reading = reply.reading
    filed = "  (filed; only look whether that is right)" if reply.filed else ""
    click.secho(
        f"{reply.id}  {reading.intent}  {reading.city or reply.city or ''}  {reply.account}{filed}",
        fg="red" if reading.intent is Intent.CRISIS else None,
        bold=True,
    )
    whole, read = keep.marked(reply.text), keep.read_as(reply.text)
    click.echo(f"  {whole}")
    if read != whole:
        click.echo(f"  read as: {read}")
    if reply.answer_to:
        click.echo(f"  from: {keep.visible(reply.answer_to)}")
    key = " --identity FILE" if reply.filed else ""
    click.echo(f"  why: {reading.why}; decide with: campaignbot label {reply.id} INTENT [--city C] [--party N]{key}")


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
        "filed": reply.filed,
    }
    if not texts:
        return shown
    return shown | {"answer_to": reply.answer_to, "text": reply.text, "read_as": keep.read_as(reply.text)}


@click.command()
@click.argument("number", type=click.IntRange(1, 2**63 - 1), metavar="ID")
@click.argument("intent", type=click.Choice([str(intent) for intent in Intent]))
@click.option("--city", default=None, help="The city meant, by its id or English name.")
@click.option("--party", type=click.IntRange(1, 1000), default=None, help="People coming, the writer included.")
@_identity
@door.by
@door.campaign
@click.pass_context
def label(
    ctx: click.Context,
    folder: Folder,
    number: int,
    intent: str,
    city: str | None,
    party: int | None,
    identities: tuple[str, ...],
    by: str | None,
) -> None:
    """Decide what a waiting reply means; its text is deleted. With a key: one that was filed and set aside."""
    secrets = door.key_texts(identities)
    found = folder.settings()
    campaign = app.read_campaign(found, now=app.utc_now())
    with app.open_books(found) as books:
        lesson = teach.lesson(books.people, number, Intent(intent), identities=secrets)
        finished = keep.label(
            books.people,
            number,
            intent=Intent(intent),
            city=_place(campaign, city),
            party_size=party,
            campaign=campaign,
            key=books.key,
            by=door.who(by),
            now=app.utc_now(),
            identities=secrets,
            lesson=lesson,
        )
    click.echo(f"{number}: {intent}")
    door.erased(ctx, finished=finished)


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
    known = app.outline(folder.path)
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
    json.dumps(given["id"], allow_nan=False)  # Python reads 1e999, and would write what is no JSON
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
