"""The reading endpoints: timelines, mentions, lookup, search of the last seven days."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from campaignbot.networks import exchange
from campaignbot.networks.x import asked, problems, searching, shown
from campaignbot.networks.x.world import Post, World, snowflake

TIMELINE_REACH: Final = 3200
TIMELINE_REACH_WITHOUT_REPLIES: Final = 800
MENTIONS_REACH: Final = 800
SEARCH_REACH: Final = timedelta(days=7)
SEARCH_DELAY: Final = timedelta(seconds=10)


def timeline(world: World, user: int, query: asked.Query, *, now: datetime, types: str) -> exchange.Answer:
    """A user's own posts, newest first."""
    reach = TIMELINE_REACH
    keep: Callable[[Post], bool] = _any
    if query.has("exclude", "replies"):
        reach, keep = TIMELINE_REACH_WITHOUT_REPLIES, _not_a_reply
    ids = world.authored(user)[-reach:]
    return _page(world, _seen(world, ids, query, now=now), query, keep=keep, types=types, both_ways=True)


def mentions(world: World, user: int, query: asked.Query, *, now: datetime, types: str) -> exchange.Answer:
    """The posts of others that mention a user, newest first; the last 800 at the most."""
    ids = world.mentioning(user)[-MENTIONS_REACH:]
    return _page(world, _seen(world, ids, query, now=now), query, keep=_any, types=types, both_ways=True)


def search(world: World, query: asked.Query, *, now: datetime, types: str) -> exchange.Answer:
    """What matches among the posts of the last seven days, newest first, as far as it is indexed."""
    oldest = now - SEARCH_REACH
    refuse_stale(query, oldest, types=types)
    if query.start is not None and query.start < oldest:
        raise problems.invalid(
            f"Invalid 'start_time':'{query.start:%Y-%m-%dT%H:%MZ}'. 'start_time' must be on or after"
            f" {oldest:%Y-%m-%dT%H:%MZ}.",
            types=types,
            start_time=[shown.moment(query.start)],
        )
    if query.end is not None and query.end > now - SEARCH_DELAY:
        raise problems.invalid(
            f"Invalid 'end_time':'{query.end:%Y-%m-%dT%H:%MZ}'. 'end_time' must be a minimum of 10 seconds prior to the"
            " request time.",
            types=types,
            end_time=[shown.moment(query.end)],
        )
    wanted = searching.parse(query.words, world, types=types)
    roots = wanted.conversations()
    ids: Iterable[int] = world.posts if roots is None else {each for root in roots for each in world.conversation(root)}
    seen = [post for post in _seen(world, sorted(ids), query, now=now) if post.at >= oldest and wanted.matches(post)]
    return _page(world, seen, query, keep=_any, types=types, both_ways=False)


def refuse_stale(query: asked.Query, oldest: datetime, *, types: str) -> None:
    """Refuse a since_id from before `oldest` (UTC)."""
    if query.since is not None and query.since < snowflake(oldest, 0):
        raise problems.invalid(
            f"'since_id' must be a tweet id created after {oldest:%Y-%m-%dT%H:%MZ}. Please use a 'since_id' that is"
            f" larger than {snowflake(oldest, 0)}",
            types=types,
            since_id=[str(query.since)],
        )


def lookup(world: World, query: asked.Query, *, types: str) -> exchange.Answer:
    """The posts of these ids; what is not there stands in `errors`, the answer is 200 all the same."""
    found = [world.posts[int(each)] for each in query.ids if int(each) in world.posts]
    errors = [
        problems.not_found(each, parameter="ids", what="tweet", types=types)
        for each in query.ids
        if int(each) not in world.posts
    ]
    bodies, rest = shown.answer(found, query, world, types=types)
    body: dict[str, Any] = {"data": bodies} if bodies else {}
    errors += rest.pop("errors", [])
    return exchange.reply(HTTPStatus.OK, body | rest | ({"errors": errors} if errors else {}))


def one(world: World, number: str, query: asked.Query, *, types: str) -> exchange.Answer:
    """One post; 200 with `errors` where it is not there."""
    post = world.posts.get(int(number))
    if post is None:
        error = problems.not_found(number, parameter="id", what="tweet", types=types)
        return exchange.reply(HTTPStatus.OK, {"errors": [error]})
    bodies, rest = shown.answer([post], query, world, types=types)
    return exchange.reply(HTTPStatus.OK, {"data": bodies[0]} | rest)


def _any(_post: Post) -> bool:
    return True


def _not_a_reply(post: Post) -> bool:
    return post.parent is None


def _seen(world: World, ids: Sequence[int], query: asked.Query, *, now: datetime) -> list[Post]:
    found = []
    for number in reversed(ids):
        if query.since is not None and number <= query.since:
            break
        post = world.posts[number]
        if post.visible_at > now or (query.until is not None and number >= query.until):
            continue
        if (query.start is None or post.at >= query.start) and (query.end is None or post.at < query.end):
            found.append(post)
    return found


def _page(
    world: World,
    newest_first: Sequence[Post],
    query: asked.Query,
    *,
    keep: Callable[[Post], bool],
    types: str,
    both_ways: bool,
) -> exchange.Answer:
    kept = [post for post in newest_first if keep(post)]
    before = None if query.token is None else _before(query.token, types=types)
    rest = [post for post in kept if before is None or post.id < before]
    page = rest[: query.count]
    if not page:
        return exchange.reply(HTTPStatus.OK, {"meta": {"result_count": 0}})
    meta: dict[str, Any] = {
        "result_count": len(page),
        "newest_id": str(page[0].id),
        "oldest_id": str(page[-1].id),
    }
    if len(rest) > len(page):
        meta["next_token"] = _token(page[-1].id)
    if both_ways and before is not None:
        start = next(place for place, post in enumerate(kept) if post is page[0])
        earlier = kept[max(0, start - query.count) : start]
        if earlier:
            meta["previous_token"] = _token(earlier[0].id + 1)
    bodies, more = shown.answer(page, query, world, types=types)
    return exchange.reply(HTTPStatus.OK, {"data": bodies} | more | {"meta": meta})


def _token(before: int) -> str:
    return base64.b32hexencode(f"v2:{before:019d}".encode()).decode().lower().rstrip("=")


def _before(token: str, *, types: str) -> int:
    try:
        plain = base64.b32hexdecode(token.upper() + "=" * (-len(token) % 8)).decode()
    except ValueError:
        plain = ""
    if not (plain.startswith("v2:") and plain[3:].isdigit()):
        raise problems.invalid(
            f"The `pagination_token` query parameter value [{token}] is not valid",
            types=types,
            pagination_token=[token],
        )
    return int(plain[3:])
