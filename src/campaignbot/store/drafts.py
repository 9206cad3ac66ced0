"""The words and pictures people said yes to, kept byte for byte under (key, digest), and the yes itself."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from campaignbot.model.bulk import uncollected
from campaignbot.model.post import Approval, Draft, Post, Shown
from campaignbot.store import journal, ledger
from campaignbot.store.columns import Same, among, pour
from campaignbot.store.schema import approvals as yeses
from campaignbot.store.schema import drafts, pictures, rejections
from campaignbot.store.statements import Statement

_WORDS = (drafts.c.text, drafts.c.pictures, drafts.c.account, drafts.c.cost)
_NAMED = Statement(
    select(
        drafts.c.key,
        drafts.c.digest,
        select(func.count()).where(yeses.c.key == drafts.c.key, yeses.c.digest == drafts.c.digest).scalar_subquery(),
        *_WORDS,
    ).where(among(drafts.c.key, "keys"))
)
_ONE = Statement(select(*_WORDS).where(drafts.c.key == bindparam("key"), drafts.c.digest == bindparam("digest")))
_SAID = select(yeses.c.key, yeses.c.digest, yeses.c.by, yeses.c.at).order_by(yeses.c.at, yeses.c.by)
_SAID_OF = Statement(_SAID.where(among(yeses.c.key, "keys")))
_VOID = Statement(delete(yeses).where(yeses.c.key == bindparam("key")))


def keep(c: Connection, draft: Draft, *, now: datetime) -> None:
    """Keep a draft's words, alt texts, picture bytes and account settings; keeping it again changes nothing.

    ValueError where something is missing: such a draft has no digest to be kept under."""
    keep_all(c, [draft], now=now)


@uncollected()
def keep_all(c: Connection, many: Iterable[Draft], *, now: datetime) -> None:
    """`keep`, for many at once."""
    kept, shown = sorted(many, key=_key), {}
    named: list[str] = []
    written: dict[int, str] = {}  # by the identity of the account: many drafts speak on the same few
    for draft in kept:
        if draft.digest is None:
            raise ValueError(f"{draft.key} lacks {', '.join(draft.missing)}: it has no digest")
        here = []
        for picture in draft.pictures:
            sha256 = hashlib.sha256(picture.data).hexdigest()
            shown[sha256] = picture.data
            here.append([sha256, picture.path, picture.media_type, picture.alt])
        named.append(json.dumps(here) if here else "[]")
        if id(draft.account) not in written:
            written[id(draft.account)] = ledger.written(draft.account)
    pour(c, pictures, {"sha256": list(shown), "bytes": list(shown.values())}, once=True)
    columns: dict[str, Sequence[Any] | Same] = {
        "key": [draft.key for draft in kept],
        "digest": [draft.digest for draft in kept],
        "text": [draft.text for draft in kept],
        "pictures": named,
        "account": [written[id(draft.account)] for draft in kept],
        "cost": [draft.cost_usd for draft in kept],
        "at": Same(now),
    }
    pour(c, drafts, columns, once=True)


def load(c: Connection, key: str, digest: str) -> Draft:
    """A kept draft, byte for byte. Its post is the ledger's. LookupError where either is not there."""
    delivery = ledger.deliveries(c, keys=[key]).get(key)
    kept = [] if delivery is None else _ONE.all(c, key=delivery.post.words, digest=digest)
    if not kept or delivery is None:
        raise LookupError(f"no draft of {key} is kept under {digest[:12]}")
    return _draft(c, delivery.post, *kept[0])


def ready(c: Connection, posts: Mapping[str, tuple[Post, str]], *, approvals: int) -> dict[str, Draft]:
    """The drafts that may go out: of the (post, digest) by key, those kept, said yes to by as many different
    organisers as asked, and still of that very digest. What is not in the answer must not be sent."""
    found = {}
    if not posts:
        return {}
    by_words: dict[str, list[tuple[str, Post, str]]] = {}
    for key, (post, approved) in posts.items():
        by_words.setdefault(post.words, []).append((key, post, approved))
    for words_key, digest, said, *words in _NAMED.all(c, keys=by_words):
        for key, post, approved in by_words[words_key]:
            if approved != digest or said < approvals:
                continue
            draft = _draft(c, post, *words)
            if draft.digest == digest:
                found[key] = draft
    return found


def text(c: Connection, key: str, digest: str) -> str | None:
    """The kept words, whether or not the ledger has the post; None where none are kept."""
    words: str | None = c.scalar(select(drafts.c.text).where(drafts.c.key == key, drafts.c.digest == digest))
    return words


def approve(c: Connection, *, key: str, digest: str, by: str, now: datetime) -> None:
    """An organiser's yes to a kept draft; saying it again changes nothing. Journalled."""
    approve_all(c, [(key, digest)], by=by, now=now)


def approve_all(c: Connection, named: Sequence[tuple[str, str]], *, by: str, now: datetime) -> None:
    """`approve`, for many (key, digest) at once."""
    if not named:
        return
    keys, digests = zip(*named, strict=True)
    pour(c, yeses, {"key": keys, "digest": digests, "by": Same(by), "at": Same(now)}, once=True)
    lines = [(journal.PEOPLE, _said(key=key, digest=digest, by=by)) for key, digest in named]
    journal.add_all(c, lines, now=now)


def approvals(c: Connection, keys: Iterable[str] | None = None) -> dict[str, list[Approval]]:
    """Every yes by key, the oldest first; of some keys, or of all."""
    found: dict[str, list[Approval]] = {}
    for some in ledger.chunks(keys):
        for key, digest, by, at in c.execute(_SAID) if some is None else _SAID_OF.all(c, keys=some):
            found.setdefault(key, []).append(Approval(key=key, digest=digest, by=by, at=at))
    return found


def reject(c: Connection, *, key: str, by: str, why: str, now: datetime) -> None:
    """An organiser's no, which ends every yes to that post. The reason is for the other organisers: it does not enter
    the journal."""
    void(c, key=key)
    pour(c, rejections, {"key": [key], "by": [by], "why": [why], "at": [now]})
    journal.add(c, chain=journal.PEOPLE, entry={"what": "reject", "key": key, "by": by}, now=now)


def void(c: Connection, *, key: str) -> None:
    """End every yes to a post; the caller journals why."""
    _VOID.run(c, key=key)


def rejected(c: Connection) -> dict[str, list[tuple[str, str, datetime]]]:
    """Every no by key, the oldest first: (by, why, at)."""
    found: dict[str, list[tuple[str, str, datetime]]] = {}
    for row in c.execute(select(rejections).order_by(rejections.c.id)):
        found.setdefault(row.key, []).append((row.by, row.why, row.at))
    return found


def _key(draft: Draft) -> str:
    return draft.key


def _said(*, key: str, digest: str, by: str) -> dict[str, journal.JSON]:
    return {"what": "approve", "key": key, "digest": digest, "by": by}


def _draft(c: Connection, post: Post, text: str, named: str, account: str, cost: Decimal) -> Draft:
    shown = tuple(
        Shown(path=path, media_type=media_type, data=_bytes(c, sha256), alt=alt)
        for sha256, path, media_type, alt in json.loads(named)
    )
    return Draft(post=post, account=ledger.account(account), text=text, pictures=shown, cost_usd=cost)


def _bytes(c: Connection, sha256: str) -> bytes:
    return bytes(c.execute(select(pictures.c.bytes).where(pictures.c.sha256 == sha256)).scalar_one())
