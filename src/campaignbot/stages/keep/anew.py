"""Sealing the joiners anew: for an organiser who comes, without one who left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.store import chains, erasing, journal, samples, seal
from campaignbot.store.database import Database


@dataclass(frozen=True, kw_only=True, slots=True)
class Resealed:
    """What became of the sealed notes, in numbers."""

    renewed: int
    left: int  #: as they were: these keys do not open them, or nobody would have a key to the new ones


def reseal(people: Database, identities: Sequence[str], campaign: Campaign, *, by: str, now: datetime) -> Resealed:
    """Open every note that these keys open, and seal it anew to the organisers of the campaign and of its city as the
    files now name them. All of them are replaced in one transaction, or none; the old ones are wiped from the file.

    Notes are in clear in this process's memory alone. `identities` are the texts of key files; UserError where one
    holds no key, or no recipient is named.
    """
    if not (campaign.recipients or any(city.recipients for city in campaign.cities.values())):
        raise errors.UserError(
            "no recipient key is set; put a public key made by `keys new` under campaign: recipients"
        )
    with people.read() as c:
        found = chains.notes(c)
    # opened before the transaction: a daemon that files at the same time waits for the writing alone
    renewals = [(number, old, new) for number, old in found if (new := _anew(old, identities, campaign)) is not None]
    renewed = 0
    if renewals:
        with people.write() as c:
            renewed = chains.renew(c, renewals)
            samples.drop(c)  # they are sealed to the old keys too, and were to go in a few hours anyway
            journal.add(c, chain=journal.PEOPLE, entry={"what": "resealed", "by": by}, now=now)
        erasing.scrub(people)
    return Resealed(renewed=renewed, left=len(found) - len(renewals))


def _anew(old: bytes, identities: Sequence[str], campaign: Campaign) -> bytes | None:
    note = seal.open(old, identities)
    if note is None:
        return None
    of_city = [key for city in campaign.cities.values() if city.name == note.city for key in city.recipients]
    readers = [*campaign.recipients, *of_city]
    return seal.seal(note, readers) if readers else None
