"""Language tags, as CLDR has them."""

from collections.abc import Callable

import pytest

from campaignbot.stages.load import languages, values


@pytest.mark.parametrize("tag", ["sv-SE", "fr-CA", "zh-Hans-CN", "zh-CN", "es-419"])
def test_a_full_tag_says_where(tag: str) -> None:
    assert languages.full(tag) == tag
    assert languages.either(tag) == tag


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("sv", "write sv-SE"),
        ("sv_SE", "write sv-SE"),
        ("SV-se", "write sv-SE"),
        ("ru-RO", "write ru-RU"),
        ("en-ZZ", "write en-US"),
        ("Swedish", "use a tag such as en-GB, fr-CA, sv-SE"),
        ("xx-YY", "use a tag such as en-GB, fr-CA, sv-SE"),
    ],
)
def test_anything_else_is_no_full_tag(text: str, fix: str) -> None:
    _refused(languages.full, text, fix)


def test_a_bare_language_is_meant_as_its_country_speaks_it() -> None:
    with pytest.raises(values.Wrong) as wrong:
        languages.full("en", country="GB")
    assert wrong.value.fix == "write en-GB"
    with pytest.raises(values.Wrong) as wrong:
        languages.full("en-UK", country="GB")
    assert wrong.value.fix == "write en-GB"
    with pytest.raises(values.Wrong) as wrong:
        languages.full("ru", country="RO")
    assert wrong.value.fix == "write ru-RU"


@pytest.mark.parametrize(
    ("text", "fix"), [("sv-SE", "write sv"), ("EN", "write en"), ("xx", "use a code such as en, fr, sv")]
)
def test_a_base_language_stands_alone(text: str, fix: str) -> None:
    assert languages.base("sv") == "sv"
    _refused(languages.base, text, fix)


def test_either_will_do_where_both_mean_something() -> None:
    assert languages.either("sv") == "sv"
    _refused(languages.either, "klingon", "use a tag such as en-GB, fr-CA, sv-SE")


def _refused(convert: Callable[[str], str], text: str, fix: str) -> None:
    with pytest.raises(values.Wrong) as wrong:
        convert(text)
    assert wrong.value.fix == fix
