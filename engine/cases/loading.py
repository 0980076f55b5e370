"""What a command reads: the task, its case, its draft and the case's own variables, in one statement."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.cases.door import hidden
from engine.store import Transaction
from engine.store.tables import case, clauses_version, draft, organisation, scope, task
from engine.store.values import decode

Row = dict[str, Any]

_NEWEST_CLAUSES = (
    sa.select(clauses_version.c.id)
    .order_by(clauses_version.c.since.desc(), clauses_version.c.id.desc())
    .limit(1)
    .scalar_subquery()
)


@dataclass(frozen=True)
class Loaded:
    """A task may be missing: timers and withdrawal address the case alone."""

    case: Row
    task: Row
    draft: Row | None
    root: dict[str, Any]
    organisation: Row
    clauses_id: str


def load_task(transaction: Transaction, task_id: str, *, lock: bool = True) -> Loaded:
    """By a task's id, its case locked for this transaction; `NotFound` where it does not exist."""
    if lock:
        _lock(transaction, sa.select(task.c.case_id).where(task.c.id == task_id).scalar_subquery())
    query = _columns(task, draft).join(case, case.c.id == task.c.case_id)
    query = query.outerjoin(draft, draft.c.task_id == task.c.id)
    return _load(transaction, query.where(task.c.id == task_id), has_task=True)


def load_case(transaction: Transaction, case_id: str, *, lock: bool = True) -> Loaded:
    """By a case's id, locked for this transaction; `NotFound` where it does not exist."""
    if lock:
        _lock(transaction, case_id)
    return _load(transaction, _columns().where(case.c.id == case_id), has_task=False)


def _lock(transaction: Transaction, case_id: Any) -> None:
    """The row of the case is the one lock of everything in it.

    A statement of its own, since one that both waits and reads would read, beside the locked row, what was there
    before it waited: the variables and the draft of the step before. SQLite has let nobody else in already.
    """
    if transaction.dialect.name != "sqlite":
        transaction.execute(sa.select(case.c.id).where(case.c.id == case_id).with_for_update(key_share=True))


class _Query:
    """A select that keeps its FROM list open for joins."""

    def __init__(self, columns: list[Any], start: Any) -> None:
        self.columns, self.source = columns, start

    def join(self, table: Any, on: Any) -> "_Query":
        return _Query(self.columns, self.source.join(table, on))

    def outerjoin(self, table: Any, on: Any) -> "_Query":
        return _Query(self.columns, self.source.outerjoin(table, on))

    def where(self, condition: Any) -> sa.Select[Any]:
        source = self.source.join(organisation, organisation.c.id == case.c.organisation_id).outerjoin(
            scope, sa.and_(scope.c.case_id == case.c.id, scope.c.path == "")
        )
        return sa.select(*self.columns).select_from(source).where(condition)


def _columns(*tables: sa.Table) -> _Query:
    wanted: list[Any] = [
        column.label(f"{table.name}__{column.name}") for table in (case, organisation, *tables) for column in table.c
    ]
    wanted += [scope.c["values"].label("root"), _NEWEST_CLAUSES.label("clauses_id")]
    return _Query(wanted, tables[0] if tables else case)


def _load(transaction: Transaction, query: sa.Select[Any], *, has_task: bool) -> Loaded:
    row = transaction.execute(query).mappings().one_or_none()
    if row is None:
        raise hidden()
    parts: dict[str, Row] = {}
    for key, value in row.items():
        table, _, column = key.partition("__")
        if column:
            parts.setdefault(table, {})[column] = value
    found = parts.get("draft")
    return Loaded(
        case=parts["case"],
        task=parts["task"] if has_task else {},
        draft=found if found and found["task_id"] else None,
        root=decode(row["root"]) if row["root"] else {},
        organisation=parts["organisation"],
        clauses_id=row["clauses_id"] or "",
    )


def load_scopes(transaction: Transaction, loaded: Loaded) -> dict[str, dict[str, Any]]:
    """Every scope of the case; the root came with the case, so a case without others costs no statement."""
    scopes = {"": loaded.root}
    if loaded.case["scope_count"] > 1:
        query = sa.select(scope.c.path, scope.c["values"]).where(
            scope.c.case_id == loaded.case["id"], scope.c.path != ""
        )
        scopes |= {path: decode(values) for path, values in transaction.execute(query)}
    return scopes
