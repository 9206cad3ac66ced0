import dataclasses
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import made
from campaignbot.model import post as p
from campaignbot.model.campaign import Called, CityStatus
from campaignbot.stages import plan, render, review
from stages.review import desk
from stages.review.desk import KEY


def test_drafts_are_the_plans_posts_with_their_words() -> None:
    campaign = desk.campaign(desk.slot(), desk.slot("reminder", when=desk.on_day(-1, 18)))
    assert desk.drafts(campaign) == [render.draft(post, campaign, made.LIMITS_X) for post in plan.posts(campaign)]


def test_what_can_be_approved_and_what_cannot() -> None:
    ready = made.draft()
    rest = made.draft(post=made.post(slot="details"), missing=("city.venue",))
    elsewhere = made.draft(post=made.post(city="toronto"))
    assert review.approvable([ready, rest, elsewhere], city=None) == ([ready, elsewhere], [rest])
    assert review.approvable([ready, rest, elsewhere], city="london") == ([ready], [rest])


def test_a_preview_tells_all_a_reader_needs() -> None:
    picture = p.Shown(path="media/a.png", media_type="image/png", data=b"", alt="A candle")
    draft = made.draft(pictures=(picture,), warnings=("near a copy",), cost_usd=Decimal("0.015"))
    assert list(review.preview([draft], made.campaign())) == [
        review.Preview(
            key=KEY,
            city="london",
            city_name="London",
            language="en-GB",
            account="x-london",
            platform="x",
            at=datetime(2026, 12, 1, 8, 30, tzinfo=ZoneInfo("Europe/London")),
            text="London: we meet at 18:00. #WorldAIDSDay",
            alt="A candle",
            length=39,
            limit=280,
            digest=draft.digest,
            warnings=("near a copy",),
            missing=(),
            cost_usd=Decimal("0.015"),
            armed=False,
            called=False,
        )
    ]


def test_a_called_and_unready_draft_has_neither_hour_nor_digest() -> None:
    city = dataclasses.replace(made.city(accounts=("x-london",)), status=CityStatus.DRAFT)
    campaign = desk.campaign(desk.slot("call", when=Called()), cities={"london": city})
    (seen,) = review.preview(desk.drafts(campaign), campaign)
    assert (seen.at, seen.alt, seen.digest, seen.called, seen.missing) == (
        None,
        None,
        None,
        True,
        ("city.status: draft",),
    )
