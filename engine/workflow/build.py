"""From checked facts to SpiffWorkflow's specs.

The specs are connected here and not by SpiffWorkflow's parser: it recurses along the flows (a chain of a thousand
nodes breaks it), sorts branches by their place in the drawing, and turns what it does not know into something else.
"""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from .expressions import Formula
from .model import Diagram, Node, Scope
from .specs.activities import BusinessRule, Call, Embedded, Script, Service, User
from .specs.element import Element, Outflow, Split
from .specs.events import Armed, Boundary, Catch, End, Start, Throw
from .specs.gateways import EventBased, Exclusive, Inclusive, Parallel
from .specs.multi import Each, Repeat
from .specs.outside import Outside
from .texts import NodeTexts
from .ways import links

PLAIN: dict[str, type[Element]] = {
    "startEvent": Start,
    "endEvent": End,
    "intermediateThrowEvent": Throw,
    "sendTask": Throw,
    "exclusiveGateway": Exclusive,
    "parallelGateway": Parallel,
    "inclusiveGateway": Inclusive,
    "eventBasedGateway": EventBased,
    "serviceTask": Service,
    "businessRuleTask": BusinessRule,
}
CATCHING: dict[str, type[Catch] | type[Boundary]] = {
    "intermediateCatchEvent": Catch,
    "receiveTask": Catch,
    "boundaryEvent": Boundary,
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
    return {scope.id: _ScopeBuilder(diagram, scope, texts, conditions).build() for scope in diagram.scopes.values()}


class _ScopeBuilder:
    def __init__(
        self, diagram: Diagram, scope: Scope, texts: Mapping[str, NodeTexts], conditions: Mapping[str, Formula]
    ) -> None:
        self.diagram, self.scope, self.texts, self.conditions = diagram, scope, texts, conditions
        self.spec = BpmnProcessSpec(name=scope.id, description=scope.name)
        self.elements: dict[str, Element] = {}

    def build(self) -> Any:
        for node in self.scope.nodes:
            self.elements[node.id] = self._element(node)
        for node in self.scope.nodes:
            if hosted := [n for n in self.scope.nodes if n.attached_to == node.id]:
                name = spec_name(node.id)
                Split(self.spec, name + "|split", host=name, events=[spec_name(n.id) for n in hosted])
        for flow in self.scope.flows:
            source = self.elements[flow.source]
            condition = self.conditions.get(flow.id)
            self._connect(flow.source, flow.target, flow.id, condition, default=source.node.default == flow.id)
        self._links()
        self._begin()
        return self.spec

    def _begin(self) -> None:
        """A scope begins with its event sub-processes armed, and at its start event."""
        for node in self.scope.nodes:
            if node.triggered:
                self.spec.start.connect(self._armed(node))
        for node in self.scope.nodes:
            if node.kind == "startEvent":
                self.spec.start.connect(self.elements[node.id])

    def _armed(self, node: Node) -> Element:
        start = next(each for each in self.diagram.scopes[node.id].nodes if each.kind == "startEvent")
        armed: Element = self._catching(Armed, start, spec_name(node.id) + "|armed")
        armed.outflows.append(Outflow("=" + node.id, spec_name(node.id), drawn=False))
        return armed

    def _links(self) -> None:
        for source, target in links({node.id: node for node in self.scope.nodes}):
            self._connect(source, target, "=" + source, drawn=False)

    def _element(self, node: Node) -> Element:
        texts, name = self.texts[node.id], spec_name(node.id)
        if node.repetition is not None:
            instance = self._one(node, name + "|item")
            return Repeat(self.spec, name, node=node, instance=instance.name, condition=texts.repetition)
        if node.loop is None:
            return self._one(node, name)
        return Each(
            self.spec,
            name,
            node=node,
            instance=self._one(node, name + "|item").name,
            collection=texts.collection,
            cardinality=texts.cardinality,
            output=texts.output_element,
            condition=texts.completion,
        )

    def _one(self, node: Node, name: str) -> Element:
        texts = self.texts[node.id]
        element: Element
        if node.kind == "userTask":
            element = User(self.spec, name, node=node, assignment=texts.assignment, due=texts.due)
        elif node.kind == "subProcess":
            element = Embedded(self.spec, name, node=node, subworkflow_spec=node.id)
        elif node.outside:
            element = Outside(self.spec, name, node=node)
        elif node.kind == "callActivity":
            element = Call(self.spec, name, node=node, subworkflow_spec=node.called)
        elif node.kind == "scriptTask":
            assert texts.script is not None
            element = Script(self.spec, name, node=node, script=texts.script)
        elif node.kind in CATCHING and node.event is not None and node.event.kind != "link":
            element = self._catching(CATCHING[node.kind], node, name)
        else:
            element = PLAIN.get(node.kind, Throw)(self.spec, name, node=node)  # the target of a link lets through
        return self._tell(element, node)

    def _catching(self, kind: Any, node: Node, name: str) -> Element:
        texts = self.texts[node.id]
        element: Element = kind(self.spec, name, node=node, event=node.event, timer=texts.timer, key=texts.key)
        return self._tell(element, node)

    def _tell(self, element: Element, node: Node) -> Element:
        texts = self.texts[node.id]
        element.input_formulas, element.output_formulas = texts.inputs, texts.outputs
        element.properties, element.key = texts.properties, texts.key
        return element

    def _connect(
        self,
        source: str,
        target: str,
        flow: str,
        condition: Formula | None = None,
        *,
        default: bool = False,
        drawn: bool = True,
    ) -> None:
        self.elements[source].outflows.append(
            Outflow(flow, entrance(self.spec, target), condition, default=default, drawn=drawn)
        )
        self.elements[target].inflows.append(flow)
