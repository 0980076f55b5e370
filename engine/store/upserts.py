"""INSERT in the words of the database at hand: with ON CONFLICT, and into several tables at once."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Insert, Table, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from engine.store.database import Transaction


def insert_into(transaction: Transaction, table: Table) -> Any:
    """The dialect's own INSERT, which knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return (sqlite if transaction.dialect.name == "sqlite" else postgresql).insert(table)


@cache
def inserting(table: Table) -> Insert:
    """INSERT into a table, built once."""
    return insert(table)


def upsert(transaction: Transaction, table: Table, rows: list[dict[str, Any]], changing: Iterable[str]) -> None:
    """Store rows in one statement; where the key is there already, take over the columns `changing`."""
    if not rows:
        return
    statement = insert_into(transaction, table)
    keys = [column.name for column in table.primary_key]
    statement = statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in changing}
    )
    transaction.execute(statement, rows)


def insert_together(transaction: Transaction, tables: Sequence[tuple[Table, list[dict[str, Any]]]]) -> None:
    """Store the rows of several tables, none of which may be there already: in one statement where the database can."""
    filled = [(table, rows) for table, rows in tables if rows]
    if transaction.dialect.name == "sqlite" or len(filled) < 2:
        for table, rows in filled:
            transaction.execute(inserting(table), rows)
        return
    parts, values = [], {}
    for table, found in filled:
        rows = [{str(name): value for name, value in (_defaults(table) | row).items()} for row in found]
        columns = ", ".join(f'"{name}"' for name in rows[0])
        record = f'json_populate_recordset(CAST(NULL AS "{table.name}"), CAST(:{table.name} AS json))'
        parts.append(f'"new_{table.name}" AS (INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM {record})')  # noqa: S608  names of our own tables
        values[table.name] = orjson.dumps(rows, default=_json).decode()
    transaction.execute(text(f"WITH {', '.join(parts)} SELECT 1"), values)


def _defaults(table: Table) -> dict[str, Any]:
    return {one.name: one.default.arg for one in table.c if isinstance(one.default, ScalarElementColumnDefault)}


def _json(value: Any) -> str:
    """As PostgreSQL reads it back: bytes are hexadecimal, numbers exact."""
    return rf"\x{value.hex()}" if isinstance(value, bytes) else str(value)
