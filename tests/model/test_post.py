import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import made
from campaignbot.model import post as p

PICTURE = p.Shown(path="media/a.png", media_type="image/png", data=b"png", alt="a candle")


def test_key_says_who_says_what_where() -> None:
    assert made.post().key == "wad/morning/london/en-GB/x-london"


def test_where_no_clock_says_when_it_goes_out_words_do() -> None:
    assert made.post(due=None, called=True).occasion == "when called"
    assert made.post(due=None, called=True, person="").occasion == "as an answer"


def test_until_counts_from_due_or_is_an_instant() -> None:
    instant = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)

    assert made.post(expires=timedelta(hours=2)).until == datetime(2026, 12, 1, 10, 30, tzinfo=UTC)
    assert made.post(expires=instant).until == instant
    assert made.post(due=None, expires=instant).until is None


@pytest.mark.parametrize(
    "change",
    [
        {"text": "other words"},
        {"pictures": (dataclasses.replace(PICTURE, alt="a flower"),)},
        {"pictures": (dataclasses.replace(PICTURE, data=b"other"),)},
        {"pictures": (dataclasses.replace(PICTURE, media_type="image/gif"),)},
        {"pictures": ()},
        {"account": made.account(handle="somebody_else")},
        {"account": made.account(base_url="http://127.0.0.1:1")},
        {"account": made.account(platform="facebook")},
        {"post": made.post(wall="2026-12-01T08:31")},
        {"post": made.post(zone="Europe/Dublin")},
        {"post": made.post(slot="announce")},
    ],
)
def test_any_difference_that_counts_changes_the_digest(change: dict[str, Any]) -> None:
    approved = made.draft(pictures=(PICTURE,))

    assert dataclasses.replace(approved, **change).digest != approved.digest


@pytest.mark.parametrize(
    "change",
    [
        {"post": made.post(due=datetime(2026, 12, 1, 8, 31, tzinfo=UTC))},  # the minute that parts versions
        {"warnings": ("no native reader has read it",)},
        {"account": made.account(id="x-2")},  # only its key says so, and that is the post's
        {"length": 40},
    ],
)
def test_what_does_not_count_leaves_the_digest(change: dict[str, Any]) -> None:
    assert dataclasses.replace(made.draft(), **change).digest == made.draft().digest


def test_a_draft_that_lacks_something_has_no_digest() -> None:
    assert made.draft(missing=("city.venue",)).digest is None


def test_the_digest_of_a_set_has_no_order_and_leaves_out_what_cannot_be_approved() -> None:
    first, second = made.draft(), made.draft(post=made.post(slot="announce"))
    unready = made.draft(post=made.post(slot="details"), missing=("city.venue",))

    assert p.digest_of_set([first, second]) == p.digest_of_set([second, first, unready])
    assert p.digest_of_set([first]) != p.digest_of_set([first, second])
