"""Why a decision came out as it did, painted: every table as its author knows it, with what became of each cell.

The page needs nothing beside itself: no script, no reference, its one style named by its hash in its own policy.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from engine import feel
from engine.decisions.clauses import CONFIRMED, Clauses
from engine.decisions.explanation import BOXES, NO_WORDS, POLICIES
from engine.decisions.reasons import Asked, Box, Cell, Column, Part, Row, Why
from engine.decisions.words import value_as_written

#: What is shown of one decision: a function called in a loop may have asked the same table many times over.
MOST_SHOWN = 50
_LONGEST_VALUE, _LONGEST_HEAD = 400, 28
_CERTAINTIES = {"A": "读到原文", "B": "凭记忆", "C": "设计假设", "D": "不确定"}
_MARKS = {
    "any": ("", "任何值都行"),
    "held": ("✓", "满足"),
    "failed": ("✗", "不满足"),
    "unknown": ("?", "不能判断"),
    "unasked": ("", "没有问到"),
}
_AGGREGATES = {"SUM": "求和", "COUNT": "计数", "MIN": "取最小", "MAX": "取最大"}


def page(why: Why, file: str, clauses: Clauses | None = None, words: Mapping[str, str] = NO_WORDS) -> str:
    """The whole page: the decision that was asked, below it those that it rests on, in the order of their need.

    A code that `words` has a name for is shown by it, the code behind it.
    """
    template = _environment().get_template("explanation.html")
    style = (files("engine.decisions") / "pages" / "explanation.css").read_text(encoding="utf-8")
    return template.render(
        file=file,
        decisions=_flat(why),
        style=Markup(style),
        policy=f"default-src 'none'; style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'",
        words=_Words(clauses, words),
        most=MOST_SHOWN,
    )


def _flat(why: Why) -> list[Why]:
    return [why, *(one for required in why.required for one in _flat(required))]


class _Words:
    """What the page says about values, cells, tables and clauses."""

    def __init__(self, clauses: Clauses | None, words: Mapping[str, str]) -> None:
        self.clauses = clauses
        self._words = words

    def value(self, value: Any) -> str:
        if isinstance(value, str) and value in self._words:
            return f"{self._words[value]}（{value}）"
        return value_as_written(value, _LONGEST_VALUE)

    def result(self, decision: Why) -> str:
        """The value of a decision; that of one row of a table by the labels of its columns."""
        tables, value = decision.tables, decision.result
        if len(tables) != 1 or not isinstance(value, dict) or list(value) != [name for _, name in tables[0].outputs]:
            return self.value(value)
        return "，".join(f"{label or name}：{self.value(value[name])}" for label, name in tables[0].outputs)

    def mark(self, cell: Cell | Part) -> str:
        return _MARKS[cell.verdict][0] if cell.verdict else ""

    def verdict(self, cell: Cell | Part) -> str:
        return _MARKS[cell.verdict][1] if cell.verdict else ""

    def caption(self, box: Box) -> str:
        return BOXES[box.kind]

    def is_computed(self, part: Part) -> bool:
        """Whether the text of a part says more than its value."""
        return bool(part.text) and part.text != feel.written(part.value)

    def rows(self, box: Box) -> list[tuple[Part, ...]]:
        """The parts of a relation, row by row."""
        width = len(box.columns)
        return [box.parts[at : at + width] for at in range(0, len(box.parts), width)]

    def policy(self, table: Asked) -> str:
        said = POLICIES.get(table.hit_policy, table.hit_policy)
        return f"{said}，{_AGGREGATES[table.aggregation]}" if table.aggregation else said

    def is_long(self, column: Column) -> bool:
        return len(column.text) > _LONGEST_HEAD

    def annotations(self, table: Asked) -> list[str]:
        """The names of the columns of remarks, as far as any row has one."""
        rows = (*table.rows, *table.rest)
        return list(dict.fromkeys(name for row in rows for name, note in row.annotations.items() if note))

    def grounds(self, row: Row) -> list[tuple[str, str, str]]:
        """Each clause behind a row: its id, its text with the source, how sure that is and whether it binds here."""
        return list(self._grounds(row))

    def _grounds(self, row: Row) -> Iterator[tuple[str, str, str]]:
        for identity in filter(None, map(str.strip, row.clause.split("/"))):
            clause = None if self.clauses is None else self.clauses.get(identity)
            if clause is None:
                yield identity, "", "" if self.clauses is None else "条款台账里没有这一条"
                continue
            binding = "本省已确认" if clause.binding == CONFIRMED else "参照，本省未确认"
            sure = f"确定程度 {clause.certainty}（{_CERTAINTIES[clause.certainty]}），{binding}"
            yield identity, f"{clause.text}——{clause.source}", sure


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.PackageLoader("engine.decisions", "pages")
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


__all__ = ["page"]
