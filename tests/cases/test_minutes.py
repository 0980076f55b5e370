"""Minutes: numbered and signed beside the letters of a case, in effect without a seal, verified as what they are."""

import pytest

from engine import cases, packages
from engine.store import new_id, tables
from tests.cases.playing import PACKAGE, Play
from tests.installations import BPMN

MINUTES = """---
kind = "M1"
form = "minutes"
title = "部务会纪要"
issuer = "中共南屿省委社会工作部部务会"
variables = { case = "context", resolutions = "list" }
---
<公文>
  <标题><句>关于{{ case.organisation_name }}</句><句>负责人人选审核的</句><句>部务会纪要</句></标题>
  <段>会议研究了{{ resolutions | 个数 }}名人选。</段>
  <出席>林知远、陈静姝</出席>
</公文>
"""
RULE = """
[documents.M1]
title = "部务会纪要"
template = "documents/M1.html"
authority = "屿社工研"
signature = "minutes"
"""


@pytest.fixture
def with_minutes(play: Play) -> Play:
    """The package with minutes drafted beside its letters."""
    files = dict(packages.load_folder(BPMN / PACKAGE).files)
    diagram = files["process.bpmn"].decode()
    assert 'name="documents" value="' in diagram
    files["process.bpmn"] = diagram.replace('name="documents" value="', 'name="documents" value="M1,').encode()
    files["package.toml"] += RULE.encode()
    files["documents/M1.html"] = MINUTES.encode()
    with play.writing() as transaction:
        packages.deploy(transaction, packages.Package(files), by=None, at=play.clock.now())
    return play


def test_minutes_take_effect_when_they_are_signed_and_the_letter_when_it_is_sealed(with_minutes: Play) -> None:
    play = with_minutes
    case_id = play.until("Task_seal", new_id())
    found = {row["kind"]: row for row in play.rows(tables.document) if row["kind"] in ("M1", "D06")}
    assert {kind: row["state"] for kind, row in found.items()} == {"M1": "issued", "D06": "signed"}
    assert found["M1"]["number"] == "屿社工研〔2026〕1号"
    assert found["M1"]["sealed_by"] is None
    verdict = cases.verify_bytes(play.installation, play.installation.files.get(found["M1"]["issued_sha256"]))
    assert verdict.code == "ours.valid"
    assert [one.field for one in verdict.signatures] == ["Reviewer"]
    facts = cases.verify_code(play.installation, found["M1"]["code"])
    assert facts is not None and facts.state == "issued"
    play.do(case_id, "Task_seal")
    assert {row["state"] for row in play.rows(tables.document) if row["kind"] == "D06"} == {"issued"}


def test_minutes_of_a_case_that_is_sent_back_are_void_with_their_number(with_minutes: Play) -> None:
    play = with_minutes
    case_id = play.until("Task_sign", new_id())
    task, leader = play.task(case_id, "Task_sign"), play.actor("leader")
    cases.prepare_documents(play.installation, leader, task.id)
    cases.return_task(play.installation, leader, task.id, "Task_meeting", "纪要写漏一人")
    (minutes,) = [row for row in play.rows(tables.document) if row["kind"] == "M1"]
    assert (minutes["state"], minutes["number"]) == ("voided", "屿社工研〔2026〕1号")
