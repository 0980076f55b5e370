"""What is refused when a diagram is read: by element, by code, all at once, in Chinese with the way out."""

import pytest

from engine import workflow

from .drawing import HEAD, Draw, again, define, document, event, ext, line, many, mapping, properties, zeebe

INNER = '<startEvent id="is"/><endEvent id="ie"/><sequenceFlow id="if" sourceRef="is" targetRef="ie"/>'


def problems(xml):
    with pytest.raises(workflow.WorkflowProblems) as refused:
        workflow.read(xml if isinstance(xml, bytes) else xml.encode(), "p.bpmn")
    return refused.value.problems


def codes(xml):
    return {(problem.element, problem.code) for problem in problems(xml)}


def around(tag, inner="", **attributes):
    """Start, the node, end."""
    d = Draw()
    d.flow(d.start(), d.node(tag, "n", inner, **attributes), d.end())
    return document(d)


def beside(tag, inner="", **attributes):
    """A sound diagram, and the node on the task of it."""
    d = line("a")
    d.node(tag, "n", inner, **attributes)
    if tag == "boundaryEvent":
        d.flow("n", d.task("r"), d.end("e2"))
    return document(d)


LOOP = "<multiInstanceLoopCharacteristics>{}</multiInstanceLoopCharacteristics>"
TIMER = "<timerEventDefinition>{}</timerEventDefinition>"
TASK_CASES = [
    ("userTask", "<standardLoopCharacteristics/>", "workflow.bad-loop"),
    ("userTask", again(most="0"), "workflow.bad-loop"),
    ("userTask", again("more"), "workflow.not-feel"),
    ("userTask", again("=more") + many(), "workflow.bad-loop"),
    ("exclusiveGateway", again("=more"), "workflow.element-unsupported"),
    ("scriptTask", "", "workflow.no-script"),
    ("scriptTask", ext(zeebe("script", expression="1 + 1", resultVariable="x")), "workflow.not-feel"),
    ("scriptTask", ext(zeebe("script", expression="=1 + 1", resultVariable="x y")), "workflow.no-result-variable"),
    ("sendTask", "", "workflow.no-reference"),
    ("receiveTask", "", "workflow.no-reference"),
    ("intermediateThrowEvent", event("message", "nothing"), "workflow.no-reference"),
    ("intermediateThrowEvent", event("escalation"), "workflow.no-reference"),
    ("intermediateThrowEvent", event("link", "nowhere"), "workflow.link"),
    ("intermediateThrowEvent", event("timer", "P1D"), "workflow.event-unsupported"),
    ("intermediateThrowEvent", event("error"), "workflow.event-unsupported"),
    ("intermediateCatchEvent", event("error"), "workflow.event-unsupported"),
    ("intermediateCatchEvent", event("link", "nowhere"), "workflow.link"),
    ("intermediateCatchEvent", event("terminate"), "workflow.event-unsupported"),
    ("intermediateThrowEvent", ext(mapping(["k"])), "workflow.ignored-mapping"),
    ("userTask", LOOP.format("<loopCardinality>3</loopCardinality>"), "workflow.not-feel"),
    (
        "userTask",
        many().replace("</extensionElements>", "</extensionElements><loopCardinality>=3</loopCardinality>"),
        "workflow.no-collection",
    ),
    ("userTask", "<ioSpecification/>", "workflow.element-unsupported"),
    ("userTask", "<potentialOwner/>", "workflow.element-unsupported"),
    ("userTask", ext(zeebe("taskHeaders")), "workflow.extension-unsupported"),
    ("userTask", ext(zeebe("executionListeners")), "workflow.extension-unsupported"),
    ("userTask", ext(zeebe("taskDefinition", type="x")), "workflow.extension-unsupported"),
    ("userTask", ext('<c:formData xmlns:c="http://camunda.org/schema/1.0/bpmn"/>'), "workflow.extension-unsupported"),
    ("userTask", ext(zeebe("assignmentDefinition", assignee="x")), "workflow.attribute-unsupported"),
    ("userTask", ext(zeebe("assignmentDefinition", candidateUsers="x")), "workflow.attribute-unsupported"),
    ("userTask", ext(zeebe("formDefinition", formKey="x")), "workflow.attribute-unsupported"),
    ("userTask", ext(zeebe("formDefinition", formId="x", bindingType="latest")), "workflow.attribute-unsupported"),
    ("userTask", ext(zeebe("taskSchedule", followUpDate="x")), "workflow.attribute-unsupported"),
    ("userTask", ext(zeebe("taskSchedule", dueDate="soon")), "workflow.moment"),
    ("userTask", ext(zeebe("taskSchedule", dueDate="2026-12-01T10:00:00")), "workflow.moment"),
    ("userTask", ext(zeebe("taskSchedule", dueDate="=1 +")), "workflow.expression"),
    ("userTask", ext(zeebe("assignmentDefinition", candidateGroups="=(")), "workflow.expression"),
    ("userTask", ext(zeebe("userTask"), zeebe("userTask")), "workflow.extension-twice"),
    ("userTask", ext(mapping((), [("=a b ++", "x")])), "workflow.expression"),
    ("userTask", ext(mapping((), [("", "x")])), "workflow.no-source"),
    ("userTask", ext(mapping((), [("=", "x")])), "workflow.no-source"),
    ("userTask", ext(mapping((), [("=a", "x.y")])), "workflow.bad-target"),
    ("userTask", ext(mapping((), [("=a", "两 词")])), "workflow.bad-target"),
    ("userTask", ext(mapping([("=a", "")], ())), "workflow.bad-target"),
    ("userTask", ext(mapping((), [("=a", "x"), ("=b", "x")])), "workflow.declared-twice"),
    ("userTask", ext(properties(duty="=1 +")), "workflow.expression"),
    ("userTask", ext(zeebe("properties", zeebe("property", name="a", value="1") * 2)), "workflow.declared-twice"),
    ("serviceTask", "", "workflow.no-action"),
    ("serviceTask", ext(zeebe("taskDefinition", type="=x")), "workflow.no-action"),
    ("serviceTask", ext(zeebe("taskDefinition", type="x", retries="3")), "workflow.attribute-unsupported"),
    ("serviceTask", ext(zeebe("taskDefinition", type="x"), properties(a="=for")), "workflow.expression"),
    ("businessRuleTask", "", "workflow.no-decision"),
    ("businessRuleTask", ext(zeebe("calledDecision", decisionId="=x", resultVariable="y")), "workflow.no-decision"),
    ("businessRuleTask", ext(zeebe("calledDecision", decisionId="x")), "workflow.no-result-variable"),
    (
        "businessRuleTask",
        ext(zeebe("calledDecision", decisionId="x", resultVariable="a.b")),
        "workflow.no-result-variable",
    ),
    ("callActivity", "", "workflow.unknown-process"),
    ("callActivity", ext(zeebe("calledElement", processId="No_where")), "workflow.unknown-process"),
    ("callActivity", ext(zeebe("calledElement", processId="=q")), "workflow.unknown-process"),
    ("callActivity", ext(zeebe("calledElement", processId="p")), "workflow.call-cycle"),
    ("userTask", many(collection="units"), "workflow.not-feel"),
    ("userTask", many(collection=""), "workflow.no-collection"),
    ("userTask", many(value="opinion"), "workflow.not-feel"),
    ("userTask", many(value=""), "workflow.half-output"),
    ("userTask", many(output="a b"), "workflow.bad-target"),
    ("userTask", many(element="a b"), "workflow.bad-target"),
    ("userTask", many(condition="true"), "workflow.not-feel"),
    ("userTask", many(condition="=and"), "workflow.expression"),
    ("userTask", "<multiInstanceLoopCharacteristics/>", "workflow.no-collection"),
    ("exclusiveGateway", many(), "workflow.element-unsupported"),
    ("intermediateCatchEvent", "", "workflow.no-event"),
    ("intermediateCatchEvent", TIMER.format(""), "workflow.no-timer"),
    ("intermediateCatchEvent", TIMER.format("<timeDuration>5 days</timeDuration>"), "workflow.moment"),
    ("intermediateCatchEvent", TIMER.format("<timeDuration>PT</timeDuration>"), "workflow.moment"),
    ("intermediateCatchEvent", TIMER.format("<timeDuration>=1 +</timeDuration>"), "workflow.expression"),
]


@pytest.mark.parametrize(("tag", "inner", "code"), TASK_CASES)
def test_what_a_node_says_wrong_is_refused_by_its_id(tag, inner, code):
    assert ("n", code) in codes(around(tag, inner))


@pytest.mark.parametrize("text", ["PT1H", "R3", "R0/PT1H", "R3/PT1S", "R3/2026-12-01/PT1H", "R3/PT1H/PT1H", "R-1/PT1H"])
def test_a_cycle_that_is_none_is_refused(text):
    d = line("a")
    d.boundary("n", "a", event("timer", text, "timeCycle"), interrupt=False), d.flow("n", d.end("e2"))
    assert ("n", "workflow.moment") in codes(document(d))


def test_a_timer_says_one_thing():
    both = TIMER.format("<timeDuration>P1D</timeDuration><timeDate>2026-12-01</timeDate>")
    assert codes(around("intermediateCatchEvent", both)) == {("n", "workflow.declared-twice")}


ATTRIBUTES = [
    ("userTask", {"isForCompensation": "true"}),
    ("userTask", {"startQuantity": "2"}),
    ("userTask", {"completionQuantity": "2"}),
    ("exclusiveGateway", {"eventGatewayType": "Parallel"}),
    ("userTask", {"invented": "x"}),
]


@pytest.mark.parametrize(("tag", "attributes"), ATTRIBUTES)
def test_an_attribute_that_would_be_ignored_is_refused(tag, attributes):
    assert ("n", "workflow.attribute-unsupported") in codes(around(tag, **attributes))


@pytest.mark.parametrize(
    "dialect", ["http://camunda.org/schema/1.0/bpmn", "http://flowable.org/bpmn", "http://activiti.org/bpmn"]
)
def test_another_dialect_must_be_imported_first(dialect):
    xml = document(line("a")).replace(
        b'<userTask id="a"', f'<userTask xmlns:o="{dialect}" o:assignee="x" id="a"'.encode()
    )
    found = problems(xml)
    assert [(problem.element, problem.code) for problem in found] == [("a", "workflow.attribute-unsupported")]
    assert "导入" in found[0].message


def test_an_event_sub_process_stands_alone_and_is_started_by_an_event():
    d = line("a")
    d.node("subProcess", "n", INNER, triggeredByEvent="true")
    assert codes(document(d)) == {("is", "workflow.no-event")}
    d = line("a")
    d.event_sub("n", event("timer", "P1D"), "t"), d.flow("a", "n"), d.flow("n", d.end("e2"))
    assert {("n", "workflow.flow-into-event"), ("n", "workflow.no-way-out")} <= codes(document(d))


def test_an_event_that_could_never_happen_is_refused():
    for kind in ("error", "escalation"):
        d = line("a")
        d.boundary("n", "a", event(kind)), d.flow("n", d.end("e2"))
        assert codes(document(d)) == {("n", "workflow.no-thrower")}


def test_a_link_leads_to_one_place_of_its_own_scope():
    d = line("a")
    d.throw("out", event("link", "x"))
    d.flow("a", "out")
    for name in ("in1", "in2"):
        d.flow(d.catch(name, event("link", "x")), d.end("e" + name))
    assert ("out", "workflow.link") in codes(document(d))


def test_what_waits_for_the_first_of_several_events_is_nothing_but_events():
    d = Draw()
    d.flow(d.start(), d.node("eventBasedGateway", "g")), d.end()
    d.flow("g", d.catch("x", event("timer", "P1D")), "e"), d.flow("g", d.task("y"), "e")
    assert codes(document(d)) == {("y", "workflow.event-gateway")}
    d = Draw()
    d.flow(d.start(), d.node("eventBasedGateway", "g"), d.catch("x", event("timer", "P1D")), d.end())
    assert codes(document(d)) == {("g", "workflow.event-gateway")}


def test_every_caller_must_catch_the_error_of_a_called_process():
    def calls(*caught):
        d, q = Draw(), Draw("q")
        q.flow(q.start("qs"), q.task("t"), q.throw("qe", event("error", "E"), tag="endEvent"))
        d.flow(d.start(), d.call("one", "q"), d.call("two", "q"), d.end())
        for host in caught:
            d.boundary("b" + host, host, event("error", "E")), d.flow("b" + host, d.end("e" + host))
        return document(d, q, before=define("error", "E", "42"))

    assert workflow.read(calls("one", "two"), "p.bpmn")
    assert codes(calls("one")) == {("qe", "workflow.uncaught-error")}


def structure(build):
    d = line("a")
    build(d)
    return document(d)


STRUCTURES = [
    (lambda d: d.task("n"), {("n", "workflow.unreachable"), ("n", "workflow.dead-end")}),
    (lambda d: d.flow("a", "nowhere"), {("f_a_nowhere", "workflow.dangling-flow")}),
    (lambda d: d.flow("nowhere", "a"), {("f_nowhere_a", "workflow.dangling-flow")}),
    (lambda d: d.flow(d.start("s2"), "a"), {("s2", "workflow.several-starts")}),
    (lambda d: d.flow("a", "sp"), {("sp", "workflow.flow-into-event")}),
    (lambda d: d.flow("ep", "a"), {("ep", "workflow.end-with-flow")}),
    (
        lambda d: d.timer("n", "nowhere"),
        {("n", "workflow.unreachable"), ("n", "workflow.no-host"), ("n", "workflow.dead-end")},
    ),
    (lambda d: d.timer("n", "a"), {("n", "workflow.dead-end")}),
    (lambda d: d.flow(d.timer("n", "sp"), d.end("e2")), {("n", "workflow.no-host")}),
]


@pytest.mark.parametrize(("build", "expected"), STRUCTURES)
def test_a_diagram_that_cannot_be_walked_is_refused_by_the_place(build, expected):
    assert codes(structure(build)) == expected


def gateway(*flows, default=None):
    d = Draw()
    d.start(), d.xor("g", "m"), d.end(), d.flow("s", "g"), d.flow("m", "e")
    for name, when in flows:
        d.flow("g", d.task(name), when=when, default=name == default), d.flow(name, "m")
    return document(d)


def test_a_gateway_needs_a_default_and_a_condition_on_every_other_flow():
    assert codes(gateway(("x", "=k"), ("y", "=not(k)"))) == {("g", "workflow.no-default")}
    assert codes(gateway(("x", None), ("y", None), default="y")) == {("f_g_x", "workflow.no-condition")}
    assert codes(gateway(("x", "k"), ("y", None), default="y")) == {("f_g_x", "workflow.not-feel")}
    assert codes(gateway(("x", "=k ="), ("y", None), default="y")) == {("f_g_x", "workflow.expression")}
    assert codes(gateway(("x", "=k"), ("y", "=k"), default="y")) == {("f_g_y", "workflow.ignored-condition")}


def test_a_default_must_be_one_of_the_gateways_own_flows():
    xml = gateway(("x", "=k"), ("y", None), default="y").replace(b'default="f_g_y"', b'default="f_x_m"')
    assert ("g", "workflow.unknown-default") in codes(xml)


def test_a_condition_that_would_be_ignored_is_refused():
    d = Draw()
    d.start(), d.both("split", "join"), d.end()
    d.flow("s", "split"), d.flow("split", d.task("x"), "join"), d.flow("split", d.task("y"), when="=k")
    d.flow("y", "join"), d.flow("join", "e")
    assert codes(document(d)) == {("f_split_y", "workflow.ignored-condition")}


def test_a_task_with_conditions_on_all_its_flows_needs_a_default():
    d = Draw()
    d.start(), d.task("a"), d.end(), d.end("e2")
    d.flow("s", "a"), d.flow("a", "e", when="=k"), d.flow("a", "e2", when="=not(k)")
    assert codes(document(d)) == {("a", "workflow.no-default")}


def test_a_loop_without_a_way_out_cannot_end():
    d = Draw()
    d.start(), d.end(), d.both("split"), d.task("a"), d.task("b"), d.task("c")
    d.flow("s", "split", "c", "e"), d.flow("split", "a", "b", "a")
    assert codes(document(d)) == {("a", "workflow.cannot-end"), ("b", "workflow.cannot-end")}


def test_scopes_need_a_start_and_an_end():
    d = Draw()
    d.flow(d.start(), d.node("subProcess", "n", '<userTask id="t"/>'), d.end())
    assert {("n", "workflow.no-start"), ("n", "workflow.no-end")} <= codes(document(d))


def test_a_flow_must_not_cross_the_border_of_a_sub_process():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("t"), inner.end("ie"))
    d.flow(d.start(), d.sub("n", inner), d.task("a"), d.end()), d.flow("a", "t")
    assert ("f_a_t", "workflow.dangling-flow") in codes(document(d))


def test_an_id_is_used_once_in_the_whole_file():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("a"), inner.end("ie"))
    d.flow(d.start(), d.task("a"), d.sub("n", inner), d.end())
    assert ("a", "workflow.duplicate-id") in codes(document(d))


@pytest.mark.parametrize("bad", ["a/b", "a#1", "a~2", "1a", "a b"])
def test_an_id_must_not_break_a_path(bad):
    assert (bad, "workflow.bad-id") in codes(document(line(bad)))


@pytest.mark.parametrize("name", ["Start", "End", "p.EndJoin", "Root", "开始", "a.BoundaryEventSplit"])
def test_any_ordinary_id_works_even_one_that_the_library_uses_itself(name):
    definition = workflow.read(document(line(name, "b")), "p.bpmn")
    assert name in definition.nodes


def test_too_many_nodes_and_too_deep_nesting_are_refused():
    assert ("p", "workflow.too-many-nodes") in codes(document(line(*(f"t{number}" for number in range(299)))))
    d = line("deep")
    for level in range(9):
        outer = Draw()
        outer.flow(outer.start(f"s{level}"), outer.sub(f"sub{level}", d), outer.end(f"e{level}"))
        d = outer
    assert codes(document(d)) == {("p", "workflow.too-deep")}
    calls = [Draw("p" if not level else f"q{level}") for level in range(10)]
    for level, each in enumerate(calls):
        middle = each.call(f"c{level}", f"q{level + 1}") if level < 9 else each.task("t")
        each.flow(each.start(f"s{level}"), middle, each.end(f"e{level}"))
    assert ("p", "workflow.too-deep") in codes(document(*calls))


def test_processes_that_call_each_other_in_a_circle_are_refused():
    calls = {"p": "q", "q": "r", "r": "q"}
    draws = []
    for process, target in calls.items():
        d = Draw(process)
        d.flow(d.start("s" + process), d.call("c" + process, target), d.end("e" + process))
        draws.append(d)
    assert codes(document(*draws)) == {("cq", "workflow.call-cycle"), ("cr", "workflow.call-cycle")}


def test_one_file_has_one_main_process():
    assert codes(document(line("a"), line("b", process="q"))) == {("q", "workflow.several-processes")}
    assert codes(HEAD + "</definitions>") == {("definitions", "workflow.no-process")}
    xml = document(line("a")).replace(b'isExecutable="true"', b"")
    assert codes(xml) == {("p", "workflow.not-executable")}


XML = [
    (b"", "workflow.xml"),
    (b"<definitions", "workflow.xml"),
    (b"\xff\xfe\x00", "workflow.xml"),
    ("<?xml version='1.0' encoding='GBK'?><definitions/>".encode("gbk"), "workflow.xml"),
    (b"<html/>", "workflow.not-bpmn"),
    (b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>', "workflow.doctype"),
    (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>', "workflow.doctype"),
    (b'<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><a b="&y;"/>', "workflow.doctype"),
    ('<!DOCTYPE a [<!ENTITY x "xx">]><a/>'.encode("utf-16"), "workflow.doctype"),
    (b"<a>" * 100 + b"</a>" * 100, "workflow.too-large"),
    (b"<a>" + b"<b/>" * 50_000 + b"</a>", "workflow.too-large"),
    (b"<a>" + b" " * 2_000_000 + b"</a>", "workflow.too-large"),
]


@pytest.mark.parametrize(("xml", "code"), XML)
def test_a_file_that_is_not_safe_xml_is_refused(xml, code):
    assert [problem.code for problem in problems(xml)] == [code]


def test_all_problems_come_at_once_each_in_chinese_with_its_element():
    d = Draw()
    d.start(), d.task("a"), d.node("scriptTask", "sc"), d.task("t2", many="x"), d.xor("g"), d.end()
    d.flow("s", "a", "g"), d.flow("a", "e", when="=k = 1"), d.flow("g", "sc"), d.flow("g", "t2"), d.flow("sc", "e")
    found = problems(document(d))
    assert {(problem.element, problem.code) for problem in found} == {
        ("sc", "workflow.no-script"),
        ("t2", "workflow.attribute-unsupported"),
        ("t2", "workflow.dead-end"),
        ("g", "workflow.no-default"),
        ("f_g_sc", "workflow.no-condition"),
        ("f_g_t2", "workflow.no-condition"),
    }
    for problem in found:
        assert any("一" <= letter <= "鿿" for letter in problem.message)
        assert problem.message.endswith("。")


def test_a_diagram_with_thousands_of_nodes_is_refused_without_looking_further():
    nodes = "".join(f'<userTask id="t{number}"/>' for number in range(30_000))
    assert codes(f'{HEAD}<process id="p" isExecutable="true">{nodes}</process></definitions>') == {
        ("p", "workflow.too-many-nodes")
    }


def test_many_processes_that_call_each_other_in_layers_are_measured_once_each():
    draws = [Draw("p")]
    draws += [Draw(f"q{layer}_{column}") for layer in range(8) for column in range(5)]
    for number, d in enumerate(draws):
        layer = 0 if number == 0 else (number - 1) // 5 + 1
        calls = [d.call(f"c{number}_{column}", f"q{layer}_{column}") for column in range(5)] if layer < 8 else []
        d.flow(d.start(f"s{number}"), *(calls or [d.task(f"t{number}")]), d.end(f"e{number}"))
    assert ("p", "workflow.too-deep") in codes(document(*draws))
