"""Save a form on the way, and put files beside it."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import forms
from engine.cases.door import hold, look, refuse_held
from engine.cases.loading import Loaded, load_task
from engine.cases.personal import Sealer
from engine.cases.recording import head_of_case, record_on_case
from engine.cases.reviewforms import form_of
from engine.cases.transactions import command
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, insert_into, new_id, tables
from engine.store.values import encode

MOST_BYTES = 20 * 1024 * 1024
MOST_FILES = 200  # of one case
FILE = ("field", "name", "media_type", "size", "sha256")  # what the record tells of a file
ROW = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True)
class AttachmentRef:
    """A stored file; `added` is false where the same bytes were there already."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added: bool


def save_draft(installation: Installation, actor: Actor, task_id: str, values: Mapping[str, Any], revision: int) -> int:
    """Keep the values of the whole form; gives the new revision.

    `Conflict` (`case.stale`) where somebody saved since the page of this revision was opened.
    """

    def body(transaction: Transaction) -> int:
        loaded = load_task(transaction, task_id)
        look(actor, loaded.task, loaded.case)
        refuse_held(loaded.task)
        check_revision(loaded, revision)
        package = installation.package(transaction, loaded.case["version_id"])
        sealer = Sealer(installation, loaded.case["id"])
        sealed = sealer.drafted(values, form_of(package, loaded.task["form_id"]))
        sealer.write(transaction)
        row = {
            "task_id": task_id,
            "case_id": loaded.case["id"],
            "values": encode(sealed),
            "revision": revision + 1,
            "saved_at": installation.clock.now(),
            "saved_by": actor.person_id,
        }
        statement = insert_into(transaction, tables.draft).values(row)
        changing = {name: statement.excluded[name] for name in ("values", "revision", "saved_at", "saved_by")}
        transaction.execute(statement.on_conflict_do_update(index_elements=["task_id"], set_=changing))
        return revision + 1

    return command(installation, body)


def check_revision(loaded: Loaded, revision: int) -> None:
    current = loaded.draft["revision"] if loaded.draft else 0
    if revision != current:
        raise Conflict(
            "这一页打开之后，同单位的其他人保存过这份表。你填的内容还在本页，请核对后再保存。",
            code="case.stale",
            revision=current,
        )


def attach(
    installation: Installation, actor: Actor, task_id: str, field: str, file_name: str, data: bytes
) -> AttachmentRef:
    """Store a file for a field of the open form, judged by its content; the same bytes twice are stored once."""
    if len(data) > MOST_BYTES:
        raise Invalid("文件超过 20 MB，请压缩后再上传。", code="attachment.size")
    media_type = forms.sniff(data, file_name)
    digest = hashlib.sha256(data).hexdigest()
    installation.files.put(data)

    def body(transaction: Transaction) -> AttachmentRef:
        loaded = load_task(transaction, task_id)
        hold(actor, loaded.task, loaded.case)
        package = installation.package(transaction, loaded.case["version_id"])
        if not accepts_file(form_of(package, loaded.task["form_id"]), field):
            raise Invalid("这份表没有这一项材料，请从材料列表重新进入。", code="attachment.field", field=field)
        _check_count(transaction, loaded.case["id"])
        row = {
            "id": new_id(),
            "case_id": loaded.case["id"],
            "field": field,
            "name": clean_name(file_name),
            "media_type": media_type,
            "size": len(data),
            "sha256": digest,
            "uploaded_at": installation.clock.now(),
            "uploaded_by": actor.person_id,
            "removed_at": None,
        }
        statement = insert_into(transaction, tables.attachment).values(row)
        statement = statement.on_conflict_do_update(
            index_elements=["case_id", "field", "sha256"], set_={"removed_at": None}
        ).returning(tables.attachment.c.id)
        stored = transaction.execute(statement).scalar_one()
        noted = {"attachment": stored} | {name: row[name] for name in FILE}
        head, post = head_of_case(transaction, loaded.case["id"]), loaded.task["post_id"]
        record_on_case(transaction, head, [("attachment.added", noted)], actor.person_id, row["uploaded_at"], post)
        return AttachmentRef(stored, row["name"], media_type, len(data), digest, stored == row["id"])

    return command(installation, body)


def clean_name(name: str) -> str:
    """A name that is safe to show and to send: no path, no control or direction characters."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(char for char in base if unicodedata.category(char)[0] != "C").strip()
    return kept[-150:] or "未命名"


def accepts_file(schema: forms.FormSchema, field: str) -> bool:
    """Whether an attachment of this key (`audit`, `candidates/<row>/id_copy`) belongs to the form."""
    parts = field.split("/")
    if len(parts) == 3 and not ROW.fullmatch(parts[1]):
        return False
    path = f"{parts[0]}[].{parts[2]}" if len(parts) == 3 else field
    found = schema.fields.get(path)
    return found is not None and found.type == "filepicker"


def has_files(schema: forms.FormSchema) -> bool:
    return any(entry.type == "filepicker" for entry in schema.fields.values())


def _check_count(transaction: Transaction, case_id: str) -> None:
    query = sa.select(sa.func.count()).select_from(tables.attachment).where(tables.attachment.c.case_id == case_id)
    if transaction.execute(query).scalar_one() >= MOST_FILES:
        raise Invalid(f"一件申请最多上传 {MOST_FILES} 个文件，请合并后再传。", code="attachment.count")


def detach(installation: Installation, actor: Actor, task_id: str, attachment_id: str) -> None:
    """Take a file out of the open form, recorded; its bytes stay until retention deletes them.

    `Forbidden` for a file of another form: evidence that was submitted is not the reviewers' to remove.
    """

    def body(transaction: Transaction) -> None:
        loaded = load_task(transaction, task_id)
        hold(actor, loaded.task, loaded.case)
        table, now = tables.attachment, installation.clock.now()
        mine = (table.c.id == attachment_id, table.c.case_id == loaded.case["id"], table.c.removed_at.is_(None))
        row = transaction.execute(sa.select(table).where(*mine)).mappings().one_or_none()
        if row is None:
            return
        package = installation.package(transaction, loaded.case["version_id"])
        if not accepts_file(form_of(package, loaded.task["form_id"]), row["field"]):
            raise Forbidden("这份材料不属于现在办理的表，不能删除。", code="attachment.other-form")
        transaction.execute(sa.update(table).where(*mine).values(removed_at=now))
        noted = {"attachment": attachment_id, "field": row["field"], "name": row["name"], "sha256": row["sha256"]}
        head = head_of_case(transaction, loaded.case["id"])
        record_on_case(transaction, head, [("attachment.removed", noted)], actor.person_id, now, loaded.task["post_id"])

    return command(installation, body)
