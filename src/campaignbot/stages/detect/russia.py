"""Somebody in Russia, or in territory it occupies, who joins, names themselves or announces a public act there.

Such a person is never listed, counted by city or answered in public; a human looks at once.
"""

from collections.abc import Sequence

from campaignbot.model.reply import Intent
from campaignbot.stages.detect import clean, places
from campaignbot.stages.detect.evidence import Evidence
from campaignbot.stages.detect.places import Kind

COUNTRY = "Russia"


def named(found: Sequence[places.Place]) -> bool:
    return any(place.kind is Kind.RUSSIA for place in found)


def maybe(evidence: Evidence, found: Sequence[places.Place], text: clean.Text) -> bool:
    """Whether the writer lives in a place that no table knows: it may be there."""
    known = places.spots(found)
    homes = [hit.place for hit in evidence.hinted("home") if hit.place is not None]
    return any(at not in known and text.words[at].capital for at in homes)


def at_risk(evidence: Evidence, found: Sequence[places.Place]) -> bool:
    """Whether the writer seems to be there and says who they are or what they will do.

    Somebody from there who lives elsewhere, or who only asks to join in a city of the campaign, is an ordinary joiner.
    """
    there = [place for place in found if place.kind is Kind.RUSSIA]
    if not there or _abroad(evidence, found):
        return False
    lives = bool(places.held(evidence.hinted("home") + evidence.hinted("origin"), there))
    town = any(place.name != COUNTRY for place in there)
    outspoken = bool(evidence.hinted("named") or evidence.hinted("act"))
    comes = Intent.JOIN in evidence.intents or Intent.START_CITY in evidence.intents
    if any(place.kind is Kind.CITY for place in found):
        return lives and outspoken
    return (lives or town) and (outspoken or comes)


def _abroad(evidence: Evidence, found: Sequence[places.Place]) -> bool:
    elsewhere = [place for place in found if place.kind is not Kind.RUSSIA]
    return bool(evidence.hinted("abroad") or places.held(evidence.hinted("home"), elsewhere))
