"""Finding cases and tasks: by words of Chinese, by light, step and day, and only what one may see."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from engine import cases, store
from engine.calendar import WorkingDays, light, local_date
from engine.cases import Criteria
from engine.cases.lights import FARTHEST, light_of
from engine.errors import Conflict, Invalid
from engine.store import grams, tables
from tests.cases.playing import Play

NUMBER = "LR-2026-0001"


def found(play: Play, login: str, words: str) -> list[str]:
    return [row.id for row in cases.find_cases(play.installation, play.actor(login), Criteria(words=words)).rows]


def titles(play: Play, login: str, criteria: Criteria) -> list[str]:
    return [row.name for row in cases.inbox(play.installation, play.actor(login), criteria=criteria).rows]


def test_a_case_is_found_by_number_association_candidate_and_title(play: Play) -> None:
    case_id = play.until("Task_accept")
    for words in (
        NUMBER,
        "0001",
        "lr２０２６",
        "冷链物流",
        "链",
        "陈海澜",
        "海澜",
        "换届负责人",
        "冷链 陈海澜",
        "陈海澜 2026",
    ):
        assert found(play, "acceptor", words) == [case_id], words
        assert len(titles(play, "acceptor", Criteria(words=words))) == 1, words


def test_what_is_not_there_is_not_found_and_signs_find_nothing(play: Play) -> None:
    play.until("Task_accept")
    for words in ("海陈", "冷链 包装", "9900001968", "13800000026", "%", "_", "'", '"', "陈_澜", "\U00030000"):
        assert found(play, "acceptor", words) == [], words


def test_a_public_opinion_is_found_by_those_who_may_read_it_and_an_inner_one_by_nobody(play: Play) -> None:
    case_id = play.until("Task_accept")
    play.do(case_id, "Task_accept", play.values("Task_accept") | {"note_internal": "内部另有说明"})
    said = play.values("Task_party_initial") | {"ratio_note": "政治素质表现良好"}
    play.do(case_id, "Task_party_initial", said)
    play.do(case_id, "Task_send_requests")
    assert found(play, "leader", "素质表现") == [case_id]
    assert found(play, "party-logistics", "素质表现") == [case_id]
    assert found(play, "joint-court", "素质表现") == found(play, "applicant", "素质表现") == []
    assert found(play, "joint-court", "陈海澜") == found(play, "applicant", "陈海澜") == [case_id]
    assert found(play, "leader", "内部另有") == []
    assert "内部另有说明" in play.rows(tables.entry)[1]["values"]


def test_strangers_find_nothing(play: Play) -> None:
    play.until("Task_party_initial")
    for login in ("packaging", "party-general"):
        assert found(play, login, "冷链") == []
        assert cases.find_cases(play.installation, play.actor(login), Criteria()).total == 0


def test_a_draft_is_in_no_list_of_cases(play: Play) -> None:
    play.begin()
    assert cases.find_cases(play.installation, play.actor("applicant"), Criteria()).rows == ()
    assert cases.find_cases(play.installation, play.actor("leader"), Criteria()).rows == ()


def test_rebuilding_the_index_gives_what_the_steps_gave(play: Play) -> None:
    play.until("Task_summary")
    names = ("id", "text", "grams", "naming")
    before = [{name: row[name] for name in names} for row in play.rows(tables.entry)]
    assert [row["naming"] for row in before].count(True) == 1
    with play.writing() as transaction:
        transaction.execute(sa.update(tables.entry).values(text="", grams=""))
    assert cases.rebuild_index(play.installation) == len(before)
    assert [{name: row[name] for name in names} for row in play.rows(tables.entry)] == before
    assert len(found(play, "leader", "陈海澜")) == len(found(play, "leader", "两名中共")) == 1


def test_the_inbox_is_cut_down_by_step_light_and_day(play: Play) -> None:
    case_id = play.until("Task_accept")
    today = local_date(play.clock.now())
    for kept in (
        Criteria(node="Task_accept"),
        Criteria(package="leader_review", light="green"),
        Criteria(since=today, until=today),
    ):
        assert titles(play, "acceptor", kept) == ["形式审查"]
    for left in (
        Criteria(node="Task_sign"),
        Criteria(package="other"),
        Criteria(light="red"),
        Criteria(until=today - timedelta(days=1)),
        Criteria(since=today + timedelta(days=1)),
    ):
        assert titles(play, "acceptor", left) == []
    play.later(days=30)
    assert titles(play, "acceptor", Criteria(light="red")) == ["形式审查"]
    heaps = cases.inbox(play.installation, play.actor("acceptor")).heaps
    assert [(heap.node, heap.light, heap.count) for heap in heaps] == [("Task_accept", "red", 1)]
    assert cases.find_cases(play.installation, play.actor("leader"), Criteria(light="red")).rows[0].id == case_id
    assert cases.find_cases(play.installation, play.actor("leader"), Criteria(light="green")).rows == ()
    assert cases.find_cases(play.installation, play.actor("leader"), Criteria(state="closed")).rows == ()


def test_lists_of_cases_go_on_by_a_key(play: Play) -> None:
    both = [play.until("Task_accept", store.new_id()) for _ in range(2)]
    first = cases.find_cases(play.installation, play.actor("leader"), Criteria(), limit=1)
    assert ([row.id for row in first.rows], first.total) == ([both[1]], 2)
    second = cases.find_cases(play.installation, play.actor("leader"), Criteria(), first.more, limit=1)
    assert ([row.id for row in second.rows], second.more) == ([both[0]], None)
    with pytest.raises(Invalid, match="分页"):
        cases.find_cases(play.installation, play.actor("leader"), Criteria(), "1 or 1")


def test_filters_are_kept_for_a_person_and_a_list(play: Play) -> None:
    place, acceptor, other = play.installation, play.actor("acceptor"), play.actor("leader")
    cases.save_filter(place, acceptor, "inbox", " 冷链 行业 ", Criteria(words="冷链", since=date(2026, 11, 1)))
    cases.save_filter(place, acceptor, "inbox", "冷链 行业", Criteria(words="冷链"))
    (kept,) = cases.saved_filters(place, acceptor, "inbox")
    assert (kept.name, kept.query) == ("冷链 行业", "words=%E5%86%B7%E9%93%BE")
    assert cases.saved_filters(place, acceptor, "cases") == cases.saved_filters(place, other, "inbox") == ()
    cases.drop_filter(place, other, kept.id)
    assert len(cases.saved_filters(place, acceptor, "inbox")) == 1
    cases.drop_filter(place, acceptor, kept.id)
    assert cases.saved_filters(place, acceptor, "inbox") == ()


def test_a_filter_needs_a_name_and_a_condition_and_there_is_an_end_to_them(play: Play) -> None:
    place, acceptor = play.installation, play.actor("acceptor")
    with pytest.raises(Invalid, match="名字"):
        cases.save_filter(place, acceptor, "inbox", "  ", Criteria(words="冷链"))
    with pytest.raises(Invalid, match="没有筛选条件"):
        cases.save_filter(place, acceptor, "inbox", "空的", Criteria())
    for number in range(12):
        cases.save_filter(place, acceptor, "inbox", f"第{number}个", Criteria(words="冷链"))
    with pytest.raises(Conflict, match="12"):
        cases.save_filter(place, acceptor, "inbox", "再一个", Criteria(words="冷链"))


@pytest.mark.parametrize("given_day", ["2026-13-01", "昨天", "2026-11-1x"])
def test_a_day_that_is_none_is_told(given_day: str) -> None:
    with pytest.raises(Invalid, match="2026-11-23"):
        Criteria.read({"since": given_day})


def test_criteria_come_back_from_their_address() -> None:
    from urllib.parse import parse_qsl

    asked = Criteria(words="冷链 陈", node="Task_accept", light="red", until=date(2026, 11, 23))
    assert Criteria.read(dict(parse_qsl(asked.query()))) == asked


def test_grams_of_rare_characters_and_of_parts() -> None:
    stored = grams.joined(["𠮷野", "A-1"])
    assert stored == "𠮷野\na1"
    assert set(grams.grams(stored).split()) == {"𠮷", "野", "𠮷野", "a", "1", "a1"}
    assert grams.words("  ＬＲ－1   陈 陈 ") == ["lr1", "陈"]


NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
CALENDAR = WorkingDays({date(2026, 11, 28): True, date(2026, 12, 1): False}, frozenset({2026, 2027}))


@given(
    began=st.integers(0, 24 * 200),
    ends=st.integers(-24 * 60, 24 * 120),
    passed=st.integers(0, 24 * 10),
)
def test_the_light_in_sql_is_the_light_of_the_calendar(began: int, ends: int, passed: int) -> None:
    now = NOW + timedelta(hours=passed)
    created, due = now - timedelta(hours=began), now + timedelta(hours=ends)
    if due < created or CALENDAR.between(local_date(now), local_date(due)) > FARTHEST:
        return
    remaining = CALENDAR.between(local_date(now), local_date(due))
    wanted = light(CALENDAR.between(local_date(created), local_date(due)), -1 if now > due else remaining)
    row = sa.select(
        sa.literal(created, tables.Moment).label("created_at"), sa.literal(due, tables.Moment).label("due_at")
    ).subquery()
    with MEMORY.connect() as connection:
        assert connection.execute(sa.select(light_of(CALENDAR, now, row.c.created_at, row.c.due_at))).scalar() == wanted


MEMORY = sa.create_engine("sqlite://")
