"""What a command reads: the task, its case, its draft and the case's own variables, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from engine.cases.door import hidden
from engine.errors import NotFound
from engine.store import Transaction
from engine.store.tables import case, clauses_version, draft, organisation, personal, scope, task
from engine.store.values import decode

Row = dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """A task may be missing: timers and withdrawal address the case alone."""

    case: Row
    task: Row
    draft: Row | None
    root: dict[str, Any]
    organisation: Row
    clauses_id: str
    root_text: str = ""  # the variables as they are stored
    other_texts: Mapping[str, str] = field(default_factory=dict)  # those of the scopes inside, by path
    numbers: str = ""  # the personal numbers of the case, encrypted; `numbers_of` reads them


class _together(GenericFunction[str]):  # noqa: N801  the name of an SQL function
    """Rows of two columns as the text of one JSON object."""

    type = sa.Text()
    inherit_cache = True


@compiles(_together)
def _together_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(json_object_agg({compiler.process(element.clauses, **options)}) AS TEXT)"


@compiles(_together, "sqlite")
def _together_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"json_group_object({compiler.process(element.clauses, **options)})"


class _hexadecimal(GenericFunction[str]):  # noqa: N801  the name of an SQL function
    """Bytes as text that JSON can hold."""

    type = sa.Text()
    inherit_cache = True


@compiles(_hexadecimal)
def _hexadecimal_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"encode({compiler.process(element.clauses, **options)}, 'hex')"


@compiles(_hexadecimal, "sqlite")
def _hexadecimal_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"hex({compiler.process(element.clauses, **options)})"


class _Reading:
    """A statement that gives one row of several tables; built once, since building costs more than sending."""

    def __init__(self, tables: tuple[sa.Table, ...], source: sa.FromClause, which: sa.ColumnElement[bool]) -> None:
        newest = clauses_version.c.since.desc(), clauses_version.c.id.desc()
        clauses = sa.select(clauses_version.c.id).order_by(*newest).limit(1).scalar_subquery()
        inner = scope.alias("inner_scope")
        others = sa.select(_together(inner.c.path, inner.c["values"])).where(
            inner.c.case_id == case.c.id, inner.c.path != ""
        )
        parts = personal.c.kind, personal.c.key_id, _hexadecimal(personal.c.ciphertext)
        sealed = parts[0] + " " + parts[1] + " " + parts[2]
        numbers = sa.select(_together(personal.c.hash, sealed)).where(personal.c.case_id == case.c.id)
        source = source.join(organisation, organisation.c.id == case.c.organisation_id)
        source = source.outerjoin(scope, sa.and_(scope.c.case_id == case.c.id, scope.c.path == ""))
        self.places = [(table.name, column.name) for table in tables for column in table.c]
        columns = [column.label(f"{table.name}__{column.name}") for table in tables for column in table.c]
        self.statement = sa.select(
            *columns, numbers.scalar_subquery(), others.scalar_subquery(), scope.c["values"], clauses
        )
        self.statement = self.statement.select_from(source).where(which)

    def load(self, transaction: Transaction, key: str) -> Loaded:
        row = transaction.execute(self.statement, {"key": key}).one_or_none()
        if row is None:
            raise hidden()
        parts: dict[str, Row] = {}
        for (table, column), value in zip(self.places, row, strict=False):
            parts.setdefault(table, {})[column] = value
        found, text = parts.get("draft"), row[-2]
        return Loaded(
            case=parts["case"],
            task=parts.get("task", {}),
            draft=found if found and found["task_id"] else None,
            root=decode(text) if text else {},
            organisation=parts["organisation"],
            clauses_id=row[-1] or "",
            root_text=text or "",
            other_texts=orjson.loads(row[-3]) if row[-3] else {},
            numbers=row[-4] or "",
        )


_KEY = sa.bindparam("key", type_=sa.String)
_BY_TASK = _Reading(
    (case, organisation, task, draft),
    task.join(case, case.c.id == task.c.case_id).outerjoin(draft, draft.c.task_id == task.c.id),
    task.c.id == _KEY,
)
_BY_CASE = _Reading((case, organisation), case, case.c.id == _KEY)
_LOCK_BY_TASK = (
    sa.select(case.c.id)
    .where(case.c.id == sa.select(task.c.case_id).where(task.c.id == _KEY).scalar_subquery())
    .with_for_update(key_share=True)
)
_LOCK_BY_CASE = sa.select(case.c.id).where(case.c.id == _KEY).with_for_update(key_share=True)


def load_task(transaction: Transaction, task_id: str, *, lock: bool = True) -> Loaded:
    """By a task's id, its case locked for this transaction; `NotFound` where it does not exist."""
    if lock:
        _lock(transaction, _LOCK_BY_TASK, task_id)
    return _BY_TASK.load(transaction, task_id)


def load_case(transaction: Transaction, case_id: str, *, lock: bool = True) -> Loaded:
    """By a case's id, locked for this transaction; `NotFound` where it does not exist."""
    if lock:
        _lock(transaction, _LOCK_BY_CASE, case_id)
    return _BY_CASE.load(transaction, case_id)


def _lock(transaction: Transaction, statement: sa.Select[Any], key: str) -> None:
    """The row of the case is the one lock of everything in it.

    A statement of its own, since one that both waits and reads would read, beside the locked row, what was there
    before it waited: the variables and the draft of the step before. SQLite has let nobody else in already.
    """
    if transaction.dialect.name != "sqlite":
        transaction.execute(statement, {"key": key})


def id_of(transaction: Transaction, number: str) -> str:
    """The case of a number; `NotFound` where there is none."""
    found = transaction.execute(sa.select(case.c.id).where(case.c.number == number)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"没有编号为“{number}”的案件，请核对后再试。", code="case.not-found", number=number)
    return str(found)


def scopes_of(loaded: Loaded) -> dict[str, dict[str, Any]]:
    """The variables of every scope of the case, by path."""
    return {"": loaded.root} | {path: decode(text) for path, text in loaded.other_texts.items()}


def numbers_of(loaded: Loaded) -> list[Row]:
    """The rows of the personal numbers of the case."""
    rows = []
    for digest, text in (orjson.loads(loaded.numbers) if loaded.numbers else {}).items():
        kind, key_id, data = text.split(" ")
        found = {"kind": kind, "key_id": key_id, "ciphertext": bytes.fromhex(data)}
        rows.append({"case_id": loaded.case["id"], "hash": digest} | found)
    return rows
