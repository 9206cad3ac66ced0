"""What is wrong with templates, and with the drafts that they make."""

import difflib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from campaignbot.model.campaign import Campaign, Kind, Mark, Template, base
from campaignbot.model.errors import Fault, Severity
from campaignbot.model.post import Draft
from campaignbot.stages.render import counting, templates

_PRINTED = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_PRINTED_LINK = re.compile(r"\{\{[-+]?\s*links\.")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_SILENT = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_VALUE = "\ue000"  # stands in for what a tag prints
_WORD = re.compile(r"\S+")
_BRACES = re.compile(r"[{}](?:[^{}\n]*[{}])*")
# Joiners are right inside an emoji or a Persian word; all others only hide something.
HIDDEN = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|(?<![^\x00-\u024f])[\u200c\u200d]"
)
_ALWAYS = datetime.min.replace(tzinfo=UTC)
_GAP = re.compile("⟦[^⟧]*⟧")


def template_faults(template: Template, campaign: Campaign) -> list[Fault]:
    """All that is wrong with one template's source: what cannot be read, what is not allowed, variables that do not
    exist, links that X would count wrongly, characters that nobody sees; sorted."""
    ready = templates.compiled(template.source)
    found = [*ready.problems, *_unknown(template, campaign, ready.uses)]
    found += _uncountable(template, campaign, ready.uses)
    if ready.readable:  # where a tag does not end, what follows is taken for words
        loose = list(_braces(template.source))
        found += loose or _links(template.source)
    found += _hidden(template.source)
    return sorted(
        Fault(
            file=template.path,
            line=problem.line,
            column=problem.column,
            code=problem.code,
            message=problem.message,
            fix=problem.fix,
        )
        for problem in found
    )


def draft_faults(drafts: Sequence[Draft], campaign: Campaign) -> list[Fault]:
    """What no single template shows: texts over a limit, equal texts on one login within `duplicate_window`, slots
    without words in a language, alt texts that are too long; each once, sorted."""
    found = {
        *_untranslated(drafts, campaign),
        *_too_long(drafts, campaign),
        *_equal(drafts, campaign),
        *_long_alts(drafts, campaign),
    }
    return sorted(found)


def _at(source: str, index: int) -> tuple[int, int]:
    """The line and column, from 1, of a place in a source."""
    before = source[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


def _named(source: str, path: str) -> tuple[int, int]:
    """The line and column where a tag first names a variable; the start where it is written in an odd way."""
    name = re.compile(rf"(?<![\w.]){re.escape(path)}(?![\w])")
    for tag in _TAG.finditer(source):
        if found := name.search(source, tag.start(), tag.end()):
            return _at(source, found.start())
    return 1, 1


def _unknown(template: Template, campaign: Campaign, uses: Sequence[str]) -> Iterator[templates.Problem]:
    known = tuple(dict.fromkeys((*templates.VARIABLES, *(f"links.{name}" for name in campaign.links))))
    for path in uses:
        if path not in known:
            line, column = _named(template.source, path)
            message, fix = templates.unknown(path, known)
            yield templates.Problem(line=line, column=column, code="variable", message=message, fix=fix)


def _uncountable(template: Template, campaign: Campaign, uses: Sequence[str]) -> Iterator[templates.Problem]:
    """A called slot has no day: a template of its own that counts days could never be approved."""
    called = [slot.id for slot in campaign.slots if slot.called and slot.message == template.message]
    for path in ("days_left", "countdown"):
        if called and path in uses:
            line, column = _named(template.source, path)
            message = f"slot {called[0]} is called: it has no day from which `{path}` could count"
            yield templates.Problem(
                line=line, column=column, code="variable", message=message, fix="use `action.date` instead"
            )


def _braces(source: str) -> Iterator[templates.Problem]:
    """A brace that belongs to no gap would go out as it stands: one too few was written."""
    shown = _TAG.sub(lambda found: _VALUE * len(found[0]), _SILENT.sub(lambda found: " " * len(found[0]), source))
    for found in _BRACES.finditer(shown):
        line, column = _at(source, found.start())
        message = f"`{_plain(found[0])}` would go out as it stands: a gap has two braces on each side, side by side"
        yield templates.Problem(line=line, column=column, code="braces", message=message, fix="write {{ city.name }}")


def _links(source: str) -> Iterator[templates.Problem]:
    """Links are counted rightly only as whole words that begin with https://."""
    shown = _SILENT.sub(lambda found: " " * len(found[0]), source)
    for printed in _PRINTED.finditer(shown):
        before, after = shown[: printed.start()][-1:], shown[printed.end() :][:1]
        trims = printed[0].startswith("{{-") or printed[0].endswith("-}}")
        if _PRINTED_LINK.match(printed[0]) and (before.strip() or after.strip() or trims):
            yield _link(source, printed.start(), "this link is glued to other characters", "put a space on both sides")
    for word in _WORD.finditer(_PRINTED.sub(lambda printed: _VALUE * len(printed[0]), shown)):
        yield from _loose(source, word)


def _loose(source: str, word: re.Match[str]) -> Iterator[templates.Problem]:
    said = word[0]
    if "://" in said:
        place = word.start()
        if not said.startswith("https://"):
            yield _link(source, place, f"the link in `{_plain(said)}` does not begin with https://", "write https://")
        elif _VALUE in said:
            yield _link(source, place, "this link has a variable in it", "write the whole link under `links:`")
        elif counting.links_in(said) != (said,):
            yield _link(source, place, f"`{said}` is not wholly a link", "put a space before what follows the link")
    elif "." in said and (seen := counting.loose_links(said.replace(_VALUE, " "))):
        place = word.start() + max(said.find(seen[0]), 0)
        yield _link(
            source, place, f"X makes a link of `{seen[0]}`", "write https:// before it, or a space after the dot"
        )


def _plain(said: str) -> str:
    return re.sub(f"{_VALUE}+", "…", said)


def _link(source: str, index: int, message: str, fix: str) -> templates.Problem:
    line, column = _at(source, index)
    return templates.Problem(line=line, column=column, code="link", message=message, fix=fix)


def _hidden(source: str) -> Iterator[templates.Problem]:
    for found in HIDDEN.finditer(source):
        line, column = _at(source, found.start())
        message = f"a character that nobody sees (U+{ord(found[0]):04X})"
        yield templates.Problem(line=line, column=column, code="hidden", message=message, fix="delete it")


def _template_mark(draft: Draft, campaign: Campaign, kind: Kind = Kind.TEXT) -> Mark:
    post = draft.post
    used = campaign.template(
        message=post.message, language=post.language, platform=post.platform, city=post.city, kind=kind
    )
    return campaign.mark(used.path if used else f"slots/{post.slot}")


def _fault(mark: Mark, code: str, message: str, fix: str) -> Fault:
    return Fault(
        file=mark.file,
        line=mark.line,
        column=mark.column,
        severity=Severity.ERROR,
        code=code,
        message=message,
        fix=fix,
    )


def _untranslated(drafts: Sequence[Draft], campaign: Campaign) -> Iterator[Fault]:
    written = sorted({template.message for template in campaign.templates})
    told = set()
    for draft in drafts:
        post = draft.post
        tongue = base(post.language) if post.message in written else ""
        if "text" not in draft.missing or (post.message, tongue) in told or _told(draft, campaign):
            continue
        told.add((post.message, tongue))
        if tongue:
            message = f"slot {post.slot} has no words in {tongue} ({campaign.cities[post.city].name})"
            fix = f"write messages/{tongue}/{post.message}.txt.j2"
            yield _fault(campaign.mark(f"slots/{post.slot}"), "translation", message, fix)
        else:
            near = difflib.get_close_matches(post.message, written, n=1)
            fix = (
                f'did you mean "{near[0]}"?' if near else f"write messages/{base(post.language)}/{post.message}.txt.j2"
            )
            message = f'no file holds the words of the message "{post.message}"'
            yield _fault(campaign.mark(f"slots/{post.slot}/message"), "translation", message, fix)


def _told(draft: Draft, campaign: Campaign) -> bool:
    """Whether the words are lacking because their file cannot be read or filled, which is told where it stands."""
    post = draft.post
    used = campaign.template(message=post.message, language=post.language, platform=post.platform, city=post.city)
    if used is not None:
        return bool(templates.compiled(used.source).problems)
    tags = (post.language, base(post.language))
    return any(f"messages/{tag}/{post.message}.txt.j2" in campaign.marks for tag in tags)


def _too_long(drafts: Sequence[Draft], campaign: Campaign) -> Iterator[Fault]:
    """Gaps do not count: what will stand there is not known yet."""
    told = set()
    for draft in drafts:
        if draft.length <= draft.limit:
            continue
        # a bracket of a gap weighs 2 on X: what is left is at most what the known words count
        size = draft.length - sum(len(gap) + 2 for gap in _GAP.findall(draft.text))
        mark = _template_mark(draft, campaign)
        spot = (mark, draft.post.city, draft.post.language, draft.account.platform)
        if size > draft.limit and spot not in told:
            told.add(spot)
            yield _fault(
                mark,
                "length",
                f"{size} characters in {campaign.cities[draft.post.city].name} ({draft.post.language}) on "
                f"{draft.post.account}, where {draft.limit} fit",
                "shorten the text, or give this city or platform a text of its own",
            )


def _equal(drafts: Sequence[Draft], campaign: Campaign) -> Iterator[Fault]:
    """Gaps of two cities may yet be filled with different words; those of one city will not."""
    window = campaign.pacing.duplicate_window
    before: dict[tuple[str, ...], Draft] = {}
    # an answer goes to one person, whom the network puts before its words
    posts = [draft for draft in drafts if draft.post.person is None]
    for draft in sorted(posts, key=lambda draft: (draft.post.due or _ALWAYS, draft.key)):
        city = draft.post.city if _GAP.search(draft.text) else ""
        said = (draft.account.platform, draft.account.remote, draft.text, city)
        other = before.get(said)
        if other is not None and "text" not in draft.missing and _near(other, draft, window):
            yield _fault(
                _template_mark(draft, campaign),
                "duplicate",
                f"{draft.key} says the same as {other.key}, on one account within {window.days} days",
                "let the words differ, or leave one of the two out",
            )
        before[said] = draft


def _near(one: Draft, other: Draft, window: timedelta) -> bool:
    """Whether two drafts may go out within the window; a called one may go out at any time."""
    if one.post.due is None or other.post.due is None:
        return True
    return other.post.due - one.post.due < window


def _long_alts(drafts: Sequence[Draft], campaign: Campaign) -> Iterator[Fault]:
    for draft in drafts:
        post = draft.post
        for lacking in draft.missing:
            if lacking.startswith("alt text") and " of at most " in lacking:
                yield _fault(
                    _template_mark(draft, campaign, Kind.ALT),
                    "alt-length",
                    f"{campaign.cities[post.city].name} ({post.language}) on {post.platform} needs an {lacking}",
                    "shorten the alt text",
                )
