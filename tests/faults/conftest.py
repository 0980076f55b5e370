"""The prepared installations of the tests of cases."""

from tests.cases.conftest import office, postgres_office, prepared_postgres, prepared_sqlite, sqlite_office

__all__ = ["office", "postgres_office", "prepared_postgres", "prepared_sqlite", "sqlite_office"]
