"""The parts of pages that are computed: the track of the promised days, the way of a case, held forms, targets."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from engine import packages
from engine.calendar import WorkingDays
from engine.cases import Clocks
from engine.cases.views import PauseView
from engine.workflow import Definition
from tests.installations import BPMN
from webapp.held import HOLDER, HeldForms
from webapp.presentation import chinese_date, moment
from webapp.route import ahead, days_of, main_way
from webapp.session import safe_target
from webapp.track import WIDTH, track

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WEEKDAYS = WorkingDays({}, frozenset({2026}))


def clocks(used: int, remaining: int, *pauses: PauseView) -> Clocks:
    return Clocks(
        working_days=30,
        used=used,
        remaining=remaining,
        paused=False,
        paused_days=0,
        due_on=date(2026, 12, 31),
        estimated=False,
        light="green",
        accepted_on=date(2026, 11, 2),
        elapsed_days=0,
        pauses=pauses,
    )


# --- the track ---


def test_the_track_shows_what_was_used_paused_and_left_in_their_order() -> None:
    pause = PauseView("verification", date(2026, 11, 6), date(2026, 11, 13), "处长")
    pieces = track(clocks(10, 20, pause), WEEKDAYS, date(2026, 11, 23))
    assert [(piece.kind, piece.days) for piece in pieces] == [("used", 4), ("paused", 5), ("used", 6), ("left", 20)]


def test_the_pieces_of_the_track_lie_side_by_side() -> None:
    pieces = track(clocks(10, 20), WEEKDAYS, date(2026, 11, 16))
    for before, after in pairwise(pieces):
        assert before.x + before.width == after.x
    assert abs(pieces[-1].x + pieces[-1].width - WIDTH) <= len(pieces)


def test_nothing_is_left_of_an_overdue_promise() -> None:
    assert {piece.kind for piece in track(clocks(34, -4), WEEKDAYS, date(2026, 12, 18))} == {"used"}


def test_an_open_pause_lasts_until_today() -> None:
    pause = PauseView("supplement", date(2026, 11, 4), None, "")
    pieces = track(clocks(2, 28, pause), WEEKDAYS, date(2026, 11, 10))
    assert [(piece.kind, piece.days) for piece in pieces] == [("used", 2), ("paused", 4), ("left", 28)]


# --- the way ---


@pytest.fixture(scope="module")
def definition() -> Definition:
    return packages.compile(packages.load_folder(BPMN / "leader_review")).definition


def test_the_main_way_goes_from_the_application_to_the_archive(definition: Definition) -> None:
    way = [node.id for node in main_way(definition)]
    assert way[0] == "Task_submit"
    assert way[-1] == "Task_archive"
    assert len(way) == len(set(way))
    assert way.index("Task_publicise") < way.index("Task_sign") < way.index("Task_election")
    assert "Task_close" not in way
    assert "Task_supplement" not in way


def test_what_comes_after_a_detour_is_the_main_way_again(definition: Definition) -> None:
    after = [node.id for node in ahead(definition, ["Task_supplement"])]
    assert after[0] == "Task_accept"
    assert after[-1] == "Task_archive"
    assert ahead(definition, ["Task_archive"]) == []


def test_the_way_goes_on_where_a_link_is_caught() -> None:
    filing = packages.compile(packages.load_folder(BPMN / "party_dual_filing")).definition
    assert [node.id for node in ahead(filing, ["Task_notice"])][:2] == ["Task_supplement", "Task_lead"]


def test_days_are_read_where_a_task_says_them_plainly(definition: Definition) -> None:
    assert days_of(definition.nodes["Task_accept"]) == 5
    assert days_of(definition.nodes["Task_submit"]) is None


# --- held forms ---


def sealed(forms: HeldForms, **fields: str) -> str:
    sent = MultiDict({HOLDER: forms.token("person-a", "/page?x=1"), **fields})
    return forms.seal("/page", sent, NOW)


def test_a_held_form_opens_for_the_person_of_its_page_alone() -> None:
    forms = HeldForms(b"secret")
    text = sealed(forms, name="陈海澜", password="hidden", csrf_token="token")
    assert "陈海澜" not in text
    held = forms.open(text, "person-a", NOW + timedelta(minutes=59))
    assert held is not None
    assert held.fields == (("name", "陈海澜"),)
    assert held.page == "/page?x=1"
    assert held.is_shown_again
    assert forms.open(text, "person-b", NOW) is None
    assert forms.open(text, "person-a", NOW + timedelta(minutes=61)) is None
    assert HeldForms(b"other").open(text, "person-a", NOW) is None


def test_a_form_from_nowhere_is_not_held() -> None:
    forms = HeldForms(b"secret")
    assert forms.seal("/page", MultiDict({"name": "a"}), NOW) == ""
    assert forms.seal("/page", MultiDict({HOLDER: "made up", "name": "a"}), NOW) == ""
    for text in ["", "x", "AAAA", "中文", sealed(forms, name="a")[:-4] + "AAAA"]:
        assert forms.open(text, "person-a", NOW) is None


# --- targets and words ---


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/desk/tasks/1?file=2", "/desk/tasks/1?file=2"),
        ("", "/session/start"),
        (None, "/session/start"),
        ("https://elsewhere.example/", "/session/start"),
        ("//elsewhere.example/", "/session/start"),
        ("/\\elsewhere.example/", "/session/start"),
        ("/\telsewhere", "/session/start"),
        ("elsewhere", "/session/start"),
    ],
)
def test_only_paths_of_this_site_are_targets(app: Flask, asked: str | None, given: str) -> None:
    with app.test_request_context():
        assert safe_target(asked) == given


def test_moments_are_told_by_the_clock_in_china() -> None:
    assert moment(datetime(2026, 11, 23, 16, 5, tzinfo=UTC)) == "2026年11月24日 00:05"
    assert chinese_date(date(2026, 1, 2)) == "2026年1月2日"
    assert moment(None) == chinese_date(None) == ""
