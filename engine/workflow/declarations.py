"""Whether each node says all that its kind needs, and whether what it names exists."""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from .dialect import ACTIVITIES, BPMN, ZEEBE
from .errors import Problem
from .model import Diagram, Node

NAME = re.compile(r"[^\W\d]\w*")


def declaration_problems(root: etree._Element, diagram: Diagram) -> Iterator[Problem]:
    yield from _twice(root)
    yield from _main_process(root, diagram)
    yield from _call_cycles(diagram)
    processes = {scope.id for scope in diagram.processes}
    for node in diagram.nodes:
        yield from _kind(node, processes)
        yield from _mappings(node)
        yield from _loop(node)


def main_process(diagram: Diagram) -> str | None:
    """The one process that no other calls; None where there are none or several."""
    called = {node.called for node in diagram.nodes if node.kind == "callActivity"}
    free = [scope.id for scope in diagram.processes if scope.id not in called]
    return free[0] if len(free) == 1 else None


def _main_process(root: etree._Element, diagram: Diagram) -> Iterator[Problem]:
    for process in root.iterfind(BPMN + "process"):
        if process.get("isExecutable") != "true":
            identity = process.get("id") or "process"
            yield Problem(
                identity, "workflow.not-executable", "流程没有标为可执行，请把 isExecutable 设为 true 或删除该流程。"
            )
    if not diagram.processes:
        yield Problem("definitions", "workflow.no-process", "文件里没有流程，请画一个。")
    elif main_process(diagram) is None:
        called = {node.called for node in diagram.nodes if node.kind == "callActivity"}
        free = [scope.id for scope in diagram.processes if scope.id not in called]
        for extra in free[1:]:
            yield Problem(
                extra,
                "workflow.several-processes",
                f"文件里有几个互不调用的流程（{'、'.join(free)}），请只保留一个主流程。",
            )


def _call_cycles(diagram: Diagram) -> Iterator[Problem]:
    """A process that calls itself, at once or round a corner, would never end."""
    scope_process = {}
    for scope in diagram.scopes.values():
        above = scope
        while above.parent is not None:
            above = diagram.scopes[above.parent]
        scope_process[scope.id] = above.id
    calls = [(scope_process[n.scope], n.called or "", n) for n in diagram.nodes if n.kind == "callActivity"]
    for process, target, node in calls:
        seen, todo = set[str](), [target]
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += [callee for caller, callee, _ in calls if caller == name]
        if process in seen:
            yield Problem(node.id, "workflow.call-cycle", f"调用活动最终又调用了所在的流程 {process}，请拆开循环调用。")


def _kind(node: Node, processes: set[str]) -> Iterator[Problem]:
    if node.kind == "serviceTask" and not node.action:
        yield Problem(
            node.id, "workflow.no-action", "服务任务没有指定类型（taskDefinition type），请选择一个已登记的动作。"
        )
    if node.kind == "serviceTask" and (node.action or "").startswith("="):
        yield Problem(node.id, "workflow.no-action", "服务任务的类型须直接写出，不能用表达式。")
    if node.kind == "businessRuleTask":
        yield from _decision(node)
    if node.kind == "callActivity" and not node.outside and node.called not in processes:
        yield Problem(
            node.id,
            "workflow.unknown-process",
            f"调用的“{node.called or ''}”不是本文件里的流程，也不是流程包的标识；请写其中之一（流程包标识只含小写字母、数字和下划线）。",
        )
    if node.event is not None and node.event.kind == "timer" and not node.timer:
        yield Problem(node.id, "workflow.no-timer", "事件没有定时，请填写 timeDuration、timeDate 或 timeCycle。")
    if node.kind == "scriptTask":
        yield from _script(node)


def _script(node: Node) -> Iterator[Problem]:
    script = node.script
    if script is None or not script.expression:
        yield Problem(
            node.id,
            "workflow.no-script",
            "脚本任务没有 FEEL 表达式（zeebe:script expression），请填写，或改用业务规则任务。",
        )
    elif not NAME.fullmatch(script.result_variable):
        yield Problem(
            node.id, "workflow.no-result-variable", f"结果变量“{script.result_variable}”不是合法的变量名，请填写。"
        )


def _decision(node: Node) -> Iterator[Problem]:
    decision = node.decision
    if decision is None or not decision.decision_id or decision.decision_id.startswith("="):
        yield Problem(
            node.id, "workflow.no-decision", "业务规则任务没有直接指定决策表（calledDecision decisionId），请选择一张。"
        )
    elif not NAME.fullmatch(decision.result_variable):
        yield Problem(
            node.id, "workflow.no-result-variable", f"结果变量“{decision.result_variable}”不是合法的变量名，请填写。"
        )


def _mappings(node: Node) -> Iterator[Problem]:
    for kind, mapping in (("输入", node.inputs), ("输出", node.outputs)):
        for target, source in mapping.items():
            if not NAME.fullmatch(target):
                yield Problem(
                    node.id,
                    "workflow.bad-target",
                    f"{kind}映射的目标“{target}”不是合法的变量名，请用文字、数字和下划线，不带点和空格。",
                )
            if not source or source == "=":
                yield Problem(node.id, "workflow.no-source", f"{kind}映射 {target} 没有来源，请填写表达式。")


def _repetition(node: Node) -> Iterator[Problem]:
    repetition = node.repetition
    if repetition is None:
        return
    if node.kind not in ACTIVITIES or node.loop is not None:
        yield Problem(node.id, "workflow.bad-loop", "只有任务、子流程和调用活动可以循环，且不能同时是多实例；请去掉。")
    if repetition.maximum is not None and not re.fullmatch(r"[1-9]\d{0,5}", repetition.maximum):
        yield Problem(node.id, "workflow.bad-loop", f"循环上限“{repetition.maximum}”不是正整数，请改正。")
    elif repetition.maximum is None and repetition.condition is None:
        yield Problem(node.id, "workflow.bad-loop", "循环既没有条件也没有上限，会永远办不完；请填写条件或上限。")


def _loop(node: Node) -> Iterator[Problem]:
    yield from _repetition(node)
    loop = node.loop
    if loop is None:
        return
    if node.kind not in ACTIVITIES:
        yield Problem(node.id, "workflow.bad-loop", "只有任务、子流程和调用活动可以设为多实例。")
    if not loop.collection and not loop.cardinality:
        yield Problem(node.id, "workflow.no-collection", "多实例没有集合（inputCollection），请填写列表表达式。")
    if loop.collection and loop.cardinality:
        yield Problem(node.id, "workflow.no-collection", "多实例同时写了集合和次数，请只保留一个。")
    if (loop.output_collection is None) != (loop.output_element is None):
        yield Problem(node.id, "workflow.half-output", "多实例的输出集合与输出项须同时填写或同时留空。")
    for name in (loop.element, loop.output_collection):
        if name is not None and not NAME.fullmatch(name):
            yield Problem(node.id, "workflow.bad-target", f"多实例的变量名“{name}”不合法，请用文字、数字和下划线。")


def _twice(root: etree._Element) -> Iterator[Problem]:
    """What a mapping by name would silently lose."""
    for tag, key, label in (
        ("input", "target", "输入映射"),
        ("output", "target", "输出映射"),
        ("property", "name", "属性"),
    ):
        for holder in root.iter(ZEEBE + "ioMapping", ZEEBE + "properties"):
            counts = Counter(child.get(key) for child in holder.iterfind(ZEEBE + tag))
            owner = holder.getparent()
            node = owner.getparent() if owner is not None else None
            for name, count in counts.items():
                if count > 1:
                    identity = (node.get("id") if node is not None else None) or "definitions"
                    yield Problem(
                        identity, "workflow.declared-twice", f"{label} {name} 写了 {count} 次，请只保留一个。"
                    )
    for timer in root.iter(BPMN + "timerEventDefinition"):
        if len(timer) > 1:
            host = timer.getparent()
            identity = (host.get("id") if host is not None else None) or "definitions"
            yield Problem(identity, "workflow.declared-twice", "定时同时写了时长和时刻，请只保留一个。")
