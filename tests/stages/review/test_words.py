import dataclasses

import made
from campaignbot.model.campaign import Called, CityStatus
from campaignbot.stages import plan, render, review
from stages.review import desk


def test_drafts_are_the_plans_posts_with_their_words() -> None:
    campaign = desk.campaign(desk.slot(), desk.slot("reminder", when=desk.on_day(-1, 18)))
    assert desk.drafts(campaign) == [render.draft(post, campaign, made.LIMITS_X) for post in plan.posts(campaign)]


def test_what_can_be_approved_and_what_cannot() -> None:
    ready = made.draft()
    rest = made.draft(post=made.post(slot="details"), missing=("city.venue",))
    elsewhere = made.draft(post=made.post(city="toronto"))
    assert review.approvable([ready, rest, elsewhere], city=None) == ([ready, elsewhere], [rest])
    assert review.approvable([ready, rest, elsewhere], city="london") == ([ready], [rest])


def test_a_called_and_unready_draft_has_neither_hour_nor_digest() -> None:
    city = dataclasses.replace(made.city(accounts=("x-london",)), status=CityStatus.DRAFT)
    campaign = desk.campaign(desk.slot("call", when=Called()), cities={"london": city})
    (seen,) = desk.drafts(campaign)
    assert (seen.post.due, seen.digest, seen.post.called, seen.missing) == (None, None, True, ("city.status: draft",))
