"""The decision on one reply: which intent wins, whether a person must look, and the reason in words.

Confidence is 0.95 for a phrase that nothing contradicts, 0.8 where a weaker intent stands beside it, 0.5 where the
reply speaks for two things at once, 0.3 where no phrase was found. The optional model's opinion joins it: `second`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from campaignbot.model.reply import Guess, Intent, Reading
from campaignbot.stages.detect import city, clean, party, phrases, places, russia, second
from campaignbot.stages.detect.evidence import SAFETY, Evidence
from campaignbot.stages.detect.language import UNKNOWN
from campaignbot.stages.detect.places import Kind, Place

_PLAIN, _BESIDE, _TORN, _NOTHING = 0.95, 0.8, 0.5, 0.3
_LONG = 45  #: words: a join in a longer reply is one of several things it says
_ORDER = tuple(Intent)


@dataclass(frozen=True, slots=True)
class _Leaning:
    """An intent with its reason; `doubt` says why a person should look."""

    intent: Intent
    why: str
    confidence: float
    doubt: str | None = None


def reading(
    text: clean.Text,
    evidence: Evidence,
    found: Sequence[Place],
    *,
    post_city: str | None,
    language: str,
    guess: Guess | None,
) -> Reading:
    """Decide on one reply."""
    lean = _witnessed(_leaning(text, evidence, found), guess, language=language, silent=not evidence.intents)
    choice = _choice(lean.intent, text, evidence, found, post_city)
    counted = lean.intent in {Intent.JOIN, Intent.START_CITY}
    doubts = [doubt for doubt in (lean.doubt, choice.doubt, *_doubts(lean, text, evidence, found, language)) if doubt]
    return Reading(
        intent=lean.intent,
        city=choice.city,
        party_size=party.size(evidence.sizes, text) if counted else None,
        language=language,
        confidence=round(lean.confidence, 3),
        needs_review=bool(doubts),
        why="; ".join(dict.fromkeys((lean.why, *doubts))),
    )


def _choice(
    intent: Intent, text: clean.Text, evidence: Evidence, found: Sequence[Place], post_city: str | None
) -> city.Choice:
    if intent is Intent.JOIN:
        return city.joined(found, evidence, text, post_city=post_city, book=phrases.shipped())
    if intent is Intent.START_CITY:
        return city.started(found, evidence, text)
    if intent in {Intent.QUESTION, Intent.DECLINE}:
        return city.Choice(city.meant(found, post_city=post_city))
    return city.Choice(None)


def _leaning(text: clean.Text, evidence: Evidence, found: Sequence[Place]) -> _Leaning:
    if russia.at_risk(evidence, found):
        return _Leaning(Intent.CRISIS, "crisis: somebody in Russia who may be in danger", _PLAIN)
    intents = [intent for intent in _ORDER if intent in evidence.intents]
    if Intent.CRISIS in intents and evidence.hinted("past") and not evidence.hinted("help"):
        intents.remove(Intent.CRISIS)
    if not intents:
        return _bare(text, evidence, found)
    intent, beside = intents[0], intents[1:]
    if intent is Intent.JOIN:
        intent, doubt = _coming(evidence, found, text)
    elif intent is Intent.START_CITY and _about_listed(evidence, found, text):
        return _Leaning(Intent.QUESTION, evidence.first(intent).phrase.why, _BESIDE, "asks for a listed city")
    else:
        against = intent in {Intent.SPAM, Intent.HOSTILE} and Intent.JOIN in beside
        doubt = "speaks of coming" if against else None
    confidence = _TORN if doubt else _BESIDE if beside else _PLAIN
    return _Leaning(intent, evidence.first(intent).phrase.why, confidence, doubt)


def _coming(evidence: Evidence, found: Sequence[Place], text: clean.Text) -> tuple[Intent, str | None]:
    """A yes beside a wish for another city, or beside a no: which of them is meant."""
    listed = any(place.kind is Kind.CITY for place in found)
    if any(place.kind is Kind.NAMESAKE for place in found):
        return (Intent.START_CITY if Intent.START_CITY in evidence.intents else Intent.JOIN), "names a namesake"
    if Intent.START_CITY in evidence.intents and city.unlisted(found, evidence, text):
        return Intent.START_CITY, "also speaks of a listed city" if listed else None
    if Intent.DECLINE in evidence.intents:
        last_yes = max(hit.end for hit in evidence.intents[Intent.JOIN])
        last_no = max(hit.end for hit in evidence.intents[Intent.DECLINE])
        return (Intent.JOIN if last_yes > last_no else Intent.DECLINE), "says both yes and no"
    named = places.spots(found)
    asked = [hit for hit in evidence.intents.get(Intent.START_CITY, ()) if hit.place not in named]
    return Intent.JOIN, "also asks for another city" if asked else None


def _about_listed(evidence: Evidence, found: Sequence[Place], text: clean.Text) -> bool:
    listed = any(place.kind is Kind.CITY for place in found)
    return listed and not city.unlisted(found, evidence, text) and all(p.kind is Kind.CITY for p in found)


def _bare(text: clean.Text, evidence: Evidence, found: Sequence[Place]) -> _Leaning:
    """What to make of a reply in which no phrase was found."""
    if party.plus(text):
        return _Leaning(Intent.JOIN, "join: only a number of people", _BESIDE)
    speaks = [word for word in text.words if word.folded[0].isalnum()]
    if not speaks:
        handles = any(word.folded == clean.HANDLE for word in text.words)
        return _Leaning(Intent.OTHER, "other: only handles" if handles else "other: no words", _BESIDE)
    spoken = {word.sentence for word in speaks}
    if any(place.kind is Kind.NAMESAKE for place in found) or evidence.hinted("seek"):
        return _Leaning(Intent.START_CITY, "start_city: names a place", _NOTHING, "no phrase was found")
    if spoken & text.asked:
        return _Leaning(Intent.QUESTION, "question: ends in a question mark", _TORN, "no phrase was found")
    if len(found) == 1 and found[0].kind is Kind.CITY and len(speaks) <= found[0].end - found[0].start + 1:
        return _Leaning(Intent.JOIN, "join: names only a city", _TORN, "no phrase was found")
    return _Leaning(Intent.OTHER, "other: no phrase was found", _NOTHING, "no phrase was found")


def _witnessed(lean: _Leaning, guess: Guess | None, *, language: str, silent: bool) -> _Leaning:
    """The rules' word and the model's together."""
    if guess is None:
        return lean
    joint = second.joined(
        lean.intent,
        lean.confidence,
        lean.doubt,
        guess=guess,
        silent=silent and lean.doubt is not None,
        known=language != UNKNOWN,
    )
    why = lean.why if joint.intent is lean.intent else f"{joint.intent} (model)"
    return _Leaning(joint.intent, why, joint.confidence, joint.doubt)


def _doubts(
    lean: _Leaning, text: clean.Text, evidence: Evidence, found: Sequence[Place], language: str
) -> list[str | None]:
    """All further reasons for a person to look."""
    mild = lean.intent not in SAFETY
    hits = evidence.intents.get(lean.intent, ())
    mockery = evidence.hinted("doubt") if lean.intent in {Intent.JOIN, Intent.SUPPORT, Intent.OTHER} else ()
    alarming = (*evidence.hinted("alarm"), *evidence.intents.get(Intent.CRISIS, ()))
    foreign = bool(hits) and language != UNKNOWN and not {hit.phrase.language for hit in hits} & {"any", language}
    lone = lean.intent is Intent.HOSTILE and all(hit.length == 1 for hit in hits)
    return [
        "a person must look at once" if lean.intent is Intent.CRISIS else None,
        f"may be an alarm: {alarming[0].phrase.source}" if alarming and mild else None,
        "names a place in Russia" if russia.named(found) and mild else None,
        "lives where no table knows" if lean.intent is Intent.JOIN and russia.maybe(evidence, found, text) else None,
        "longer than what is read" if text.cut else None,
        f"may be mockery: {mockery[0].phrase.source}" if mockery else None,
        "one word alone may be said of oneself" if lone else None,
        "a phrase of another language" if foreign and mild else None,
        "a long reply" if lean.intent is Intent.JOIN and len(text.words) > _LONG else None,
    ]
