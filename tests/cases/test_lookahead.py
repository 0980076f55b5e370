"""What a preview shows before a decision is what is drafted and issued after it, word for word."""

import pytest

from engine import cases, packages
from engine.cases.lookahead import leads_to_documents
from engine.documents import Content
from engine.store import tables
from engine.store.values import decode
from tests.cases.playing import Play
from tests.installations import BPMN, Office


@pytest.fixture
def second_rejected(office: Office) -> Play:
    """Of three candidates the second is not agreed to."""
    return Play(office, "LS04")


def decided(play: Play, case_id: str, node: str) -> list[tuple[str, Content]]:
    """The documents that were previewed before a task was completed, by kind."""
    task = play.task(case_id, node)
    holder = play.holder(task.post)
    revision = cases.save_draft(play.installation, holder, task.id, play.values(node), 0)
    found = cases.look_ahead(play.installation, holder, task.id)
    play.complete(task, revision=revision)
    play.follow(case_id, node)
    return by_kind([(one.kind, one.content) for one in found])


def by_kind(found: list[tuple[str, Content]]) -> list[tuple[str, Content]]:
    return sorted(found, key=lambda one: (one[0], one[1].to, one[1].text()))


def drafted(play: Play, *kinds: str) -> list[tuple[str, Content]]:
    """What came about, by kind."""
    rows = [row for row in play.rows(tables.document) if row["kind"] in kinds]
    return by_kind([(row["kind"], Content.from_dict(decode(row["content"]))) for row in rows])


def test_every_preview_on_the_way_says_what_is_issued_at_its_end(second_rejected: Play) -> None:
    play = second_rejected
    case_id = play.until("Task_summary")
    shown = {node: decided(play, case_id, node) for node in ("Task_summary", "Task_head_review", "Task_meeting")}
    assert not drafted(play, "D06")
    shown["Task_publicise"] = decided(play, case_id, "Task_publicise")
    letters = drafted(play, "D06", "D07")
    assert [kind for kind, _ in letters] == ["D06", "D07"]
    assert shown["Task_summary"] == letters
    assert shown["Task_head_review"] == letters
    assert shown["Task_meeting"] == drafted(play, "D06", "D07", "D09")
    assert shown["Task_publicise"] == drafted(play, "D08")
    play.go(case_id, "Task_sign")
    play.go(case_id, "Task_seal")
    view = cases.case_view(play.installation, play.actor("leader"), case_id)
    issued = {one.kind: one.text for one in view.documents if one.state == "issued"}
    assert issued["D06"] == dict(letters)["D06"].text()
    assert issued["D07"] == dict(letters)["D07"].text()
    assert "陈海澜" in issued["D06"]
    assert "符明远" in issued["D07"]


def test_a_notice_behind_a_link_is_previewed() -> None:
    filing = packages.compile(packages.load_folder(BPMN / "party_dual_filing"))
    assert leads_to_documents(filing, filing.definition.nodes["Task_notice"])
    assert leads_to_documents(filing, filing.definition.nodes["Task_designate"])
    assert not leads_to_documents(filing, filing.definition.nodes["Task_coordinate"])


def test_a_letter_to_each_of_several_is_previewed_for_each(second_rejected: Play) -> None:
    play = second_rejected
    case_id = play.until("Task_send_requests")
    shown = decided(play, case_id, "Task_send_requests")
    assert shown == drafted(play, "D04", "D05")
    assert len({content.to for kind, content in shown if kind == "D04"}) == sum(kind == "D04" for kind, _ in shown) > 1
