"""What everybody may see: the guide, the verification of documents, errors in words."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from engine import cases
from engine.cases import issuing
from engine.store import tables
from tests.cases.playing import Play
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]


def test_the_guide_says_what_the_package_says(visitor: Visitor) -> None:
    visitor.open("/")
    page = visitor.follow("全省性行业协会商会负责人人选审核")
    assert page.heading == "全省性行业协会商会负责人人选审核"
    assert "受理后 30 个工作日内" in page.text
    assert "5 个工作日内" in page.text
    conditions = page.text.partition("申报前要具备")[2].partition("要填的内容")[0]
    assert "已完成财务审计 没有正在办理的同类申请 参数待确认" in conditions
    for words in ["章程", "人选登记表", "形式审查", "党组织初审", "审核意见函"]:
        assert words in page.text
    for words in ["催办单", "征求意见函", "部务会纪要", "材料移交函"]:
        assert words not in page.text


def test_the_guide_lists_what_is_filled_in_before_the_application_too(visitor: Visitor) -> None:
    page = visitor.open("/guide/federation_formation")
    assert "组建意向" in page.text.partition("要填的内容")[2].partition("需要的材料")[0]
    assert "可行性报告" in page.text.partition("需要的材料")[2]


def test_the_guide_marks_a_date_in_a_year_without_a_calendar(visitor: Visitor) -> None:
    page = visitor.open("/guide/leader_review")
    assert "2027年" in page.text
    assert "预估" in page.text
    assert "放假安排未发布" in page.text


def test_a_matter_that_is_not_in_force_is_not_found(visitor: Visitor) -> None:
    assert visitor.open("/guide/unheard_of").status == 404


def test_an_issued_letter_is_verified_by_its_file_and_by_its_code(play: Play, visitor: Visitor) -> None:
    case_id = play.closed()
    applicant = play.actor("applicant")
    letter = next(d for d in cases.case_view(play.installation, applicant, case_id).documents if d.kind == "D06")
    name, data = cases.document_file(play.installation, applicant, letter.id)
    visitor.open("/verify")
    page = visitor.press("开始验真", files={"file": (name, data)})
    assert page.heading.endswith("真实有效")
    assert letter.number in page.text
    assert "决定记录：陈海澜" in page.text, "what the file itself says, to who has it"
    assert "拟任会长，同意" in page.text

    by_code = visitor.open(f"/verify/{letter.code}")
    assert "现在有效" in by_code.heading
    assert letter.number in by_code.text
    assert "陈海澜" not in by_code.text, "the code alone tells nothing of the people"

    visitor.open("/verify")
    typed = visitor.press("查验证码", code=letter.code.lower().replace("-", " "))
    assert "现在有效" in typed.heading


def test_the_digest_in_the_code_to_scan_is_compared_with_the_register(play: Play, visitor: Visitor) -> None:
    """Somebody's own decision under a code of ours: the code is known, the decision is another."""
    play.closed()
    [row] = [row for row in play.rows(tables.document) if row["kind"] == "D06"]
    scanned = issuing.frame_of(play.installation, row).scan()
    address = scanned[scanned.index("/verify/") :]
    assert "现在有效" in visitor.open(address).heading
    forged = visitor.open(address[:-1] + ("0" if address[-1] != "0" else "1"))
    assert forged.heading.endswith("二维码与登记簿不一致")
    assert "不要采用" in forged.text


def test_a_revision_is_told_by_what_it_changed(play: Play, visitor: Visitor) -> None:
    play.closed()
    [row] = [row for row in play.rows(tables.document) if row["kind"] == "D06"]
    data = play.installation.files.get(row["issued_sha256"])
    visitor.open("/verify")
    page = visitor.press("开始验真", files={"file": ("函.pdf", _turned(data))})
    assert page.heading.endswith("内容被改动")
    assert "第 4 版修订" in page.text
    assert "页面" in page.text
    assert "决定记录" not in page.text


def _turned(pdf: bytes) -> bytes:
    """The file with a revision appended that turns its first page."""
    writer, out = IncrementalPdfFileWriter(io.BytesIO(pdf)), io.BytesIO()
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[generic.pdf_name("/Rotate")] = generic.NumberObject(90)
    writer.update_container(page)
    writer.write(out)
    return out.getvalue()


def test_a_changed_letter_is_not_genuine(play: Play, visitor: Visitor) -> None:
    case_id = play.closed()
    applicant = play.actor("applicant")
    letter = next(d for d in cases.case_view(play.installation, applicant, case_id).documents if d.kind == "D06")
    name, data = cases.document_file(play.installation, applicant, letter.id)
    at = data.index(b"stream") + 40
    visitor.open("/verify")
    page = visitor.press("开始验真", files={"file": (name, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])})
    assert "真实有效" not in page.heading
    assert "不要采用" in page.text


def test_a_revoked_letter_says_so(play: Play, visitor: Visitor) -> None:
    case_id = play.closed()
    applicant = play.actor("applicant")
    letter = next(d for d in cases.case_view(play.installation, applicant, case_id).documents if d.kind == "D06")
    _, data = cases.document_file(play.installation, applicant, letter.id)
    cases.revoke_document(play.installation, None, letter.number or "", "人选情况有变")
    assert visitor.open(f"/verify/{letter.code}").heading.endswith("已撤销")
    visitor.open("/verify")
    page = visitor.press("开始验真", files={"file": ("函.pdf", data)})
    assert page.heading.endswith("已撤销")
    assert "人选情况有变" in page.text


def test_an_unknown_code_is_said_plainly(visitor: Visitor) -> None:
    page = visitor.open("/verify/AAAA-BBBB-CCCC")
    assert page.status == 404
    assert page.heading.endswith("没有查到")


def test_what_is_no_pdf_is_judged_without_a_fault(visitor: Visitor) -> None:
    visitor.open("/verify")
    assert "不是完好的文书" in visitor.press("开始验真", files={"file": ("a.pdf", b"nothing")}).heading


@pytest.mark.parametrize(("button", "words"), [("开始验真", "请选择要验的 PDF 文件"), ("查验证码", "12 位字母和数字")])
def test_an_empty_form_says_what_is_missing(visitor: Visitor, button: str, words: str) -> None:
    visitor.open("/verify")
    page = visitor.press(button)
    assert page.title.startswith("错误：")
    assert words in page.errors[0]


def test_errors_are_pages_in_chinese(visitor: Visitor, app: Flask) -> None:
    assert visitor.open("/nothing").heading == "没有找到"
    assert visitor.open("/session/sign-out").heading == "不能这样打开"
    app.config["MAX_CONTENT_LENGTH"] = 1000
    visitor.open("/verify")
    too_large = visitor.press("开始验真", files={"file": ("a.pdf", b"x" * 2000)})
    assert (too_large.status, too_large.heading) == (413, "文件太大")


def test_a_fault_of_the_system_is_said_without_its_cause(visitor: Visitor, app: Flask) -> None:
    app.config["TESTING"] = False

    @app.get("/broken")
    def broken() -> str:
        raise ValueError("inner words")

    page = visitor.open("/broken")
    assert (page.status, page.heading) == (500, "系统出了问题")
    assert "inner words" not in page.text


def test_no_page_names_another_host(visitor: Visitor) -> None:
    for url in ["/", "/verify", "/session/sign-in"]:
        page = visitor.open(url)
        sources = page.tree.xpath("//@href|//@src|//@action")
        assert all(source.startswith(("/", "#")) for source in sources), sources
        assert not page.tree.xpath("//style|//*[@style]|//script[not(@src)]|//*[@onclick]")


@pytest.mark.parametrize("url", ["/verify", "/session/sign-in", "/guide/leader_review"])
def test_a_page_can_be_asked_for_without_its_content(visitor: Visitor, url: str) -> None:
    assert visitor.client.head(url).status_code == 200
