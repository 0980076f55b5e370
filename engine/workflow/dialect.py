"""The BPMN dialect that is executed: an accept list of elements, attributes and extension elements.

It is an accept list because what is not listed has not been proven. SpiffWorkflow parses much that it then ignores or
runs wrong (a condition on the flow of a task, a link event, an interrupting event sub-process), and a designer must
never believe in a drawing that does something else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from .errors import Problem

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
DRAWING = "{http://www.omg.org/spec/BPMN/20100524/DI}"
MODELER = ("{http://camunda.org/schema/modeler/1.0}", ZEEBE + "modelerTemplate")  # attributes that only tools read
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
XSI_PLACES = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
FEEL_LANGUAGES = (
    "http://www.omg.org/spec/FEEL/20140401",
    "feel",
    "FEEL",
    "https://www.omg.org/spec/DMN/20191111/FEEL/",
)

EVENTS = ("startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent")
TASKS = ("userTask", "serviceTask", "businessRuleTask", "scriptTask", "sendTask", "receiveTask")
ACTIVITIES = (*TASKS, "subProcess", "callActivity")
GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway")
NODES = (*EVENTS, *ACTIVITIES, *GATEWAYS)
DEFINITIONS = tuple(
    f"{kind}EventDefinition" for kind in ("timer", "message", "signal", "error", "escalation", "link", "terminate")
)

ARTIFACTS = ("textAnnotation", "association", "group")
REFERRED = ("message", "signal", "error", "escalation")  # definitions that events refer to

Allowed = tuple[str, ...]
ANY: Allowed = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What an element may hold. An attribute's value must be one of those listed, or is free (`ANY`)."""

    attributes: Mapping[str, Allowed]
    children: frozenset[str] = frozenset()
    opaque: bool = False  # what lies inside is not looked at: text for people, or the drawing


def _bpmn(*names: str) -> frozenset[str]:
    return frozenset(BPMN + name for name in names)


def _zeebe(*names: str) -> frozenset[str]:
    return frozenset(ZEEBE + name for name in names)


_NAMED: Mapping[str, Allowed] = {"id": ANY, "name": ANY}
_ACTIVITY: Mapping[str, Allowed] = {
    **_NAMED,
    "default": ANY,
    "isForCompensation": ("false",),
    "startQuantity": ("1",),
    "completionQuantity": ("1",),
    "implementation": ("##unspecified", "##WebService"),
}
_IN_NODE = _bpmn("extensionElements", "documentation", "incoming", "outgoing")
_IN_EVENT = _IN_NODE | _bpmn(*DEFINITIONS)
_LOOPS = _bpmn("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
_IN_SCOPE = _bpmn(*NODES, *ARTIFACTS, "sequenceFlow", "laneSet", "documentation", "extensionElements")
_BINDING: Mapping[str, Allowed] = {"bindingType": ("deployment",)}

GRAMMAR: dict[str, Rule] = {
    BPMN + "definitions": Rule(
        {
            **_NAMED,
            "targetNamespace": ANY,
            "exporter": ANY,
            "exporterVersion": ANY,
            "expressionLanguage": ANY,
            "typeLanguage": ANY,
        },
        _bpmn("process", "collaboration", "extensionElements", "documentation", "category", *REFERRED)
        | {DRAWING + "BPMNDiagram"},
    ),
    BPMN + "collaboration": Rule(
        {**_NAMED, "isClosed": ANY}, _bpmn("participant", "documentation", "extensionElements", *ARTIFACTS)
    ),
    BPMN + "participant": Rule({**_NAMED, "processRef": ANY}, _bpmn("documentation", "extensionElements")),
    BPMN + "process": Rule({**_NAMED, "isExecutable": ANY, "isClosed": ANY, "processType": ANY}, _IN_SCOPE),
    BPMN + "laneSet": Rule(_NAMED, _bpmn("lane", "documentation", "extensionElements")),
    BPMN + "lane": Rule(_NAMED, _bpmn("flowNodeRef", "childLaneSet", "documentation", "extensionElements")),
    BPMN + "childLaneSet": Rule(_NAMED, _bpmn("lane", "documentation", "extensionElements")),
    BPMN + "flowNodeRef": Rule({}, opaque=True),
    BPMN + "sequenceFlow": Rule(
        {**_NAMED, "sourceRef": ANY, "targetRef": ANY, "isImmediate": ANY},
        _bpmn("conditionExpression", "documentation", "extensionElements"),
    ),
    BPMN + "conditionExpression": Rule({"id": ANY, "language": FEEL_LANGUAGES}, opaque=True),
    BPMN + "startEvent": Rule(
        {**_NAMED, "isInterrupting": ("true", "false"), "parallelMultiple": ("false",)}, _IN_EVENT
    ),
    BPMN + "endEvent": Rule(_NAMED, _IN_EVENT),
    BPMN + "boundaryEvent": Rule(
        {**_NAMED, "attachedToRef": ANY, "cancelActivity": ("true", "false"), "parallelMultiple": ("false",)}, _IN_EVENT
    ),
    BPMN + "intermediateCatchEvent": Rule({**_NAMED, "parallelMultiple": ("false",)}, _IN_EVENT),
    BPMN + "intermediateThrowEvent": Rule(_NAMED, _IN_EVENT),
    BPMN + "terminateEventDefinition": Rule({"id": ANY}),
    BPMN + "timerEventDefinition": Rule({"id": ANY}, _bpmn("timeDuration", "timeDate", "timeCycle")),
    BPMN + "linkEventDefinition": Rule(_NAMED, _bpmn("source", "target")),
    **{BPMN + name: Rule({}, opaque=True) for name in ("source", "target")},
    **{BPMN + f"{kind}EventDefinition": Rule({"id": ANY, f"{kind}Ref": ANY}) for kind in REFERRED},
    BPMN + "message": Rule({**_NAMED, "itemRef": ANY}, _bpmn("documentation", "extensionElements")),
    BPMN + "signal": Rule({**_NAMED, "structureRef": ANY}, _bpmn("documentation", "extensionElements")),
    BPMN + "error": Rule(
        {**_NAMED, "errorCode": ANY, "structureRef": ANY}, _bpmn("documentation", "extensionElements")
    ),
    BPMN + "escalation": Rule(
        {**_NAMED, "escalationCode": ANY, "structureRef": ANY}, _bpmn("documentation", "extensionElements")
    ),
    **{
        BPMN + name: Rule({"id": ANY, "language": FEEL_LANGUAGES}, opaque=True)
        for name in ("timeDuration", "timeDate", "timeCycle", "loopCardinality", "loopCondition")
    },
    BPMN + "exclusiveGateway": Rule({**_NAMED, "default": ANY, "gatewayDirection": ANY}, _IN_NODE),
    BPMN + "inclusiveGateway": Rule({**_NAMED, "default": ANY, "gatewayDirection": ANY}, _IN_NODE),
    BPMN + "parallelGateway": Rule({**_NAMED, "gatewayDirection": ANY}, _IN_NODE),
    BPMN + "eventBasedGateway": Rule(
        {**_NAMED, "gatewayDirection": ANY, "instantiate": ("false",), "eventGatewayType": ("Exclusive",)}, _IN_NODE
    ),
    BPMN + "multiInstanceLoopCharacteristics": Rule(
        {"id": ANY, "isSequential": ("true", "false"), "behavior": ("All",)},
        _bpmn("extensionElements", "completionCondition", "loopCardinality", "documentation"),
    ),
    BPMN + "standardLoopCharacteristics": Rule(
        {"id": ANY, "testBefore": ("true", "false"), "loopMaximum": ANY}, _bpmn("loopCondition", "documentation")
    ),
    BPMN + "completionCondition": Rule({"id": ANY, "language": FEEL_LANGUAGES}, opaque=True),
    BPMN + "subProcess": Rule(
        {**_ACTIVITY, "triggeredByEvent": ("true", "false")},
        _IN_NODE | _IN_SCOPE | _LOOPS,
    ),
    BPMN + "callActivity": Rule({**_ACTIVITY, "calledElement": ANY}, _IN_NODE | _LOOPS),
    **{BPMN + task: Rule(_ACTIVITY, _IN_NODE | _LOOPS) for task in TASKS},
    **{
        BPMN + task: Rule({**_ACTIVITY, "messageRef": ANY, "instantiate": ("false",)}, _IN_NODE | _LOOPS)
        for task in ("sendTask", "receiveTask")
    },
    BPMN + "scriptTask": Rule({**_ACTIVITY, "scriptFormat": ("", *FEEL_LANGUAGES)}, _IN_NODE | _LOOPS),
    **{
        BPMN + name: Rule({}, opaque=True) for name in ("documentation", "incoming", "outgoing", "category", *ARTIFACTS)
    },
    DRAWING + "BPMNDiagram": Rule({}, opaque=True),
    ZEEBE + "formDefinition": Rule({"formId": ANY, **_BINDING}),
    ZEEBE + "assignmentDefinition": Rule({"candidateGroups": ANY}),
    ZEEBE + "taskSchedule": Rule({"dueDate": ANY}),
    ZEEBE + "userTask": Rule({}),
    ZEEBE + "taskDefinition": Rule({"type": ANY}),
    ZEEBE + "calledDecision": Rule({"decisionId": ANY, "resultVariable": ANY, **_BINDING}),
    ZEEBE + "calledElement": Rule(
        {
            "processId": ANY,
            "propagateAllChildVariables": ("false",),
            "propagateAllParentVariables": ("false",),
            **_BINDING,
        }
    ),
    ZEEBE + "loopCharacteristics": Rule(
        {"inputCollection": ANY, "inputElement": ANY, "outputCollection": ANY, "outputElement": ANY}
    ),
    ZEEBE + "script": Rule({"expression": ANY, "resultVariable": ANY}),
    ZEEBE + "subscription": Rule({"correlationKey": ANY}),
    ZEEBE + "ioMapping": Rule({}, _zeebe("input", "output")),
    ZEEBE + "input": Rule({"source": ANY, "target": ANY}),
    ZEEBE + "output": Rule({"source": ANY, "target": ANY}),
    ZEEBE + "properties": Rule({}, _zeebe("property")),
    ZEEBE + "property": Rule({"name": ANY, "value": ANY}),
}

EXTENSIONS: dict[str, frozenset[str]] = {
    "userTask": _zeebe("formDefinition", "assignmentDefinition", "taskSchedule", "userTask", "ioMapping", "properties"),
    "serviceTask": _zeebe("taskDefinition", "ioMapping", "properties"),
    "businessRuleTask": _zeebe("calledDecision", "ioMapping", "properties"),
    "callActivity": _zeebe("calledElement", "ioMapping", "properties"),
    "subProcess": _zeebe("ioMapping", "properties"),
    "scriptTask": _zeebe("script", "ioMapping", "properties"),
    "sendTask": _zeebe("ioMapping", "properties"),
    "receiveTask": _zeebe("ioMapping", "properties"),
    **dict.fromkeys(EVENTS, _zeebe("ioMapping", "properties")),
    "message": _zeebe("subscription"),
    "multiInstanceLoopCharacteristics": _zeebe("loopCharacteristics"),
}
_PROPERTIES = _zeebe("properties")

INSTEAD = {
    "task": "普通任务没有人办理也不执行任何动作，请改为用户任务、服务任务或业务规则任务",
    "manualTask": "系统不知道它何时办完，请改为用户任务",
    "complexGateway": "请改用并行网关与排他网关",
    "transaction": "请改用嵌入子流程",
    "adHocSubProcess": "请改用并行网关或多实例",
    "messageFlow": "请删除消息流，跨单位的协作用用户任务表示",
    "dataObject": "请删除，数据在表单和输出映射中定义",
    "dataObjectReference": "请删除，数据在表单和输出映射中定义",
    "dataStoreReference": "请删除，数据在表单和输出映射中定义",
    "taskHeaders": "请改用扩展属性（properties）",
    "script": "请改用扩展元素 zeebe:script 的 FEEL 表达式，或业务规则任务（决策表）",
    "conditionalEventDefinition": "请改用定时器或信号，或在网关上判断",
    "compensateEventDefinition": "补偿不受支持，请用服务任务画出撤销的步骤，或用退回",
    "cancelEventDefinition": "请改用错误结束事件与边界错误事件",
    "eventGatewayType": "请用默认的排他方式，或改用并行网关",
    "instantiate": "案件由申请人发起，请画普通的开始事件",
    "behavior": "请用默认值，提前结束写在完成条件里",
    "messageEventDefinition": "请引用一个有名称的消息",
    "followUpDate": "请只用 dueDate",
    "assignee": "请用 candidateGroups 指定岗位",
    "candidateUsers": "请用 candidateGroups 指定岗位",
    "formKey": "请用 formId 指定表单",
    "externalReference": "请用 formId 指定表单",
    "retries": "请删除，重试由系统处理",
    "propagateAllChildVariables": "请设为 false，用输出映射带出变量",
    "propagateAllParentVariables": "请设为 false，用输入映射带入变量",
    "bindingType": "请设为 deployment：同一流程包内的版本总是一起使用",
    "isForCompensation": "补偿不受支持，请用回路或退回",
}


def unsupported(root: etree._Element) -> Iterator[Problem]:
    """Everything in the file that the grammar does not list, by the id of the nearest element that has one."""
    if root.tag != BPMN + "definitions":
        yield Problem(local(root.tag), "workflow.not-bpmn", "文件不是 BPMN 2.0 流程图（根元素应为 definitions）。")
        return
    yield from _inspect(root, "definitions")


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _inspect(element: etree._Element, owner: str) -> Iterator[Problem]:
    rule = GRAMMAR[element.tag]
    owner = element.get("id") or owner
    if rule.opaque and not rule.attributes:
        return
    yield from _attributes(element, rule, owner)
    if rule.opaque:
        return
    for child in element:
        if child.tag == BPMN + "extensionElements":
            yield from _extensions(child, local(element.tag), owner)
        elif child.tag in rule.children:
            yield from _inspect(child, owner)
        else:
            yield _unknown(child, owner)


def _extensions(holder: etree._Element, kind: str, owner: str) -> Iterator[Problem]:
    allowed, seen = EXTENSIONS.get(kind, _PROPERTIES), set[str]()
    for child in holder:
        if child.tag not in allowed:
            yield _unknown(child, owner)
            continue
        if child.tag in seen:
            yield Problem(owner, "workflow.extension-twice", f"{local(child.tag)} 出现了两次，请只保留一个。")
        seen.add(child.tag)
        yield from _inspect(child, owner)


def _attributes(element: etree._Element, rule: Rule, owner: str) -> Iterator[Problem]:
    for name, value in element.attrib.items():
        text = str(name)
        if text.startswith(MODELER) or text in (XSI_TYPE, XSI_PLACES):
            continue
        allowed = rule.attributes.get(text)
        if allowed is None or (allowed and value not in allowed):
            yield _refused_attribute(local(element.tag), text, str(value), owner)


def _refused_attribute(kind: str, name: str, value: str, owner: str) -> Problem:
    way = INSTEAD.get(local(name), "请删除该属性")
    if name.startswith("{"):
        way = "请先用导入功能转换为本系统的写法，或删除该属性"
    return Problem(
        owner, "workflow.attribute-unsupported", f"{kind} 的属性 {local(name)}=“{value}” 不受支持，不会被执行；{way}。"
    )


def _unknown(element: etree._Element, owner: str) -> Problem:
    name = local(element.tag)
    of_owner = element.get("id") or owner
    if element.tag.startswith(ZEEBE) or not element.tag.startswith(BPMN):
        way = INSTEAD.get(name, "请先用导入功能转换为本系统的写法，或删除该扩展")
        return Problem(of_owner, "workflow.extension-unsupported", f"扩展元素 {name} 不受支持；{way}。")
    if name.endswith("EventDefinition"):
        way = INSTEAD.get(name, "请改用定时器、消息、信号、错误、升级、链接或终止")
        return Problem(owner, "workflow.event-unsupported", f"事件类型 {name} 不受支持；{way}。")
    way = INSTEAD.get(name, "请删除或改用受支持的元素")
    return Problem(of_owner, "workflow.element-unsupported", f"元素 {name} 不受支持；{way}。")
