"""Commands about what goes out: status and deliveries, and what people decide on the day."""

from collections import Counter
from typing import Any

import click

from campaignbot import app
from campaignbot.cli import door
from campaignbot.cli.door import Folder
from campaignbot.model import errors
from campaignbot.model.delivery import Delivery
from campaignbot.model.reply import Intent
from campaignbot.stages import deliver, keep, watch


@click.command()
@door.as_json
@door.campaign
@click.pass_context
def status(ctx: click.Context, folder: Folder, as_json: bool) -> None:
    """What is out, what is next, what needs a person."""
    with app.open_books(folder.settings()) as books:
        now = app.utc_now()
        queue = keep.queue(books.people)
        crises = [reply.at for reply in queue if reply.reading.intent is Intent.CRISIS]
        seen = watch.status(
            books.ledger,
            people=books.people,
            now=now,
            waiting=Counter(str(reply.reading.intent) for reply in queue),
            crisis=min(crises, default=None),
        )
    if as_json:
        door.one(_status(seen))
    else:
        _show(seen)
    ctx.exit(door.NEEDS_PERSON if seen.attention else 0)


def _status(seen: watch.Status) -> dict[str, Any]:
    return {
        "counts": dict(seen.counts),
        "attention": [
            {"kind": a.kind, "key": a.key, "account": a.account, "since_utc": door.utc(a.since), "fix": a.fix}
            for a in seen.attention
        ],
        "next": [{"key": delivery.key, "due_utc": door.utc(delivery.due)} for delivery in seen.next],
        "stops": [{"scope": s.scope, "value": s.value, "by": s.by, "since_utc": door.utc(s.at)} for s in seen.stops],
        "accounts": [
            {
                "account": a.account,
                "paused": a.paused,
                "not_before_utc": door.utc(a.not_before),
                "replies_claimed": seen.replies_to(a.account).claimed,
                "replies_read": seen.replies_to(a.account).read,
            }
            for a in seen.accounts
        ],
    }


def _show(seen: watch.Status) -> None:
    door.table("Posts", ("state", "posts"), [(state, str(count)) for state, count in seen.counts.items() if count])
    door.table(
        "Needs a person",
        ("what", "post", "account", "since", "what to do"),
        [(a.kind, a.key or "", a.account or "", door.utc(a.since) or "", a.fix) for a in seen.attention],
    )
    door.table("Next", ("due", "post"), [(door.utc(delivery.due) or "", delivery.key) for delivery in seen.next])
    if seen.replies:
        door.table(
            "Replies",
            ("account", "read", "the network says"),
            [
                (one.account, str(one.read), "not asked yet" if one.claimed is None else str(one.claimed))
                for one in seen.replies.values()
            ],
        )
    if seen.waiting:
        waiting = ", ".join(f"{count} {intent}" for intent, count in seen.waiting.items())
        click.echo(f"Replies that wait for a person: {waiting}; read them with: campaignbot replies --review")


@click.command()
@door.as_json
@door.campaign
def deliveries(folder: Folder, as_json: bool) -> None:
    """The ledger, a line a delivery."""
    with app.open_books(folder.settings()) as books:
        rows = watch.deliveries(books.ledger)
    if as_json:
        door.lines(_delivery(row) for row in rows)
        return
    door.table(
        "Deliveries",
        ("due", "state", "post", "url", "reason"),
        [
            (door.utc(row.due) or "", row.state, row.key, (row.receipt and row.receipt.url) or "", row.reason or "")
            for row in rows
        ],
    )


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "key": row.key,
        "state": row.state,
        "remote_id": row.receipt.id if row.receipt else None,
        "url": row.receipt.url if row.receipt else None,
        "attempts": row.attempts,
        "due_utc": door.utc(row.due),
        "sent_utc": door.utc(row.receipt.at) if row.receipt else None,
        "reason": row.reason,
    }


@click.command()
@click.argument("key")
@door.by
@door.campaign
def arm(folder: Folder, key: str, by: str | None) -> None:
    """Release a held post that is approved."""
    with app.open_books(folder.settings()) as books:
        deliver.arm(books.ledger, key, by=door.who(by), now=app.utc_now())
    click.echo(f"armed: {key}")


@click.command()
@click.argument("key")
@door.by
@door.campaign
def hold(folder: Folder, key: str, by: str | None) -> None:
    """Hold a post back until somebody arms it."""
    with app.open_books(folder.settings()) as books:
        deliver.hold(books.ledger, key, by=door.who(by), now=app.utc_now())
    click.echo(f"held: {key}")


@click.command()
@click.argument("key")
@door.by
@door.campaign
def retry(folder: Folder, key: str, by: str | None) -> None:
    """Try a failed post once more."""
    with app.open_books(folder.settings()) as books:
        deliver.retry(books.ledger, key, by=door.who(by), now=app.utc_now())
    click.echo(f"will be tried again: {key}")


@click.command()
@click.argument("key")
@click.option("--sent", metavar="URL", default=None, help="It is out, here.")
@click.option("--not-sent", is_flag=True, help="It is not out: one more try while it is still useful.")
@click.option("--drop", is_flag=True, help="Whatever became of it, let it be.")
@door.by
@door.campaign
def settle(folder: Folder, key: str, sent: str | None, not_sent: bool, drop: bool, by: str | None) -> None:
    """Decide a post in doubt, after a look at the account itself."""
    if bool(sent) + not_sent + drop != 1:
        raise errors.WrongUsage("say one of --sent URL, --not-sent and --drop")
    now, person = app.utc_now(), door.who(by)
    with app.open_books(folder.settings()) as books:
        if sent:
            deliver.settle_sent(books.ledger, key, url=sent, by=person, now=now)
        elif not_sent:
            deliver.settle_not_sent(books.ledger, key, by=person, now=now)
        else:
            deliver.settle_drop(books.ledger, key, by=person, now=now)
    click.echo(f"settled: {key}")


@click.command()
@click.argument("slot")
@click.option("--city", required=True)
@door.by
@door.campaign
def send(folder: Folder, slot: str, city: str, by: str | None) -> None:
    """Send a called slot now, for one city."""
    with app.open_books(folder.settings()) as books:
        keys = deliver.send(books.ledger, slot, city=city, by=door.who(by), now=app.utc_now())
    for key in keys:
        click.echo(f"due now: {key}")


@click.command()
@click.option("--city", required=True)
@door.by
@door.campaign
@click.pass_context
def cancel(ctx: click.Context, folder: Folder, city: str, by: str | None) -> None:
    """Cancel a city's action: what is still to come is cancelled, its approved `cancelled` goes out."""
    with app.open_books(folder.settings()) as books:
        cancelled, sent, before = deliver.cancel_city(books.ledger, city, by=door.who(by), now=app.utc_now())
    click.echo(f"{city}: {len(cancelled)} posts cancelled, {len(sent)} `cancelled` posts due now.")
    if before:
        click.echo(
            f"{city}: {len(before)} `cancelled` posts were called before; `campaignbot deliveries` says where they are."
        )
    if not (sent or before):
        click.echo(f"No approved `cancelled` text for {city}: tell people by hand, now.", err=True)
        ctx.exit(door.NEEDS_PERSON)


def _scoped(country: str | None, city: str | None, account: str | None) -> tuple[deliver.Scope, str]:
    pairs: tuple[tuple[deliver.Scope, str | None], ...] = (("country", country), ("city", city), ("account", account))
    named = [(scope, value) for scope, value in pairs if value]
    if len(named) > 1:
        raise errors.WrongUsage("name at most one of --country, --city and --account")
    return named[0] if named else ("world", "")


@click.command()
@click.option("--country", default=None, metavar="CC")
@click.option("--city", default=None)
@click.option("--account", default=None)
@door.by
@door.campaign
def stop(folder: Folder, country: str | None, city: str | None, account: str | None, by: str | None) -> None:
    """The stop cord: nothing is due any more, everywhere or there, until `resume`."""
    kind, value = _scoped(country, city, account)
    with app.open_books(folder.settings()) as books:
        deliver.stop(books.ledger, kind, value, by=door.who(by), now=app.utc_now())
    click.echo(f"stopped: {value or 'everything'}. What is already in flight may still arrive.")


@click.command()
@click.option("--country", default=None, metavar="CC")
@click.option("--city", default=None)
@click.option("--account", default=None)
@door.by
@door.campaign
def resume(folder: Folder, country: str | None, city: str | None, account: str | None, by: str | None) -> None:
    """Lift a stop; for an account also its pause after refused credentials."""
    kind, value = _scoped(country, city, account)
    with app.open_books(folder.settings()) as books:
        deliver.resume(books.ledger, kind, value, by=door.who(by), now=app.utc_now())
    click.echo(f"resumed: {value or 'everything'}")
