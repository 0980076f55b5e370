"""Before a decision is taken: the documents that it would be written in, marked as unsigned, page by page and as a draft."""

import io
from collections.abc import Callable
from urllib.parse import unquote

from docx import Document
from PIL import Image, ImageChops

from engine import cases
from engine.store import tables
from tests.cases.playing import Play
from tests.documents.measure import Reading
from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]
TITLE = "南屿省冷链物流行业协会换届负责人人选审核"


def opened(signed_in: Enter, login: str) -> Visitor:
    person = signed_in(login)
    person.follow(TITLE)
    return person


def test_the_handler_sees_the_letter_that_the_suggestions_would_make(play: Play, signed_in: Enter) -> None:
    play.until("Task_summary")
    play.office.work_off()
    before = play.rows(tables.document)
    handler = opened(signed_in, "handler-a")
    names = [
        one.get("name") for one in handler.page.tree.iter("input") if (one.get("name") or "").endswith("suggestion")
    ]
    chosen = dict.fromkeys(names, "approved")
    page = handler.press("预览文书", summary_internal="人选都符合条件", **chosen)
    assert page.status == 200
    assert "审核意见函" in page.text
    assert "审核结果告知书" not in page.text
    picture = handler.client.get(page.tree.find_class("hs-sheet")[0].find("img").get("src"))
    assert Image.open(io.BytesIO(picture.data)).size[0] > 900
    draft = handler.follow("下载 Word 草稿")
    words = "\n".join(one.text for one in Document(io.BytesIO(draft.data)).paragraphs)
    assert "同意陈海澜" in words
    assert play.rows(tables.document) == before, "nothing was stored"
    handler.open(page.url)
    handler.follow("返回提出综合意见")
    assert handler.page.value("summary_internal") == "人选都符合条件"


def test_every_page_of_a_preview_bears_the_mark_of_what_is_not_signed(play: Play, signed_in: Enter) -> None:
    """Read back from the file behind the page, and from the very pictures that the page shows."""
    task = play.task(play.until("Task_send_requests"), "Task_send_requests")
    cases.save_draft(play.installation, play.actor("handler_a"), task.id, play.values("Task_send_requests"), 0)
    handler = signed_in("handler-a")
    sheets = handler.open(f"/desk/tasks/{task.id}/preview").tree.find_class("hs-sheet")
    shown = [handler.client.get(one.find("img").get("src")).data for one in sheets]
    first, *_ = cases.look_ahead(play.installation, play.actor("handler_a"), task.id)
    pdf = cases.lookahead_file(play.installation, first)
    reading = Reading(pdf)
    assert len(reading.pages) == 2
    assert "×号" in reading.text()
    for number, picture in enumerate(shown[:2]):
        mark = [c for c in reading.pages[number] if c.size > 60]
        assert "".join(c.c for c in sorted(mark, key=lambda c: c.x)) == "未签发"
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        drawn = reading.document[number].render(scale=120 / 72, may_draw_forms=True).to_pil().convert("RGB")
        assert ImageChops.difference(image, drawn).getbbox() is None, "the page shows this file"
        dots = image.width / 210
        for c in mark:
            ink = image.crop(tuple(round(side * dots) for side in (c.left, c.top, c.right, c.bottom)))
            assert (227, 227, 227) in {colour for _, colour in ink.getcolors(1 << 16) or ()}


def test_a_draft_letter_is_fetched_as_a_marked_file(play: Play, signed_in: Enter) -> None:
    play.until("Task_sign")
    leader = opened(signed_in, "leader")
    leader.follow("预览审核意见函")
    [letter] = [row for row in play.rows(tables.document) if row["kind"] == "D06"]
    answer = leader.client.get(f"/desk/documents/{letter['id']}.pdf")
    assert answer.mimetype == "application/pdf"
    assert "未签发" in unquote(answer.headers["Content-Disposition"])
    reading = Reading(answer.data)
    for page in reading.pages:
        assert {"未", "签", "发"} <= {c.c for c in page if c.size > 60}
    assert cases.verify_bytes(play.installation, answer.data).code == "unsigned"


def test_what_is_not_filled_in_is_told_instead_of_a_preview(play: Play, signed_in: Enter) -> None:
    play.until("Task_summary")
    handler = opened(signed_in, "handler-a")
    page = handler.press("预览文书")
    assert page.status == 422
    assert page.heading.endswith("还不能预览文书")
    assert page.errors


def test_the_head_sees_the_letter_beside_the_decision(play: Play, signed_in: Enter) -> None:
    play.until("Task_head_review")
    head = opened(signed_in, "head")
    assert "审核意见函" in head.press("预览文书", decision="agree").text


def test_a_letter_to_several_units_is_shown_for_one_and_offered_for_each(play: Play, signed_in: Enter) -> None:
    task = play.task(play.until("Task_send_requests"), "Task_send_requests")
    answers = play.values("Task_send_requests")
    cases.save_draft(play.installation, play.actor("handler_a"), task.id, answers, 0)
    handler = signed_in("handler-a")
    first = handler.open(f"/desk/tasks/{task.id}/preview")
    others = [link for link in first.tree.iter("a") if "show=" in link.get("href", "")]
    assert len(first.tree.find_class("hs-sheet")) < 6, "one of each kind"
    assert len({link.text for link in others}) > 3
    to = others[-1].text
    assert f"这里是给{to}的一份" not in first.text
    second = handler.open(others[-1].get("href"))
    assert f"这里是给{to}的一份" in second.text
    picture = handler.client.get(second.tree.find_class("hs-sheet")[0].find("img").get("src"))
    assert picture.mimetype == "image/png"


def test_an_acceptance_shows_its_notice(play: Play, signed_in: Enter) -> None:
    play.until("Task_accept")
    acceptor = opened(signed_in, "acceptor")
    page = acceptor.press("预览文书", decision="accept")
    assert "受理通知书" in page.text
    assert "现予受理" in page.text


def test_another_post_sees_no_preview_and_a_task_without_documents_offers_none(play: Play, signed_in: Enter) -> None:
    case_id = play.until("Task_summary")
    task = play.task(case_id, "Task_summary")
    assert signed_in("head").open(f"/desk/tasks/{task.id}/preview").status in {403, 404}
    other = play.until("Task_party_initial", "0" * 31 + "1")
    party = play.holder(play.task(other, "Task_party_initial").post)
    visitor = signed_in(party.login)
    visitor.open(f"/desk/tasks/{play.task(other, 'Task_party_initial').id}")
    assert "预览文书" not in visitor.page.text
