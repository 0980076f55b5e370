"""One document of the register as a person of the department sees it, with what this person may do about it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import store
from engine.cases.authority import authorised
from engine.cases.correcting import TURNS, turn_of
from engine.cases.documents import hands, view
from engine.cases.door import Sight, hidden, sight
from engine.cases.views import DocumentView
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction
from engine.store.tables import case, document, person


@dataclass(frozen=True)
class Related:
    """A document that this one replaces, or that replaces it: its number is empty while it has none."""

    id: str
    number: str
    state: str


@dataclass(frozen=True)
class DispatchView:
    """`turn` is `sign` or `seal` where the document waits for this person; `verbs` are revoke, correct, drop."""

    document: DocumentView
    case_id: str
    case_number: str
    case_title: str
    drafted_by: str
    signed_by: str
    sealed_by: str
    replaces: Related | None
    replaced_by: Related | None  # in effect
    under_way: Related | None  # a correction that is not
    turn: str
    verbs: frozenset[str]


def dispatch_view(installation: Installation, actor: Actor, document_id: str) -> DispatchView:
    """`NotFound` for who does not see the case whole."""
    with store.reading(installation.database) as transaction:
        query = (
            sa.select(
                document,
                case.c.organisation_id,
                case.c.state.label("case_state"),
                case.c.number.label("case_number"),
                case.c.title.label("case_title"),
                case.c.version_id,
            )
            .join(case, case.c.id == document.c.case_id)
            .where(document.c.id == document_id, document.c.signature != "slip")
        )
        row = transaction.execute(query).mappings().one_or_none()
        about = row and {"organisation_id": row["organisation_id"], "state": row["case_state"]}
        if row is None or sight(actor, about or {}, ()) is not Sight.FULL:
            raise hidden()
        package = installation.package(transaction, row["version_id"])
        names = _names(transaction, row)
        signer, sealer = hands(row["signature"], names.get(row["signed_by"]), names.get(row["sealed_by"]))
        before = _related(transaction, document.c.id == row["replaces"])
        after = _related(transaction, document.c.replaces == document_id)
        under_way = next((one for one in after if one.state in TURNS), None)
        verbs = {verb for verb in ("revoke", "correct") if authorised(package, actor, verb)}
        allowed = {verb for verb in verbs if row["state"] == "issued" and (verb == "revoke" or under_way is None)}
        allowed |= {"drop"} if "correct" in verbs and row["replaces"] and row["state"] in TURNS else set()
        return DispatchView(
            document=view(row),
            case_id=row["case_id"],
            case_number=row["case_number"] or "",
            case_title=row["case_title"],
            drafted_by=names.get(row["drafted_by"], ""),
            signed_by=signer,
            sealed_by=sealer,
            replaces=next(iter(before), None),
            replaced_by=next((one for one in after if one.state in {"issued", "revoked", "superseded"}), None),
            under_way=under_way,
            turn=turn_of(package, row, actor),
            verbs=frozenset(allowed),
        )


def _names(transaction: Transaction, row: Any) -> dict[str, str]:
    ids = {row[name] for name in ("drafted_by", "signed_by", "sealed_by")} - {None}
    query = sa.select(person.c.id, person.c.name).where(person.c.id.in_(sorted(ids)))
    return {found.id: found.name for found in transaction.execute(query)}


def _related(transaction: Transaction, which: Any) -> list[Related]:
    query = sa.select(document.c.id, document.c.number, document.c.state).where(which).order_by(document.c.id)
    return [Related(row.id, row.number or "", row.state) for row in transaction.execute(query)]
