"""The commands that let cases go on: messages from outside, timers and jobs."""

import time

import click

from engine import (
    archive,
    cases,
    jobs,
)
from engine.cli.frame import group, opened, speaks


@group.command(help="把外部的消息送给正在等它的案件（如缴费到账）。名称与流程图中的消息一致。")
@click.argument("case_id")
@click.argument("name")
@click.option("--key", help="关联键：同名消息有几处在等时，用它区分。")
@click.option("--signal", is_flag=True, help="作为信号送给所有在等的节点。")
@click.pass_context
@speaks
def message(context: click.Context, case_id: str, name: str, key: str | None, signal: bool) -> None:
    installation = opened(context)
    if signal:
        click.echo(f"信号 {name} 送到 {cases.receive_signal(installation, case_id, name, {})} 个节点")
    else:
        click.echo(f"消息 {name} 已送到节点 {cases.receive_message(installation, case_id, name, {}, key)}")


@group.command(help="执行到期的计时和后台任务（PostgreSQL 上的独立工作进程；SQLite 上由 serve 自带）。")
@click.option("--once", is_flag=True, help="做完现有的就退出。")
@click.pass_context
@speaks
def worker(context: click.Context, once: bool) -> None:
    installation = opened(context)
    if once:
        cases.fire_timers(installation)
        click.echo(f"完成 {jobs.run_due(installation, archive.HANDLERS)} 项后台任务")
        return
    from engine.background import Background

    background = Background(installation)
    background.start()
    click.echo("后台进程已启动，按 Ctrl+C 结束")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        background.stop()
