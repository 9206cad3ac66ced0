from datetime import UTC, datetime

import pytest

from campaignbot.networks.graph import asked, refusals


def test_writes_fields_as_they_were_read() -> None:
    text = "id,from{id,name},comments.limit(0).summary(true){message,parent{id}}"

    assert asked.written(asked.fields(text)) == text


def test_parses_nested_fields_and_modifiers() -> None:
    text = "id,from{id,name},comments.limit(0).summary(true).filter(stream){message,from}"

    assert asked.fields(text) == (
        asked.Field("id", {}, None),
        asked.Field("from", {}, (asked.Field("id", {}, None), asked.Field("name", {}, None))),
        asked.Field(
            "comments",
            {"limit": "0", "summary": "true", "filter": "stream"},
            (asked.Field("message", {}, None), asked.Field("from", {}, None)),
        ),
    )


@pytest.mark.parametrize("text", ["id,", "from{id", "from{}", "id name", "Id"])
def test_refuses_bad_syntax(text: str) -> None:
    with pytest.raises(refusals.Refusal):
        asked.fields(text)


@pytest.mark.parametrize(
    "text", ["1796126400", "2026-12-01T12:00:00+0000", "2026-12-01T12:00:00", "2026-12-01T13:00+01:00"]
)
def test_reads_a_time(text: str) -> None:
    assert asked.moment(text, "since") == datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "²", "9" * 30])
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(refusals.Refusal):
        asked.moment(text, "since")
