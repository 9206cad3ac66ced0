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
from campaignbot.stages.detect.phrases import Hit
from campaignbot.stages.detect.places import Kind, Place

_PLAIN, _BESIDE, _TORN, _NOTHING = 0.95, 0.8, 0.5, 0.3
_LONG = 45  #: words: a join in a longer reply is one of several things it says
_MENTION = 16  #: words: a city or a number of people in a longer reply may be about anything
_ORDER = tuple(Intent)


@dataclass(frozen=True, slots=True)
class _Leaning:
    """An intent with its reason; `doubt` says why a person should look."""

    intent: Intent
    why: str
    confidence: float
    doubt: str | None = None
    plain: bool = False  #: rules and model are so sure that a doubt about single words does not count


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
    lean = _witnessed(_leaning(text, evidence, found, language), guess, language=language, silent=not evidence.intents)
    choice = _choice(lean.intent, text, evidence, found, post_city=post_city, language=language)
    counted = lean.intent in {Intent.JOIN, Intent.START_CITY}
    doubts = [doubt for doubt in (lean.doubt, choice.doubt, *_doubts(lean, text, evidence, found, language)) if doubt]
    return Reading(
        intent=lean.intent,
        city=choice.city,
        party_size=party.size(evidence.sizes, text, language) if counted else None,
        language=language,
        confidence=round(lean.confidence, 3),
        needs_review=bool(doubts),
        why="; ".join(dict.fromkeys((lean.why, *doubts))),
    )


def _choice(
    intent: Intent,
    text: clean.Text,
    evidence: Evidence,
    found: Sequence[Place],
    *,
    post_city: str | None,
    language: str,
) -> city.Choice:
    if intent is Intent.JOIN:
        denied = phrases.shipped().said("before", language)
        return city.joined(found, evidence, text, post_city=post_city, denied=denied)
    if intent is Intent.START_CITY:
        return city.started(found, evidence, text)
    if intent in {Intent.QUESTION, Intent.DECLINE}:
        return city.Choice(city.meant(found, post_city=post_city))
    return city.Choice(None)


def _leaning(text: clean.Text, evidence: Evidence, found: Sequence[Place], language: str) -> _Leaning:
    if russia.at_risk(evidence, found):
        return _Leaning(Intent.CRISIS, "crisis: somebody in Russia who may be in danger", _PLAIN)
    intents = [intent for intent in _ORDER if intent in evidence.intents]
    if Intent.CRISIS in intents and _over(evidence, text):
        intents.remove(Intent.CRISIS)
    if not intents:
        return _bare(text, evidence, found, language)
    intent, beside = intents[0], intents[1:]
    if intent is Intent.OPT_OUT and _only_asks(evidence, text):
        return _Leaning(Intent.QUESTION, evidence.first(intent).phrase.why, _TORN, "may want data deleted")
    if intent is Intent.JOIN:
        intent, doubt = _coming(evidence, found, text)
    elif intent is Intent.START_CITY and _about_listed(evidence, found, text):
        asked = bool({text.words[hit.start].sentence for hit in evidence.intents[intent]} & text.asked)
        meant = Intent.DECLINE if Intent.DECLINE in beside else Intent.QUESTION if asked else Intent.JOIN
        return _Leaning(meant, evidence.first(intent).phrase.why, _BESIDE, "asks for a listed city")
    else:
        against = intent in {Intent.SPAM, Intent.HOSTILE} and Intent.JOIN in beside
        doubt = "speaks of coming" if against else _unsaid(intent, text, found, language)
        if intent is Intent.START_CITY and Intent.DECLINE in beside:
            doubt = "also says no"
    confidence = _TORN if doubt else _BESIDE if beside else _PLAIN
    reason = evidence.first(intent if intent in evidence.intents else intents[0])  # a wish that was none
    return _Leaning(intent, reason.phrase.why, confidence, doubt)


def _unsaid(intent: Intent, text: clean.Text, found: Sequence[Place], language: str) -> str | None:
    """What hints at a yes that no phrase knows: applause and excuses rarely name a city, questions the writer."""
    if intent in {Intent.SUPPORT, Intent.DECLINE} and any(place.kind is Kind.CITY for place in found):
        return "names a city"
    me = phrases.shipped().said("me", language)
    if intent in {Intent.QUESTION, Intent.OTHER} and any(word.folded in me for word in text.words):
        return "speaks of the writer"
    return None


def _over(evidence: Evidence, text: clean.Text) -> bool:
    """Whether each sentence of a crisis says that it is long past, and nobody asks for help."""
    past = {text.words[hit.start].sentence for hit in evidence.hinted("past")}
    all_past = all(text.words[hit.start].sentence in past for hit in evidence.intents[Intent.CRISIS])
    return all_past and not evidence.hinted("help")


def _only_asks(evidence: Evidence, text: clean.Text) -> bool:
    """Whether all that sounds like an opt-out stands in questions of how deletion works."""
    asking = {text.words[hit.start].sentence for hit in evidence.hinted("deletion")} & text.asked
    return all(text.words[hit.start].sentence in asking for hit in evidence.intents[Intent.OPT_OUT])


def _coming(evidence: Evidence, found: Sequence[Place], text: clean.Text) -> tuple[Intent, str | None]:
    """A yes beside a wish for another city, or beside a no: which of them is meant."""
    listed = any(place.kind is Kind.CITY for place in found)
    if any(place.kind is Kind.NAMESAKE for place in found):
        return (Intent.START_CITY if Intent.START_CITY in evidence.intents else Intent.JOIN), "names a namesake"
    if Intent.START_CITY in evidence.intents and city.unlisted(found, evidence, text):
        return Intent.START_CITY, "also speaks of a listed city" if listed else None
    if Intent.DECLINE in evidence.intents:
        return _last_word(evidence, text)
    if _wished_only(evidence, text):
        return Intent.DECLINE, "wishes, and then says but"
    named = places.spots(found)
    asked = [hit for hit in evidence.intents.get(Intent.START_CITY, ()) if hit.place not in named]
    return Intent.JOIN, "also asks for another city" if asked else None


def _last_word(evidence: Evidence, text: clean.Text) -> tuple[Intent, str | None]:
    """Of a yes and a no the later; surely where a "but" stands between them."""
    yes = max(evidence.intents[Intent.JOIN], key=lambda hit: hit.end)
    no = max(evidence.intents[Intent.DECLINE], key=lambda hit: hit.end)
    first, last = (no, yes) if yes.end > no.end else (yes, no)
    turned = _turns(text, first, last.end)
    return Intent.JOIN if last is yes else Intent.DECLINE, None if turned else "says both yes and no"


def _wished_only(evidence: Evidence, text: clean.Text) -> bool:
    """Whether a wish to come is followed by a "but" and by no yes after it."""
    last = max(evidence.intents[Intent.JOIN], key=lambda hit: hit.end)
    return any(
        last.start < wish.end <= last.end and _turns(text, last, len(text.words)) for wish in evidence.hinted("wish")
    )


def _turns(text: clean.Text, hit: Hit, end: int) -> bool:
    """Whether a "but" of the phrase's language stands between it and a later word."""
    but = phrases.shipped().said("but", hit.phrase.language)
    return any(word.folded in but for word in text.words[hit.end : end])


def _about_listed(evidence: Evidence, found: Sequence[Place], text: clean.Text) -> bool:
    listed = any(place.kind is Kind.CITY for place in found)
    return listed and not city.unlisted(found, evidence, text) and all(p.kind is Kind.CITY for p in found)


def _bare(text: clean.Text, evidence: Evidence, found: Sequence[Place], language: str) -> _Leaning:
    """What to make of a reply in which no phrase was found."""
    speaks = [word for word in text.words if word.folded[0].isalnum()]
    spoken = {word.sentence for word in speaks}
    stated = len(speaks) <= _MENTION and not spoken <= text.asked
    if party.plus(text) or (stated and party.size(evidence.sizes, text, language)):
        return _Leaning(Intent.JOIN, "join: only a number of people", _BESIDE)
    if not speaks:
        handles = any(word.folded == clean.HANDLE for word in text.words)
        return _Leaning(Intent.OTHER, "other: only handles" if handles else "other: no words", _BESIDE)
    if evidence.hinted("seek") or _outside(text, found):
        return _Leaning(Intent.START_CITY, "start_city: names a place", _NOTHING, "no phrase was found")
    if spoken & text.asked:
        return _Leaning(Intent.QUESTION, "question: ends in a question mark", _TORN, "no phrase was found")
    if len(speaks) <= _MENTION and any(place.kind is Kind.CITY for place in found):
        return _Leaning(Intent.JOIN, "join: names a city", _TORN, "no phrase was found")
    return _Leaning(Intent.OTHER, "other: no phrase was found", _NOTHING, "no phrase was found")


def _outside(text: clean.Text, found: Sequence[Place]) -> bool:
    """Whether a place outside the campaign is named, as a name, and no city of it: "Kraków???" wants one there."""
    if any(place.kind in {Kind.CITY, Kind.NAMESAKE} for place in found):
        return any(place.kind is Kind.NAMESAKE for place in found)
    starts = [text.words[place.start] for place in found if place.kind is Kind.ELSEWHERE]
    return any(word.capital or word.caseless for word in starts)


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
    return _Leaning(joint.intent, why, joint.confidence, joint.doubt, joint.plain)


def _doubts(
    lean: _Leaning, text: clean.Text, evidence: Evidence, found: Sequence[Place], language: str
) -> list[str | None]:
    """All further reasons for a person to look."""
    mild = lean.intent not in SAFETY
    hits = evidence.intents.get(lean.intent, ())
    mockery = evidence.hinted("doubt") if lean.intent in {Intent.JOIN, Intent.SUPPORT, Intent.OTHER} else ()
    alarming = (*evidence.hinted("alarm"), *evidence.intents.get(Intent.CRISIS, ()))
    told = [one for one in evidence.hinted("told") if lean.intent is Intent.JOIN and _before_all(one, hits, text)]
    return [
        "a person must look at once" if lean.intent is Intent.CRISIS else None,
        f"may be an alarm: {alarming[0].phrase.source}" if alarming and mild and not lean.plain else None,
        "names a place in Russia" if russia.named(found) and mild else None,
        "lives where no table knows" if lean.intent is Intent.JOIN and russia.maybe(evidence, found, text) else None,
        "longer than what is read" if text.cut else None,
        "parts of it cannot be read" if text.torn and not evidence.intents else None,
        f"may be mockery: {mockery[0].phrase.source}" if mockery and not lean.plain else None,
        f"may be told of somebody else: {told[0].phrase.source}" if told else None,
        *(() if lean.plain else _worded(lean, evidence, language)),
        "a long reply" if lean.intent is Intent.JOIN and len(text.words) > _LONG else None,
    ]


def _worded(lean: _Leaning, evidence: Evidence, language: str) -> list[str | None]:
    """Doubts about the very words that were found."""
    hits = evidence.intents.get(lean.intent, ())
    foreign = bool(hits) and language != UNKNOWN and not {hit.phrase.language for hit in hits} & {"any", language}
    lone = lean.intent is Intent.HOSTILE and all(hit.length == 1 for hit in hits)
    return [
        "one word alone may be said of oneself" if lone else None,
        "a phrase of another language" if foreign and lean.intent not in SAFETY else None,
    ]


def _before_all(hint: Hit, hits: Sequence[Hit], text: clean.Text) -> bool:
    """Whether every one of these hits stands behind a hint in its own sentence."""
    sentence = text.words[hint.start].sentence
    return all(hit.start >= hint.end and text.words[hit.start].sentence == sentence for hit in hits)
