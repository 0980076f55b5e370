"""Why a decision came out as it did, in plain Chinese."""

import re
from collections.abc import Iterator

from engine import feel
from engine.decisions.clauses import Clauses
from engine.decisions.reasons import Asked, Box, Checked, Part, Row, Why
from engine.decisions.words import test_in_words, value_in_words

POLICIES = {
    "UNIQUE": "只能命中一行",
    "ANY": "命中的各行结果应当一致",
    "PRIORITY": "取命中各行中优先的结果",
    "FIRST": "取最先命中的一行",
    "RULE ORDER": "取命中的各行，按行的顺序",
    "OUTPUT ORDER": "取命中的各行，按结果的优先顺序",
    "COLLECT": "取命中的各行",
}
#: What the boxes other than tables do.
BOXES = {
    "context": "逐项计算",
    "list": "列表的各项",
    "relation": "关系表",
    "invocation": "调用函数",
    "function": "定义函数",
    "conditional": "按条件取值",
    "filter": "筛选列表",
    "for": "逐项处理",
    "some": "至少有一项满足",
    "every": "每一项都满足",
}
VERDICTS = {"held": "满足", "failed": "不满足", "unknown": "不能判断"}
#: Of one decision no more boxes are told in sentences than these.
MOST_BOXES = 50
_DIGITS = re.compile(r"\d{8,}[\dXx]*")


def met(checked: tuple[Checked, ...]) -> str:
    """The cells of a row that fired."""
    return "；".join(map(_met, checked))


def _met(one: Checked) -> str:
    """What was asked is not repeated where it is the value itself."""
    given, asked = f"为{value_in_words(one.value)}", test_in_words(one.test)
    return one.label + (given if given == asked else f"{given}（要求{asked}）")


def failed(one: Checked) -> str:
    return f"{one.label}为{value_in_words(one.value)}，而这一行要求{test_in_words(one.test)}"


def masked(text: str) -> str:
    """Without long numbers, which may be those of a person."""
    return _DIGITS.sub("……", text)


def sentences(why: Why, clauses: Clauses | None = None) -> list[str]:
    """The whole tree, one sentence a line, what lies deeper further in."""
    return [*_decision(why, clauses, 0), *(f"  说明：{note}" for note in why.notes)]


def _decision(why: Why, clauses: Clauses | None, depth: int) -> Iterator[str]:
    margin = "  " * depth
    yield f"{margin}决策“{why.name}”{_result(why)}。"
    if why.text:
        yield f"{margin}  按表达式 {why.text} 计算。"
    for box in why.boxes[:MOST_BOXES]:
        yield f"{margin}  {box_in_words(box)}"
    for table in why.tables:
        for line in _table(table, clauses):
            yield f"{margin}  {line}"
    for required in why.required:
        yield from _decision(required, clauses, depth + 1)


def box_in_words(box: Box) -> str:
    """What came of a box, part by part."""
    if box.columns:
        width = len(box.columns)
        rows = [box.parts[at : at + width] for at in range(0, len(box.parts), width)]
        told = [f"第 {number} 行 " + "，".join(map(_part, row)) for number, row in enumerate(rows, 1)]
    else:
        told = list(map(_part, box.parts))
    rest = f"；另有 {box.rest} 项" if box.rest else ""
    return f"{BOXES[box.kind]}：{'；'.join(told)}{rest}。"


def _part(part: Part) -> str:
    name = part.role or "结果"
    written = f"（{part.text}）" if part.text and part.text != feel.written(part.value) else ""
    if part.verdict == "unasked":
        return f"{name}{written}没有用到"
    if part.given:
        found = VERDICTS.get(part.verdict) or f"得{value_in_words(part.value)}"
        return f"{name}{value_in_words(part.given[0])}，{found}"
    if part.value is None and written and not part.verdict:
        return f"{name}{written}"
    return f"{name}{written}为{value_in_words(part.value)}" + (f"，{VERDICTS[part.verdict]}" if part.verdict else "")


def _result(why: Why) -> str:
    fired = [row.number for table in why.tables for row in table.rows if row.fired]
    if why.result is None:
        return "没有结果"
    if why.tables and isinstance(why.result, list):
        return f"命中 {len(fired)} 行：第 {'、'.join(map(str, fired))} 行"
    return f"的结果为{value_in_words(why.result)}"


def _table(table: Asked, clauses: Clauses | None) -> Iterator[str]:
    given = "，".join(f"{label}为{value_in_words(value)}" for label, value in table.inputs.items())
    yield f"表“{table.name}”（{POLICIES.get(table.hit_policy, table.hit_policy)}）的输入：{given or '无'}。"
    if not any(row.fired for row in table.rows):
        yield "没有一行命中。"
    for row in table.rows:
        yield "  " + _row(row, clauses)


def _row(row: Row, clauses: Clauses | None) -> str:
    if not row.fired:
        return f"第 {row.number} 行没有命中：{failed(row.checked[0])}。"
    parts = [f"第 {row.number} 行命中：{met(row.checked) or '这一行没有条件'}。"]
    if row.reason:
        parts.append(f"理由：{row.reason.rstrip('。')}。")
    if row.clause:
        parts.append(f"依据 {row.clause}{_quoted(row.clause, clauses)}。")
    return "".join(parts)


def _quoted(ids: str, clauses: Clauses | None) -> str:
    known = [] if clauses is None else [clause for one in ids.split("/") if (clause := clauses.get(one.strip()))]
    return f"（{'；'.join(clause.text for clause in known)}）" if known else ""
