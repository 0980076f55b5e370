"""What a package draws, decides and issues, and how much of it scenarios came by."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine import store
from engine.packages import CompiledPackage, Package
from engine.store import tables
from engine.store.values import decode
from engine.workflow import Flow

KINDS = ("nodes", "flows", "rows", "documents")
WORDS: Mapping[str, tuple[str, str]] = {
    "nodes": ("节点", "没有经过的节点"),
    "flows": ("连线", "没有走到的连线"),
    "rows": ("规则行", "没有命中的规则行"),
    "documents": ("文书", "没有出过的文书"),
}
Row = tuple[str, int]  # a decision and the number of one of its rows


@dataclass(frozen=True, slots=True)
class Trace:
    """What one case came by, each as often as it did."""

    nodes: Mapping[str, int]
    flows: Mapping[str, int]
    rows: Mapping[Row, int]
    documents: Mapping[str, int]


@dataclass(frozen=True)
class Plan:
    """All that a package could come by, with the words for it; `diagram` are the bytes of its drawing."""

    key: str
    title: str
    nodes: Mapping[str, str]
    flows: Mapping[str, Flow]
    rows: Mapping[Row, str]
    documents: Mapping[str, str]
    diagram: bytes

    @classmethod
    def of(cls, compiled: CompiledPackage, package: Package) -> "Plan":
        return cls(
            key=compiled.key,
            title=compiled.manifest.title,
            nodes={key: node.name or key for key, node in compiled.definition.nodes.items()},
            flows=dict(compiled.definition.flows),
            rows=dict(_rows(compiled)),
            documents={kind: rule.title for kind, rule in compiled.manifest.documents.items()},
            diagram=package.files["process.bpmn"],
        )

    def missed(self, kind: str, traces: Iterable[Trace]) -> tuple[str, ...]:
        """Of one of `KINDS` what none of the cases came by, as it is named in a report."""
        seen = {key for trace in traces for key in getattr(trace, kind)}
        left = sorted(key for key in getattr(self, kind) if key not in seen)
        return tuple(f"{key[0]} 第 {key[1]} 行" if isinstance(key, tuple) else key for key in left)

    def count(self, kind: str, traces: Iterable[Trace]) -> tuple[int, int]:
        """How many of one of `KINDS` were come by, of how many."""
        every = len(getattr(self, kind))
        return every - len(self.missed(kind, traces)), every


def _rows(compiled: CompiledPackage) -> Iterator[tuple[Row, str]]:
    """The rows of every decision table, with what is written beside them."""
    for key, decision in sorted(compiled.decisions.items()):
        if decision.hit_policy is not None:
            for rule in decision.logic.rules:
                yield (key, rule.number), "；".join(text for text in rule.annotations.values() if text)


def trace(database: sa.Engine, case_id: str, plan: Plan) -> Trace:
    """What a case came by, from its events and its documents."""
    event, document = tables.event, tables.document
    with store.reading(database) as transaction:
        query = sa.select(event.c.kind, event.c.body).where(event.c.chain == case_id).order_by(event.c.seq)
        events = [(kind, decode(text)) for kind, text in transaction.execute(query)]
        kinds = transaction.execute(sa.select(document.c.kind).where(document.c.case_id == case_id)).scalars().all()
    flows = Counter(flow for _, body in events for flow in body.get("flows") or ())
    return Trace(
        nodes=_nodes(plan, flows, (one["node"] for _, body in events for one in body.get("opened") or ())),
        flows=flows,
        rows=Counter(row for kind, body in events for row in _fired(kind, body)),
        documents=Counter(kinds),
    )


def _nodes(plan: Plan, flows: Mapping[str, int], opened: Iterable[str]) -> dict[str, int]:
    """A token was at both ends of a flow that it took; a task that still waits was opened."""
    came, went = Counter[str](), Counter[str]()
    for key, times in flows.items():
        flow = plan.flows[key]
        came[flow.target] += times
        went[flow.source] += times
    waited = Counter(opened)
    return {node: max(came[node], went[node], waited[node]) for node in {*came, *went, *waited}}


def _fired(kind: str, body: Mapping[str, object]) -> Iterator[Row]:
    fired = body.get("fired")
    if kind == "decision.evaluated" and isinstance(fired, list):
        yield from ((str(body["decision"]), int(rule["number"])) for rule in fired)
    if kind == "rules.checked" and isinstance(fired, dict):
        yield from ((key, int(number)) for key, numbers in fired.items() for number in numbers)
