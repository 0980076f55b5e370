"""The commands about the people's day: the index by which cases are found."""

import click

from engine import cases
from engine.cli import group, opened, speaks


@group.group(name="search", help="查找案件所用的索引。")
def search_group() -> None:
    pass


@search_group.command(name="rebuild", help="重建全部案件的查找索引（升级后第一次，或怀疑索引不全时）。")
@click.pass_context
@speaks
def rebuild_search(context: click.Context) -> None:
    click.echo(f"已为 {cases.rebuild_index(opened(context))} 份填报记录重建查找索引")
