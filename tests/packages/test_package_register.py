"""The register of rules has versions of its own, found by what they say."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import packages, store
from engine.decisions import DecisionProblems

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
REGISTER = """
[[clause]]
id = "XK-42"
text = "行政机关应当自受理之日起二十日内作出决定。"
source = "《行政许可法》第四十二条"
certainty = "A"
binding = "参照"
""".encode()


@pytest.fixture
def transaction(tmp_path):
    database = store.open_database(f"sqlite:///{tmp_path / 'huishen.db'}")
    store.migrate(database)
    with store.writing(database) as transaction:
        yield transaction
    database.dispose()


def test_the_same_register_is_one_version(transaction):
    first, new = packages.deploy_clauses(transaction, REGISTER, at=AT)
    assert new
    assert packages.deploy_clauses(transaction, REGISTER, at=AT) == (first, False)
    other, new = packages.deploy_clauses(transaction, REGISTER + b"# 2027\n", at=AT)
    assert new and other != first


def test_a_stored_register_comes_back_with_its_clauses(transaction):
    version, _ = packages.deploy_clauses(transaction, REGISTER, at=AT)
    assert packages.load_clauses(transaction, version).ids == {"XK-42"}
    assert packages.load_clauses(transaction, "").ids == frozenset()


def test_a_register_that_does_not_hold_is_not_stored(transaction):
    with pytest.raises(DecisionProblems):
        packages.deploy_clauses(transaction, REGISTER.replace(b'"A"', b'"E"'), at=AT)


def test_an_earlier_register_is_put_in_force_again(transaction):
    first, _ = packages.deploy_clauses(transaction, REGISTER, at=AT)
    packages.deploy_clauses(transaction, REGISTER + b"# 2027\n", at=AT + timedelta(days=1))
    again = AT + timedelta(days=2)
    assert packages.deploy_clauses(transaction, REGISTER, at=again) == (first, True)
    assert packages.clauses_in_force(transaction) == (first, again)
