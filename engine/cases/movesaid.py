"""A move in sentences, for whoever runs it at the command line."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from engine.calendar import ZONE
from engine.cases.moving import ARMED, DROPPED, CaseMove, Moves, TimerMove

MOST_NAMES = 12
FATES = {ARMED: "新设", DROPPED: "撤除"}


def move_sentences(moves: Moves, *, planned: bool) -> Iterator[str]:
    """Each case with what happens to its tasks, timers and variables, or why it stays; then how many there are."""
    for one in moves.cases:
        yield from _case(one, moves.at, planned=planned)
    moved = len(moves.cases) - moves.refused
    done = "可以迁移" if planned else "已迁移"
    yield f"{moves.package_key} {moves.version_hash[:12]}：{done} {moved} 件，不能迁移 {moves.refused} 件"


def _case(one: CaseMove, now: datetime, *, planned: bool) -> Iterator[str]:
    if one.obstacles:
        yield f"{one.number}：留在原版本"
        yield from (f"  不能迁移：{reason}" for reason in one.obstacles)
        return
    yield f"{one.number}：{'可以迁移' if planned else '已迁移'}"
    for task, count in Counter(one.tasks).items():
        times = f" {count} 项" if count > 1 else ""
        changes = f"（{'；'.join(task.changes)}）" if task.changes else ""
        yield f"  待办 {task.name}{times} 保留{changes}"
    yield from (_timer(timer, now) for timer in one.timers)
    if one.variables:
        more = f" 等 {len(one.variables)} 个" if len(one.variables) > MOST_NAMES else ""
        yield f"  变量 {'、'.join(one.variables[:MOST_NAMES])}{more} 保留"
    if one.unknown:
        yield f"  变量 {'、'.join(one.unknown)} 新版要读取而案件没有，按空值处理，请核对"


def _timer(timer: TimerMove, now: datetime) -> str:
    fate = FATES.get(timer.fate, "保留")
    if timer.due is None:
        return f"  等待 {timer.name} {fate}"
    due = f" 到期 {timer.due.astimezone(ZONE):%Y-%m-%d %H:%M}" if timer.fate != DROPPED else ""
    late = "（已过，迁移后随即到期）" if timer.fate == ARMED and timer.due <= now else ""
    return f"  计时 {timer.name} {fate}{due}{late}"
