"""What pages look up beside the engine's queries: the version of a case, and where a task that is over belongs."""

from dataclasses import dataclass

import sqlalchemy as sa

from engine import store
from engine.cases import CaseView
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.store import tables


@dataclass(frozen=True)
class EndedTask:
    """The case of a task, and who ended the task, if anybody did."""

    case_id: str
    ended_by: str | None


def package_of(installation: Installation, case: CaseView) -> CompiledPackage:
    """The version that a case runs on; the case was shown to the person already."""
    with store.reading(installation.database) as transaction:
        return installation.package(transaction, case.version_id)


def ended_task(installation: Installation, task_id: str) -> EndedTask | None:
    """For a person whom the engine has told that the task is over."""
    with store.reading(installation.database) as transaction:
        query = sa.select(tables.task.c.case_id, tables.task.c.ended_by).where(tables.task.c.id == task_id)
        row = transaction.execute(query).one_or_none()
    return EndedTask(row.case_id, row.ended_by) if row is not None else None
