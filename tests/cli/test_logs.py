"""What the daemon's log never shows."""

import base64
import json
import logging
from urllib.parse import quote, quote_plus

import pytest

from campaignbot.cli import logs

SECRET = "s3cr/t +ä"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_a_secret_is_blotted_out_in_every_form(form: str) -> None:
    assert logs.Redactor([SECRET]).clean(f"<{form}>") == f"<{logs.BLOT}>"


def test_a_secret_inside_another_leaves_no_rest() -> None:
    assert logs.Redactor(["abcd", "abcdefgh"]).clean("abcdefgh abcd abc") == "[secret] [secret] abc"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Authorization: Bearer AAAAAAAAAAAA%2FBBB=", "Authorization: [secret]"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: [secret]"),
        ('OAuth oauth_token="12-ab", oauth_signature="x%3D"', 'OAuth [secret]", [secret]"'),
        ("GET /me?access_token=abc&fields=id", "GET /me?[secret]&fields=id"),
        ("{'access_token': 'abc', 'id': 1}", "{[secret]', 'id': 1}"),
        ("appsecret_proof=0f0f", "[secret]"),
        ("token EAA" + "b" * 30, "token [secret]"),
        ("AGE-SECRET-KEY-1QQQQ", "[secret]"),
        ("mailto://ann:word@example.org", "mailto://[secret]@example.org"),
        (
            "postgresql://bot@db/day?password=hunter2&sslmode=require",
            "postgresql://bot@db/day?[secret]&sslmode=require",
        ),
        ("host=db user=bot password=hunter2 dbname=day", "host=db user=bot [secret] dbname=day"),
        ("https://example.org/a:b@c and the basics of it", "https://example.org/a:b@c and the basics of it"),
    ],
)
def test_a_secret_that_was_never_loaded_is_known_by_its_shape(said: str, shown: str) -> None:
    cleaned = logs.Redactor([]).clean(said)
    assert cleaned.replace("'[secret]", "[secret]") == shown


def _line(printed: pytest.CaptureFixture[str]) -> dict[str, object]:
    (line,) = printed.readouterr().err.splitlines()
    found: dict[str, object] = json.loads(line)
    return {name: value for name, value in found.items() if name != "timestamp"}


def test_a_record_is_one_line_of_json_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    class Answer:
        def __str__(self) -> str:
            return f"answer {SECRET}"

    logs.start([SECRET])
    logging.getLogger("campaignbot.test").info(
        "sent %s", SECRET, extra={"key": "wad/x", "deep": {SECRET: [SECRET, 1, None]}, "answer": Answer()}
    )
    assert _line(capsys) == {
        "event": "sent [secret]",
        "level": "info",
        "logger": "campaignbot.test",
        "key": "wad/x",
        "deep": {"[secret]": ["[secret]", 1, None]},
        "answer": "answer [secret]",
    }


def test_an_exception_shows_where_and_never_what(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start([])
    words = "what somebody wrote to us"
    try:
        raise ValueError(words)
    except ValueError:
        logging.getLogger("campaignbot.test").exception("a tick failed")
    found = _line(capsys)
    frames = found.pop("frames")

    assert found == {
        "event": "a tick failed",
        "level": "error",
        "logger": "campaignbot.test",
        "exception": "ValueError",
    }
    assert isinstance(frames, list)
    assert [frame.rpartition(" ")[2] for frame in frames] == ["test_an_exception_shows_where_and_never_what"]
    assert words not in json.dumps(frames)


def test_libraries_speak_only_when_something_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start([])
    for name in ("tweepy", "urllib3", "apprise", "some.other"):
        logging.getLogger(name).info("an address")
    logging.getLogger("some.other").warning("retrying")
    assert _line(capsys) == {"event": "retrying", "level": "warning", "logger": "some.other"}
