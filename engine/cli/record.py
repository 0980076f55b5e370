"""The commands about working days and the record of events."""

import sys
from pathlib import Path

import click

from engine import (
    audit,
    calendar,
    cases,
    store,
)
from engine.cli.frame import group, opened, speaks
from engine.keys import audit_trust


@group.group(name="calendar", help="工作日安排：导入、查看。")
def calendar_group() -> None:
    pass


@calendar_group.command(
    name="import",
    help="导入一年的放假和调休安排（TOML 或 CSV），然后重算未办结案件的期限并留痕。文件有错则一天也不导入。",
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
@speaks
def import_calendar(context: click.Context, file: Path) -> None:
    with file.open("rb") as stream:
        arrangement = calendar.read_arrangement(stream.read(calendar.MOST_BYTES + 1), file.name)
    done = cases.import_calendar(opened(context), arrangement)
    for line in cases.sentences(done):
        click.echo(line)
    moved = sum(bool(one.moved) for one in done.cases)
    click.echo(
        f"{arrangement.year} 年工作日安排（{arrangement.source}）已导入：变动 {len(done.changes)} 天，"
        f"重算后有变动的案件 {moved} 件"
    )
    sys.exit(1 if any(one.fault for one in done.cases) else 0)


@calendar_group.command(name="show", help="查看一年的工作日安排。退出码 0 已公布，1 尚无正式安排、只能预估。")
@click.argument("year", type=click.IntRange(1990, 2200))
@click.pass_context
@speaks
def show_calendar(context: click.Context, year: int) -> None:
    with store.reading(opened(context).database) as transaction:
        days, known = calendar.listed(transaction, year), calendar.load(transaction)
    for line in calendar.described(year, days, known):
        click.echo(line)
    sys.exit(0 if year in known.published else 1)


@group.group(name="audit", help="事件记录：核对，以及由事件重建案件。")
def audit_group() -> None:
    pass


@audit_group.command(
    name="verify",
    help="核对全部记录：事件链和检查点有无改动、删除、增加、换序，各表的记录是否与事件一致。退出码 0 完好，1 有问题。",
)
@click.option("--latest", help="在系统之外留存的最新检查点的散列值：末尾被整段删除时也能发现。")
@click.pass_context
@speaks
def verify_audit(context: click.Context, latest: str | None) -> None:
    installation = opened(context)
    with store.reading(installation.database) as transaction:
        faults = audit.verify(transaction, audit_trust(installation), latest)
        replayed = list(audit.replay(transaction, cases.readable(installation)))
    for fault in faults:
        click.echo(f"{fault.chain} #{fault.seq}: {fault.code}: {fault.message}")
    differences = [difference for _, found in replayed for difference in found]
    for difference in differences:
        click.echo(f"{difference.case}: audit.differs: {difference}")
    count = len(faults) + len(differences)
    click.echo("记录完好：事件链、检查点和各表一致" if not count else f"发现 {count} 处问题")
    sys.exit(1 if count else 0)


@audit_group.command(
    name="replay",
    help="只用事件重建每件案件，与库中的待办、岗位、期限、变量、计时等逐项比较。退出码 0 一致，1 有不符。",
)
@click.option("--case", "number", help="只看这个案件编号。")
@click.pass_context
@speaks
def replay_audit(context: click.Context, number: str | None) -> None:
    installation = opened(context)
    with store.reading(installation.database) as transaction:
        only = None if number is None else cases.id_of(transaction, number)
        replayed = list(audit.replay(transaction, cases.readable(installation), only=only))
    differences = [difference for _, found in replayed for difference in found]
    for difference in differences:
        click.echo(str(difference))
    told = f"{len(differences)} 处不符" if differences else "与库中一致"
    click.echo(f"已由事件重建 {len(replayed)} 件案件：{told}")
    sys.exit(1 if differences else 0)
