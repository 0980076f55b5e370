"""The commands about the people's day: the index by which cases are found, somebody who leaves, jobs that failed."""

import click

from engine import cases, identity, jobs, store
from engine.calendar import local_date
from engine.cli.frame import group, opened, speaks
from engine.errors import NotFound
from engine.installation import Installation


@group.group(name="search", help="查找案件所用的索引。")
def search_group() -> None:
    pass


@search_group.command(name="rebuild", help="重建全部案件的查找索引（升级后第一次，或怀疑索引不全时）。")
@click.pass_context
@speaks
def rebuild_search(context: click.Context) -> None:
    click.echo(f"已为 {cases.rebuild_index(opened(context))} 份填报记录重建查找索引")


@group.command(name="handover", help="离岗交接：岗位、已认领的待办和会签交给接替人，停用账号和签名证书。")
@click.argument("leaving")
@click.option("--to", "successor", required=True, help="接替人的登录名。")
@click.option("--reason", required=True, help="离岗的原因，写进回执。")
@click.pass_context
@speaks
def hand_over(context: click.Context, leaving: str, successor: str, reason: str) -> None:
    installation = opened(context)
    people = [_person(installation, login) for login in (leaving, successor)]
    made = cases.hand_over(installation, None, people[0], people[1], reason)
    click.echo(f"已交接，回执编号 {made}；接替人登录后在“离岗交接”签收")


def _person(installation: Installation, login: str) -> str:
    with store.reading(installation.database) as transaction:
        found = identity.find_actor(transaction, login, local_date(installation.clock.now()))
    if found is None:
        raise NotFound(f"没有登录名为 {login} 的人员，请用 huishen user list 查看。", code="identity.no-person")
    return found.person_id


@group.group(name="jobs", help="后台任务：列出失败的，重新开始搁置的。")
def jobs_group() -> None:
    pass


@jobs_group.command(name="list", help="失败过的任务：次数、原因、下一次；搁置的在前。")
@click.pass_context
@speaks
def list_jobs(context: click.Context) -> None:
    with store.reading(opened(context).database) as transaction:
        found = jobs.failed(transaction)
    for one in found:
        after = f"{one.next_at:%Y-%m-%d %H:%M} UTC 再试" if one.next_at else "已搁置"
        click.echo(f"{one.key}  {one.attempts} 次  {after}  {one.error}")
    click.echo(f"{len(found)} 项失败")


@jobs_group.command(name="retry", help="让一项搁置的任务重新开始。")
@click.argument("key")
@click.pass_context
@speaks
def retry_job(context: click.Context, key: str) -> None:
    installation = opened(context)
    with store.writing(installation.database) as transaction:
        jobs.retry(transaction, key, installation.clock.now())
    click.echo(f"已重新开始 {key}")
