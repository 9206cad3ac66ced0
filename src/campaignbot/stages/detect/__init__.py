"""detect: what a reply means to say, to which city, for how many, in which language; and which rule says so. Pure.

In the order of the work: `clean` cuts the text into words, `language` guesses the language, `phrases` finds every
phrase of `phrases/<language>.toml`, `places` every place of the campaign and of `places.toml`, with `world` those of
the `gazetteer` and with `regions` their namesakes, `evidence` sorts what was found, `party` counts the people, `russia`
asks whether somebody there is at risk, `city` chooses the place, and `verdict` decides and says whether a person must
look.
"""

from campaignbot.model.campaign import Campaign
from campaignbot.model.reply import Guess, Reading, Reply
from campaignbot.stages.detect import clean, evidence, language, phrases, places, verdict

__all__ = ["reading"]


def reading(reply: Reply, campaign: Campaign, *, guess: Guess | None) -> Reading:
    """Read one reply. `guess` is the optional model's opinion: where it differs from the rules, a person decides.

    Linear in the text, of which `clean.MOST` characters are read. Never raises for any text.
    """
    text = clean.text(reply.text)
    book = phrases.shipped()
    tongue, sure = language.guess(text.plain)
    hits = book.tree.hits(text.words)
    named = places.found(text, campaign, language=tongue, sure=sure, slots=places.slots(hits))
    found = evidence.weighed(hits, text, named, book=book, language=tongue, sure=sure)
    return verdict.reading(text, found, named, post_city=reply.city, language=_spoken(tongue, sure, found), guess=guess)


def _spoken(tongue: str, sure: float, found: evidence.Evidence) -> str:
    """The language: where the guess is weak, that of the phrases, if they agree on one."""
    heard = {hit.phrase.language for hits in found.intents.values() for hit in hits} - {"any"}
    return heard.pop() if len(heard) == 1 and (sure < 0.6 or tongue == language.UNKNOWN) else tongue
