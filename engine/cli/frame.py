"""What every command stands in: the group with its instance, and how a fault is told and ends."""

import sys
import tomllib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy import exc

from engine import (
    logs,
)
from engine.decisions import DecisionProblems
from engine.errors import HuishenError, Invalid, Unavailable
from engine.installation import Installation, open_installation

DEFAULT_INSTANCE = Path(__file__).resolve().parent.parent.parent / "instance"
#: What is told to the person who gave the command.
TOLD = (HuishenError, DecisionProblems)
MISSING = frozenset({"document.no-key"})  # codes of other errors that also speak of a missing part


def speaks(command: Callable[..., Any]) -> Callable[..., Any]:
    """A fault that a person can act on becomes its sentence and an exit code, never a traceback."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except TOLD as error:
            tell(error)
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


def tell(error: HuishenError | DecisionProblems) -> None:
    """Each finding, or the sentence of the error, on a line of its own."""
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
