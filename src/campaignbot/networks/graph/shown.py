"""How the Graph API shows what it keeps: only the fields that were asked for, and always the id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from campaignbot.networks.graph import asked, lists, refusals, tables
from campaignbot.networks.graph.tokens import Token
from campaignbot.networks.graph.world import Author, Comment, Page, Picture, Quirks, Story, World

PRIVATE_REPLY: Final = timedelta(days=7)
SITE: Final = "https://www.facebook.com"


def moment(at: datetime) -> str:
    """The Graph API's form of an instant."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything that showing needs: the world, who looks, when, and `address`: the URL of a path with a query."""

    world: World
    token: Token
    now: datetime
    quirks: Quirks
    address: Callable[[str, Mapping[str, str]], str]

    def owns(self, page: str) -> bool:
        """Whether the one who looks is this Page."""
        return self.token.kind == "PAGE" and self.token.holder == page

    def page(self, page: Page, fields: Iterable[asked.Field] | None) -> dict[str, Any]:
        """A Page."""
        known: dict[str, Any] = {
            "id": page.id,
            "name": page.name,
            "category": "Nonprofit organization",
            "link": f"{SITE}/{page.id}",
            "is_published": True,
            "fan_count": 0,
            "followers_count": 0,
            "has_transitioned_to_new_page_experience": True,
        }
        if self.owns(page.id):
            known["access_token"] = self.token.text
        return _pick(known, {}, fields, tables.PAGE_DEFAULT, tables.PAGE_FIELDS, "Page")

    def story(self, story: Story, fields: Iterable[asked.Field] | None) -> dict[str, Any]:
        """A post."""
        page = self.world.pages[story.page]
        known: dict[str, Any] = {
            "id": story.id,
            "message": story.text or None,
            "created_time": moment(story.at),
            "updated_time": moment(story.updated),
            "permalink_url": f"{SITE}/{story.page}/posts/{story.number}",
            "is_published": story.published,
            "is_hidden": False,
            "is_expired": False,
            "status_type": "added_photos"
            if story.pictures
            else "shared_story"
            if story.link
            else "mobile_status_update",
            "scheduled_publish_time": None if story.scheduled is None else int(story.scheduled.timestamp()),
            "promotable_id": story.id,
            "can_reply_privately": False,
            "application": {"name": "campaign", "id": "1000000000000001"},
        }
        parts: dict[str, Callable[[asked.Field], Any]] = {
            "from": lambda field: _person(Author(id=page.id, name=page.name), field),
            "comments": lambda field: self.comments(story, None, field.modifiers, field.inner),
            "attachments": lambda _field: _attachments(story),
            "likes": lambda field: _nobody(field.modifiers),
            "reactions": lambda field: _nobody(field.modifiers),
        }
        for field in fields or ():
            if field.name in tables.POST_REMOVED:
                raise refusals.refusal(
                    12,
                    "(#12) deprecate_post_aggregated_fields_for_attachement is deprecated for versions v3.3 and higher",
                )
        legal = tables.POST_FIELDS | tables.POST_EDGES
        return _pick(known, parts, fields, tables.POST_DEFAULT, legal, "Post")

    def comment(self, comment: Comment, fields: Iterable[asked.Field] | None) -> dict[str, Any]:
        """A comment."""
        story = self.world.stories[comment.post]
        ours = comment.author.id == story.page
        below = [each for each in story.comments if each.parent == comment.id]
        known: dict[str, Any] = {
            "id": comment.id,
            "message": comment.text,
            "created_time": moment(comment.at),
            "comment_count": len(below),
            "like_count": 0,
            "user_likes": False,
            "is_hidden": comment.hidden,
            "is_private": False,
            "permalink_url": f"{SITE}/{story.page}/posts/{story.number}?comment_id={comment.id.partition('_')[2]}",
            "can_reply_privately": not ours and self.now - comment.at < PRIVATE_REPLY,
            "can_comment": True,
            "can_hide": not ours,
            "can_like": True,
            "can_remove": True,
        }
        parts: dict[str, Callable[[asked.Field], Any]] = {
            "from": lambda field: None if comment.from_hidden else _person(comment.author, field),
            "parent": lambda field: self._parent(comment, field),
            "object": lambda field: self.story(story, field.inner),
            "comments": lambda field: self.comments(story, comment, field.modifiers, field.inner),
            "likes": lambda field: _nobody(field.modifiers),
            "reactions": lambda field: _nobody(field.modifiers),
        }
        legal = tables.COMMENT_FIELDS | tables.COMMENT_EDGES
        return _pick(known, parts, fields, tables.COMMENT_DEFAULT, legal, "Comment")

    def _parent(self, comment: Comment, field: asked.Field) -> dict[str, Any] | None:
        return None if comment.parent is None else self.comment(self.world.comments[comment.parent], field.inner)

    def picture(self, picture: Picture, fields: Iterable[asked.Field] | None) -> dict[str, Any]:
        """A photo."""
        page = self.world.pages[picture.page]
        known: dict[str, Any] = {
            "id": picture.id,
            "name": picture.caption or None,
            "created_time": moment(picture.at),
            "updated_time": moment(picture.at),
            "link": f"{SITE}/photo.php?fbid={picture.id}",
            "page_story_id": picture.story,
            "alt_text": picture.alt or "May be an image.",
            "alt_text_custom": picture.alt,
        }
        if picture.pixels is not None:
            known |= {"width": picture.pixels[0], "height": picture.pixels[1]}
        parts: dict[str, Callable[[asked.Field], Any]] = {
            "from": lambda field: _person(Author(id=page.id, name=page.name), field)
        }
        return _pick(known, parts, fields, tables.PHOTO_DEFAULT, tables.PHOTO_FIELDS, "Photo")

    def comments(
        self,
        story: Story,
        under: Comment | None,
        given: Mapping[str, str],
        fields: Iterable[asked.Field] | None,
    ) -> dict[str, Any]:
        """The comments of a post, or the answers to a comment. Anybody but its Page gets nothing, and no error."""
        fields = None if fields is None else tuple(fields)
        for name in given:
            if name not in tables.COMMENTS | tables.FRAMEWORK:
                raise refusals.bad(f"Unknown or not simulated parameter: {name}")
        wanted = lists.window(given)
        visible = [comment for comment in story.comments if comment.visible_at <= self.now]
        found, order = lists.comments(
            visible, given, wanted, self.quirks, under=None if under is None else (under.parent or under.id)
        )
        path = f"{story.id if under is None else under.id}/comments"
        body = lists.page(
            found if self.owns(story.page) else [],
            wanted,
            self.quirks,
            show=lambda comment: self.comment(comment, fields),
            address=lambda other: self.address(path, _next(given, fields, other)),
        )
        if wanted.summary:
            body["summary"] = {"order": order, "total_count": len(found), "can_comment": True}
        return body

    def stories(
        self, stories: list[Story], path: str, given: Mapping[str, str], fields: Iterable[asked.Field] | None
    ) -> dict[str, Any]:
        """A list of posts, newest first."""
        fields = None if fields is None else tuple(fields)
        wanted = lists.window(given)
        inside = [story for story in reversed(stories) if wanted.holds(story.at)]
        return lists.page(
            sorted(inside, key=lambda story: story.at, reverse=True),
            wanted,
            self.quirks,
            show=lambda story: self.story(story, fields),
            address=lambda other: self.address(path, _next(given, fields, other)),
        )


def _next(given: Mapping[str, str], fields: Iterable[asked.Field] | None, cursor: Mapping[str, str]) -> dict[str, str]:
    kept = {name: text for name, text in given.items() if name not in ("after", "before")}
    named = {} if fields is None else {"fields": asked.written(fields)}
    return kept | named | dict(cursor)


def _pick(
    known: Mapping[str, Any],
    parts: Mapping[str, Callable[[asked.Field], Any]],
    fields: Iterable[asked.Field] | None,
    usual: tuple[str, ...],
    legal: frozenset[str],
    node: str,
) -> dict[str, Any]:
    chosen = [asked.Field(name, {}, None) for name in usual] if fields is None else list(fields)
    body: dict[str, Any] = {}
    for field in chosen:
        if field.name not in legal:
            raise refusals.no_such_field(field.name, node)
        value = parts[field.name](field) if field.name in parts else known.get(field.name)
        if value is not None:
            body[field.name] = value
    return body | {"id": known["id"]}


def _person(author: Author, field: asked.Field) -> dict[str, Any]:
    known = {"name": author.name, "id": author.id}
    return _pick(known, {}, field.inner, ("name", "id"), tables.PERSON_FIELDS, "User")


def _nobody(modifiers: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {"data": []}
    if modifiers.get("summary") in ("true", "1", "total_count"):
        body["summary"] = {"total_count": 0}
    return body


def _attachments(story: Story) -> dict[str, Any] | None:
    if story.link is not None:
        return {"data": [{"type": "share", "url": story.link, "unshimmed_url": story.link}]}
    if not story.pictures:
        return None
    shown = [
        {"type": "photo", "target": {"id": picture.id}, "url": f"{SITE}/photo.php?fbid={picture.id}"}
        for picture in story.pictures
    ]
    return {"data": shown}
