"""Everything that one does with a case beside deciding: one page for all of it, since each asks a reason and a choice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import cases, store
from engine.cases import CaseView, OpenTaskView, TaskView
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.held import is_restored
from webapp.session import signed_in

WHOLE = "case"  # in place of a task, where the verb is about the case


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    value: str
    label: str


@dataclass(frozen=True)
class Target:
    """What the verb is about. `task` is there for tasks of the person, `opened` for every open task that is seen."""

    case: CaseView
    task: TaskView | None
    opened: OpenTaskView | None


@dataclass(frozen=True)
class Typed:
    """What came from the page."""

    reason: str
    to: list[str]
    position: str
    days: str

    @property
    def first(self) -> str:
        return self.to[0] if self.to else ""

    @property
    def number(self) -> int:
        return int(self.days) if self.days.isascii() and self.days.isdecimal() and len(self.days) < 4 else 0


@dataclass(frozen=True)
class Verb:
    """One act: how the page says it, what it offers, and the command."""

    title: str
    explains: str
    button: str
    asks: str
    hint: str
    run: Callable[[Target, Typed], None]
    options: Callable[[Target], tuple[Option, ...]] | None = None
    chooses: str = ""
    several: bool = False
    positions: tuple[Option, ...] = ()
    days: bool = False


def _posts(found: tuple[cases.Choice, ...]) -> tuple[Option, ...]:
    return tuple(Option(one.post_id, one.title) for one in found)


def _transfers(target: Target) -> tuple[Option, ...]:
    return _posts(target.task.transfers) if target.task else ()


def _askable(target: Target) -> tuple[Option, ...]:
    return _posts(target.task.askable) if target.task else ()


def _reviews(target: Target) -> tuple[Option, ...]:
    asked = target.task.reviews if target.task else ()
    return tuple(Option(one.id, f"{one.position}：{one.post}") for one in asked if one.state in {"open", "waiting"})


def _departments(_target: Target) -> tuple[Option, ...]:
    with store.reading(installation().database) as transaction:
        return tuple(
            Option(key, title) for key, title in cases.copy_choices(transaction) if key not in actor().post_ids
        )


def _members(target: Target) -> tuple[Option, ...]:
    return tuple(Option(f"{one.node_id}/{one.key}", one.name) for one in target.case.addable)


def _task_id(target: Target) -> str:
    if target.opened is None:
        raise NotFound("没有找到这项待办，或者它已经办完。", code="task.not-found")
    return target.opened.id


def _add_member(target: Target, typed: Typed) -> None:
    node, _, key = typed.first.partition("/")
    cases.add_member(installation(), actor(), target.case.id, node, key, typed.reason)


def _extend(target: Target, typed: Typed) -> None:
    cases.extend(installation(), actor(), _task_id(target), typed.number, typed.reason)


VERBS: Mapping[str, Verb] = {
    "transfer": Verb(
        "转办",
        "待办转给别的岗位以后，由对方办理，不再回来。",
        "转办",
        "转办的原因",
        "例如：经办人外出，由承办岗代办。",
        lambda t, typed: cases.transfer(installation(), actor(), _task_id(t), typed.first, typed.reason),
        _transfers,
        "转给哪个岗位",
    ),
    "delegate": Verb(
        "委派",
        "对方替你填好以后交回，仍由你提交。随时可以收回。",
        "委派",
        "请对方办什么",
        "对方打开待办就能看到。",
        lambda t, typed: cases.delegate(installation(), actor(), _task_id(t), typed.first, typed.reason),
        _askable,
        "委派给哪个岗位",
    ),
    "hand-back": Verb(
        "交回委派",
        "已填的内容一并交回，由委派的岗位核对后提交。",
        "交回",
        "办理情况",
        "写明办了什么，还有什么要对方定。",
        lambda t, typed: cases.hand_back(installation(), actor(), _task_id(t), typed.reason),
    ),
    "recall": Verb(
        "收回委派",
        "待办回到你的岗位，对方已填的内容保留。",
        "收回",
        "收回的原因",
        "对方会收到消息。",
        lambda t, typed: cases.recall(installation(), actor(), _task_id(t), typed.reason),
    ),
    "review": Verb(
        "加签",
        "请别的岗位提意见。前加签、并加签：对方答复以后你才能提交；后加签：你提交以后对方都同意，事项才往下走。",
        "加签",
        "请对方看什么",
        "写清楚要对方看的问题。",
        lambda t, typed: cases.add_review(
            installation(), actor(), _task_id(t), typed.first, typed.position, typed.reason
        ),
        _askable,
        "请哪个岗位加签",
        positions=tuple(Option(key, name) for key, name in cases.POSITIONS.items()),
    ),
    "drop-review": Verb(
        "减签",
        "不再请对方提意见。已经答复的意见保留。",
        "减签",
        "减签的原因",
        "留在办理经过里。",
        lambda _t, typed: cases.drop_review(installation(), actor(), typed.first, typed.reason),
        _reviews,
        "减去哪个岗位",
    ),
    "remind": Verb(
        "催办",
        "对方会收到站内消息。同一项待办一天只催一次。",
        "催办",
        "要说的话（可以不填）",
        "例如：下周一要上会。",
        lambda t, typed: cases.remind(installation(), actor(), _task_id(t), typed.reason),
    ),
    "extend": Verb(
        "延长期限",
        "期限和到期提醒一并顺延，记入办理经过。承诺时限不变。",
        "延长",
        "延长的原因",
        "写明为什么按期办不完。",
        _extend,
        days=True,
    ),
    "add-member": Verb(
        "增加会签单位",
        "新增的单位和其他单位一样收到请求，答复以后才往下走。",
        "增加",
        "增加的原因",
        "例如：人选中有政协委员。",
        _add_member,
        _members,
        "增加哪个单位",
    ),
    "drop-member": Verb(
        "减去会签单位",
        "不再等这个单位的意见，记入办理经过。",
        "减去",
        "减去的原因",
        "写明为什么不需要它的意见。",
        lambda t, typed: cases.drop_member(installation(), actor(), _task_id(t), typed.reason),
    ),
    "copy": Verb(
        "抄送",
        "对方在站内消息里看到，打开后可以标为已阅。",
        "抄送",
        "抄送的原因",
        "例如：请领导先阅。",
        lambda t, typed: cases.send_copy(installation(), actor(), t.case.id, typed.to, typed.reason),
        _departments,
        "抄送给谁",
        several=True,
    ),
    "suspend": Verb(
        "中止办理",
        "中止期间谁都不能办理，计时停止；恢复以后各环节的期限顺延。",
        "中止",
        "中止的原因",
        "协会能看到。",
        lambda t, typed: cases.suspend(installation(), actor(), t.case.id, typed.reason),
    ),
    "resume": Verb(
        "恢复办理",
        "各环节从中止时的地方接着办，期限按中止的工作日顺延。",
        "恢复",
        "恢复的原因",
        "协会能看到。",
        lambda t, typed: cases.resume(installation(), actor(), t.case.id, typed.reason),
    ),
    "terminate": Verb(
        "终止办理",
        "所有待办随即取消，由受理岗出具终止办理通知书。终止以后不能恢复。",
        "终止",
        "终止的原因",
        "协会能看到。",
        lambda t, typed: cases.terminate(installation(), actor(), t.case.id, typed.reason),
    ),
}


@pages.route("/cases/<case_id>/do/<verb>/<about>", methods=["GET", "POST"])
@signed_in
def do(case_id: str, verb: str, about: str) -> Any:
    """One page for every verb: the reason, the choice, the button."""
    act = VERBS.get(verb)
    if act is None:
        raise NotFound("没有这个操作，请从案件页面进入。", code="verb.unknown")
    target = _target(case_id, about)
    if request.method != "POST" or is_restored():
        return _show(act, target, _typed(), "")
    typed = _typed()
    try:
        act.run(target, typed)
    except (Invalid, Forbidden, Conflict) as error:
        return _show(act, target, typed, error.message, _anchor(act, error.code)), 409 if isinstance(
            error, Conflict
        ) else 422
    flash(f"{target.case.number}：已{act.button}", "done")
    return redirect(url_for(".inbox") if target.task is not None else url_for(".case", case_id=case_id))


@pages.post("/cases/<case_id>/read")
@signed_in
def read(case_id: str) -> Any:
    """Mark as read what one's posts were told of the case."""
    case = cases.case_view(installation(), actor(), case_id)
    cases.mark_read(installation(), actor(), case.id)
    return redirect(url_for(".case", case_id=case_id))


def _typed() -> Typed:
    form = request.form
    return Typed(form.get("reason", ""), form.getlist("to"), form.get("position", ""), form.get("days", "").strip())


def _target(case_id: str, about: str) -> Target:
    case, task = cases.case_about(installation(), actor(), case_id, None if about == WHOLE else about)
    opened = next((one for one in case.tasks if one.id == about), None)
    if about != WHOLE and opened is None:
        raise NotFound("没有找到这项待办，或者它已经办完。", code="task.not-found")
    return Target(case, task, opened)


def _anchor(act: Verb, code: str) -> str:
    if code == "reason.missing":
        return "reason"
    if code == "task.days":
        return "days"
    if code == "task.position":
        return "position-1"
    return "to-1" if act.options is not None else "reason"


def _show(act: Verb, target: Target, typed: Typed, fault: str, anchor: str = "reason") -> str:
    options = act.options(target) if act.options is not None else ()
    return render_template(
        "desk/verb.html",
        verb=act,
        case=target.case,
        task=target.task,
        opened=target.opened,
        options=options,
        typed=typed,
        fault=fault,
        anchor=anchor,
    )
