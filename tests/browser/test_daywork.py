"""The pages of the people's day at every width: filters, search, supervision, deputies, notices, the association's file."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from engine.cases import starting_groups
from tests.browser.conftest import Enter
from tests.cases.playing import Play
from tests.cases.test_moving import HURRY, NEW_LABEL, deploy, rename_node
from tests.installations import Office

pytestmark = pytest.mark.browser


def test_the_day_of_a_reviewer_holds_at_every_width(enter: Enter, play: Play) -> None:
    play.until("Task_accept")
    acceptor = enter("acceptor")
    acceptor.page.get_by_label("案号、协会、人名或意见").fill("冷链")
    acceptor.press("筛选")
    expect(acceptor.page.get_by_label("筛选的名字")).to_be_visible()
    acceptor.page.get_by_label("筛选的名字").fill("冷链行业")
    acceptor.press("保存这个筛选")
    acceptor.shoot("inbox-filtered")
    for path, name in (
        ("/desk/cases/?words=陈海澜", "found"),
        ("/desk/?since=x", "inbox-fault"),
        ("/desk/deputies", "deputies"),
        ("/desk/phrases", "phrases"),
        ("/notices/", "notices"),
        ("/notices/mail", "notices-mail"),
        ("/desk/associations/", "associations"),
        ("/desk/clauses/", "clauses"),
        ("/desk/clauses/MZ166-4", "clause"),
        ("/desk/clauses/parts/leader_review/row/DT-L1a", "clause-table"),
    ):
        acceptor.open(path)
        acceptor.shoot(name)


def test_supervision_and_what_hangs_on_it_hold_at_every_width(enter: Enter, play: Play, office: Office) -> None:
    play.until("MI_joint_check")
    office.clock.advance(timedelta(days=30))
    supervisor = enter("supervisor")
    supervisor.follow("电子监察")
    supervisor.shoot("supervision")
    supervisor.follow("省公安厅")
    supervisor.shoot("overseen")
    supervisor.follow("发督办单")
    supervisor.press("发出督办单")
    supervisor.shoot("urge-fault")
    supervisor.page.get_by_label("督办的事由").fill("联审超期，请答复")
    supervisor.press("发出督办单")
    supervisor.shoot("slip")
    supervisor.open("/desk/supervision/export")
    supervisor.shoot("export")
    head = enter("head")
    for path, name in (
        ("/desk/ledger/", "ledger"),
        ("/desk/ledger/export", "ledger-export"),
        ("/desk/ledger/reports", "ledger-reports"),
        ("/desk/ledger/import", "ledger-import"),
    ):
        head.open(path)
        head.shoot(name)
    head.press("核对并导入")
    head.shoot("ledger-import-fault")
    head.open("/desk/handover")
    head.shoot("handover")
    case_id = play.office.actor("coldchain").posts[0].organisation_id
    head.open(f"/desk/associations/{case_id}")
    head.shoot("association")


def test_moving_cases_to_a_new_version_holds_at_every_width(enter: Enter, play: Play) -> None:
    play.until("MI_joint_check")
    play.until("Task_head_review")
    deploy(play, NEW_LABEL, HURRY)
    rename_node(play, "Task_head_review", "Task_chief_review")
    publisher = enter("publisher")
    publisher.follow("流程版本")
    publisher.shoot("versions")
    publisher.press("模拟迁移", exact=False)
    publisher.press("迁移所选案件")
    publisher.shoot("move-fault")
    publisher.page.get_by_label("迁移的原因").fill("按处务会意见统一到新版")
    publisher.press("迁移所选案件")
    publisher.shoot("moved")


def test_a_group_of_cases_holds_at_every_width(enter: Enter, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting_groups, "AT_ONCE", 0)  # as many are begun, by jobs
    handler = enter("handler-a")
    handler.follow("批量发起")
    handler.follow("发起全省性行业协会商会负责人人选审核")
    handler.press("发起")
    handler.shoot("group-new-fault")
    handler.page.get_by_text("南屿省冷链物流行业协会", exact=True).click()
    handler.page.get_by_label("这一批的名称").fill("2026年度换届")
    handler.page.get_by_label("请协会在哪一天以前提交（选填）").fill("2026-12-11")
    handler.press("发起")
    expect(handler.page.get_by_text("1 件正在发起，表里看得到进度。")).to_be_visible()
    handler.shoot("group-begins")
    office.work_off()
    handler.follow("刷新进度")
    handler.shoot("group")
    handler.press("催办还没有提交的")
    handler.open("/desk/groups/")
    handler.shoot("groups")
