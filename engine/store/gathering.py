"""Rows of several tables in one statement, where each query has the rows of its own: they come as JSON, typed as columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from engine.store.database import Transaction
from engine.store.tables import Moment

Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """A query, and the columns by which its rows are put in order."""

    query: sa.Select[Any]
    order: tuple[str, ...]


class Gathering:
    """Queries that are sent together; built once, since building costs more than sending."""

    def __init__(self, **parts: Part) -> None:
        self.parts = parts
        self.columns: dict[str, list[tuple[str, Callable[[Any], Any]]]] = {}
        gathered = []
        for name, part in parts.items():
            rows = part.query.subquery()
            self.columns[name] = [(column.name, _reader(column)) for column in rows.c]
            gathered.append(sa.select(_rows(*rows.c)).scalar_subquery().label(name))
        self.statement = sa.select(*gathered)

    def read(self, transaction: Transaction, parameters: Mapping[str, Any]) -> dict[str, list[Row]]:
        """The rows of each query by its name."""
        found = transaction.execute(self.statement, parameters).one()
        return {name: self._part(name, text) for name, text in zip(self.parts, found, strict=True)}

    def _part(self, name: str, text: str | None) -> list[Row]:
        rows = [
            {column: read(value) for (column, read), value in zip(self.columns[name], row, strict=True)}
            for row in (orjson.loads(text) if text else ())
        ]
        return sorted(rows, key=lambda row: tuple(row[column] for column in self.parts[name].order))


class _rows(GenericFunction[str]):  # noqa: N801  the name of an SQL function
    """The columns of every row as the text of a JSON array of arrays."""

    type = sa.Text()
    inherit_cache = True


@compiles(_rows)
def _rows_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(json_agg(json_build_array({compiler.process(element.clauses, **options)})) AS TEXT)"


@compiles(_rows, "sqlite")
def _rows_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **options)}))"


def _reader(column: sa.ColumnElement[Any]) -> Callable[[Any], Any]:
    """From what JSON can hold to what the column gives."""
    match column.type:
        case Moment():
            return _moment
        case sa.Date():
            return lambda text: None if text is None else date.fromisoformat(text)
        case sa.Boolean():
            return lambda value: None if value is None else bool(value)
        case sa.LargeBinary():
            raise TypeError(f"{column.name}: JSON holds no bytes")
    return lambda value: value


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    at = datetime.fromisoformat(text)  # SQLite keeps no zone, PostgreSQL writes that of the session
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
