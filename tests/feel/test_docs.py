"""docs/feel.md: every example holds, and every built-in function has one."""

import re
from pathlib import Path

import pytest

from engine import feel
from engine.decisions import box_reader, imports, reader, table_reader
from engine.feel import cursor, run

PAGE = (Path(__file__).parents[2] / "docs/feel.md").read_text(encoding="utf-8")
EXAMPLES = [
    line.rpartition(" → ")[::2]
    for block in re.findall(r"^```feel\n(.*?)^```", PAGE, re.M | re.S)
    for line in block.splitlines()
]


@pytest.mark.parametrize(("text", "result"), EXAMPLES)
def test_an_example_of_the_page_holds(text, result):
    found, wanted = (feel.compile_expression(part.strip()).evaluate({}) for part in (text, result))
    assert feel.written(found) == feel.written(wanted) or (found == wanted and feel.kind(found) == feel.kind(wanted))


def test_every_built_in_function_has_an_example():
    shown = "\n".join(text for text, _ in EXAMPLES)
    assert [name for name in feel.BUILT_IN_FUNCTIONS if not re.search(rf"(?<![\w ]){name}\(", shown)] == []


def test_the_limits_of_the_page_are_those_of_the_code():
    table = PAGE.partition("## 限度")[2].partition("## 写错时")[0]
    said = [
        int(number) for row in re.findall(r"^\| .*? \| (.*?) \|$", table, re.M) for number in re.findall(r"\d+", row)
    ]
    assert said == [
        cursor.MAX_TEXT,
        cursor.MAX_DEPTH,
        run.DEFAULT_STEPS,
        run.DEFAULT_SIZE,
        2,
        table_reader.MOST_RULES,
        table_reader.MOST_COLUMNS,
        reader.MOST_LINKS,
        box_reader.DEEPEST,
        imports.DEEPEST,
        imports.MOST_READ,
    ]
