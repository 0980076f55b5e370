"""Somebody leaves, or a post is empty: nothing that waits is lost, and everything is on a receipt."""

from datetime import date, timedelta

import pytest

from engine import cases, identity
from engine.cases.signing import person_key
from engine.errors import Conflict, Forbidden, NotFound
from engine.store import new_id, tables
from tests.cases.playing import Play

TODAY = date(2026, 11, 23)


def ids(play: Play, *logins: str) -> list[str]:
    return [play.office.actor(login).person_id for login in logins]


def newcomer(play: Play, login: str = "new-one") -> str:
    """Somebody of the department who holds a post that excludes no other."""
    play.new_person(login, "typist")
    return play.office.actor(login).person_id


def leave(play: Play, login: str, successor: str, by: str = "head") -> str:
    (leaving,) = ids(play, login)
    return cases.hand_over(play.installation, play.actor(by), leaving, successor, "调任")


def test_posts_and_claimed_tasks_go_to_the_successor_and_the_account_is_closed(play: Play) -> None:
    case_id = play.until("Task_summary")
    task, place = play.task(case_id, "Task_summary"), play.installation
    cases.claim(place, play.actor("handler_a"), task.id)
    leaving, successor = play.actor("handler_a"), newcomer(play)
    made = leave(play, "handler-a", successor)
    assert play.task(case_id, "Task_summary").claimed_by == successor
    assert play.events(case_id)[-1][0] == "task.handed-over"
    new = play.office.actor("new-one")
    assert {post.role for post in new.posts} == {"typist", "handler_a"}
    with play.reading() as transaction:
        assert identity.load_actor(transaction, leaving.person_id, TODAY) is None
    found = cases.receipt(place, new, made)
    assert (found.leaving, found.by, found.posts, found.received_at) == ("吴秋澄", "林予安", ("承办岗A",), None)
    assert [(one.step, one.kind, one.went) for one in found.tasks] == [("提出综合意见", "待办", "交new-one")]
    play.complete(play.task(case_id, "Task_summary"), actor=new)


def test_the_signing_certificate_is_withdrawn_by_a_job_that_may_run_twice(play: Play) -> None:
    (leader,) = ids(play, "leader")
    assert play.installation.vault.signer(person_key(leader))
    successor = newcomer(play)
    leave(play, "leader", successor)
    assert play.installation.vault.signer(person_key(successor))
    play.office.work_off()
    with pytest.raises(NotFound):
        play.installation.vault.signer(person_key(leader))
    cases.HANDLERS["withdraw-certificate"](play.installation, {"person": leader, "reason": "调任"}, lambda _: None)
    ended = play.rows(tables.signing_key, tables.signing_key.c.key_id == person_key(leader))
    assert [row["until"] is not None for row in ended] == [True]


def test_an_unfinished_countersign_goes_over(play: Play) -> None:
    case_id = play.until("Task_head_review")
    task, place = play.task(case_id, "Task_head_review"), play.installation
    asked = cases.task_view(place, play.actor("head"), task.id).askable[0]
    cases.add_review(place, play.actor("head"), task.id, asked.post_id, "before", "请核对依据")
    review = next(one for one in play.open(case_id) if one.post == asked.post_id)
    holder = play.holder(asked.post_id)
    cases.claim(place, holder, review.id)
    successor = newcomer(play)
    made = leave(play, holder.login, successor)
    assert [one.kind for one in cases.receipt(place, play.actor("head"), made).tasks] == ["加签"]
    assert next(one for one in play.open(case_id) if one.id == review.id).claimed_by == successor


def test_the_receipt_is_confirmed_by_the_successor_alone(play: Play) -> None:
    successor = newcomer(play)
    made, place = leave(play, "handler-b", successor), play.installation
    with pytest.raises(NotFound):
        cases.receipt(place, play.actor("acceptor"), made)
    cases.confirm_receipt(place, play.actor("head"), made)
    assert cases.receipt(place, play.actor("head"), made).received_at is None
    for _ in range(2):
        cases.confirm_receipt(place, play.office.actor("new-one"), made)
    assert cases.receipt(place, play.actor("head"), made).received_at == play.clock.now()
    kinds = [row["kind"] for row in play.rows(tables.event, tables.event.c.chain == "installation")]
    assert (kinds.count("handed-over"), kinds.count("handover-received")) == (1, 1)


def test_nobody_gets_two_posts_that_exclude_each_other_and_strangers_hand_nothing_over(play: Play) -> None:
    leader, seal, police = ids(play, "leader", "seal", "joint-police")
    place, head = play.installation, play.actor("head")
    with pytest.raises(Conflict, match="不同的人"):
        cases.hand_over(place, head, seal, leader, "调任")
    with pytest.raises(Forbidden):
        cases.hand_over(place, play.actor("acceptor"), seal, leader, "调任")
    with pytest.raises(Forbidden):
        cases.hand_over(place, head, police, newcomer(play), "调任")
    with pytest.raises(NotFound):
        cases.hand_over(place, head, new_id(), leader, "调任")
    with pytest.raises(Conflict, match="不能是离岗的人"):
        cases.hand_over(place, head, seal, seal, "调任")


def test_what_waits_for_an_empty_post_lies_in_the_heads_pool_with_a_yellow_light(play: Play) -> None:
    case_id = play.until("Task_summary")
    task, place, head = play.task(case_id, "Task_summary"), play.installation, play.actor("head")
    assert cases.pool(place, head) == ()
    vacate(play, "handler_a")
    (found,) = cases.pool(place, head)
    assert (found.row.task_id, found.movable, found.row.due and found.row.due.light) == (task.id, True, "yellow")
    assert cases.pool(place, play.actor("acceptor")) == ()
    row, takers = cases.takers_of(place, head, task.id)
    target = next(one for one in takers if one.title == "承办岗B")
    with pytest.raises(Forbidden):
        cases.assign_vacant(place, head, task.id, row.post_id, "空岗")
    with pytest.raises(NotFound):
        cases.assign_vacant(place, play.actor("acceptor"), task.id, target.post_id, "空岗")
    cases.assign_vacant(place, head, task.id, target.post_id, "空岗，请代办")
    assert cases.pool(place, head) == ()
    assert [one.case_id for one in cases.inbox(place, play.actor("handler_b")).rows] == [case_id]
    with pytest.raises(Conflict, match="有人"):
        cases.assign_vacant(place, head, task.id, target.post_id, "再指派")


def test_an_empty_post_elsewhere_is_shown_and_not_moved(play: Play) -> None:
    case_id = play.until("Task_party_initial")
    task = play.task(case_id, "Task_party_initial")
    vacate(play, "party-logistics")
    (found,) = cases.pool(play.installation, play.actor("head"))
    assert (found.row.task_id, found.movable) == (task.id, False)
    with pytest.raises(NotFound):
        cases.takers_of(play.installation, play.actor("head"), task.id)


def vacate(play: Play, role: str) -> None:
    """The holder's days ended yesterday."""
    holder, day = play.actor(role), TODAY - timedelta(days=1)
    with play.writing() as transaction:
        identity.assign(transaction, post_id=holder.posts[0].id, person_id=holder.person_id, since=day, until=day)
