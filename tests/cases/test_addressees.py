"""A document that is made for each of several organisations goes to that organisation alone."""

import pytest

from engine import cases
from engine.errors import NotFound
from tests.cases.playing import Play


def kinds(play: Play, role: str, case_id: str) -> list[str]:
    return [one.kind for one in cases.case_view(play.installation, play.actor(role), case_id).documents]


def test_each_unit_sees_its_own_request_and_reply_sheet_and_the_association_neither(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    play.office.work_off()
    assert kinds(play, "joint-court", case_id) == ["D04", "D05"]
    assert {"D04", "D05"}.isdisjoint(kinds(play, "applicant", case_id))
    assert kinds(play, "head", case_id).count("D04") == 8
    view = cases.case_view(play.installation, play.actor("head"), case_id)
    assert "省公安厅" in [one.to for one in view.documents if one.kind == "D05"]
    assert all(one.to for one in view.documents if one.kind == "D05")
    chosen = [line for line in view.history if line.text == "联审单位：按决策表选定"]
    assert [line.by for line in chosen] == ["系统"]


def test_nobody_but_the_addressee_and_the_department_opens_the_file(play: Play) -> None:
    case_id = play.until("MI_joint_check")
    play.office.work_off()
    court = cases.case_view(play.installation, play.actor("joint-court"), case_id).documents[0]
    assert "省高级人民法院" in court.text
    name, pdf = cases.document_file(play.installation, play.actor("joint-court"), court.id)
    assert name.endswith("征求意见函.pdf")
    assert pdf.startswith(b"%PDF")
    for stranger in ("joint-police", "applicant"):
        with pytest.raises(NotFound):
            cases.document_file(play.installation, play.actor(stranger), court.id)
