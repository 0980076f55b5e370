"""From checked facts to SpiffWorkflow's specs.

The specs are connected here and not by SpiffWorkflow's parser: it recurses along the flows (a chain of a thousand
nodes breaks it), sorts branches by their place in the drawing, and turns what it does not know into something else.
"""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit

from .expressions import Formula
from .model import Diagram, Node, Scope
from .specs.activities import BusinessRule, Call, Embedded, Service, User
from .specs.element import Element
from .specs.events import Boundary, Catch, End, Start, Timer
from .specs.gateways import Exclusive, Parallel
from .specs.multi import Each
from .texts import NodeTexts

PLAIN: dict[str, type[Element]] = {
    "startEvent": Start,
    "endEvent": End,
    "exclusiveGateway": Exclusive,
    "parallelGateway": Parallel,
    "serviceTask": Service,
    "businessRuleTask": BusinessRule,
}


def spec_name(node_id: str) -> str:
    """A name that no id can have: SpiffWorkflow names its own specs `Start`, `End` and `<process>.EndJoin`."""
    return "=" + node_id


def entrance(spec: Any, node_id: str) -> str:
    """The spec at which a token enters a node: the node itself, or the split that arms its boundary events."""
    name = spec_name(node_id)
    return name + "|split" if name + "|split" in spec.task_specs else name


def build(diagram: Diagram, texts: Mapping[str, NodeTexts], conditions: Mapping[str, Formula]) -> dict[str, Any]:
    """Every process and sub-process by its id."""
    return {scope.id: _ScopeBuilder(scope, texts, conditions).build() for scope in diagram.scopes.values()}


class _ScopeBuilder:
    def __init__(self, scope: Scope, texts: Mapping[str, NodeTexts], conditions: Mapping[str, Formula]) -> None:
        self.scope, self.texts, self.conditions = scope, texts, conditions
        self.spec = BpmnProcessSpec(name=scope.id, description=scope.name)
        self.elements: dict[str, Element] = {}

    def build(self) -> Any:
        for node in self.scope.nodes:
            self.elements[node.id] = self._element(node)
        for node in self.scope.nodes:
            if hosted := [n for n in self.scope.nodes if n.attached_to == node.id]:
                self._arm(self.elements[node.id], [self.elements[n.id] for n in hosted])
        for flow in self.scope.flows:
            self._connect(flow.id, flow.source, flow.target)
        for node in self.scope.nodes:
            if node.kind == "startEvent":
                self.spec.start.connect(self.elements[node.id])
            elif node.kind == "endEvent":
                self.elements[node.id].connect(self.spec.end)
        return self.spec

    def _element(self, node: Node) -> Element:
        texts, name = self.texts[node.id], spec_name(node.id)
        if texts.collection is None or node.loop is None:
            return self._one(node, name)
        instance = self._one(node, name + "|item")
        each = Each(
            self.spec,
            name,
            node=node,
            instance=instance.name,
            collection=texts.collection,
            output=texts.output_element,
            condition=texts.completion,
        )
        each.connect(instance)
        each._outputs.remove(instance.name)  # the multi-instance starts its instances itself
        return each

    def _one(self, node: Node, name: str) -> Element:
        texts = self.texts[node.id]
        element: Element
        if node.kind == "userTask":
            element = User(self.spec, name, node=node, assignment=texts.assignment, due=texts.due)
        elif node.kind == "subProcess":
            element = Embedded(self.spec, name, node=node, subworkflow_spec=node.id)
        elif node.kind == "callActivity":
            element = Call(self.spec, name, node=node, subworkflow_spec=node.called)
        elif node.kind in ("boundaryEvent", "intermediateCatchEvent"):
            element = self._timer(node, name)
        else:
            element = PLAIN[node.kind](self.spec, name, node=node)
        element.input_formulas, element.output_formulas = texts.inputs, texts.outputs
        element.properties = texts.properties
        return element

    def _timer(self, node: Node, name: str) -> Element:
        formula = self.texts[node.id].timer
        assert formula is not None
        timer = Timer(node.id, formula)
        if node.kind == "boundaryEvent":
            return Boundary(self.spec, name, node=node, event_definition=timer, cancel_activity=node.interrupting)
        return Catch(self.spec, name, node=node, event_definition=timer)

    def _arm(self, host: Element, events: list[Element]) -> None:
        split = BoundaryEventSplit(self.spec, host.name + "|split")
        join = BoundaryEventJoin(self.spec, host.name + "|join", split_task=split.name, cancel=True)
        split.connect(host)
        host.connect(join)
        for event in events:
            split.connect(event)
            event.connect(join)

    def _connect(self, flow: str, source: str, target: str) -> None:
        leaving = self.elements[source]
        entering = self.spec.task_specs[entrance(self.spec, target)]
        leaving.connect(entering)
        leaving.flows[entering.name] = flow
        if isinstance(leaving, Exclusive):
            leaving.choices.append((self.conditions.get(flow), entering.name))
