"""Fixtures that every test may ask for, and repeatable examples."""

from hypothesis import HealthCheck, settings

from tests.databases import database, empty_postgres, postgres_database, postgres_server, sqlite_database

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("repeatable")

__all__ = ["database", "empty_postgres", "postgres_database", "postgres_server", "sqlite_database"]
