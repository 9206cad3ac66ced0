"""Statements that are run at every turn, past SQLAlchemy's bookkeeping: for each run it looks the statement up by all
that stands in it, and makes a result that knows its columns by name, which takes several times as long as the database.

Here a statement is compiled once for each kind of database; its parameters go to the driver, and its rows come back, by
the same column types. What the driver refuses is raised as SQLAlchemy raises it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Select, Update, exc

_Convert = Callable[[Any], Any]


def tell(c: Connection, sql: str) -> None:
    """Run a statement that stands as the driver takes it, has no parameters and answers nothing."""
    _driven(c, sql, None)


def tell_all(c: Connection, sql: str, rows: Sequence[Any]) -> int:
    """Run one such statement for many rows of parameters; how many lines of the table it changed."""
    return _driven(c, sql, rows, many=True)[1]


class Statement:
    """One statement, compiled when it is first run. Its parameters are named as in SQLAlchemy; those with a value of
    their own keep it."""

    def __init__(self, written: Select[*tuple[Any, ...]] | Update | Delete) -> None:
        self._written = written
        self._plans: dict[str, _Plan] = {}  # by the kind of database

    def all(self, c: Connection, **values: Any) -> list[Sequence[Any]]:
        """Its rows, each with its columns in the order in which they were asked for."""
        plan = self._plan(c.dialect)
        found, _ = _driven(c, plan.sql, plan.filled(values), asks=True)
        return [plan.read(row) for row in found] if plan.outs else found

    def firsts(self, c: Connection, **values: Any) -> list[Any]:
        """The first column of its rows."""
        return [row[0] for row in self.all(c, **values)]

    def first(self, c: Connection, **values: Any) -> Any:
        """The first column of its first row; None where there is none."""
        found = self.all(c, **values)
        return found[0][0] if found else None

    def run(self, c: Connection, **values: Any) -> int:
        """How many lines of the table it changed."""
        plan = self._plan(c.dialect)
        return _driven(c, plan.sql, plan.filled(values))[1]

    def _plan(self, dialect: Dialect) -> "_Plan":
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _planned(self._written, dialect)
        return plan


@dataclass(frozen=True, slots=True)
class _Plan:
    sql: str
    fixed: Any  #: parameters as the driver takes them, by place or by name: those with a value of their own …
    open: list[tuple[Any, str, _Convert | None]]  #: … and which of them are still to be filled in
    outs: list[tuple[int, _Convert]]  #: the columns that are not taken as they come

    def filled(self, values: dict[str, Any]) -> Any:
        parameters = self.fixed.copy()
        for place, name, convert in self.open:
            value = values[name]
            parameters[place] = value if convert is None else convert(value)
        return parameters

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        columns = list(row)
        for place, convert in self.outs:
            columns[place] = convert(columns[place])
        return columns


def _planned(written: Select[*tuple[Any, ...]] | Update | Delete, dialect: Dialect) -> _Plan:
    compiled = written.compile(dialect=dialect)
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    by_place = compiled.positional and compiled.positiontup is not None
    places: list[tuple[Any, str]] = [*enumerate(compiled.positiontup or ())] if by_place else [(n, n) for n in binds]
    fixed: Any = [None] * len(places) if by_place else {}
    left: list[tuple[Any, str, _Convert | None]] = []
    for place, name in places:
        convert = binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        if binds[name].required:
            left.append((place, name, convert))
        else:
            value = binds[name].effective_value
            fixed[place] = value if convert is None else convert(value)
    outs: list[tuple[int, _Convert]] = []
    for n, column in enumerate(written.selected_columns if isinstance(written, Select) else ()):
        out = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if out is not None:
            outs.append((n, out))
    return _Plan(compiled.string, fixed, left, outs)


def _driven(
    c: Connection, sql: str, parameters: Any, *, many: bool = False, asks: bool = False
) -> tuple[list[Sequence[Any]], int]:
    """The rows where it asks for some, and how many it changed where it changes some."""
    try:
        cursor = c.connection.cursor()
        if many:
            cursor.executemany(sql, parameters)
        elif parameters is None:
            cursor.execute(sql)
        else:
            cursor.execute(sql, parameters)
        return (list(cursor.fetchall()) if asks else []), cursor.rowcount
    except c.dialect.loaded_dbapi.Error as error:
        its = c.dialect.loaded_dbapi.Error
        raise exc.DBAPIError.instance(sql, None, error, its, hide_parameters=True, dialect=c.dialect) from error
