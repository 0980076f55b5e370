"""A process calls another package: a case of its own begins, and what came of it goes on in the one that waits."""

from itertools import pairwise

import pytest

from engine import cases, packages, store
from engine.cases.calls import MOST_DEPTH
from engine.cases.followups import HANDLERS
from engine.errors import Conflict
from engine.packages import Package, PackageProblems
from engine.store import tables
from engine.store.values import decode
from tests.cases.called import CALL, FILE, MANY, Two, call, end, inner, made, outer, submit
from tests.cases.playing import Play
from tests.packages.small_package import field, flow, form, person, service


@pytest.fixture
def two(play: Play) -> Two:
    return Two(play, inner(), outer())


@pytest.fixture
def desk(sqlite_office) -> Play:
    """Where nothing depends on the database."""
    return Play(sqlite_office)


def held(play: Play) -> None:
    assert (play.differences(), play.faults()) == ([], [])


# --- the whole way ---------------------------------------------------------------------------------------------------


def test_the_called_case_has_its_own_number_and_what_was_typed_once_and_its_outcome_comes_back(two: Two) -> None:
    parent = two.begin()
    assert (two.open(parent), two.play.row(parent)["state"]) == ([], "reviewing")
    two.work()
    child = two.child(parent)
    task = two.play.task(child, "Task_fill")
    shown = cases.task_view(two.place, two.play.actor("applicant"), task.id)
    assert shown.values == {"org_name": "冷链协会"}
    two.finish_child(child, "rejected")
    number = two.play.row(child)["number"]
    assert number.startswith("NH-2026-")
    assert two.open(parent) == ["Task_after"]
    scope = decode(two.play.rows(tables.scope, tables.scope.c.case_id == parent)[0]["values"])
    assert {name: scope[name] for name in ("answer", "verdict", "number")} == {
        "answer": "rejected",
        "verdict": "rejected",
        "number": number,
    }
    (row,) = two.calls(parent)
    assert (row["state"], row["outcome"]) == ("answered", "rejected")


def test_a_called_case_may_tell_its_outcome_and_go_on_while_the_calling_case_goes_on_too(desk: Play) -> None:
    body = submit() + person("Task_check", "check", "acceptor", ("=verdict", "verdict"), state="reviewing")
    body += service("Tell", "answer-call", settings={"outcome": "=verdict"})
    body += person("Task_rest", "check", "acceptor", state="served")
    body += '<exclusiveGateway id="Way" default="Way-End" />\n' + end("End", "rejected") + flow("Start", "Task_fill")
    for source, target in pairwise(("Task_fill", "Task_check", "Tell", "Task_rest", "Way", "End")):
        body += flow(source, target)
    two = Two(desk, made("inner", "核验事项", "NH", body, CALL), outer())
    parent = two.begin()
    two.work()
    child = two.child(parent)
    cases.suspend(two.place, desk.actor("acceptor"), parent, "等文件")
    two.finish_child(child)
    assert two.open(parent) == []
    cases.resume(two.place, desk.actor("acceptor"), parent, "继续")
    two.work()
    assert (two.open(parent), two.open(child)) == (["Task_after"], ["Task_rest"])
    assert (two.calls(parent)[0]["state"], two.calls(parent)[0]["outcome"]) == ("answered", "approved")
    two.do(child, "Task_rest", {"verdict": ""})
    two.work()
    assert (desk.row(child)["outcome"], two.kinds(parent).count("call.answered")) == ("rejected", 1)
    alone = two.begin("inner")
    two.do(alone, "Task_check", {"verdict": "approved"})
    assert (two.open(alone), "case.answered" in two.kinds(alone)) == (["Task_rest"], False)
    held(desk)


MEMBERS = (
    '{"type": "dynamiclist", "id": "l_members", "path": "members", "label": "成员", "isRepeating": true,'
    ' "allowAddRemove": true, "defaultRepetitions": 0, "properties": {"min": "0", "max": "9"}, "components": ['
    '{"type": "textfield", "id": "f_name", "key": "name", "label": "姓名"}]}'
)


def by_results() -> Package:
    """Records one result a round, and tells those who call what the results of all members come to."""
    body = person("Task_fill", "fill", "applicant", ("=org_name", "org_name"), ("=members", "members"), act="submit")
    body += person("Task_check", "check", "acceptor", ("=verdict", "verdict"), ("=who", "who"), state="reviewing")
    body += service("Record", "record-outcomes", settings={"from": "=[{key: who, result: verdict}]"})
    body += service("Tell", "answer-call") + end("End", "=verdict")
    body += '<exclusiveGateway id="Way" default="Way-Task_check" />\n' + flow("Way", "End", '=verdict = "terminated"')
    for source, target in pairwise(("Start", "Task_fill", "Task_check", "Record", "Tell", "Way", "Task_check")):
        body += flow(source, target)
    package = made("inner", "核验事项", "NH", body, CALL)
    manifest = package.files["package.toml"].decode()
    manifest = manifest.replace("[posts]", 'items = "members"\nitem_label = "name"\n\n[posts]')
    forms = {
        "forms/fill.form": form("fill", field("org_name"), field("note"), FILE, MEMBERS),
        "forms/check.form": form("check", field("verdict"), field("who")),
    }
    texts = {"package.toml": manifest} | forms
    return packages.load_files({**package.files, **{name: text.encode() for name, text in texts.items()}})


@pytest.mark.parametrize(
    ("second", "whole"),
    [("approved", "approved"), ("rejected", "partially_approved"), ("withdrawn", "partially_approved")],
)
def test_without_an_outcome_the_results_of_all_members_are_told_and_not_before_each_has_one(
    desk: Play, second: str, whole: str
) -> None:
    two = Two(desk, by_results(), outer())
    parent = two.begin()
    two.work()
    child = two.child(parent)
    members = [{"_key": "a", "name": "陈海澜"}, {"_key": "b", "name": "符明远"}]
    two.do(child, "Task_fill", {"org_name": "冷链协会", "note": "", "members": members})
    for who, result in (("a", "approved"), ("b", "deferred")):
        two.do(child, "Task_check", {"who": who, "verdict": result})
        two.work()
        assert two.open(parent) == []
    two.do(child, "Task_check", {"who": "b", "verdict": second})
    two.work()
    assert (two.open(parent), two.open(child)) == (["Task_after"], ["Task_check"])
    assert two.calls(parent)[0]["outcome"] == whole
    held(desk)


def test_both_pages_name_the_other_case_and_both_records_tell_it(two: Two) -> None:
    parent = two.begin()
    two.work()
    child = two.child(parent)
    two.finish_child(child)
    for login in ("applicant", "acceptor"):
        above = cases.case_view(two.place, two.play.actor(login), parent)
        below = cases.case_view(two.place, two.play.actor(login), child)
        assert [(one.node_name, one.child and one.child.id, one.state_name) for one in above.calls] == [
            ("核验", child, "已带回结果")
        ]
        assert below.parent is not None
        assert (below.parent.id, below.parent.open) == (parent, True)
    assert {"call.opened", "call.answered"} <= set(two.kinds(parent))
    started = two.play.events(child)[0]
    assert (started[0], started[1]["parent"]["number"]) == ("case.started", two.play.row(parent)["number"])


def test_nothing_is_doubled_when_every_job_runs_again(two: Two) -> None:
    parent = two.begin()
    two.work()
    child = two.child(parent)
    before = two.play.rows(tables.case)
    (row,) = two.calls(parent)
    again = [{"call": row["id"], "hops": 1}] * 2
    for payload in again:
        HANDLERS["start-call"](two.place, payload, lambda _transaction: None)
        HANDLERS["answer-call"](two.place, payload, lambda _transaction: None)
    assert two.play.rows(tables.case) == before
    two.finish_child(child)
    events = two.kinds(parent)
    HANDLERS["answer-call"](two.place, again[0], lambda _transaction: None)
    HANDLERS["end-call"](two.place, {"call": row["id"], "why": "terminated"}, lambda _transaction: None)
    assert (two.kinds(parent), two.play.row(child)["outcome"]) == (events, "approved")


def test_what_is_handed_in_is_submitted_at_once_where_the_package_says_so_and_waits_where_it_has_a_fault(
    desk: Play,
) -> None:
    two = Two(desk, inner(more=CALL + "submits = true\n"), outer())
    parent = two.begin()
    two.work()
    child = two.child(parent)
    assert (two.open(child), desk.row(child)["number"]) == (["Task_check"], "NH-2026-0001")
    assert cases.case_view(two.place, desk.actor("acceptor"), child).entries[0].values["org_name"] == "冷链协会"
    lacking = call("Call", "inner", given=(("=note", "note"),))
    two.deploy(outer(lacking))
    unfinished = two.begin()
    two.work()
    assert (two.open(two.child(unfinished)), desk.row(two.child(unfinished))["state"]) == (["Task_fill"], "draft")
    held(desk)


def test_files_go_along_with_what_is_handed_in(desk: Play) -> None:
    given = (("=org_name", "org_name"), ("=attachments", "attachments"))
    two = Two(desk, inner(more=CALL + "submits = true\n"), outer(call("Call", "inner", given=given)))
    applicant = desk.actor("applicant")
    parent = cases.start(two.place, applicant, "outer", "c" * 32).case_id
    desk.attach(applicant, desk.task(parent, "Task_fill"), "proof", "证明.pdf")
    two.do(parent, "Task_fill", {"org_name": "冷链协会", "note": ""})
    two.work()
    files = cases.case_view(two.place, desk.actor("acceptor"), two.child(parent)).attachments
    assert [(file.field, file.name) for file in files] == [("proof", "证明.pdf")]
    held(desk)


# --- versions --------------------------------------------------------------------------------------------------------


def test_a_call_takes_the_version_in_force_or_the_one_that_it_names(desk: Play) -> None:
    first = inner()
    two = Two(desk, first)
    second = inner(extra="<!-- 第二版 -->")
    two.deploy(second)
    for version, wanted in (("", second.hash), (first.hash[:12], first.hash)):
        properties = {"version": version} if version else {}
        two.deploy(outer(call("Call", "inner", **properties)))
        parent = two.begin()
        two.work()
        version_id = desk.row(two.child(parent))["version_id"]
        (row,) = desk.rows(tables.process_version, tables.process_version.c.id == version_id)
        assert row["hash"] == wanted
    held(desk)


def test_a_version_that_is_not_there_is_told_on_the_page_and_tried_again(desk: Play) -> None:
    two = Two(desk, inner(), outer(call("Call", "inner", version="0" * 12)))
    parent = two.begin()
    two.work()
    (row,) = two.calls(parent)
    assert (row["state"], desk.rows(tables.job)[0]["attempts"]) == ("failed", 1)
    (shown,) = cases.case_view(two.place, desk.actor("acceptor"), parent).calls
    assert (shown.child, shown.state_name) == (None, "未能开始")
    assert "没有流程 inner 的版本" in shown.fault
    desk.later(hours=1)
    two.work()
    assert two.kinds(parent).count("call.failed") == 1
    held(desk)


# --- the end of the calling case -------------------------------------------------------------------------------------


def test_withdrawing_the_calling_case_closes_the_called_one_by_its_own_way_of_withdrawal(two: Two) -> None:
    parent = two.begin()
    two.work()
    child = two.child(parent)
    two.do(child, "Task_fill", {"org_name": "冷链协会", "note": ""})
    assert cases.case_view(two.place, two.play.actor("applicant"), parent).withdrawable
    cases.withdraw(two.place, two.play.actor("applicant"), parent, "不再申请")
    two.work()
    assert (two.open(child), two.open(parent)) == (["Task_close"], ["Task_close"])
    two.do(child, "Task_close", {"remark": ""})
    two.work()
    assert (two.play.row(child)["outcome"], two.calls(parent)[0]["state"]) == ("withdrawn", "ended")
    assert "case.recalled" in two.kinds(child)


def test_terminating_the_calling_case_ends_a_called_one_that_was_never_submitted(desk: Play) -> None:
    two = Two(desk, inner(), outer())
    parent = two.begin()
    two.work()
    cases.terminate(two.place, desk.actor("acceptor"), parent, "条件已变")
    two.work()
    row = desk.row(two.child(parent))
    assert (row["state"], row["outcome"], two.open(row["id"])) == ("closed", "terminated", [])
    held(desk)


def test_a_call_that_is_withdrawn_before_it_began_never_begins(desk: Play) -> None:
    two = Two(desk, inner(), outer())
    parent = two.begin()
    cases.withdraw(two.place, desk.actor("applicant"), parent, "不再申请")
    two.work()
    assert desk.rows(tables.case, tables.case.c.id == two.child(parent)) == []
    held(desk)


def test_after_a_return_the_process_calls_afresh_and_the_earlier_case_keeps_its_result(desk: Play) -> None:
    two = Two(desk, inner(), outer())
    parent = two.begin()
    two.work()
    first = two.child(parent)
    two.finish_child(first)
    task = desk.task(parent, "Task_after")
    cases.return_task(two.place, desk.actor("acceptor"), task.id, "Task_fill", "请补充")
    two.do(parent, "Task_fill", {"org_name": "冷链协会", "note": "补充"})
    two.work()
    second = two.child(parent)
    assert first != second
    assert [row["state"] for row in two.calls(parent)] == ["answered", "waiting"]
    held(desk)


def test_a_timer_at_the_call_ends_the_called_case(desk: Play) -> None:
    late = (
        '<boundaryEvent id="Late" attachedToRef="Call"><timerEventDefinition id="t"><timeDuration>P3D</timeDuration>'
        "</timerEventDefinition></boundaryEvent>\n" + end("End_late", "lapsed") + flow("Late", "End_late")
    )
    two = Two(desk, inner(), outer(extra=late))
    parent = two.begin()
    two.work()
    desk.later(days=4)
    cases.fire_timers(two.place)
    two.work()
    assert desk.row(parent)["outcome"] == "lapsed"
    assert desk.row(two.child(parent))["outcome"] == "terminated"
    held(desk)


def test_every_item_of_a_multi_instance_calls_a_case_of_its_own(two: Two) -> None:
    given = (("=org_name", "org_name"), ("=unit.key", "note"))
    two.deploy(outer(call("Call", "inner", given=given, taken=(("=outcome", "answer"),), loop=MANY)))
    parent = two.begin()
    two.work()
    assert [row["item_key"] for row in two.calls(parent)] == ["a", "b"]
    for place, verdict in ((1, "rejected"), (0, "approved")):
        two.finish_child(two.child(parent, place), verdict)
    scope = decode(two.play.rows(tables.scope, tables.scope.c.case_id == parent)[0]["values"])
    assert scope["answers"] == ["approved", "rejected"]


def test_a_case_that_stands_still_is_answered_when_it_goes_on(two: Two) -> None:
    parent = two.begin()
    two.work()
    cases.suspend(two.place, two.play.actor("acceptor"), parent, "等文件")
    two.finish_child(two.child(parent))
    assert two.calls(parent)[0]["state"] == "waiting"
    cases.resume(two.place, two.play.actor("acceptor"), parent, "文件已到")
    two.work()
    assert two.open(parent) == ["Task_after"]


def test_a_call_in_an_event_sub_process_waits_and_is_answered(desk: Play) -> None:
    beside = (
        '<subProcess id="Beside" triggeredByEvent="true"><startEvent id="Start_beside" isInterrupting="false">'
        '<timerEventDefinition id="t"><timeDuration>P1D</timeDuration></timerEventDefinition></startEvent>'
        + call("Call_beside", "inner", taken=(("=outcome", "beside"),))
        + '<endEvent id="End_beside" />'
        + flow("Start_beside", "Call_beside")
        + flow("Call_beside", "End_beside")
        + "</subProcess>\n"
    )
    direct = person("Call", "check", "acceptor", ("=verdict", "verdict"))
    two = Two(desk, inner(), outer(direct, extra=beside))
    parent = two.begin()
    desk.later(days=1, hours=1)
    cases.fire_timers(two.place)
    two.work()
    two.finish_child(two.child(parent))
    scope = decode(desk.rows(tables.scope, tables.scope.c.case_id == parent)[0]["values"])
    assert (scope["beside"], two.calls(parent)[0]["state"]) == ("approved", "answered")
    held(desk)


# --- moving ----------------------------------------------------------------------------------------------------------


def test_a_case_that_waits_for_a_called_one_moves_to_a_new_version_and_still_waits(desk: Play) -> None:
    two = Two(desk, inner(), outer())
    parent = two.begin()
    two.work()
    two.deploy(outer(extra="<!-- 第二版 -->"))
    planned = "\n".join(cases.move_sentences(cases.plan_move(two.place, "outer"), planned=True))
    assert "等待 核验 保留" in planned
    cases.move_cases(two.place, None, "outer")
    two.finish_child(two.child(parent))
    assert two.open(parent) == ["Task_after"]
    held(desk)


def test_a_version_that_calls_another_package_there_is_an_obstacle(desk: Play) -> None:
    other = outer(person("Call", "check", "acceptor"), more=CALL, key="third", prefix="SJ")
    two = Two(desk, inner(), other, outer())
    two.begin()
    two.deploy(outer(call("Call", "third")))
    (move,) = cases.plan_move(two.place, "outer").cases
    assert "由调用 inner 改成了调用 third" in move.obstacles[0]


# --- never without end -----------------------------------------------------------------------------------------------


def test_packages_that_call_each_other_are_not_put_in_force(desk: Play) -> None:
    two = Two(desk, inner(), outer(more=CALL))
    back = outer(call("Call", "outer"), more=CALL, key="inner", prefix="NH")
    with pytest.raises(PackageProblems) as refused:
        two.deploy(back)
    assert ("Call", "package.call-cycle") in {(one.element, one.code) for one in refused.value.findings}


def test_calls_in_a_row_end_at_a_limit_with_a_sentence(desk: Play) -> None:
    two = Two(desk, inner(), outer())
    parent = two.begin()
    with store.writing(two.place.database) as transaction:
        transaction.execute(tables.case.update().values(call_depth=MOST_DEPTH).where(tables.case.c.id == parent))
    two.work()
    two.finish_child(two.child(parent))
    task = desk.task(parent, "Task_after")
    cases.return_task(two.place, desk.actor("acceptor"), task.id, "Task_fill", "请补充")
    with pytest.raises(Conflict) as refused:
        two.do(parent, "Task_fill", {"org_name": "冷链协会", "note": ""})
    assert refused.value.code == "case.call-too-deep"
    assert "几个流程可能在互相调用" in refused.value.message
    assert two.open(parent) == ["Task_fill"]


# --- the check -------------------------------------------------------------------------------------------------------


def codes(package: packages.Package, *others: packages.Package) -> set[tuple[str, str]]:
    known = [one for one in map(packages.interface_of, others) if one is not None]
    found = packages.check(package, packages.default_vocabulary(packages=known))
    unread = "package.unused-variable"  # the small package shows what comes back, and makes nothing of it
    return {(one.element, one.code) for one in found if one.code != unread}


def test_the_check_knows_what_a_called_package_takes_and_gives() -> None:
    assert codes(outer(), inner()) == set()
    assert codes(outer()) == {("Call", "package.unknown-package")}
    assert codes(outer(), inner(more="")) == {("Call", "package.not-callable")}
    wrong = call("Call", "inner", given=(("=org_name", "organisation"),), taken=(("=colour", "verdict"),))
    assert codes(outer(wrong), inner()) >= {
        ("Call", "package.call-input"),
        ("Call", "package.unwritten-variable"),
    }
    assert codes(outer(call("Call", "inner", version="neu")), inner()) == {("Call", "package.property-value")}
    assert codes(inner(more=CALL.replace("verdict", "colour"))) == {("call.outputs", "package.call-output")}


def test_a_circle_of_three_is_found_in_each_of_them() -> None:
    ring = [outer(call("Call", to), more=CALL, key=key) for key, to in (("one", "two"), ("two", "three"))]
    ring.append(outer(call("Call", "one"), more=CALL, key="three"))
    for package in ring:
        assert ("Call", "package.call-cycle") in codes(package, *[one for one in ring if one is not package])
