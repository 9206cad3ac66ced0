"""What is asked of each endpoint: its parameters, their ranges and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from campaignbot.networks import exchange
from campaignbot.networks.x import problems

ID: Final = re.compile(r"[0-9]{1,19}")
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VALUES: Final[Mapping[str, frozenset[str]]] = {
    "tweet.fields": _words(
        "article attachments author_id card_uri community_id context_annotations conversation_id created_at"
        " display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang"
        " media_metadata non_public_metrics note_tweet organic_metrics possibly_sensitive promoted_metrics"
        " public_metrics referenced_tweets reply_settings scopes source text withheld"
    ),
    "post.fields": _words(
        "article article_title attachments author_id card_uri community_id context_annotations conversation_id"
        " created_at display_text_range edit_controls edit_history_post_ids entities geo id in_reply_to_user_id lang"
        " matched_media_notes media_metadata non_public_metrics note_post note_request_suggestions organic_metrics"
        " paid_partnership possibly_sensitive promoted_metrics public_metrics referenced_posts reply_settings scopes"
        " source suggested_source_links suggested_source_links_with_counts text withheld"
    ),
    "user.fields": _words(
        "affiliation confirmed_email connection_status created_at description entities id is_identity_verified location"
        " most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected"
        " public_metrics receives_your_dm subscribes_to_you subscription subscription_type url username verified"
        " verified_followers_count verified_type withheld"
    ),
    "media.fields": _words(
        "alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url promoted_metrics"
        " public_metrics type url variants width"
    ),
    "poll.fields": _words("duration_minutes end_datetime id options voting_status"),
    "place.fields": _words("contained_within country country_code full_name geo id name place_type"),
    "expansions": _words(
        "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet"
        " attachments.poll_ids author_id edit_history_post_ids edit_history_tweet_ids entities.mentions.username"
        " geo.place_id in_reply_to_user_id most_recent_tweet_id pinned_tweet_id referenced_posts referenced_tweets.id"
        " referenced_tweets.id.attachments.media_keys referenced_tweets.id.author_id username"
    ),
    "exclude": _words("replies retweets"),
    "sort_order": _words("recency relevancy"),
    "media_category": _words("tweet_image tweet_video tweet_gif dm_image dm_video dm_gif subtitles"),
}
FIELDS: Final = frozenset(
    {"tweet.fields", "post.fields", "user.fields", "media.fields", "poll.fields", "place.fields", "expansions"}
)
_RANGE: Final = frozenset({"max_results", "pagination_token", "since_id", "until_id", "start_time", "end_time"})


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One line of X's reference: the parameters it takes, how many results, how many calls in 15 minutes and user."""

    name: str
    calls: int
    parameters: frozenset[str] = frozenset()
    least: int = 0
    most: int = 0
    usual: int = 0
    required: frozenset[str] = frozenset()


CREATE: Final = Endpoint(name="POST /2/tweets", calls=100)
DELETE: Final = Endpoint(name="DELETE /2/tweets/:id", calls=50)
LOOKUP: Final = Endpoint(name="GET /2/tweets", calls=5000, parameters=FIELDS | {"ids"}, required=frozenset({"ids"}))
ONE: Final = Endpoint(name="GET /2/tweets/:id", calls=900, parameters=FIELDS)
ME: Final = Endpoint(
    name="GET /2/users/me",
    calls=75,
    parameters=frozenset({"user.fields", "expansions", "tweet.fields", "post.fields"}),
)
TIMELINE: Final = Endpoint(
    name="GET /2/users/:id/tweets", calls=900, parameters=FIELDS | _RANGE | {"exclude"}, least=5, most=100, usual=10
)
MENTIONS: Final = Endpoint(
    name="GET /2/users/:id/mentions", calls=300, parameters=FIELDS | _RANGE, least=5, most=100, usual=10
)
SEARCH: Final = Endpoint(
    name="GET /2/tweets/search/recent",
    calls=300,
    parameters=FIELDS | _RANGE | {"query", "next_token", "sort_order"},
    least=10,
    most=100,
    usual=10,
    required=frozenset({"query"}),
)
UPLOAD: Final = Endpoint(name="POST /2/media/upload", calls=500)
PROGRESS: Final = Endpoint(
    name="GET /2/media/upload",
    calls=1000,
    parameters=frozenset({"command", "media_id"}),
    required=frozenset({"media_id"}),
)
CHUNKED: Final = Endpoint(name="POST /2/media/upload/initialize", calls=1875)
METADATA: Final = Endpoint(name="POST /2/media/metadata", calls=500)


@dataclass(frozen=True, kw_only=True)
class Query:
    """The validated parameters of a reading endpoint."""

    count: int
    token: str | None = None
    since: int | None = None
    until: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    words: str = ""
    ids: tuple[str, ...] = ()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    posts_named: bool = False
    """Asked by `post.fields`: the answer says referenced_posts and edit_history_post_ids."""

    def has(self, name: str, value: str) -> bool:
        """Whether `value` was asked for in the list parameter `name`."""
        return value in self.values.get(name, frozenset())

    def wants(self, value: str) -> bool:
        """Whether this field of posts was asked for, by either name of the parameter."""
        return self.has("tweet.fields", value) or self.has("post.fields", value)


def query(request: exchange.Request, endpoint: Endpoint, *, types: str) -> Query:
    """The request's parameters, validated; raises Problem 400 naming everything that is wrong."""
    given: dict[str, str] = {}
    wrong: list[tuple[dict[str, list[str]], str]] = []
    for name, value in request.parameters:
        if name not in endpoint.parameters:
            legal = ",".join(sorted(endpoint.parameters))
            wrong.append(({name: [value]}, f"The query parameter [{name}] is not one of [{legal}]"))
        elif name in given:
            wrong.append(({name: [value]}, f"The query parameter [{name}] was given more than once"))
        given[name] = value
    wrong += [({name: [""]}, f"`{name}` query parameter can not be empty") for name in endpoint.required - given.keys()]
    wrong += [fault for name, value in given.items() if (fault := _wrong(name, value, endpoint)) is not None]
    if wrong:
        raise problems.invalid_all(wrong, types=types)
    return Query(
        count=int(given.get("max_results", endpoint.usual)),
        token=given.get("pagination_token") or given.get("next_token"),
        since=_number(given.get("since_id")),
        until=_number(given.get("until_id")),
        start=_moment(given.get("start_time")),
        end=_moment(given.get("end_time")),
        words=given.get("query", ""),
        ids=tuple(given["ids"].split(",")) if "ids" in given else (),
        values={name: frozenset(value.split(",")) for name, value in given.items() if name in VALUES},
        posts_named="post.fields" in given,
    )


def _wrong(name: str, value: str, endpoint: Endpoint) -> tuple[dict[str, list[str]], str] | None:
    shown = f"The `{name}` query parameter value [{value}]"
    if name in VALUES:
        bad = [each for each in value.split(",") if each not in VALUES[name]]
        if bad:
            legal = ",".join(sorted(VALUES[name]))
            return {name: bad}, f"The `{name}` query parameter value [{bad[0]}] is not one of [{legal}]"
    elif name == "max_results":
        if not ID.fullmatch(value) or not endpoint.least <= int(value) <= endpoint.most:
            return {name: [value]}, f"{shown} is not between {endpoint.least} and {endpoint.most}"
    elif name in ("since_id", "until_id", "media_id"):
        if not ID.fullmatch(value):
            return {name: [value]}, f"{shown} is not valid"
    elif name in ("start_time", "end_time"):
        if not TIME.fullmatch(value):
            return {name: [value]}, f"Invalid '{name}':'{value}'. '{name}' must be a valid RFC 3339 time in UTC"
    elif name == "ids":
        return _wrong_ids(value)
    return None


def _wrong_ids(value: str) -> tuple[dict[str, list[str]], str] | None:
    ids = value.split(",")
    if len(ids) > 100:
        return {
            "ids": ids
        }, f"The number of values in the `ids` query parameter list [{len(ids)}] is not between 1 and 100"
    bad = [each for each in ids if not ID.fullmatch(each)]
    if bad:
        return {"ids": ids}, f"The `ids` query parameter value [{bad[0]}] is not valid"
    return None


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
