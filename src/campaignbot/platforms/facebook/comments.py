"""The comments under a Page's posts: which posts have new ones, and what they say."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.model.delivery import Receipt
from campaignbot.model.reply import Cursor, Page, Reply
from campaignbot.platforms import base
from campaignbot.platforms.facebook import answers, line

T = TypeVar("T")

PAGE_SIZE = 100
LIST_PAGES = 10
COMMENT_PAGES = 50
#: What we ask of comments, and how many at once: a field that Graph does not know, or too much of everything, spoils
#: the whole call; then we ask for less.
LADDER = (
    ("id,message,created_time,from{id,name},parent{id}", 100),
    ("id,message,created_time,from{id,name}", 25),
    ("id,message,created_time", 25),
)
#: What `since` means for edits is not documented, so that much is read again.
OVERLAP = timedelta(minutes=10)
#: All comments of a post again, whatever Facebook says of changes.
RESCAN = timedelta(days=1)
#: A post that the Page's list does not show is asked by itself, this often.
UNLISTED = timedelta(hours=1)
#: The mark of a post with more comments than one call reads: the next goes on where this one ended.
CUT = "cut"


@dataclass(frozen=True, slots=True)
class _Known:
    """How far the comments of one post have been read."""

    mark: str  #: Facebook's time and count of the last change; empty where its list does not show the post
    read: datetime  #: when we last looked
    seen: datetime | None  #: when the newest comment was written

    def due(self, mark: str, *, now: datetime) -> bool:
        """Whether to look again: something changed, or nobody would tell us."""
        if self.mark == CUT:
            return True
        return mark != self.mark if mark else now - self.read >= UNLISTED

    def since(self) -> datetime | None:
        """From when on to read; None: from the start."""
        # what was cut goes on at that very second: with an overlap it might not come any further
        return self.seen if self.seen is None or self.mark == CUT else self.seen - OVERLAP


@dataclass(frozen=True, slots=True)
class _Read:
    """How far the account has been read; travels as the Cursor."""

    scanned: datetime  #: when all comments were last read from the start
    posts: Mapping[str, _Known] = field(default_factory=dict)

    @classmethod
    def parsed(cls, cursor: Cursor) -> "_Read":
        kept = json.loads(cursor)
        posts = {
            post: _Known(mark, base.parsed_time(read), base.parsed_time(seen) if seen else None)
            for post, (mark, read, seen) in kept["posts"].items()
        }
        return cls(base.parsed_time(kept["scanned"]), posts)

    def cursor(self) -> Cursor:
        posts = {
            post: [known.mark, known.read.isoformat(), known.seen.isoformat() if known.seen else None]
            for post, known in self.posts.items()
        }
        return Cursor(json.dumps({"scanned": self.scanned.isoformat(), "posts": posts}))


@dataclass(frozen=True, slots=True)
class Comments:
    """What people write under one Page's posts."""

    account: Account
    speaks: line.Line

    def read(self, to: Sequence[Receipt], *, after: Cursor | None, now: datetime) -> Page:
        """As `Platform.replies`."""
        before = _Read.parsed(after) if after else _Read(now)
        scan = now - before.scanned >= RESCAN
        marks = self._marks(to)
        # what a scan does not come to is read from its start the next time
        known, replies, complete = {} if scan else dict(before.posts), list[Reply](), True
        read, failed = 0, None
        for post in (receipt.id for receipt in to):
            last, (mark, _) = before.posts.get(post), marks.get(post, ("", 0))
            if last and not scan and not last.due(mark, now=now):
                continue
            try:
                fresh, whole = self._under(post, since=None if scan or last is None else last.since())
            except (errors.TryLater, errors.Refused) as error:
                # one post that Facebook cannot show must not hide the others; silence, or too much, is about all
                failed, complete = failed or error, False
                if self.speaks.answer is None or (isinstance(error, errors.TryLater) and error.account_wide):
                    break
                continue
            read += 1
            replies += fresh
            complete = complete and whole
            seen = None if last is None or scan else last.seen
            newest = max((reply.at for reply in fresh), default=seen)
            known[post] = _Known(mark if whole or not _goes_on(fresh, seen) else CUT, now, newest)
        if failed and not read:
            raise failed
        return Page(
            replies=tuple(replies),
            cursor=_Read(now if scan else before.scanned, known).cursor(),
            complete=complete,
            claimed_total=sum(count for _, count in marks.values()) if marks else None,
        )

    def _marks(self, to: Sequence[Receipt]) -> dict[str, tuple[str, int]]:
        """By post: a mark that differs after each comment, and how many comments Facebook counts."""
        if not to:
            return {}
        posts, _ = published(
            self.speaks,
            str(self.account.page),
            _marked,
            fields="id,updated_time,comments.limit(0).summary(true).filter(stream)",
            since=min(receipt.at for receipt in to) - RESCAN,
        )
        wanted = {receipt.id for receipt in to}
        return {post: marked for post, marked in posts if post in wanted}

    def _under(self, post: str, *, since: datetime | None) -> tuple[list[Reply], bool]:
        """The comments under one post, at all depths, and whether these are all. A post that is gone has none."""
        for fields, size in LADDER[:-1]:
            try:
                return self._asked(post, since=since, fields=fields, size=size)
            except errors.PlatformError:
                if answers.gone(self.speaks.answer):
                    return [], True
                if not answers.asks_for_less(self.speaks.answer):
                    raise
        fields, size = LADDER[-1]
        return self._asked(post, since=since, fields=fields, size=size)

    def _asked(self, post: str, *, since: datetime | None, fields: str, size: int) -> tuple[list[Reply], bool]:
        comments, whole = self.speaks.pages(
            lambda graph, after: graph.get_connections(
                post,
                "comments",
                filter="stream",
                order="chronological",
                summary=True,
                fields=fields,
                since=int(since.timestamp()) if since else None,
                limit=size,
                after=after,
            ),
            lambda comment: self._reply(comment, root=post),
            cap=COMMENT_PAGES,
        )
        # the two forms of a comment's id end alike
        return list({comment.id.rpartition("_")[2]: comment for comment in comments}.values()), whole

    def _reply(self, comment: Mapping[str, Any], *, root: str) -> Reply:
        # who wrote it may be hidden from us
        author = comment.get("from") or {}
        return Reply(
            account=self.account.id,
            platform="facebook",
            id=line.whole_id(comment["id"]),
            author=str(author.get("id") or ""),
            handle=author.get("name"),
            text=str(comment.get("message") or ""),
            at=base.parsed_time(comment["created_time"]),
            root=root,
            by_us=author.get("id") == self.account.page,
        )


def _goes_on(fresh: Sequence[Reply], seen: datetime | None) -> bool:
    """Whether reading on from the newest of these comes further, and leaves nothing out: where Facebook ranks them, it
    would."""
    times = [reply.at for reply in fresh]
    return bool(times) and times == sorted(times) and (seen is None or times[-1] > seen)


def published(
    speaks: line.Line, page: str, read: Callable[[dict[str, Any]], T], *, fields: str, since: datetime
) -> tuple[list[T], bool]:
    """What `read` makes of the Page's posts since then, and whether that was all."""
    return speaks.pages(
        lambda graph, after: graph.get_connections(
            page, "published_posts", fields=fields, since=int(since.timestamp()), limit=PAGE_SIZE, after=after
        ),
        read,
        cap=LIST_PAGES,
    )


def _marked(post: Mapping[str, Any]) -> tuple[str, tuple[str, int]]:
    """A post's id, and its mark and count."""
    count = int(post.get("comments", {}).get("summary", {}).get("total_count", 0))
    return line.whole_id(post["id"]), (f"{post.get('updated_time')} {count}", count)
