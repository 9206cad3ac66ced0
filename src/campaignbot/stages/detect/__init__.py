"""detect: what a reply means to say, to which city, for how many, in which language; and which rule says so. Pure.

In the order of the work: `clean` cuts the text into words, `language` guesses the language, `phrases` finds every
phrase of `phrases/<language>.toml`, `places` every place of the campaign and of `places.toml`, with `world` those of
the `gazetteer` and with `regions` their namesakes, `evidence` sorts what was found, `party` counts the people and
`company` those of a list, `russia` asks whether somebody there is at risk, `city` chooses the place, and `verdict`
decides and says whether a person must look.
"""

from dataclasses import dataclass

from campaignbot.model.campaign import Campaign
from campaignbot.model.reply import Guess, Reading, Reply
from campaignbot.stages.detect import clean, evidence, language, phrases, places, verdict

__all__ = ["Heard", "heard", "reading"]

_SURE, _SHORT = 0.6, 4  #: how sure a guess, and how many words of a reply, are enough to trust the guess


@dataclass(frozen=True, slots=True)
class Heard:
    """One reply with all that was found in it."""

    text: clean.Text
    language: str  #: as guessed from the letters
    sure: float  #: 0 to 1
    named: tuple[places.Place, ...]
    evidence: evidence.Evidence


def reading(reply: Reply, campaign: Campaign, *, guess: Guess | None) -> Reading:
    """Read one reply. `guess` is the optional model's opinion: where it differs from the rules, a person decides.

    Linear in the text, of which `clean.MOST` characters are read. Never raises for any text.
    """
    said = heard(reply.text, campaign)
    spoken = _spoken(said)
    return verdict.reading(said.text, said.evidence, said.named, post_city=reply.city, language=spoken, guess=guess)


def heard(raw: str, campaign: Campaign) -> Heard:
    """What stands in a reply, before anything is decided."""
    text = clean.text(raw)
    book = phrases.shipped()
    tongue, sure = language.guess(text.plain)
    hits = book.tree.hits(text.words)
    named = places.found(text, campaign, language=tongue, sure=sure, slots=places.slots(hits))
    found = evidence.weighed(hits, text, named, book=book, language=tongue, sure=sure)
    return Heard(text, tongue, sure, tuple(named), found)


def _spoken(said: Heard) -> str:
    """The language: where the guess is weak or the reply short, that of the phrases, if they agree on one."""
    tongues = {hit.phrase.language for hits in said.evidence.intents.values() for hit in hits} - {"any"}
    weak = said.sure < _SURE or said.language == language.UNKNOWN or len(said.text.words) <= _SHORT
    return tongues.pop() if len(tongues) == 1 and weak else said.language
