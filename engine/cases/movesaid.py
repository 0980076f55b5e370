"""A move in sentences, for whoever runs it: at the command line and on a page."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.calendar import ZONE
from engine.cases.moving import ARMED, DROPPED, CaseMove, Moves, TaskMove, TimerMove

MOST_NAMES = 12
FATES = {ARMED: "新设", DROPPED: "撤除"}


def move_sentences(moves: Moves, *, planned: bool) -> Iterator[str]:
    """Each case with what happens to its tasks, timers and variables, or why it stays; then how many there are."""
    for one in moves.cases:
        yield from _case(one, moves.at, planned=planned)
    moved = len(moves.cases) - moves.refused
    done = "可以迁移" if planned else "已迁移"
    yield f"{moves.package_key} {moves.version_hash[:12]}：{done} {moved} 件，不能迁移 {moves.refused} 件"


@dataclass(frozen=True)
class MoveSaid:
    """What a move does to one case, line by line; `unknown` is what somebody should look at first."""

    tasks: tuple[str, ...]
    timers: tuple[str, ...]
    variables: tuple[str, ...]
    unknown: tuple[str, ...]


def move_said(one: CaseMove, now: datetime) -> MoveSaid:
    """A case that moves in sentences, by what they are about."""
    more = f" 等 {len(one.variables)} 个" if len(one.variables) > MOST_NAMES else ""
    names, unknown = "、".join(one.variables[:MOST_NAMES]), "、".join(one.unknown)
    return MoveSaid(
        tuple(_task(task, count) for task, count in Counter(one.tasks).items()),
        tuple(_timer(timer, now) for timer in one.timers),
        (f"{names}{more} 保留",) if names else (),
        (f"{unknown} 新版要读取而案件没有，按空值处理，请核对",) if unknown else (),
    )


def _case(one: CaseMove, now: datetime, *, planned: bool) -> Iterator[str]:
    if one.obstacles:
        yield f"{one.number}：留在原版本"
        yield from (f"  不能迁移：{reason}" for reason in one.obstacles)
        return
    yield f"{one.number}：{'可以迁移' if planned else '已迁移'}"
    said = move_said(one, now)
    yield from (f"  待办 {line}" for line in said.tasks)
    yield from (f"  {line}" for line in said.timers)
    yield from (f"  变量 {line}" for line in said.variables + said.unknown)


def _task(task: TaskMove, count: int) -> str:
    times = f" {count} 项" if count > 1 else ""
    changes = f"（{'；'.join(task.changes)}）" if task.changes else ""
    return f"{task.name}{times} 保留{changes}"


def _timer(timer: TimerMove, now: datetime) -> str:
    fate = FATES.get(timer.fate, "保留")
    if timer.due is None:
        return f"等待 {timer.name} {fate}"
    due = f" 到期 {timer.due.astimezone(ZONE):%Y-%m-%d %H:%M}" if timer.fate != DROPPED else ""
    late = "（已过，迁移后随即到期）" if timer.fate == ARMED and timer.due <= now else ""
    return f"计时 {timer.name} {fate}{due}{late}"
