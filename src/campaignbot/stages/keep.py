"""keep: the organisers' queue, what a person decides, the joiners, and deleting on time."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.model.reply import Correction, Intent, Note
from campaignbot.stages.detect import clean
from campaignbot.store import corrections, inbox, journal, seal
from campaignbot.store.database import Connection, Database
from campaignbot.store.inbox import Waiting

log = logging.getLogger(__name__)

__all__ = ["Waiting", "counts", "expire", "heard", "joiners", "label", "new_key", "queue", "visible"]

new_key: Callable[[], tuple[str, str]] = seal.new_key
"""A public key, and the text of its private key's file. For an organiser's own machine."""


def queue(people: Database) -> list[Waiting]:
    """The replies that wait for a person, what cannot be put off first."""
    with people.read() as c:
        return inbox.queue(c)


def label(
    people: Database,
    number: int,
    *,
    intent: Intent,
    city: str | None,
    party_size: int | None,
    campaign: Campaign,
    key: bytes,
    by: str,
    now: datetime,
    lesson: Correction | None = None,
) -> None:
    """Do what a person decides about a waiting reply, and delete its text at once.

    `lesson` is kept to teach the model, unless its author wants to be forgotten.
    A join is filed in `city` (canonical name; None: the one read from it, else its post's). UserError where no such
    reply waits, its author wants none of us, the city is none of the campaign's, or nobody has a key: then nothing is
    done.
    """
    with people.write() as c:
        reply = inbox.take(c, number)
        if reply is None:
            raise errors.UserError(f"no reply {number} is waiting; list them with: campaignbot replies --review")
        if intent is Intent.JOIN:
            _join(c, reply, city=city, party_size=party_size, campaign=campaign, key=key)
        elif intent is Intent.OPT_OUT:
            inbox.leave(c, reply.pseudonym, key=key, now=now)
        elif intent is Intent.DECLINE:
            inbox.withdraw(c, reply.pseudonym, key=key)
        if lesson is not None and not inbox.left(c, [reply.pseudonym]):
            corrections.keep(c, reply.pseudonym, lesson, key=key)
        journal.add(c, chain=journal.PEOPLE, entry={"what": "labelled", "by": by}, now=now)
    inbox.scrub(people)


def counts(people: Database) -> dict[str, int]:
    """How many people have joined, by city."""
    with people.read() as c:
        return inbox.joined(c)


def heard(people: Database) -> dict[str, int]:
    """How many replies meant what, over all time."""
    with people.read() as c:
        return inbox.heard(c)


def joiners(people: Database, identities: Sequence[str]) -> list[Note]:
    """Every joiner whose notes these keys open, folded: the last word wins, and what it leaves out stays as it was.

    `identities` are the texts of key files; UserError where one holds no key.
    """
    with people.read() as c:
        chains = list(inbox.sealed(c))
    opened = ([note for blob in chain if (note := seal.open(blob, identities)) is not None] for chain in chains)
    return sorted(
        (_folded(notes) for notes in opened if notes), key=lambda note: (note.city or "", note.at, note.answer_to or "")
    )


def expire(people: Database, campaign: Campaign, now: datetime) -> None:
    """Delete the texts that have waited too long, and after the last action's time the joiners."""
    with people.write() as c:
        texts = inbox.drop_waiting(c, before=now - campaign.retention.waiting)
        last = max((city.action.date for city in campaign.cities.values()), default=campaign.date)
        # the day after, by the clock of the westernmost zone: no city's people go before their time
        over = datetime(last.year, last.month, last.day, tzinfo=now.tzinfo) + timedelta(days=1, hours=12)
        ended = now > over + campaign.retention.joiners
        gone = inbox.drop_joiners(c) if ended else 0
        lines = corrections.drop(c) if ended else 0
    if texts or gone or lines:
        inbox.scrub(people)
        log.info("deleted on time", extra={"texts": texts, "joiners": gone, "corrections": lines})


def visible(text: str) -> str:
    """A reply's text as it may be shown: without control, bidirectional or invisible characters, on one line."""
    return clean.visible(text)


def _join(
    c: Connection, reply: Waiting, *, city: str | None, party_size: int | None, campaign: Campaign, key: bytes
) -> None:
    if inbox.left(c, [reply.pseudonym]):  # only what may be a crisis still waits of them
        raise errors.UserError("whoever wrote it wants to be left alone and is not filed; label it crisis or other")
    names = {known.name for known in campaign.cities.values()}
    chosen = city or reply.reading.city or reply.city
    if chosen not in names:
        raise errors.UserError(f"name the city that they join in with --city: {', '.join(sorted(names))}")
    note = Note(
        city=chosen,
        party_size=party_size or reply.reading.party_size,
        language=reply.reading.language,
        platform=reply.platform,
        answer_to=reply.answer_to,
        at=reply.at,
    )
    if not inbox.join(c, reply.pseudonym, note, campaign=campaign, key=key):
        raise errors.UserError(
            "no recipient key is set; put a public key made by `keys new` under campaign: recipients"
        )


def _folded(notes: Sequence[Note]) -> Note:
    last = notes[-1]
    if last.withdrawn:
        return last
    party = next((note.party_size for note in reversed(notes) if note.party_size is not None), None)
    return Note(
        city=last.city,
        party_size=party,
        language=last.language,
        platform=last.platform,
        answer_to=last.answer_to,
        at=last.at,
        withdrawn=False,
    )
