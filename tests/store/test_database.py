import threading
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from engine.store import insert_into, migrate, new_id, open_database, reading, upsert, writing
from engine.store.tables import calendar_day, event, metadata, number_sequence, post, process_version, scope
from tests.databases import Statements

ROW = {"authority": "屿社工函", "year": 2026, "last": 1}
AT = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)


def numbers(database: Engine) -> list[int]:
    with reading(database) as transaction:
        return list(transaction.execute(sa.select(number_sequence.c.last)).scalars())


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if request.param == "sqlite":
        return open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    engine: Engine = request.getfixturevalue("empty_postgres")
    return engine


def differences(database: Engine) -> list[Any]:
    """What alembic would change to come from the migrated schema to the tables in code."""

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return not (kind == "table" and str(name).startswith(("procrastinate_", "search_index")))

    with database.connect() as connection:
        options = {"compare_type": True, "include_name": ours, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_the_migrations_lead_to_the_tables_in_code(empty: Engine) -> None:
    migrate(empty)
    assert differences(empty) == []


def test_migrating_again_changes_nothing(empty: Engine) -> None:
    migrate(empty)
    with writing(empty) as transaction:
        transaction.execute(sa.insert(number_sequence), ROW)
    migrate(empty)
    assert numbers(empty) == [1]
    assert differences(empty) == []


def test_the_workers_tables_come_with_the_migrations_on_postgresql(postgres_database: Engine) -> None:
    assert "procrastinate_jobs" in sa.inspect(postgres_database).get_table_names()


def test_writing_commits_once_at_its_end(database: Engine) -> None:
    commits: list[object] = []
    sa.event.listen(database, "commit", commits.append)
    with writing(database) as transaction:
        transaction.execute(sa.insert(number_sequence), ROW)
        transaction.execute(sa.insert(number_sequence), ROW | {"year": 2027, "last": 2})
        assert commits == []
    assert len(commits) == 1
    assert sorted(numbers(database)) == [1, 2]


def test_writing_leaves_nothing_behind_on_an_error(database: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(database) as transaction:
        transaction.execute(sa.insert(number_sequence), ROW)
        raise ZeroDivisionError
    assert numbers(database) == []


def test_reading_is_one_view_whatever_is_committed_meanwhile(database: Engine) -> None:
    with writing(database) as transaction:
        transaction.execute(sa.insert(number_sequence), ROW)
    query = sa.select(number_sequence.c.last)
    with reading(database) as view:
        before = view.execute(query).scalar_one()
        with writing(database) as transaction:
            transaction.execute(sa.update(number_sequence).values(last=2))
        assert view.execute(query).scalar_one() == before == 1
    assert numbers(database) == [2]


def test_reading_keeps_nothing(database: Engine) -> None:
    try:
        with reading(database) as transaction:
            transaction.execute(sa.insert(number_sequence), ROW)
    except sa.exc.DBAPIError:
        pass  # PostgreSQL refuses at once
    assert numbers(database) == []


def test_readers_do_not_wait_for_a_writer(database: Engine) -> None:
    with writing(database) as transaction:
        transaction.execute(sa.insert(number_sequence), ROW)
        assert numbers(database) == []


def test_writers_wait_for_each_other_and_lose_nothing(database: Engine) -> None:
    with writing(database) as transaction:
        transaction.execute(sa.insert(number_sequence), ROW | {"last": 0})

    def take() -> None:
        for _ in range(10):
            with writing(database) as transaction:
                last = transaction.execute(sa.select(number_sequence.c.last).with_for_update()).scalar_one()
                transaction.execute(sa.update(number_sequence).values(last=last + 1))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(database) == [40]


def test_what_belongs_to_nothing_is_refused(database: Engine) -> None:
    orphan = {"id": new_id(), "role": "acceptor", "organisation_id": "0" * 32, "title": "受理岗"}
    with pytest.raises(sa.exc.IntegrityError), writing(database) as transaction:
        transaction.execute(sa.insert(post), orphan)


def test_sqlite_is_durable_and_lets_readers_read(sqlite_database: Engine) -> None:
    with reading(sqlite_database) as transaction:
        settings = {
            name: transaction.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_moments_come_back_in_utc_to_the_microsecond(database: Engine) -> None:
    local = AT.astimezone(timezone(timedelta(hours=8)))
    row = {"chain": "c", "seq": 1, "at": local, "kind": "k", "body": "{}", "previous": "", "hash": ""}
    with writing(database) as transaction:
        transaction.execute(sa.insert(event), row)
        found = transaction.execute(sa.select(event.c.at)).scalar_one()
        assert transaction.execute(sa.select(event.c.seq).where(event.c.at == local)).scalar_one() == 1
    assert found == AT
    assert found.tzinfo is UTC


def test_a_moment_without_its_zone_is_refused(database: Engine) -> None:
    with pytest.raises(sa.exc.StatementError, match="needs its zone"), writing(database) as transaction:
        transaction.execute(sa.select(event.c.at).where(event.c.at > AT.replace(tzinfo=None)))


def test_bytes_and_text_come_back_as_they_were(database: Engine) -> None:
    data = bytes(range(256))
    row = {"id": new_id(), "package_key": "p", "hash": "h", "title": "𠮷𠀀〔2026〕", "archive": data, "created_at": AT}
    with writing(database) as transaction:
        transaction.execute(sa.insert(process_version), row | {"created_by": None})
        found = transaction.execute(sa.select(process_version)).one()
    assert (bytes(found.archive), found.title, found.note) == (data, "𠮷𠀀〔2026〕", "")


def test_upsert_changes_what_it_names_and_nothing_else(database: Engine) -> None:
    day = date(2026, 11, 24)
    rows = [{"day": day, "working": True, "note": "a", "source": "one"}]
    with writing(database) as transaction:
        upsert(transaction, calendar_day, rows, ["working"])
        rows = [
            {"day": day, "working": False, "note": "b", "source": "two"},
            {"day": date(2026, 11, 25), "working": True, "note": "c", "source": "two"},
        ]
        upsert(transaction, calendar_day, rows, ["working", "source"])
        found = transaction.execute(sa.select(calendar_day).order_by(calendar_day.c.day)).all()
    assert [tuple(row)[1:] for row in found] == [(False, "a", "two"), (True, "c", "two")]


def test_upsert_of_nothing_says_nothing(database: Engine) -> None:
    with Statements(database) as statements, writing(database) as transaction:
        upsert(transaction, scope, [], ["values"])
    assert len(statements) == 0


def test_insert_into_speaks_the_databases_dialect(database: Engine) -> None:
    with writing(database) as transaction:
        for _ in range(2):
            transaction.execute(insert_into(transaction, number_sequence).on_conflict_do_nothing(), ROW)
    assert numbers(database) == [1]
