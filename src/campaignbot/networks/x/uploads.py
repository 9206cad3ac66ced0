"""Pictures: one-shot and chunked upload, alt text. Videos and animations are refused: a campaign has none."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from campaignbot.networks import exchange, pictures
from campaignbot.networks.x import asked, problems, writing
from campaignbot.networks.x.world import Media, User, World

LIFE: Final = timedelta(hours=24)
LARGEST: Final = 5 * 1024 * 1024
LONGEST_ALT: Final = 1000
KNOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
ONE_SHOT: Final = frozenset({"media", "media_category", "media_type", "shared", "additional_owners"})
INITIALIZE: Final = frozenset({"media_category", "media_type", "shared", "additional_owners", "total_bytes"})
SESSION_SECONDS: Final = int(LIFE.total_seconds())


def upload(world: World, owner: User, request: exchange.Request, *, now: datetime, types: str) -> exchange.Answer:
    """One-shot: JSON with base64, or multipart with bytes."""
    if request.media_type == "multipart/form-data":
        parts = {part.name: part.body for part in request.parts()}
        given: dict[str, Any] = {
            name: body if name == "media" else body.decode("utf-8", "replace") for name, body in parts.items()
        }
    else:
        given = writing.json_object(request, types=types)
    _known(given, ONE_SHOT, types=types)
    body = given.get("media")
    if isinstance(body, str):
        body = _from_base64(body, types=types)
    if not isinstance(body, bytes) or not body:
        raise problems.invalid("$.media: is missing but it is required", types=types)
    media = _new(world, owner, str(given.get("media_category", "")), now=now, types=types)
    _take(media, body, types=types)
    world.media[media.id] = media
    return _told(media, now=now)


def initialize(world: World, owner: User, request: exchange.Request, *, now: datetime, types: str) -> exchange.Answer:
    """The first of three: a media id to append to."""
    given = writing.json_object(request, types=types)
    _known(given, INITIALIZE, types=types)
    if str(given.get("media_type")) not in KNOWN:
        raise problems.invalid("$.media_type: does not have a value in the enumeration", types=types)
    total = given.get("total_bytes")
    if not isinstance(total, int) or not 0 < total <= LARGEST:
        raise problems.invalid(f"$.total_bytes: must be between 1 and {LARGEST}", types=types)
    media = _new(world, owner, str(given.get("media_category", "")), now=now, types=types)
    media.ready, media.size, media.mime = False, total, given["media_type"]
    world.media[media.id] = media
    body = {"id": str(media.id), "media_key": media.key, "expires_after_secs": SESSION_SECONDS}
    return exchange.reply(HTTPStatus.OK, {"data": body})


def append(
    world: World, owner: User, number: str, request: exchange.Request, *, now: datetime, types: str
) -> exchange.Answer:
    """The second: one segment."""
    media = _session(world, owner, number, now=now, types=types)
    if request.media_type == "multipart/form-data":
        given: dict[str, Any] = {part.name: part.body for part in request.parts()}
        body, index = given.get("media", b""), given.get("segment_index", b"").decode("ascii", "replace")
    else:
        given = writing.json_object(request, types=types)
        body, index = _from_base64(str(given.get("media", "")), types=types), str(given.get("segment_index", ""))
    _known(given, frozenset({"media", "segment_index"}), types=types)
    if not asked.ID.fullmatch(index) or int(index) > 999:
        raise problems.invalid("$.segment_index: must be between 0 and 999", types=types)
    media.segments[int(index)] = body
    expires = int(media.expires.timestamp())
    return exchange.reply(HTTPStatus.OK, {"data": {"expires_at": expires}})


def finalize(world: World, owner: User, number: str, *, now: datetime, types: str) -> exchange.Answer:
    """The third: put the segments together."""
    media = _session(world, owner, number, now=now, types=types)
    body = b"".join(media.segments[index] for index in sorted(media.segments))
    if len(body) != media.size or sorted(media.segments) != list(range(len(media.segments))):
        raise problems.invalid("Segments do not add up to provided total file size.", types=types, media_id=[number])
    _take(media, body, types=types)
    media.ready = True
    media.segments.clear()
    return _told(media, now=now)


def progress(world: World, owner: User, query_id: str, *, now: datetime, types: str) -> exchange.Answer:
    """How far an upload is; pictures are ready at once."""
    media = _owned(world, owner, query_id, now=now, types=types)
    return _told(media, now=now)


def describe(world: World, owner: User, request: exchange.Request, *, now: datetime, types: str) -> exchange.Answer:
    """Alt text for one's own picture."""
    given = writing.json_object(request, types=types)
    _known(given, frozenset({"id", "metadata"}), types=types)
    number = given.get("id")
    if not isinstance(number, str) or not asked.ID.fullmatch(number):
        raise problems.invalid("$.id: does not match the regex pattern ^[0-9]{1,19}$", types=types)
    media = _owned(world, owner, number, now=now, types=types)
    metadata = given.get("metadata")
    if not isinstance(metadata, dict) or set(metadata) != {"alt_text"} or not isinstance(metadata["alt_text"], dict):
        raise problems.invalid("$.metadata.alt_text: is missing but it is required", types=types)
    text = metadata["alt_text"].get("text")
    if not isinstance(text, str) or not 1 <= len(text) <= LONGEST_ALT:
        raise problems.invalid(
            f"$.metadata.alt_text.text: must be between 1 and {LONGEST_ALT} characters long", types=types
        )
    media.alt = text
    body = {"id": number, "associated_metadata": {"alt_text": {"text": text}}}
    return exchange.reply(HTTPStatus.OK, {"data": body})


def _known(given: dict[str, Any], names: frozenset[str], *, types: str) -> None:
    for name in given:
        if name not in names:
            raise problems.invalid(
                f"$.{name}: is not defined in the schema and the schema does not allow additional properties",
                types=types,
            )


def _from_base64(text: str, *, types: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # letters beyond ASCII are no binascii.Error
        raise problems.invalid("$.media: must be base64", types=types) from error


def _new(world: World, owner: User, category: str, *, now: datetime, types: str) -> Media:
    if category not in asked.VALUES["media_category"]:
        raise problems.invalid(
            "$.media_category: does not have a value in the enumeration", types=types, media_category=[category]
        )
    if category != "tweet_image":
        raise problems.invalid("Only tweet_image is simulated here.", types=types, media_category=[category])
    return Media(
        id=world.number(now), owner=owner.id, category=category, mime="", size=0, pixels=None, expires=now + LIFE
    )


def _take(media: Media, body: bytes, *, types: str) -> None:
    found = pictures.look(body)
    if found is None or found.mime not in KNOWN:
        raise problems.invalid("media type unrecognized.", types=types)
    if len(body) > LARGEST:
        raise problems.plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "File size exceeds 5242880 bytes.")
    media.mime, media.pixels, media.size = found.mime, found.pixels, len(body)


def _owned(world: World, owner: User, number: str, *, now: datetime, types: str) -> Media:
    media = world.media.get(int(number))
    if media is None or media.owner != owner.id or now >= media.expires:
        raise problems.invalid("Invalid or expired media id.", types=types, media_id=[number])
    return media


def _session(world: World, owner: User, number: str, *, now: datetime, types: str) -> Media:
    media = _owned(world, owner, number, now=now, types=types)
    if media.ready:
        raise problems.invalid("This upload is already finalized.", types=types, media_id=[number])
    return media


def _told(media: Media, *, now: datetime) -> exchange.Answer:
    body: dict[str, Any] = {
        "id": str(media.id),
        "media_key": media.key,
        "size": media.size,
        "expires_after_secs": int((media.expires - now).total_seconds()),
        "image": {"image_type": media.mime},
    }
    if media.pixels is not None:
        body["image"] |= {"w": media.pixels[0], "h": media.pixels[1]}
    return exchange.reply(HTTPStatus.OK, {"data": body})
