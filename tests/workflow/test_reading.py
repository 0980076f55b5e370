"""The facts of a diagram, for the checker, the pages and the commands."""

import dataclasses

import pytest

from engine import workflow

from .drawing import Draw, document, ext, line, many, mapping, properties, zeebe

SHAPES = (
    '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" id="d"><bpmndi:BPMNPlane id="pl"'
    ' bpmnElement="p"><bpmndi:BPMNShape id="a_di" bpmnElement="a"/></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
)
POOL = '<collaboration id="c"><participant id="pool" name="流程" processRef="p"/></collaboration>'
LANES = (
    '<laneSet id="ls"><lane id="l1" name="受理岗"><flowNodeRef>a</flowNodeRef><flowNodeRef>b</flowNodeRef>'
    '<childLaneSet id="cl"><lane id="l2" name="承办人"><flowNodeRef>b</flowNodeRef></lane></childLaneSet></lane></laneSet>'
)


def full():
    d = Draw()
    extra = ext(
        zeebe("userTask"),
        zeebe("formDefinition", formId="form_a"),
        zeebe("assignmentDefinition", candidateGroups="acceptor"),
        zeebe("taskSchedule", dueDate="=工作日后(5)"),
        mapping(
            [("=units[1]", "unit")], [("=decision", "result"), ('=if reason = null then "" else reason', "reason")]
        ),
        properties(duty="accept", returnTo="b"),
    )
    d.start(), d.node("userTask", "a", "<documentation>受理。</documentation>" + extra, name="形式审查")
    d.task("b", loop=many("=units", condition="=numberOfCompletedInstances > 1"))
    rule = ext(zeebe("calledDecision", decisionId="DT-L5", resultVariable="verdict"))
    d.node("businessRuleTask", "rule", rule), d.service("n", "notify", to="=case.number")
    d.xor("g", "m"), d.call("call", "q"), d.end(outcome="approved"), d.end("late")
    d.flow("s", "a", "b", "rule", "n", "g"), d.flow("g", "call", when='=verdict = "x"'), d.flow("g", "m", default=True)
    d.flow("call", "m", "e"), d.flow(d.timer("t", "a", "=工作日后(10)", interrupt=False), "late")
    xml = document(d, line("in1", process="q"), before=POOL).decode()
    return (
        xml.replace('isExecutable="true">', 'isExecutable="true">' + LANES, 1)
        .replace("</definitions>", SHAPES + "</definitions>")
        .encode()
    )


def test_nodes_say_all_that_other_packages_read():
    definition = workflow.read(full(), "process.bpmn")
    node = definition.nodes["a"]
    assert (definition.file, definition.process_id, definition.processes) == ("process.bpmn", "p", ("p", "q"))
    assert (node.kind, node.name, node.lane, node.documentation) == ("userTask", "形式审查", "受理岗", "受理。")
    assert (node.form_id, node.assignment, node.due) == ("form_a", "acceptor", "=工作日后(5)")
    assert dict(node.inputs) == {"unit": "=units[1]"}
    assert dict(node.outputs) == {"result": "=decision", "reason": '=if reason = null then "" else reason'}
    assert node.submits == {"decision", "reason"}
    assert dict(node.properties) == {"duty": "accept", "returnTo": "b"}
    assert definition.nodes["b"].lane == "承办人"
    assert definition.nodes["b"].loop == workflow.Loop(
        "=units", "u", "opinions", "={unit: u, opinion: opinion}", "=numberOfCompletedInstances > 1", False
    )
    assert definition.nodes["rule"].decision == workflow.CalledDecision("DT-L5", "verdict")
    assert (definition.nodes["n"].action, definition.nodes["n"].properties["to"]) == ("notify", "=case.number")
    assert (definition.nodes["call"].called, definition.nodes["in1"].scope) == ("q", "q")
    timer = definition.nodes["t"]
    assert (timer.attached_to, timer.timer, timer.interrupting) == ("a", "=工作日后(10)", False)


def test_flows_say_where_they_lead_and_when():
    flows = workflow.read(full(), "process.bpmn").flows
    assert flows["f_g_call"] == workflow.Flow("f_g_call", "g", "call", '=verdict = "x"', False, "", "p")
    assert flows["f_g_m"].default
    assert flows["f_g_m"].condition is None


def test_uses_say_which_names_the_diagram_reads_where():
    uses = {(use.element, use.place): use.names for use in workflow.read(full(), "process.bpmn").uses}
    assert uses[("t", "定时")] == {"工作日后"}
    assert uses[("f_g_call", "条件")] == {"verdict"}
    assert uses[("n", "属性 to")] == {"case"}
    assert uses[("a", "输入映射 unit")] == {"units"}
    assert uses[("b", "多实例输出项")] == {"u", "opinion"}


def test_a_survey_tells_what_is_drawn_also_where_it_does_not_run():
    sound = workflow.survey(full(), "process.bpmn")
    assert sound.problems == ()
    assert sound.definition is not None
    assert dict(sound.nodes) == dict(workflow.read(full(), "process.bpmn").nodes)
    broken = workflow.survey(full().replace(b'targetRef="b"', b'targetRef="nowhere"'), "process.bpmn")
    assert broken.definition is None
    assert ("f_a_b", "workflow.dangling-flow") in {(problem.element, problem.code) for problem in broken.problems}
    assert (broken.process_id, broken.nodes["a"], broken.uses) == ("p", sound.nodes["a"], sound.uses)
    unsafe = workflow.survey(b"<!DOCTYPE a><a/>", "process.bpmn")
    assert ([problem.code for problem in unsafe.problems], dict(unsafe.nodes)) == (["workflow.doctype"], {})


def test_a_definition_does_not_change():
    definition = workflow.read(full(), "process.bpmn")
    with pytest.raises(dataclasses.FrozenInstanceError):
        definition.name = "x"
    with pytest.raises(TypeError):
        definition.nodes["new"] = definition.nodes["a"]
    with pytest.raises(TypeError):
        definition.nodes["a"].outputs["new"] = "=1"


def test_what_tools_add_for_themselves_is_let_through():
    xml = full().decode()
    marks = (
        ' xmlns:modeler="http://camunda.org/schema/modeler/1.0" exporter="Camunda Modeler" exporterVersion="5.2"'
        ' modeler:executionPlatform="Camunda Cloud" id="Definitions_1"'
    )
    xml = xml.replace(' targetNamespace="t"', ' targetNamespace="t"' + marks, 1)
    xml = xml.replace(
        '<userTask id="a"', '<userTask zeebe:modelerTemplate="accept" zeebe:modelerTemplateVersion="1" id="a"'
    )
    xml = xml.replace("</definitions>", '<message id="Message_1" name="left over"/></definitions>')
    xml = xml.replace(
        "</process>", '<textAnnotation id="ta"><text>说明</text></textAnnotation><group id="gr"/></process>', 1
    )
    assert "a" in workflow.read(('<?xml version="1.0" encoding="UTF-8"?>' + xml).encode(), "p.bpmn").nodes
