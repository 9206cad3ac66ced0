"""Filing people who want to come: each yes sealed to the organisers' keys, and counted in one city."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, insert
from sqlalchemy.dialects import postgresql, sqlite

from campaignbot.model.campaign import Campaign
from campaignbot.model.reply import Note
from campaignbot.store import inbox, seal
from campaignbot.store.people import chains, joiners


def recipients(campaign: Campaign, city: str | None) -> tuple[str, ...]:
    """Who can open what is kept of a city's people: nobody where it is none of the campaign's, or has no key."""
    found = next((known for known in campaign.cities.values() if known.name == city), None)
    return (*campaign.recipients, *found.recipients) if found else ()


def join(c: Connection, person: bytes, note: Note, *, campaign: Campaign, key: bytes) -> bool:
    """`join_all` of one; False, and nothing kept, where nobody has a key to open it."""
    if not recipients(campaign, note.city):
        return False
    join_all(c, [(person, note)], campaign=campaign, key=key)
    return True


def join_all(c: Connection, notes: Iterable[tuple[bytes, Note]], *, campaign: Campaign, key: bytes) -> None:
    """Seal each note to the organisers of the campaign and of the note's city, append it to the person's chain, and
    count the person in that city and in no other. All of them have `recipients`.

    Who moves from one city to another is told to the first city's organisers as withdrawn.
    """
    said = list(notes)
    come_to: dict[bytes, str | None] = dict(inbox.places_of(c, [person for person, _ in said], key=key))
    kept: dict[bytes, dict[str, bytes | None]] = {}
    links: list[dict[str, bytes]] = []
    moved: Counter[str] = Counter()
    for person, note in said:
        before, city = come_to.get(person), str(note.city)
        if before != city:
            moved.update({city: 1} if before is None else {city: 1, before: -1})
        links += [{"pseudonym": person, "note": one} for one in _sealed(note, before, campaign)]
        come_to[person] = city
        handle = inbox.alias(key, platform=note.platform, handle=note.answer_to, campaign=campaign.id)
        kept[person] = {"pseudonym": person, "place": inbox.place(key, person, city), "alias": handle}
    if not links:
        return
    put = (postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert)(joiners)
    new = {"place": put.excluded.place, "alias": put.excluded.alias}
    c.execute(put.on_conflict_do_update(index_elements=["pseudonym"], set_=new), list(kept.values()))
    c.execute(insert(chains), links)
    inbox.count_joined(c, moved)


def _sealed(note: Note, before: str | None, campaign: Campaign) -> Sequence[bytes]:
    readers = recipients(campaign, note.city)
    notes = []
    if before is not None and before != note.city:
        theirs = [one for old in campaign.cities.values() if old.name == before for one in old.recipients]
        if others := [reader for reader in theirs if reader not in readers]:
            gone_from = replace(note, city=before, party_size=None, withdrawn=True)
            # to the campaign's keys too: whoever holds one can seal it anew for an organiser who comes later
            notes.append(seal.seal(gone_from, (*campaign.recipients, *others)))
    notes.append(seal.seal(note, readers))  # last: whoever has the keys of both cities reads where they come
    return notes
