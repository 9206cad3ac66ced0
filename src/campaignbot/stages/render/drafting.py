"""From a post to the draft that a person reads."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jinja2 import UndefinedError
from jinja2.runtime import Context

from campaignbot.model.campaign import (
    Account,
    AtInstant,
    Campaign,
    City,
    CityStatus,
    Kind,
    Slot,
    Template,
    base,
)
from campaignbot.model.post import Counting, Draft, Limits, Post, Shown
from campaignbot.stages.plan import clock
from campaignbot.stages.render import counting, dates, templates

HASHTAGS = 3

_Values = tuple[dict[str, str | int], frozenset[str]]  #: what to fill in, and the paths of the gaps

_GLUED = re.compile(r"http(?<=\Shttp)s?://")  # begins with a literal: so the search runs at the speed of memory


def draft(post: Post, campaign: Campaign, limits: Limits) -> Draft:
    """The post in its final words, as one account takes them.

    What is not yet known stands as ⟦city.venue⟧ in the text and by name in `missing`; then the digest is None.
    """
    bench = _bench(campaign)
    facts = bench.facts_of(post.city, post.language)
    missing = [*facts.unready]
    if bench.lacks_notice(post):
        missing.append("notice")
    text = _words(bench.template_of(post, Kind.TEXT), post, facts, campaign, missing)
    if text is None:
        missing.append("text")
        text = "⟦text⟧"
    pictures = _pictures(post, facts, bench, limits, missing) if campaign.pictures else ()
    measure = counting.measure(text, limits.counting)
    warnings = _warnings(post, bench, text, measure, limits)
    return Draft(
        post=post,
        account=campaign.accounts[post.account],
        text=text,
        pictures=pictures,
        missing=tuple(dict.fromkeys(missing)) if missing else (),
        length=measure.length,
        limit=limits.length,
        cost_usd=limits.cost_link_usd if measure.links else limits.cost_usd,
        warnings=(*facts.warnings, *warnings) if warnings else facts.warnings,
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the templates of one city may say in one language."""

    city: City
    values: dict[str, str | int]
    context: Context  #: of these values
    absent: frozenset[str]
    unready: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Bench:
    """What has been looked up so far for one campaign."""

    campaign: Campaign
    slots: dict[str, Slot]
    own_texts: frozenset[str]  #: the cities that have templates of their own
    found: dict[tuple[str, str, str, str, Kind], Template | None] = field(default_factory=dict)
    facts: dict[tuple[str, str], _Facts] = field(default_factory=dict)

    def template_of(self, post: Post, kind: Kind) -> Template | None:
        city = post.city if post.city in self.own_texts else ""
        key = (post.message, post.language, post.platform, city, kind)
        if key not in self.found:
            self.found[key] = self.campaign.template(
                message=post.message, language=post.language, platform=post.platform, city=city, kind=kind
            )
        return self.found[key]

    def facts_of(self, city: str, language: str) -> _Facts:
        known = self.facts.get((city, language))
        if known is None:
            known = self.facts[city, language] = _facts(self.campaign, self.campaign.cities[city], language)
        return known

    def lacks_notice(self, post: Post) -> bool:
        if "notice" not in self.slots[post.slot].needs:
            return False
        notice = self.campaign.cities[post.city].notice
        return notice is None or not notice.settled

    def at_instant(self, post: Post) -> bool:
        return isinstance(self.slots[post.slot].when, AtInstant)


_last: list[_Bench] = []


def _bench(campaign: Campaign) -> _Bench:
    """The bench of this very campaign: drafts are made thousands at a time, and what they look up stays the same."""
    if _last and _last[0].campaign is campaign:
        return _last[0]
    made = _Bench(
        campaign=campaign,
        slots={slot.id: slot for slot in campaign.slots},
        own_texts=frozenset(template.city for template in campaign.templates if template.city is not None),
    )
    _last[:] = [made]
    return made


def _facts(campaign: Campaign, city: City, language: str) -> _Facts:
    start = datetime.combine(city.action.date, city.action.start)
    tags = campaign.hashtags.get(language, campaign.hashtags.get(base(language)))
    said: dict[str, str | None] = {
        "city.name": city.name_in(language),
        "city.venue": city.venue,
        "city.address": city.address,
        "city.contact": city.contact,
        "action.date": dates.date_text(city.action.date, language),
        "action.time": dates.clock_text(start, language),
        "hashtags": None if tags is None else " ".join(f"#{tag}" for tag in tags[:HASHTAGS]),
        "campaign.name": campaign.name,
        **{f"links.{name}": campaign.links.get(name) for name in (*templates.LINKS, *campaign.links)},
        "links.map": city.map,
    }
    values, absent = _values(said)
    return _Facts(
        city=city,
        values=values,
        context=templates.context(values),
        absent=absent,
        unready=("city.status: draft",) if city.status is CityStatus.DRAFT else (),
        warnings=(f"no native reader has read {base(language)}",) if campaign.unread(language) else (),
    )


def _moving(post: Post, facts: _Facts, account: Account) -> _Values:
    """All values, with those that differ from post to post. A called post has no day to count from."""
    days = -1 if post.wall is None else (facts.city.action.date - date.fromisoformat(post.wall[:10])).days
    counted, uncounted = _counted(max(days, -1), post.language)
    handle, nobody = _handle(account.handle if account.platform == "x" else None)
    return {**facts.values, **counted, **handle}, facts.absent.union(uncounted, nobody)


@functools.lru_cache(maxsize=4096)
def _counted(days: int, language: str) -> _Values:
    """On the day itself and after it there is nothing to count down to."""
    return _values(
        {
            "days_left": days if days >= 0 else None,
            "countdown": dates.countdown_text(days, language) if days >= 1 else None,
        }
    )


@functools.lru_cache(maxsize=4096)
def _handle(handle: str | None) -> _Values:
    return _values({"account.handle": f"@{handle}" if handle else None})


def _values(said: Mapping[str, str | int | None]) -> _Values:
    """What to fill in, a gap where it is missing or far too long, and the paths of the gaps."""
    values: dict[str, str | int] = {}
    absent = set()
    for path, value in said.items():
        if value is None or (isinstance(value, str) and len(value) > templates.VALUE_LENGTH):
            absent.add(path)
            value = _Gap(f"⟦{path}⟧")
        values[templates.key(path)] = value
    return values, frozenset(absent)


class _Gap(str):
    """What stands where a value is missing. It may also stand where days_left is compared with a number."""

    __slots__ = ()

    def __lt__(self, other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__


def _words(template: Template | None, post: Post, facts: _Facts, campaign: Campaign, missing: list[str]) -> str | None:
    """The filled template, None where there is none or it says nothing. Notes in `missing` what it lacks."""
    if template is None:
        return None
    ready = templates.compiled(template.source)
    if ready.problems:
        missing.append(f"a template without faults: {template.path}")
        return None
    values, absent, context = facts.values, facts.absent, facts.context
    if ready.moving:
        values, absent = _moving(post, facts, campaign.accounts[post.account])
        context = templates.context(values)
    try:
        text = ready.fill(context)
    except UndefinedError:
        gaps, gone = _values({path: None for path in ready.uses if templates.key(path) not in values})
        absent = absent | gone
        text = ready.fill(templates.context({**values, **gaps}))
    if not absent.isdisjoint(ready.uses):
        missing += _lacking(ready.uses, absent, text)
    return text or None


def _lacking(uses: Sequence[str], absent: frozenset[str], text: str) -> Iterator[str]:
    # a countdown is only missing where it is said: `{% if days_left == 0 %}today{% else %}{{ countdown }}{% endif %}`
    said = "⟦countdown⟧" in text.lower()  # a filter may have changed its letters
    return (path for path in uses if path in absent and (said or path != "countdown"))


def _pictures(post: Post, facts: _Facts, bench: _Bench, limits: Limits, missing: list[str]) -> tuple[Shown, ...]:
    campaign = bench.campaign
    picture = campaign.picture(message=post.message, language=post.language, city=post.city)
    if picture is None or not limits.pictures:
        return ()
    alt = _words(bench.template_of(post, Kind.ALT), post, facts, campaign, missing)
    if alt is None:
        missing.append(f"alt text ({base(post.language)})")
    elif len(alt) > limits.alt_length:
        missing.append(f"alt text ({base(post.language)}) of at most {limits.alt_length} characters")
    if picture.media_type not in limits.picture_types:
        missing.append(f"a picture that {post.platform} takes ({picture.path} is {picture.media_type})")
    if len(picture.data) > limits.picture_bytes:
        missing.append(f"a picture of at most {limits.picture_bytes} bytes ({picture.path})")
    return (Shown(path=picture.path, media_type=picture.media_type, data=picture.data, alt=alt),)


def _warnings(post: Post, bench: _Bench, text: str, measure: counting.Measure, limits: Limits) -> list[str]:
    found = []
    if measure.length > limits.length:
        found.append(f"{measure.length} characters, {limits.length} fit")
    elif limits.counting is Counting.WEIGHTED and "©" in text and measure.length + text.count("©") > limits.length:
        found.append("each © may count one more: no room is left for it")
    if measure.links:
        found += (f"a link without https://: {link}" for link in measure.links if not link.startswith("https://"))
    if "://" in text and _GLUED.search(text):
        found.append("a link is glued to the words before it: it may be counted wrongly")
    if post.wall is not None and _doubled(post.wall, post.zone) and not bench.at_instant(post):
        found.append(f"{post.wall[11:]} occurs twice on that day: the first one is taken")
    return found


@functools.lru_cache(maxsize=16_384)
def _doubled(wall: str, zone: str) -> bool:
    return clock.doubled(datetime.fromisoformat(wall), ZoneInfo(zone))
