"""A small whole package without a finding; the tests break it in one place at a time."""

from engine.packages import Package, Vocabulary, default_vocabulary, load_files

MANIFEST = """
[package]
key = "small"
title = "小流程"
process = "small"
case_prefix = "SM"
start = "applicant"
case_title = "=org_name + \\"申请\\""
items = "people"
item_label = "name"
rules = ["DT-1"]
submit = "Task_submit"

[promise]
working_days = 16
clause = "XK-42"
certainty = "C"

[posts]
applicant = "organisation"
checker = "organisation"
acceptor = "department"
leader = "department"
keeper = "department"

[separation]
exclusive = [["accept", "sign"], ["sign", "seal"]]

[documents.N1]
title = "受理通知书"
template = "documents/N1.html"
authority = "屿社工函"
signature = "notice"
seal = "acceptance"

[documents.L1]
title = "审核意见函"
template = "documents/L1.html"
authority = "屿社工函"
signature = "two"

[documents.S1]
title = "催办单"
template = "documents/S1.html"
signature = "slip"

[withdraw]
to = "Task_close"
reason = "termination"

[parameters.oldest]
value = 70
title = "任职年龄"
clause = "MZ166-4"
certainty = "C"
"""

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:small">\n'
)


def extensions(*parts: str, **properties: str) -> str:
    held = "".join(f'<zeebe:property name="{name}" value="{text}" />' for name, text in properties.items())
    whole = "".join(parts) + (f"<zeebe:properties>{held}</zeebe:properties>" if held else "")
    return f"<extensionElements>{whole}</extensionElements>" if whole else ""


def mapping(*outputs: tuple[str, str]) -> str:
    rows = "".join(f"<zeebe:output source='{source}' target='{target}' />" for source, target in outputs)
    return f"<zeebe:ioMapping>{rows}</zeebe:ioMapping>"


def person(
    identity: str, form: str, group: str, *outputs: tuple[str, str], due: int = 0, more: str = "", **properties: str
) -> str:
    parts = [
        f'<zeebe:formDefinition formId="{form}" />',
        f"<zeebe:assignmentDefinition candidateGroups='{group}' />",
        f'<zeebe:taskSchedule dueDate="=工作日后({due})" />' if due else "",
        mapping(*outputs) if outputs else "",
    ]
    return f'<userTask id="{identity}">{extensions(*parts, **properties)}{more}</userTask>\n'


def service(identity: str, action: str, *outputs: tuple[str, str], settings: dict[str, str] | None = None) -> str:
    parts = [f'<zeebe:taskDefinition type="{action}" />', mapping(*outputs) if outputs else ""]
    return f'<serviceTask id="{identity}">{extensions(*parts, **(settings or {}))}</serviceTask>\n'


def flow(source: str, target: str, condition: str = "") -> str:
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>\n'


LOOP = (
    "<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics"
    ' inputCollection="=units" inputElement="unit" outputCollection="answers" outputElement="=answer" />'
    "</extensionElements><completionCondition>=count(answers) &gt; 3</completionCondition>"
    "</multiInstanceLoopCharacteristics>"
)

DIAGRAM = (
    HEAD
    + '<process id="small" isExecutable="true">\n<startEvent id="Start" />\n'
    + person("Task_submit", "apply", "applicant", ("=org_name", "org_name"), ("=people", "people"), act="submit")
    + service("Check", "check-rules", ("=findings", "findings"), ("=blocked", "blocked"))
    + person(
        "Task_accept",
        "accept",
        "acceptor",
        ("=decision", "accept_decision"),
        due=5,
        state="submitted",
        duty="accept",
        proof="true",
        withdrawable="true",
    )
    + '<exclusiveGateway id="Gw" default="Gw-Issue" />\n'
    + service("Issue", "issue-notice", settings={"document": "N1"})
    + service("Promise", "start-promise")
    + '<businessRuleTask id="Choose"><extensionElements><zeebe:calledDecision decisionId="DT-2" resultVariable="units" />'
    "</extensionElements></businessRuleTask>\n"
    + person(
        "Task_check", "check", '="checker@" + unit.org', ("=answer", "answer"), due=10, more=LOOP, visibility="own"
    )
    + '<boundaryEvent id="Late" attachedToRef="Task_check" cancelActivity="false"><timerEventDefinition id="t">'
    "<timeDate>=工作日后(8)</timeDate></timerEventDefinition></boundaryEvent>\n"
    + service("Remind", "slip", settings={"document": "S1", "node": "Task_check"})
    + '<endEvent id="Reminded" />\n'
    + person(
        "Task_decide",
        "decide",
        "acceptor",
        ("=results", "results"),
        due=5,
        state="deciding",
        returnTo="Task_accept",
        act="decide",
    )
    + service("Record", "record-outcomes", settings={"from": "=for r in results return r"})
    + service("Draft", "draft-documents", settings={"documents": "L1", "when.L1": "=count(results) &gt; 0"})
    + person("Task_sign", "sign", "leader", due=1, duty="sign", act="sign", proof="true")
    + person("Task_seal", "close", "keeper", duty="seal", act="seal", proof="true")
    + '<endEvent id="End">'
    + extensions(outcome="approved")
    + "</endEvent>\n"
    + person(
        "Task_close", "close", "acceptor", ('=if termination = null then "lapsed" else termination', "termination")
    )
    + '<endEvent id="Closed">'
    + extensions(outcome="=termination")
    + "</endEvent>\n"
    + flow("Start", "Task_submit")
    + flow("Task_submit", "Check")
    + flow("Check", "Task_accept")
    + flow("Task_accept", "Gw")
    + flow("Gw", "Issue")
    + flow("Gw", "Task_close", '=accept_decision = "no"')
    + flow("Issue", "Promise")
    + flow("Promise", "Choose")
    + flow("Choose", "Task_check")
    + flow("Late", "Remind")
    + flow("Remind", "Reminded")
    + flow("Task_check", "Task_decide")
    + flow("Task_decide", "Record")
    + flow("Record", "Draft")
    + flow("Draft", "Task_sign")
    + flow("Task_sign", "Task_seal")
    + flow("Task_seal", "End")
    + flow("Task_close", "Closed")
    + "</process>\n</definitions>\n"
)


def form(identity: str, *components: str) -> str:
    group = '{"type": "group", "id": "g", "label": "填写", "components": [' + ", ".join(components) + "]}"
    head = f'{{"type": "default", "id": "{identity}", "properties": {{"title": "表"}}, "components": '
    return head + "[" + group + "]}"


def field(key: str, kind: str = "textfield", more: str = "") -> str:
    return f'{{"type": "{kind}", "id": "f_{key}", "key": "{key}", "label": "项"{more}}}'


PEOPLE = (
    '{"type": "dynamiclist", "id": "l", "path": "people", "label": "人选", "components": ['
    + field("name")
    + ", "
    + field("age", "number")
    + "]}"
)

DT1 = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m1" name="m" namespace="urn:small">
<decision id="DT-1" name="资格"><decisionTable id="t1" hitPolicy="COLLECT">
<input id="i1" label="年龄"><inputExpression id="e1" typeRef="number"><text>candidate.age</text></inputExpression></input>
<output id="o1" name="code" typeRef="string" /><output id="o2" name="sev" typeRef="string" />
<output id="o3" name="reason" typeRef="string" /><output id="o4" name="clause" typeRef="string" />
<rule id="r1"><inputEntry id="c1"><text>&gt; parameters.oldest</text></inputEntry>
<outputEntry id="c2"><text>"E01"</text></outputEntry><outputEntry id="c3"><text>"block"</text></outputEntry>
<outputEntry id="c4"><text>"超过任职年龄"</text></outputEntry><outputEntry id="c5"><text>"MZ166-4/XK-42"</text></outputEntry></rule>
</decisionTable></decision></definitions>
"""

DT2 = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m2" name="m" namespace="urn:small">
<decision id="DT-2" name="单位"><decisionTable id="t2" hitPolicy="COLLECT">
<input id="i2" label="名称"><inputExpression id="e2" typeRef="string"><text>org_name</text></inputExpression></input>
<output id="o5" name="org" typeRef="string" />
<rule id="r2"><inputEntry id="c6"><text>-</text></inputEntry><outputEntry id="c7"><text>"court"</text></outputEntry></rule>
</decisionTable></decision></definitions>
"""

LETTER = """---
kind = "L1"
form = "letter"
title = "审核意见函"
issuer = "中共南屿省委社会工作部"
variables = { case = "context", items = "list", org_name = "text" }
---
<公文><标题>审核意见</标题><主送>{{ org_name }}</主送><段>编号{{ case.number }}，{{ items | 顿号("name") }}。</段></公文>
"""

NOTICE = """---
kind = "N1"
form = "notice"
title = "受理通知书"
issuer = "中共南屿省委社会工作部"
variables = { case = "context", promise = "context" }
---
<公文><标题>受理通知书</标题><主送>{{ case.organisation_name }}</主送><段>{{ promise.working_days }}个工作日。</段></公文>
"""

SLIP = """---
kind = "S1"
form = "slip"
title = "催办单"
issuer = "中共南屿省委社会工作部"
variables = { case = "context" }
---
<公文><等级>黄</等级><标题>催办单</标题><段>编号{{ case.number }}。</段></公文>
"""

SCENARIO = """id: S01
title: 一路办成
now: 2026-11-23T09:00:00+08:00
organisation: assoc
steps:
  - do: Task_submit
    values: {use: one}
  - return: {from: Task_decide, to: Task_accept, reason: 再看}
  - wait: 10 working days
"""

FILES = {
    "README.md": "# 小流程\n",
    "package.toml": MANIFEST,
    "process.bpmn": DIAGRAM,
    "forms/apply.form": form("apply", field("org_name"), PEOPLE),
    "forms/accept.form": form(
        "accept", field("decision"), field("note", more=', "conditional": {"hide": "=decision = null"}')
    ),
    "forms/check.form": form("check", field("answer")),
    "forms/decide.form": form("decide", field("results")),
    "forms/sign.form": form("sign", field("note")),
    "forms/close.form": form("close", field("note")),
    "decisions/DT-1.dmn": DT1,
    "decisions/DT-2.dmn": DT2,
    "documents/N1.html": NOTICE,
    "documents/L1.html": LETTER,
    "documents/S1.html": SLIP,
    "scenarios/S01.yaml": SCENARIO,
    "scenarios/values/one.yaml": "org_name: 南屿冷链协会\n",
}

VOCABULARY: Vocabulary = default_vocabulary(
    posts={"applicant", "checker", "acceptor", "leader", "keeper"},
    organisations={"court", "assoc"},
    clauses={"XK-42", "MZ166-4"},
)


def small(*changes: tuple[str, str, str], drop: tuple[str, ...] = (), add: dict[str, str] | None = None) -> Package:
    """The package with some texts replaced: (file, old, new); every old text must be there."""
    files = dict(FILES)
    for file, old, new in changes:
        assert old in files[file], (file, old)
        files[file] = files[file].replace(old, new, 1)
    for file in drop:
        del files[file]
    files |= add or {}
    return load_files({name: text.encode() for name, text in files.items()})
