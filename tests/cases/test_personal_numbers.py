"""Personal numbers: nowhere in clear, masked on pages, revealed with a reason that is recorded."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine import cases
from engine.errors import Invalid, NotFound
from engine.store import new_id, tables
from engine.store.values import decode
from tests.cases.playing import PACKAGE, Play
from tests.installations import Office

IDENTITIES = ("990000196805120015", "99000019740315003X", "990000199001010041")
MOBILE = "13800000026"
SECRETS = (*IDENTITIES, MOBILE)


def cells(play: Play) -> Iterator[tuple[str, str]]:
    """(table and column, text) of everything that is stored, packages aside: they hold the scenarios' numbers."""
    for table in tables.metadata.sorted_tables:
        for row in play.rows(table):
            for column, value in row.items():
                if (table.name, column) != ("process_version", "archive"):
                    yield f"{table.name}.{column}", value.hex() if isinstance(value, bytes) else str(value)


def leaks(play: Play) -> set[str]:
    hidden = [secret.encode().hex() for secret in SECRETS]
    return {where for where, text in cells(play) if any(secret in text for secret in (*SECRETS, *hidden))}


def hash_of(play: Play, case_id: str, kind: str) -> str:
    rows = play.rows(tables.personal, tables.personal.c.case_id == case_id, tables.personal.c.kind == kind)
    return str(rows[0]["hash"])


def test_no_row_holds_a_number_after_a_whole_case(play: Play) -> None:
    case_id = play.begin()
    task, applicant = play.task(case_id, "Task_submit"), play.actor("applicant")
    typed = play.values("Task_submit") | {"contact_mobile": play.typed("mobile", MOBILE)}
    cases.save_draft(play.installation, applicant, task.id, typed, 0)
    play.files(case_id)
    cases.complete(play.installation, applicant, task.id, typed, 1)
    play.whole()
    assert leaks(play) == set()


def test_a_number_that_comes_as_plain_text_is_not_kept_in_a_draft(play: Play) -> None:
    task, applicant = play.task(play.begin(), "Task_submit"), play.actor("applicant")
    cases.save_draft(play.installation, applicant, task.id, play.values("Task_submit"), 0)
    assert leaks(play) == set()
    wrong = play.candidates(id_no="990000196805120016")
    cases.save_draft(play.installation, applicant, task.id, wrong, 1)
    assert not [where for where, text in cells(play) if "990000196805120016" in text]
    values = cases.task_view(play.installation, applicant, task.id).values
    assert values["candidates"][1]["id_no"]["mask"] == "990***********003X"


def test_no_byte_of_the_database_or_its_files_holds_a_number(sqlite_office: Office) -> None:
    play = Play(sqlite_office)
    play.whole()
    folder, database = play.installation.folder, play.installation.database
    with play.writing() as transaction:  # the archive of the package holds the scenarios, compressed or not
        transaction.execute(tables.process_in_force.delete())
        transaction.execute(tables.process_version.update().values(archive=b""))
    database.dispose()
    stored = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "fonts"]
    assert folder / "huishen.db" in stored
    for path in stored:
        data = path.read_bytes()
        assert not [secret for secret in SECRETS if secret.encode() in data], path


def test_pages_show_a_mask(play: Play) -> None:
    case_id = play.until("Task_accept")
    view = cases.case_view(play.installation, play.actor("acceptor"), case_id)
    assert [one.facts["id_no"]["mask"] for one in view.items] == [
        "990***********0015",
        "990***********003X",
        "990***********0041",
    ]
    assert not [secret for secret in SECRETS if secret in repr(view)]


def test_birth_and_gender_are_told_by_the_number(play: Play) -> None:
    case_id = play.until("Task_accept")
    view = cases.case_view(play.installation, play.actor("acceptor"), case_id)
    first = view.items[0].facts
    assert (str(first["birth"]), first["gender"]) == ("1968-05-12", "男")


def test_a_number_is_revealed_with_a_reason_and_that_is_recorded(play: Play) -> None:
    case_id = play.until("Task_accept")
    acceptor, digest = play.actor("acceptor"), hash_of(play, case_id, "mobile")
    assert cases.reveal(play.installation, acceptor, case_id, digest, " 电话核实 ") == MOBILE
    kind, body = play.events(case_id)[-1]
    assert (kind, body) == ("personal.revealed", {"hash": digest, "kind": "mobile", "reason": "电话核实"})
    event = play.rows(tables.event, tables.event.c.chain == case_id)[-1]
    assert event["actor"] == acceptor.person_id
    assert play.faults() == []
    assert leaks(play) == set()


def test_without_a_reason_nothing_is_revealed(play: Play) -> None:
    case_id = play.until("Task_accept")
    before = play.row(case_id)
    with pytest.raises(Invalid):
        cases.reveal(play.installation, play.actor("acceptor"), case_id, hash_of(play, case_id, "mobile"), " x ")
    assert play.row(case_id) == before


def test_only_the_department_and_the_association_may_reveal(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    digest = hash_of(play, case_id, "id_no")
    for login in ("joint-court", "party-logistics", "packaging"):
        with pytest.raises(NotFound):
            cases.reveal(play.installation, play.office.actor(login), case_id, digest, "核对身份")
    assert cases.reveal(play.installation, play.actor("applicant"), case_id, digest, "核对身份") in IDENTITIES


def test_the_number_of_one_case_is_not_found_through_another(play: Play) -> None:
    first, other = play.until("Task_accept"), play.office.actor("packaging")
    second = cases.start(play.installation, other, PACKAGE, new_id()).case_id
    with pytest.raises(NotFound):
        cases.reveal(play.installation, other, second, hash_of(play, first, "id_no"), "核对身份")


def test_stored_values_keep_the_hash_and_no_mask(play: Play) -> None:
    case_id = play.until("Task_accept")
    (entry,) = play.rows(tables.entry, tables.entry.c.case_id == case_id)
    number: Any = decode(entry["values"])["candidates"][0]["id_no"]
    assert number == {"$personal": number["$personal"], "kind": "id_no"}
