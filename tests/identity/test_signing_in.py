from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import Engine

from engine import audit, identity
from engine.errors import Forbidden, Invalid
from engine.identity import passwords
from engine.store import reading, writing
from engine.store.tables import event, person
from tests.crowds import all_at_once

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
DEARER = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
RIGHT = "秋水共长天一色"
LOGIN = "acceptor"


@pytest.fixture
def office(database: Engine) -> Iterator[Engine]:
    with writing(database) as transaction:
        department = identity.add_organisation(
            transaction, key="department", name="中共南屿省委社会工作部", kind="department"
        )
        post = identity.add_post(transaction, role="acceptor", organisation_id=department, title="受理岗")
        someone = identity.add_person(transaction, login=LOGIN, name="周明敏", password=RIGHT + "！", hasher=CHEAP)
        identity.assign(transaction, post_id=post, person_id=someone, since=date(2026, 1, 1))
        identity.set_password(transaction, LOGIN, RIGHT + "x", CHEAP)
    yield database


PASSWORD = RIGHT + "x"


def sign_in(
    database: Engine, password: str = PASSWORD, login: str = LOGIN, now: datetime = NOW, hasher: PasswordHasher = CHEAP
) -> identity.Actor:
    with writing(database) as transaction:
        return identity.sign_in(transaction, login, password, now, hasher=hasher)


def apart(
    database: Engine, password: str = PASSWORD, login: str = LOGIN, now: datetime = NOW, hasher: PasswordHasher = CHEAP
) -> identity.Actor:
    return identity.authenticate(database, login, password, now, hasher=hasher)


WAYS = pytest.mark.parametrize("way", [sign_in, apart])


def refusal(way: Any, *arguments: Any, **options: Any) -> Forbidden:
    with pytest.raises(Forbidden) as caught:
        way(*arguments, **options)
    return caught.value


def record(database: Engine) -> list[Any]:
    with reading(database) as transaction:
        return list(transaction.execute(sa.select(event).order_by(event.c.seq)))


@WAYS
def test_the_right_password_gives_the_person_with_todays_posts(office: Engine, way: Any) -> None:
    actor = way(office)
    assert (actor.login, actor.name) == (LOGIN, "周明敏")
    assert actor.holds("acceptor")
    assert actor.is_department


@WAYS
def test_an_unknown_login_and_a_wrong_password_are_told_alike(office: Engine, way: Any) -> None:
    with_login = refusal(way, office, "wrong password")
    without = refusal(way, office, "wrong password", login="nobody")
    assert (with_login.code, with_login.message) == (without.code, without.message)
    assert with_login.code == "identity.wrong"
    assert with_login.details == without.details == {}


@WAYS
def test_five_failures_lock_for_fifteen_minutes_even_the_right_password(office: Engine, way: Any) -> None:
    codes = [refusal(way, office, f"wrong {n}").code for n in range(5)]
    assert codes == ["identity.wrong"] * 4 + ["identity.locked"]
    locked = refusal(way, office)
    assert locked.code == "identity.locked"
    assert locked.message == refusal(way, office, login="nobody").message, "a lock must not tell that a login exists"
    almost = NOW + timedelta(minutes=15) - timedelta(microseconds=1)
    assert refusal(way, office, now=almost).code == "identity.locked"
    assert way(office, now=NOW + timedelta(minutes=15)).login == LOGIN


def test_after_a_lock_five_more_failures_are_needed_for_the_next(office: Engine) -> None:
    for n in range(5):
        refusal(sign_in, office, f"wrong {n}")
    later = NOW + timedelta(minutes=16)
    codes = [refusal(sign_in, office, f"wrong {n}", now=later).code for n in range(5)]
    assert codes == ["identity.wrong"] * 4 + ["identity.locked"]


def test_a_success_forgets_the_failures_before_it(office: Engine) -> None:
    for _ in range(3):
        for n in range(4):
            refusal(sign_in, office, f"wrong {n}")
        sign_in(office)


def test_trying_while_locked_does_not_prolong_the_lock(office: Engine) -> None:
    for n in range(5):
        refusal(sign_in, office, f"wrong {n}")
    refusal(sign_in, office, "wrong", now=NOW + timedelta(minutes=14))
    assert sign_in(office, now=NOW + timedelta(minutes=15)).login == LOGIN


@WAYS
def test_every_attempt_is_in_the_chain_of_the_installation(office: Engine, way: Any) -> None:
    actor = way(office)
    refusal(way, office, "wrong password")
    refusal(way, office, "wrong password", login="nobody")
    rows = record(office)
    assert [(row.kind, row.actor, row.body) for row in rows] == [
        ("sign-in.succeeded", actor.person_id, "{}"),
        ("sign-in.failed", actor.person_id, '{"why":"wrong"}'),
        ("sign-in.failed", None, '{"why":"wrong"}'),
    ]
    with reading(office) as transaction:
        assert audit.verify(transaction, audit.Trust({})) == []


def test_what_was_typed_is_kept_nowhere(office: Engine) -> None:
    refusal(sign_in, office, "秘密口令在此", login="把口令输在了登录名里")
    refusal(sign_in, office, "秘密口令在此")
    text = "".join(str(tuple(row)) for row in record(office))
    assert "秘密" not in text and "输在了" not in text


def test_a_closed_account_is_told_like_an_unknown_one(office: Engine) -> None:
    with writing(office) as transaction:
        identity.set_active(transaction, LOGIN, False)
    assert refusal(sign_in, office).message == refusal(sign_in, office, login="nobody").message


def test_a_password_changed_while_it_was_checked_does_not_let_the_old_one_in(
    office: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change_meanwhile(*arguments: Any, **options: Any) -> bool:
        with writing(office) as transaction:
            identity.set_password(transaction, LOGIN, "another password", CHEAP)
        return True

    monkeypatch.setattr("engine.identity.signing_in.matches", change_meanwhile)
    assert refusal(apart, office).code == "identity.wrong"


def test_hashing_holds_no_transaction(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ones: list[int] = []
    checked_out = office.pool.checkedout  # type: ignore[attr-defined]

    def look(*arguments: Any, **options: Any) -> bool:
        open_ones.append(checked_out())
        return passwords.matches(*arguments, **options)

    monkeypatch.setattr("engine.identity.signing_in.matches", look)
    actor = apart(office)
    identity.prove_apart(office, actor, PASSWORD, NOW, hasher=CHEAP)
    assert open_ones == [0, 0]


def test_a_hash_of_another_cost_is_renewed_when_its_owner_signs_in(office: Engine) -> None:
    def stored() -> str:
        with reading(office) as transaction:
            return str(transaction.execute(sa.select(person.c.password_hash)).scalar_one())

    before = stored()
    sign_in(office, hasher=DEARER)
    assert passwords.needs_rehash(before, DEARER) and not passwords.needs_rehash(stored(), DEARER)
    sign_in(office, hasher=DEARER)


def test_a_new_password_lifts_the_lock_and_ends_every_session(office: Engine) -> None:
    epoch = sign_in(office).session_epoch
    for n in range(5):
        refusal(sign_in, office, f"wrong {n}")
    with writing(office) as transaction:
        identity.set_password(transaction, LOGIN, "a fresh password", CHEAP)
    assert sign_in(office, "a fresh password").session_epoch == epoch + 1
    assert refusal(sign_in, office).code == "identity.wrong"


def test_a_short_password_is_refused(office: Engine) -> None:
    with pytest.raises(Invalid) as caught, writing(office) as transaction:
        identity.set_password(transaction, LOGIN, "seven77", CHEAP)
    assert caught.value.code == "identity.password-short"


def test_the_standard_is_argon2id_of_the_recommended_cost() -> None:
    assert passwords.STANDARD.type.name == "ID"
    assert passwords.STANDARD.memory_cost >= 64 * 1024 and passwords.STANDARD.time_cost >= 3


def test_the_password_of_nobody_lets_nobody_in() -> None:
    assert not passwords.matches(None, "nobody", CHEAP)
    assert not passwords.matches("!", "!", CHEAP)


def prove(database: Engine, actor: identity.Actor, password: str, now: datetime = NOW) -> identity.Proof:
    with writing(database) as transaction:
        return identity.prove(transaction, actor, password, now, hasher=CHEAP)


def prove_apart(database: Engine, actor: identity.Actor, password: str, now: datetime = NOW) -> identity.Proof:
    return identity.prove_apart(database, actor, password, now, hasher=CHEAP)


@pytest.mark.parametrize("way", [prove, prove_apart])
def test_identity_is_proved_once_more_and_recorded(office: Engine, way: Any) -> None:
    actor = sign_in(office)
    assert way(office, actor, PASSWORD) == identity.Proof(actor.person_id, NOW)
    assert refusal(way, office, actor, "wrong password").code == "identity.wrong"
    assert [row.kind for row in record(office)] == ["sign-in.succeeded", "proof.succeeded", "proof.failed"]


def test_failed_proofs_lock_the_account_too(office: Engine) -> None:
    actor = sign_in(office)
    codes = [refusal(prove, office, actor, f"wrong {n}").code for n in range(5)]
    assert codes[-1] == "identity.locked"
    assert refusal(sign_in, office).code == "identity.locked"


@WAYS
def test_guessing_at_once_gives_no_more_than_five_guesses(office: Engine, way: Any) -> None:
    results = all_at_once([partial(way, office, f"wrong {n}") for n in range(8)])
    codes = [result.code for result in results if isinstance(result, Forbidden)]
    assert sorted(codes) == ["identity.locked"] * 4 + ["identity.wrong"] * 4
    assert len(record(office)) == 8
    assert refusal(way, office).code == "identity.locked"
    with reading(office) as transaction:
        assert audit.verify(transaction, audit.Trust({})) == []
