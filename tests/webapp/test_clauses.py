"""The register of rules on its pages: found, followed to what rests on a rule, kept from associations."""

from collections.abc import Callable

from tests.webapp.visitor import Visitor

Enter = Callable[[str], Visitor]


def test_from_the_list_to_the_table_and_the_form(signed_in: Enter) -> None:
    someone = signed_in("handler-a")
    page = someone.follow("条款台账")
    assert "条款台账" in page.heading
    assert "REG-2026" in page.text
    assert "不确定" in page.text
    found = someone.press("查找", words="70周岁", binding="参照")
    assert "MZ166-4" in found.text
    assert "ZZ11-1" not in found.text
    clause = someone.follow("MZ166-4")
    assert "2015年9月7日起" in clause.text
    assert "E11" in clause.section("change")
    assert "由人工判断变为拦截" in clause.section("change")
    assert "审核结果告知书" in clause.text
    table = someone.follow("DT-L1a")
    assert "超过任职年龄界限" in table.text
    someone.open("/desk/clauses/REG-27")
    form = someone.follow("负责人人选审核申报")
    assert "财务审计报告" in form.text
    someone.open("/desk/clauses/MZ166-4")
    parameters = someone.follow("任职年龄口径：lt70")
    assert "部务会到会比例" in parameters.text
    someone.open("/desk/clauses/MZ166-4")
    document = someone.follow("审核结果告知书")
    assert "不作为" in document.text
    assert someone.open("/desk/clauses/parts/leader_review/promise/promise").text.count("30 个工作日") == 1
    steps = someone.open("/desk/clauses/parts/leader_review/node/Task_verify")
    assert "逐条核实取证" in steps.text
    assert someone.open("/desk/clauses/parts/leader_review/node/none").status == 404


def test_what_is_not_there_is_said(signed_in: Enter) -> None:
    someone = signed_in("handler-a")
    assert someone.open("/desk/clauses/none").status == 404
    assert someone.open("/desk/clauses/parts/none/row/DT-L1a").status == 404
    assert "没有找到条款" in someone.open("/desk/clauses/?words=没有的词&binding=x").text


def test_an_association_has_no_way_in(signed_in: Enter) -> None:
    someone = signed_in("coldchain")
    assert "条款台账" not in someone.page.links()
    for path in ("/desk/clauses/", "/desk/clauses/REG-27", "/desk/clauses/parts/leader_review/row/DT-L1a"):
        assert someone.open(path).status == 403
