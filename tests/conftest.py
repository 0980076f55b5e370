"""Fixtures that every test may ask for, repeatable examples, and the long tests behind `--full`."""

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from engine import logs
from tests.databases import (
    database,
    empty_postgres,
    postgres_database,
    postgres_server,
    sqlite_database,
    sqlite_template,
)
from tests.installations import office, prepared
from tests.thoroughness import THOROUGH

os.environ.setdefault("HUISHEN_FONTS", str(Path(__file__).parent.parent / "instance" / "fonts"))

for profile in ("repeatable", THOROUGH):
    settings.register_profile(
        profile, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
settings.load_profile("repeatable")
logs.configure()

__all__ = [
    "database",
    "empty_postgres",
    "office",
    "postgres_database",
    "postgres_server",
    "prepared",
    "sqlite_database",
    "sqlite_template",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the long tests too")
    parser.addoption("--pictures", action="store_true", help="photograph pages at every width: test-results/pages")
    parser.addoption(
        "--guide-pictures", action="store_true", help="take the pictures of the guides anew: docs/pictures"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--full"):
        settings.load_profile(THOROUGH)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without `--full` the long tests are left out of the run, not skipped one by one."""
    if config.getoption("--full"):
        return
    long = [item for item in items if item.get_closest_marker("full")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cells of each matrix were played: counted where they were, so that none is left out unseen."""
    counted: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        counted.update({name: value for name, value in report.user_properties if name.startswith("cells of ")})
    for name, count in sorted(counted.items()):
        terminalreporter.write_line(f"{count} {name} passed")
