"""The commands about organisations, people and posts."""

import click

from engine import (
    forms,
    identity,
    store,
)
from engine.calendar import local_date
from engine.cli.frame import group, opened, speaks
from engine.errors import Invalid
from engine.keys import ensure_keys


@group.group(help="单位：部门、协会、党组织、联审单位。")
def organisation() -> None:
    pass


@organisation.command(
    name="add",
    help="新增单位。KEY 是流程包里用的标识（如 assoc_coldchain）。类别：department 部门、association 协会、"
    "party 党组织、consulted 联审单位、external 其他。",
)
@click.argument("key")
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice(sorted(identity.KINDS)), help="单位的类别，决定能看到什么。")
@click.option("--uscc", help="统一社会信用代码；协会必填。")
@click.pass_context
@speaks
def add_organisation(context: click.Context, key: str, name: str, kind: str, uscc: str | None) -> None:
    if kind == "association" and uscc is None:
        raise Invalid("协会要有统一社会信用代码，请加上 --uscc。", code="identity.uscc")
    code = forms.credit_code(uscc) if uscc is not None else None
    with store.writing(opened(context).database) as transaction:
        identity.add_organisation(transaction, key=key, name=name, kind=kind, uscc=code.text if code else None)
    for warning in code.warnings if code else ():
        click.echo(f"提醒：{warning}")
    click.echo(f"已新增单位 {key}（{name}）")


@organisation.command(name="list", help="列出单位。")
@click.pass_context
@speaks
def list_organisations(context: click.Context) -> None:
    with store.reading(opened(context).database) as transaction:
        for line in identity.organisations(transaction):
            click.echo(f"{line.key}\t{line.name}\t{line.kind}\t{line.uscc or ''}")


@group.group(help="人员和岗位。")
def user() -> None:
    pass


@user.command(name="add", help="新增人员；口令从提示输入，或用环境变量 HUISHEN_PASSWORD 给出。")
@click.argument("login")
@click.argument("name")
@click.option("--post", "post", required=True, help="岗位：角色@单位标识，例如 acceptor@department。")
@click.option("--title", default="", help="岗位名称，新岗位必填。")
@click.password_option(
    envvar="HUISHEN_PASSWORD", prompt="口令", confirmation_prompt="再输入一次", help="口令；不写则从提示输入。"
)
@click.pass_context
@speaks
def add_user(context: click.Context, login: str, name: str, post: str, title: str, password: str) -> None:
    installation = opened(context)
    today = local_date(installation.clock.now())
    with store.writing(installation.database) as transaction:
        post_id = identity.post_of(transaction, post, title=title)
        person_id = identity.add_person(transaction, login=login, name=name, password=password)
        identity.assign(transaction, post_id=post_id, person_id=person_id, since=today)
    ensure_keys(installation)
    click.echo(f"已新增 {login}（{name}）")


@user.command(name="password", help="更换口令；此人的其他登录随即失效。")
@click.argument("login")
@click.password_option(
    envvar="HUISHEN_PASSWORD", prompt="新口令", confirmation_prompt="再输入一次", help="新口令；不写则从提示输入。"
)
@click.pass_context
@speaks
def change_password(context: click.Context, login: str, password: str) -> None:
    with store.writing(opened(context).database) as transaction:
        identity.set_password(transaction, login, password)
    click.echo(f"{login} 的口令已更换")


@user.command(name="list", help="列出人员和岗位。")
@click.pass_context
@speaks
def list_users(context: click.Context) -> None:
    with store.reading(opened(context).database) as transaction:
        for line in identity.people(transaction):
            click.echo(f"{line.login}\t{line.name}\t{'、'.join(line.posts)}\t{'' if line.active else '已停用'}")
