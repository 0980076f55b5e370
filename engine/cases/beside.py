"""What lies beside a case in tables of its own: files, results, documents, objections, calls; one statement for all."""

from typing import Any

import sqlalchemy as sa

from engine.store import Gathering, Part, Transaction
from engine.store.tables import attachment, call, case, document, objection, organisation, outcome, process_version

Rows = list[dict[str, Any]]

_CASE = sa.bindparam("case", type_=sa.String)
_LINKED = ("id", "number", "title", "state", "outcome")  # what the page of one case says of another
_SEALED = {"key_id", "ciphertext", "digest"}  # of an objection: for those who open it, never for a list


def _documents() -> sa.Select[Any]:
    source = document.outerjoin(organisation, organisation.c.id == document.c.addressee_id)
    query = sa.select(document, organisation.c.name.label("addressee")).select_from(source)
    return query.where(document.c.case_id == _CASE)


def _calls() -> sa.Select[Any]:
    child, version = case.alias("child"), process_version
    source = call.outerjoin(child, child.c.id == call.c.child_id).outerjoin(version, version.c.id == child.c.version_id)
    columns = [column.label(f"call_{column.name}") for column in call.c]
    query = sa.select(*columns, *(child.c[name] for name in _LINKED), version.c.title.label("package_title"))
    return query.select_from(source).where(call.c.case_id == _CASE)


def _parents() -> sa.Select[Any]:
    called = case.alias("called")
    source = case.join(call, call.c.case_id == case.c.id).join(called, called.c.call_id == call.c.id)
    return sa.select(*(case.c[name] for name in _LINKED)).select_from(source).where(called.c.id == _CASE)


_BESIDE = Gathering(
    files=Part(sa.select(attachment).where(attachment.c.case_id == _CASE), ("id",)),
    outcomes=Part(sa.select(outcome).where(outcome.c.case_id == _CASE), ("item_key",)),
    documents=Part(_documents(), ("id",)),
    objections=Part(
        sa.select(*(column for column in objection.c if column.name not in _SEALED)).where(
            objection.c.case_id == _CASE
        ),
        ("received_at", "id"),
    ),
    calls=Part(_calls(), ("call_opened_at", "call_node_id", "call_path", "call_id")),
    parents=Part(_parents(), ("id",)),
)


def beside(transaction: Transaction, case_id: str) -> dict[str, Rows]:
    """By name the rows of a case; what of them somebody may see is decided by whoever shows them."""
    return _BESIDE.read(transaction, {"case": case_id})
