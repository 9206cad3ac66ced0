"""Words and pictures come back byte for byte; only what was said yes to, by enough people, is ready."""

import dataclasses
from datetime import timedelta
from decimal import Decimal

import pytest

import made
import postgres
from campaignbot.model.delivery import State
from campaignbot.model.post import Approval, Draft, Shown
from campaignbot.store import database, drafts, journal, ledger

NOON = made.NOON
DRAFT = made.draft(
    text="Marseille : « On se retrouve à 18 h » 🕯️\n",
    account=made.account(base_url="http://127.0.0.1:8001", budget_usd=Decimal("10.50"), answers=True),
    pictures=(
        Shown(path="media/a.png", media_type="image/png", data=b"\x89PNG\0\xff", alt="candles"),
        Shown(path="media/b.png", media_type="image/png", data=b"\x89PNG\0\xff", alt=None),
    ),
    length=0,
    limit=0,
    cost_usd=Decimal("0.015"),
)


@pytest.fixture
def db(opened: postgres.Opened) -> database.Database:
    return opened("ledger")


def digest(draft: Draft) -> str:
    assert draft.digest is not None
    return draft.digest


def test_a_draft_comes_back_byte_for_byte(db: database.Database) -> None:
    with db.write() as c:
        drafts.keep(c, DRAFT, now=NOON)
        drafts.keep(c, DRAFT, now=NOON + timedelta(hours=1))
        ledger.add(c, post=DRAFT.post, state=State.WAITING, reason=None, digest=DRAFT.digest, by="london-1", now=NOON)
        assert drafts.load(c, DRAFT.key, digest(DRAFT)) == DRAFT
        assert drafts.text(c, DRAFT.key, digest(DRAFT)) == DRAFT.text
        assert drafts.text(c, DRAFT.key, "0" * 64) is None
        with pytest.raises(LookupError, match=f"^no draft of {DRAFT.key} is kept under 000000000000$"):
            drafts.load(c, DRAFT.key, "0" * 64)


def test_an_unready_draft_cannot_be_kept(db: database.Database) -> None:
    with db.write() as c, pytest.raises(ValueError, match=r"lacks city\.venue"):
        drafts.keep(c, made.draft(missing=("city.venue",)), now=NOON)


def test_who_said_yes_and_no(db: database.Database) -> None:
    key, words = DRAFT.key, digest(DRAFT)
    with db.write() as c:
        drafts.keep(c, DRAFT, now=NOON)
        drafts.approve(c, key=key, digest=words, by="london-1", now=NOON)
        drafts.approve(c, key=key, digest=words, by="london-2", now=NOON + timedelta(hours=1))
        drafts.approve(c, key=key, digest=words, by="london-1", now=NOON + timedelta(hours=2))
        drafts.approve_all(c, [], by="london-1", now=NOON)
        yeses = [
            Approval(key=key, digest=words, by="london-1", at=NOON),
            Approval(key=key, digest=words, by="london-2", at=NOON + timedelta(hours=1)),
        ]
        assert drafts.approvals(c) == drafts.approvals(c, [key]) == {key: yeses}
        assert drafts.approvals(c, ["other"]) == drafts.approvals(c, []) == {}
        posts = {key: (DRAFT.post, words)}
        assert drafts.ready(c, posts, approvals=2) == {key: DRAFT}
        assert drafts.ready(c, posts, approvals=3) == {}
        assert drafts.ready(c, {key: (DRAFT.post, "0" * 64)}, approvals=1) == {}
        other_time = dataclasses.replace(DRAFT.post, wall="2026-12-01T09:00")
        assert drafts.ready(c, {key: (other_time, words)}, approvals=1) == {}
        drafts.reject(c, key=key, by="london-3", why="the venue moved", now=NOON)
        assert drafts.approvals(c) == {}
        assert drafts.rejected(c) == {key: [("london-3", "the venue moved", NOON)]}
        assert [dict(line.entry) for line in journal.entries(c, "people")][-1] == {
            "what": "reject",
            "key": key,
            "by": "london-3",
        }
