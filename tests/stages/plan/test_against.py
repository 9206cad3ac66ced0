"""An edit against the ledger: every state of a delivery, every kind of change."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import made
from campaignbot.model.campaign import Late
from campaignbot.model.delivery import Delivery, State
from campaignbot.model.post import Draft, Post
from campaignbot.stages import plan
from campaignbot.stages.plan import Change

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DRAFT = made.draft()
KEY = DRAFT.key


def delivery(state: State = State.WAITING, draft: Draft = DRAFT, **changes: Any) -> Delivery:
    made_one = Delivery(
        post=draft.post,
        state=state,
        reason=None,
        digest=draft.digest,
        due=draft.post.due,
        until=draft.post.until,
        since=NOW,
    )
    return dataclasses.replace(made_one, **changes)


def draft(*, text: str = DRAFT.text, missing: tuple[str, ...] = (), **post: Any) -> Draft:
    return made.draft(post=made.post(**post), text=text, missing=missing)


def changes(drafts: list[Draft], *deliveries: Delivery, **more: Any) -> list[Change]:
    return plan.changes(drafts, {one.key: one for one in deliveries}, now=NOW, **more)


def change(what: Any, detail: str | None = None, key: str = KEY) -> Change:
    return Change(key=key, city="london", what=what, detail=detail)


def test_a_new_key() -> None:
    called = draft(slot="off", wall=None, due=None, called=True)
    assert changes([DRAFT, called]) == [
        change("new", "due 2026-12-01T08:30Z"),
        change("new", None, called.key),
    ]


def test_a_new_key_that_is_past_is_skipped() -> None:
    assert plan.changes([DRAFT], {}, now=made.NOON) == [change("skipped", "it was due 2026-12-01T08:30Z")]


def test_nothing_has_changed() -> None:
    assert changes([DRAFT], delivery()) == [change("untouched")]


@pytest.mark.parametrize(
    ("edited", "detail"),
    [
        (
            draft(wall="2026-12-01T09:00", due=datetime(2026, 12, 1, 9, tzinfo=UTC)),
            "from 2026-12-01T08:30 Europe/London to 2026-12-01T09:00 Europe/London; approve it again",
        ),
        (
            draft(wall=None, due=None, called=True),
            "from 2026-12-01T08:30 Europe/London to called Europe/London; approve it again",
        ),
        (draft(due=datetime(2026, 12, 1, 8, 31, tzinfo=UTC)), "from 2026-12-01T08:30Z to 2026-12-01T08:31Z"),
        (
            draft(expires=timedelta(hours=1)),
            "may go out until 60 min after it is due, not 360 min after it is due",
        ),
        (draft(expires=made.NOON), "may go out until 2026-12-01T12:00Z, not 360 min after it is due"),
        (draft(late=Late.ASK), "late: ask, armed: false"),
        (draft(armed=True), "late: send, armed: true"),
    ],
)
def test_the_schedule_moved_and_the_words_stand(edited: Draft, detail: str) -> None:
    assert changes([edited], delivery()) == [change("moved", detail)]


def test_what_a_person_decided_since_is_no_edit() -> None:
    sent_by_hand = delivery(draft=draft(wall=None, due=None, called=True), due=NOW, until=NOW + timedelta(hours=6))
    approved_late = delivery(until=NOW + timedelta(hours=6))
    assert changes([draft(wall=None, due=None, called=True)], sent_by_hand) == [change("untouched")]
    assert changes([DRAFT], approved_late) == [change("untouched")]


@pytest.mark.parametrize(
    ("edited", "detail"),
    [
        (draft(text="Other words"), "approve it again"),
        (draft(missing=("city.venue",)), "it lacks city.venue; approve it again"),
        (
            draft(text="Other words", due=datetime(2026, 12, 1, 8, 31, tzinfo=UTC)),
            "approve it again; from 2026-12-01T08:30Z to 2026-12-01T08:31Z",
        ),
    ],
)
def test_other_words_need_another_approval(edited: Draft, detail: str) -> None:
    assert changes([edited], delivery(State.HELD)) == [change("reworded", detail)]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (State.SENT, change("sent")),
        (State.MISSED, change("untouched", "MISSED: approve it again to bring it back")),
        (State.CANCELLED, change("untouched", "CANCELLED: approve it again to bring it back")),
        (State.SENDING, change("untouched", "SENDING")),
        (State.IN_DOUBT, change("untouched", "IN_DOUBT")),
    ],
)
def test_what_is_out_or_over_is_left_alone(state: State, found: Change) -> None:
    assert changes([DRAFT], delivery(state)) == [found]


def test_words_that_are_out_already_cannot_be_mended() -> None:
    edited = draft(text="Other words")
    assert changes([edited], delivery(State.SENT)) == [change("sent", "it reads otherwise now, but it is out already")]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (State.HELD, [change("cancelled", "the files no longer have it")]),
        (State.WAITING, [change("cancelled", "the files no longer have it")]),
        (State.FAILED, [change("cancelled", "the files no longer have it")]),
        (State.SENT, [change("sent", "the files no longer have it")]),
        (State.SENDING, [change("untouched", "the files no longer have it, but it is SENDING")]),
        (State.IN_DOUBT, [change("untouched", "the files no longer have it, but it is IN_DOUBT")]),
        (State.MISSED, []),
        (State.CANCELLED, []),
    ],
)
def test_a_key_that_the_files_no_longer_have(state: State, found: list[Change]) -> None:
    assert changes([], delivery(state)) == found


def other(**changes: Any) -> Delivery:
    """A delivery under a key that has vanished from the files."""
    return delivery(State.SENT, draft(**{"slot": "day", **changes}))


def says_the_same(old: Post) -> Change:
    return change("renamed", f"{old.key} (SENT) says the same there")


@pytest.mark.parametrize(
    "old", [other(), other(language="en-US", slot="morning"), other(account="x-ldn", slot="morning")]
)
def test_a_vanished_key_that_said_the_same_may_be_this_one(old: Delivery) -> None:
    assert changes([DRAFT], old)[0] == says_the_same(old.post)


@pytest.mark.parametrize(
    "old",
    [
        other(city="leeds"),
        other(message="why"),
        other(language="fr-FR"),
        other(platform="facebook", account="fb-london"),
    ],
)
def test_a_vanished_key_that_said_something_else_is_not(old: Delivery) -> None:
    assert changes([DRAFT], old)[0].what == "new"


def test_a_vanished_account_is_known_by_its_login() -> None:
    old = other(account="x-ldn", slot="morning")
    same, another = {"x-ldn": ("x", "wad_london")}, {"x-ldn": ("x", "wad_leeds")}
    assert changes([DRAFT], old, logins=same)[0] == says_the_same(old.post)
    assert changes([DRAFT], old, logins=another)[0].what == "new"


def test_an_account_that_is_still_there_is_not_another() -> None:
    leeds = made.account(id="x-leeds", handle="wad_leeds")
    beside = dataclasses.replace(made.draft(post=made.post(slot="x", account="x-leeds")), account=leeds)
    assert changes([DRAFT, beside], other(account="x-leeds"))[0].what == "new"
