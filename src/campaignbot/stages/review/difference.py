"""What a person named against what there is now: an approval is for the exact words or it is none."""

import dataclasses
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence

from campaignbot.model import errors
from campaignbot.model.delivery import Delivery
from campaignbot.model.post import Approval, Draft
from campaignbot.store import drafts as kept
from campaignbot.store.database import Connection

SHORT = 12
NAMED = re.compile(rf"[0-9a-f]{{{SHORT},64}}")


def exact(
    c: Connection,
    drafts: Sequence[Draft],
    digests: Mapping[str, str],
    *,
    deliveries: Mapping[str, Delivery],
    approvals: Mapping[str, Sequence[Approval]],
) -> list[Draft]:
    """The drafts named by key, in the plan's order, each still of the digest named (whole, or its first 12 hex digits
    or more). UserError with every difference where one is not."""
    here = {draft.key: draft for draft in drafts}
    wrong: list[str] = []
    for key, digest in digests.items():
        if key not in here:
            near = difflib.get_close_matches(key, here, n=1)
            wrong.append(f"{key}: the plan has no such post" + (f"; did you mean {near[0]}?" if near else ""))
            continue
        draft, seen = here[key], digest.lower()
        if draft.digest is None:
            wrong.append(f"{key}: it lacks {', '.join(draft.missing)}")
        elif not NAMED.fullmatch(seen):
            wrong.append(f"{key}: {digest!r} is not a digest, nor its first {SHORT} hex digits or more")
        elif not draft.digest.startswith(seen):
            before = _before(c, draft, seen, deliveries.get(key), approvals.get(key, ()))
            wrong += _shown(draft, seen, before)
    if wrong:
        raise errors.UserError("nothing is approved; read these again and approve what you see:\n" + "\n".join(wrong))
    return [draft for draft in drafts if draft.key in digests]


def _before(
    c: Connection, draft: Draft, seen: str, delivery: Delivery | None, approvals: Sequence[Approval]
) -> Draft | None:
    """The draft that was seen, where an approval of it has kept its words."""
    if delivery and delivery.digest and delivery.digest.startswith(seen):
        return kept.load(c, draft.key, delivery.digest)
    given = next((approval.digest for approval in approvals if approval.digest.startswith(seen)), None)
    text = kept.text(c, draft.key, given) if given else None
    return dataclasses.replace(draft, text=text) if text else None


def _shown(draft: Draft, seen: str, before: Draft | None) -> Iterator[str]:
    yield f"{draft.key}: you saw {seen[:SHORT]}, it is now {(draft.digest or '')[:SHORT]}"
    old = _lines(before) if before else []
    changed = [line for line in difflib.unified_diff(old, _lines(draft), lineterm="", n=0) if line[:2] not in _HEADS]
    yield from (f"  {line[0]} {line[1:]}" for line in changed)


_HEADS = frozenset({"--", "++", "@@"})


def _lines(draft: Draft) -> list[str]:
    """All that the digest covers, in lines that a person can compare."""
    post, account = draft.post, draft.account
    found = [
        f"time: {post.wall or post.occasion} ({post.zone})",
        f"account: {account.platform} {account.remote}" + (f" at {account.base_url}" if account.base_url else ""),
        *(f"text: {line}" for line in draft.text.splitlines()),
    ]
    for picture in draft.pictures:
        found.append(f"picture: {picture.path}, {len(picture.data)} bytes")
        found.append(f"alt text: {picture.alt or 'none'}")
    return found
