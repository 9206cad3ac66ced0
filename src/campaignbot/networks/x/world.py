"""What X keeps: users, posts, media; ids that grow with time."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from campaignbot.networks.x import text as text_module

EPOCH_MS = 1288834974657
PER_MS = 1 << 22


@dataclass(frozen=True, kw_only=True)
class StoredPost:
    """A post as its author sent it; `at` is UTC."""

    id: str
    text: str
    at: datetime
    reply_to: str | None
    alt_texts: tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody on X."""

    id: int
    handle: str
    name: str
    since: datetime


@dataclass(kw_only=True)
class Media:
    """An uploaded picture; good for one author until it expires."""

    id: int
    owner: int
    category: str
    mime: str
    size: int
    pixels: tuple[int, int] | None
    expires: datetime
    alt: str | None = None
    segments: dict[int, bytes] = field(default_factory=dict)
    ready: bool = True

    @property
    def key(self) -> str:
        """Its media key: 3 is a photo."""
        return f"3_{self.id}"


@dataclass(frozen=True, kw_only=True)
class Post:
    """One post. `sent` is what its author typed, `shown` has leading mentions and t.co links, not yet escaped."""

    id: int
    author: User
    sent: str
    shown: str
    links: tuple[text_module.Link, ...]
    at: datetime
    visible_at: datetime
    conversation: int
    parent: int | None
    parent_author: int | None
    mentions: tuple[int, ...]
    typed_mentions: frozenset[int]
    media: tuple[Media, ...] = ()


def snowflake(at: datetime, number: int) -> int:
    """The id for this moment (UTC); `number` tells apart what falls into the same millisecond."""
    return (int(at.timestamp() * 1000) - EPOCH_MS) * PER_MS + number % PER_MS


def _with_picture(shown: str, author: User, number: int) -> tuple[str, text_module.Link]:
    """The text with the link to its pictures at its end, which X adds by itself."""
    address = f"https://x.com/{author.handle}/status/{number}/photo/1"
    short = text_module.t_co(address)
    shown = f"{shown} {short}".lstrip()
    display = f"pic.x.com/{short.rpartition('/')[2]}"
    return shown, text_module.Link(len(shown) - len(short), len(shown), short, address, display)


class World:
    """Everything on X. Not thread-safe by itself: the network holds the lock."""

    def __init__(self) -> None:
        self.users: dict[int, User] = {}
        self.posts: dict[int, Post] = {}
        self.media: dict[int, Media] = {}
        self._handles: dict[str, int] = {}
        self._by_author: dict[int, list[int]] = {}
        self._by_mention: dict[int, list[int]] = {}
        self._by_conversation: dict[int, list[int]] = {}
        self._children: dict[int, int] = {}
        self._said: dict[tuple[int, str, int | None], datetime] = {}
        self._numbers = itertools.count(1)

    def number(self, at: datetime) -> int:
        """A new id."""
        return snowflake(at, next(self._numbers))

    def join(self, handle: str, *, name: str, at: datetime) -> User:
        """A new user; raises ValueError where the handle is taken."""
        if handle.lower() in self._handles:
            message = f"there is already a user @{handle}"
            raise ValueError(message)
        user = User(id=1_500_000_000_000_000_000 + len(self.users) + 1, handle=handle, name=name, since=at)
        self.users[user.id] = user
        self._handles[handle.lower()] = user.id
        self._by_author[user.id] = []
        self._by_mention[user.id] = []
        return user

    def user(self, handle: str) -> User | None:
        """The user of this handle, in any case of letters."""
        found = self._handles.get(handle.lower())
        return None if found is None else self.users[found]

    def add(
        self,
        author: User,
        text: str,
        *,
        at: datetime,
        visible_at: datetime,
        parent: Post | None = None,
        media: Sequence[Media] = (),
        without: frozenset[int] = frozenset(),
    ) -> Post:
        """Store a post; a reply leads with its parent's author and those whom the parent mentions."""
        leading = self._leading(author, text, parent=parent, without=without)
        led = "".join(f"@{self.users[who].handle} " for who in leading) + text
        number = self.number(at)
        shown, links = text_module.shorten(led)
        if media:
            shown, picture = _with_picture(shown, author, number)
            links = (*links, picture)
        typed = frozenset(
            found.id for handle in text_module.MENTION.findall(text) if (found := self.user(handle)) is not None
        )
        post = Post(
            id=number,
            author=author,
            sent=text,
            shown=shown,
            links=links,
            at=at,
            visible_at=visible_at,
            conversation=parent.conversation if parent else number,
            parent=parent.id if parent else None,
            parent_author=parent.author.id if parent else None,
            mentions=tuple(sorted({*leading, *typed} - {author.id})),
            typed_mentions=typed,
            media=tuple(media),
        )
        self._file(post)
        return post

    def _leading(self, author: User, text: str, *, parent: Post | None, without: frozenset[int]) -> tuple[int, ...]:
        if parent is None:
            return ()
        already = {handle.lower() for handle in text_module.MENTION.findall(text)}
        found: list[int] = []
        for who in (parent.author.id, *parent.mentions):
            typed = self.users[who].handle.lower() in already
            if who != author.id and who not in found and who not in without and not typed:
                found.append(who)
        return tuple(found)

    def _file(self, post: Post) -> None:
        self.posts[post.id] = post
        said = (post.author.id, post.sent, post.parent_author)
        self._said[said] = max(post.at, self._said.get(said, post.at))
        bisect.insort(self._by_author[post.author.id], post.id)
        for who in post.mentions:
            bisect.insort(self._by_mention[who], post.id)
        bisect.insort(self._by_conversation.setdefault(post.conversation, []), post.id)
        if post.parent is not None:
            self._children[post.parent] = self._children.get(post.parent, 0) + 1

    def remove(self, post: Post) -> None:
        """Delete a post."""
        del self.posts[post.id]
        self._said.pop((post.author.id, post.sent, post.parent_author), None)
        self._by_author[post.author.id].remove(post.id)
        for who in post.mentions:
            self._by_mention[who].remove(post.id)
        self._by_conversation[post.conversation].remove(post.id)
        if post.parent is not None:
            self._children[post.parent] -= 1

    def authored(self, user: int) -> Sequence[int]:
        """The ids of a user's posts, ascending."""
        return self._by_author[user]

    def mentioning(self, user: int) -> Sequence[int]:
        """The ids of the posts that mention a user, ascending."""
        return self._by_mention[user]

    def conversation(self, root: int) -> Sequence[int]:
        """The ids of a conversation's posts, ascending."""
        return self._by_conversation.get(root, ())

    def last_said(self, author: User, text: str, *, to: int | None) -> datetime | None:
        """When this author last posted exactly this, to that user or to nobody (None)."""
        return self._said.get((author.id, text, to))

    def reply_count(self, post: int) -> int:
        """How many replies a post has."""
        return self._children.get(post, 0)
