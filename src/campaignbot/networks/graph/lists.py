"""Lists and their paging: cursors, time windows, summaries."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from campaignbot.networks.graph import asked, refusals, tables
from campaignbot.networks.graph.world import Comment, Quirks, Story

MOST: Final = 100
USUAL: Final = 25
_START: Final = "start"

Node = TypeVar("Node", Comment, Story)


@dataclass(frozen=True, kw_only=True)
class Window:
    """Which part of a list is asked for."""

    limit: int
    after: str | None
    before: str | None
    since: datetime | None
    until: datetime | None
    summary: bool

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies inside."""
        return (self.since is None or at >= self.since) and (self.until is None or at <= self.until)


def window(given: Mapping[str, str]) -> Window:
    """Read the parameters of a list; raises Refusal 100."""
    text = given.get("limit", str(USUAL))
    if not (text.isascii() and text.isdigit()) or int(text) > MOST:
        raise refusals.bad(f"Param limit must be a number between 0 and {MOST}")
    if given.get("summary", "false") not in ("true", "false", "1", "0", "total_count", "order", "can_comment"):
        raise refusals.bad("Param summary is not valid")
    since, until = given.get("since"), given.get("until")
    return Window(
        limit=int(text),
        after=given.get("after"),
        before=given.get("before"),
        since=None if since is None else asked.moment(since, "since"),
        until=None if until is None else asked.moment(until, "until"),
        summary=given.get("summary", "false") not in ("false", "0"),
    )


def page(
    nodes: Sequence[Node],
    wanted: Window,
    quirks: Quirks,
    *,
    show: Callable[[Node], dict[str, Any]],
    address: Callable[[Mapping[str, str]], str],
) -> dict[str, Any]:
    """One page of a list that is already in order; `address` makes the URL of another page of it."""
    start, end = _bounds([node.id for node in nodes], wanted, quirks)
    if quirks.empty_pages and wanted.after is None and nodes and wanted.limit:
        cursors = {"before": _cursor(_START), "after": _cursor(_START)}
        return {"data": [], "paging": {"cursors": cursors, "next": address({"after": cursors["after"]})}}
    shown = nodes[start:end]
    if not shown:
        return {"data": []}
    cursors = {"before": _cursor(shown[0].id), "after": _cursor(shown[-1].id)}
    paging: dict[str, Any] = {"cursors": cursors}
    if end < len(nodes):
        paging["next"] = address({"after": cursors["after"]})
    if start > 0:
        paging["previous"] = address({"before": cursors["before"]})
    return {"data": [show(node) for node in shown], "paging": paging}


def _bounds(ids: Sequence[str], wanted: Window, quirks: Quirks) -> tuple[int, int]:
    if wanted.after is not None:
        start = _place(ids, wanted.after, "after") + 1
        if quirks.longest_walk is not None and start >= quirks.longest_walk:
            raise refusals.bad("After Cursor specified exceeds the max limit supported by this endpoint")
        return start, min(start + wanted.limit, len(ids))
    if wanted.before is not None:
        end = _place(ids, wanted.before, "before")
        return max(0, end - wanted.limit), end
    return 0, min(wanted.limit, len(ids))


def _place(ids: Sequence[str], cursor: str, name: str) -> int:
    try:
        number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().removeprefix("c:")
    except ValueError as error:
        raise refusals.bad(f"Invalid {name} cursor") from error
    if number == _START:
        return -1
    if number not in ids:
        raise refusals.bad(f"Invalid {name} cursor")
    return ids.index(number)


def _cursor(number: str) -> str:
    return base64.urlsafe_b64encode(f"c:{number}".encode()).decode().rstrip("=")


def comments(
    all_of_them: Sequence[Comment], given: Mapping[str, str], wanted: Window, quirks: Quirks, *, under: str | None
) -> tuple[list[Comment], str]:
    """The comments that are asked for, in the order that is given (not always the one asked), and that order's name.

    `under` is a top-level comment; None is the post itself.
    """
    kept = given.get("filter", "toplevel")
    if kept not in ("toplevel", "stream"):
        raise refusals.bad("Param filter must be one of {toplevel, stream}")
    order = given.get("order", "chronological")
    if order not in ("chronological", "reverse_chronological"):
        raise refusals.bad("Param order must be one of {chronological, reverse_chronological}")
    found = [
        comment
        for comment in all_of_them
        if wanted.holds(comment.at) and (comment.parent == under or (under is None and kept == "stream"))
    ]
    found.sort(key=lambda comment: (comment.at, comment.id), reverse=order == "reverse_chronological")
    if quirks.ranked:
        found.sort(key=lambda comment: hashlib.sha256(comment.id.encode()).digest())
        order = "ranked"
    return found, order


LISTS: Final = {"feed": tables.FEED, "published_posts": tables.FEED, "scheduled_posts": tables.LIST}
