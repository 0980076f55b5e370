"""Objections from the public: made without an account, each to one member, sealed; read by those who handle them.

Who objects, and what they say, is encrypted with the row; the process learns that there is one, not from whom. Every
reading needs a reason and is recorded on the case.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson
import sqlalchemy as sa

from engine import forms, store
from engine.cases.door import Sight, hidden, sight
from engine.cases.drafting import clean_name
from engine.cases.loading import load_case
from engine.cases.reasons import reason_of
from engine.cases.recording import head_of_case, record_on_case
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.cases.views import ObjectionView
from engine.cases.words import OBJECTION_STATES, name
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import CompiledPackage, Parameter
from engine.store import Transaction, new_id, tables
from engine.store.tables import objection, publicity
from engine.store.values import decode

MOST_FILES, MOST_BYTES = 3, 5 * 1024 * 1024
LONGEST, SHORTEST = 2000, 10
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O and U
MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")


@dataclass(frozen=True)
class PublicityView:
    """What everybody may read of a publicity: `members` hold their key, label and public fields."""

    id: str
    title: str
    organisation: str
    opened_on: date
    closes_on: date
    members: tuple[dict[str, Any], ...]
    is_open: bool
    answer: Parameter | None = None  # in how many working days an objection is looked into, where the package says it


@dataclass(frozen=True)
class Statement:
    """What somebody says of a member; an empty name makes it anonymous. `files` are (name, bytes)."""

    text: str
    name: str = ""
    contact: str = ""
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class SealedFile:
    name: str
    media_type: str
    sha256: str  # of the sealed bytes
    key_id: str


@dataclass(frozen=True)
class ObjectionText:
    """An objection unsealed, for whoever handles it."""

    id: str
    text: str
    name: str
    contact: str
    files: tuple[SealedFile, ...]


def receipt_of(objection_id: str) -> str:
    """The number that the sender keeps and names when asking: eight signs that are not taken for each other."""
    value = int.from_bytes(hashlib.sha256(objection_id.encode()).digest()[:5], "big")
    signs = "".join(_SIGNS[value >> shift & 31] for shift in range(35, -5, -5))
    return f"{signs[:4]}-{signs[4:]}"


def publicities(installation: Installation) -> tuple[PublicityView, ...]:
    """Those that are open, the one that closes first first."""
    with store.reading(installation.database) as transaction:
        rows = transaction.execute(_SHOWN.where(publicity.c.closed_at.is_(None))).mappings()
        return tuple(_view(row) for row in rows)


def publicity_view(installation: Installation, publicity_id: str) -> PublicityView:
    """One that is open; of one that is over nothing is shown any more (`NotFound`)."""
    with store.reading(installation.database) as transaction:
        row = _open_one(transaction, publicity_id)
        manifest = installation.package(transaction, row["version_id"]).manifest
        days = manifest.publicity.days if manifest.publicity is not None else ""
        return replace(_view(row), answer=manifest.parameters.get(days))


_SHOWN = (
    sa.select(
        publicity, tables.case.c.title, tables.case.c.version_id, tables.organisation.c.name.label("organisation")
    )
    .join(tables.case, tables.case.c.id == publicity.c.case_id)
    .join(tables.organisation, tables.organisation.c.id == tables.case.c.organisation_id)
    .order_by(publicity.c.closes_on, publicity.c.id)
)


def _open_one(transaction: Transaction, publicity_id: str) -> Any:
    query = _SHOWN.where(publicity.c.id == publicity_id, publicity.c.closed_at.is_(None))
    row = transaction.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("没有这次公示，或公示已经结束。", code="publicity.not-found")
    return row


def _view(row: Any) -> PublicityView:
    return PublicityView(
        id=row["id"],
        title=row["title"],
        organisation=row["organisation"],
        opened_on=row["opened_on"],
        closes_on=row["closes_on"],
        members=tuple(decode(row["members"])),
        is_open=row["closed_at"] is None,
    )


# --- making one ------------------------------------------------------------------------------------------------------


def object_to(installation: Installation, publicity_id: str, item_key: str, said: Statement) -> str:
    """Take an objection to one member; gives the id that the sender keeps. Nobody is signed in.

    `Invalid` where something is missing or too long, `NotFound` where the publicity is over or has no such member.
    """
    _check(said)
    identity = new_id()
    files = [_sealed_file(installation, identity, file, data) for file, data in said.files]
    text = orjson.dumps({"text": said.text, "name": said.name, "contact": said.contact, "files": files}).decode()
    key_id, ciphertext = installation.cipher.encrypt(text, f"objection:{identity}")
    digest = installation.cipher.digest("objection", text)

    def body(transaction: Transaction) -> str:
        shown = _open_one(transaction, publicity_id)
        member = next((one for one in decode(shown["members"]) if one["key"] == item_key), None)
        if member is None:
            raise NotFound("这次公示里没有这名人选，请从公示页重新进入。", code="publicity.no-member")
        step = Step(installation, transaction, load_case(transaction, shown["case_id"]), None)
        rule = step.package.manifest.publicity
        assert rule is not None
        told = {"id": identity, "key": item_key, "label": member["label"], "named": bool(said.name)}
        step.run.receive(rule.message, {"objection": told}, publicity_id)
        noted = {"objection": identity, "publicity": publicity_id, "item": item_key, "named": bool(said.name)}
        step.events.append(("objection.received", noted | {"files": len(files), "digest": digest}))
        row = {"id": identity, "case_id": step.case["id"], "publicity_id": publicity_id, "item_key": item_key}
        row |= {"named": bool(said.name), "files": len(files), "received_at": step.now, "state": "open"}
        step.rows["objection"].append(row | {"digest": digest, "key_id": key_id, "ciphertext": ciphertext})
        step.write()
        return identity

    try:
        return command(installation, body)
    except Conflict as error:
        if error.code == "workflow.not-waiting":
            raise NotFound("没有这次公示，或公示已经结束。", code="publicity.not-found") from error
        raise


def _check(said: Statement) -> None:
    if not SHORTEST <= len(said.text.strip()) <= LONGEST:
        message = f"请写明异议的事实和理由，{SHORTEST} 到 {LONGEST} 字。"
        raise Invalid(message, code="objection.text", field="text")
    if len(said.name) > 50:
        raise Invalid("姓名不超过 50 字。", code="objection.name", field="name")
    if said.name.strip() and not said.contact.strip():
        message = "实名反映的请留联系方式，以便核实和答复；不愿留名的请把姓名也空着。"
        raise Invalid(message, code="objection.contact", field="contact")
    if len(said.contact) > 100:
        raise Invalid("联系方式不超过 100 字。", code="objection.contact", field="contact")
    if len(said.files) > MOST_FILES or any(len(data) > MOST_BYTES for _, data in said.files):
        message = f"附件至多 {MOST_FILES} 个，每个不超过 {MOST_BYTES // 1024**2} MB，请减少或压缩后再传。"
        raise Invalid(message, code="objection.files", field="files")


def _sealed_file(installation: Installation, identity: str, file_name: str, data: bytes) -> dict[str, str]:
    """The bytes encrypted, so that no file on the disk tells who objects."""
    media_type = forms.sniff(data, file_name)
    if media_type not in MEDIA_TYPES:
        raise Invalid("附件只收 PDF、JPG 和 PNG，请转换后再传。", code="objection.files", field="files")
    bound = f"objection:{identity}:{hashlib.sha256(data).hexdigest()}"
    key_id, sealed = installation.cipher.encrypt(base64.b64encode(data).decode(), bound)
    digest = installation.files.put(sealed)
    return {"name": clean_name(file_name), "media_type": media_type, "sha256": digest, "key_id": key_id, "bound": bound}


# --- reading it ------------------------------------------------------------------------------------------------------


def readers(package: CompiledPackage) -> tuple[str, ...]:
    """The posts that may read objections."""
    rule = package.manifest.publicity
    return rule.readers if rule is not None else ()


def may_read(package: CompiledPackage, actor: Actor) -> bool:
    return any(post.organisation_kind == "department" and post.role in readers(package) for post in actor.posts)


def read_objection(installation: Installation, actor: Actor, objection_id: str, reason: str) -> ObjectionText:
    """Who objects and what they say, for the posts that handle objections; who looked and why is recorded."""
    reason = reason_of(reason, "请填写查看异议内容的事由。")

    def body(transaction: Transaction) -> ObjectionText:
        row = _handled(installation, transaction, actor, objection_id)
        head = head_of_case(transaction, row["case_id"])
        noted = {"objection": objection_id, "item": row["item_key"], "reason": reason}
        now = installation.clock.now()
        record_on_case(transaction, head, [("objection.read", noted)], actor.person_id, now)
        return _opened(installation, row)

    return command(installation, body)


def objection_file(installation: Installation, actor: Actor, objection_id: str, place: int) -> tuple[str, str, bytes]:
    """(name, media type, bytes) of an attachment, for the same people; recorded."""

    def body(transaction: Transaction) -> tuple[str, str, bytes]:
        row = _handled(installation, transaction, actor, objection_id)
        files = _sealed_text(installation, row)["files"]
        if not 0 <= place < len(files):
            raise hidden()
        file = files[place]
        sealed = installation.files.get(file["sha256"])
        text = installation.cipher.decrypt(file["key_id"], sealed, file["bound"])
        noted = {"objection": objection_id, "item": row["item_key"], "name": file["name"]}
        now, head = installation.clock.now(), head_of_case(transaction, row["case_id"])
        record_on_case(transaction, head, [("objection.read", noted)], actor.person_id, now)
        return file["name"], file["media_type"], base64.b64decode(text)

    return command(installation, body)


def _handled(installation: Installation, transaction: Transaction, actor: Actor, objection_id: str) -> Any:
    query = (
        sa.select(objection, tables.case.c.organisation_id, tables.case.c.state.label("case_state"))
        .add_columns(tables.case.c.version_id)
        .join(tables.case, tables.case.c.id == objection.c.case_id)
        .where(objection.c.id == objection_id)
    )
    row = transaction.execute(query).mappings().one_or_none()
    about = row and {"organisation_id": row["organisation_id"], "state": row["case_state"]}
    if row is None or sight(actor, about or {}, ()) is not Sight.FULL:
        raise hidden()
    if not may_read(installation.package(transaction, row["version_id"]), actor):
        raise Forbidden("异议的内容和反映人只有办理异议的岗位可以查看。", code="objection.not-handler")
    return row


def _sealed_text(installation: Installation, row: Any) -> dict[str, Any]:
    text = installation.cipher.decrypt(row["key_id"], row["ciphertext"], f"objection:{row['id']}")
    return dict(orjson.loads(text))


def _opened(installation: Installation, row: Any) -> ObjectionText:
    held = _sealed_text(installation, row)
    files = tuple(SealedFile(f["name"], f["media_type"], f["sha256"], f["key_id"]) for f in held["files"])
    return ObjectionText(row["id"], held["text"], held["name"], held["contact"], files)


def objections_of(rows: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> tuple[ObjectionView, ...]:
    """All of a case, in the order in which they came."""
    return tuple(
        ObjectionView(
            row["id"],
            receipt_of(row["id"]),
            labels.get(row["item_key"], row["item_key"]),
            row["named"],
            row["files"],
            row["received_at"],
            name(OBJECTION_STATES, row["state"]),
        )
        for row in rows
    )
