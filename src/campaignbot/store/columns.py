"""The column types both databases share."""

import functools
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

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)


class Instant(TypeDecorator[datetime]):
    """An aware UTC moment, kept as integer microseconds: small, exact, and ordered alike in both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Span(TypeDecorator[timedelta]):
    """A length of time, kept as integer microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(microseconds=value)


@functools.cache
def insert_once(into: Table) -> TextClause:
    """An INSERT that leaves a row that is already there alone; the one form that SQLite and Postgres share."""
    names = [column.name for column in into.columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f":{name}" for name in names)
    sql = f'INSERT INTO "{into.name}" ({quoted}) VALUES ({values}) ON CONFLICT DO NOTHING'  # noqa: S608 - our own names
    return text(sql).bindparams(*(bindparam(column.name, type_=column.type) for column in into.columns))
