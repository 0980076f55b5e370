"""What the department begins itself is found at its desk, and nowhere in the guide."""

from tests.webapp.test_applying import Enter, fill_page
from tests.webapp.visitor import Visitor

TITLE = "行业协会商会改革发展联席会议"
CONFERENCE = {"conference_title": "第四次会议", "sort": "例会", "domain": "综合", "collect": "no"}
DAY = {"planned_on-year": "2026", "planned_on-month": "12", "planned_on-day": "4"}
TOPIC = {
    "title": "购买服务目录",
    "proposer": "省民政厅",
    "kind": "opinion",
    "brief": "三年没有调整。",
    "proposal": "调整。",
}


def test_a_post_of_the_department_begins_its_matter_and_another_sees_the_whole_case(signed_in: Enter) -> None:
    someone = signed_in("conference")
    someone.follow(f"发起{TITLE}")
    home = someone.press("发起").url
    someone.follow("会议")
    fill_page(someone, CONFERENCE | DAY)
    someone.open(home)
    someone.follow("添加议题")
    someone.press("添加一个")
    fill_page(someone, TOPIC)
    someone.open(home)
    drafted = someone.follow("返回待办")
    assert "待办" in drafted.heading
    someone.open(home)
    someone.follow("核对并提交")
    someone.press("声明并提交", declaration="true")
    convenor = signed_in("convenor")
    convenor.follow("第四次会议")
    assert "审定议题" in convenor.page.text
    assert "购买服务目录（省民政厅）" in convenor.page.text


def test_nobody_else_is_offered_it_and_the_guide_does_not_have_it(signed_in: Enter, visitor: Visitor) -> None:
    assert f"发起{TITLE}" not in signed_in("acceptor").page.links()
    assert "申报" in signed_in("coldchain").page.text
    assert TITLE not in visitor.open("/").text
    assert visitor.open("/guide/joint_conference").status == 404
