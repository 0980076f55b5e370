"""Notices: unread until each who holds the post reads them, and by e-mail to a real server on this machine."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine import cases, identity, jobs, store
from engine.calendar import local_date
from engine.errors import Invalid
from engine.installation import Installation
from engine.store import tables
from tests.cases.playing import Play
from tests.mailbox import Mailbox, mailbox


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as made:
        yield made


def with_mail(play: Play, box: Mailbox) -> Installation:
    """The same installation, with a server to send by."""
    settings = replace(play.installation.settings, mail_host="127.0.0.1", mail_port=box.port, mail_from="a@example.cn")
    return replace(play.installation, settings=settings)


def work(play: Play, place: Installation) -> int:
    return jobs.run_due(place, cases.HANDLERS)


def test_a_new_task_is_unread_until_it_is_read(play: Play) -> None:
    play.until("Task_accept")
    place, acceptor = play.installation, play.actor("acceptor")
    page = cases.notices(place, acceptor, only_unread=True)
    assert (page.unread, cases.unread(place, acceptor)) == (1, 1)
    assert page.rows[0].text.endswith("形式审查")
    assert cases.mark_notices(place, play.actor("leader"), [page.rows[0].id]) == 0
    assert cases.mark_notices(place, acceptor, [page.rows[0].id]) == 1
    assert cases.mark_notices(place, acceptor, None) == 0
    assert cases.notices(place, acceptor, only_unread=True).rows == ()
    assert [row.unread for row in cases.notices(place, acceptor).rows] == [False]


def test_a_slip_of_the_process_calls_whoever_has_the_task_until_it_is_done(play: Play) -> None:
    case_id, place = play.until("MI_joint_check"), play.installation
    taken, other = play.task(case_id, "MI_joint_check", "police"), play.task(case_id, "MI_joint_check", "court")
    play.tampered = True
    moved = tables.task.c.id == taken.id
    with play.writing() as transaction:  # as a transfer does
        transaction.execute(tables.task.update().where(moved).values(post_id=other.post))
    play.later(days=15)
    while cases.fire_timers(place):
        pass
    slips = [row for row in play.rows(tables.notification) if "请尽快办理" in row["text"]]
    posts = {row["task_id"]: row["post_id"] for row in slips}
    assert posts[taken.id] == posts[other.id] == other.post
    court = play.office.actor("joint-court")
    mine = {row["id"] for row in slips if row["post_id"] == other.post}
    assert mine <= {one.id for one in cases.notices(place, court, only_unread=True).rows}
    for task in (taken, other):
        play.complete(task, actor=court)
    assert not mine & {one.id for one in cases.notices(place, court, only_unread=True).rows}


def test_each_holder_of_a_post_has_a_mark_and_a_deputy_too(play: Play) -> None:
    place = play.installation
    play.also("handler-a", "acceptor")
    play.until("Task_accept")
    first, second = play.actor("acceptor"), play.office.actor("handler-a")
    today = local_date(play.clock.now())
    clerk = play.office.actor("clerk").person_id
    cases.appoint_deputy(place, first, first.posts[0].id, clerk, today, today, "出差")
    people = [first, second, play.office.actor("clerk")]
    for read, one in enumerate(people):
        assert [cases.unread(place, other) for other in people] == [0] * read + [1] * (3 - read)
        assert play.rows(tables.notification, tables.notification.c.read_at.is_not(None)) == []
        assert cases.mark_notices(place, one, None) == 1
        play.later(minutes=1)
    assert {row["person_id"] for row in play.rows(tables.notification_reading)} == {one.person_id for one in people}
    (settled,) = play.rows(tables.notification, tables.notification.c.read_at.is_not(None))
    assert settled["post_id"] == first.posts[0].id


@pytest.mark.parametrize("by", ["done", "withdrawn", "transferred"])
def test_what_calls_to_a_task_that_is_over_rings_for_nobody(play: Play, by: str) -> None:
    case_id, place = play.until("Task_accept"), play.installation
    task, acceptor = play.task(case_id, "Task_accept"), play.actor("acceptor")
    cases.remind(place, play.actor("applicant"), task.id)
    calls = {row.id for row in cases.notices(place, acceptor, only_unread=True).rows}
    assert len(calls) == cases.unread(place, acceptor) == 2
    if by == "done":
        play.complete(task)
    elif by == "withdrawn":
        cases.withdraw(place, play.actor("applicant"), case_id, "协会调整人选")
    else:
        with play.reading() as transaction:
            to = identity.find_post(transaction, "handler_b")
        assert to is not None
        cases.transfer(place, acceptor, task.id, to, "受理岗外出")
        assert "转办" in cases.notices(place, play.actor("handler_b"), only_unread=True).rows[0].text
    now = cases.notices(place, acceptor)
    assert calls <= {row.id for row in now.rows if not row.unread}
    assert now.unread == sum(row.unread for row in now.rows)
    assert cases.mark_notices(place, acceptor, calls) == 0


def test_news_is_unread_whatever_becomes_of_the_tasks(play: Play) -> None:
    place, case_id = play.installation, play.until("Task_accept")
    head = play.actor("division_head")
    cases.send_copy(place, play.actor("acceptor"), case_id, [head.posts[0].id], "请阅")
    cases.withdraw(place, play.actor("applicant"), case_id, "协会调整人选")
    assert [row.kind for row in cases.notices(place, head, only_unread=True).rows] == ["copy"]


def test_the_list_goes_on_by_a_key(play: Play) -> None:
    play.until("Task_party_initial")
    place, applicant = play.installation, play.actor("party-logistics")
    first = cases.notices(place, applicant, limit=1)
    assert len(first.rows) == 1
    assert first.more is None
    with pytest.raises(Invalid, match="分页"):
        cases.notices(place, applicant, before="x")


def test_a_preference_needs_an_address(play: Play) -> None:
    place, acceptor = play.installation, play.actor("acceptor")
    for email in ("", "no-address"):
        with pytest.raises(Invalid, match="邮箱"):
            cases.set_preference(place, acceptor, email, ["told"])
    cases.set_preference(place, acceptor, "zhou@example.cn", ["told", "unknown"])
    assert cases.preference(place, acceptor) == cases.Preference("zhou@example.cn", frozenset({"told"}))
    cases.set_preference(place, acceptor, "", [])
    assert cases.preference(place, acceptor) == cases.Preference("", frozenset())


def test_a_mail_says_the_number_and_no_name_and_comes_once(play: Play, box: Mailbox) -> None:
    place = with_mail(play, box)
    cases.set_preference(place, play.actor("acceptor"), "zhou@example.cn", ["told"])
    play.until("Task_accept")
    assert cases.queue_mail(place) == 1
    assert cases.queue_mail(place) == 0
    assert work(play, place) == 1
    ((to, message),) = box.received
    text = f"{message['Subject']}\n{message.get_content()}"
    assert (to, message["From"]) == ("zhou@example.cn", "a@example.cn")
    assert "LR-2026-0001" in text
    assert "http://localhost/notices/" in text
    for name in ("陈海澜", "冷链", "周明敏", "罗知夏"):
        assert name not in text
    notice = play.rows(tables.mail)[0]["notification_id"]
    cases.HANDLERS["send-mail"](place, {"notification": notice}, lambda _: None)
    assert len(box.received) == 1


def test_nobody_is_written_to_who_does_not_want_it_or_has_read_it(play: Play, box: Mailbox) -> None:
    place, acceptor = with_mail(play, box), play.actor("acceptor")
    cases.set_preference(place, acceptor, "zhou@example.cn", ["reminder"])
    play.until("Task_accept")
    assert cases.queue_mail(place) == 0
    assert cases.queue_mail(play.installation) == 0
    cases.set_preference(place, acceptor, "zhou@example.cn", ["told"])
    with play.writing() as transaction:
        transaction.execute(tables.notification.update().values(queued_at=None))
    assert cases.queue_mail(place) == 1
    cases.mark_notices(place, acceptor, None)
    assert work(play, place) == 1
    assert box.received == []


def test_who_has_not_read_it_is_written_to_and_nobody_once_the_task_is_over(play: Play, box: Mailbox) -> None:
    place = with_mail(play, box)
    play.also("handler-a", "acceptor")
    for login in ("acceptor", "handler-a"):
        cases.set_preference(place, play.office.actor(login), f"{login}@example.cn", ["told", "reminder"])
    case_id = play.until("Task_accept")
    assert cases.queue_mail(place) == 1
    cases.mark_notices(place, play.actor("acceptor"), None)
    assert work(play, place) == 1
    assert [to for to, _ in box.received] == ["handler-a@example.cn"]
    task = play.task(case_id, "Task_accept")
    cases.remind(place, play.actor("applicant"), task.id)
    assert cases.queue_mail(place) == 1
    play.complete(task, actor=play.actor("acceptor"))
    work(play, place)
    assert len(box.received) == 1


def test_old_notices_are_not_sent_when_a_server_is_set_up(play: Play, box: Mailbox) -> None:
    place = with_mail(play, box)
    cases.set_preference(place, play.actor("acceptor"), "zhou@example.cn", ["told"])
    play.until("Task_accept")
    play.later(days=3)
    assert cases.queue_mail(place) == 0


def test_what_failed_is_shown_tried_again_and_spares_those_who_got_it(play: Play, box: Mailbox) -> None:
    place = with_mail(play, box)
    play.also("handler-a", "acceptor")
    for login in ("acceptor", "handler-a"):
        cases.set_preference(place, play.office.actor(login), f"{login}@example.cn", ["told"])
    box.refused.add("handler-a@example.cn")
    play.until("Task_accept")
    assert cases.queue_mail(place) == 1
    assert work(play, place) == 0
    assert [to for to, _ in box.received] == ["acceptor@example.cn"]
    with store.reading(place.database) as transaction:
        (failed,) = jobs.failed(transaction)
    assert "SMTP 550" in failed.error
    assert "@" not in failed.error
    assert failed.next_at is not None
    box.refused.clear()
    play.later(minutes=2)
    assert work(play, place) == 1
    assert [to for to, _ in box.received] == ["acceptor@example.cn", "handler-a@example.cn"]


def test_a_server_that_is_away_is_tried_later(play: Play, box: Mailbox) -> None:
    place = with_mail(play, box)
    cases.set_preference(place, play.actor("acceptor"), "zhou@example.cn", ["told"])
    play.until("Task_accept")
    cases.queue_mail(place)
    box.lost = True
    assert work(play, place) == 0
    box.lost = False
    play.later(minutes=2)
    assert work(play, place) == 1
    assert len(box.received) == 1
