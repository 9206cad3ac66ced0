"""From the text of one scalar to an exact value, or to a fault with its remedy."""

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.model.campaign import CityStatus
from campaignbot.stages.load import values

KEY = "age1es38c8pzgp89yen3j0hdxyjcesjx2sgpghpzx7avvgfz97mrr3ysu9v6q3"
GOOD: list[tuple[Callable[[str], object], str, object]] = [
    (values.line, "Bucureşti, Piața Romană", "Bucureşti, Piața Romană"),
    (values.slug, "new-york", "new-york"),
    (values.name, "why_2", "why_2"),
    (values.truth, "true", True),
    (values.truth, "false", False),
    (values.on_off, "on", True),
    (values.on_off, "off", False),
    (values.on_off, "true", True),
    (values.whole(1, 9), "9", 9),
    (values.dollars, "12.50", Decimal("12.50")),
    (values.day, "2026-12-01", date(2026, 12, 1)),
    (values.clock, "18:00", time(18)),
    (values.clock, "00:00", time(0)),
    (values.quiet, "21:00-08:00", (time(21), time(8))),
    (values.quiet, "21:00 - 08:00", (time(21), time(8))),
    (values.quiet, "none", None),
    (values.instant, "2026-12-01T12:00:00Z", datetime(2026, 12, 1, 12, tzinfo=UTC)),
    (values.instant, "2026-12-01T12:00Z", datetime(2026, 12, 1, 12, tzinfo=UTC)),
    (values.instant, "2026-12-01 13:00:00+01:00", datetime(2026, 12, 1, 12, tzinfo=UTC)),
    (values.duration, "0s", timedelta(0)),
    (values.duration, "90s", timedelta(seconds=90)),
    (values.duration, "30m", timedelta(minutes=30)),
    (values.duration, "48h", timedelta(hours=48)),
    (values.duration, "7d", timedelta(days=7)),
    (values.at_least(timedelta(seconds=1)), "1s", timedelta(seconds=1)),
    (values.member(CityStatus), "ready", CityStatus.READY),
    (values.link, "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
    (values.base_url, "http://127.0.0.1:8001/", "http://127.0.0.1:8001"),
    (values.base_url, "http://[::1]:8001/x", "http://[::1]:8001/x"),
    (values.base_url, "http://localhost", "http://localhost"),
    (values.base_url, "https://social.example.org/prefix", "https://social.example.org/prefix"),
    (values.handle, "wad_London1", "wad_London1"),
    (values.page, "730000000000001", "730000000000001"),
    (values.hashtag, "JournéeMondialeSida", "JournéeMondialeSida"),
    (values.recipient, KEY, KEY),
    (values.alarm, "mailto://a@example.org", "mailto://a@example.org"),
    (values.alarm, "ALARM_MAIL", "ALARM_MAIL"),
]


@pytest.mark.parametrize(("convert", "text", "value"), GOOD)
def test_what_is_right_becomes_exact(convert: Callable[[str], object], text: str, value: object) -> None:
    assert convert(text) == value


BAD: list[tuple[Callable[[str], object], str, str]] = [
    (values.line, "a\nb", "the text has more than one line; write it in one line"),
    (values.line, "a" * 301, "the text has 301 characters; keep it within 300"),
    (values.slug, "a_b", '"a_b" cannot be an id; use a to z, 0 to 9, "-", 60 at the most, a letter or figure first'),
    (
        values.name,
        "a" * 61,
        f'"{"a" * 60}…" cannot be an id; use a to z, 0 to 9, "-" and "_", 60 at the most, a letter or figure first',
    ),
    (values.truth, "yes", '"yes" is neither true nor false; write true or false'),
    (values.on_off, "no", '"no" is neither on nor off; write on or off'),
    (values.whole(1, 9), "10", '"10" is not a whole number from 1 to 9; correct the number'),
    (values.whole(1, 9), "²", '"²" is not a whole number from 1 to 9; correct the number'),
    (values.dollars, "1.2.3", '"1.2.3" is not an amount in US dollars; write it as 10 or 12.50'),
    (values.dollars, "-1", '"-1" is not an amount in US dollars; write it as 10 or 12.50'),
    (values.day, "2026-02-30", '"2026-02-30" is not a date; write it as 2026-12-01: year, month, day'),
    (values.day, "20261201", '"20261201" is not a date; write it as 2026-12-01: year, month, day'),
    (values.day, "0026-12-01", '"0026-12-01" is not a date; write it as 2026-12-01: year, month, day'),
    (values.clock, "8:30", '"8:30" is not a time of day; write 08:30'),
    (
        values.clock,
        "24:00",
        '"24:00" is not a time of day; write it as 18:00, with two figures for the hour, from 00:00 to 23:59',
    ),
    (values.quiet, "night", '"night" are not quiet hours; write them as 21:00-08:00, or none'),
    (values.instant, "noon", '"noon" is not an instant; write it as 2026-12-01T12:00:00Z'),
    (
        values.instant,
        "2026-13-01T12:00:00Z",
        '"2026-13-01T12:00:00Z" is not an instant; write it as 2026-12-01T12:00:00Z',
    ),
    (
        values.instant,
        "2026-12-01T12:00",
        '"2026-12-01T12:00" does not say in which zone; put a "Z" for UTC at its end: 2026-12-01T12:00Z',
    ),
    (values.duration, "2 days", '"2 days" is not a length of time; write a number and s, m, h or d: 90s, 30m, 48h, 7d'),
    (values.duration, "9999d", '"9999d" is not a length of time; write a number and s, m, h or d: 90s, 30m, 48h, 7d'),
    (values.at_least(timedelta(seconds=1)), "0s", '"0s" is too short; 1s is the least'),
    (values.member(CityStatus), "raedy", '"raedy" is not known here; did you mean "ready"?'),
    (values.link, "example.org", '"example.org" is not a link; write it whole: https://example.org/page'),
    (values.link, "https://", '"https://" is not a link; write it whole: https://example.org/page'),
    (values.link, "javascript:x", '"javascript:x" is not a link; write it whole: https://example.org/page'),
    (values.link, "https://a:b@c.org", '"https://a:b@c.org" is not a link; write it whole: https://example.org/page'),
    (values.link, "https://c.org:x/", '"https://c.org:x/" is not a link; write it whole: https://example.org/page'),
    (values.link, "https://c.org/a b", '"https://c.org/a b" is not a link; write it whole: https://example.org/page'),
    (values.link, "http://c.org/", '"http://c.org/" is not safe to follow; use https: https://c.org/'),
    (
        values.base_url,
        "https://c.org?x=1",
        '"https://c.org?x=1" is not the address of a server; write scheme://host[:port][/prefix]',
    ),
    (
        values.base_url,
        "ftp://c.org",
        '"ftp://c.org" is not the address of a server; write scheme://host[:port][/prefix]',
    ),
    (
        values.base_url,
        "http://localhost.example.org",
        '"http://localhost.example.org" would send passwords in the clear; '
        "use https; http is for 127.0.0.1, [::1] and localhost alone",
    ),
    (
        values.base_url,
        "http://10.0.0.1",
        '"http://10.0.0.1" would send passwords in the clear; '
        "use https; http is for 127.0.0.1, [::1] and localhost alone",
    ),
    (values.handle, "@wad", '"@wad" starts with @; write wad'),
    (
        values.handle,
        "wad-x",
        '"wad-x" is not a handle on X; use the name after the @: letters, figures and _, 15 at the most',
    ),
    (
        values.page,
        "my.page",
        '"my.page" is not the id of a Facebook page; '
        "use the page's number, which Facebook shows under About, Page transparency",
    ),
    (values.hashtag, "#a", '"#a" starts with #; write a: the # comes by itself'),
    (values.hashtag, "a b", '"a b" is not a hashtag; use letters, figures and _ alone, and not figures alone'),
    (values.hashtag, "2026", '"2026" is not a hashtag; use letters, figures and _ alone, and not figures alone'),
    (
        values.recipient,
        KEY[:-1] + "q",
        "this is not an age public key, or a letter of it is wrong; "
        "copy the whole line that starts with age1 from `campaignbot keys new`",
    ),
    (
        values.recipient,
        "age-secret-key-1qq",
        "a private key stands here, for anybody to read; "
        "delete it, make a new pair with `campaignbot keys new`, keep that one safe",
    ),
    (
        values.alarm,
        "hello",
        "this is neither an address such as mailto://… nor the name of a secret; "
        "write an apprise address, or a name in capitals such as ALARM_TELEGRAM",
    ),
]


@pytest.mark.parametrize(("convert", "text", "said"), BAD)
def test_what_is_wrong_says_what_to_do(convert: Callable[[str], object], text: str, said: str) -> None:
    with pytest.raises(values.Wrong) as wrong:
        convert(text)
    assert f"{wrong.value.message}; {wrong.value.fix}" == said


def test_what_was_probably_meant() -> None:
    assert values.suggestion("lodnon", ["paris", "london"]) == 'did you mean "london"?'
    assert values.suggestion("tokyo", ["paris", "london"]) == "use one of: paris, london"
    assert values.suggestion("tokyo", [f"x{n}" for n in range(13)]).endswith("x10, x11, …")
    assert values.suggestion("tokyo", []) == "delete it: there is none"


def test_which_addresses_are_this_machine_s_own() -> None:
    assert [values.loopback(f"http://{host}/") for host in ("127.8.9.1", "[::1]", "localhost")] == [True] * 3
    assert [values.loopback(f"https://{host}/") for host in ("example.org", "10.0.0.1")] == [False] * 2


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_minute_of_the_day_is_a_time(hour: int, minute: int) -> None:
    assert values.clock(f"{hour:02}:{minute:02}") == time(hour, minute)


@given(st.datetimes(datetime(2001, 1, 1), datetime(2099, 12, 31), timezones=st.timezones()))  # noqa: DTZ001  # bounds are naive
def test_an_instant_is_the_same_in_any_offset(moment: datetime) -> None:
    if (moment.utcoffset() or timedelta(0)) % timedelta(minutes=1) == timedelta(0):
        assert values.instant(moment.isoformat()) == moment.astimezone(UTC)


@given(st.sampled_from([bad[0] for bad in BAD]), st.text(max_size=40))
def test_any_text_is_a_value_or_a_fault(convert: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(values.Wrong):
        convert(text)
