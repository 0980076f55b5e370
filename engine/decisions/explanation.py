"""Why a decision came out as it did, in plain Chinese."""

import re
from collections.abc import Iterator, Mapping
from itertools import starmap
from types import MappingProxyType
from typing import Any

from engine import feel
from engine.decisions.clauses import CONFIRMED, Clauses
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
ANSWERS = ("是", "否")
#: Outputs that a row tells in sentences of their own.
_TOLD = frozenset(("reason", "clause"))
VERDICTS = {"held": "满足", "failed": "不满足", "unknown": "不能判断"}
#: Of one decision no more boxes are told in sentences than these.
MOST_BOXES = 50
#: A word for the machine, as `party_view` or `block`: what follows from a severity depends on its clause, and is a finding's to say.
_CODE = re.compile(r"[a-z][a-z0-9_./-]*")
_QUOTED_CODE = re.compile(rf"“({_CODE.pattern})”")
#: What words for the machine are called, where the caller knows none.
NO_WORDS: Mapping[str, str] = MappingProxyType({})
_DIGITS = re.compile(r"\d{8,}[\dXx]*")


def met(checked: tuple[Checked, ...]) -> str:
    """The cells of a row that fired."""
    return "；".join(map(_met, checked))


def _met(one: Checked) -> str:
    """What was asked is not repeated where it is the value itself."""
    given, asked = f"为{value_in_words(one.value)}", test_in_words(one.test)
    return _given(one.label, one.value) + ("" if given == asked else f"（要求{asked}）")


def failed(one: Checked) -> str:
    asked = test_in_words(one.test)
    answer = asked.removeprefix("为").strip("“”")
    return f"{_given(one.label, one.value)}，而这一行要求{f'“{answer}”' if answer in ANSWERS else asked}"


def _given(label: str, value: Any) -> str:
    """A column with its value; a question that is answered by yes or no stands before its answer."""
    words = value_in_words(value)
    return f"{label}：{words.strip('“”')}" if words.strip("“”") in ANSWERS else f"{label}为{words}"


def masked(text: str) -> str:
    """Without long numbers, which may be those of a person."""
    return _DIGITS.sub("……", text)


def sentences(why: Why, clauses: Clauses | None = None, words: Mapping[str, str] = NO_WORDS) -> list[str]:
    """The whole tree, one sentence a line, what lies deeper further in; `words` are what codes such as `rejected` are called."""
    told = (_called(line, words) for line in _decision(why, _Quotes(clauses, words), 0))
    return [*told, *(f"  说明：{note}" for note in why.notes)]


def _called(line: str, words: Mapping[str, str]) -> str:
    return _QUOTED_CODE.sub(lambda code: f"“{words.get(code[1], code[1])}”", line)


class _Quotes:
    """The texts of the clauses, each where it comes up first, and the words of codes."""

    def __init__(self, clauses: Clauses | None, words: Mapping[str, str]) -> None:
        self.words = words
        self._clauses = clauses
        self._quoted: set[str] = set()

    def basis(self, ids: str) -> str:
        return "、".join(self._one(identity.strip()) for identity in ids.split("/") if identity.strip())

    def _one(self, identity: str) -> str:
        clause = self._clauses.get(identity) if self._clauses is not None else None
        if clause is None:
            return identity
        if identity in self._quoted:
            return f"{identity}（原文见上）"
        self._quoted.add(identity)
        unsure = "" if clause.binding == CONFIRMED else "；参数待确认"
        return f"{identity}（{clause.text.rstrip('。')}{unsure}）"


def _decision(why: Why, quotes: _Quotes, depth: int) -> Iterator[str]:
    margin = "  " * depth
    yield f"{margin}决策“{why.name}”{_result(why)}。"
    if why.text:
        yield f"{margin}  按表达式 {why.text} 计算。"
    for box in why.boxes[:MOST_BOXES]:
        yield f"{margin}  {box_in_words(box)}"
    for table in why.tables:
        for line in _table(table, quotes):
            yield f"{margin}  {line}"
    for required in why.required:
        yield from _decision(required, quotes, depth + 1)


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
    fired = [row for table in why.tables for row in table.rows if row.fired]
    if why.result is None:
        return "没有结果"
    if why.tables and isinstance(why.result, list):
        return f"命中 {len(fired)} 行：第 {'、'.join(str(row.number) for row in fired)} 行"
    if len(why.tables) == 1 and isinstance(why.result, dict):
        names = [name for _, name in why.tables[0].outputs]
        for row in fired:
            if dict(zip(names, row.outputs, strict=True)) == why.result:
                return f"取第 {row.number} 行的结果"
    return f"的结果为{value_in_words(why.result)}"


def _table(table: Asked, quotes: _Quotes) -> Iterator[str]:
    given = "，".join(_given(label, value) for label, value in table.inputs.items())
    yield f"表“{table.name}”（{POLICIES.get(table.hit_policy, table.hit_policy)}）的输入：{given or '无'}。"
    if not any(row.fired for row in table.rows):
        yield "没有一行命中。"
    for row in table.rows:
        yield "  " + _row(table, row, quotes)


def _row(table: Asked, row: Row, quotes: _Quotes) -> str:
    if not row.fired:
        return f"第 {row.number} 行没有命中：{failed(row.checked[0])}。"
    parts = [
        f"第 {row.number} 行命中：{met(row.checked)}。" if row.checked else f"第 {row.number} 行没有条件，总是命中。"
    ]
    if answers := _answers(table, row, quotes.words):
        parts.append(f"结果：{answers}。")
    if row.reason:
        parts.append(f"理由：{row.reason.rstrip('。')}。")
    if row.clause:
        parts.append(f"依据 {quotes.basis(row.clause)}。")
    return "".join(parts)


def _answers(table: Asked, row: Row, words: Mapping[str, str]) -> str:
    """What a row gives, without words for the machine that have no name, unless the row says nothing else at all."""
    given = [
        (label or name, value)
        for (label, name), value in zip(table.outputs, row.outputs, strict=True)
        if name not in _TOLD and value is not None
    ]
    plain = [(label, value) for label, value in given if not _is_nameless(value, words)]
    return "，".join(starmap(_given, plain if plain or row.reason else given))


def _is_nameless(value: Any, words: Mapping[str, str]) -> bool:
    return isinstance(value, str) and value not in words and _CODE.fullmatch(value) is not None
