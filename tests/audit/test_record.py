import hashlib
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from engine import audit
from engine.errors import Unavailable
from engine.store import reading, writing
from engine.store.tables import checkpoint, event
from engine.store.values import decode
from tests.audit.records import CASES, SIGNER, START, TRUST, write_record
from tests.crowds import all_at_once
from tests.databases import Statements

HOUR = timedelta(hours=1)


def test_the_hash_of_an_event_can_be_recomputed_by_anybody() -> None:
    """The canonical bytes are a promise to whoever verifies an archive in twenty years: never change them."""
    row, head = audit.link(audit.Head("c1"), "case.started", START, "p1", None, {"b": "同意", "a": 1})
    text = '["huishen-event-1","c1",1,"2026-11-23T01:00:00.000000+00:00","case.started","p1",null,"{\\"a\\":1,\\"b\\":\\"同意\\"}",""]'
    assert row["hash"] == head.hash == hashlib.sha256(text.encode()).hexdigest()
    assert orjson.loads(text)[7] == row["body"]


def test_link_writes_one_after_the_other() -> None:
    first, head = audit.link(audit.Head("c1"), "a", START, None, None, {})
    second, last = audit.link(head, "b", START, None, None, {})
    assert (first["seq"], second["seq"]) == (1, 2)
    assert (first["previous"], second["previous"]) == ("", first["hash"])
    assert last == audit.Head("c1", 2, second["hash"])


def test_the_zone_of_a_moment_does_not_matter() -> None:
    there = START.astimezone(timezone(timedelta(hours=8)))
    assert (
        audit.link(audit.Head("c1"), "a", START, None, None, {})[1]
        == audit.link(audit.Head("c1"), "a", there, None, None, {})[1]
    )


def test_a_body_that_could_not_be_read_back_is_refused() -> None:
    with pytest.raises(TypeError):
        audit.link(audit.Head("c1"), "a", START, None, None, {"x": object()})


TEXT = st.text(max_size=20)
FIELDS = st.tuples(TEXT, st.integers(1, 5), TEXT, st.none() | TEXT, st.none() | TEXT, TEXT, TEXT)


@given(a=FIELDS, b=FIELDS)
def test_different_events_never_share_their_bytes(
    a: tuple[str, int, str, str | None, str | None, str, str], b: tuple[str, int, str, str | None, str | None, str, str]
) -> None:
    def digest(f: tuple[str, int, str, str | None, str | None, str, str]) -> str:
        return audit.digest(f[0], f[1], START, f[2], f[3], f[4], f[5], f[6])

    assert (digest(a) == digest(b)) == (a == b)


def test_the_chain_of_the_installation_grows_by_one_event_a_record(database: Engine) -> None:
    with writing(database) as transaction:
        audit.record(transaction, "personal.revealed", START, "p1", {"reason": "核对"})
    with writing(database) as transaction:
        audit.record(transaction, "package.published", START, None, {})
    with reading(database) as transaction:
        rows = transaction.execute(sa.select(event).order_by(event.c.seq)).all()
        assert audit.verify(transaction, TRUST) == []
    assert [(row.chain, row.seq, row.kind, row.actor) for row in rows] == [
        ("installation", 1, "personal.revealed", "p1"),
        ("installation", 2, "package.published", None),
    ]
    assert decode(rows[0].body) == {"reason": "核对"}


def test_a_rollback_takes_the_record_with_it(database: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(database) as transaction:
        audit.record(transaction, "a", START, None, {})
        raise ZeroDivisionError
    with reading(database) as transaction:
        assert audit.verify(transaction, TRUST) == []
        assert transaction.execute(sa.select(event)).all() == []


def test_recording_is_three_statements(database: Engine) -> None:
    with writing(database) as transaction:
        audit.record(transaction, "a", START, None, {})
    with Statements(database) as statements, writing(database) as transaction:
        audit.record(transaction, "b", START, None, {})
    assert len(statements) == 3


def test_a_checkpoint_holds_the_chains_that_moved_since_the_last(database: Engine) -> None:
    with writing(database) as transaction:
        write_record(transaction)
        later = START + timedelta(days=1)
        audit.record(transaction, "b", later, None, {})
        audit.checkpoint(transaction, SIGNER, later)
        audit.record(transaction, "c", later + 3 * HOUR, None, {})
        audit.checkpoint(transaction, SIGNER, later + 3 * HOUR)
        texts = transaction.execute(sa.select(checkpoint.c.heads).order_by(checkpoint.c.id)).scalars().all()
    seen = [{chain: seq for chain, (seq, _) in orjson.loads(text).items()} for text in texts]
    assert seen[0] == {CASES[0]: 2, CASES[1]: 2, "installation": 1}
    assert seen[3] == {CASES[0]: 8, CASES[1]: 8, "installation": 5}
    assert seen[4] == {"installation": 6}


def test_no_checkpoint_where_nothing_moved(database: Engine) -> None:
    with writing(database) as transaction:
        assert audit.checkpoint(transaction, SIGNER, START) is None
        audit.record(transaction, "a", START, None, {})
        assert audit.checkpoint(transaction, SIGNER, START) is not None
        assert audit.checkpoint(transaction, SIGNER, START) is None
        assert audit.checkpoint(transaction, SIGNER, START + timedelta(days=400)) is None


def test_an_event_that_took_its_moment_before_a_checkpoint_and_committed_after_it_is_in_the_next(
    database: Engine,
) -> None:
    with writing(database) as transaction:
        audit.record(transaction, "a", START, None, {})
        audit.checkpoint(transaction, SIGNER, START + timedelta(minutes=5))
        audit.record(transaction, "late", START + timedelta(minutes=1), None, {})
        assert audit.checkpoint(transaction, SIGNER, START + timedelta(minutes=10)) is not None


def test_a_clock_that_was_set_back_hides_nothing_from_checkpoints(database: Engine) -> None:
    with writing(database) as transaction:
        audit.record(transaction, "a", START, None, {})
        audit.checkpoint(transaction, SIGNER, START)
        audit.record(transaction, "b", START - 48 * HOUR, None, {})
        assert audit.checkpoint(transaction, SIGNER, START - 48 * HOUR) is not None
        assert audit.verify(transaction, TRUST) == []


def test_an_old_key_still_counts_after_a_change_of_keys(database: Engine, tmp_path: Path) -> None:
    with writing(database) as transaction:
        audit.record(transaction, "a", START, None, {})
        audit.checkpoint(transaction, audit.open_signer(tmp_path), START)
        (tmp_path / "audit.key").unlink()
        (tmp_path / "audit.pub").rename(tmp_path / "2026.pub")
        audit.record(transaction, "b", START + HOUR, None, {})
        audit.checkpoint(transaction, audit.open_signer(tmp_path), START + HOUR)
        assert audit.verify(transaction, audit.open_trust(tmp_path)) == []
        (tmp_path / "2026.pub").unlink()
        faults = audit.verify(transaction, audit.open_trust(tmp_path))
    assert [fault.code for fault in faults] == ["audit.checkpoint-untrusted"]


@pytest.mark.parametrize("passphrase", [None, b"three words here"])
def test_the_signing_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path, passphrase: bytes | None) -> None:
    signer = audit.open_signer(tmp_path / "keys", passphrase)
    again = audit.open_signer(tmp_path / "keys", passphrase)
    assert again.fingerprint == signer.fingerprint
    assert audit.open_trust(tmp_path / "keys").accepts(signer.fingerprint, again.sign(b"data"), b"data")
    assert stat.S_IMODE((tmp_path / "keys" / "audit.key").stat().st_mode) == 0o600
    assert (b"ENCRYPTED" in (tmp_path / "keys" / "audit.key").read_bytes()) == (passphrase is not None)


@pytest.mark.parametrize("given", [None, b"wrong"])
def test_a_key_that_does_not_open_says_what_to_do(tmp_path: Path, given: bytes | None) -> None:
    audit.open_signer(tmp_path, b"right")
    with pytest.raises(Unavailable) as caught:
        audit.open_signer(tmp_path, given)
    assert caught.value.code == "audit.key"


def test_a_key_that_lost_its_public_half_makes_it_again(tmp_path: Path) -> None:
    signer = audit.open_signer(tmp_path)
    (tmp_path / "audit.pub").unlink()
    audit.open_signer(tmp_path)
    assert signer.fingerprint in audit.open_trust(tmp_path).keys


def test_a_stray_second_of_precision_is_kept_by_both_databases(database: Engine) -> None:
    at = datetime(2026, 11, 23, 1, 0, 0, 123457, tzinfo=UTC)
    with writing(database) as transaction:
        audit.record(transaction, "a", at, None, {})
    with reading(database) as transaction:
        assert transaction.execute(sa.select(event.c.at)).scalar_one() == at
        assert audit.verify(transaction, TRUST) == []


def test_records_written_at_once_make_one_chain(database: Engine) -> None:
    def write() -> None:
        for _ in range(5):
            with writing(database) as transaction:
                audit.record(transaction, "a", START, None, {})

    assert all_at_once([write] * 4) == [None] * 4
    with reading(database) as transaction:
        assert transaction.execute(sa.select(sa.func.max(event.c.seq))).scalar_one() == 20
        assert audit.verify(transaction, TRUST) == []


def test_checkpoints_signed_at_once_do_not_fork(database: Engine) -> None:
    with writing(database) as transaction:
        audit.record(transaction, "a", START, None, {})

    def sign() -> str | None:
        with writing(database) as transaction:
            return audit.checkpoint(transaction, SIGNER, START)

    results = all_at_once([sign] * 4)
    assert sum(result is not None for result in results) == 1
    with reading(database) as transaction:
        assert audit.verify(transaction, TRUST) == []
