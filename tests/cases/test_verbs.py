"""What people do with a task beside completing it: hand it on, ask others, remind, stand still, end, extend."""

from datetime import timedelta
from typing import Any

import pytest

from engine import cases, identity
from engine.errors import Conflict, Forbidden, HuishenError, Invalid, NotFound
from engine.store import tables
from tests.cases.playing import Open, Play


def post_id(play: Play, role: str) -> str:
    with play.reading() as transaction:
        return identity.find_post(transaction, role)


def task_row(play: Play, task: Open) -> dict[str, Any]:
    return play.rows(tables.task, tables.task.c.id == task.id)[0]


def last(play: Play, case_id: str) -> tuple[str, dict[str, Any]]:
    return play.events(case_id)[-1]


def told(play: Play, role: str) -> list[str]:
    return [one.text for one in cases.notifications(play.installation, play.actor(role))]


def titles(play: Play, role: str) -> list[str]:
    return [row.name for row in cases.inbox(play.installation, play.actor(role)).rows]


# --- transfer (转办) ---


def test_a_transferred_task_is_the_other_posts_to_do(play: Play) -> None:
    case_id = play.until("Task_accept")
    task, acceptor, other = play.task(case_id, "Task_accept"), play.actor("acceptor"), play.actor("handler_b")
    cases.transfer(play.installation, acceptor, task.id, post_id(play, "handler_b"), "受理岗外出")
    assert titles(play, "acceptor") == []
    assert titles(play, "handler_b") == ["形式审查"]
    assert any("转办：受理岗外出" in text for text in told(play, "handler_b"))
    with pytest.raises(Forbidden):
        play.complete(task, actor=acceptor)
    play.complete(task, actor=other)
    assert [one.node for one in play.open(case_id)] == ["Task_party_initial"]
    assert [kind for kind, _ in play.events(case_id)].count("task.transferred") == 1


def test_a_transfer_goes_only_where_the_package_allows_and_with_a_reason(play: Play) -> None:
    case_id = play.until("Task_accept")
    task, acceptor = play.task(case_id, "Task_accept"), play.actor("acceptor")
    with pytest.raises(Forbidden):
        cases.transfer(play.installation, acceptor, task.id, post_id(play, "bureau_leader"), "受理岗外出")
    with pytest.raises(Invalid):
        cases.transfer(play.installation, acceptor, task.id, post_id(play, "handler_b"), " ")
    with pytest.raises(Forbidden):
        cases.transfer(play.installation, play.actor("handler_a"), task.id, post_id(play, "handler_b"), "代转")
    assert task_row(play, task)["post_id"] == task.post


# --- delegation (委派) ---


def test_a_delegate_prepares_and_gives_back_and_the_owner_completes(play: Play) -> None:
    case_id = play.until("Task_summary")
    task, owner, delegate = play.task(case_id, "Task_summary"), play.actor("handler_a"), play.actor("handler_b")
    cases.delegate(play.installation, owner, task.id, post_id(play, "handler_b"), "请先起草")
    assert titles(play, "handler_a") == []
    revision = cases.save_draft(play.installation, delegate, task.id, play.values("Task_summary"), 0)
    with pytest.raises(Conflict) as refused:
        play.complete(task, actor=delegate, revision=revision)
    assert refused.value.code == "task.delegated"
    cases.hand_back(play.installation, delegate, task.id, "已起草")
    assert titles(play, "handler_b") == []
    assert any("已起草" in text for text in told(play, "handler_a"))
    cases.complete(play.installation, owner, task.id, None, revision)
    assert [one.node for one in play.open(case_id)] == ["Task_head_review"]
    duties = play.row(case_id)["duties"]
    assert owner.person_id in duties and delegate.person_id not in duties


def test_the_owner_takes_a_delegated_task_back_and_nobody_else_does(play: Play) -> None:
    case_id = play.until("Task_summary")
    task, owner = play.task(case_id, "Task_summary"), play.actor("handler_a")
    with pytest.raises(HuishenError):
        cases.recall(play.installation, owner, task.id, "没有委派")
    cases.delegate(play.installation, owner, task.id, post_id(play, "handler_b"), "请先起草")
    with pytest.raises(Forbidden):
        cases.recall(play.installation, play.actor("acceptor"), task.id, "我来办")
    cases.recall(play.installation, owner, task.id, "自己办")
    with pytest.raises(Conflict):
        cases.hand_back(play.installation, owner, task.id, "再交回")
    play.complete(task)
    assert [one.node for one in play.open(case_id)] == ["Task_head_review"]


@pytest.mark.parametrize("verb", ["delegate", "transfer"])
def test_what_was_delegated_is_not_handed_on(play: Play, verb: str) -> None:
    case_id = play.until("Task_summary")
    task, delegate = play.task(case_id, "Task_summary"), play.actor("handler_b")
    cases.delegate(play.installation, play.actor("handler_a"), task.id, post_id(play, "handler_b"), "请先起草")
    with pytest.raises(Conflict):
        getattr(cases, verb)(play.installation, delegate, task.id, post_id(play, "acceptor"), "请你办")


# --- added reviewers (加签, 减签) ---


def ask(play: Play, task: Open, role: str, position: str, holder: str = "division_head") -> None:
    cases.add_review(play.installation, play.actor(holder), task.id, post_id(play, role), position, "请看一看")


def review_of(play: Play, case_id: str, role: str) -> Open:
    post = post_id(play, role)
    rows = play.rows(tables.task, tables.task.c.case_id == case_id, tables.task.c.kind == "review")
    row = [one for one in rows if one["post_id"] == post][-1]
    return Open(row["id"], row["node_id"], row["item_key"], row["post_id"], row["claimed_by"])


def reply(play: Play, case_id: str, role: str, opinion: str = "agree") -> None:
    values = {"opinion": opinion, "disagreement": "依据不足"} if opinion == "disagree" else {"opinion": opinion}
    play.complete(review_of(play, case_id, role), values)


@pytest.mark.parametrize("position", ["before", "beside"])
@pytest.mark.parametrize("opinion", ["agree", "disagree"])
def test_a_task_waits_for_reviewers_before_and_beside_it(play: Play, position: str, opinion: str) -> None:
    case_id = play.until("Task_head_review")
    task = play.task(case_id, "Task_head_review")
    ask(play, task, "handler_b", position)
    with pytest.raises(Conflict) as waits:
        play.complete(task)
    assert waits.value.code == "task.reviews-open"
    reply(play, case_id, "handler_b", opinion)
    kind, body = last(play, case_id)
    assert (kind, body["opinion"]) == ("review.answered", opinion)
    play.complete(task)
    assert [one.node for one in play.open(case_id)] == ["Task_meeting"]
    assert play.row(case_id)["review_count"] == 0


def test_reviewers_after_it_let_a_task_go_on_when_the_last_agrees(play: Play) -> None:
    case_id = play.until("Task_head_review")
    task = play.task(case_id, "Task_head_review")
    ask(play, task, "handler_b", "after")
    ask(play, task, "bureau_leader", "after")
    assert titles(play, "handler_b") == []
    play.complete(task)
    assert titles(play, "handler_b") == ["后加签：处长审核"]
    with pytest.raises(Conflict) as held:
        play.complete(task, revision=1)
    assert held.value.code == "task.held"
    reply(play, case_id, "handler_b")
    assert [one.node for one in play.open(case_id) if one.id == task.id] == ["Task_head_review"]
    reply(play, case_id, "bureau_leader")
    assert [one.node for one in play.open(case_id)] == ["Task_meeting"]
    entries = play.rows(tables.entry, tables.entry.c.task_id == task.id)
    assert [row["person_id"] for row in entries] == [play.actor("division_head").person_id]
    assert [kind for kind, _ in play.events(case_id)][-2:] == ["review.answered", "task.completed"]


def test_who_disagrees_after_it_gives_the_task_back_and_everybody_is_asked_again(play: Play) -> None:
    case_id = play.until("Task_head_review")
    task = play.task(case_id, "Task_head_review")
    ask(play, task, "handler_b", "after")
    ask(play, task, "bureau_leader", "after")
    play.complete(task)
    reply(play, case_id, "handler_b", "disagree")
    assert titles(play, "bureau_leader") == []
    assert any("不同意" in text for text in told(play, "division_head"))
    revision = cases.task_view(play.installation, play.actor("division_head"), task.id).revision
    play.complete(task, revision=revision)
    assert titles(play, "bureau_leader") == ["后加签：处长审核"]
    reply(play, case_id, "bureau_leader")
    assert [one.node for one in play.open(case_id)] == ["Task_meeting"]


def test_a_reviewer_who_has_not_answered_can_be_dropped(play: Play) -> None:
    case_id = play.until("Task_head_review")
    task = play.task(case_id, "Task_head_review")
    ask(play, task, "handler_b", "before")
    review = review_of(play, case_id, "handler_b")
    with pytest.raises(HuishenError):
        cases.drop_review(play.installation, play.actor("handler_b"), review.id, "不想看")
    cases.drop_review(play.installation, play.actor("division_head"), review.id, "不需要了")
    assert titles(play, "handler_b") == []
    play.complete(task)
    assert [one.node for one in play.open(case_id)] == ["Task_meeting"]


def test_a_return_asks_nobody_any_more(play: Play) -> None:
    case_id = play.until("Task_summary")
    task = play.task(case_id, "Task_summary")
    ask(play, task, "handler_b", "before", holder="handler_a")
    cases.withdraw(play.installation, play.actor("applicant"), case_id, "协会调整人选")
    assert titles(play, "handler_b") == []
    assert play.row(case_id)["review_count"] == 0


@pytest.mark.parametrize("act", ["return", "transfer", "review"])
def test_a_review_is_only_answered(play: Play, act: str) -> None:
    case_id = play.until("Task_head_review")
    ask(play, play.task(case_id, "Task_head_review"), "handler_b", "before")
    review, reviewer, place = review_of(play, case_id, "handler_b"), play.actor("handler_b"), play.installation
    with pytest.raises(HuishenError):
        if act == "return":
            cases.return_task(place, reviewer, review.id, "Task_summary", "不同意见")
        elif act == "transfer":
            cases.transfer(place, reviewer, review.id, post_id(play, "handler_a"), "请你看")
        else:
            cases.add_review(place, reviewer, review.id, post_id(play, "handler_a"), "before", "请你看")
    assert titles(play, "handler_b") == ["前加签：处长审核"]


def test_a_review_without_an_opinion_or_a_reason_is_not_taken(play: Play) -> None:
    case_id = play.until("Task_head_review")
    ask(play, play.task(case_id, "Task_head_review"), "handler_b", "before")
    review = review_of(play, case_id, "handler_b")
    for values in ({}, {"opinion": "disagree"}):
        with pytest.raises(Invalid) as refused:
            play.complete(review, values)
        assert refused.value.code == "task.invalid"


def test_a_reviewer_reads_the_question_and_the_case(play: Play) -> None:
    case_id = play.until("Task_head_review")
    ask(play, play.task(case_id, "Task_head_review"), "handler_b", "before")
    view = cases.task_view(play.installation, play.actor("handler_b"), review_of(play, case_id, "handler_b").id)
    assert (view.act, view.documentation, view.schema.title) == ("review", "请看一看", "加签意见")
    assert view.case.entries


def test_no_reviewer_is_asked_where_identity_is_proved_or_the_package_does_not_say(play: Play) -> None:
    case_id = play.until("Task_sign")
    task, leader = play.task(case_id, "Task_sign"), play.actor("bureau_leader")
    with pytest.raises(Forbidden):
        cases.add_review(play.installation, leader, task.id, post_id(play, "handler_b"), "before", "请看一看")


# --- reminders and copies (催办, 抄送) ---


def test_a_task_is_reminded_once_a_day(play: Play) -> None:
    case_id = play.until("Task_summary")
    task, head = play.task(case_id, "Task_summary"), play.actor("division_head")
    cases.remind(play.installation, head, task.id, "下周一要上会")
    assert any("催办：" in text and "下周一要上会" in text for text in told(play, "handler_a"))
    with pytest.raises(Conflict) as again:
        cases.remind(play.installation, head, task.id)
    assert again.value.code == "task.reminded"
    play.later(days=1)
    cases.remind(play.installation, head, task.id)
    assert [kind for kind, _ in play.events(case_id)].count("task.reminded") == 2


def test_the_association_may_remind_of_its_own_case_and_strangers_may_not(play: Play) -> None:
    case_id = play.until("Task_summary")
    task = play.task(case_id, "Task_summary")
    cases.remind(play.installation, play.actor("applicant"), task.id)
    with pytest.raises(NotFound):
        cases.remind(play.installation, play.office.actor("packaging"), task.id)
    with pytest.raises(Forbidden):
        cases.remind(play.installation, play.actor("seal_keeper"), task.id)


def test_a_copy_is_told_and_marked_when_it_is_read(play: Play) -> None:
    case_id = play.until("Task_summary")
    to = [post_id(play, "bureau_leader"), post_id(play, "division_head")]
    cases.send_copy(play.installation, play.actor("handler_a"), case_id, to, "请领导先阅")
    copies = tables.notification.c.kind == "copy"
    assert [row["read_at"] for row in play.rows(tables.notification, copies)] == [None, None]
    assert any("抄送：" in text for text in told(play, "bureau_leader"))
    assert cases.mark_read(play.installation, play.actor("bureau_leader"), case_id) == 1
    read = {row["post_id"]: row["read_at"] for row in play.rows(tables.notification, copies)}
    assert read == {to[0]: play.clock.now(), to[1]: None}
    assert last(play, case_id)[0] == "case.copied"
    assert cases.mark_read(play.installation, play.actor("bureau_leader"), case_id) == 0


def test_copies_go_to_the_department_alone(play: Play) -> None:
    case_id = play.until("Task_summary")
    for to in ([post_id(play, "joint_checker@court")], []):
        with pytest.raises(Forbidden):
            cases.send_copy(play.installation, play.actor("handler_a"), case_id, to, "请阅")
    with pytest.raises(NotFound):
        cases.send_copy(play.installation, play.office.actor("joint-court"), case_id, [], "请阅")


# --- standing still (中止, 恢复) ---


def timers_of(play: Play) -> list[dict[str, Any]]:
    """Of the unit's request; those of what ended before are dropped."""
    return play.rows(tables.timer, tables.timer.c.state != "dropped")


def test_nothing_happens_to_a_suspended_case_and_what_was_due_moves_on(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    task, head = play.task(case_id, "MI_joint_check"), play.actor("division_head")
    due = task_row(play, task)["due_at"]
    promised = play.row(case_id)["due_on"]
    cases.suspend(play.installation, head, case_id, "等省里答复")
    with pytest.raises(Conflict) as refused:
        play.complete(task)
    assert refused.value.code == "case.suspended"
    play.later(days=21)  # fifteen working days
    assert cases.fire_timers(play.installation) == 0
    assert {row["state"] for row in timers_of(play)} == {"stopped"}
    cases.resume(play.installation, head, case_id, "省里已答复")
    assert {row["state"] for row in timers_of(play)} == {"armed"}
    assert task_row(play, task)["due_at"] - due == timedelta(days=21)
    assert play.row(case_id)["due_on"] > promised
    kind, body = next(one for one in play.events(case_id) if one[0] == "case.resumed")
    assert (kind, int(body["working_days"])) == ("case.resumed", 15)
    assert cases.fire_timers(play.installation) == 0
    play.complete(task)


def test_a_draft_can_be_kept_while_the_case_stands_still(play: Play) -> None:
    case_id = play.until("Task_summary")
    task = play.task(case_id, "Task_summary")
    cases.suspend(play.installation, play.actor("division_head"), case_id, "等省里答复")
    cases.save_draft(play.installation, play.actor("handler_a"), task.id, play.values("Task_summary"), 0)
    assert cases.task_view(play.installation, play.actor("handler_a"), task.id).values


def test_only_who_has_the_authority_stops_and_only_what_runs_is_stopped(play: Play) -> None:
    case_id = play.until("Task_summary")
    head, place = play.actor("division_head"), play.installation
    with pytest.raises(Forbidden):
        cases.suspend(place, play.actor("handler_a"), case_id, "我要休假")
    with pytest.raises(NotFound):
        cases.suspend(place, play.actor("applicant"), case_id, "等一等")
    with pytest.raises(Conflict):
        cases.resume(place, head, case_id, "没有中止")
    cases.suspend(place, head, case_id, "等省里答复")
    with pytest.raises(Conflict):
        cases.suspend(place, head, case_id, "等省里答复")


# --- the end by the department (终止) ---


def test_a_terminated_case_is_closed_with_its_notice(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    cases.suspend(play.installation, play.actor("division_head"), case_id, "等省里答复")
    cases.terminate(play.installation, play.actor("bureau_leader"), case_id, "协会已注销")
    assert [one.node for one in play.open(case_id)] == ["Task_close"]
    play.complete(play.open(case_id)[0], {"confirmed": True})
    assert (play.row(case_id)["state"], play.row(case_id)["outcome"]) == ("closed", "terminated")
    with pytest.raises(Conflict):
        cases.terminate(play.installation, play.actor("bureau_leader"), case_id, "协会已注销")


def test_only_who_has_the_authority_ends_a_case(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    with pytest.raises(Forbidden):
        cases.terminate(play.installation, play.actor("division_head"), case_id, "协会已注销")
    assert play.open(case_id)[0].node == "MI_joint_check"


# --- a longer limit (延长) ---


def test_a_longer_limit_moves_the_task_and_is_recorded(play: Play) -> None:
    case_id = play.until("Task_summary")
    task, head = play.task(case_id, "Task_summary"), play.actor("division_head")
    before = task_row(play, task)["due_at"]
    after = cases.extend(play.installation, head, task.id, 5, "材料较多")
    assert after - before == timedelta(days=7)
    assert task_row(play, task)["due_at"] == after
    kind, body = last(play, case_id)
    assert (kind, body["days"], body["reason"], body["to"]) == ("task.extended", 5, "材料较多", after)
    play.complete(task)
    assert [one.node for one in play.open(case_id)] == ["Task_head_review"]


@pytest.mark.parametrize("days", [0, -1, 61])
def test_a_limit_is_not_extended_by_any_number(play: Play, days: int) -> None:
    task = play.task(play.until("Task_summary"), "Task_summary")
    with pytest.raises(Invalid):
        cases.extend(play.installation, play.actor("division_head"), task.id, days, "材料较多")


def test_the_timer_of_a_task_moves_with_its_limit(play: Play) -> None:
    case_id = play.until("Task_accept")
    items = [{"material": "财务审计报告", "problem": "未附", "requirement": "提交报告", "basis": "第二十七条"}]
    play.complete(play.open(case_id)[0], {"decision": "supplement", "supplement_items": items})
    task = play.task(case_id, "Task_supplement")
    armed = [row["due_at"] for row in play.rows(tables.timer, tables.timer.c.state == "armed")]
    cases.extend(play.installation, play.actor("division_head"), task.id, 5, "协会申请延期")
    moved = [row["due_at"] for row in play.rows(tables.timer, tables.timer.c.state == "armed")]
    assert [later - before >= timedelta(days=7) for before, later in zip(armed, moved, strict=True)] == [True]
    play.clock.set(armed[0] + timedelta(minutes=1))
    assert cases.fire_timers(play.installation) == 0
    play.clock.set(moved[0] + timedelta(minutes=1))
    assert cases.fire_timers(play.installation) == 1


# --- members of a multi-instance ---


def test_one_more_unit_is_asked_and_one_less(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    head, before = play.actor("division_head"), {one.item for one in play.open(case_id)}
    cases.add_member(play.installation, head, case_id, "MI_joint_check", "united", "有政协委员")
    assert {one.item for one in play.open(case_id)} == before | {"united"}
    with pytest.raises(Forbidden):
        cases.add_member(play.installation, head, case_id, "MI_joint_check", "united", "再加一次")
    required = play.task(case_id, "MI_joint_check", "discipline")
    with pytest.raises(Forbidden) as refused:
        cases.drop_member(play.installation, head, required.id, "不想等了")
    assert refused.value.code == "members.required"
    added = play.task(case_id, "MI_joint_check", "united")
    cases.drop_member(play.installation, head, added.id, "不需要了")
    assert {one.item for one in play.open(case_id)} == before
    for task in play.open(case_id):
        play.complete(task)
    assert [one.node for one in play.open(case_id)] == ["Task_summary"]


def test_an_added_unit_must_answer_like_the_others(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    cases.add_member(play.installation, play.actor("division_head"), case_id, "MI_joint_check", "acfic", "民营企业家")
    for task in [one for one in play.open(case_id) if one.item != "acfic"]:
        play.complete(task)
    assert [one.item for one in play.open(case_id)] == ["acfic"]
    play.complete(play.open(case_id)[0])
    assert [one.node for one in play.open(case_id)] == ["Task_summary"]


@pytest.mark.parametrize(("role", "key"), [("handler_a", "united"), ("division_head", "nobody")])
def test_units_are_added_by_authority_and_from_the_list(play: Play, role: str, key: str) -> None:
    case_id = play.until("MI_joint_check")
    with pytest.raises(Forbidden):
        cases.add_member(play.installation, play.actor(role), case_id, "MI_joint_check", key, "有政协委员")


def test_the_longest_of_the_verbs_costs_at_most_twelve_statements(play: Play) -> None:
    """The last answer after a task, which lets it go on; one more statement loads the session."""
    case_id = play.until("Task_head_review")
    task = play.task(case_id, "Task_head_review")
    ask(play, task, "handler_b", "after")
    play.complete(task)
    review, seen = review_of(play, case_id, "handler_b"), list[str]()
    proof, reviewer = play.office.proof("handler-b"), play.actor("handler_b")
    with play.watching(lambda statement, _: seen.append(statement)):
        cases.complete(play.installation, reviewer, review.id, {"opinion": "agree"}, 0, proof)
    assert len([one for one in seen if not one.startswith("BEGIN")]) <= 11, seen
