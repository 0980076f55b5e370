"""A process makes a mark in the count of supervision, with its reason."""

from engine import cases, packages
from engine.cases.criteria import Criteria
from tests.cases.called import Two, outer
from tests.cases.playing import Play, steps_of
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


def test_a_second_notice_that_the_head_allowed_counts_by_itself(play: Play) -> None:
    case_id, supervisor = play.begin(), play.actor("supervisor")
    told_twice = steps_of("told-twice")
    counted = []
    for node, values in told_twice[:8]:
        task = play.task(case_id, node)
        for field, names in values.get("attachments", {}).items():
            for name in names if isinstance(names, list) else [names]:
                play.attach(play.holder(task.post), task, field, name)
        play.complete(task, {name: value for name, value in values.items() if name != "attachments"})
        counted.append(cases.supervision(play.installation, supervisor, Criteria()).figures.noted)
    assert counted == [0, 0, 0, 0, 0, 0, 1, 1]
    lines = cases.case_view(play.installation, play.actor("acceptor"), case_id).history
    assert [line.detail for line in lines if line.text.endswith("电子监察记录")] == ["经授权再次出具补正通知书"]
    assert play.differences() == []
