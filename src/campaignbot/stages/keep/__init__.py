"""keep: the organisers' queue, what a person decides, the joiners and what their organisers get, deleting on time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaignbot.model import errors
from campaignbot.model.campaign import Ask, Campaign
from campaignbot.model.reply import Correction, Intent, Note
from campaignbot.stages import plan
from campaignbot.stages.detect import clean, russia
from campaignbot.stages.keep.anew import Resealed, reseal
from campaignbot.stages.keep.cells import record, table
from campaignbot.stages.keep.diary import calendar
from campaignbot.stages.keep.packing import bundle, unpacked
from campaignbot.store import answers, corrections, erasing, inbox, joining, journal, samples, seal
from campaignbot.store.database import Connection, Database
from campaignbot.store.inbox import Waiting

__all__ = [
    "Resealed",
    "Waiting",
    "bundle",
    "calendar",
    "counts",
    "forget",
    "heard",
    "joiners",
    "joiners_of_bundle",
    "label",
    "looks",
    "marked",
    "new_key",
    "purge",
    "queue",
    "read_as",
    "record",
    "reseal",
    "set_aside",
    "table",
    "visible",
]

#: What is answered once a person has read it.
_ASKS = {Intent.JOIN: Ask.JOIN, Intent.QUESTION: Ask.QUESTION}

new_key: Callable[[], tuple[str, str]] = seal.new_key
"""A public key, and the text of its private key's file. For an organiser's own machine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Purged:
    """What was deleted because its time was over, in numbers."""

    texts: int  #: of replies that have waited too long
    joiners: int
    corrections: int  #: what people decided about replies, kept to teach the model
    finished: bool  #: whether no byte of what was deleted is left in the file


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """What was deleted of one person, in numbers."""

    texts: int  #: of replies that waited
    crises: int  #: of them, those that may have been a crisis
    joiners: int  #: 1 where they had joined; more where several have that name
    finished: bool  #: whether no byte of what was deleted is left in the file


def queue(people: Database) -> list[Waiting]:
    """The replies that wait for a person, what cannot be put off first."""
    with people.read() as c:
        return inbox.queue(c)


def set_aside(people: Database) -> int:
    """How many of the replies that were filed without a person are sealed for one to look at."""
    with people.read() as c:
        return samples.number(c)


def looks(people: Database, identities: Sequence[str]) -> list[Waiting]:
    """Those of them that these keys open. `identities` are the texts of key files; UserError where one holds no key."""
    with people.read() as c:
        return samples.opened(c, identities)


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
    identities: Sequence[str] = (),
    lesson: Correction | None = None,
) -> bool:
    """Do what a person decides about a waiting reply, and delete its text at once; whether no byte of it is left in the
    file.

    A join is filed in `city` (canonical name; None: the one read from it, else its post's). With `identities` the
    number is that of a reply that was filed and set aside: a yes that was read rightly stays as it is, and one that is
    none is taken back. `lesson` is kept to teach the model, unless its author wants to be forgotten. UserError where no
    such reply waits, these keys do not open it, its author wants none of us, the city is none of the campaign's, or
    nobody has a key: then nothing is done.
    """
    with people.write() as c:
        reply = samples.take(c, number, identities) if identities else inbox.take(c, number)
        if reply is None:
            where, how = ("set aside for this key", " --identity FILE") if identities else ("waiting", "")
            raise errors.UserError(f"no reply {number} is {where}; list them with: campaignbot replies --review{how}")
        was_join = reply.filed and reply.reading.intent is Intent.JOIN
        if intent is Intent.JOIN:
            if not (was_join and _as_read(reply, city=city, party_size=party_size)):
                _join(c, reply, city=city, party_size=party_size, campaign=campaign, key=key)
        elif intent is Intent.OPT_OUT:
            inbox.leave(c, reply.pseudonym, key=key, now=now)
        elif intent is Intent.DECLINE or (was_join and intent is not Intent.CRISIS):
            inbox.withdraw(c, reply.pseudonym, key=key)
        if intent in _ASKS:
            _answer(c, reply, to=_ASKS[intent], city=city, campaign=campaign, key=key, now=now)
        if lesson is not None and not inbox.left(c, reply.names):
            corrections.keep(c, reply.pseudonym, lesson, alias=reply.alias, key=key)
        journal.add(c, chain=journal.PEOPLE, entry={"what": "labelled", "by": by}, now=now)
    return erasing.scrub(people)


def forget(
    people: Database, who: str, *, platform: str, campaign: Campaign, key: bytes, by: str, now: datetime
) -> Forgotten:
    """Delete everything of a person, named by their handle or their id on a network, what may be a crisis too; and
    remember by keyed hashes that they want none of us. Again and again the same.

    UserError where the book was written under another key: then nobody can be found in it.
    """
    handle = inbox.alias(key, platform=platform, handle=who, campaign=campaign.id)
    if handle is None:
        raise errors.UserError("nobody is named; give their handle, such as @name, or their id on that network")
    names = [inbox.author(key, platform=platform, author=who.strip(), campaign=campaign.id), handle]
    with people.write() as c:
        if not inbox.fits(c, key):
            raise errors.UserError(
                "people.key is not the one under which the joiners here were written down, so nobody can be found; put "
                "the right one into the state folder: from the backup, or from the machine of the daemon"
            )
        news = len(inbox.left(c, names)) < len(names)
        texts, crises, joined = inbox.forget(c, names, key=key, now=now)
        if news or texts or joined:
            said: dict[str, journal.JSON] = {"what": "forgotten", "by": by, "texts": texts, "joiners": joined}
            journal.add(c, chain=journal.PEOPLE, entry=said, now=now)
    return Forgotten(texts=texts, crises=crises, joiners=joined, finished=erasing.scrub(people))


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
    return _opened(chains, identities)


def joiners_of_bundle(data: bytes, identities: Sequence[str]) -> list[Note]:
    """As `joiners`, of one city's bundle. UserError where it is no bundle."""
    return _opened(unpacked(data), identities)


def purge(people: Database, campaign: Campaign, *, by: str, now: datetime) -> Purged:
    """Delete the texts that have waited too long, and after the last action's time the joiners and what was kept to
    teach the model; the journal gets a receipt where there were any: how many and when. What an earlier deletion has
    left in the file is finished too."""
    with people.write() as c:
        texts = erasing.drop_waiting(c, before=now - campaign.retention.waiting)
        last = max((city.action.date for city in campaign.cities.values()), default=campaign.date)
        # the day after, by the clock of the westernmost zone: no city's people go before their time
        over = datetime(last.year, last.month, last.day, tzinfo=now.tzinfo) + timedelta(days=1, hours=12)
        ended = now > over + campaign.retention.joiners
        gone = erasing.drop_joiners(c) if ended else 0
        lines = corrections.drop(c) if ended else 0
        if texts or gone or lines:
            said: dict[str, journal.JSON] = {"what": "purged", "by": by, "texts": texts, "joiners": gone}
            if lines:
                said["corrections"] = lines
            journal.add(c, chain=journal.PEOPLE, entry=said, now=now)
    return Purged(texts=texts, joiners=gone, corrections=lines, finished=erasing.scrub(people))


def visible(text: str) -> str:
    """A reply's text as it may be shown: without control, bidirectional or invisible characters, on one line."""
    return clean.visible(text)


def marked(text: str) -> str:
    """A reply's text, whole, on one line; what nobody sees is named."""
    return clean.marked(text)


def read_as(text: str) -> str:
    """What was read of a reply's text, on one line."""
    return clean.visible(clean.text(text).plain)


def _answer(
    c: Connection, reply: Waiting, *, to: Ask, city: str | None, campaign: Campaign, key: bytes, now: datetime
) -> None:
    """Owe them an answer, where their account gives any; never to somebody who may be in danger or in Russia, nor whom
    the network hides."""
    if reply.filed or reply.remote is None or reply.alias is None or _at_risk(reply):
        return
    meant = city or reply.reading.city or reply.city
    text = plan.answer(campaign, reply.account, to=to, city=meant, language=reply.reading.language)
    if text is not None:
        answers.want(
            c,
            reply.pseudonym,
            alias=reply.alias,
            account=reply.account,
            remote=reply.remote,
            words=text.key,
            key=key,
            now=now,
        )


def _at_risk(reply: Waiting) -> bool:
    return reply.reading.intent is Intent.CRISIS or russia.COUNTRY in reply.reading.why


def _as_read(reply: Waiting, *, city: str | None, party_size: int | None) -> bool:
    return city in (None, reply.reading.city) and party_size in (None, reply.reading.party_size)


def _join(
    c: Connection, reply: Waiting, *, city: str | None, party_size: int | None, campaign: Campaign, key: bytes
) -> None:
    if inbox.left(c, reply.names):  # only what may be a crisis still waits of them
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
    if not joining.join(c, reply.pseudonym, note, campaign=campaign, key=key):
        raise errors.UserError(
            "no recipient key is set; put a public key made by `keys new` under campaign: recipients"
        )


def _opened(chains: Iterable[Sequence[bytes]], identities: Sequence[str]) -> list[Note]:
    opened = ([note for blob in chain if (note := seal.open(blob, identities)) is not None] for chain in chains)
    folded = (_folded(notes) for notes in opened if notes)
    return sorted(folded, key=lambda note: (note.city or "", note.at, note.answer_to or ""))


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
