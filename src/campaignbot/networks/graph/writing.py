"""What a Page may do: publish posts and pictures, answer comments, hide and delete."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from campaignbot.networks import exchange, pictures
from campaignbot.networks.graph import asked, refusals, shown, tables
from campaignbot.networks.graph.tokens import Token
from campaignbot.networks.graph.world import Author, Comment, Page, Picture, Story

LONGEST: Final = 63_206
LARGEST_PICTURE: Final = 4 * 1024 * 1024
PICTURE_KINDS: Final = frozenset({"image/png", "image/jpeg", "image/gif"})
SOONEST: Final = timedelta(minutes=10)
LATEST: Final = timedelta(days=30)


def allow(token: Token, page: Page, *scopes: str) -> None:
    """Refuse whoever is not this Page, or lacks a permission."""
    if token.kind != "PAGE" or token.holder != page.id or not token.may(*scopes):
        raise refusals.refusal(
            200,
            f"(#200) If posting to a page, requires {' and '.join(scopes)} as an admin with sufficient administrative"
            " permission",
        )


def feed(
    view: shown.View, page: Page, given: asked.Parameters, *, at: datetime, indexed_after: timedelta
) -> dict[str, Any]:
    """POST /{page}/feed."""
    allow(view.token, page, tables.READ_ENGAGEMENT, tables.MANAGE_POSTS)
    given.only(tables.PUBLISH)
    text, link = given.text("message") or "", given.text("link")
    for name in ("targeting", "feed_targeting"):
        if given.text(name) is not None and not isinstance(given.structure(name), dict):
            raise refusals.bad(f"Param {name} must be an object.")
    attached = _attached(view, page, given.listed("attached_media"))
    if not text and link is None and not attached:
        raise refusals.bad("Missing message or attachment.")
    if len(text) > LONGEST:
        raise refusals.bad(f"Param message must be at most {LONGEST} characters long")
    if link is not None and not link.startswith(("https://", "http://")):
        raise refusals.bad("link URL is not properly formatted")
    published = given.truth("published", default=True)
    scheduled = _scheduled(given, published=published, at=at)
    said = (text, link, tuple(picture.id for picture in attached))
    if published and page.last_said == said:
        raise duplicate()
    story = view.world.publish(
        page,
        text=text,
        link=link,
        at=at,
        visible_at=at + indexed_after,
        published=published,
        scheduled=scheduled,
        pictures=attached,
    )
    if published:
        page.last_said = said
    fields = given.fields()
    return {"id": story.id} if fields is None else view.story(story, fields)


def duplicate() -> refusals.Refusal:
    """506: the same words twice in a row."""
    return refusals.refusal(
        506,
        "Duplicate status message",
        subcode=1455006,
        kind="FacebookApiException",
        title="Duplicate Status Update",
        told="This status update is identical to the last one you posted. Try posting something different, or delete"
        " your previous update.",
        transient=False,
    )


def _attached(view: shown.View, page: Page, listed: list[Any]) -> list[Picture]:
    found = []
    for each in listed:
        number = each.get("media_fbid") if isinstance(each, dict) and set(each) == {"media_fbid"} else None
        picture = view.world.pictures.get(str(number))
        if picture is None or picture.page != page.id:
            raise refusals.bad("Param attached_media must name photos of this Page, each as {media_fbid}")
        if picture.published or picture.story is not None:
            raise refusals.bad("Photos were already posted.", subcode=1366051)
        found.append(picture)
    return found


def _scheduled(given: asked.Parameters, *, published: bool, at: datetime) -> datetime | None:
    scheduled = given.moment("scheduled_publish_time")
    if scheduled is None:
        return None
    if published:
        raise refusals.bad("You cannot specify a scheduled publish time on a published post")
    if not at + SOONEST <= scheduled <= at + LATEST:
        raise refusals.bad("The specified scheduled publish time is invalid.")
    return scheduled


def photo(
    view: shown.View, page: Page, given: asked.Parameters, *, at: datetime, indexed_after: timedelta
) -> dict[str, Any]:
    """POST /{page}/photos, with the picture's bytes as `source`."""
    allow(view.token, page, tables.READ_ENGAGEMENT, tables.MANAGE_POSTS)
    given.only(tables.PHOTO)
    look = _look(given.files.get("source"))
    published = given.truth("published", default=True)
    caption = given.text("caption") or ""
    said = (caption, None, ())
    if published and caption and page.last_said == said:
        raise duplicate()
    picture = Picture(
        id=view.world.number(),
        page=page.id,
        caption=caption,
        alt=given.text("alt_text_custom"),
        at=at,
        pixels=look.pixels,
        published=published,
    )
    view.world.pictures[picture.id] = picture
    story = None
    if published and not given.truth("no_story", default=False):
        story = view.world.publish(
            page,
            text=caption,
            link=None,
            at=at,
            visible_at=at + indexed_after,
            published=True,
            scheduled=None,
            pictures=[picture],
        )
        page.last_said = said
    fields = given.fields()
    body = {"id": picture.id} if fields is None else view.picture(picture, fields)
    return body | ({} if story is None else {"post_id": story.id})


def _look(body: bytes | None) -> pictures.Look:
    if body is None:
        raise refusals.refusal(324, "(#324) Requires upload file")
    look = pictures.look(body)
    if look is None or look.mime not in PICTURE_KINDS or len(body) > LARGEST_PICTURE:
        raise refusals.refusal(
            100,
            "Invalid parameter",
            subcode=1366046,
            title="Can't Read Files",
            told="Your photos couldn't be uploaded. Photos should be less than 4 MB and saved as JPG or PNG files.",
            transient=False,
        )
    return look


def comment(
    view: shown.View,
    story: Story,
    parent: Comment | None,
    given: asked.Parameters,
    *,
    at: datetime,
    indexed_after: timedelta,
) -> dict[str, Any]:
    """POST /{post or comment}/comments."""
    page = view.world.pages[story.page]
    allow(view.token, page, tables.MANAGE_ENGAGEMENT)
    given.only(tables.COMMENT)
    text = given.text("message")
    if not text:
        raise refusals.bad("The parameter message is required")
    made = view.world.comment(
        story,
        Author(id=page.id, name=page.name),
        text,
        at=at,
        visible_at=at + indexed_after,
        parent=parent,
    )
    fields = given.fields()
    return {"id": made.id} if fields is None else view.comment(made, fields)


def update_comment(view: shown.View, found: Comment, given: asked.Parameters) -> dict[str, Any]:
    """POST /{comment}: hide it, or put other words into one's own."""
    page = view.world.pages[view.world.stories[found.post].page]
    allow(view.token, page, tables.MANAGE_ENGAGEMENT)
    given.only(tables.COMMENT_UPDATE)
    text = given.text("message")
    if text is not None:
        if found.author.id != page.id:
            raise refusals.refusal(200, "(#200) Permissions error")
        found.text = text
    found.hidden = given.truth("is_hidden", default=found.hidden)
    return {"success": True}


def delete(view: shown.View, found: Story | Comment, request: exchange.Request) -> dict[str, Any]:
    """DELETE /{post or comment}."""
    given = asked.parameters(request)
    given.only(frozenset())
    if isinstance(found, Story):
        allow(view.token, view.world.pages[found.page], tables.MANAGE_POSTS)
        view.world.remove_story(found)
    else:
        allow(view.token, view.world.pages[view.world.stories[found.post].page], tables.MANAGE_ENGAGEMENT)
        view.world.remove_comment(found)
    return {"success": True}
