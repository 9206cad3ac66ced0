"""What Facebook keeps here: Pages, posts, pictures, comments, people."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class StoredPost:
    """A post, or a Page's comment, as it was sent; `at` is UTC; `reply_to` is what a comment answers."""

    id: str
    text: str
    at: datetime
    reply_to: str | None
    alt_texts: tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class Quirks:
    """What the real one does now and then.

    `ranked`: comments come ranked whatever order was asked; `empty_pages`: the first page of a list is empty and has a
    next one; `longest_walk`: paging beyond so many entries is refused; `media_type`: what answers call themselves.
    """

    ranked: bool = False
    empty_pages: bool = False
    longest_walk: int | None = None
    media_type: str = "application/json; charset=UTF-8"


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who wrote a comment: a person by page-scoped id, or a Page."""

    id: str
    name: str


@dataclass(kw_only=True)
class Picture:
    """An uploaded photo."""

    id: str
    page: str
    caption: str
    alt: str | None
    at: datetime
    pixels: tuple[int, int] | None
    published: bool
    story: str | None = None


@dataclass(kw_only=True)
class Comment:
    """A comment on a post; `parent` is the top-level comment that it answers."""

    id: str
    post: str
    author: Author
    text: str
    at: datetime
    visible_at: datetime
    parent: str | None
    answers: str
    from_hidden: bool = False
    hidden: bool = False


@dataclass(kw_only=True)
class Story:
    """A post of a Page."""

    id: str
    page: str
    text: str
    link: str | None
    at: datetime
    visible_at: datetime
    published: bool
    scheduled: datetime | None = None
    updated: datetime
    pictures: list[Picture] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The second half of its id."""
        return self.id.partition("_")[2]


@dataclass(kw_only=True)
class Page:
    """A Page and its posts, oldest first; `usage` is the percentage of its calls that are used up."""

    id: str
    name: str
    stories: list[Story] = field(default_factory=list)
    last_said: tuple[str, str | None, tuple[str, ...]] | None = None
    usage: int = 0


class World:
    """All of it. Not thread-safe by itself: the network holds the lock."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.stories: dict[str, Story] = {}
        self.comments: dict[str, Comment] = {}
        self.pictures: dict[str, Picture] = {}
        self.people: dict[str, Author] = {}
        self._numbers = itertools.count(122100000000000001)

    def number(self) -> str:
        """A new number."""
        return str(next(self._numbers))

    def person(self, name: str) -> Author:
        """The person of this name, made on the first call."""
        if name not in self.people:
            self.people[name] = Author(id=str(24_000_000_000_000_001 + len(self.people)), name=name)
        return self.people[name]

    def publish(
        self,
        page: Page,
        *,
        text: str,
        link: str | None,
        at: datetime,
        visible_at: datetime,
        published: bool,
        scheduled: datetime | None,
        pictures: list[Picture],
    ) -> Story:
        """Store a post."""
        story = Story(
            id=f"{page.id}_{self.number()}",
            page=page.id,
            text=text,
            link=link,
            at=at,
            visible_at=visible_at,
            published=published,
            scheduled=scheduled,
            updated=at,
            pictures=pictures,
        )
        self.stories[story.id] = story
        page.stories.append(story)
        for picture in pictures:
            picture.story = story.id
        return story

    def comment(
        self,
        story: Story,
        author: Author,
        text: str,
        *,
        at: datetime,
        visible_at: datetime,
        parent: Comment | None,
        from_hidden: bool = False,
    ) -> Comment:
        """Store a comment; an answer to an answer hangs from the same top-level comment."""
        top = None if parent is None else (parent.parent or parent.id)
        comment = Comment(
            id=f"{story.number}_{self.number()}",
            post=story.id,
            author=author,
            text=text,
            at=at,
            visible_at=visible_at,
            parent=top,
            answers=story.id if parent is None else parent.id,
            from_hidden=from_hidden,
        )
        self.comments[comment.id] = comment
        story.comments.append(comment)
        story.updated = max(story.updated, at)
        return comment

    def remove_story(self, story: Story) -> None:
        """Delete a post and its comments."""
        del self.stories[story.id]
        self.pages[story.page].stories.remove(story)
        for comment in story.comments:
            del self.comments[comment.id]

    def remove_comment(self, comment: Comment) -> None:
        """Delete a comment and the answers to it."""
        story = self.stories[comment.post]
        for each in [each for each in story.comments if each is comment or each.parent == comment.id]:
            story.comments.remove(each)
            del self.comments[each.id]
