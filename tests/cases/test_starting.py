"""Starting a case, and saving the form on the way."""

import pytest

from engine import cases
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.store import new_id, tables
from engine.store.values import decode
from tests.cases.playing import PACKAGE, Play
from tests.cases.together import together


def test_a_second_click_finds_the_case_of_the_first(play: Play) -> None:
    key = new_id()
    first = cases.start(play.installation, play.actor("applicant"), PACKAGE, key)
    assert cases.start(play.installation, play.actor("applicant"), PACKAGE, key) == first
    assert len(play.rows(tables.case)) == 1


def test_two_clicks_at_the_same_time_start_one_case(play: Play) -> None:
    key, applicant = new_id(), play.actor("applicant")
    begun = together(*[lambda: cases.start(play.installation, applicant, PACKAGE, key)] * 4)
    assert len({ref.task_id for ref in begun}) == 1
    assert len(play.rows(tables.case)) == len(play.rows(tables.task)) == 1
    assert play.faults() == []


def test_a_key_that_somebody_else_used_starts_nothing(play: Play) -> None:
    key = new_id()
    cases.start(play.installation, play.actor("applicant"), PACKAGE, key)
    with pytest.raises(Invalid) as refused:
        cases.start(play.installation, play.actor("packaging"), PACKAGE, key)
    assert refused.value.code == "case.key"


@pytest.mark.parametrize("key", ["", "x" * 32, "0" * 31, "0" * 33, "'; --"])
def test_a_key_of_another_form_is_refused(play: Play, key: str) -> None:
    with pytest.raises(Invalid):
        cases.start(play.installation, play.actor("applicant"), PACKAGE, key)


def test_only_the_post_that_the_package_names_may_start(play: Play) -> None:
    with pytest.raises(Forbidden) as refused:
        cases.start(play.installation, play.actor("acceptor"), PACKAGE, new_id())
    assert refused.value.code == "case.start-post"
    assert play.rows(tables.case) == []


def test_a_process_that_is_not_in_force_cannot_be_started(play: Play) -> None:
    with pytest.raises(NotFound) as refused:
        cases.start(play.installation, play.actor("applicant"), "no_such_process", new_id())
    assert refused.value.code == "package.not-in-force"


def test_a_draft_has_no_number_until_it_is_submitted(play: Play) -> None:
    case_id = play.begin()
    assert (play.row(case_id)["number"], play.row(case_id)["state"]) == (None, "draft")
    play.do(case_id, "Task_submit")
    assert (play.row(case_id)["number"], play.row(case_id)["state"]) == ("LR-2026-0001", "submitted")


def test_a_saved_draft_comes_back_as_it_was_typed(play: Play) -> None:
    task = play.task(play.begin(), "Task_submit")
    applicant = play.actor("applicant")
    values = {"contact_name": "罗知夏", "term_no": {"$typed": {"text": "第四届"}}}
    assert cases.save_draft(play.installation, applicant, task.id, values, 0) == 1
    view = cases.task_view(play.installation, applicant, task.id)
    assert (view.values, view.revision) == (values, 1)


def test_a_stale_draft_is_refused_and_leaves_what_was_saved(play: Play) -> None:
    task = play.task(play.begin(), "Task_submit")
    applicant, typed = play.actor("applicant"), {"contact_name": "杜若溪"}
    kept = dict(typed)
    cases.save_draft(play.installation, applicant, task.id, {"contact_name": "罗知夏"}, 0)
    with pytest.raises(Conflict) as refused:
        cases.save_draft(play.installation, applicant, task.id, typed, 0)
    assert (refused.value.code, refused.value.details["revision"], typed) == ("case.stale", 1, kept)
    (draft,) = play.rows(tables.draft)
    assert decode(draft["values"]) == {"contact_name": "罗知夏"}


def test_of_two_who_save_the_same_page_at_once_one_is_told(play: Play) -> None:
    task, applicant = play.task(play.begin(), "Task_submit"), play.actor("applicant")

    def save(name: str) -> int | str:
        try:
            return cases.save_draft(play.installation, applicant, task.id, {"contact_name": name}, 0)
        except Conflict as error:
            return error.code

    found = together(*[lambda name=name: save(name) for name in ("甲", "乙", "丙")])
    assert sorted(map(str, found)) == ["1", "case.stale", "case.stale"]


def test_a_stale_page_cannot_submit_over_a_newer_draft(play: Play) -> None:
    case_id = play.begin()
    play.files(case_id)
    task, applicant = play.task(case_id, "Task_submit"), play.actor("applicant")
    cases.save_draft(play.installation, applicant, task.id, play.values("Task_submit"), 0)
    with pytest.raises(Conflict) as refused:
        cases.complete(play.installation, applicant, task.id, None, 0)
    assert refused.value.code == "case.stale"
    assert cases.complete(play.installation, applicant, task.id, None, 1).state == "submitted"


def test_what_is_missing_is_told_and_nothing_is_stored(play: Play) -> None:
    case_id = play.begin()
    task, before = play.task(case_id, "Task_submit"), play.row(case_id)
    with pytest.raises(Invalid) as refused:
        play.complete(task, {"org_name": "南屿省冷链物流行业协会"})
    assert refused.value.code == "task.invalid"
    assert {"candidates", "contact_mobile", "declaration"} <= {one.field for one in refused.value.details["problems"]}
    assert play.row(case_id) == before
    assert play.rows(tables.number_sequence) == []
