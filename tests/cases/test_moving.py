"""Running cases move to a new version of their process: told before, done one by one, and never at anybody's cost."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine import audit, cases, forms, packages
from engine.calendar import end_of, local_date
from engine.cases import CaseMove, Moves, move_sentences
from engine.cases.refitting import refitted
from engine.errors import Invalid, NotFound
from engine.identity import find_post
from engine.store import tables
from engine.store.values import decode
from tests.cases.playing import PACKAGE, WAY, Play
from tests.installations import BPMN, Office

PROCESS, MANIFEST = "process.bpmn", "package.toml"
SUMMARY = '<bpmn:userTask id="Task_summary" name="提出综合意见">'
SUMMARY_TERM = '<zeebe:taskSchedule dueDate="=工作日后(3)" />'
MORE_TIME = (SUMMARY_TERM, '<zeebe:taskSchedule dueDate="=工作日后(30)" />')
NEW_LABEL = (SUMMARY, SUMMARY.replace("提出综合意见", "起草综合意见"))
OTHER_POST = (
    '<zeebe:formDefinition formId="summary" />\n        <zeebe:assignmentDefinition candidateGroups="handler_a" />',
    '<zeebe:formDefinition formId="summary" />\n        <zeebe:assignmentDefinition candidateGroups="handler_b" />',
)
INSERTED = (
    (
        'id="Flow_suggested" sourceRef="Task_summary" targetRef="Task_head_review"',
        'id="Flow_suggested" sourceRef="Task_summary" targetRef="Task_second"',
    ),
    (
        '<bpmn:userTask id="Task_head_review"',
        """<bpmn:userTask id="Task_second" name="第二人复核">
      <bpmn:extensionElements>
        <zeebe:userTask />
        <zeebe:formDefinition formId="close" />
        <zeebe:assignmentDefinition candidateGroups="handler_b" />
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_suggested</bpmn:incoming>
      <bpmn:outgoing>Flow_seconded</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="Flow_seconded" sourceRef="Task_second" targetRef="Task_head_review" />
    <bpmn:userTask id="Task_head_review\"""",
    ),
    (
        "<bpmn:incoming>Flow_suggested</bpmn:incoming>\n      <bpmn:outgoing>Flow_head",
        "<bpmn:incoming>Flow_seconded</bpmn:incoming>\n      <bpmn:outgoing>Flow_head",
    ),
)
HURRY = (
    '<bpmn:userTask id="Task_head_review"',
    """<bpmn:boundaryEvent id="Timer_hurry" name="2 个工作日未拟" attachedToRef="Task_summary" cancelActivity="false">
      <bpmn:outgoing>Flow_hurry</bpmn:outgoing>
      <bpmn:timerEventDefinition id="Timer_hurry_due">
        <bpmn:timeDate xsi:type="bpmn:tFormalExpression">=工作日后(2)</bpmn:timeDate>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:endEvent id="End_hurry" name="已提醒">
      <bpmn:incoming>Flow_hurry</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_hurry" sourceRef="Timer_hurry" targetRef="End_hurry" />
    <bpmn:userTask id="Task_head_review\"""",
)


@pytest.fixture
def desk(sqlite_office: Office) -> Play:
    """Where nothing depends on the database."""
    return Play(sqlite_office)


def deploy(play: Play, *changes: tuple[str, str]) -> str:
    """A new version of the package with texts of its diagram changed; its id."""
    files = dict(packages.load_folder(BPMN / PACKAGE).files)
    text = files[PROCESS].decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return deploy_files(play, files | {PROCESS: text.encode()})


def deploy_files(play: Play, files: dict[str, bytes]) -> str:
    with play.writing() as transaction:
        return packages.deploy(transaction, packages.Package(files), by=None, at=play.clock.now()).version_id


def rename_node(play: Play, old: str, new: str) -> str:
    """A version in which a node has another id; the scenarios, which know the old one, are left out."""
    files = packages.load_folder(BPMN / PACKAGE).files
    kept = {name: data for name, data in files.items() if not name.startswith("scenarios/")}
    renamed = {name: kept[name].replace(f'"{old}"'.encode(), f'"{new}"'.encode()) for name in (PROCESS, MANIFEST)}
    return deploy_files(play, kept | renamed)


def moved(play: Play, *numbers: str) -> Moves:
    """Done, and every row of every case is still what its events say."""
    done = cases.move_cases(play.installation, None, PACKAGE, numbers=numbers)
    holds(play)
    return done


def holds(play: Play) -> None:
    with play.reading() as transaction:
        found = dict(audit.replay(transaction, cases.readable(play.installation)))
    assert {case: [str(one) for one in told] for case, told in found.items() if told} == {}
    assert play.faults() == []


def only(moves: Moves) -> CaseMove:
    assert len(moves.cases) == 1
    return moves.cases[0]


def said(moves: Moves, *, planned: bool = True) -> str:
    return "\n".join(move_sentences(moves, planned=planned))


def task_row(play: Play, case_id: str, node: str) -> dict[str, Any]:
    key = play.task(case_id, node).id
    return next(row for row in play.rows(tables.task) if row["id"] == key)


def everything(play: Play) -> dict[str, list[dict[str, Any]]]:
    return {name: play.rows(table) for name, table in tables.metadata.tables.items()}


# --- what stays ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("node", ["Task_submit", "MI_joint_check", "Task_sign"])
def test_a_case_that_moved_goes_on_to_the_same_end(desk: Play, node: str) -> None:
    case_id = desk.until(node)
    before, open_tasks = desk.row(case_id), desk.open(case_id)
    timers = desk.rows(tables.timer)
    version = deploy(desk, NEW_LABEL)
    move = only(moved(desk))
    assert move.obstacles == ()
    after = desk.row(case_id)
    assert after["version_id"] == version != before["version_id"]
    assert desk.open(case_id) == open_tasks
    assert desk.rows(tables.timer) == timers
    assert {name for name in before if before[name] != after[name]} <= {
        *("version_id", "revision", "event_seq", "event_hash"),
    }
    for done in WAY[WAY.index(node) :]:
        desk.go(case_id, done)
    desk.office.work_off()
    assert (desk.row(case_id)["state"], desk.row(case_id)["outcome"]) == ("closed", "approved")
    holds(desk)


def test_half_of_the_votes_are_in_and_none_is_lost(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    first, *others = play.open(case_id)
    play.complete(first)
    scopes, timers = play.rows(tables.scope), play.rows(tables.timer)
    dues = [task_row(play, case_id, "MI_joint_check")["due_at"]]
    play.later(days=3)
    deploy(play, ('dueDate="=工作日后(10)"', 'dueDate="=工作日后(20)"'), (">=工作日后(10)<", ">=工作日后(20)<"))
    moved(play)
    assert play.open(case_id) == others
    assert (play.rows(tables.scope), play.rows(tables.timer)) == (scopes, timers)
    assert [task_row(play, case_id, "MI_joint_check")["due_at"]] == dues
    play.do(case_id, "MI_joint_check")
    assert [one.node for one in play.open(case_id)] == ["Task_summary"]
    root = next(row for row in play.rows(tables.scope) if row["path"] == "")
    assert len(decode(root["values"])["joint_answers"]) == len(others) + 1


def test_an_inserted_step_is_reached(desk: Play) -> None:
    case_id = desk.until("Task_summary")
    deploy(desk, *INSERTED)
    moved(desk)
    desk.do(case_id, "Task_summary")
    assert [one.node for one in desk.open(case_id)] == ["Task_second"]
    desk.complete(desk.task(case_id, "Task_second"), {"confirmed": True})
    assert [one.node for one in desk.open(case_id)] == ["Task_head_review"]
    holds(desk)


def test_a_draft_before_its_submission_moves_as_well(desk: Play) -> None:
    case_id = desk.begin()
    deploy(desk, NEW_LABEL)
    assert only(moved(desk)).number.startswith("未编号（")
    desk.do(case_id, "Task_submit")
    assert desk.row(case_id)["number"]


# --- what is told ----------------------------------------------------------------------------------------------------


def test_a_plan_tells_each_case_and_writes_nothing(desk: Play) -> None:
    case_id = desk.until("MI_joint_check")
    number = desk.row(case_id)["number"]
    count = len(desk.open(case_id))
    deploy(desk, ('name="逐人提出联审意见"', 'name="逐人联审"'))
    before = everything(desk)
    planned = cases.plan_move(desk.installation, PACKAGE)
    assert everything(desk) == before
    lines = said(planned).splitlines()
    assert lines[0] == f"{number}：可以迁移"
    assert f"  待办 逐人提出联审意见 {count} 项 保留（名称改为 逐人联审）" in lines
    due = next(row["due_at"] for row in desk.rows(tables.timer) if row["node_id"] == "Timer_remind")
    assert f"  计时 到期未复 保留 到期 {local_date(due)} 23:59" in lines
    assert any(line.startswith("  变量 ") and line.endswith("个 保留") for line in lines)
    assert lines[-1].endswith("：可以迁移 1 件，不能迁移 0 件")
    assert said(moved(desk), planned=False).splitlines()[0] == f"{number}：已迁移"
    assert {row["name"] for row in desk.rows(tables.task) if row["state"] == "open"} == {"逐人联审"}


def test_the_move_is_an_event_with_both_versions_and_stands_in_the_log(desk: Play) -> None:
    case_id = desk.until("Task_summary")
    before = desk.row(case_id)["version_id"]
    after = deploy(desk, NEW_LABEL)
    moved(desk)
    kind, body = desk.events(case_id)[-1]
    assert (kind, body["from"], body["to"]) == ("case.moved", before, after)
    assert [one["changed"] for one in body["changed"]] == [["name"]]
    line = cases.case_view(desk.installation, desk.actor("handler_a"), case_id).history[0]
    assert (line.text, line.by) == ("迁移到新版流程", "系统")


def test_a_case_that_is_there_already_and_one_that_is_closed_are_left_alone(desk: Play) -> None:
    desk.closed()
    assert moved(desk).cases == ()
    case_id = desk.until("Task_accept")
    deploy(desk, NEW_LABEL)
    assert [one.case_id for one in moved(desk).cases] == [case_id]
    assert moved(desk).cases == ()


def test_only_the_named_cases_move(desk: Play) -> None:
    first, second = desk.until("Task_accept"), desk.until("Task_accept")
    version = deploy(desk, NEW_LABEL)
    moved(desk, desk.row(first)["number"])
    assert desk.row(first)["version_id"] == version != desk.row(second)["version_id"]


def test_a_process_or_a_case_that_is_not_there_is_named(desk: Play) -> None:
    for key, numbers in (("no_such_package", ()), (PACKAGE, ("LR-2026-9999",))):
        with pytest.raises(NotFound):
            cases.plan_move(desk.installation, key, numbers=numbers)
    with pytest.raises(Invalid):
        version = desk.row(desk.begin())["version_id"]
        cases.plan_move(desk.installation, "other", to=version)


def test_a_name_that_only_the_new_version_reads_is_pointed_out(desk: Play) -> None:
    desk.until("Task_summary")
    condition = (
        '<bpmn:sequenceFlow id="Flow_redo_summary" name="退回承办" sourceRef="Gw_head" targetRef="Task_summary">'
    )
    text = (BPMN / PACKAGE / PROCESS).read_text()
    old = text[text.index(condition) :].partition("</bpmn:sequenceFlow>")[0]
    new = old.replace('>=head_decision = "redo_summary"', '>=head_decision = "redo_summary" or never_given = true')
    assert new != old
    deploy(desk, (old, new))
    planned = cases.plan_move(desk.installation, PACKAGE)
    assert only(planned).unknown == ("never_given",)
    assert "  变量 never_given 新版要读取而案件没有，按空值处理，请核对" in said(planned).splitlines()


# --- what changes for who holds a task -------------------------------------------------------------------------------


def test_who_has_taken_a_task_keeps_it_while_its_post_is_the_same(desk: Play) -> None:
    case_id = desk.until("Task_summary")
    actor = desk.actor("handler_a")
    cases.claim(desk.installation, actor, desk.task(case_id, "Task_summary").id)
    deploy(desk, NEW_LABEL, MORE_TIME)
    moved(desk)
    row = task_row(desk, case_id, "Task_summary")
    assert (row["claimed_by"], row["name"]) == (actor.person_id, "起草综合意见")


def test_a_task_goes_to_the_post_that_the_new_version_names(play: Play) -> None:
    case_id = play.until("Task_summary")
    task = play.task(case_id, "Task_summary")
    cases.claim(play.installation, play.actor("handler_a"), task.id)
    deploy(play, OTHER_POST)
    assert "  待办 提出综合意见 保留（岗位由 handler_a 改为 handler_b）" in said(moved(play)).splitlines()
    after = play.task(case_id, "Task_summary")
    assert (after.id, after.claimed_by) == (task.id, None)
    assert play.holder(after.post).login == play.actor("handler_b").login
    inbox = cases.inbox(play.installation, play.actor("handler_b"))
    assert [row.task_id for row in inbox.rows] == [task.id]
    notes = cases.notifications(play.installation, play.actor("handler_b"))
    assert any("提出综合意见" in note.text for note in notes)


def test_a_task_that_somebody_handed_on_stays_where_it_was_handed_to(desk: Play) -> None:
    case_id = desk.until("Task_accept")
    with desk.reading() as transaction:
        post = find_post(transaction, "handler_b")
    cases.transfer(desk.installation, desk.actor("acceptor"), desk.task(case_id, "Task_accept").id, post, "受理岗出差")
    old = '<zeebe:formDefinition formId="accept" />\n        <zeebe:assignmentDefinition candidateGroups="acceptor" />'
    deploy(desk, (old, old.replace('"acceptor"', '"division_head"')))
    assert "  待办 形式审查 保留（已转办，岗位不变）" in said(moved(desk)).splitlines()
    assert desk.task(case_id, "Task_accept").post == post


def test_a_delegated_task_comes_back_to_the_post_of_the_new_version(desk: Play) -> None:
    case_id = desk.until("Task_summary")
    task = desk.task(case_id, "Task_summary")
    with desk.reading() as transaction:
        asked, owner = find_post(transaction, "acceptor"), find_post(transaction, "handler_b")
    cases.delegate(desk.installation, desk.actor("handler_a"), task.id, asked, "请先起草")
    deploy(desk, OTHER_POST)
    moved(desk)
    row = task_row(desk, case_id, "Task_summary")
    assert (row["post_id"], row["owner_post_id"]) == (asked, owner)


def test_a_draft_keeps_what_the_new_form_still_asks_for(play: Play) -> None:
    case_id = play.until("Task_summary")
    values = play.values("Task_summary") | {"summary_internal": "按规定办理"}
    task = play.task(case_id, "Task_summary")
    cases.save_draft(play.installation, play.actor("handler_a"), task.id, values, 0)
    form = (BPMN / PACKAGE / "forms/summary.form").read_text()
    key = '"key": "summary_internal"'
    assert key in form
    process = (BPMN / PACKAGE / PROCESS).read_text()
    assert "=summary_internal" in process
    files = dict(packages.load_folder(BPMN / PACKAGE).files)
    files["forms/summary.form"] = form.replace(key, '"key": "summary_note"').encode()
    files[PROCESS] = process.replace('source="=summary_internal"', 'source="=summary_note"').encode()
    deploy_files(play, files)
    before = decode(play.rows(tables.draft)[0]["values"])
    text = said(moved(play))
    (draft,) = play.rows(tables.draft)
    kept = decode(draft["values"])
    assert kept == {name: value for name, value in before.items() if name != "summary_internal"}
    assert kept["suggestions"]
    assert draft["revision"] == 2
    assert "  待办 提出综合意见 保留（草稿中去掉 综合意见（内部））" in text.splitlines()


# --- terms and timers ------------------------------------------------------------------------------------------------


def test_a_new_timer_counts_from_the_day_on_which_the_task_was_opened(play: Play) -> None:
    case_id = play.until("Task_summary")
    opened = task_row(play, case_id, "Task_summary")["created_at"]
    play.later(days=1)
    deploy(play, HURRY)
    text = said(cases.plan_move(play.installation, PACKAGE))
    assert f"  计时 2 个工作日未拟 新设 到期 {local_date(opened) + timedelta(days=2)} 23:59" in text.splitlines()
    moved(play)
    (timer,) = [row for row in play.rows(tables.timer) if row["node_id"] == "Timer_hurry"]
    assert (timer["due_at"], timer["state"]) == (end_of(local_date(opened) + timedelta(days=2)), "armed")
    play.clock.set(timer["due_at"] + timedelta(minutes=1))
    assert cases.fire_timers(play.installation) == 1
    assert [one.node for one in play.open(case_id)] == ["Task_summary"]
    holds(play)


def test_a_new_timer_that_is_due_already_is_told_and_fires_next(desk: Play) -> None:
    desk.until("Task_summary")
    desk.later(days=20)
    deploy(desk, HURRY)
    assert "（已过，迁移后随即到期）" in said(cases.plan_move(desk.installation, PACKAGE))
    moved(desk)
    assert cases.fire_timers(desk.installation) == 1
    holds(desk)


@pytest.mark.parametrize("days", [0, 60])
def test_a_timer_that_the_new_version_lacks_is_dropped_and_never_fires(desk: Play, days: int) -> None:
    deploy(desk, HURRY)
    case_id = desk.until("Task_summary")
    desk.later(days=days)  # due by now, and nothing has fired it
    deploy(desk)
    assert "  计时 2 个工作日未拟 撤除" in said(moved(desk)).splitlines()
    (timer,) = [row for row in desk.rows(tables.timer) if row["node_id"] == "Timer_hurry"]
    assert timer["state"] == "dropped"
    assert cases.fire_timers(desk.installation) == 0
    assert [one.node for one in desk.open(case_id)] == ["Task_summary"]


def test_a_case_that_stands_still_moves_and_goes_on_standing(play: Play) -> None:
    case_id = play.until("Task_summary")
    cases.suspend(play.installation, play.actor("division_head"), case_id, "等省里答复")
    deploy(play, HURRY)
    assert only(moved(play)).obstacles == ()
    assert play.row(case_id)["suspended_at"] is not None
    assert {row["state"] for row in play.rows(tables.timer) if row["node_id"] == "Timer_hurry"} == {"stopped"}
    play.later(days=20)
    assert cases.fire_timers(play.installation) == 0
    cases.resume(play.installation, play.actor("division_head"), case_id, "已答复")
    holds(play)


# --- what cannot move ------------------------------------------------------------------------------------------------


def test_a_case_whose_node_is_gone_stays_with_the_reason_and_holds_up_no_other(play: Play) -> None:
    stays, goes = play.until("Task_head_review"), play.until("Task_accept")
    version = play.row(stays)["version_id"]
    rename_node(play, "Task_head_review", "Task_chief_review")
    before = play.rows(tables.event, tables.event.c.chain == stays), play.row(stays)
    done = moved(play)
    assert done.refused == 1
    number = play.row(stays)["number"]
    lines = said(done, planned=False).splitlines()
    assert f"{number}：留在原版本" in lines
    assert "  不能迁移：案件停在“处长审核”（Task_head_review），而新版没有这个节点。" in lines
    assert (play.rows(tables.event, tables.event.c.chain == stays), play.row(stays)) == before
    assert play.row(goes)["version_id"] != version
    play.do(stays, "Task_head_review")


def test_a_step_that_was_passed_may_be_gone(desk: Play) -> None:
    case_id = desk.until("Task_meeting")
    rename_node(desk, "Task_head_review", "Task_chief_review")
    assert only(moved(desk)).obstacles == ()
    view = cases.case_view(desk.installation, desk.actor("division_head"), case_id)
    assert "处长审核" in {entry.node_name for entry in view.entries}


def test_a_form_that_was_filled_in_must_stay(desk: Play) -> None:
    desk.until("Task_meeting")
    files = dict(packages.load_folder(BPMN / PACKAGE).files)
    form = files.pop("forms/head_review.form").replace(b'"id": "head_review"', b'"id": "chief_review"')
    files["forms/chief_review.form"] = form
    files[PROCESS] = files[PROCESS].replace(b'formId="head_review"', b'formId="chief_review"')
    deploy_files(desk, files)
    assert "表单 head_review 在新版中没有" in only(moved(desk)).obstacles[0]


def test_a_post_that_does_not_exist_keeps_the_case_where_it_is(desk: Play) -> None:
    case_id = desk.until("Task_summary")
    before = desk.row(case_id)
    files = dict(packages.load_folder(BPMN / PACKAGE).files)
    manifest = files["package.toml"].decode()
    files["package.toml"] = manifest.replace(
        'handler_b = "department"', 'handler_b = "department"\nnobody = "department"'
    ).encode()
    files[PROCESS] = (
        files[PROCESS].decode().replace(OTHER_POST[0], OTHER_POST[0].replace("handler_a", "nobody")).encode()
    )
    deploy_files(desk, files)
    assert "没有这个岗位：nobody" in only(moved(desk)).obstacles[0]
    assert desk.row(case_id) == before


# --- forms -----------------------------------------------------------------------------------------------------------


def form(*names: str, kind: str = "textfield", columns: tuple[str, ...] = ()) -> forms.FormSchema:
    fields: list[dict[str, Any]] = [
        {"type": kind, "id": f"f_{name}", "key": name, "label": f"项{name}"} for name in names
    ]
    if columns:
        inner = [{"type": "textfield", "id": f"c_{name}", "key": name, "label": f"列{name}"} for name in columns]
        fields.append(
            {
                "type": "dynamiclist",
                "id": "l",
                "path": "rows",
                "label": "名单",
                "isRepeating": True,
                "components": inner,
            }
        )
    group = {"type": "group", "id": "page", "label": "页", "components": fields}
    text = {"type": "default", "id": "f", "properties": {"title": "表"}, "components": [group]}
    return forms.read(json.dumps(text).encode(), "f.form")


REFITS: dict[str, tuple[Callable[[], tuple[forms.FormSchema, forms.FormSchema]], dict[str, Any], list[str]]] = {
    "the same": (lambda: (form("a"), form("a")), {"a": "1", "birth": "2"}, []),
    "gone": (lambda: (form("a", "b"), form("a")), {"a": "1", "birth": "2"}, ["项b"]),
    "another kind": (lambda: (form("a", "b"), form("a", "b", kind="number")), {"birth": "2"}, ["项a", "项b"]),
}


@pytest.mark.parametrize("name", REFITS)
def test_answers_of_a_draft_that_the_new_form_does_not_ask_for_are_named(name: str) -> None:
    schemas, kept, dropped = REFITS[name]
    assert refitted({"a": "1", "b": "x", "birth": "2"} if name != "the same" else kept, *schemas()) == (kept, dropped)


def test_rows_keep_their_keys_and_lose_only_their_column() -> None:
    before, after = form("a", columns=("x", "y")), form("a", columns=("x",))
    values = {"rows": [{"_key": "1", "x": "甲", "y": "乙"}, {"_key": "2", "x": "丙", "y": ""}]}
    assert refitted(values, before, after) == (
        {"rows": [{"_key": "1", "x": "甲"}, {"_key": "2", "x": "丙"}]},
        ["名单／列y"],
    )
