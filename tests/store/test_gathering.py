"""Several queries in one statement: the rows of each as its own query would give them, on both databases."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from engine.store import Gathering, Part, reading, writing
from engine.store.tables import calendar_day, event, personal, signing_key
from tests.databases import Statements

AT = datetime(2026, 11, 23, 1, 2, 3, 450000, tzinfo=UTC)
DAYS = [
    {"day": date(2026, 10, 1), "working": False, "note": "国庆“节”\n\\", "source": "国办"},
    {"day": date(2026, 9, 30), "working": True, "note": "", "source": "国办"},
]
KEYS = [
    {"fingerprint": "b", "key_id": "k", "field": "approval", "since": AT, "until": None},
    {"fingerprint": "a", "key_id": "k", "field": "seal", "since": AT, "until": AT.replace(microsecond=0)},
]


def by(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row[name])


def test_rows_come_with_their_types_in_order_in_one_statement(database: Engine) -> None:
    with writing(database) as transaction:
        transaction.execute(sa.delete(calendar_day))
        transaction.execute(sa.insert(calendar_day), DAYS)
        transaction.execute(sa.insert(signing_key), KEYS)
    wanted = sa.select(signing_key).where(signing_key.c.key_id == sa.bindparam("key", type_=sa.String))
    gathering = Gathering(
        days=Part(sa.select(calendar_day), ("day",)),
        keys=Part(wanted, ("fingerprint",)),
        none=Part(sa.select(event), ("seq",)),
    )
    with reading(database) as transaction, Statements(database) as statements:
        found = gathering.read(transaction, {"key": "k"})
    assert found == {"days": by("day", DAYS), "keys": by("fingerprint", KEYS), "none": []}
    assert len(statements) == 1


def test_bytes_are_refused_when_it_is_built() -> None:
    with pytest.raises(TypeError, match="ciphertext"):
        Gathering(numbers=Part(sa.select(personal), ("hash",)))
