"""The command with which a designer begins: a new package to be changed."""

from pathlib import Path

import click

from engine import packages
from engine.cli.frame import group, speaks


@group.command(
    help="新建一个流程包：目录 DIR（如 bpmn/event_review）的名称就是它的标识。"
    "建好的流程很小，但能检查、运行场景、启用和办理；然后改成自己的事项。"
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", default=packages.TITLE, show_default=True, help="事项的名称，申报人在办事指南里看到。")
@click.option("--prefix", default="", help="案件编号的开头，如 ER；不写则取标识各段的首字母。")
@speaks
def new(folder: Path, title: str, prefix: str) -> None:
    around = [packages.read_manifest(one.files["package.toml"])[0] for one in packages.beside(folder)]
    made = packages.begin(folder, title, prefix, [one.case_prefix for one in around if one is not None])
    click.echo(f"已新建流程包 {folder}：{title}")
    for name in made.files:
        click.echo(f"  {name}")
    click.echo(f"接着：huishen check {folder}，huishen scenario {folder}；从 package.toml 和 README.md 改起。")
