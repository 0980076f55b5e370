"""Draws diagrams as a designer's tool writes them, without the drawing."""

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">'
)


def ext(*parts):
    return f"<extensionElements>{''.join(parts)}</extensionElements>" if parts else ""


def zeebe(tag, inner="", **attributes):
    text = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<zeebe:{tag}{text}>{inner}</zeebe:{tag}>"


def mapping(inputs=(), outputs=()):
    """Mappings: a name stands for itself, a pair is (source, target)."""
    found = [(kind, each) for kind, group in (("input", inputs), ("output", outputs)) for each in group]
    if not found:
        return ""
    pairs = [(kind, (f"={each}", each) if isinstance(each, str) else each) for kind, each in found]
    return zeebe("ioMapping", "".join(zeebe(kind, source=source, target=target) for kind, (source, target) in pairs))


def properties(**values):
    return zeebe("properties", "".join(zeebe("property", name=name, value=value) for name, value in values.items()))


def many(
    collection="=units",
    element="u",
    output="opinions",
    value="={unit: u, opinion: opinion}",
    *,
    sequential=False,
    condition="",
):
    done = (
        f'<completionCondition xsi:type="tFormalExpression">{escape(condition)}</completionCondition>'
        if condition
        else ""
    )
    loop = {"inputCollection": collection, "inputElement": element}
    if output:
        loop |= {"outputCollection": output, "outputElement": value}
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"{ext(zeebe('loopCharacteristics', **loop))}{done}</multiInstanceLoopCharacteristics>"
    )


def define(kind, identity, name="", key=""):
    """A message, signal, error or escalation for the head of the file; `name` is the code of the latter two."""
    label = "name" if kind in ("message", "signal") else f"{kind}Code"
    text = f" {label}={quoteattr(name)}" if name else ""
    return f'<{kind} id="{identity}"{text}>{ext(zeebe("subscription", correlationKey=key)) if key else ""}</{kind}>'


def event(kind, text="", tag="timeDuration"):
    """The definition of an event: the time of a timer, the name of a link, else the id of what it refers to."""
    if kind == "timer":
        return f"<timerEventDefinition><{tag}>{escape(text)}</{tag}></timerEventDefinition>"
    if kind == "link":
        return f"<linkEventDefinition name={quoteattr(text)}/>"
    return f"<{kind}EventDefinition{f' {kind}Ref={quoteattr(text)}' if text else ''}/>"


def again(condition="", *, before=False, most=""):
    """A standard loop."""
    limit = f' loopMaximum="{most}"' if most else ""
    inner = f"<loopCondition>{escape(condition)}</loopCondition>" if condition else ""
    return (
        f'<standardLoopCharacteristics testBefore="{str(before).lower()}"{limit}>{inner}</standardLoopCharacteristics>'
    )


class Draw:
    """One process; each method gives the node's id back."""

    def __init__(self, process="p"):
        self.process, self.nodes, self.flows, self.default, self.first = process, [], [], {}, ""

    def node(self, tag, name, inner="", /, **attributes):
        self.nodes.append((tag, name, inner, attributes))
        return name

    def start(self, name="s"):
        return self.node("startEvent", name)

    def end(self, name="e", **settings):
        return self.node("endEvent", name, ext(properties(**settings)) if settings else "")

    def task(self, name, outputs=(), *, inputs=(), extra="", loop="", tag="userTask", **attributes):
        return self.node(tag, name, ext(extra, mapping(inputs, outputs)) + loop, **attributes)

    def service(self, name, kind, outputs=(), /, **settings):
        extra = zeebe("taskDefinition", type=kind) + (properties(**settings) if settings else "")
        return self.task(name, outputs, extra=extra, tag="serviceTask")

    def call(self, name, process, *, inputs=(), outputs=(), loop=""):
        extra = zeebe("calledElement", processId=process)
        return self.task(name, outputs, inputs=inputs, extra=extra, loop=loop, tag="callActivity")

    def sub(self, name, inner, *, inputs=(), outputs=(), loop=""):
        return self.node("subProcess", name, ext(mapping(inputs, outputs)) + loop + inner.body())

    def xor(self, *names):
        return [self.node("exclusiveGateway", name) for name in names][-1]

    def both(self, *names):
        return [self.node("parallelGateway", name) for name in names][-1]

    def flow(self, *names, when=None, default=False):
        for a, b in pairwise(names):
            identity = f"f_{a}_{b}"
            if default:
                self.default[a] = identity
            inner = (
                f'<conditionExpression xsi:type="tFormalExpression">{escape(when)}</conditionExpression>'
                if when
                else ""
            )
            self.flows.append(f'<sequenceFlow id="{identity}" sourceRef="{a}" targetRef="{b}">{inner}</sequenceFlow>')

    def timer(self, name, host, text="PT1H", *, interrupt=True, tag="timeDuration"):
        inner = f"<timerEventDefinition><{tag}>{escape(text)}</{tag}></timerEventDefinition>"
        return self.node("boundaryEvent", name, inner, attachedToRef=host, cancelActivity=str(interrupt).lower())

    def throw(self, name, definition="", *, inputs=(), tag="intermediateThrowEvent"):
        return self.node(tag, name, ext(mapping(inputs)) * bool(inputs) + definition)

    def catch(self, name, definition, *, outputs=()):
        return self.node("intermediateCatchEvent", name, ext(mapping((), outputs)) * bool(outputs) + definition)

    def boundary(self, name, host, definition, *, interrupt=True, outputs=()):
        inner = ext(mapping((), outputs)) * bool(outputs) + definition
        return self.node("boundaryEvent", name, inner, attachedToRef=host, cancelActivity=str(interrupt).lower())

    def event_sub(self, name, definition, *tasks, interrupt=True, outputs=(), writes="k"):
        """An event sub-process: its start, tasks that each write the same, and its end."""
        inner = Draw()
        start = ext(mapping((), outputs)) * bool(outputs) + definition
        inner.node("startEvent", f"s_{name}", start, isInterrupting=str(interrupt).lower())
        inner.flow(f"s_{name}", *[inner.task(task, [writes]) for task in tasks], inner.end(f"e_{name}"))
        return self.node("subProcess", name, inner.body(), triggeredByEvent="true")

    def either(self, *names):
        return [self.node("inclusiveGateway", name) for name in names][-1]

    def block(self, *branches, before="split", after="join"):
        self.both(before, after)
        for branch in branches:
            self.flow(before, *([branch] if isinstance(branch, str) else branch), after)

    def body(self):
        written = []
        for tag, name, inner, attributes in self.nodes:
            if name in self.default:
                attributes = attributes | {"default": self.default[name]}
            text = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
            written.append(f'<{tag} id="{name}"{text}>{inner}</{tag}>')
        return "".join(written) + "".join(self.flows)

    def xml(self):
        return f'<process id="{self.process}" isExecutable="true">{self.body()}</process>'


def document(*draws, before=""):
    return (HEAD + before + "".join(draw.xml() for draw in draws) + "</definitions>").encode()


def line(*tasks, process="p"):
    """Start, the tasks in a row (each writes `k`), end."""
    draw = Draw(process)
    draw.flow(draw.start("s" + process), *[draw.task(name, ["k"]) for name in tasks], draw.end("e" + process))
    return draw
