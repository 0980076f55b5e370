"""A message of one case reaches the cases that wait for it by its key: once each, recorded on both sides."""

from typing import Any

import pytest

from engine import cases, packages
from engine.cases.calls import MOST_HOPS
from engine.cases.followups import HANDLERS
from engine.store import tables
from engine.store.values import decode
from tests.cases.called import Two, inner, outer, teller, waiter
from tests.cases.playing import Play


@pytest.fixture
def two(play: Play) -> Two:
    return Two(play, teller(), waiter())


@pytest.fixture
def desk(sqlite_office: Any) -> Two:
    """Where nothing depends on the database."""
    return Two(Play(sqlite_office), teller(), waiter())


def held(two: Two) -> None:
    assert (two.play.differences(), two.play.faults()) == ([], [])


def state(two: Two) -> list[str]:
    return [row["state"] for row in two.play.rows(tables.message)]


def payer(two: Two, case_id: str) -> Any:
    return decode(two.play.rows(tables.scope, tables.scope.c.case_id == case_id)[0]["values"]).get("payer")


def test_every_case_that_waits_with_the_key_is_reached_and_no_other(two: Two) -> None:
    first, second, other = (two.begin("waiter", note=note) for note in ("A1", "A1", "B2"))
    sender = two.begin("teller", note="A1", org_name="缴费单位")
    two.work()
    assert [two.open(one) for one in (first, second, other)] == [["Task_after"], ["Task_after"], []]
    assert [payer(two, one) for one in (first, second, other)] == ["缴费单位", "缴费单位", None]
    assert state(two) == ["delivered"]
    assert two.kinds(sender)[-1] == "message.delivered"
    numbers = [two.play.row(one)["number"] for one in (first, second)]
    assert two.play.events(sender)[-1][1]["to"] == numbers
    heard = next(body for kind, body in two.play.events(first) if kind == "case.message")
    assert (heard["from"], heard["reached"]) == (two.play.row(sender)["number"], "Paid")
    assert {row["case_id"] for row in two.play.rows(tables.awaited)} == {other}


def test_a_job_that_runs_again_delivers_nothing_twice(two: Two) -> None:
    receiver = two.begin("waiter", note="A1")
    two.begin("teller", note="A1")
    two.work()
    before = {name: two.play.rows(table) for name, table in tables.metadata.tables.items()}
    (row,) = two.play.rows(tables.message)
    HANDLERS["deliver-message"](two.place, {"message": row["id"]}, lambda _transaction: None)
    HANDLERS["take-messages"](two.place, {"case": receiver}, lambda _transaction: None)
    assert {name: two.play.rows(table) for name, table in tables.metadata.tables.items()} == before


def test_a_message_that_nobody_waits_for_is_lost_with_a_record_of_it(desk: Two) -> None:
    sender = desk.begin("teller", note="A1")
    desk.work()
    assert (state(desk), desk.kinds(sender)[-1]) == (["unheard"], "message.unheard")
    late = desk.begin("waiter", note="A1")
    desk.work()
    assert desk.open(late) == []
    held(desk)


def test_a_message_is_kept_for_the_first_that_begins_to_wait_where_the_package_says_so(two: Two) -> None:
    two.deploy(teller(keep="P30D"))
    two.begin("teller", note="A1")
    two.work()
    assert state(two) == ["sent"]
    first = two.begin("waiter", note="A1")
    two.work()
    second = two.begin("waiter", note="A1")
    two.work()
    assert (two.open(first), two.open(second), state(two)) == (["Task_after"], [], ["delivered"])


def test_what_was_kept_too_long_reaches_nobody(desk: Two) -> None:
    desk.deploy(teller(keep="P2D"))
    desk.begin("teller", note="A1")
    desk.work()
    desk.play.later(days=3)
    late = desk.begin("waiter", note="A1")
    desk.work()
    assert desk.open(late) == []
    held(desk)


def test_a_case_that_stands_still_takes_its_message_when_it_goes_on(two: Two) -> None:
    receiver, acceptor = two.begin("waiter", note="A1"), two.play.actor("acceptor")
    cases.suspend(two.place, acceptor, receiver, "等文件")
    two.begin("teller", note="A1")
    two.work()
    assert (two.open(receiver), two.kinds(receiver)[-1]) == ([], "message.held")
    cases.resume(two.place, acceptor, receiver, "文件已到")
    two.work()
    assert (two.open(receiver), payer(two, receiver)) == (["Task_after"], "冷链协会")
    assert [row["state"] for row in two.play.rows(tables.receipt)] == ["received"]


def test_two_cases_that_answer_each_other_without_a_person_are_stopped(desk: Two) -> None:
    desk.deploy(teller(key="echo", says="M", hears="N"))
    desk.deploy(teller(key="call_back", says="N", hears="M"))
    cases_of = []
    for key in ("echo", "call_back"):
        cases_of.append(desk.begin(key, note="A1"))
        desk.work()
    states = state(desk)
    assert (states.count("stopped"), len(states) <= 2 * MOST_HOPS + 4) == (1, True)
    told = [body["reason"] for one in cases_of for kind, body in desk.play.events(one) if body.get("reason")]
    assert len(told) == 1
    assert "不经人工互相接续" in told[0]
    held(desk)


def test_the_log_of_both_cases_names_the_message(desk: Two) -> None:
    receiver = desk.begin("waiter", note="A1")
    sender = desk.begin("teller", note="A1")
    desk.work()
    acceptor = desk.play.actor("acceptor")
    lines = {
        one: {line.text: line.detail for line in cases.case_view(desk.place, acceptor, one).history}
        for one in (sender, receiver)
    }
    assert lines[sender]["消息已送到其他案件"] == f"缴费到账：{desk.play.row(receiver)['number']}"
    assert lines[receiver]["收到消息"] == f"缴费到账（来自 {desk.play.row(sender)['number']}）"


def test_the_check_warns_of_a_message_that_no_package_waits_for_and_of_a_term_that_is_none() -> None:
    def codes(package: packages.Package, *others: packages.Package) -> set[tuple[str, str]]:
        known = [one for one in map(packages.interface_of, others) if one is not None]
        found = packages.check(package, packages.default_vocabulary(packages=known))
        return {(one.element, one.code) for one in found}

    assert codes(teller(), waiter()) == set()
    assert codes(teller(), inner(), outer()) == {("Tell", "package.message-unheard")}
    assert codes(teller(keep="bald"), waiter()) == {("Tell", "package.property-value")}
    keyless = packages.load_files(
        {
            name: data.replace(b'<zeebe:subscription correlationKey="=note" />', b"")
            for name, data in teller(keep="P1D").files.items()
        }
    )
    assert ("Tell", "package.property-value") in codes(keyless, waiter())
