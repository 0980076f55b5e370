"""The files of a case: what stands beside a form that is being filled in, and what was submitted with one.

A file that an applicant has put beside a supplement, or taken out of it, is theirs until the form is sent: others see the
files as they were submitted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.cases.door import Sight, hidden, sight
from engine.cases.drafting import accepts_file
from engine.cases.sharing import shared_fields
from engine.cases.sightings import task_posts
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.store import Transaction, reading
from engine.store.tables import attachment, case, entry, scope
from engine.store.values import decode

Row = Mapping[str, Any]
Files = dict[str, list[dict[str, Any]]]

_FILES = sa.select(attachment).where(attachment.c.case_id == sa.bindparam("case")).order_by(attachment.c.id)


@dataclass(frozen=True)
class Submitted:
    """One entry as far as its files go: the form, and attachment ids by field."""

    form_id: str
    files: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, form_id: str, values: Mapping[str, Any]) -> "Submitted":
        listed = values.get("attachments") or {}
        return cls(form_id, {field: tuple(file["id"] for file in files) for field, files in listed.items()})


def all_files(transaction: Transaction, case_id: str) -> list[dict[str, Any]]:
    """Every attachment that the case ever had, in the order of upload; one statement."""
    found = transaction.execute(_FILES, {"case": case_id})
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]


def standing(files: Iterable[Row]) -> Files:
    """Field -> files that nobody took out: what a form that is open shows to those who fill it in."""
    return _by_field(file for file in files if file["removed_at"] is None)


def submitted(package: CompiledPackage, entries: Iterable[Submitted], files: Iterable[Row]) -> Files:
    """Field -> files as of the newest entry whose form asks for that field; `entries` from the oldest."""
    newest: dict[str, tuple[str, ...]] = {}
    for one in entries:
        schema = package.forms.get(one.form_id)
        if schema is None:
            continue
        newest = {field: ids for field, ids in newest.items() if not accepts_file(schema, field)}
        newest |= {field: ids for field, ids in one.files.items() if accepts_file(schema, field)}
    seen = {identity for ids in newest.values() for identity in ids}
    return _by_field(file for file in files if file["id"] in seen)


def of_entry(one: Submitted, files: Iterable[Row]) -> Files:
    """Field -> files as they were when the entry was submitted."""
    seen = {identity for ids in one.files.values() for identity in ids}
    return _by_field(file for file in files if file["id"] in seen)


def attachment_file(installation: Installation, actor: Actor, attachment_id: str) -> tuple[str, str, bytes]:
    """(name, media type, bytes) for those who see the materials of the case: for consulted units what is shared with them."""
    with reading(installation.database) as transaction:
        query = (
            sa.select(attachment, case.c.organisation_id, case.c.state, case.c.version_id)
            .join(case, case.c.id == attachment.c.case_id)
            .where(attachment.c.id == attachment_id)
        )
        row = transaction.execute(query).mappings().one_or_none()
        if row is None:
            raise hidden()
        seen = sight(actor, dict(row), task_posts(transaction, row["case_id"]))
        package = installation.package(transaction, row["version_id"])
        is_own = seen is Sight.OWN or (seen >= Sight.MATERIALS and row["uploaded_by"] == actor.person_id)
        may_see = seen >= Sight.MATERIALS or (seen is Sight.REQUEST and _is_shared(transaction, package, row, actor))
        if not may_see or not (is_own or _was_submitted(transaction, package, dict(row))):
            raise hidden()
    return row["name"], row["media_type"], installation.files.get(row["sha256"])


def _is_shared(transaction: Transaction, package: CompiledPackage, file: Any, actor: Actor) -> bool:
    query = sa.select(scope.c["values"]).where(scope.c.case_id == file["case_id"], scope.c.path == "")
    root = decode(transaction.execute(query).scalar_one())
    return file["field"] in shared_fields(package, root, actor)


def _was_submitted(transaction: Transaction, package: CompiledPackage, file: Row) -> bool:
    """Whether the file is one of those that were submitted last."""
    query = sa.select(entry.c.form_id, entry.c["values"]).where(entry.c.case_id == file["case_id"])
    rows = transaction.execute(query.order_by(entry.c.id)).all()
    entries = [Submitted.of(form_id, decode(values)) for form_id, values in rows]
    return any(file["id"] == seen["id"] for seen in submitted(package, entries, [file]).get(file["field"], ()))


def _by_field(files: Iterable[Row]) -> Files:
    found: Files = {}
    for file in files:
        found.setdefault(file["field"], []).append(dict(file))
    return found
