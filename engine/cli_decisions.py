"""`huishen dmn`: commands over files of decisions alone, with no installation."""

import sys
from pathlib import Path

import click

from engine import feel
from engine.calendar import SystemClock
from engine.cli import group, speaks
from engine.decisions import conformance


@group.group(help="决策表（DMN）：运行标准符合性用例，说明结果从何而来。")
def dmn() -> None:
    pass


@dmn.command(help="运行标准符合性用例（DMN TCK 的目录结构）：逐条列出不符的结果，最后一行是 passed N of M。")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@speaks
def tck(folder: Path) -> None:
    now = SystemClock().now()
    clock = {"now": feel.Function((), lambda: now), "today": feel.Function((), now.date)}
    total = passed = 0
    for outcome in conformance.outcomes(folder, clock):
        total += 1
        passed += outcome.passed
        if not outcome.passed:
            click.echo(f"{outcome.name}：{outcome.difference}")
    click.echo(f"passed {passed} of {total}")
    sys.exit(0 if passed == total and total else 1)


__all__ = ["dmn"]
