"""Which node and edge a path names, and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campaignbot.networks import exchange
from campaignbot.networks.graph import asked, lists, refusals, shown, tables, tokens, writing
from campaignbot.networks.graph.world import Comment, Page, Picture, Story


def answer(
    request: exchange.Request, path: tuple[str, ...], given: asked.Parameters, view: shown.View, gate: tokens.Gate
) -> dict[str, Any]:
    """The body of the answer to a call by a known token; raises Refusal."""
    if path == ("debug_token",) and request.method == "GET":
        given.only(frozenset({"input_token"}))
        return gate.describe(given.text("input_token"), now=view.now)
    if path == ("me", "accounts") and view.token.kind == "USER":
        return _accounts(view, given)
    if not 1 <= len(path) <= 2:
        raise refusals.unknown_path("/".join(path))
    number = view.token.holder if path[0] == "me" else path[0]
    edge = path[1] if len(path) == 2 else ""
    return _on_node(request, number, edge, given, view)


def _accounts(view: shown.View, given: asked.Parameters) -> dict[str, Any]:
    given.only(tables.PAGING)
    pages = [view.world.pages[number] for number in view.token.pages]
    shown_pages = [
        {"id": page.id, "name": page.name, "category": "Nonprofit organization", "tasks": list(tables.TASKS)}
        for page in pages
    ]
    return {"data": shown_pages}


def _on_node(
    request: exchange.Request, number: str, edge: str, given: asked.Parameters, view: shown.View
) -> dict[str, Any]:
    world = view.world
    act = request.method, edge
    if number in world.pages:
        return _on_page(act, world.pages[number], given, view, request)
    if number in world.stories and _visible(world.stories[number], view):
        return _on_story(act, world.stories[number], given, view, request)
    if number in world.comments and view.owns(world.stories[world.comments[number].post].page):
        return _on_comment(act, world.comments[number], given, view, request)
    if number in world.pictures:
        return _on_picture(act, world.pictures[number], given, view)
    if view.token.kind == "USER" and number == view.token.holder and act == ("GET", ""):
        given.only(frozenset())
        return {"name": "An Organiser", "id": number}
    raise refusals.not_there(number, method=request.method)


def _visible(story: Story, view: shown.View) -> bool:
    return story.published or view.owns(story.page)


def _on_page(
    act: tuple[str, str], page: Page, given: asked.Parameters, view: shown.View, request: exchange.Request
) -> dict[str, Any]:
    at, indexed_after = view.now, request.indexed_after
    if act == ("GET", ""):
        given.only(frozenset())
        return view.page(page, given.fields())
    if act == ("POST", "feed"):
        return writing.feed(view, page, given, at=at, indexed_after=indexed_after)
    if act == ("POST", "photos"):
        return writing.photo(view, page, given, at=at, indexed_after=indexed_after)
    if act[0] == "GET" and act[1] in lists.LISTS:
        given.only(lists.LISTS[act[1]])
        _may_read(view, page)
        chosen = [story for story in page.stories if _listed(story, act[1], now=view.now)]
        kept = {name: text for name, text in given.given.items() if name in tables.LIST}
        return view.stories(chosen, f"{page.id}/{act[1]}", kept, given.fields())
    raise _no_edge(act, page.id, "Page")


def _on_story(
    act: tuple[str, str], story: Story, given: asked.Parameters, view: shown.View, request: exchange.Request
) -> dict[str, Any]:
    if act == ("GET", ""):
        given.only(frozenset())
        return view.story(story, given.fields())
    if act == ("GET", "comments"):
        return _comments(story, None, given, view)
    if act == ("POST", "comments"):
        return writing.comment(view, story, None, given, at=view.now, indexed_after=request.indexed_after)
    if act == ("DELETE", ""):
        return writing.delete(view, story, request)
    raise _no_edge(act, story.id, "Post")


def _on_comment(
    act: tuple[str, str], comment: Comment, given: asked.Parameters, view: shown.View, request: exchange.Request
) -> dict[str, Any]:
    story = view.world.stories[comment.post]
    if act == ("GET", ""):
        given.only(frozenset())
        return view.comment(comment, given.fields())
    if act == ("POST", ""):
        return writing.update_comment(view, comment, given)
    if act == ("GET", "comments"):
        return _comments(story, comment, given, view)
    if act == ("POST", "comments"):
        return writing.comment(view, story, comment, given, at=view.now, indexed_after=request.indexed_after)
    if act == ("DELETE", ""):
        return writing.delete(view, comment, request)
    raise _no_edge(act, comment.id, "Comment")


def _on_picture(act: tuple[str, str], picture: Picture, given: asked.Parameters, view: shown.View) -> dict[str, Any]:
    if act != ("GET", ""):
        raise _no_edge(act, picture.id, "Photo")
    given.only(frozenset())
    return view.picture(picture, given.fields())


def _comments(story: Story, under: Comment | None, given: asked.Parameters, view: shown.View) -> dict[str, Any]:
    given.only(tables.COMMENTS)
    if view.token.kind == "PAGE" and not view.token.may(tables.READ_USER_CONTENT):
        raise _unread(tables.READ_USER_CONTENT)
    kept = {name: text for name, text in given.given.items() if name in tables.COMMENTS}
    return view.comments(story, under, kept, given.fields())


def _listed(story: Story, edge: str, *, now: datetime) -> bool:
    if story.visible_at > now:
        return False
    if edge == "published_posts":
        return story.published
    return story.scheduled is not None if edge == "scheduled_posts" else True


def _may_read(view: shown.View, page: Page) -> None:
    allowed = page.id in view.token.pages and view.token.may(tables.READ_ENGAGEMENT)
    if not allowed:
        raise _unread(tables.READ_ENGAGEMENT)


def _unread(scope: str) -> refusals.Refusal:
    return refusals.refusal(
        10,
        f"(#10) This endpoint requires the '{scope}' permission or the 'Page Public Content Access' feature. Refer to"
        " https://developers.facebook.com/docs/apps/review/login-permissions#manage-pages for details.",
    )


def _no_edge(act: tuple[str, str], number: str, node: str) -> refusals.Refusal:
    method, edge = act
    if edge and method == "GET":
        return refusals.no_such_field(edge, node)
    return refusals.not_there(number, method=method)
