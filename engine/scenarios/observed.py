"""What a case looks like after a step, read from the rows that the commands wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine import store
from engine.calendar import Promise, WorkingDays, light, local_date
from engine.documents import Content
from engine.installation import Installation
from engine.packages import UNSIGNED
from engine.store import tables
from engine.store.values import decode


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A row of the task table that waits for somebody."""

    id: str
    node: str
    item: str | None
    post: str
    path: str
    due: date | None
    is_review: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the case: its kind, its row, all of its text, whether somebody outside of the department fetches it
    here, and the organisation that does: the association, or the one with this id."""

    id: str
    kind: str
    state: str
    text: str
    outward: bool
    addressee: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a post was told; `to` as diagrams name it, `role@organisation`."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Observed:
    """The case at one moment. `documents` and `notices` in the order of their making; no `clocks` before they start."""

    state: str
    outcome: str | None
    tasks: tuple[OpenTask, ...]
    documents: tuple[Document, ...]
    variables: Mapping[str, Any]
    results: Mapping[str, str]
    notices: tuple[Notice, ...]
    clocks: Mapping[str, Any]

    @property
    def open(self) -> tuple[str, ...]:
        """The nodes with open tasks, each once."""
        return tuple(dict.fromkeys(task.node for task in self.tasks))


def observe(installation: Installation, case_id: str) -> Observed:
    """Read the case anew."""
    calendar, today = installation.calendar(), local_date(installation.clock.now())
    with store.reading(installation.database) as transaction:
        row = transaction.execute(sa.select(tables.case).where(tables.case.c.id == case_id)).mappings().one()
        return Observed(
            state=row["state"],
            outcome=row["outcome"],
            tasks=_tasks(transaction, case_id),
            documents=_documents(transaction, case_id),
            variables=_variables(transaction, case_id),
            results=_results(transaction, case_id),
            notices=_notices(transaction, case_id),
            clocks=_clocks(dict(row), calendar, today),
        )


def _tasks(transaction: store.Transaction, case_id: str) -> tuple[OpenTask, ...]:
    task = tables.task
    query = (
        sa.select(task)
        .where(task.c.case_id == case_id, task.c.state == "open", task.c.held_by.is_(None))
        .order_by(task.c.created_at, task.c.id)
    )
    return tuple(
        OpenTask(
            row["id"],
            row["node_id"],
            row["item_key"],
            row["post_id"],
            row["path"],
            row["due_at"] and local_date(row["due_at"]),
            row["kind"] == "review",
        )
        for row in transaction.execute(query).mappings()
    )


def _documents(transaction: store.Transaction, case_id: str) -> tuple[Document, ...]:
    document = tables.document
    query = sa.select(document).where(document.c.case_id == case_id).order_by(document.c.id)
    return tuple(
        Document(row["id"], row["kind"], row["state"], _text(row["content"]), _goes_out(row), row["addressee_id"])
        for row in transaction.execute(query).mappings()
    )


def _goes_out(row: Any) -> bool:
    """To the association, or to an organisation that has an account here."""
    fetched = row["reader"] == "applicant" if row["addressee_id"] is None else bool(row["addressee_id"])
    return row["signature"] not in UNSIGNED and fetched


def _text(content: str) -> str:
    return Content.from_dict(decode(content)).text()


def _variables(transaction: store.Transaction, case_id: str) -> Mapping[str, Any]:
    scope = tables.scope
    query = sa.select(scope.c["values"]).where(scope.c.case_id == case_id, scope.c.path == "")
    text = transaction.execute(query).scalar_one_or_none()
    return dict(decode(text)) if text else {}


def _results(transaction: store.Transaction, case_id: str) -> Mapping[str, str]:
    query = sa.select(tables.outcome.c.label, tables.outcome.c.result).where(tables.outcome.c.case_id == case_id)
    return {row.label: row.result for row in transaction.execute(query)}


def _notices(transaction: store.Transaction, case_id: str) -> tuple[Notice, ...]:
    notice, post, organisation = tables.notification, tables.post, tables.organisation
    query = (
        sa.select(post.c.role, organisation.c.key, notice.c.text)
        .join(post, post.c.id == notice.c.post_id)
        .join(organisation, organisation.c.id == post.c.organisation_id)
        .where(notice.c.case_id == case_id)
        .order_by(notice.c.id)
    )
    return tuple(Notice(f"{row.role}@{row.key}", row.text) for row in transaction.execute(query))


def _clocks(case: Mapping[str, Any], calendar: WorkingDays, today: date) -> Mapping[str, Any]:
    promise = Promise.from_json(case["promise"])
    if promise is None:
        return {}
    remaining = promise.remaining(calendar, today)
    return {
        "paused": sorted(pause.reason for pause in promise.open_pauses),
        "used": promise.used(calendar, today),
        "remaining": remaining,
        "due": case["due_on"],
        "estimated": case["due_estimated"],
        "light": light(promise.working_days, remaining),
    }
