"""INSERT .. ON CONFLICT in the words of the database at hand."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.database import Transaction


def insert_into(transaction: Transaction, table: Table) -> Any:
    """The dialect's own INSERT, which knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return (sqlite if transaction.dialect.name == "sqlite" else postgresql).insert(table)


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
