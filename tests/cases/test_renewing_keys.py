"""Signing keys end after some years: new ones are there before, and what the old ones signed stays valid."""

from datetime import timedelta

from engine import cases
from engine.background import Background
from engine.documents import REVIEWER
from engine.keys import RENEWED_BEFORE, renew_keys, revocation_list, trust
from engine.store import tables
from tests.cases.playing import Play


def key_of(play: Play, who: str) -> str:
    return f"person-{play.actor(who).person_id}"


def test_a_key_is_renewed_before_it_ends_and_the_old_one_counts_to_its_own_end(play: Play) -> None:
    vault, key = play.installation.vault, key_of(play, "bureau_leader")
    old = vault.certificate(key)
    assert renew_keys(play.installation) == []
    play.clock.set(old.not_after - RENEWED_BEFORE + timedelta(hours=1))
    Background(play.installation).tick()
    new = vault.certificate(key)
    assert (new.common_name, new.field) == (old.common_name, old.field)
    assert new.not_after - old.not_after > timedelta(days=365)
    known = trust(play.installation).known[REVIEWER]
    assert known[old.fingerprint] == (old.not_before, old.not_after)
    assert known[new.fingerprint] == (new.not_before, new.not_after)
    assert renew_keys(play.installation) == []
    assert revocation_list(play.installation)


def test_a_key_that_a_crash_left_out_of_the_register_is_entered(sqlite_play: Play) -> None:
    vault, key = sqlite_play.installation.vault, key_of(sqlite_play, "bureau_leader")
    made = vault.replace(key, sqlite_play.clock.now())
    assert made.fingerprint not in trust(sqlite_play.installation).known[REVIEWER]
    assert renew_keys(sqlite_play.installation) == []
    assert made.fingerprint in trust(sqlite_play.installation).known[REVIEWER]


def test_minutes_of_an_old_key_and_a_letter_of_the_new_one_are_valid(sqlite_play: Play) -> None:
    play, key = sqlite_play, key_of(sqlite_play, "bureau_leader")
    case_id = play.until("Task_sign")
    play.clock.set(play.installation.vault.certificate(key).not_after - RENEWED_BEFORE + timedelta(hours=1))
    assert {key, key_of(play, "meeting_secretary")} <= set(renew_keys(play.installation))
    play.go(case_id, "Task_sign")
    play.go(case_id, "Task_seal")
    for kind in ("D09", "D06"):
        (row,) = play.rows(tables.document, tables.document.c.kind == kind)
        verdict = cases.verify_bytes(play.installation, play.installation.files.get(row["issued_sha256"]))
        assert verdict.code == "ours.valid", verdict.sentence
