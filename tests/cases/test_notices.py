"""Notices: unread until somebody of the post reads them, and by e-mail to a real server on this machine."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine import cases, jobs, store
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


def test_a_new_task_is_unread_until_somebody_of_the_post_reads_it(play: Play) -> None:
    play.until("Task_accept")
    place, acceptor = play.installation, play.actor("acceptor")
    page = cases.notices(place, acceptor, only_unread=True)
    assert (page.unread, cases.unread(place, acceptor)) == (1, 1)
    assert page.rows[0].text.endswith("形式审查")
    assert cases.mark_notices(place, play.actor("leader"), [page.rows[0].id]) == 0
    assert cases.mark_notices(place, acceptor, [page.rows[0].id]) == 1
    assert cases.mark_notices(place, acceptor, None) == 0
    assert cases.notices(place, acceptor, only_unread=True).rows == ()
    assert [row.read for row in cases.notices(place, acceptor).rows] == [True]


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
