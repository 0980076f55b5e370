"""Cases opened together for a list of associations: each once, each by itself, few before the page and many by jobs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import cases
from engine.cases import NewGroup, starting_groups
from engine.errors import Forbidden, HuishenError, Invalid, NotFound
from engine.jobs import running
from engine.store import new_id, tables
from tests.cases.grouped import DUE, TODAY, add_association, both, ids, line, start, view
from tests.cases.playing import PACKAGE, Play
from tests.cases.together import together
from tests.installations import START


def test_each_association_gets_a_draft_and_is_told(play: Play) -> None:
    done = both(play)
    assert (done.cases, done.faults) == (2, 0)
    rows = play.rows(tables.case)
    assert {row["organisation_id"] for row in rows} == set(ids(play, "assoc_coldchain", "assoc_packaging"))
    assert {(row["state"], row["number"], row["package_key"]) for row in rows} == {("draft", None, PACKAGE)}
    (mine,) = cases.my_cases(play.installation, play.actor("applicant"))
    assert mine.task_id is not None
    told = [one.text for one in cases.notifications(play.installation, play.actor("applicant"))]
    assert f"2026年度换届，请填报，2026年12月11日前提交：{mine.title}" in told
    kinds = play.events(mine.id)
    assert kinds[0][1]["group"] == {"id": done.group_id, "title": "2026年度换届"}
    history = cases.case_view(play.installation, play.actor("applicant"), mine.id).history
    assert "批量发起：2026年度换届" in [one.detail for one in history]


def test_the_association_goes_on_as_with_a_draft_of_its_own(play: Play) -> None:
    group_id = start(play, "assoc_coldchain").group_id
    case_id = line(play, group_id).case_id
    play.do(case_id, "Task_submit")
    assert play.row(case_id)["number"] == "LR-2026-0001"
    assert line(play, group_id).step == "形式审查"


def test_the_same_group_again_makes_nothing_twice(play: Play) -> None:
    key = new_id()
    first = both(play, key=key)
    again = start(play, "assoc_coldchain", key=key)  # another list: the first one stands
    assert (first.group_id, first.cases, again.group_id, again.cases) == (key, 2, key, 0)
    assert cases.begin_members(play.installation, play.office.actor("handler-a"), key).cases == 0
    assert len(play.rows(tables.case)) == 2
    assert len(play.rows(tables.case_group)) == 1


def test_clicks_at_the_same_time_begin_each_case_once(play: Play) -> None:
    key = new_id()
    together(*[lambda: both(play, key=key)] * 3)
    assert len(play.rows(tables.case)) == 2
    assert sorted(row["case_id"] for row in play.rows(tables.case_group_member)) == sorted(
        row["id"] for row in play.rows(tables.case)
    )


def test_each_case_is_one_small_transaction(play: Play) -> None:
    statements: list[str] = []
    with play.watching(lambda statement, _: statements.append(statement)):
        both(play)
    begun = [at for at, text in enumerate(statements) if text.startswith("SELECT case_group.id")]
    assert len(begun) == 3  # the list of what waits, and each case
    assert begun[2] - begun[1] <= 12
    assert len(statements) - begun[2] <= 12


def test_what_cannot_begin_keeps_no_other_and_begins_later(play: Play) -> None:
    add_association(play, "南屿省新设行业协会")
    done = start(play, "assoc_coldchain", "assoc_new")
    assert (done.cases, done.faults) == (1, 1)
    lacking = line(play, done.group_id, "南屿省新设行业协会")
    assert (lacking.state, lacking.step) == ("unbegun", "没有发起")
    assert "没有这个岗位：applicant@assoc_new" in lacking.fault
    play.new_person("new-applicant", "applicant@assoc_new")
    again = cases.begin_members(play.installation, play.office.actor("handler-a"), done.group_id)
    assert (again.cases, again.faults) == (1, 0)
    assert line(play, done.group_id, "南屿省新设行业协会").fault == ""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "reason.missing"),
        ({"due_on": TODAY - timedelta(days=1)}, "group.day"),
        ({"organisations": ()}, "group.list"),
        ({"organisations": ("0" * 32,)}, "group.list"),
        ({"key": "x"}, "case.key"),
        ({"package_key": "no_such_process"}, "package.not-in-force"),
        ({"package_key": "joint_conference"}, "case.authority"),
    ],
)
def test_what_cannot_be_started_leaves_nothing(sqlite_play: Play, change: dict[str, Any], code: str) -> None:
    play = sqlite_play
    given = {"key": new_id(), "package_key": PACKAGE, "title": "换届", "due_on": DUE}
    given |= {"organisations": ids(play, "assoc_coldchain")}
    with pytest.raises(HuishenError) as refused:
        cases.start_group(play.installation, play.office.actor("handler-a"), NewGroup(**(given | change)))
    assert refused.value.code == code
    assert play.rows(tables.case_group) == play.rows(tables.case) == []


def test_only_associations_are_in_a_group(sqlite_play: Play) -> None:
    with pytest.raises(Invalid, match="不是协会"):
        start(sqlite_play, "assoc_coldchain", "court")


@pytest.mark.parametrize("login", ["acceptor", "coldchain", "joint-court", "party-logistics", "supervisor", "sysadmin"])
def test_only_who_has_the_authority_starts_sees_and_reminds(sqlite_play: Play, login: str) -> None:
    play = sqlite_play
    group_id, someone = both(play).group_id, play.office.actor(login)
    acts: list[Callable[[], object]] = [
        lambda: start(play, "assoc_coldchain", login=login),
        lambda: cases.begin_members(play.installation, someone, group_id),
        lambda: cases.remind_group(play.installation, someone, group_id),
        lambda: cases.group(play.installation, someone, group_id),
        lambda: cases.candidates(play.installation, someone, PACKAGE),
        lambda: cases.read_list(play.installation, someone, PACKAGE, b""),
    ]
    for act in acts:
        with pytest.raises((Forbidden, NotFound)):
            act()
    assert cases.groups(play.installation, someone) == ()
    assert cases.grouped_processes(play.installation, someone) == ()


# --- many at once ----------------------------------------------------------------------------------------------------


@pytest.fixture
def by_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are many."""
    monkeypatch.setattr(starting_groups, "AT_ONCE", 0)


def payload(play: Play, group_id: str, key: str) -> dict[str, Any]:
    starter = play.office.actor("handler-a").person_id
    return {"group": group_id, "organisation": ids(play, key)[0], "person": starter}


def begin(play: Play, told: dict[str, Any]) -> None:
    starting_groups.begin_case(play.installation, told, lambda _: None)


@pytest.mark.usefixtures("by_jobs")
def test_many_are_recorded_at_once_and_begun_by_jobs(play: Play) -> None:
    done = both(play)
    assert (done.cases, done.faults, done.waiting) == (0, 0, 2)
    assert play.rows(tables.case) == []
    assert {one.step for one in view(play, done.group_id).members} == {"等待发起"}
    assert both(play, key=done.group_id).waiting == 2
    assert play.office.work_off() == 2
    stands = view(play, done.group_id)
    assert (stands.begun, stands.counted("untouched")) == (2, 2)
    assert {row["created_by"] for row in play.rows(tables.case)} == {play.office.actor("handler-a").person_id}
    assert play.rows(tables.job) == []


@pytest.mark.usefixtures("by_jobs")
def test_jobs_keep_a_pace_that_leaves_room_for_people(sqlite_play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting_groups, "PACE", 1)
    group_id = both(sqlite_play).group_id
    assert sqlite_play.office.work_off() == 1
    assert view(sqlite_play, group_id).begun == 1
    sqlite_play.later(seconds=1)
    assert sqlite_play.office.work_off() == 1
    assert view(sqlite_play, group_id).begun == 2


@pytest.mark.usefixtures("by_jobs")
def test_each_job_is_one_small_transaction(play: Play) -> None:
    both(play)
    statements: list[str] = []
    with play.watching(lambda statement, _: statements.append(statement)):
        play.office.work_off()
    begun = [at for at, text in enumerate(statements) if text.startswith("SELECT person")]
    ended = [at for at, text in enumerate(statements) if text.startswith("DELETE FROM job")]
    assert len(begun) == 2
    assert ended[0] - begun[0] < 12


def test_a_thousand_are_recorded_in_one_small_transaction(play: Play) -> None:
    rows = [
        {"id": new_id(), "key": f"many-{place}", "name": f"南屿省第{place}协会", "kind": "association", "uscc": None}
        for place in range(starting_groups.MOST)
    ]
    with play.writing() as transaction:
        transaction.execute(sa.insert(tables.organisation), rows)
    wanted = NewGroup(new_id(), PACKAGE, "2026年度换届", DUE, tuple(row["id"] for row in rows))
    actor = play.office.actor("handler-a")
    statements: list[str] = []
    with play.watching(lambda statement, _: statements.append(statement)):
        assert cases.start_group(play.installation, actor, wanted).waiting == len(rows)
    first = next(at for at, text in enumerate(statements) if text.startswith("SELECT process_in_force"))
    recorded = next(at for at, text in enumerate(statements) if "INSERT INTO job" in text)
    assert recorded - first < 12
    assert len(play.rows(tables.case_group_member)) == len(play.rows(tables.job)) == len(rows)
    assert max(row["run_at"] for row in play.rows(tables.job)) == START + timedelta(seconds=49)


@pytest.mark.usefixtures("by_jobs")
def test_a_job_that_runs_again_or_twice_at_once_begins_nothing_twice(play: Play) -> None:
    group_id = both(play).group_id
    told = payload(play, group_id, "assoc_coldchain")
    together(*[lambda: begin(play, told)] * 3)
    begin(play, told)
    assert len(play.rows(tables.case)) == 1
    play.office.work_off()
    assert len(play.rows(tables.case)) == 2


@pytest.mark.usefixtures("by_jobs")
def test_what_a_killed_worker_left_is_begun_by_the_next(play: Play) -> None:
    both(play)
    assert running.take(play.installation) is not None  # and nothing is heard of it again
    assert play.office.work_off() == 1
    play.later(minutes=6)
    assert play.office.work_off() == 1
    assert len(play.rows(tables.case)) == 2


def test_a_page_that_is_killed_before_its_few_cases_loses_none(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(starting_groups, "begin_members", killed)
        with pytest.raises(KeyboardInterrupt):
            both(play)
    assert play.office.work_off() == 0
    play.later(minutes=1)
    assert play.office.work_off() == 2
    assert len(play.rows(tables.case)) == 2


@pytest.mark.usefixtures("by_jobs")
def test_what_no_job_could_begin_is_begun_by_somebody_else_once(play: Play) -> None:
    add_association(play, "南屿省新设行业协会")
    group_id = start(play, "assoc_coldchain", "assoc_new").group_id
    assert play.office.work_off() == 2
    lacking = line(play, group_id, "南屿省新设行业协会")
    assert (lacking.state, play.rows(tables.job)) == ("unbegun", [])
    assert view(play, group_id).members[0] == lacking
    assert "没有这个岗位：applicant@assoc_new" in lacking.fault
    play.new_person("new-applicant", "applicant@assoc_new")
    for _ in range(2):  # the second click finds that it waits
        assert cases.begin_members(play.installation, play.office.actor("head"), group_id).waiting == 1
    assert len(play.rows(tables.job)) == 1
    assert line(play, group_id, "南屿省新设行业协会").state == "waiting"
    play.office.work_off()
    assert view(play, group_id).begun == 2


@pytest.mark.usefixtures("by_jobs")
def test_who_has_left_begins_nothing(sqlite_play: Play) -> None:
    group_id = both(sqlite_play).group_id
    with sqlite_play.writing() as transaction:
        gone = tables.post_holder.c.person_id == sqlite_play.office.actor("handler-a").person_id
        transaction.execute(sa.update(tables.post_holder).where(gone).values(until=TODAY - timedelta(days=1)))
    assert sqlite_play.office.work_off() == 2
    stands = cases.group(sqlite_play.installation, sqlite_play.office.actor("head"), group_id)
    assert {one.fault for one in stands.members} == {starting_groups.STARTER_GONE}


@pytest.mark.usefixtures("by_jobs")
def test_a_fault_of_the_system_keeps_no_other_and_comes_again(
    sqlite_play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, (cold,) = starting_groups.beginning, ids(sqlite_play, "assoc_coldchain")

    def broken(*given: Any) -> Any:
        if given[6]["id"] == cold:
            raise RuntimeError("out of order")
        return usual(*given)

    with monkeypatch.context() as patch:
        patch.setattr(starting_groups, "beginning", broken)
        group_id = both(sqlite_play).group_id
        assert sqlite_play.office.work_off() == 1
    assert line(sqlite_play, group_id).state == "waiting"
    sqlite_play.later(minutes=1)
    assert sqlite_play.office.work_off() == 1
    assert view(sqlite_play, group_id).begun == 2
