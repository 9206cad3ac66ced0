"""Posts as X gives them: read once, here, into exact values."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaignbot.platforms import base

#: What we ask of a post; a long one has its whole text in its note.
FIELDS = ["author_id", "conversation_id", "created_at", "entities", "note_tweet", "referenced_tweets"]
_LED = re.compile(r"@\w{1,15}\s+", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One post, by anybody."""

    id: str
    author: str
    handle: str | None
    text: str  #: as its author wrote it
    at: datetime  #: UTC
    answers: tuple[str, ...]  #: the post it answers, then the first of its conversation
    repost: bool

    def words(self) -> Iterator[str]:
        """What its author may have sent: before the words of an answer, X itself puts the people it goes to."""
        rest = self.text
        yield rest
        while any(answered != self.id for answered in self.answers) and (led := _LED.match(rest)):
            rest = rest[led.end() :]
            yield rest


def page(given: Mapping[str, Any]) -> tuple[list[Seen], str | None]:
    """The posts of one page, and the token of the next; KeyError, TypeError or ValueError where it is none."""
    handles = {user["id"]: user["username"] for user in given.get("includes", {}).get("users", [])}
    return [_seen(post, handles) for post in given.get("data") or []], given["meta"].get("next_token")


def missing(given: Mapping[str, Any]) -> set[str]:
    """The ids that were asked for and that X says it does not have, or has for others alone."""
    kinds = {"resource-not-found", "not-authorized-for-resource"}
    refused = [one for one in given.get("errors") or [] if one["type"].rpartition("/")[2] in kinds]
    return {str(one["resource_id"]) for one in refused} - {post["id"] for post in given.get("data") or []}


def whole_id(given: object) -> str:
    """An id of X's; ValueError where it is none."""
    if not (isinstance(given, str) and given.isdecimal()):
        raise ValueError("an id that is none")
    return given


def _seen(post: Mapping[str, Any], handles: Mapping[str, str]) -> Seen:
    links = {link["type"]: link["id"] for link in post.get("referenced_tweets") or []}
    answered = (links.get("replied_to"), post.get("conversation_id"))
    return Seen(
        id=whole_id(post["id"]),
        author=whole_id(post["author_id"]),
        handle=handles.get(post["author_id"]),
        text=_text(post),
        at=base.parsed_time(post["created_at"]),
        answers=tuple(str(answer) for answer in answered if answer),
        repost="retweeted" in links,
    )


def _text(post: Mapping[str, Any]) -> str:
    note = post.get("note_tweet") or {}
    links = ((note or post).get("entities") or {}).get("urls") or []
    pairs = [(link["url"], link.get("expanded_url") or link["url"]) for link in links]
    return base.expanded(note.get("text") or post["text"], pairs, post=whole_id(post["id"])).strip()
