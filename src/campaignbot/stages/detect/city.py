"""Which city a reply is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from campaignbot.model.reply import Intent
from campaignbot.stages.detect import clean, places
from campaignbot.stages.detect.evidence import Evidence
from campaignbot.stages.detect.places import Kind, Place

_REACH = 2
_MOST_WORDS = 3  #: of a place that no table knows
_UNKNOWN = "no table knows this place"
_NAMELESS = "-"


@dataclass(frozen=True, slots=True)
class Choice:
    """The city, and why a person should look at it."""

    city: str | None
    doubt: str | None = None


def joined(
    found: Sequence[Place], evidence: Evidence, text: clean.Text, *, post_city: str | None, denied: Collection[str]
) -> Choice:
    """The campaign's city that somebody joins in: the one named as a choice, else the post's own. `denied`: the words
    that say no to what follows, in the reply's language."""
    cities = [place for place in found if place.kind is Kind.CITY]
    wanted = [place for place in cities if not _refused(place, text, denied)]
    there = _pointed(wanted, evidence)
    if there and {there} != {place.name for place in wanted} | ({post_city} if post_city else set()):
        return Choice(there, "several cities are named")
    homes = places.spots(places.held(evidence.hinted("home") + evidence.hinted("origin"), wanted))
    names = {place.name for place in wanted if place.start not in homes}
    if not names and wanted and post_city not in {None, *(place.name for place in wanted)}:
        return Choice(wanted[0].name, "lives in another city than the post's")
    names = names or {place.name for place in wanted}
    if len(names) == 1:
        name = names.pop()
        sure = any(place.sure for place in wanted if place.name == name)
        return Choice(name, None if sure else "the city's name is misspelt")
    if names:
        others = names - {post_city}  # who means the post's own city need not name it
        likeliest = post_city if post_city in names else None
        if len(others) == 1 and not _side_by_side(wanted, text):
            likeliest = others.pop()
        return Choice(_chosen(wanted, evidence, text) or likeliest, "several cities are named")
    return Choice(post_city, None if post_city else "no city is named")


def started(found: Sequence[Place], evidence: Evidence, text: clean.Text) -> Choice:
    """The place outside the campaign where somebody wants an action; "-" for one whose English name is not known."""
    hits = [hit for hit in evidence.intents.get(Intent.START_CITY, ()) if hit.place is not None]
    others = [place for place in found if place.kind in {Kind.NAMESAKE, Kind.ELSEWHERE, Kind.RUSSIA}]
    known = places.spots(found)
    unknown = [hit.place for hit in hits if hit.place is not None and hit.place not in known]
    for place in places.held(hits, others) + [p for p in others if p.kind is Kind.NAMESAKE]:
        return Choice(place.name)
    for at in unknown:
        if text.words[at].capital:
            return Choice(_as_written(text, at), _UNKNOWN)
    for place in others + [place for place in found if place.kind is Kind.REGION]:
        return Choice(place.name)
    for at in unknown:
        return Choice(_as_written(text, at), _UNKNOWN)
    return Choice(None, "no place is named")


def _side_by_side(wanted: Sequence[Place], text: clean.Text) -> bool:
    """Whether cities stand side by side, or with an "or" alone between them, so that none of them is chosen."""
    gaps = [(one.end, two.start) for one, two in pairwise(wanted) if two.start - one.end <= 1]
    return any(text.words[start - 1].clause == text.words[end].clause for start, end in gaps)


def _chosen(wanted: Sequence[Place], evidence: Evidence, text: clean.Text) -> str | None:
    """Of several cities the one that a yes has in its place, or alone in its clause."""
    hits = evidence.intents.get(Intent.JOIN, ())
    clauses = {text.words[at].clause for hit in hits for at in range(hit.start, hit.end)}
    for among in (places.held(hits, wanted), [place for place in wanted if text.words[place.start].clause in clauses]):
        names = {place.name for place in among}
        if len(names) == 1:
            return names.pop()
    return None


def meant(found: Sequence[Place], *, post_city: str | None) -> str | None:
    """The city that a question or a no is about."""
    names = list(dict.fromkeys(place.name for place in found if place.kind is Kind.CITY))
    return names[0] if len(names) == 1 else post_city


def unlisted(found: Sequence[Place], evidence: Evidence, text: clean.Text) -> bool:
    """Whether a hit for starting a city surely names a place that is none of the campaign's."""
    named, listed = places.spots(found), places.spots(place for place in found if place.kind is Kind.CITY)
    spoken = {hit.place for hit in evidence.intents.get(Intent.START_CITY, ()) if hit.place is not None}
    return any(text.words[at].capital or at in named for at in spoken - listed)


def _pointed(wanted: Sequence[Place], evidence: Evidence) -> str | None:
    """The city that a "there" means: "in London I can't, but I'm in Paris that day and go to the one there"."""
    from_there = places.spots(places.held(evidence.hinted("origin"), wanted))
    for hit in reversed(evidence.hinted("there")):
        before = [place for place in wanted if place.end <= hit.start and place.start not in from_there]
        if before:
            return before[-1].name
    return None


def _refused(place: Place, text: clean.Text, denied: Collection[str]) -> bool:
    clause = text.words[place.start].clause
    earlier = text.words[max(0, place.start - _REACH) : place.start]
    return any(word.clause == clause and word.folded in denied for word in earlier)


def _as_written(text: clean.Text, at: int) -> str:
    """The place as the writer spelt it, if in Latin letters: from one word on as long as capitals follow."""
    if not text.words[at].folded.isascii():
        return _NAMELESS
    words = [text.words[at].text.replace("’", "'").rpartition("'")[2]]
    for word in text.words[at + 1 : at + _MOST_WORDS]:
        if not word.capital or word.clause != text.words[at].clause:
            break
        words.append(word.text)
    return " ".join(word if word[:1].isupper() else word.capitalize() for word in words)
