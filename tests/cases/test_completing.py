"""Who may complete a task, and what happens when several want to."""

from datetime import timedelta

import pytest

from engine import cases
from engine.cases.completing import PROOF_AGE
from engine.errors import Conflict, Forbidden, HuishenError, NotFound
from engine.identity import Proof
from engine.store import tables
from tests.cases.playing import Open, Play
from tests.cases.together import together

OBJECTION = [{"key": "chen", "label": "陈海澜，拟任会长", "opinion": "object", "reason_public": "现为失信被执行人"}]


def attempt(play: Play, task: Open, login: str) -> str:
    """The case's new state, or the code and the sentence of the refusal."""
    try:
        return play.complete(task, actor=play.office.actor(login)).state
    except HuishenError as error:
        return f"{error.code} {error.message}"


def test_a_task_that_is_done_cannot_be_done_again(play: Play) -> None:
    case_id = play.until("Task_accept")
    task = play.task(case_id, "Task_accept")
    play.complete(task)
    assert attempt(play, task, "acceptor").startswith("task.done 已被他人办理")


def test_of_two_people_at_the_same_task_one_succeeds_and_one_is_told(play: Play) -> None:
    case_id = play.until("Task_accept")
    play.also("clerk", "acceptor")
    task = play.task(case_id, "Task_accept")
    results = together(lambda: attempt(play, task, "acceptor"), lambda: attempt(play, task, "clerk"))
    assert sorted(one.partition("，")[0] for one in results) == ["accepted", "task.done 已被他人办理"]
    assert len(play.rows(tables.entry, tables.entry.c.node_id == "Task_accept")) == 1
    assert play.faults() == []


def test_all_joint_checks_of_a_case_succeed_at_the_same_time(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    tasks = play.open(case_id)
    assert len(tasks) > 5
    together(*[lambda task=task: play.complete(task) for task in tasks])
    assert [task.node for task in play.open(case_id)] == ["Task_summary"]
    entries = play.rows(tables.entry, tables.entry.c.node_id == "MI_joint_check")
    assert {row["task_id"] for row in entries} == {task.id for task in tasks}
    assert play.faults() == []


def test_a_submission_and_a_draft_at_the_same_time_never_lose_what_was_saved(play: Play) -> None:
    case_id = play.begin()
    play.files(case_id)
    task, applicant = play.task(case_id, "Task_submit"), play.actor("applicant")

    def submit() -> str:
        return attempt(play, task, "coldchain")

    def save() -> str:
        try:
            return str(cases.save_draft(play.installation, applicant, task.id, {"contact_name": "杜若溪"}, 0))
        except Conflict as error:
            return error.code

    submitted, saved = together(submit, save)
    assert (submitted, saved) in {("submitted", "task.done")} or (submitted[:10], saved) == ("case.stale", "1")


def test_another_post_may_not(play: Play) -> None:
    case_id = play.until("Task_accept")
    assert attempt(play, play.task(case_id, "Task_accept"), "handler-a").startswith("task.other-post")


@pytest.mark.parametrize("login", ["packaging", "joint-court", "party-general"])
def test_whoever_may_not_know_of_the_case_is_told_that_there_is_none(play: Play, login: str) -> None:
    case_id = play.until("Task_accept")
    with pytest.raises(NotFound):
        play.complete(play.task(case_id, "Task_accept"), actor=play.office.actor(login))


def test_a_claimed_task_is_refused_to_colleagues_until_it_is_put_back(play: Play) -> None:
    case_id = play.until("Task_accept")
    first, second = play.actor("acceptor"), play.also("clerk", "acceptor")
    task = play.task(case_id, "Task_accept")
    cases.claim(play.installation, first, task.id)
    cases.claim(play.installation, first, task.id)
    assert play.task(case_id, "Task_accept").claimed_by == first.person_id
    with pytest.raises(Conflict) as refused:
        cases.claim(play.installation, second, task.id)
    assert refused.value.code == "task.claimed"
    assert attempt(play, task, "clerk").startswith("task.claimed")
    with pytest.raises(Conflict):
        cases.release(play.installation, second, task.id)
    cases.release(play.installation, first, task.id)
    cases.claim(play.installation, second, task.id)
    assert attempt(play, task, "clerk") == "accepted"
    kinds = [kind for kind, _ in play.events(case_id) if kind.startswith("task.")]
    assert kinds == ["task.submitted", "task.claimed", "task.released", "task.claimed", "task.completed"]


def test_of_two_who_take_a_task_at_once_one_has_it(play: Play) -> None:
    case_id = play.until("Task_accept")
    people = [play.actor("acceptor"), play.also("clerk", "acceptor")]
    task = play.task(case_id, "Task_accept")

    def take(place: int) -> str:
        try:
            cases.claim(play.installation, people[place], task.id)
        except Conflict as error:
            return error.code
        return "taken"

    assert sorted(together(lambda: take(0), lambda: take(1))) == ["taken", "task.claimed"]


def test_the_one_who_accepted_may_not_sign(play: Play) -> None:
    case_id = play.until("Task_sign")
    play.also("acceptor", "bureau_leader")
    answer = attempt(play, play.task(case_id, "Task_sign"), "acceptor")
    assert answer.startswith("case.separation 你在本案中已办理过")
    with pytest.raises(Forbidden):
        cases.claim(play.installation, play.office.actor("acceptor"), play.task(case_id, "Task_sign").id)


def test_the_one_who_verified_may_not_confirm_it(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    opinions = [*OBJECTION, *play.values("MI_joint_check")["opinions"][1:]]
    play.complete(play.task(case_id, "MI_joint_check", "court"), {"opinions": opinions})
    play.do(case_id, "MI_joint_check")
    checks = [{"key": "court-chen", "finding": "upheld", "method": "查询登记或公开信息", "note_internal": "属实"}]
    play.complete(play.task(case_id, "Task_verify"), {"checks": checks})
    play.also("handler-a", "handler_b")
    task = play.task(case_id, "Task_verify_confirm")
    assert attempt(play, task, "handler-a").startswith("case.separation")


def test_what_needs_identity_is_refused_without_it_and_with_an_old_or_foreign_proof(play: Play) -> None:
    case_id = play.until("Task_accept")
    task, actor, now = play.task(case_id, "Task_accept"), play.actor("acceptor"), play.clock.now()
    wrong = [
        None,
        Proof(actor.person_id, now - PROOF_AGE - timedelta(seconds=1)),
        Proof(actor.person_id, now + timedelta(seconds=1)),
        Proof(play.actor("clerk").person_id, now),
    ]
    for proof in wrong:
        with pytest.raises(Forbidden) as refused:
            play.complete(task, proof=proof)
        assert refused.value.code == "identity.proof"
    assert play.rows(tables.document) == []
    play.complete(task, proof=Proof(actor.person_id, now - PROOF_AGE))


def test_a_task_of_the_same_person_that_follows_is_named(play: Play) -> None:
    case_id = play.begin()
    play.files(case_id)
    done = play.complete(play.task(case_id, "Task_submit"))
    assert (done.case_id, done.number, done.state, done.again) == (case_id, "LR-2026-0001", "submitted", ())


@pytest.mark.parametrize("end", ["completed", "cancelled"])
def test_a_task_that_ends_in_a_year_without_a_calendar_stays_as_certain_as_it_was(play: Play, end: str) -> None:
    case_id = play.until("Task_accept")
    task = play.task(case_id, "Task_accept")
    play.later(days=60)
    if end == "completed":
        play.complete(task)
    else:
        cases.withdraw(play.installation, play.actor("applicant"), case_id, "协会调整人选")
    (row,) = play.rows(tables.task, tables.task.c.id == task.id)
    assert (row["state"], row["due_estimated"]) == (end, False)
