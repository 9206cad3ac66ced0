"""One account on X: what it says, what became of it, and what people answer."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.model.delivery import Receipt
from campaignbot.model.post import Draft, Limits, Shown
from campaignbot.model.reply import Check, Cursor, Page, Reply
from campaignbot.platforms import base, wire
from campaignbot.platforms.x import line, posts

PAGE_SIZE = 100
#: X gives 800 mentions and 3,200 posts at the most, and does not say that there were more; a conversation is searched
#: 7 days back.
MENTION_PAGES = 8
TIMELINE_PAGES = 32
SEARCH_PAGES = 10
SEARCHABLE = timedelta(days=7) - timedelta(minutes=5)
#: A mention may be indexed up to an hour late, so that much is read again.
OVERLAP = timedelta(minutes=60)
#: How many conversations one call searches: the rest waits for the next call, within the read limits.
SWEEP = 20

_WITH_AUTHORS: Mapping[str, Any] = {
    "max_results": PAGE_SIZE,
    "tweet_fields": posts.FIELDS,
    "expansions": ["author_id"],
    "user_fields": ["username"],
    "user_auth": True,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """How far the account has been read; travels as the Cursor."""

    seen: datetime  #: when the newest reply was written
    swept: datetime  #: when the last sweep began
    left: tuple[str, ...] = ()  #: conversations that it has yet to search

    @classmethod
    def parsed(cls, cursor: Cursor) -> "_Read":
        kept = json.loads(cursor)
        seen, swept = base.parsed_time(kept["seen"]), base.parsed_time(kept["swept"])
        return cls(seen=seen, swept=swept, left=tuple(kept["left"]))

    def cursor(self) -> Cursor:
        kept = {"seen": self.seen.isoformat(), "swept": self.swept.isoformat(), "left": list(self.left)}
        return Cursor(json.dumps(kept))


class X:
    """One account on X."""

    proves_absence = True

    def __init__(
        self,
        account: Account,
        *,
        limits: Limits,
        secrets: Mapping[str, str],
        clock: base.Clock,
        patience: base.Patience,
    ) -> None:
        self.limits = limits
        self._account, self._clock, self._patience = account, clock, patience
        self._line = line.Line(account, secrets=secrets, clock=clock, patience=patience)
        self._known_as: str | None = None

    def publish(self, draft: Draft, *, parent: Receipt | None, may_leave: base.MayLeave = base.always) -> Receipt:
        with self._line.asking(may_leave):
            return self._publish(draft, parent=parent)

    def _publish(self, draft: Draft, *, parent: Receipt | None) -> Receipt:
        self._me()
        media = [self._upload(picture) for picture in draft.pictures]
        post = self._line.say(
            lambda client: posts.whole_id(
                client.create_tweet(
                    text=draft.text,
                    media_ids=media or None,
                    in_reply_to_tweet_id=parent.id if parent else None,
                    user_auth=True,
                )["data"]["id"]
            )
        )
        return self._receipt(post, at=self._clock())

    def find(self, draft: Draft, *, since: datetime, parent: Receipt | None = None) -> tuple[Receipt, ...]:
        # X counts in whole seconds
        start = since.replace(microsecond=0)
        me, words = self._me(), base.fingerprint(draft.text)
        said, complete = self._line.pages(
            lambda client, more: client.get_users_tweets(
                me,
                start_time=start,
                max_results=PAGE_SIZE,
                pagination_token=more,
                tweet_fields=posts.FIELDS,
                user_auth=True,
            ),
            cap=TIMELINE_PAGES,
        )
        if not complete or len(said) >= TIMELINE_PAGES * PAGE_SIZE:
            raise errors.TryLater("X does not show this account's timeline far enough back")
        if parent is not None:
            said = [post for post in said if parent.id in post.answers[:1]]
        found = {post.id: post.at for post in said if post.at >= start and words in map(base.fingerprint, post.words())}
        return tuple(self._receipt(post, at=at) for post, at in found.items())

    def replies(self, to: Sequence[Receipt], *, after: Cursor | None) -> Page:
        now, me = self._clock(), self._me()
        start = min((receipt.at for receipt in to), default=now)
        read = _Read.parsed(after) if after else _Read(seen=start, swept=now)
        seen, complete = self._mentions(me, since=read.seen - OVERLAP)
        fresh = any(post.at > read.seen for post in seen)
        swept, left, claimed = read.swept, read.left, None
        try:
            if not complete or (not left and now - swept >= self._patience.sweep):
                swept, left = now, tuple(receipt.id for receipt in to if now - receipt.at < SEARCHABLE)
                claimed = self._claimed([receipt.id for receipt in to])
            for conversation in left[:SWEEP]:
                answers, whole = self._conversation(conversation)
                seen, complete, left = seen + answers, complete and whole, left[1:]
        except errors.TryLater:
            # a search that is unwell must not hide new mentions: what is left of the sweep waits for the next call
            if not fresh:
                raise
            complete = False
        ours = frozenset(receipt.id for receipt in to)
        replies = {
            post.id: self._reply(post, me=me, ours=ours) for post in seen if not (post.repost or post.id in ours)
        }
        newest = max((reply.at for reply in replies.values()), default=read.seen)
        return Page(
            replies=tuple(sorted(replies.values(), key=lambda reply: (reply.at, reply.id))),
            cursor=_Read(seen=max(newest, read.seen), swept=swept, left=left).cursor(),
            complete=complete,
            claimed_total=claimed,
        )

    def vanished(self, replies: Sequence[str]) -> frozenset[str]:
        pages = [list(replies[start : start + PAGE_SIZE]) for start in range(0, len(replies), PAGE_SIZE)]
        return frozenset(gone for page in pages for gone in self._missing(page))

    def _missing(self, ids: Sequence[str]) -> set[str]:
        return self._line.ask(lambda client: posts.missing(client.get_tweets(list(ids), user_auth=True))) & set(ids)

    def check(self) -> tuple[Check, ...]:
        name = f"{self._account.id}: X"
        try:
            me = self._me()
            self._line.ask(lambda client: client.get_users_tweets(me, max_results=5, user_auth=True)["meta"])
        except errors.PlatformError as error:
            fix = base.reached(error, at=self._account.base_url or line.HOSTS[0]) or (
                f"give the app Read and Write, then make new tokens while logged in as @{self._account.handle}; "
                "see that there are credits; then `campaignbot doctor` again"
            )
            return (Check(name=name, ok=False, detail=error.reason, fix=fix),)
        return (Check(name=name, ok=True, detail=f"logged in as @{self._account.handle}, own timeline readable"),)

    def _me(self) -> str:
        """Our user id, asked once; LockedOut where the tokens are another account's."""
        if self._known_as is None:
            try:
                me, handle = self._line.ask(lambda client: _named(client.get_me(user_auth=True)["data"]))
            except errors.Refused as error:
                # who we are cannot be refused for its words: a setting is wrong
                raise errors.LockedOut(error.reason) from None
            if handle.casefold() != str(self._account.handle).casefold():
                raise errors.LockedOut(f"the tokens of {self._account.id} belong to another account than its handle")
            self._known_as = me
        return self._known_as

    def _upload(self, picture: Shown) -> str:
        """A picture of X's own, with its description; nobody sees it before it is posted."""
        sent = {
            "media": base64.b64encode(picture.data).decode(),
            "media_category": "tweet_image",
            "media_type": picture.media_type,
        }
        media = self._line.ask(
            lambda client: posts.whole_id(
                client.request("POST", "/2/media/upload", json=sent, user_auth=True).json()["data"]["id"]
            )
        )
        if picture.alt:
            described = {"id": media, "metadata": {"alt_text": {"text": picture.alt}}}
            self._line.ask(lambda client: client.request("POST", "/2/media/metadata", json=described, user_auth=True))
        return media

    def _mentions(self, me: str, *, since: datetime) -> tuple[list[posts.Seen], bool]:
        start = since.replace(microsecond=0)
        seen, complete = self._line.pages(
            lambda client, more: client.get_users_mentions(
                me, start_time=start, pagination_token=more, **_WITH_AUTHORS
            ),
            cap=MENTION_PAGES,
        )
        return seen, complete and len(seen) < MENTION_PAGES * PAGE_SIZE

    def _conversation(self, post: str) -> tuple[list[posts.Seen], bool]:
        return self._line.pages(
            lambda client, more: client.search_recent_tweets(
                f"conversation_id:{post}", next_token=more, **_WITH_AUTHORS
            ),
            cap=SEARCH_PAGES,
        )

    def _claimed(self, ours: Sequence[str]) -> int:
        """How many answers X itself counts under our posts."""
        return sum(self._counted(ours[start : start + PAGE_SIZE]) for start in range(0, len(ours), PAGE_SIZE))

    def _counted(self, ours: Sequence[str]) -> int:
        found = self._line.ask(
            lambda client: [
                int(post["public_metrics"]["reply_count"])
                for post in client.get_tweets(list(ours), tweet_fields=["public_metrics"], user_auth=True).get(
                    "data", []
                )
            ]
        )
        return sum(found)

    def _reply(self, post: posts.Seen, *, me: str, ours: frozenset[str]) -> Reply:
        return Reply(
            account=self._account.id,
            platform="x",
            id=post.id,
            author=post.author,
            handle=post.handle,
            text=post.text,
            at=post.at,
            root=next((root for root in post.answers if root in ours), None),
            by_us=post.author == me,
        )

    def _receipt(self, post: str, *, at: datetime) -> Receipt:
        return Receipt(id=post, url=f"https://x.com/{self._account.handle}/status/{post}", at=at)


def connect(
    account: Account,
    *,
    limits: Limits,
    secrets: Mapping[str, str],
    clock: base.Clock,
    patience: base.Patience | None,
) -> X:
    """One account on X; UserError where `base_url` would carry its secrets in the clear."""
    wire.check_base_url(account.base_url)
    return X(account, limits=limits, secrets=secrets, clock=clock, patience=patience or base.Patience())


def _named(user: Mapping[str, Any]) -> tuple[str, str]:
    return posts.whole_id(user["id"]), str(user["username"])
