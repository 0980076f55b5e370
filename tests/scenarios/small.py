"""A package of two tasks, a gateway and two timers, for what scenarios do in general."""

import json
from collections.abc import Mapping

from engine.packages import Package, load_files

MANIFEST = """\
[package]
key = "small"
title = "小流程"
process = "small"
case_prefix = "SM"
start = "applicant"
case_title = "小流程"
submit = "Task_ask"

[posts]
applicant = "organisation"
clerk = "department"

[parameters.most]
value = 10
title = "不用核对的最大数额"
clause = "A-1"
certainty = "C"

[withdraw]
to = "Task_check"
reason = "termination"
"""

DIAGRAM = """\
<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="urn:small">
  <bpmn:process id="small" name="小流程" isExecutable="true">
    <bpmn:startEvent id="Start" />
    <bpmn:userTask id="Task_ask" name="提出">
      <bpmn:extensionElements>
        <zeebe:formDefinition formId="ask" />
        <zeebe:assignmentDefinition candidateGroups="applicant" />
        <zeebe:ioMapping>
          <zeebe:output source="=amount" target="amount" />
          <zeebe:output source="=attachments" target="attachments" />
        </zeebe:ioMapping>
        <zeebe:properties><zeebe:property name="act" value="submit" /></zeebe:properties>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:exclusiveGateway id="Gw_small" default="Flow_small" />
    <bpmn:userTask id="Task_check" name="核对">
      <bpmn:extensionElements>
        <zeebe:formDefinition formId="check" />
        <zeebe:assignmentDefinition candidateGroups="clerk" />
        <zeebe:taskSchedule dueDate="=工作日后(5)" />
        <zeebe:ioMapping><zeebe:output source="=good" target="good" /></zeebe:ioMapping>
        <zeebe:properties>
          <zeebe:property name="state" value="submitted" />
          <zeebe:property name="withdrawable" value="true" />
          <zeebe:property name="returnTo" value="Task_ask" />
        </zeebe:properties>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:boundaryEvent id="Timer_late" attachedToRef="Task_check">
      <bpmn:timerEventDefinition><bpmn:timeDuration>=工作日后(5)</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:intermediateCatchEvent id="Timer_rest">
      <bpmn:timerEventDefinition><bpmn:timeDuration>P2D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:endEvent id="End_small">
      <bpmn:extensionElements>
        <zeebe:properties><zeebe:property name="outcome" value="approved" /></zeebe:properties>
      </bpmn:extensionElements>
    </bpmn:endEvent>
    <bpmn:endEvent id="End_late">
      <bpmn:extensionElements>
        <zeebe:properties><zeebe:property name="outcome" value="lapsed" /></zeebe:properties>
      </bpmn:extensionElements>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_start" sourceRef="Start" targetRef="Task_ask" />
    <bpmn:sequenceFlow id="Flow_asked" sourceRef="Task_ask" targetRef="Gw_small" />
    <bpmn:sequenceFlow id="Flow_large" sourceRef="Gw_small" targetRef="Task_check">
      <bpmn:conditionExpression>=amount &gt; parameters.most</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="Flow_small" sourceRef="Gw_small" targetRef="End_small" />
    <bpmn:sequenceFlow id="Flow_checked" sourceRef="Task_check" targetRef="End_small" />
    <bpmn:sequenceFlow id="Flow_late" sourceRef="Timer_late" targetRef="Timer_rest" />
    <bpmn:sequenceFlow id="Flow_rested" sourceRef="Timer_rest" targetRef="End_late" />
  </bpmn:process>
</bpmn:definitions>
"""

FORMS = {
    "ask": [
        {"type": "number", "key": "amount", "label": "数额", "validate": {"required": True, "min": 1, "max": 100}},
        {"type": "filepicker", "key": "proof", "label": "证明", "properties": {"requiredWhen": "=amount > 50"}},
    ],
    "check": [{"type": "checkbox", "key": "good", "label": "无误"}],
}


def package(scenarios: Mapping[str, str]) -> Package:
    """The package with these scenario files by name."""
    files = {"package.toml": MANIFEST, "process.bpmn": DIAGRAM}
    for key, components in FORMS.items():
        group = {"type": "group", "id": "page", "label": "填写", "components": components}
        files[f"forms/{key}.form"] = json.dumps(
            {"id": key, "type": "default", "schemaVersion": 18, "components": [group]}
        )
    files |= {f"scenarios/{name}.yaml": text for name, text in scenarios.items()}
    return load_files({name: text.encode() for name, text in files.items()})


def scenario(steps: str, key: str = "S1") -> str:
    head = f"id: {key}\ntitle: 试一试\nnow: 2026-11-23T09:00:00+08:00\norganisation: assoc\nsteps:\n"
    return head + steps
