"""POST and DELETE /2/tweets: what may be said, by whom, and to whom."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from campaignbot.networks import exchange
from campaignbot.networks.x import asked, problems
from campaignbot.networks.x import text as text_module
from campaignbot.networks.x.world import Media, Post, User, World

BODY: Final = frozenset(
    {
        "text",
        "reply",
        "media",
        "reply_settings",
        "made_with_ai",
        "paid_partnership",
        "nullcast",
        "for_super_followers_only",
    }
)
ENTERPRISE: Final = frozenset({"quote_tweet_id"})
REPLY: Final = frozenset({"in_reply_to_tweet_id", "exclude_reply_user_ids", "auto_populate_reply_metadata"})
MEDIA: Final = frozenset({"media_ids", "tagged_user_ids"})
REPLY_SETTINGS: Final = frozenset({"following", "mentionedUsers", "subscribers", "verified"})
MOST_PICTURES: Final = 4


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How strict X is where its documents leave it open.

    `implicit_summons`: a reply to our post, which mentions us only implicitly, lets us answer its author.
    `since_id_reach`: timelines and mentions refuse an older since_id, as search always does; None: they take any.
    `types`: what problems' types begin with.
    `fresh`: how far off a client's clock may be when it signs.
    """

    duplicate_window: timedelta = timedelta(hours=24)
    implicit_summons: bool = True
    since_id_reach: timedelta | None = None
    types: str = problems.OLD_TYPES
    fresh: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class _Draft:
    text: str
    parent: str | None
    without: frozenset[int]
    media: tuple[str, ...]


def create(world: World, author: User, request: exchange.Request, rules: Rules, *, now: datetime) -> exchange.Answer:
    """Store a post and answer 201; raises Problem where X would refuse."""
    draft = _draft(request, rules)
    media = _media(world, author, draft, rules, now=now)
    if not draft.text.strip() and not media:
        raise problems.invalid("Your Tweet text must not be empty.", types=rules.types, text=[draft.text])
    if text_module.length(draft.text) > text_module.LIMIT:
        raise problems.invalid(problems.TOO_LONG, types=rules.types)
    if len(set(text_module.CASHTAG.findall(draft.text))) > 1:
        raise problems.forbidden(problems.CASHTAGS)
    parent = _parent(world, author, draft, rules)
    if _said_before(world, author, draft.text, parent, since=now - rules.duplicate_window):
        raise problems.forbidden(problems.DUPLICATE)
    post = world.add(
        author,
        draft.text,
        at=now,
        visible_at=now + request.indexed_after,
        parent=parent,
        media=media,
        without=draft.without,
    )
    body = {"id": str(post.id), "text": post.shown, "edit_history_tweet_ids": [str(post.id)]}
    return exchange.reply(HTTPStatus.CREATED, {"data": body})


def delete(world: World, author: User, number: str) -> exchange.Answer:
    """Delete one's own post."""
    post = world.posts.get(int(number))
    if post is None:
        raise problems.plain(HTTPStatus.NOT_FOUND)
    if post.author is not author:
        raise problems.forbidden("You are not authorized to delete this Tweet.")
    world.remove(post)
    return exchange.reply(HTTPStatus.OK, {"data": {"deleted": True}})


def json_object(request: exchange.Request, *, types: str) -> dict[str, Any]:
    """The JSON object in the body; raises Problem 400."""
    try:
        body = json.loads(request.body) if request.media_type == "application/json" else None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise problems.invalid("Request body must be a JSON object.", types=types)
    return body


def _draft(request: exchange.Request, rules: Rules) -> _Draft:
    body = json_object(request, types=rules.types)
    if body.keys() & ENTERPRISE:
        raise problems.forbidden("Quoting posts is not available at your access level.")
    _known(body, BODY, "$", rules)
    reply = body.get("reply", {})
    media = body.get("media", {})
    _known(reply, REPLY, "$.reply", rules)
    _known(media, MEDIA, "$.media", rules)
    text = body.get("text", "")
    if not isinstance(text, str):
        raise problems.invalid("$.text: must be a string", types=rules.types)
    if "reply_settings" in body and str(body["reply_settings"]) not in REPLY_SETTINGS:
        raise problems.invalid(
            f"$.reply_settings: does not have a value in the enumeration [{', '.join(sorted(REPLY_SETTINGS))}]",
            types=rules.types,
            reply_settings=[str(body["reply_settings"])],
        )
    if "reply" in body and "in_reply_to_tweet_id" not in reply:
        raise problems.invalid("$.reply.in_reply_to_tweet_id: is missing but it is required", types=rules.types)
    ids = media.get("media_ids", [])
    if "media" in body and not (isinstance(ids, list) and 1 <= len(ids) <= MOST_PICTURES):
        raise problems.invalid(f"$.media.media_ids: must have between 1 and {MOST_PICTURES} values", types=rules.types)
    parent = reply.get("in_reply_to_tweet_id")
    _ids([parent] if parent is not None else [], "$.reply.in_reply_to_tweet_id", rules)
    _ids(ids, "$.media.media_ids", rules)
    without = reply.get("exclude_reply_user_ids", [])
    _ids(without, "$.reply.exclude_reply_user_ids", rules)
    return _Draft(text=text, parent=parent, without=frozenset(map(int, without)), media=tuple(ids))


def _known(body: Any, names: frozenset[str], where: str, rules: Rules) -> None:
    if not isinstance(body, Mapping):
        raise problems.invalid(f"{where}: must be an object", types=rules.types)
    for name in body:
        if name not in names:
            raise problems.invalid(
                f"{where}.{name}: is not defined in the schema and the schema does not allow additional properties",
                types=rules.types,
            )


def _ids(values: Any, where: str, rules: Rules) -> None:
    for value in values:
        if not isinstance(value, str) or not asked.ID.fullmatch(value):
            raise problems.invalid(f"{where}: does not match the regex pattern ^[0-9]{{1,19}}$", types=rules.types)


def _media(world: World, author: User, draft: _Draft, rules: Rules, *, now: datetime) -> list[Media]:
    found = [world.media.get(int(number)) for number in draft.media]
    good = [
        media
        for media in found
        if media is not None and media.owner == author.id and media.ready and now < media.expires
    ]
    if len(good) != len(draft.media):
        raise problems.invalid(problems.BAD_MEDIA, types=rules.types, media__media_ids=draft.media)
    return good


def _parent(world: World, author: User, draft: _Draft, rules: Rules) -> Post | None:
    if draft.parent is None:
        return None
    parent = world.posts.get(int(draft.parent))
    if parent is None:
        raise problems.forbidden(problems.PARENT_GONE)
    summoned = parent.mentions if rules.implicit_summons else parent.typed_mentions
    if parent.author is not author and author.id not in summoned:
        raise problems.forbidden(problems.NOT_SUMMONED)
    return parent


def _said_before(world: World, author: User, text: str, parent: Post | None, *, since: datetime) -> bool:
    last = world.last_said(author, text, to=None if parent is None else parent.author.id)
    return last is not None and last >= since
