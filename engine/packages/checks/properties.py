"""Whether the properties of nodes are known and hold."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from engine.packages.checks.naming import documents_of, listed
from engine.packages.confirming import LONGEST, form_id
from engine.packages.manifest import DEPARTMENT
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import DIAGRAM
from engine.packages.vocabulary import ACTS, OUTCOMES, STATES, Vocabulary
from engine.workflow import CONFIRM, ONCE, Node, NoMoment, moment_of, scopes_around, way_down, ways

_DAYS = re.compile(r"[+-]?\d{1,3}")
_MOST_REMINDERS = 10
_LONGEST_BUTTON = 8  # more does not stand beside the others
_YES_NO = ("true", "false")
_CHOICES = {
    "state": STATES,
    "act": ACTS,
    "proof": _YES_NO,
    "promised": _YES_NO,
    "withdrawable": _YES_NO,
    "itemsWithdrawable": _YES_NO,
    "visibility": ("own",),
}
_WAITING = ("state", "pauses", "promised")
_FREE = (
    "duty",
    "returnTo",
    "pauses",
    "transferTo",
    "ask",
    "addable",
    "button",
    "checkedBy",
    "preview",
    "assume",
    "remindAt",
    "escalateTo",
    "outputsOf",
    CONFIRM,
    ONCE,
)
_ROLES = ("transferTo", "ask")
_OF_CALL = ("state", "withdrawable", "pauses", "version", "outputsOf")  # of a call of another package
_OF_KIND = {
    "userTask": (*_CHOICES, *_FREE),
    "intermediateCatchEvent": _WAITING,
    "receiveTask": _WAITING,
    "endEvent": ("outcome", "keep"),
    "sendTask": ("keep",),
    "intermediateThrowEvent": ("keep",),
}
_PROVED = ("sign", "seal")
_NAMES = {"sign": "签发", "seal": "用印"}


def findings(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.drawing is None:
        return
    for node in parts.drawing.nodes.values():
        if node.kind != "serviceTask":
            yield from _known(node)
        if node.outside or node.kind in ("userTask", "intermediateCatchEvent", "receiveTask"):
            yield from _values(node)
        yield from _same_outputs(parts, node)
        if node.kind == "userTask":
            yield from _askable(parts, node)
            yield from _button(node)
            yield from _confirm(node)
            yield from _user_task(parts, node)
        if "keep" in node.properties:
            yield from _keep(node)
        if node.kind == "endEvent":
            yield from _end(parts, node)
    yield from _notices(parts, vocabulary)
    yield from _signing(parts, vocabulary)


def _known(node: Node) -> Iterator[Finding]:
    allowed = _OF_CALL if node.outside else _OF_KIND.get(node.kind, ())
    for name in node.properties:
        if name not in allowed:
            known = "、".join(allowed) or "（没有）"
            message = f"{node.kind} 没有属性“{shown(name)}”，可用的是 {known}；请核对拼写，或删去它。"
            yield Finding(DIAGRAM, node.id, "package.unknown-property", message)


def _values(node: Node) -> Iterator[Finding]:
    for name, options in _CHOICES.items():
        text = node.properties.get(name)
        if text is not None and text not in options:
            message = f"属性 {name} 不能是“{shown(text)}”；请从 {'、'.join(options)} 中选一个。"
            yield Finding(DIAGRAM, node.id, "package.property-value", message)
    for name in ("duty", "pauses"):
        text = node.properties.get(name)
        if text is not None and (not text.strip() or text.startswith("=")):
            message = f"属性 {name} 要直接写名称，不能为空，也不能用表达式；请改正。"
            yield Finding(DIAGRAM, node.id, "package.property-value", message)


def _button(node: Node) -> Iterator[Finding]:
    text = node.properties.get("button")
    if text is not None and (not text.strip() or text.startswith("=") or len(text) > _LONGEST_BUTTON):
        message = f"属性 button 写按钮上的话，用动词开头，1 到 {_LONGEST_BUTTON} 个字，不用表达式；请改正或删去。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)


def _confirm(node: Node) -> Iterator[Finding]:
    text = node.properties.get(CONFIRM)
    if text is None:
        return
    if not text.strip() or text.startswith("=") or len(text) > LONGEST:
        message = f"属性 confirm 写要确认的一句话，1 到 {LONGEST} 个字，不用表达式；请改正或删去。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)
    if node.form_id != form_id(node):
        message = f"任务已有表单 {shown(node.form_id)}，属性 confirm 不起作用；请二者只留一个。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)


def _user_task(parts: Parts, node: Node) -> Iterator[Finding]:
    for target in listed(node.properties.get("returnTo", "")):
        yield from _return(parts, node, target)
    yield from _chases(parts, node)
    yield from _preview(parts, node)
    act = node.properties.get("act")
    if act in _PROVED and node.properties.get("proof") != "true":
        message = f"属性 act={act} 的任务必须再次验证身份；请加上 proof=true。"
        yield Finding(DIAGRAM, node.id, "package.no-proof", message)


def _same_outputs(parts: Parts, node: Node) -> Iterator[Finding]:
    """The task whose outputs are written again has them itself."""
    assert parts.drawing is not None
    named = node.properties.get("outputsOf")
    other = parts.drawing.nodes.get(named or "")
    if named is None:
        return
    if other is None or other.kind != node.kind or other is node:
        message = f"属性 outputsOf 要写另一个同类任务或者调用的标识，没有“{shown(named)}”；请改正。"
        yield Finding(DIAGRAM, node.id, "package.unknown-node", message)
    elif "outputsOf" in other.properties:
        message = f"{shown(named)} 自己也用 outputsOf；请直接写它所指的任务 {shown(other.properties['outputsOf'])}。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)


def _chases(parts: Parts, node: Node) -> Iterator[Finding]:
    """Reminders and escalations count from the limit, and go to posts of the department."""
    texts = [node.properties.get(name) for name in ("remindAt", "escalateTo")]
    if any(texts) and not node.due:
        message = "任务没有时限，提醒和升级无从算起；请加上 dueDate，或删去 remindAt、escalateTo。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)
    days = listed(texts[0] or "")
    if len(days) > _MOST_REMINDERS or not all(_DAYS.fullmatch(day) for day in days):
        message = f"属性 remindAt 写相对时限的工作日，如 -1, 1, 3（负数在到期前），至多 {_MOST_REMINDERS} 次；请改正。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)
    for part in listed(texts[1] or ""):
        role, _, day = (piece.strip() for piece in part.partition(":"))
        if not _DAYS.fullmatch(day):
            message = f"属性 escalateTo 写“岗位: 工作日”，如 division_head: 3, bureau_leader: 5，不能是“{shown(part)}”；请改正。"
            yield Finding(DIAGRAM, node.id, "package.property-value", message)
        elif parts.manifest is not None and parts.manifest.posts.get(role) != DEPARTMENT:
            message = f"属性 escalateTo 里的“{shown(role)}”不是本部门的岗位；请写 [posts] 里由 department 持有的岗位。"
            yield Finding(DIAGRAM, node.id, "package.unknown-post", message)


def _preview(parts: Parts, node: Node) -> Iterator[Finding]:
    """Documents that a decision leads to only later, and what is assumed of what is still to come."""
    rules = parts.manifest.documents if parts.manifest is not None else {}
    for kind in listed(node.properties.get("preview", "")):
        if parts.manifest is not None and kind not in rules:
            message = f"属性 preview 里的文书“{shown(kind)}”不在清单的 [documents] 中；请改正，或在清单里加上它。"
            yield Finding(DIAGRAM, node.id, "package.unknown-document", message)
    if "assume" in node.properties and ("preview" not in node.properties or node.properties["assume"][:1] != "="):
        message = "属性 assume 与 preview 同用，写 FEEL，给出预览时假定的变量；请改正或删去。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)


def _askable(parts: Parts, node: Node) -> Iterator[Finding]:
    """Whom the holder may hand the task to or ask: posts of the manifest, for tasks that allow it."""
    posts = parts.manifest.posts if parts.manifest is not None else {}
    for name in _ROLES:
        for role in listed(node.properties.get(name, "")):
            if posts and role not in posts:
                message = f"属性 {name} 里的岗位“{shown(role)}”不在清单的 [posts] 中；请改正，或在 [posts] 里加上它。"
                yield Finding(DIAGRAM, node.id, "package.unknown-post", message)
    if "ask" in node.properties and (node.loop is not None or node.properties.get("proof") == "true"):
        message = "会签的任务和要再次验证身份的任务不能加签、委派；请删去属性 ask，会签的人员用 addable 增加。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)
    if "addable" in node.properties and (node.loop is None or not node.properties["addable"].startswith("=")):
        message = "属性 addable 只用于会签（多实例）任务，写 FEEL，给出还可以增加的成员的列表；请改正或删去。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)


def _return(parts: Parts, node: Node, target: str) -> Iterator[Finding]:
    assert parts.drawing is not None
    found = parts.drawing.nodes.get(target)
    if found is None or found.kind != "userTask" or target == node.id:
        message = f"不能退回“{shown(target)}”：要写另一个用户任务的标识；请改正 returnTo。"
        yield Finding(DIAGRAM, node.id, "package.unknown-node", message)
        return
    nodes = parts.drawing.nodes
    if all(way_down(nodes, scope, target) is None for scope in scopes_around(nodes, node.scope)):
        message = (
            f"从这里没有确定的路退回“{shown(target)}”：它在会签的某一项里、在事件子流程里，"
            "或者在被多处调用的流程里；请在 returnTo 里改写同一层或外层的任务。"
        )
        yield Finding(DIAGRAM, node.id, "package.no-way-back", message)


def _keep(node: Node) -> Iterator[Finding]:
    """How long a message waits for a case that begins to wait for it: only one that other cases can wait for."""
    text, event = node.properties["keep"], node.event
    if event is None or event.kind != "message" or event.key is None:
        message = "属性 keep 只用于有关联键的消息；请给消息加上 zeebe:subscription correlationKey，或删去 keep。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)
    elif not text.startswith("="):
        try:
            moment_of(text, datetime(2026, 1, 1, tzinfo=UTC))
        except NoMoment as error:
            message = f"属性 keep 不是时长或日期（如 P30D）：{error}；请改正。"
            yield Finding(DIAGRAM, node.id, "package.property-value", message)


def _end(parts: Parts, node: Node) -> Iterator[Finding]:
    assert parts.drawing is not None
    text = node.properties.get("outcome")
    if text is None:
        if node.scope == parts.drawing.main and not parts.drawing.is_aside(node.id):
            message = "主流程的结束事件没有写结果；请加上属性 outcome。"
            yield Finding(DIAGRAM, node.id, "package.no-outcome", message, "warning")
    elif not text.startswith("=") and text not in OUTCOMES:
        message = f"结果不能是“{shown(text)}”；请从 {'、'.join(OUTCOMES)} 中选一个，或写 FEEL。"
        yield Finding(DIAGRAM, node.id, "package.property-value", message)


def _notices(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    """A notice is sealed by the proof of the person whose task came just before."""
    assert parts.drawing is not None
    for node in parts.drawing.of_kind("serviceTask"):
        action = vocabulary.actions.get(node.action or "")
        if action is None or not action.proof:
            continue
        for before in _persons_before(parts, node):
            if before.properties.get("proof") != "true":
                message = f"之后的 {node.id} 要凭本任务办理人的身份验证用印；请加上 proof=true。"
                yield Finding(DIAGRAM, before.id, "package.no-proof", message)


def _signing(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    """What is drafted needs somebody who signs, and unless it is minutes somebody who seals."""
    assert parts.drawing is not None
    acts = {node.properties.get("act") for node in parts.drawing.of_kind("userTask")}
    for node in parts.drawing.of_kind("serviceTask"):
        action = vocabulary.actions.get(node.action or "")
        if action is None or not any("two" in setting.signatures for setting in action.settings.values()):
            continue
        rules = parts.manifest.documents if parts.manifest else {}
        sealed = any(rules[kind].signature == "two" for kind in documents_of(node, vocabulary) if kind in rules)
        for act in _PROVED:
            if act not in acts and (act == "sign" or sealed):
                message = f"这里起草的文书没有人{_NAMES[act]}；请在后面的一个用户任务上写属性 act={act}。"
                yield Finding(DIAGRAM, node.id, "package.no-signing", message)


def _persons_before(parts: Parts, node: Node) -> list[Node]:
    """The user tasks from which the token comes to a node without another person between."""
    assert parts.drawing is not None
    incoming: dict[str, list[str]] = {}
    for source, target in ways(parts.drawing.nodes, parts.drawing.flows):
        incoming.setdefault(target, []).append(source)
    found, seen, todo = [], {node.id}, [node.id]
    while todo:
        for source in incoming.get(todo.pop(), []):
            before = parts.drawing.nodes.get(source)
            if before is None or source in seen:
                continue
            seen.add(source)
            if before.kind == "userTask":
                found.append(before)
            elif before.kind not in ("subProcess", "callActivity"):
                todo.append(source)
    return found
