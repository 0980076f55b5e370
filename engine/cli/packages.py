"""The commands about packages: checked, tried, put in force, exported; running cases moved to them."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from engine import (
    cases,
    decisions,
    documents,
    packages,
    scenarios,
    store,
)
from engine.cli.frame import TOLD, group, opened, speaks, tell
from engine.errors import NotFound
from engine.installation import fonts_folder
from engine.keys import ensure_keys
from engine.packages.register import deploy_clauses

BPMN = Path(__file__).resolve().parent.parent.parent / "bpmn"


def _package(path: Path) -> packages.Package:
    """The package in a folder or an archive; findings about the whole of it bear its name."""
    try:
        if not path.is_file():
            return packages.load_folder(path)
        with path.open("rb") as file:
            return packages.load_zip(file.read(packages.LIMITS.archive + 1))
    except packages.PackageProblems as error:
        found = [replace(finding, file=finding.file or path.name) for finding in error.findings]
        raise packages.PackageProblems(found) from error


@group.command(help="检查流程包或单个 .bpmn 流程图：逐条列出问题，一次列完。退出码 0 没有错误，1 有错误。")
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--clauses",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="条款台账，默认取流程包旁边的 clauses.toml。",
)
@speaks
def check(folder: Path, clauses: Path | None) -> None:
    if folder.is_file() and folder.suffix == ".bpmn":
        found = packages.check_diagram(folder.read_bytes(), folder.name)
    else:
        package = _package(folder)
        register = clauses or folder.parent / "clauses.toml"
        known = decisions.Clauses.read(register.read_bytes(), register.name) if register.exists() else None
        around = [packages.interface_of(one) for one in packages.beside(folder)] if folder.is_dir() else None
        vocabulary = packages.default_vocabulary(
            clauses=known.ids if known else frozenset(),
            packages=None if around is None else [one for one in around if one is not None],
        )
        found = packages.check(package, vocabulary)
    for finding in found:
        click.echo(str(finding))
    errors = sum(finding.severity == "error" for finding in found)
    click.echo(f"{folder}：错误 {errors} 处，提醒 {len(found) - errors} 处")
    sys.exit(1 if errors else 0)


@group.command(help="启用流程包（目录）或条款台账（clauses.toml）：先检查，没有错误才启用。")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.pass_context
@speaks
def deploy(context: click.Context, path: Path) -> None:
    installation = opened(context)
    now = installation.clock.now()
    if path.suffix == ".toml":
        with store.writing(installation.database) as transaction:
            version, fresh = deploy_clauses(transaction, path.read_bytes(), at=now)
        click.echo(f"条款台账 {version}：{'已启用新版本' if fresh else '内容与现行版本相同'}")
        return
    package = _package(path)
    with store.writing(installation.database) as transaction:
        done = packages.deploy(transaction, package, by=None, at=now)
    ensure_keys(installation)
    click.echo(f"{path.name} {done.hash[:12]}：{'已启用新版本' if done.new else '内容与已有版本相同，已启用'}")


@group.command(name="export", help="把启用中的流程包逐字节导出到目录。")
@click.argument("key")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_context
@speaks
def export_package(context: click.Context, key: str, folder: Path) -> None:
    installation = opened(context)
    with store.reading(installation.database) as transaction:
        version_id = packages.in_force(transaction, key)
        if version_id is None:
            raise NotFound(f"没有启用的流程包“{key}”。", code="package.not-in-force", package=key)
        package = packages.load_package(transaction, version_id)
    packages.export(package, folder)
    click.echo(f"已导出到 {folder}")


@group.command(help="运行流程包的场景：模拟时钟，真实命令。最后一行是 scenarios N/N flows M/M。")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
@click.option("--all", "every", is_flag=True, help="运行目录下的全部流程包；不写目录时是本目录的 bpmn/。")
@click.option("--only", multiple=True, help="只运行这些场景编号。")
@click.option("--render", is_flag=True, help="同时生成、签名并验证 PDF。")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="把结果写成 JUnit XML 文件。")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="把结果写成网页：流程图着色，列出没有走到的。"
)
@click.option("--watch", is_flag=True, help="流程包的文件一有变化就再运行，按 Ctrl+C 结束。")
@click.pass_context
@speaks
def scenario(
    context: click.Context,
    folder: Path | None,
    every: bool,
    only: tuple[str, ...],
    render: bool,
    junit: Path | None,
    html: Path | None,
    watch: bool,
) -> None:
    if folder is None and not every:
        raise click.UsageError("请写明流程包的目录，或者加上 --all。")
    fonts = fonts_folder(context.obj) if render else None
    if fonts is not None:
        _ = documents.Press(fonts, isolated=False).faces  # said once, before the first scenario fails for it

    def once() -> bool:
        folders = scenarios.package_folders(folder or BPMN) if every else [folder or BPMN]
        reports = []
        for place in folders:
            reports.append(scenarios.run_package(place, only=frozenset(only), render=render, fonts=fonts))
            for line in reports[-1].lines():
                click.echo(line)
        if every:
            click.echo(scenarios.total(reports))
        if junit is not None:
            junit.write_bytes(scenarios.junit(reports))
        if html is not None:
            html.write_text(scenarios.html_report(reports), encoding="utf-8")
        return all(report.passed for report in reports)

    if watch:
        _run_and_watch(once, folder or BPMN)
        return
    sys.exit(0 if once() else 1)


def _run_and_watch(once: Callable[[], bool], folder: Path) -> None:
    """Run, and run again whenever a file changes; what is wrong with a file is told and waits for its next change."""
    watching = scenarios.Watch([folder, folder.parent / "clauses.toml"], time.sleep)
    try:
        while True:
            try:
                once()
            except TOLD as error:
                tell(error)
            changed = "、".join(path.name for path in watching.wait())
            click.echo(f"{changed} 有变化，再次运行")
    except KeyboardInterrupt:
        click.echo("已停止")


@group.command(
    help="把办理中的案件迁移到流程包 KEY 启用中的版本，逐件说明待办、计时和变量如何处理。期限不重新起算，已填内容不丢。"
    "退出码 0 全部可以，1 有案件不能迁移（留在原版本，并说明原因）。"
)
@click.argument("key")
@click.option("--case", "numbers", multiple=True, help="只迁移这个案件编号，可以写多次。")
@click.option("--to", "to", help="迁移到这个版本（启用时显示的版本号，写前 8 位以上）；不写则迁移到启用中的版本。")
@click.option("--dry-run", is_flag=True, help="只说明会怎样，什么也不改。")
@click.pass_context
@speaks
def move(context: click.Context, key: str, numbers: tuple[str, ...], to: str | None, dry_run: bool) -> None:
    installation = opened(context)
    version = None
    if to is not None:
        with store.reading(installation.database) as transaction:
            version = packages.version_named(transaction, key, to)
    planned = cases.plan_move(installation, key, version, numbers) if dry_run else None
    moves = planned or cases.move_cases(installation, None, key, version, numbers)
    for line in cases.move_sentences(moves, planned=dry_run):
        click.echo(line)
    sys.exit(1 if moves.refused else 0)
