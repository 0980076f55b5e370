"""The case that calls this one, and the cases that this one calls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.cases.door import Sight
from engine.cases.words import CALL_STATES, OUTCOMES, STATES, name
from engine.packages import CompiledPackage


@dataclass(frozen=True)
class CaseLink:
    """Another case as it is named on the page of this one; `open` says whether the reader may open it."""

    id: str
    number: str
    title: str
    state_name: str
    outcome_name: str
    open: bool


@dataclass(frozen=True)
class CallView:
    """A call of another process: where it stands, and the case that it started. `fault` is why it could not start."""

    node_id: str
    node_name: str
    item: str
    state: str
    state_name: str
    opened_at: datetime
    fault: str
    child: CaseLink | None


def parent_of(rows: Sequence[Mapping[str, Any]], sight: Sight) -> CaseLink | None:
    """For the department and the association; the others see nothing of what stands round their request."""
    return _link(rows[0], sight) if rows and sight in {Sight.OWN, Sight.FULL} else None


def calls_of(rows: Iterable[Mapping[str, Any]], package: CompiledPackage, sight: Sight) -> tuple[CallView, ...]:
    """In the order in which they were made; for the department and the association."""
    return tuple(_call(row, package, sight) for row in rows) if sight in {Sight.OWN, Sight.FULL} else ()


def _call(row: Mapping[str, Any], package: CompiledPackage, sight: Sight) -> CallView:
    node = package.definition.nodes.get(row["call_node_id"])
    return CallView(
        node_id=row["call_node_id"],
        node_name=(node.name if node else "") or row["package_title"] or row["call_package_key"],
        item=row["call_item_key"] or "",
        state=row["call_state"],
        state_name=CALL_STATES[row["call_state"]],
        opened_at=row["call_opened_at"],
        fault=row["call_reason"] if sight is Sight.FULL else "",
        child=None if row["id"] is None else _link(row, sight),
    )


def _link(row: Mapping[str, Any], sight: Sight) -> CaseLink:
    return CaseLink(
        id=row["id"],
        number=row["number"] or "草稿",
        title=row["title"],
        state_name=name(STATES, row["state"]),
        outcome_name=name(OUTCOMES, row["outcome"]),
        open=sight is Sight.OWN or row["state"] != "draft",
    )
