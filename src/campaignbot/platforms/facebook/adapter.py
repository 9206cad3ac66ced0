"""One Page on Facebook: what it says, what became of it, and what people answer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.model.delivery import Receipt
from campaignbot.model.post import Draft, Limits, Shown
from campaignbot.model.reply import Check, Cursor, Page
from campaignbot.platforms import base, wire
from campaignbot.platforms.facebook import answers, comments, line

#: A token that ends sooner is not long-lived, or near its end: doctor says so while there is time to make another.
LASTING = timedelta(days=14)
RIGHTS = frozenset({"pages_manage_posts", "pages_read_engagement", "pages_read_user_content"})


class Facebook:
    """One Page on Facebook."""

    #: its lists are ranked and may lag: what is not there may still be
    proves_absence = False

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
        self._account, self._secrets, self._clock = account, secrets, clock
        self._page = str(account.page)
        self._line = line.Line(account, secrets=secrets, clock=clock, patience=patience)
        self._is_page = False

    def publish(self, draft: Draft, *, parent: Receipt | None, may_leave: base.MayLeave = base.always) -> Receipt:
        with self._line.asking(may_leave):
            return self._publish(draft, parent=parent)

    def _publish(self, draft: Draft, *, parent: Receipt | None) -> Receipt:
        self._sure_of_page()
        if parent is not None:
            return self._comment(draft, parent)
        if len(draft.pictures) == 1:
            return self._photo(draft.pictures[0], caption=draft.text)
        photos = [self._unseen_photo(picture) for picture in draft.pictures]
        return self._line.say(
            lambda graph: self._receipt(
                graph.put_object(
                    self._page,
                    "feed",
                    message=draft.text,
                    attached_media=[{"media_fbid": photo} for photo in photos] or None,
                    fields="id,permalink_url,created_time",
                ),
                name="id",
            )
        )

    def find(self, draft: Draft, *, since: datetime, parent: Receipt | None = None) -> tuple[Receipt, ...]:
        # Graph counts in whole seconds
        start, words = since.replace(microsecond=0), base.fingerprint(draft.text)
        if parent is not None:
            return self._answers(parent, words=words, since=start)
        posts, complete = comments.published(
            self._line,
            self._page,
            lambda post: (base.fingerprint(post.get("message") or ""), self._receipt(post, name="id")),
            fields="id,message,created_time,permalink_url",
            since=start,
        )
        if not complete:
            raise errors.TryLater("Facebook does not show this Page's posts far enough back")
        found = {receipt.id: receipt for said, receipt in posts if said == words and receipt.at >= start}
        return tuple(found.values())

    def _answers(self, parent: Receipt, *, words: str, since: datetime) -> tuple[Receipt, ...]:
        """Our own answers to one comment, in these words."""
        said, complete = self._line.pages(
            lambda graph, after: graph.get_connections(
                parent.id, "comments", fields="id,message,created_time,from", limit=comments.PAGE_SIZE, after=after
            ),
            lambda one: (
                base.fingerprint(one.get("message") or ""),
                (one.get("from") or {}).get("id"),
                self._receipt(one, name="id"),
            ),
            cap=comments.COMMENT_PAGES,
        )
        if not complete:
            raise errors.TryLater("Facebook does not show all answers to this comment")
        return tuple(receipt for text, by, receipt in said if (text, by) == (words, self._page) and receipt.at >= since)

    def replies(self, to: Sequence[Receipt], *, after: Cursor | None) -> Page:
        return comments.Comments(self._account, self._line).read(to, after=after, now=self._clock())

    def vanished(self, replies: Sequence[str]) -> frozenset[str]:
        self._sure_of_page()
        return frozenset(reply for reply in replies if self._is_gone(reply))

    def _is_gone(self, comment: str) -> bool:
        """Whether Facebook says so of this very comment: a list that lacks it proves nothing."""
        try:
            self._line.ask(lambda graph: line.whole_id(graph.get_object(comment, fields="id")["id"]))
        except errors.Refused:
            if answers.gone(self._line.answer):
                return True
            raise
        return False

    def check(self) -> tuple[Check, ...]:
        name = f"{self._account.id}: Facebook"
        try:
            self._sure_of_page()
            self._line.ask(
                lambda graph: line.listing(graph.get_connections(self._page, "published_posts", limit=1), dict)
            )
        except errors.PlatformError as error:
            fix = base.reached(error, at=self._account.base_url or line.HOSTS[0]) or (
                f"make a long-lived token of this Page with {', '.join(sorted(RIGHTS))}, put it into PAGE_TOKEN, "
                "then `campaignbot doctor` again"
            )
            return (Check(name=name, ok=False, detail=error.reason, fix=fix),)
        live = "nobody but you can tell whether the app is Live: look at the first post while logged out"
        return (
            Check(name=name, ok=True, detail="the token is this Page's own, its posts are readable"),
            self._version_check(f"{name} version"),
            *self._token_check(f"{name} token"),
            Check(name=f"{name} app", ok=True, detail=live),
        )

    def _version_check(self, name: str) -> Check:
        """The version of Graph that really answers: an expired one is replaced without a word."""
        answer = self._line.answer
        served = answer.headers.get("facebook-api-version", line.VERSION) if answer else line.VERSION
        good = served == line.VERSION
        fix = None if good else f"Graph {line.VERSION} is no longer served: update campaignbot"
        return Check(name=name, ok=good, detail=f"served by Graph {served}", fix=fix)

    def _token_check(self, name: str) -> tuple[Check, ...]:
        """What Facebook says of the token; nothing without the app's own id and secret."""
        if not ("APP_ID" in self._secrets and "APP_SECRET" in self._secrets):
            return ()
        # POST with `method`, because a GET would put the token into an address
        asked = {
            "access_token": f"{self._secrets['APP_ID']}|{self._secrets['APP_SECRET']}",
            "input_token": self._secrets["PAGE_TOKEN"],
            "method": "get",
        }
        try:
            return (
                self._line.ask(
                    lambda graph: _token_line(
                        name, graph.request(f"{line.VERSION}/debug_token", post_args=asked)["data"], now=self._clock()
                    )
                ),
            )
        except errors.PlatformError as error:
            return (Check(name=name, ok=True, detail=f"Facebook does not say when it ends: {error.reason}"),)

    def _sure_of_page(self) -> None:
        """LockedOut where the token is not this Page's own: with a person's token, comments come back empty without a
        word."""
        if self._is_page:
            return
        try:
            me = self._line.ask(lambda graph: str(graph.get_object("me", fields="id,name")["id"]))
        except errors.Refused as error:
            # who we are cannot be refused for its words: a setting is wrong
            raise errors.LockedOut(error.reason) from None
        if me != self._page:
            raise errors.LockedOut(f"the token of {self._account.id} belongs to another Page or to a person")
        self._is_page = True

    def _comment(self, draft: Draft, parent: Receipt) -> Receipt:
        if draft.pictures:
            raise errors.Refused("an answer on Facebook cannot carry our pictures")
        return self._line.say(
            lambda graph: self._receipt(graph.put_object(parent.id, "comments", message=draft.text), name="id")
        )

    def _photo(self, picture: Shown, *, caption: str) -> Receipt:
        """A picture and its words as one post."""
        return self._line.say(
            lambda graph: self._receipt(
                graph.put_photo(_file(picture), f"{self._page}/photos", caption=caption, alt_text_custom=picture.alt),
                name="post_id",
            )
        )

    def _unseen_photo(self, picture: Shown) -> str:
        """One of several pictures; nobody sees it before it is posted."""
        return self._line.ask(
            lambda graph: line.whole_id(
                graph.put_photo(_file(picture), f"{self._page}/photos", published=False, alt_text_custom=picture.alt)[
                    "id"
                ]
            )
        )

    def _receipt(self, made: Mapping[str, Any], *, name: str) -> Receipt:
        post = line.whole_id(made[name])
        at = base.parsed_time(made["created_time"]) if "created_time" in made else self._clock()
        return Receipt(id=post, url=made.get("permalink_url") or f"https://www.facebook.com/{post}", at=at)


def connect(
    account: Account,
    *,
    limits: Limits,
    secrets: Mapping[str, str],
    clock: base.Clock,
    patience: base.Patience | None,
) -> Facebook:
    """One Page on Facebook; UserError where `base_url` would carry its secrets in the clear."""
    wire.check_base_url(account.base_url)
    return Facebook(account, limits=limits, secrets=secrets, clock=clock, patience=patience or base.Patience(read=30.0))


def _token_line(name: str, token: Mapping[str, Any], *, now: datetime) -> Check:
    ends = int(token.get("expires_at") or 0)
    lasts = not ends or ends > (now + LASTING).timestamp()
    until = f"ends {datetime.fromtimestamp(ends, UTC):%Y-%m-%d}" if ends else "has no end"
    lacks = sorted(RIGHTS.difference(token.get("scopes") or []))
    good = token.get("is_valid") is True and token.get("type") == "PAGE" and not lacks and lasts
    detail = f"{until}; lacks {', '.join(lacks)}" if lacks else until
    return Check(name=name, ok=good, detail=detail, fix=None if good else "make a new, long-lived token of the Page")


def _file(picture: Shown) -> tuple[str, bytes, str]:
    """A picture as requests takes it. Its name here stays here."""
    return f"picture.{picture.media_type.rpartition('/')[2]}", picture.data, picture.media_type
