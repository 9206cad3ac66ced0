"""The lines under `slots`: which message goes out when, and where."""

from datetime import timedelta
from typing import cast

from campaignbot.model.campaign import Answers, Ask, AtAction, AtInstant, Called, Edge, Late, OnDay, Slot, When
from campaignbot.stages.load import languages, section, tree, values

UNTIL = timedelta(hours=6)


def read(whole: section.Section) -> tuple[list[Slot], bool]:
    """The slots that can be used, and whether these are all that the file means to have."""
    rows = whole.node("slots")
    if not isinstance(rows, tree.Rows):
        mark = whole.mark if rows is None else rows.mark
        fix = 'add "slots:" and lines "- {id: …, message: …, when: …}"'
        whole.spoil(mark, values.Wrong("missing", '"slots" is not a list of slots', fix))
        return [], False
    found: list[Slot] = []
    seen: set[str] = set()
    for number, row in enumerate(rows.rows, start=1):
        if not isinstance(row, tree.Fields):
            whole.spoil(row.mark, values.Wrong("shape", "this is not a slot", 'write "- {id: …, message: …, when: …}"'))
            continue
        written = row.fields.get("id", (row.mark, row))[1]
        name = written.text if isinstance(written, tree.Text) and written.text else f"#{number}"
        path = f"slots/{name}"
        if name in seen:
            wrong = f"the slot {values.quoted(name)} stands twice"
            whole.spoil(written.mark, values.Wrong("duplicate-slot", wrong, "give one of them another id"))
            path = f"slots/#{number}"
        whole.book.marks[path] = row.mark
        slot = _slot(section.Section(row, path, whole.book))
        if slot and name not in seen:
            found.append(slot)
        seen.add(name)
    return found, len(found) == len(rows.rows)


def _slot(part: section.Section) -> Slot | None:
    slot = Slot(
        id=part.required("id", values.name),
        message=part.required("message", values.name),
        when=part.required("when", _called) if isinstance(part.node("when"), tree.Text | None) else _when(part),
        until=part.optional("until", _until, UNTIL),
        late=part.optional("late", values.member(Late), Late.SEND),
        armed=part.optional("armed", values.truth, False),
        ignores_quiet=part.optional("quiet", values.one_of("ignore"), None) is not None,
        needs=part.rows("needs", values.one_of("notice")) or (),
        cities=part.rows("cities", values.slug),
        languages=part.rows("languages", languages.either),
        accounts=part.rows("accounts", values.slug),
    )
    return slot if part.close() else None


_FORMS = (
    "{days_before: 7, at: 12:30}, {days_after: 1, at: 12:30}, {action: start}, {instant: 2026-12-01T12:00:00Z}, "
    "{answers: join}"
)


def _called(text: str) -> When:
    if text != "called":
        message = f"{values.quoted(text)} does not say when"
        raise values.Wrong("when", message, f"write called, or one of {_FORMS}")
    return Called()


def _when(part: section.Section) -> When:
    when = part.part("when", required=True)
    if when is None:
        return cast(When, None)  # the section is unsound now: see section.Section
    days = values.whole(0, 3660)
    before = when.optional("days_before", days, None)
    after = when.optional("days_after", days, None)
    at = when.optional("at", values.clock, None)
    edge = when.optional("action", values.member(Edge), None)
    instant = when.optional("instant", values.instant, None)
    ask = when.optional("answers", values.member(Ask), None)
    part.sound = when.close() and part.sound
    said = sum(value is not None for value in (before, after, at, edge, instant, ask))
    if before is not None and at is not None and said == 2:
        return OnDay(days=-before, at=at)
    if after is not None and at is not None and said == 2:
        return OnDay(days=after, at=at)
    if edge is not None and said == 1:
        return AtAction(edge=edge)
    if instant is not None and said == 1:
        return AtInstant(at=instant)
    if ask is not None and said == 1:
        return Answers(to=ask)
    if when.sound:
        mark = part.book.marks[f"{part.path}/when"]
        part.spoil(mark, values.Wrong("when", "this does not say one time", f"write called, or one of {_FORMS}"))
    return cast(When, None)  # likewise


def _until(text: str) -> timedelta | Edge:
    edges = {f"action.{edge}": edge for edge in Edge}
    if text in edges:
        return edges[text]
    try:
        return values.at_least(timedelta(seconds=1))(text)
    except values.Wrong as wrong:
        raise values.Wrong(wrong.code, wrong.message, f"{wrong.fix}; or action.start, action.end") from None
