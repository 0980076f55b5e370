"""`huishen`: the engine's commands and the two that serve pages."""

import secrets
import sys
from pathlib import Path

import click

from engine import store
from engine.background import Background
from engine.cli import dmn, group, opened, speaks
from engine.installation import Installation

__all__ = ["dmn", "group", "main", "serve_pages"]

BPMN = Path(__file__).resolve().parent.parent / "bpmn"


def serve_pages(installation: Installation, host: str, port: int, threads: int) -> None:
    """Serve until interrupted. On SQLite the jobs run in threads of this process; on PostgreSQL beside `huishen worker`."""
    from waitress import create_server

    from webapp import create_app

    app = create_app(installation, secret=_secret(installation.folder))
    limit = app.config["MAX_CONTENT_LENGTH"]  # refused before a body is spooled, not after
    server = create_server(app, host=host, port=port, threads=threads, ident="huishen", max_request_body_size=limit)
    click.echo(f"会审已启动：http://{host}:{port}/ ，按 Ctrl+C 结束")
    background = Background(installation)
    if installation.database.dialect.name == "sqlite":
        background.start()
    try:
        server.run()
    finally:
        background.stop()


def _secret(folder: Path) -> bytes:
    """Of the session cookies; made at first use."""
    path = folder / "keys" / "session"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        store.write_secret(path, secrets.token_bytes(32))
    return path.read_bytes()


@group.command(help="启动网站。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口。")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="处理请求的线程数。")
@click.pass_context
@speaks
def serve(context: click.Context, host: str, port: int, threads: int) -> None:
    serve_pages(opened(context), host, port, threads)


@group.command(help="准备演示数据（账号、单位、岗位、流程包），然后启动网站。再次运行保留已有数据。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口。")
@click.option("--demo-case", is_flag=True, help="先用真实命令走完一件申请，逐步打印，并验证签发的文书。")
@click.option("--no-serve", is_flag=True, help="做完就退出，不启动网站。")
@click.pass_context
@speaks
def demonstration(context: click.Context, host: str, port: int, demo_case: bool, no_serve: bool) -> None:
    from engine.demonstration import prepare
    from engine.walkthrough import walk

    installation = opened(context)
    accounts = prepare(installation, BPMN)
    click.echo(f"演示账号和口令：{accounts}")
    if demo_case:
        held = True
        for line in walk(installation, BPMN / "leader_review"):
            click.echo(line.text)
            held = held and line.held
        if not held:
            sys.exit(1)
    if not no_serve:
        serve_pages(installation, host, port, threads=8)


def main() -> None:
    """Entry of the console command."""
    group(prog_name="huishen")


if __name__ == "__main__":
    main()
