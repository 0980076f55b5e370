"""A process makes a mark in the count of supervision, with its reason."""

from engine import cases, packages
from engine.cases.criteria import Criteria
from tests.cases.called import Two, outer
from tests.cases.playing import Play
from tests.installations import Office
from tests.packages.small_package import service


def test_a_mark_stands_in_the_record_and_in_the_count_of_its_process(sqlite_office: Office) -> None:
    calling = service("Call", "note-supervision", settings={"text": "第二次告知补正，含首次可以发现的事项"})
    two = Two(Play(sqlite_office), outer(calling))
    case_id, supervisor = two.begin(), two.play.actor("supervisor")
    lines = cases.case_view(two.place, two.play.actor("acceptor"), case_id).history
    assert [line.detail for line in lines if line.text == "Call：电子监察记录" or line.text == "电子监察记录"] == [
        "第二次告知补正，含首次可以发现的事项"
    ]
    for package, count in (("", 1), ("outer", 1), ("leader_review", 0)):
        figures = cases.supervision(two.place, supervisor, Criteria.read({"package": package})).figures
        assert figures.noted == count
    assert two.play.differences() == []


def test_a_mark_without_reason_is_told_by_the_check() -> None:
    found = packages.check(outer(service("Call", "note-supervision")), packages.default_vocabulary())
    assert ("Call", "package.action-setting") in {(one.element, one.code) for one in found}
