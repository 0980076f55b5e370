"""The commands of `huishen` that need no web server. Exit codes: 0 done, 1 the answer is no, 2 wrong use, 3 a part is missing."""

import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy import exc

from engine import (
    archive,
    audit,
    calendar,
    cases,
    decisions,
    documents,
    forms,
    identity,
    jobs,
    logs,
    packages,
    scenarios,
    store,
)
from engine.calendar import local_date
from engine.demonstration.setup import deploy_folder
from engine.errors import HuishenError, Invalid, NotFound, Unavailable
from engine.installation import Installation, fonts_folder, open_installation
from engine.keys import audit_trust, ensure_keys
from engine.packages.register import deploy_clauses

BPMN = Path(__file__).resolve().parent.parent / "bpmn"
DEFAULT_INSTANCE = Path(__file__).resolve().parent.parent / "instance"
MISSING = frozenset({"document.no-key"})  # codes of other errors that also speak of a missing part


def speaks(command: Callable[..., Any]) -> Callable[..., Any]:
    """A fault that a person can act on becomes its sentence and an exit code, never a traceback."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except HuishenError as error:
            _tell(error)
            sys.exit(3 if isinstance(error, Unavailable) or error.code in MISSING else 1)
        except BrokenPipeError:
            raise  # click ends quietly when the reader of the output went away
        except OSError as error:
            _give_up(f"{error.filename or '系统'}：{error.strerror or error}；请检查路径、权限和端口后重试。")
        except ModuleNotFoundError as error:
            _give_up(f"缺少程序库 {error.name}；请运行 script/setup，或核对 database_url 的写法。")
        except (exc.ArgumentError, exc.OperationalError) as error:
            reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            _give_up(f"打不开数据库：{reason}；请检查 database_url（HUISHEN_DATABASE_URL），并确认数据库已启动。")

    return wrapped


def _tell(error: HuishenError) -> None:
    for line in getattr(error, "findings", ()) or (error.message,):
        click.echo(str(line), err=True)


def _give_up(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(3)


class _ChineseHelp(click.Command):
    """click's own line about --help, in the language of the rest."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本说明。"
        return option


class _Group(_ChineseHelp, click.Group):
    command_class = _ChineseHelp
    group_class = type


@click.group(
    cls=_Group, help="会审：行业协会商会审核审批流程平台。", context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--instance",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_INSTANCE,
    envvar="HUISHEN_INSTANCE",
    show_default="本目录的 instance/",
    help="安装实例所在目录（数据库、文件、密钥）。",
)
@click.pass_context
def group(context: click.Context, instance: Path) -> None:
    logs.configure()
    context.obj = instance


def opened(context: click.Context) -> Installation:
    """The installation of the command line, brought up to date."""
    try:
        installation: Installation = open_installation(context.obj)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{context.obj / 'settings.toml'} 不是合法的 TOML：{error}；请改正后重试。"
        raise Invalid(message, code="settings.syntax") from error
    return installation


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
            except HuishenError as error:
                _tell(error)
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


__all__ = ["deploy_folder", "group", "opened", "speaks"]
