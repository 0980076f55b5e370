"""`huishen dmn`: commands over files of decisions alone, with no installation."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from engine import decisions, feel
from engine.calendar import SystemClock, local_date
from engine.cases.names import full_years
from engine.cases.words import OBJECTION_STATES, OUTCOMES, SEVERITIES
from engine.cli.frame import group, speaks
from engine.decisions import conformance
from engine.errors import Invalid, NotFound

_LONGEST_NAME, _EXACT = 1_000, 2**53


@group.group(help="决策表（DMN）：运行标准符合性用例，说明结果从何而来。")
def dmn() -> None:
    pass


@dmn.command(help="运行标准符合性用例（DMN TCK 的目录结构）：逐条列出不符的结果，最后一行是 passed N of M。")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@speaks
def tck(folder: Path) -> None:
    total = passed = 0
    for outcome in conformance.outcomes(folder, _functions()):
        total += 1
        passed += outcome.passed
        if not outcome.passed:
            click.echo(f"{outcome.name}：{outcome.difference}")
    click.echo(f"passed {passed} of {total}")
    sys.exit(0 if passed == total and total else 1)


@dmn.command(
    help="说明一个决策的结果从何而来：哪一行命中、哪一格没有满足、依据哪一条。输入写 JSON 或 FEEL，或给出文件名。"
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--input", "given", default="{}", help='各项输入，例如 {"age": 71}；日期写成 @"1955-01-01"。')
@click.option("--decision", default="", help="决策的标识或名称；不写则取文件里最后一个。")
@click.option(
    "--clauses", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="条款台账，用来引出条款原文。"
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出整棵树。")
@click.option(
    "--html",
    "picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写成一张网页：在表格里画出每一格是否满足。",
)
@speaks
def explain(file: Path, given: str, decision: str, clauses: Path | None, as_json: bool, picture: Path | None) -> None:
    beside = {one.name: one.read_bytes() for one in sorted(file.parent.glob("*.dmn")) if one != file}
    model = decisions.read(file.read_bytes(), file.name, library=beside)
    known = (
        decisions.Clauses.read(clauses.read_bytes(), clauses.name).on(local_date(SystemClock().now()))
        if clauses
        else None
    )
    why = _explained(_chosen(model, decision), _scope(given))
    if picture is not None:
        picture.write_text(decisions.page(why, file.name, known, _words(file)), encoding="utf-8")
        click.echo(f"已写入 {picture}。")
        return
    if as_json:
        click.echo(json.dumps(asdict(why), ensure_ascii=False, indent=1, default=_plain))
        return
    for line in decisions.sentences(why, known, _words(file)):
        click.echo(line)


def _words(file: Path) -> dict[str, str]:
    """What people call the codes that tables give: the results, and the options of the forms of the same package."""
    found = dict[str, set[str]]()
    for path in sorted((file.resolve().parent.parent / "forms").glob("*.form")):
        for code, label in _options(path.read_bytes()):
            found.setdefault(code, set()).add(label)
    # a code with two labels means one thing here and another there
    named = {code: labels.pop() for code, labels in found.items() if len(labels) == 1}
    return {**OBJECTION_STATES, **named, **SEVERITIES, **OUTCOMES}


def _options(form: bytes) -> Iterator[tuple[str, str]]:
    try:
        pending: list[Any] = [json.loads(form)]
    except ValueError:  # a form that cannot be read is told by `huishen check`
        return
    while pending:
        one = pending.pop()
        pending += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []
        code, label = (one.get("value"), one.get("label")) if isinstance(one, dict) else (None, None)
        if isinstance(code, str) and isinstance(label, str) and code != label:
            yield code, label


def _chosen(model: decisions.DecisionModel, wanted: str) -> decisions.Decision:
    found = [one for one in model.decisions.values() if not wanted or wanted in (one.id, one.name)]
    if not found:
        names = "、".join(one.name for one in model.decisions.values())
        raise NotFound(f"{model.file} 里没有决策“{wanted}”，有：{names}。", code="decision.not-found")
    return found[-1]


def _explained(decision: decisions.Decision, scope: dict[str, Any]) -> decisions.Why:
    try:
        return decision.explain({**_functions(), **scope})
    except feel.FeelLimitError as error:
        raise Invalid(f"{error.message}。", code=error.code) from error


def _scope(given: str) -> dict[str, Any]:
    """The inputs, written as JSON, as a FEEL context, or in a file that holds one of them."""
    path = Path(given) if len(given) < _LONGEST_NAME and not given.lstrip().startswith("{") else None
    text = path.read_text(encoding="utf-8") if path is not None else given
    try:
        value = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        try:
            value = feel.compile_expression(text).evaluate({})
        except feel.FeelError as error:
            raise Invalid(f"输入既不是 JSON，也不是 FEEL：{error.message}。", code=error.code) from error
    if not isinstance(value, dict):
        raise Invalid('输入应当是一组名称和值，例如 {"age": 71}。', code="decision.inputs")
    return value


def _plain(value: Any) -> Any:
    """What JSON has no form for; a whole number stays a number."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < _EXACT else str(value)
    return feel.written(value)


def _functions() -> dict[str, Any]:
    """`now()`, `today()` and `周岁()`, which are no functions of the language itself."""
    now = SystemClock().now()
    return {
        "now": feel.Function((), lambda: now),
        "today": feel.Function((), now.date),
        "周岁": feel.Function(("birth", "on"), full_years),
    }


__all__ = ["dmn"]
