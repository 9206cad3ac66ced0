"""The column types both databases share."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Dialect, Table, Text, TextClause, bindparam, text
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 (UTC) of an aware moment; exact, where a float of seconds would not be."""
    return (moment - EPOCH) // MICROSECOND


class Word(TypeDecorator[str]):
    """A text that may come as a StrEnum: psycopg would write such a one's name, not its value."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        return _word_in


def _word_in(value: str | None) -> str | None:
    return None if value is None else str(value)


class Instant(TypeDecorator[datetime]):
    """An aware UTC moment, kept as integer microseconds: small, exact, and ordered alike in both databases."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        return _moment_in  # not process_bind_param: a burst reads and writes a dozen moments a post

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:
        return _moment_out


class Span(TypeDecorator[timedelta]):
    """A length of time, kept as integer microseconds."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[timedelta | None], int | None]:
        return _span_in

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], timedelta | None]:
        return _span_out


def _moment_in(value: datetime | None) -> int | None:
    return None if value is None else (value - EPOCH) // MICROSECOND


def _moment_out(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(0, 0, value)


def _span_in(value: timedelta | None) -> int | None:
    return None if value is None else value // MICROSECOND


def _span_out(value: int | None) -> timedelta | None:
    return None if value is None else timedelta(0, 0, value)


@functools.cache
def insert_once(into: Table) -> TextClause:
    """An INSERT that leaves a row that is already there alone; the one form that SQLite and Postgres share."""
    names = [column.name for column in into.columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f":{name}" for name in names)
    sql = f'INSERT INTO "{into.name}" ({quoted}) VALUES ({values}) ON CONFLICT DO NOTHING'  # noqa: S608 - our own names
    return text(sql).bindparams(*(bindparam(column.name, type_=column.type) for column in into.columns))
