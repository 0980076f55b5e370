"""The rows of documents: which are signed and sealed where, and how one goes on from state to state."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.packages import APPROVED
from engine.store import Transaction
from engine.store.tables import document

if TYPE_CHECKING:
    from engine.cases.step import Step

UNFINISHED = ("drafted", "reserved", "rendered", "signed")


def find_document(transaction: Transaction, document_id: str) -> dict[str, Any]:
    """The row of a document; `NotFound` where there is none."""
    row = transaction.execute(sa.select(document).where(document.c.id == document_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("没有找到这份文书。", code="document.not-found", document=document_id)
    return dict(row)


def letters_at(transaction: Transaction, case_id: str, path: str, state: str) -> list[str]:
    """The ids of the letters that are signed or sealed at a path, and are in this state."""
    return [row["id"] for row in of_path(transaction, case_id, path, (state,))]


def of_path(
    transaction: Transaction, case_id: str, path: str, states: tuple[str, ...], only: str | None = None
) -> list[dict[str, Any]]:
    """What waits for a signature or seal: letters drafted in the scope of a path, in one around it, or in one within it,
    not those of its neighbours; or the only one asked for (a correction)."""
    query = sa.select(document).where(
        document.c.case_id == case_id,
        document.c.state.in_(states),
        document.c.signature.in_(APPROVED),
        document.c.sealed_by.is_(None),  # minutes that are signed at once belong to no signing task
        document.c.replaces.is_(None) if only is None else document.c.id == only,
    )
    if path and only is None:
        around = ["", *("/".join(path.split("/")[:n]) for n in range(1, path.count("/") + 1))]
        query = query.where(sa.or_(document.c.path.in_(around), _within(path)))
    return [dict(row) for row in transaction.execute(query.order_by(document.c.id)).mappings()]


def is_at(drafted: str, path: str) -> bool:
    """Whether what was drafted in one scope is signed and sealed at a task in the other, as `letters_at` finds it."""
    return drafted == path or path.startswith(f"{drafted}/") or drafted.startswith(f"{path}/") or "" in (drafted, path)


def _within(path: str) -> sa.ColumnElement[bool]:
    return sa.or_(document.c.path == path, document.c.path.startswith(f"{path}/", autoescape=True))


def advance_document(
    transaction: Transaction,
    document_id: str,
    states: tuple[str, ...],
    values: dict[str, Any],
    dated: date | None = None,
) -> bool:
    """Move a document on from one of the states; false where somebody was first."""
    statement = sa.update(document).where(document.c.id == document_id, document.c.state.in_(states))
    if dated is not None:
        statement = statement.where(document.c.dated == dated)
    return transaction.execute(statement.values(**values)).rowcount == 1


def advance_all(
    transaction: Transaction, state: str, values: dict[str, Any], column: sa.Column[Any], digests: dict[str, str]
) -> dict[str, str]:
    """Move several documents on in one statement, each with bytes of its own. -> signature by id of those that were
    not moved by somebody before."""
    if not digests:
        return {}
    statement = sa.update(document).where(document.c.id.in_(sorted(digests)), document.c.state == state)
    statement = statement.values({**values, column.name: sa.case(digests, value=document.c.id)})
    found = transaction.execute(statement.returning(document.c.id, document.c.signature))
    return {row.id: row.signature for row in found}


def void_unfinished(step: "Step", reason: str, path: str = "") -> None:
    """The case goes back or ends: letters of the path not yet in effect are voided, their numbers stay with the reason."""
    found = (
        step.transaction.execute(
            sa.update(document)
            .where(
                document.c.case_id == step.case["id"],
                document.c.state.in_(UNFINISHED),
                document.c.signature.in_(APPROVED),
                *([_within(path)] if path else []),
                document.c.replaces.is_(None),
            )
            .values(state="voided", ended_at=step.now, reason=reason)
            .returning(document.c.id, document.c.number)
        )
        .mappings()
        .all()
    )
    for row in found:
        step.events.append(("document.voided", {"document": row["id"], "number": row["number"], "reason": reason}))


def supersede(transaction: Transaction, row: dict[str, Any], now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """A document takes effect: the one that it replaces no longer is in effect; the event to record, if there is one."""
    ended = {"state": "superseded", "ended_at": now, "reason": row["reason"]}
    if row["replaces"] is None or not advance_document(transaction, row["replaces"], ("issued",), ended):
        return []
    told = {"document": row["replaces"], "by": row["id"], "number": row["number"], "reason": row["reason"]}
    return [("document.superseded", told)]
