"""Versions are immutable: the same files are the same row, and what is stored comes back as it was."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import packages, store
from engine.errors import NotFound
from engine.packages import PackageProblems
from engine.store.tables import process_in_force, process_version
from tests.packages.small_package import VOCABULARY, small

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
CHANGED = ("package.toml", 'title = "小流程"', 'title = "小流程"\nnote = "第二版"')


@pytest.fixture
def transaction(tmp_path):
    database = store.open_database(f"sqlite:///{tmp_path / 'huishen.db'}")
    store.migrate(database)
    with store.writing(database) as transaction:
        yield transaction
    database.dispose()


def test_a_package_is_stored_once_and_is_in_force(transaction):
    first = packages.deploy(transaction, small(), by="p1", at=AT)
    again = packages.deploy(transaction, small(), by="p2", at=AT + timedelta(days=1))
    assert first.new and not again.new and again.version_id == first.version_id
    assert packages.in_force(transaction, "small") == first.version_id
    assert transaction.execute(sa.select(sa.func.count()).select_from(process_version)).scalar_one() == 1
    row = transaction.execute(sa.select(process_in_force)).mappings().one()
    assert (row["since"], row["by"]) == (AT, "p1")


def test_a_changed_package_is_a_new_version_and_the_old_one_stays(transaction):
    first = packages.deploy(transaction, small(), by=None, at=AT)
    second = packages.deploy(transaction, small(CHANGED), by=None, at=AT)
    assert second.new and second.version_id != first.version_id
    assert packages.in_force(transaction, "small") == second.version_id
    assert packages.load_version(transaction, first.version_id).manifest.note == ""
    assert packages.load_version(transaction, second.version_id).manifest.note == "第二版"
    back = packages.deploy(transaction, small(), by=None, at=AT)
    assert back.version_id == first.version_id == packages.in_force(transaction, "small")


def test_a_stored_version_comes_back_byte_for_byte(transaction):
    deployed = packages.deploy(transaction, small(), by=None, at=AT)
    assert packages.load_package(transaction, deployed.version_id) == small()


def test_what_was_never_deployed_is_not_there(transaction):
    assert packages.in_force(transaction, "small") is None
    for load in (packages.load_version, packages.load_package):
        with pytest.raises(NotFound) as caught:
            load(transaction, "0" * 32)
        assert caught.value.code == "package.unknown-version"


@pytest.mark.parametrize(
    "change",
    [
        ("process.bpmn", 'formId="sign"', 'formId="seal"'),
        ("forms/sign.form", "{", "["),
        ("package.toml", "[posts]", ""),
    ],
)
def test_a_package_with_an_error_is_not_stored(transaction, change):
    with pytest.raises(PackageProblems):
        packages.deploy(transaction, small(change), by=None, at=AT)
    assert transaction.execute(sa.select(process_version)).first() is None


def test_the_installation_decides_which_posts_there_are(transaction):
    nobody = packages.default_vocabulary(posts=())
    with pytest.raises(PackageProblems) as caught:
        packages.deploy(transaction, small(), by=None, at=AT, vocabulary=nobody)
    assert {finding.code for finding in caught.value.findings} == {"package.post-not-installed"}
    assert packages.deploy(transaction, small(), by=None, at=AT, vocabulary=VOCABULARY).new


def test_a_stored_version_is_compiled_once_for_all_threads(transaction):
    deployed = packages.deploy(transaction, small(), by=None, at=AT)
    first = packages.load_version(transaction, deployed.version_id)
    assert packages.load_version(transaction, deployed.version_id) is first
    assert packages.compile(small()) is first


def test_threads_that_compile_the_same_package_get_the_same_one():
    package = small(("README.md", "小流程", "同时"))
    gate, results = threading.Barrier(4), []

    def work() -> None:
        gate.wait()
        results.append(packages.compile(package))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4 and len(set(map(id, results))) == 1
