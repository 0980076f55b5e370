"""Deputies: who may act for whom, how long, in what; what they may not; and how the record names them."""

from datetime import date, timedelta

import pytest

from engine import cases, identity
from engine.calendar import local_date
from engine.cases import Criteria
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.store import tables
from tests.cases.playing import Play

TODAY = date(2026, 11, 23)
WEEK = TODAY + timedelta(days=6)


def appoint(
    play: Play, owner: str, deputy: str, since: date | None = None, until: date | None = None, **options: object
) -> str:
    """For a week from today, where nothing else is said."""
    since = since or local_date(play.clock.now())
    until = until or since + timedelta(days=6)
    giver = play.actor(owner)
    return cases.appoint_deputy(
        play.installation,
        giver,
        str(options.pop("post", giver.posts[0].id)),
        play.office.actor(deputy).person_id,
        since,
        until,
        "出差",
        **options,  # type: ignore[arg-type]
    )


def test_a_deputy_does_what_waits_for_the_post_and_the_record_says_for_whom(play: Play) -> None:
    case_id = play.until("Task_head_review")
    task = play.task(case_id, "Task_head_review")
    appoint(play, "head", "clerk")
    deputy = play.actor("clerk")
    assert [row.case_id for row in cases.inbox(play.installation, deputy).rows] == [case_id]
    play.complete(task, actor=deputy)
    entry = play.rows(tables.entry, tables.entry.c.node_id == "Task_head_review")[0]
    assert entry["acting_for"] == play.actor("head").person_id
    view = cases.case_view(play.installation, play.actor("leader"), case_id)
    assert view.entries[-1].by == "沈亦言（代林予安）"
    assert any(line.by == "沈亦言（行业协会商会处处长，代林予安）" for line in view.history)


def test_a_delegation_begins_ends_and_is_ended(play: Play) -> None:
    play.until("Task_head_review")
    tomorrow = TODAY + timedelta(days=1)
    given = appoint(play, "head", "clerk", tomorrow, tomorrow)
    for days, posts in ((0, 1), (1, 2), (1, 1)):
        play.later(days=days)
        assert len(play.actor("clerk").posts) == posts
    again = appoint(play, "head", "clerk", TODAY + timedelta(days=2), WEEK)
    assert cases.inbox(play.installation, play.actor("clerk")).total == 1
    with pytest.raises(NotFound):
        cases.end_deputy(play.installation, play.actor("leader"), again)
    cases.end_deputy(play.installation, play.actor("clerk"), again)
    cases.end_deputy(play.installation, play.actor("clerk"), again)
    assert cases.inbox(play.installation, play.actor("clerk")).total == 0
    states = {one.id: one.state for one in cases.deputies(play.installation, play.actor("head"))}
    assert states == {given: "已结束", again: "已结束"}
    kinds = [row["kind"] for row in play.rows(tables.event, tables.event.c.chain == "installation")]
    assert kinds.count("deputy-appointed") == 2
    assert kinds.count("deputy-ended") == 1


def test_a_deputy_does_not_sign_unless_it_is_said(play: Play) -> None:
    case_id = play.until("Task_sign")
    task, place = play.task(case_id, "Task_sign"), play.installation
    given = appoint(play, "leader", "secretary")
    deputy = play.actor("secretary")
    for sign in (
        lambda: cases.prepare_documents(place, deputy, task.id),
        lambda: play.complete(task, actor=deputy, shown={}),
    ):
        with pytest.raises(Forbidden, match="不包括签名"):
            sign()
    cases.end_deputy(place, play.actor("leader"), given)
    appoint(play, "leader", "secretary", signs=True)
    assert cases.prepare_documents(place, play.actor("secretary"), task.id)


def test_who_stands_in_for_who_signs_has_a_key_though_no_own_post_asks_for_one(play: Play) -> None:
    case_id = play.until("Task_meeting")
    appoint(play, "secretary", "handler-b")
    play.complete(play.task(case_id, "Task_meeting"), actor=play.actor("handler-b"))
    play.office.work_off()
    assert [row["state"] for row in play.rows(tables.document, tables.document.c.kind == "D09")] == ["issued"]


def test_a_deputy_for_one_process_sees_no_other(play: Play) -> None:
    case_id = play.until("Task_head_review")
    appoint(play, "head", "clerk", package_key="party_dual_filing")
    deputy, task = play.actor("clerk"), play.task(case_id, "Task_head_review")
    assert cases.inbox(play.installation, deputy, criteria=Criteria()).rows == ()
    assert cases.queue(play.installation, deputy) == []
    with pytest.raises(Forbidden, match="不包括这个流程"):
        cases.claim(play.installation, deputy, task.id)


def test_a_deputy_for_one_process_is_told_of_no_other(play: Play) -> None:
    """Nor is anybody waited for who never sees the notice: it is read by all once its holder has read it."""
    case_id = play.until("Task_head_review")
    place, head = play.installation, play.office.actor("head")
    appoint(play, "head", "clerk", package_key="party_dual_filing")
    deputy = play.office.actor("clerk")
    about = tables.notification.c.case_id == case_id
    mine = [row["id"] for row in play.rows(tables.notification, about) if row["post_id"] in head.post_ids]
    assert mine
    assert not {one.id for one in cases.notices(place, deputy).rows} & set(mine)
    assert cases.unread(place, deputy) == 0
    assert cases.mark_notices(place, deputy, mine) == 0
    assert cases.mark_notices(place, head, mine) == len(mine)
    assert all(row["read_at"] for row in play.rows(tables.notification) if row["id"] in mine)
    appoint(play, "leader", "secretary", package_key="leader_review")
    cases.send_copy(place, head, case_id, [play.office.actor("leader").posts[0].id], "请阅")
    assert [one.kind for one in cases.notices(place, play.office.actor("secretary")).rows if one.unread] == ["copy"]


def test_what_is_not_ones_own_cannot_be_given(play: Play) -> None:
    appoint(play, "head", "clerk")
    held = next(post.id for post in play.actor("clerk").posts if post.acting_for)
    with pytest.raises(Forbidden, match="不能再交给别人"):
        appoint(play, "clerk", "secretary", post=held)
    with pytest.raises(Forbidden, match="同单位"):
        appoint(play, "clerk", "joint-police")
    with pytest.raises(Conflict, match="已经有人代理"):
        appoint(play, "head", "secretary")


@pytest.mark.parametrize(
    "owner, deputy", [("leader", "seal"), ("handler_a", "handler-b"), ("leader", "acceptor"), ("seal", "handler-a")]
)
def test_nobody_comes_to_hold_two_posts_that_exclude_each_other(sqlite_play: Play, owner: str, deputy: str) -> None:
    with pytest.raises(Conflict, match="不同的人"):
        appoint(sqlite_play, owner, deputy)


def test_two_delegations_do_not_add_up_to_what_one_may_not(sqlite_play: Play) -> None:
    appoint(sqlite_play, "leader", "secretary")
    with pytest.raises(Conflict, match="不同的人"):
        appoint(sqlite_play, "seal", "secretary")


@pytest.mark.parametrize(
    "since, until", [(TODAY - timedelta(days=1), WEEK), (WEEK, TODAY), (TODAY, TODAY + timedelta(days=181))]
)
def test_days_that_do_not_fit_are_refused(sqlite_play: Play, since: date, until: date) -> None:
    with pytest.raises(Invalid, match="180"):
        appoint(sqlite_play, "head", "clerk", since, until)


def test_when_the_holder_leaves_the_deputy_has_the_post_no_more(play: Play) -> None:
    appoint(play, "head", "clerk")
    head = play.actor("head")
    with play.writing() as transaction:
        identity.assign(transaction, post_id=head.posts[0].id, person_id=head.person_id, since=TODAY, until=TODAY)
    play.later(days=1)
    assert len(play.actor("clerk").posts) == 1
