import dataclasses
from datetime import date

import pytest

import made
from campaignbot.model import campaign as c


def _texts(*where: tuple[str, str | None, str | None]) -> tuple[c.Template, ...]:
    return tuple(
        made.template(path=f"{tag}/{city}/{platform}", language=tag, city=city, platform=platform)
        for tag, city, platform in where
    )


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr-CA", "fr-CA/None/None"),  # the full tag comes before all of its base language
        ("fr-FR", "fr/london/x"),  # the city's own for this network before all others
        ("sv-SE", None),  # no other language ever stands in
    ],
)
def test_template_is_the_closest_one(language: str, expected: str | None) -> None:
    campaign = made.campaign(
        templates=_texts(
            ("fr", None, None), ("fr", None, "x"), ("fr", "london", None), ("fr", "london", "x"), ("fr-CA", None, None)
        )
    )

    found = campaign.template(message="morning_of", language=language, platform="x", city="london")

    assert (found and found.path) == expected


def test_template_of_another_kind_or_message_is_not_found() -> None:
    campaign = made.campaign()

    found = [
        campaign.template(message=message, language="en-GB", platform="x", city="london", kind=kind)
        for message, kind in (("morning_of", c.Kind.ALT), ("announce", c.Kind.TEXT))
    ]

    assert found == [None, None]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("morning_of", "en/morning_of", "london/morning_of"), "london/morning_of"),
        (("morning_of", "en/morning_of"), "en/morning_of"),
        (("morning_of", "en/morning_of", "en-GB/morning_of"), "en-GB/morning_of"),
        (("morning_of",), "morning_of"),
        (("announce",), None),
    ],
)
def test_picture_is_the_closest_one(paths: tuple[str, ...], expected: str | None) -> None:
    pictures = {path: c.Picture(path=path, media_type="image/png", data=b"") for path in paths}
    campaign = made.campaign(pictures=pictures)

    found = campaign.picture(message="morning_of", language="en-GB", city="london")

    assert (found and found.path) == expected


def test_mark_falls_back_to_what_is_around_it() -> None:
    here = c.Mark(file="schedules.yaml", line=7, column=3)
    campaign = made.campaign(marks={"cities/london": here})

    assert campaign.mark("cities/london/venue") == here
    assert campaign.mark("slots/morning") == c.Mark(file="schedules.yaml", line=1, column=1)


def test_city_is_named_in_the_language_or_its_base_or_english() -> None:
    city = made.city(names={"en": "London", "fr": "Londres", "fr-CA": "Londres (R.-U.)"})

    assert [city.name_in(tag) for tag in ("fr-CA", "fr-FR", "sv-SE")] == ["Londres (R.-U.)", "Londres", "London"]
    assert city.name == "London"


def test_unread_until_a_native_reader_is_named() -> None:
    campaign = made.campaign(proofread={"en": "a reader", "sv": None})

    assert [campaign.unread(tag) for tag in ("en-GB", "sv-SE", "ro-RO")] == [False, True, True]


def test_notice_is_settled_when_filed_or_waived() -> None:
    open_ = c.Notice(authority=None, deadline=None, filed=None, waived=None)

    assert open_.settled is False
    assert dataclasses.replace(open_, filed=date(2026, 11, 20)).settled is True
    assert dataclasses.replace(open_, waived="static gathering").settled is True


def test_slot_by_id_and_whether_it_is_called() -> None:
    campaign = made.campaign(slots=(made.slot(), made.slot(id="cancelled", when=c.Called())))

    assert campaign.slot("cancelled").called is True
    assert campaign.slot("morning").called is False


def test_two_accounts_of_one_login_have_one_remote_name() -> None:
    assert made.account(id="a", handle="WAD_London").remote == made.account(id="b", handle="wad_london").remote
    assert made.account(handle=None, page="123").remote == "123"
