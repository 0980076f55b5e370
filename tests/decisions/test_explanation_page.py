"""The page that paints a decision: its tables with what became of every cell, the clauses, the decisions below."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

from click.testing import CliRunner

from engine import decisions
from tests.decisions.tables import decision, definitions, literal, needs, read, table
from tests.feel.language import n
from webapp.cli import group

VOID = {"meta"}
HOSTILE = '</style><script>alert("1")</script><img src=x onerror=alert(1)>{{ 7*7 }}'
ROWS = [
    ["< 60", "-", '"通过"', "", ""],
    ["[60..75]", '"会长","秘书长"', '"不符合"', "R-1/R-9", "年龄超限。"],
    ["-", 'not("会长")', '"人工"', "", ""],
]
CONTEXT = (
    '<context><contextEntry><variable name="界限"/>'
    + literal("60")
    + '</contextEntry><contextEntry><variable name="超出"/>'
    + literal("年龄 - 界限")
    + "</contextEntry></context>"
)
CLAUSES = decisions.Clauses.read(
    '[[clause]]\nid="R-1"\ntext="不超过七十岁<b>"\nsource="某办法"\ncertainty="B"\nbinding="参照"\n'.encode(),
    "clauses.toml",
)


def body(policy: str = "FIRST") -> str:
    checked = table(["年龄", "post"], ["结论"], ROWS, policy, annotations=["clause", "reason"])
    return (
        decision("age", literal("year - born"), name="年龄")
        + decision("over", CONTEXT, needs("age"), name="超出多少")
        + decision("d", checked, needs("over", "age"), name="核验")
    )


class Reader(HTMLParser):
    """The page as a browser has it: elements, rows of cells with their class and words, and whether all is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[tuple[str, str]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append((dict(attrs).get("class") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.text += data
        if self.rows and ("td" in self.open or "th" in self.open):
            kind, words = self.rows[-1][-1]
            self.rows[-1][-1] = (kind, words + data)


def painted(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def page(post: str = "会长", policy: str = "FIRST", clauses: decisions.Clauses | None = CLAUSES) -> Reader:
    scope = {"year": n(2026), "born": n(1955), "post": post}
    return painted(decisions.page(read(body(policy)).decisions["d"].explain(scope), "d.dmn", clauses))


def test_a_table_is_painted_with_what_became_of_each_cell():
    assert page().rows[:5] == [
        [("", "这次的值"), ("", "71"), ("", "“会长”"), ("none", "")],
        [
            ("", "行"),
            ("input", "输入 1年龄"),
            ("input", "输入 2post"),
            ("output", "输出结论"),
            ("remark", "注clause"),
            ("remark", "注reason"),
        ],
        [
            ("", "1未命中"),
            ("failed", "✗< 60不满足（值：71）"),
            ("any", "-"),
            ("answer", '"通过"'),
            ("remark", ""),
            ("remark", ""),
        ],
        [
            ("", "2命中"),
            ("held", "✓[60..75]满足"),
            ("held", '✓"会长","秘书长"满足'),
            ("answer", "“不符合”"),
            ("remark", "R-1/R-9"),
            ("remark", "年龄超限。"),
        ],
        [
            ("", "3没有问到"),
            ("any", "-"),
            ("unasked", 'not("会长")没有问到'),
            ("answer", '"人工"'),
            ("remark", ""),
            ("remark", ""),
        ],
    ]


def test_cells_behind_the_one_that_failed_are_judged_as_well():
    second = page("理事", "COLLECT").rows[3]
    assert second[1:3] == [("held", "✓[60..75]满足"), ("failed", '✗"会长","秘书长"不满足（值：“理事”）')]


def test_a_cell_over_nothing_cannot_be_said():
    logic = table(["x"], ["r"], [["< 3", "1"]])
    text = decisions.page(read(decision("d", logic)).decisions["d"].explain({"x": None}), "d.dmn")
    assert ("unknown", "?< 3不能判断（值：空）") in painted(text).rows[2]


def test_a_row_that_fired_quotes_its_clauses_and_how_sure_they_are():
    text = page().text
    assert "依据 R-1　不超过七十岁<b>——某办法确定程度 B（凭记忆），参照，本省未确认" in text
    assert "依据 R-9条款台账里没有这一条" in text
    assert "确定程度" not in page(clauses=None).text


def test_the_decisions_it_rests_on_stand_below_in_order_with_their_boxes():
    found = page()
    heads = re.findall("决策“[^”]*”", found.text.split("命中的行", 1)[1])
    assert heads == ["决策“核验”", "决策“超出多少”", "决策“年龄”"]
    assert [[words for _, words in row] for row in found.rows[-3:]] == [
        ["项", "写法", "值"],
        ["界限", "60", "60"],
        ["超出", "年龄 - 界限", "11"],
    ]
    assert "表达式year - born" in found.text


def test_boxes_are_drawn_with_their_parts():
    rows = [('"甲"', "x + 1"), ('"乙"', "2")]
    cells = "".join(f"<row>{literal(name)}{literal(number)}</row>" for name, number in rows)
    relation = f'<relation><column name="名"/><column name="数"/>{cells}</relation>'
    logic = f"<filter><in>{relation}</in><match>{literal('数 > 3')}</match></filter>"
    found = painted(decisions.page(read(decision("d", logic)).decisions["d"].explain({"x": n(3)}), "d.dmn"))
    assert [[words for _, words in row] for row in found.rows[:3]] == [
        ["行", "名", "数"],
        ["1", "“甲”", "4x + 1"],
        ["2", "“乙”", "2"],
    ]
    assert found.rows[-2:] == [
        [("", "第 1 项"), ("", '{名: "甲", 数: 4}'), ("held", "✓是满足")],
        [("", "第 2 项"), ("", '{名: "乙", 数: 2}'), ("failed", "✗否不满足")],
    ]


def test_the_page_needs_nothing_beside_itself_and_says_so_in_its_policy():
    text = decisions.page(read(body()).decisions["d"].explain({"year": n(2026), "born": n(1955)}), "d.dmn")
    found = painted(text)
    assert {tag for tag, _ in found.tags} & {"script", "link", "img", "iframe", "object", "base", "a"} == set()
    assert not [
        name for _, given in found.tags for name in given if name in ("style", "src", "href") or name[:2] == "on"
    ]
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    named = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = next(given["content"] for tag, given in found.tags if given.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{named}'"


def test_hostile_names_values_and_remarks_stay_words():
    quoted = '"' + HOSTILE.replace('"', '\\"') + '"'
    logic = table(["x"], ["r"], [[quoted, quoted, HOSTILE, HOSTILE]], annotations=["reason", "clause"])
    asked = decisions.read(definitions(decision("d", logic)), "d.dmn").decisions["d"]
    plain = painted(decisions.page(asked.explain({"x": "a"}), "d.dmn"))
    hostile = painted(decisions.page(asked.explain({"x": HOSTILE}), HOSTILE, CLAUSES))
    assert {tag for tag, _ in hostile.tags} <= {tag for tag, _ in plain.tags} | {"div", "b"}
    assert hostile.text.count("{{ 7*7 }}") > 5


def test_what_was_asked_many_times_over_is_painted_up_to_a_bound():
    knowledge = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="x"/>'
        + table(["x"], ["r"], [["-", "x"]])
        + "</encapsulatedLogic></businessKnowledgeModel>"
    )
    asking = decision("d", literal("for i in 1..60 return k(i)"), needs(knowledge=["k"]))
    text = painted(decisions.page(read(knowledge + asking).decisions["d"].explain({}), "d.dmn")).text
    assert text.count("这次的值") == 50
    assert "另有 10 次查表没有画出。" in text


def test_the_command_writes_the_page(tmp_path: Path):
    (tmp_path / "d.dmn").write_bytes(definitions(body()))
    target = tmp_path / "说明.html"
    given = '{"year": 2026, "born": 1955, "post": "会长"}'
    found = CliRunner().invoke(
        group, ["dmn", "explain", str(tmp_path / "d.dmn"), "--input", given, "--html", str(target)]
    )
    assert (found.exit_code, found.output) == (0, f"已写入 {target}。\n")
    assert painted(target.read_text(encoding="utf-8")).rows[3][0] == ("", "2命中")
    nowhere = CliRunner().invoke(
        group, ["dmn", "explain", str(tmp_path / "d.dmn"), "--html", str(tmp_path / "none" / "x.html")]
    )
    assert nowhere.exit_code == 3
    assert "请检查路径、权限" in nowhere.stderr


def test_the_result_of_a_row_stands_under_the_labels_of_its_columns_and_a_code_under_its_word():
    asked = table(["x"], ["result", "reason"], [["-", '"rejected"', '"超龄"']]).replace(
        'name="result"', 'name="result" label="建议"'
    )
    why = read(decision("d", asked)).decisions["d"].explain({"x": n(1)})
    found = painted(decisions.page(why, "d.dmn", None, {"rejected": "不同意"}))
    assert "结果建议：不同意（rejected），reason：“超龄”" in "".join(found.text.split())
    assert ("answer", "不同意（rejected）") in found.rows[2]
