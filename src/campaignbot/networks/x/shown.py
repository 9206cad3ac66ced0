"""How X shows what it keeps: posts, users and media as JSON, with the fields and expansions that were asked for."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from campaignbot.networks.x import asked, problems
from campaignbot.networks.x import text as text_module
from campaignbot.networks.x.world import Media, Post, User, World


def moment(at: datetime) -> str:
    """X's form of an instant."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def post(shown: Post, query: asked.Query, world: World) -> dict[str, Any]:
    """One post: id, text and history, and what else was asked for."""
    history = "edit_history_post_ids" if query.posts_named else "edit_history_tweet_ids"
    body: dict[str, Any] = {
        "id": str(shown.id),
        "text": html.escape(shown.shown, quote=False),
        history: [str(shown.id)],
    }
    if query.wants("author_id") or query.has("expansions", "author_id"):
        body["author_id"] = str(shown.author.id)
    if query.wants("created_at"):
        body["created_at"] = moment(shown.at)
    if query.wants("conversation_id"):
        body["conversation_id"] = str(shown.conversation)
    if query.wants("lang"):
        body["lang"] = "und"
    if query.wants("possibly_sensitive"):
        body["possibly_sensitive"] = False
    if query.wants("reply_settings"):
        body["reply_settings"] = "everyone"
    if query.wants("public_metrics"):
        body["public_metrics"] = {
            "retweet_count": 0,
            "reply_count": world.reply_count(shown.id),
            "like_count": 0,
            "quote_count": 0,
            "bookmark_count": 0,
            "impression_count": 0,
        }
    return body | _linked(shown, query, world)


def _linked(shown: Post, query: asked.Query, world: World) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if shown.parent is not None:
        if query.wants("in_reply_to_user_id") or query.has("expansions", "in_reply_to_user_id"):
            body["in_reply_to_user_id"] = str(shown.parent_author)
        references = [{"type": "replied_to", "id": str(shown.parent)}]
        if query.has("post.fields", "referenced_posts") or query.has("expansions", "referenced_posts"):
            body["referenced_posts"] = references
        elif query.has("tweet.fields", "referenced_tweets") or query.has("expansions", "referenced_tweets.id"):
            body["referenced_tweets"] = references
    if shown.media and (query.wants("attachments") or query.has("expansions", "attachments.media_keys")):
        body["attachments"] = {"media_keys": [media.key for media in shown.media]}
    if query.wants("entities") or query.has("expansions", "entities.mentions.username"):
        entities = _entities(shown, world)
        if entities:
            body["entities"] = entities
    return body


def _entities(shown: Post, world: World) -> dict[str, Any]:
    found: dict[str, Any] = {}
    urls = [
        {
            "start": link.start,
            "end": link.end,
            "url": link.short,
            "expanded_url": link.full,
            "display_url": link.display,
            **({"media_key": shown.media[0].key} if shown.media and link is shown.links[-1] else {}),
        }
        for link in shown.links
    ]
    mentions = []
    for match in text_module.MENTION.finditer(shown.shown):
        user = world.user(match[1])
        if user is not None:
            mentions.append({"start": match.start(), "end": match.end(), "username": user.handle, "id": str(user.id)})
    tags = [
        {"start": match.start(), "end": match.end(), "tag": match[1]}
        for match in text_module.HASHTAG.finditer(shown.shown)
    ]
    for name, values in (("urls", urls), ("mentions", mentions), ("hashtags", tags)):
        if values:
            found[name] = values
    return found


def user(shown: User, query: asked.Query, world: World) -> dict[str, Any]:
    """One user: id, name and username, and what else was asked for."""
    body: dict[str, Any] = {"id": str(shown.id), "name": shown.name, "username": shown.handle}
    if query.has("user.fields", "created_at"):
        body["created_at"] = moment(shown.since)
    if query.has("user.fields", "description"):
        body["description"] = ""
    for name in ("protected", "verified"):
        if query.has("user.fields", name):
            body[name] = False
    if query.has("user.fields", "public_metrics"):
        body["public_metrics"] = {
            "followers_count": 0,
            "following_count": 0,
            "tweet_count": len(world.authored(shown.id)),
            "listed_count": 0,
            "like_count": 0,
        }
    return body


def _media(shown: Media, query: asked.Query) -> dict[str, Any]:
    body: dict[str, Any] = {"media_key": shown.key, "type": "photo"}
    if query.has("media.fields", "alt_text") and shown.alt is not None:
        body["alt_text"] = shown.alt
    if query.has("media.fields", "url"):
        body["url"] = f"https://pbs.twimg.com/media/{shown.id}.jpg"
    if shown.pixels is not None:
        body |= {
            name: size
            for name, size in zip(("width", "height"), shown.pixels, strict=True)
            if query.has("media.fields", name)
        }
    return body


def answer(
    shown: Sequence[Post], query: asked.Query, world: World, *, types: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The posts, and the rest of the body: includes, and errors for what they refer to and is gone."""
    rest: dict[str, Any] = {}
    users = _users(shown, query, world)
    media = (
        [media for each in shown for media in each.media] if query.has("expansions", "attachments.media_keys") else []
    )
    parents, missing = _parents(shown, query, world)
    if query.has("expansions", "referenced_tweets.id.author_id"):
        users |= {parent.author.id: parent.author for parent in parents}
    includes: dict[str, Any] = {}
    if users:
        includes["users"] = [user(each, query, world) for each in users.values()]
    if parents:
        includes["posts" if query.posts_named else "tweets"] = [post(each, query, world) for each in parents]
    if media:
        includes["media"] = [_media(each, query) for each in media]
    if includes:
        rest["includes"] = includes
    if missing:
        rest["errors"] = [
            problems.not_found(str(each), parameter="referenced_tweets.id", what="tweet", types=types)
            for each in missing
        ]
    return [post(each, query, world) for each in shown], rest


def _users(shown: Iterable[Post], query: asked.Query, world: World) -> dict[int, User]:
    wanted: list[int] = []
    for each in shown:
        if query.has("expansions", "author_id"):
            wanted.append(each.author.id)
        if query.has("expansions", "in_reply_to_user_id") and each.parent_author is not None:
            wanted.append(each.parent_author)
        if query.has("expansions", "entities.mentions.username"):
            wanted += each.mentions
    return {number: world.users[number] for number in wanted}


def _parents(shown: Iterable[Post], query: asked.Query, world: World) -> tuple[list[Post], list[int]]:
    if not (query.has("expansions", "referenced_tweets.id") or query.has("expansions", "referenced_posts")):
        return [], []
    wanted = dict.fromkeys(each.parent for each in shown if each.parent is not None)
    return [world.posts[number] for number in wanted if number in world.posts], [
        number for number in wanted if number not in world.posts
    ]
