"""One small diagram for each element of BPMN 2.0, and what becomes of it. docs/bpmn.md has the same rows."""

from .drawing import Draw, again, define, document, event, line, many, zeebe

M, S, E, X = (
    define("message", "M", "缴费通知"),
    define("signal", "S", "停办"),
    define("error", "E", "材料造假"),
    define("escalation", "X", "超期"),
)
PLAIN_END = '<startEvent id="is"/><endEvent id="ie"/><sequenceFlow id="if" sourceRef="is" targetRef="ie"/>'


def do(name, **values):
    return ("do", name, values)


def wait(**delta):
    return ("wait", delta)


def receive(name="缴费通知", **values):
    return ("receive", name, values)


def signal(name="停办", **values):
    return ("signal", name, values)


def runs(xml, *steps, end="e", left=(), variables=None, **services):
    """It runs by these steps to this end; `left` is what the last step but one leaves open."""
    return {"xml": xml, "steps": steps, "end": end, "variables": variables or {}, "services": services}


def refused(xml, *codes):
    return {"xml": xml, "codes": set(codes)}


def row(*middle, tags=(), before="", draw=None):
    """Start, these nodes, end."""
    d = draw or Draw()
    d.flow(d.start(), *middle, d.end())
    return document(d, *tags, before=before)


def one(tag, inner="", before="", **attributes):
    d = Draw()
    return row(d.node(tag, "n", inner, **attributes), draw=d, before=before)


def beside(definition, *, interrupt=True, host="task", before=""):
    """A task (or a sub-process with one) with a boundary event that leads to `r`."""
    d = Draw()
    if host == "task":
        d.task("a", ["k"])
    else:
        inner = Draw()
        inner.start("is"), inner.task("a", ["k"])
        inner.node(*host, "ie")
        inner.flow("is", "a", "ie")
        d.sub("n", inner)
    d.flow(d.start(), "a" if host == "task" else "n", d.end())
    d.boundary("b", "a" if host == "task" else "n", definition, interrupt=interrupt)
    d.flow("b", d.task("r", ["k"]), d.end("e2"))
    return document(d, before=before)


def thrown(kind, reference, *, interrupt=True, before=""):
    """A sub-process whose end event throws what its boundary catches."""
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("a", ["k"]), inner.throw("ie", event(kind, reference), tag="endEvent"))
    d.flow(d.start(), d.sub("n", inner), d.task("after", ["k"]), d.end())
    d.boundary("b", "n", event(kind, reference), interrupt=interrupt)
    d.flow("b", d.task("r", ["k"]), d.end("e2"))
    return document(d, before=before)


def event_sub(definition, *, interrupt=True, before="", last=""):
    d = Draw()
    d.start(), d.task("a", ["k"])
    d.throw("e", last, tag="endEvent") if last else d.end()
    d.flow("s", "a", "e")
    d.event_sub("h", definition, "t", interrupt=interrupt)
    return document(d, before=before)


def choice(kind):
    d = Draw()
    d.start(), d.node(kind, "g"), d.node(kind, "j"), d.end(), d.task("first", ["k"])
    d.flow("s", "first", "g")
    for name, when in (("x", "=k >= 1"), ("y", "=k >= 2")):
        d.flow("g", d.task(name, ["v"]), when=when), d.flow(name, "j")
    d.flow("g", "j", default=True), d.flow("j", "e")
    return document(d)


def awaited():
    d = Draw()
    d.flow(d.start(), d.node("eventBasedGateway", "g"))
    d.flow("g", d.catch("late", event("timer", "P1D")), d.task("r", ["k"]), d.end("e2"))
    d.flow("g", d.catch("paid", event("message", "M"), outputs=["sum"]), d.task("a", ["k"]), d.end())
    return document(d, before=M)


def linked():
    d = Draw()
    d.flow(d.start(), d.task("a", ["k"]), d.throw("out", event("link", "甲")))
    d.flow(d.catch("in", event("link", "甲")), d.task("b", ["k"]), d.end())
    return document(d)


def several():
    d = Draw()
    d.start(), d.task("a", ["k"]), d.both("j"), d.end()
    d.flow("s", "a", d.task("x"), "j", "e"), d.flow("a", d.task("y"), "j")
    return document(d)


def conditional():
    d = Draw()
    d.start(), d.task("a", ["k"]), d.end(), d.end("e2"), d.end("e3")
    d.flow("s", "a"), d.flow("x", "e"), d.flow("y", "e2"), d.flow("z", "e3")
    d.flow("a", d.task("x"), when="=k > 1"), d.flow("a", d.task("y"), when="=k > 2")
    d.flow("a", d.task("z"), default=True)
    return document(d)


def block(kind="parallelGateway"):
    d = Draw()
    d.start(), d.node(kind, "g"), d.node(kind, "j"), d.end()
    d.flow("s", "g"), d.flow("g", d.task("x"), "j", "e"), d.flow("g", d.task("y"), "j")
    return document(d)


def sub():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("a", ["k"]), inner.end("ie"))
    return row(d.sub("n", inner), draw=d)


def called():
    d = Draw()
    d.flow(d.start(), d.call("c", "q"), d.end())
    return document(d, line("x", process="q"))


def terminated():
    d = Draw()
    d.start(), d.both("g"), d.node("endEvent", "e", "<terminateEventDefinition/>"), d.end("e2")
    d.flow("s", "g", d.task("x"), "e"), d.flow("g", d.task("y"), "e2")
    return document(d)


def task(tag, extra="", loop="", before="", inputs=(), outputs=(), **attributes):
    d = Draw()
    n = d.task("n", outputs, inputs=inputs, extra=extra, loop=loop, tag=tag, **attributes)
    return row(n, d.task("b", ["k"]), draw=d, before=before)


def count():
    """A number of instances instead of a list."""
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>=copies</loopCardinality></multiInstanceLoopCharacteristics>"
    return task("userTask", loop=loop)


ACTION = zeebe("taskDefinition", type="note")
DECISION = zeebe("calledDecision", decisionId="D", resultVariable="verdict")
SCRIPT = zeebe("script", expression="=1 + 1", resultVariable="two")
NOTE = {"note": lambda step: {}}

ELEMENTS = {
    # --- activities ---
    "userTask": runs(task("userTask"), do("n"), do("b")),
    "serviceTask": runs(task("serviceTask", ACTION), do("b"), actions=NOTE),
    "businessRuleTask": runs(task("businessRuleTask", DECISION), do("b"), decide=lambda name, scope: 1),
    "scriptTask (zeebe:script)": runs(task("scriptTask", SCRIPT), do("b")),
    "scriptTask (script)": refused(
        one("scriptTask", "<script>1</script>"), "workflow.element-unsupported", "workflow.no-script"
    ),
    "sendTask": runs(task("sendTask", messageRef="M", before=M), do("b")),
    "receiveTask": runs(task("receiveTask", messageRef="M", before=M), receive(), do("b")),
    "task": refused(one("task"), "workflow.element-unsupported"),
    "manualTask": refused(one("manualTask"), "workflow.element-unsupported"),
    "subProcess": runs(sub(), do("n/a")),
    "callActivity": runs(called(), do("c/x")),
    "transaction": refused(one("transaction", PLAIN_END), "workflow.element-unsupported"),
    "adHocSubProcess": refused(one("adHocSubProcess"), "workflow.element-unsupported"),
    "multi-instance (parallel)": runs(
        task("userTask", outputs=["opinion"], loop=many()),
        do("n#1", opinion=1),
        do("n#0", opinion=1),
        do("b"),
        variables={"units": [1, 2]},
    ),
    "multi-instance (sequential)": runs(
        task("userTask", outputs=["opinion"], loop=many(sequential=True)),
        do("n#0", opinion=1),
        do("n#1", opinion=1),
        do("b"),
        variables={"units": [1, 2]},
    ),
    "multi-instance (loopCardinality)": runs(count(), do("n#0"), do("n#1"), do("b"), variables={"copies": 2}),
    "multi-instance (completionCondition)": runs(
        task("userTask", outputs=["opinion"], loop=many(condition="=count(results) = 1")),
        do("n#1", opinion=1),
        do("b"),
        variables={"units": [1, 2]},
    ),
    "multi-instance (behavior)": refused(
        task("userTask", loop='<multiInstanceLoopCharacteristics behavior="One"/>'),
        "workflow.attribute-unsupported",
        "workflow.no-collection",
    ),
    "standard loop": runs(
        task("userTask", outputs=["more"], loop=again("=more")), do("n", more=True), do("n", more=False), do("b")
    ),
    "standard loop (testBefore)": runs(
        task("userTask", outputs=["more"], loop=again("=more", before=True)), do("b"), variables={"more": False}
    ),
    "standard loop (loopMaximum)": runs(task("userTask", loop=again(most="2")), do("n"), do("n"), do("b")),
    "compensation activity": refused(one("userTask", isForCompensation="true"), "workflow.attribute-unsupported"),
    # --- gateways ---
    "exclusiveGateway": runs(choice("exclusiveGateway"), do("first", k=2), do("x")),
    "inclusiveGateway": runs(choice("inclusiveGateway"), do("first", k=2), do("y"), do("x")),
    "parallelGateway": runs(block(), do("y"), do("x")),
    "eventBasedGateway": runs(awaited(), receive(sum=5), do("a")),
    "eventBasedGateway (instantiate)": refused(
        awaited().replace(b'<eventBasedGateway id="g"', b'<eventBasedGateway id="g" instantiate="true"'),
        "workflow.attribute-unsupported",
    ),
    "eventBasedGateway (parallel)": refused(
        awaited().replace(b'<eventBasedGateway id="g"', b'<eventBasedGateway id="g" eventGatewayType="Parallel"'),
        "workflow.attribute-unsupported",
    ),
    "complexGateway": refused(one("complexGateway"), "workflow.element-unsupported"),
    # --- flows ---
    "sequenceFlow (several out of an activity)": runs(several(), do("a"), do("x"), do("y")),
    "sequenceFlow (condition out of an activity)": runs(conditional(), do("a", k=2), do("x")),
    "sequenceFlow (default out of an activity)": runs(conditional(), do("a", k=0), do("z"), end="e3"),
    "messageFlow": refused(
        document(
            line("a"), before='<collaboration id="c"><messageFlow id="mf" sourceRef="a" targetRef="a"/></collaboration>'
        ),
        "workflow.element-unsupported",
    ),
    # --- start events ---
    "startEvent (none)": runs(document(line("a")), do("a"), end="ep"),
    "startEvent (timer)": refused(
        document(line("a")).replace(b'<startEvent id="sp">', b'<startEvent id="sp">' + event("timer", "P1D").encode()),
        "workflow.event-unsupported",
    ),
    "startEvent (message)": refused(
        document(line("a"), before=M).replace(
            b'<startEvent id="sp">', b'<startEvent id="sp">' + event("message", "M").encode()
        ),
        "workflow.event-unsupported",
    ),
    "startEvent (signal)": refused(
        document(line("a"), before=S).replace(
            b'<startEvent id="sp">', b'<startEvent id="sp">' + event("signal", "S").encode()
        ),
        "workflow.event-unsupported",
    ),
    "startEvent (conditional)": refused(
        document(line("a")).replace(b'<startEvent id="sp">', b'<startEvent id="sp"><conditionalEventDefinition/>'),
        "workflow.event-unsupported",
    ),
    # --- event sub-processes ---
    "event sub-process (timer, interrupting)": runs(
        event_sub(event("timer", "P1D")), wait(days=1), do("h/t"), end="e_h"
    ),
    "event sub-process (timer, non-interrupting)": runs(
        event_sub(event("timer", "P1D"), interrupt=False), wait(days=1), do("h/t"), do("a")
    ),
    "event sub-process (cycle, non-interrupting)": runs(
        event_sub(event("timer", "R2/P1D", "timeCycle"), interrupt=False), wait(days=2), do("h/t"), do("h~2/t"), do("a")
    ),
    "event sub-process (message, interrupting)": runs(
        event_sub(event("message", "M"), before=M), receive(), do("h/t"), end="e_h"
    ),
    "event sub-process (message, non-interrupting)": runs(
        event_sub(event("message", "M"), before=M, interrupt=False),
        receive(),
        receive(),
        do("h~2/t"),
        do("h/t"),
        do("a"),
    ),
    "event sub-process (signal, interrupting)": runs(
        event_sub(event("signal", "S"), before=S), signal(), do("h/t"), end="e_h"
    ),
    "event sub-process (signal, non-interrupting)": runs(
        event_sub(event("signal", "S"), before=S, interrupt=False), signal(), do("a"), do("h/t"), end="e_h"
    ),
    "event sub-process (error)": runs(
        event_sub(event("error", "E"), before=E, last=event("error", "E")), do("a"), do("h/t"), end="e_h"
    ),
    "event sub-process (escalation, interrupting)": runs(
        event_sub(event("escalation", "X"), before=X, last=event("escalation", "X")), do("a"), do("h/t"), end="e_h"
    ),
    "event sub-process (escalation, non-interrupting)": runs(
        event_sub(event("escalation", "X"), before=X, last=event("escalation", "X"), interrupt=False),
        do("a"),
        do("h/t"),
        end="e_h",
    ),
    "event sub-process (error, non-interrupting)": refused(
        event_sub(event("error", "E"), before=E, interrupt=False), "workflow.not-interrupting"
    ),
    # --- intermediate events ---
    "intermediateThrowEvent (none)": runs(one("intermediateThrowEvent")),
    "intermediateThrowEvent (message)": runs(one("intermediateThrowEvent", event("message", "M"), before=M)),
    "intermediateThrowEvent (signal)": runs(one("intermediateThrowEvent", event("signal", "S"), before=S)),
    "intermediateThrowEvent (escalation)": runs(one("intermediateThrowEvent", event("escalation", "X"), before=X)),
    "intermediateThrowEvent (link)": runs(linked(), do("a"), do("b")),
    "intermediateThrowEvent (compensation)": refused(
        one("intermediateThrowEvent", "<compensateEventDefinition/>"), "workflow.event-unsupported"
    ),
    "intermediateCatchEvent (timer)": runs(one("intermediateCatchEvent", event("timer", "P1D")), wait(days=1)),
    "intermediateCatchEvent (cycle)": refused(
        one("intermediateCatchEvent", event("timer", "R2/P1D", "timeCycle")), "workflow.cycle-once"
    ),
    "intermediateCatchEvent (message)": runs(one("intermediateCatchEvent", event("message", "M"), before=M), receive()),
    "intermediateCatchEvent (signal)": runs(one("intermediateCatchEvent", event("signal", "S"), before=S), signal()),
    "intermediateCatchEvent (link)": runs(linked(), do("a"), do("b")),
    "intermediateCatchEvent (conditional)": refused(
        one("intermediateCatchEvent", "<conditionalEventDefinition/>"), "workflow.event-unsupported"
    ),
    # --- boundary events ---
    "boundaryEvent (timer, interrupting)": runs(beside(event("timer", "P1D")), wait(days=1), do("r"), end="e2"),
    "boundaryEvent (timer, non-interrupting)": runs(
        beside(event("timer", "P1D"), interrupt=False), wait(days=1), do("a"), do("r"), end="e2"
    ),
    "boundaryEvent (cycle, interrupting)": refused(
        beside(event("timer", "R3/P1D", "timeCycle")), "workflow.cycle-once"
    ),
    "boundaryEvent (cycle, non-interrupting)": runs(
        beside(event("timer", "R3/P1D", "timeCycle"), interrupt=False), wait(days=2), do("r"), do("r"), do("a")
    ),
    "boundaryEvent (message, interrupting)": runs(
        beside(event("message", "M"), before=M), receive(), do("r"), end="e2"
    ),
    "boundaryEvent (message, non-interrupting)": runs(
        beside(event("message", "M"), before=M, interrupt=False), receive(), receive(), do("r"), do("r"), do("a")
    ),
    "boundaryEvent (signal, interrupting)": runs(beside(event("signal", "S"), before=S), signal(), do("r"), end="e2"),
    "boundaryEvent (signal, non-interrupting)": runs(
        beside(event("signal", "S"), before=S, interrupt=False), signal(), do("r"), do("a")
    ),
    "boundaryEvent (error)": runs(thrown("error", "E", before=E), do("n/a"), do("r"), end="e2"),
    "boundaryEvent (error, non-interrupting)": refused(
        thrown("error", "E", before=E, interrupt=False), "workflow.not-interrupting"
    ),
    "boundaryEvent (escalation, interrupting)": runs(thrown("escalation", "X", before=X), do("n/a"), do("r"), end="e2"),
    "boundaryEvent (escalation, non-interrupting)": runs(
        thrown("escalation", "X", before=X, interrupt=False), do("n/a"), do("r"), do("after")
    ),
    "boundaryEvent (compensation)": refused(beside("<compensateEventDefinition/>"), "workflow.event-unsupported"),
    "boundaryEvent (cancel)": refused(beside("<cancelEventDefinition/>"), "workflow.event-unsupported"),
    "boundaryEvent (conditional)": refused(beside("<conditionalEventDefinition/>"), "workflow.event-unsupported"),
    # --- end events ---
    "endEvent (none)": runs(document(line("a")), do("a"), end="ep"),
    "endEvent (terminate)": runs(
        terminated(),
        do("x"),
    ),
    "endEvent (message)": runs(
        document(line("a"), before=M).replace(
            b'<endEvent id="ep">', b'<endEvent id="ep">' + event("message", "M").encode()
        ),
        do("a"),
        end="ep",
    ),
    "endEvent (signal)": runs(
        document(line("a"), before=S).replace(
            b'<endEvent id="ep">', b'<endEvent id="ep">' + event("signal", "S").encode()
        ),
        do("a"),
        end="ep",
    ),
    "endEvent (error)": runs(thrown("error", "E", before=E), do("n/a"), do("r"), end="e2"),
    "endEvent (error that nobody catches)": refused(
        document(line("a"), before=E).replace(
            b'<endEvent id="ep">', b'<endEvent id="ep">' + event("error", "E").encode()
        ),
        "workflow.uncaught-error",
    ),
    "endEvent (escalation)": runs(thrown("escalation", "X", before=X), do("n/a"), do("r"), end="e2"),
    "endEvent (compensation)": refused(
        document(line("a")).replace(b'<endEvent id="ep">', b'<endEvent id="ep"><compensateEventDefinition/>'),
        "workflow.event-unsupported",
    ),
    "endEvent (cancel)": refused(
        document(line("a")).replace(b'<endEvent id="ep">', b'<endEvent id="ep"><cancelEventDefinition/>'),
        "workflow.event-unsupported",
    ),
    "event of several kinds": refused(
        beside(event("timer", "P1D") + event("signal", "S"), before=S), "workflow.several-events"
    ),
    # --- data, participants, artifacts ---
    "dataObject": refused(
        document(line("a")).replace(b"</process>", b'<dataObject id="n"/></process>'), "workflow.element-unsupported"
    ),
    "dataObjectReference": refused(
        document(line("a")).replace(b"</process>", b'<dataObjectReference id="n"/></process>'),
        "workflow.element-unsupported",
    ),
    "dataStoreReference": refused(
        document(line("a")).replace(b"</process>", b'<dataStoreReference id="n"/></process>'),
        "workflow.element-unsupported",
    ),
    "ioSpecification": refused(one("userTask", "<ioSpecification/>"), "workflow.element-unsupported"),
    "participant, lane": runs(
        document(
            line("a"), before='<collaboration id="c"><participant id="pp" processRef="p"/></collaboration>'
        ).replace(
            b'isExecutable="true">',
            b'isExecutable="true"><laneSet id="ls"><lane id="la"><flowNodeRef>a</flowNodeRef></lane></laneSet>',
        ),
        do("a"),
        end="ep",
    ),
    "textAnnotation, association, group": runs(
        document(line("a")).replace(
            b"</process>",
            b'<textAnnotation id="ta"><text>x</text></textAnnotation><association id="as" sourceRef="a" targetRef="ta"/><group id="gr"/></process>',
        ),
        do("a"),
        end="ep",
    ),
    "conversation, choreography": refused(
        document(line("a"), before='<choreography id="ch"/>'), "workflow.element-unsupported"
    ),
}
