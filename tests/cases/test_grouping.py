"""Cases opened together for a list of associations: each once, each by itself, and what stands in the group."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from engine import cases, identity, store
from engine.cases import Begun, GroupView, MemberLine, NewGroup
from engine.errors import Forbidden, HuishenError, Invalid, NotFound
from engine.store import new_id, tables
from tests.cases.playing import PACKAGE, Play
from tests.cases.together import together
from tests.installations import START

COLD, PACK = "南屿省冷链物流行业协会", "南屿省包装行业协会"
TODAY = START.date()
DUE = date(2026, 12, 11)
LATER = timedelta(days=30)


def ids(play: Play, *keys: str) -> tuple[str, ...]:
    rows = {row["key"]: row["id"] for row in play.rows(tables.organisation)}
    return tuple(rows[key] for key in keys)


def start(play: Play, *keys: str, login: str = "handler-a", key: str = "", due: date | None = DUE) -> Begun:
    wanted = NewGroup(key or new_id(), PACKAGE, "2026年度换届", due, ids(play, *keys))
    return cases.start_group(play.installation, play.office.actor(login), wanted)


def both(play: Play, **options: Any) -> Begun:
    return start(play, "assoc_coldchain", "assoc_packaging", **options)


def view(play: Play, group_id: str) -> GroupView:
    return cases.group(play.installation, play.office.actor("handler-a"), group_id)


def line(play: Play, group_id: str, name: str = COLD) -> MemberLine:
    (found,) = [one for one in view(play, group_id).members if one.name == name]
    return found


def add_association(play: Play, name: str) -> str:
    """One without an account."""
    with play.writing() as transaction:
        return identity.add_organisation(transaction, key="assoc_new", name=name, kind="association")


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


# --- how it stands ---------------------------------------------------------------------------------------------------


def test_the_group_tells_who_has_begun_submitted_and_is_late(play: Play) -> None:
    group_id = both(play).group_id
    assert {one.state for one in view(play, group_id).members} == {"untouched"}
    task = play.task(line(play, group_id, PACK).case_id, "Task_submit")
    cases.save_draft(play.installation, play.actor("packaging"), task.id, {"org_name": PACK}, 0)
    filling = line(play, group_id, PACK)
    assert (filling.state, filling.step, filling.light, filling.days) == ("filling", "正在填", "green", 14)
    play.do(line(play, group_id).case_id, "Task_submit")
    sent = line(play, group_id)
    assert (sent.state, sent.number, sent.days, sent.light) == ("submitted", "LR-2026-0001", 5, "green")
    play.later(days=21)
    late = line(play, group_id, PACK)
    assert (late.light, late.days) == ("red", -1)
    (listed,) = cases.groups(play.installation, play.office.actor("head"))
    assert (listed.count, listed.submitted, listed.closed) == (2, 1, 0)
    assert view(play, group_id).members[0].light == "red"


def test_a_group_without_a_day_has_no_light_before_submission(sqlite_play: Play) -> None:
    group_id = start(sqlite_play, "assoc_coldchain", due=None).group_id
    assert (line(sqlite_play, group_id).light, line(sqlite_play, group_id).days) == ("", 0)


def test_the_case_of_an_ended_application_is_told_with_its_result(sqlite_play: Play) -> None:
    play = sqlite_play
    group_id = start(play, "assoc_coldchain").group_id
    statement = sa.update(tables.case).values(state="closed", outcome="withdrawn", submitted_at=START)
    with play.writing() as transaction:
        transaction.execute(statement)
    assert line(play, group_id).step == "已办结：已撤回"
    assert view(play, group_id).counted("closed") == 1


# --- reminding -------------------------------------------------------------------------------------------------------


def test_those_who_have_not_submitted_are_reminded_once_a_day(play: Play) -> None:
    group_id = both(play).group_id
    play.do(line(play, group_id).case_id, "Task_submit")
    handler = play.office.actor("handler-a")
    assert cases.remind_group(play.installation, handler, group_id) == 1
    assert cases.remind_group(play.installation, handler, group_id) == 0
    (told,) = [row for row in play.rows(tables.notification) if row["kind"] == "reminder"]
    assert told["case_id"] == line(play, group_id, PACK).case_id
    assert "还没有提交，2026年度换届，请填报，2026年12月11日前提交" in told["text"]
    play.later(days=21)
    assert cases.remind_group(play.installation, handler, group_id) == 1
    assert "已经过期" in play.rows(tables.notification)[-1]["text"]
    assert play.faults() == []


# --- the list --------------------------------------------------------------------------------------------------------


def book(*codes: object) -> bytes:
    made = Workbook()
    page: Any = made.active
    page.append(["协会名称", "统一社会信用代码"])
    for code in codes:
        page.append(["随便写的", code])
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_workbook_names_associations_by_their_codes(sqlite_play: Play) -> None:
    play, handler = sqlite_play, sqlite_play.office.actor("handler-a")
    data = book("51990000mj000000xn", "51990000500000015J", "51990000MJ000000XN", "没有", "=1+1")
    listed = cases.read_list(play.installation, handler, PACKAGE, data)
    assert listed.organisations == ids(play, "assoc_coldchain", "assoc_packaging")
    assert [row for row, _ in listed.faults] == [5, 6]
    with pytest.raises(Invalid, match="没有找到表头"):
        cases.read_list(play.installation, handler, PACKAGE, book_without_heads())


def book_without_heads() -> bytes:
    made, out = Workbook(), BytesIO()
    made.save(out)
    return out.getvalue()


def test_candidates_are_found_by_words_and_by_the_end_of_their_term(sqlite_play: Play) -> None:
    play, handler = sqlite_play, sqlite_play.office.actor("handler-a")
    case_id = play.begin()
    term = {"case_id": case_id, "organisation_id": ids(play, "assoc_coldchain")[0], "term_no": 2}
    with store.writing(play.installation.database) as transaction:
        row = term | {"since": date(2021, 12, 1), "until": date(2026, 11, 30)}
        transaction.execute(sa.insert(tables.association_term), [row])

    def found(**asked: Any) -> list[tuple[str, bool]]:
        listed = cases.candidates(play.installation, handler, PACKAGE, **asked)
        return [(one.name, one.running) for one in listed]

    assert (COLD, True) in found() and (PACK, False) in found()
    assert found(words="包装") == [(PACK, False)]
    assert found(until=date(2026, 12, 31)) == [(COLD, True)]
    assert found(until=date(2026, 11, 29)) == []
