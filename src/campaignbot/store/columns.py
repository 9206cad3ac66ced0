"""The column types both databases share."""

import functools
import itertools
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    Table,
    Text,
    TextClause,
    bindparam,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator

from campaignbot.store import statements

_Convert = Callable[[Any], Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_AT_ONCE = 500  #: rows: all of them as tuples would be the collector's to walk, again and again


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


class _Names(TypeDecorator[Collection[str]]):
    """Many texts as one value: a JSON list."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Collection[str] | None], str]:
        return lambda value: json.dumps(list(value or ()))


class _Listed(ColumnElement[str]):
    """The names in one parameter, as rows."""

    inherit_cache = True
    type = Text()
    _traverse_internals = [("names", InternalTraversal.dp_clauseelement)]  # noqa: RUF012 - as SQLAlchemy has it

    def __init__(self, parameter: str) -> None:
        self.names = bindparam(parameter, type_=_Names())


def among(column: ColumnElement[str], parameter: str) -> ColumnElement[bool]:
    """Whether a column is one of the names in the parameter. `in_` would write the statement anew each time, a mark for
    each name: in a burst that costs more than to run it."""
    return column.op("IN", is_comparison=True)(_Listed(parameter))


@compiles(_Listed)
def _listed(element: _Listed, compiler: SQLCompiler, **how: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.names, **how)}))"  # noqa: S608 - a parameter's mark


@compiles(_Listed, "postgresql")
def _listed_postgres(element: _Listed, compiler: SQLCompiler, **how: Any) -> str:
    names = compiler.process(element.names, **how)
    return f"(SELECT json_array_elements_text(CAST({names} AS json)))"


class Dollars(TypeDecorator[Decimal]):
    """An amount in USD, kept as integer millionths, so that a database can add it up exactly."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Decimal | None], int | None]:
        return _dollars_in

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], Decimal | None]:
        return _dollars_out


def _dollars_in(value: Decimal | None) -> int | None:
    return None if value is None else int(value * 1_000_000)


def _dollars_out(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(int(value)) / 1_000_000


def _moment_in(value: datetime | None) -> int | None:
    return None if value is None else (value - EPOCH) // MICROSECOND


def _moment_out(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(0, 0, value)


def _span_in(value: timedelta | None) -> int | None:
    return None if value is None else value // MICROSECOND


def _span_out(value: int | None) -> timedelta | None:
    return None if value is None else timedelta(0, 0, value)


@dataclass(frozen=True, slots=True)
class Same:
    """One value for every row."""

    value: Any


def pour(
    c: Connection,
    into: Table,
    columns: Mapping[str, Sequence[Any] | Same],
    *,
    once: bool = False,
    over: str | None = None,
) -> None:
    """Many rows, given by column; with `once`, a row that is already there is left alone, and with `over` one that has
    the same in that column, its key, is replaced.

    Past SQLAlchemy's own bookkeeping, which costs more a row than the database does: values are converted a column at a
    time. Rows in the order of the table's key go in fastest: a tree that grows at its end is written once.
    """
    sql = _poured(into, tuple(columns), once=once, over=over, mark=_mark(c.dialect))
    rows = _rows(c.dialect, into, columns)
    while some := list(itertools.islice(rows, _AT_ONCE)):
        statements.tell_all(c, sql, some)


def swap(
    c: Connection, table: Table, change: Mapping[str, Sequence[Any]], *, where: Mapping[str, Sequence[Any]]
) -> int:
    """Change many rows, each where it still stands as said, the changes and what they hang on given by column; how
    many were changed. Past SQLAlchemy's bookkeeping, like `pour`."""
    sql = _swapped(table, tuple(change), tuple(where), mark=_mark(c.dialect))
    changes, asked = _rows(c.dialect, table, change), _rows(c.dialect, table, where)
    rows = [new + old for new, old in zip(changes, asked, strict=True)]
    return statements.tell_all(c, sql, rows) if rows else 0


def _mark(dialect: Dialect) -> str:
    return "?" if dialect.paramstyle == "qmark" else "%s"


@functools.cache
def _poured(into: Table, names: tuple[str, ...], *, once: bool, over: str | None, mark: str) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    leave = " ON CONFLICT DO NOTHING" if once else ""
    if over is not None:
        replaced = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != over)
        leave = f' ON CONFLICT ("{over}") DO UPDATE SET {replaced}'
    return f'INSERT INTO "{into.name}" ({quoted}) VALUES ({", ".join([mark] * len(names))}){leave}'  # noqa: S608 - our own names


@functools.cache
def _swapped(table: Table, change: tuple[str, ...], where: tuple[str, ...], *, mark: str) -> str:
    changed = ", ".join(f'"{name}" = {mark}' for name in change)
    asked = " AND ".join(f'"{name}" = {mark}' for name in where)
    return f'UPDATE "{table.name}" SET {changed} WHERE {asked}'  # noqa: S608 - our own names


def _rows(dialect: Dialect, table: Table, columns: Mapping[str, Sequence[Any] | Same]) -> Iterator[tuple[Any, ...]]:
    count = max(len(values) for values in columns.values() if not isinstance(values, Same))
    converts = _converts(dialect, table, tuple(columns))
    filled = [_converted(one, values, count=count) for one, values in zip(converts, columns.values(), strict=True)]
    return zip(*filled, strict=True)


@functools.lru_cache(maxsize=64)  # a lone move asks for a dozen of these; every database has a dialect of its own
def _converts(dialect: Dialect, table: Table, names: tuple[str, ...]) -> list[_Convert | None]:
    kinds = [table.columns[name].type for name in names]
    # both drivers take bytes as they are
    return [
        None if isinstance(kind, LargeBinary) else kind.dialect_impl(dialect).bind_processor(dialect) for kind in kinds
    ]


def _converted(convert: _Convert | None, values: Sequence[Any] | Same, *, count: int) -> Iterable[Any]:
    if isinstance(values, Same):
        return itertools.repeat(values.value if convert is None else convert(values.value), count)
    return values if convert is None else map(_Converted(convert).__getitem__, values)


class _Converted(dict[Any, Any]):
    """Values as the database takes them, each converted once: thousands of posts fall due at the same few instants."""

    def __init__(self, convert: _Convert) -> None:
        self.convert = convert

    def __missing__(self, value: Any) -> Any:
        made = self[value] = self.convert(value)
        return made


@functools.cache
def insert_once(into: Table) -> TextClause:
    """An INSERT that leaves a row that is already there alone; the one form that SQLite and Postgres share."""
    names = [column.name for column in into.columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f":{name}" for name in names)
    sql = f'INSERT INTO "{into.name}" ({quoted}) VALUES ({values}) ON CONFLICT DO NOTHING'  # noqa: S608 - our own names
    return text(sql).bindparams(*(bindparam(column.name, type_=column.type) for column in into.columns))
