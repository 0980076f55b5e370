"""The documents of a case for those who may have them: lists, files, receipt, revocation, verification."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine import documents, store
from engine.cases import issuing, signing
from engine.cases.beside import beside
from engine.cases.door import Sight, hidden, hold, refuse_signing, separate, sight
from engine.cases.loading import load_case, load_task
from engine.cases.recording import head_of_case, record_on_case
from engine.cases.sightings import task_posts
from engine.cases.step import Step, decode_duties
from engine.cases.transactions import command
from engine.cases.views import DocumentView
from engine.cases.words import DOCUMENT_STATES, name
from engine.documents import Content, Verdict
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.identity import Actor
from engine.installation import Installation
from engine.keys import trust
from engine.packages import UNSIGNED
from engine.store import Transaction, tables
from engine.store.tables import document
from engine.store.values import decode

EFFECTIVE = ("issued", "revoked", "superseded")  # took effect once: what the register vouches for


@dataclass(frozen=True)
class DocumentFacts:
    """What the verification page tells anybody who has the code or the file: nothing of the people in it."""

    number: str
    title: str
    organisation: str
    dated: date
    issued_at: datetime
    state: str
    state_name: str
    sha256: str
    reason: str
    ended_at: datetime | None
    replaced_by: str  # number and code of the document that took its place, empty while there is none
    replaced_code: str
    decision: str  # digest of the decision record, as the QR code on the paper says it


def documents_of(rows: Iterable[Mapping[str, Any]], seen: Sight, actor: Actor) -> tuple[DocumentView, ...]:
    """Of the documents of a case: all for the department; for others those in effect (and revoked) that are addressed
    to them."""
    return tuple(view(row) for row in rows if _may_know(row, seen, actor))


def _may_know(row: Mapping[str, Any], seen: Sight, actor: Actor) -> bool:
    if seen is Sight.FULL:
        return True
    if row["state"] not in EFFECTIVE or row["signature"] == "slip":
        return False
    if row["addressee_id"] is None:
        return seen is Sight.OWN and bool(row["reader"] == "applicant")
    theirs = row["addressee_id"] in _organisations(actor)
    return theirs and (seen is not Sight.OWN or bool(row["reader"] == "applicant"))


def _organisations(actor: Actor) -> set[str]:
    return {post.organisation_id for post in actor.posts}


def state_of(row: Any) -> str:
    """The state in words; a filled-in form takes no effect, it is there."""
    return "已生成" if row["signature"] == "sheet" else name(DOCUMENT_STATES, row["state"])


def hands(signature: str, signed_by: str | None, sealed_by: str | None) -> tuple[str, str]:
    """Who signed and who sealed, as ids or names: minutes bear no seal, their last hand is the signer's."""
    return (signed_by or sealed_by or "", "") if signature == "minutes" else (signed_by or "", sealed_by or "")


def view(row: Any) -> DocumentView:
    content = Content.from_dict(decode(row["content"]))
    return DocumentView(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        number=row["number"],
        state=row["state"],
        state_name=state_of(row),
        signature=row["signature"],
        dated=row["dated"],
        code=row["code"],
        digest=_digest(row),
        issued_at=row["issued_at"],
        received_at=row["received_at"],
        reason=row["reason"],
        text=content.text(),
        path=row["path"],
        to=content.to or row.get("addressee") or "",
        replaces=row["replaces"],
    )


def _digest(row: Any) -> str | None:
    found: str | None = {"rendered": row["rendered_sha256"], "signed": row["signed_sha256"]}.get(
        row["state"], row["issued_sha256"]
    )
    return found


def prepare_documents(installation: Installation, actor: Actor, task_id: str) -> tuple[DocumentView, ...]:
    """Open the signing page: today's texts, numbered and rendered; the signer sees exactly these bytes."""
    with store.reading(installation.database) as transaction:
        loaded = load_task(transaction, task_id, lock=False)
        hold(actor, loaded.task, loaded.case)
        package = installation.package(transaction, loaded.case["version_id"])
        if package.definition.nodes[loaded.task["node_id"]].properties.get("act") != "sign":
            raise Forbidden("这个环节不签发文书。", code="task.no-signing")
        refuse_signing(actor, loaded.task)
        separate(package, loaded.task["node_id"], decode_duties(loaded.case["duties"]), actor)
    ready = signing.prepare(installation, actor.person_id, loaded.case["id"], loaded.task["path"])
    with store.reading(installation.database) as transaction:
        found = documents_of(beside(transaction, loaded.case["id"])["documents"], Sight.FULL, actor)
    return tuple(one for one in found if one.state == "rendered" and one.replaces is None and one.id in ready)


def document_file(installation: Installation, actor: Actor, document_id: str) -> tuple[str, bytes]:
    """(file name, PDF). Issued: the association and the department. On the way to it: the department alone.

    A draft without a number, and a slip, are rendered as a preview.
    """
    with store.reading(installation.database) as transaction:
        query = (
            sa.select(document, tables.case.c.organisation_id, tables.case.c.state.label("case_state"))
            .join(tables.case, tables.case.c.id == document.c.case_id)
            .where(document.c.id == document_id)
        )
        row = transaction.execute(query).mappings().one_or_none()
        if row is None:
            raise hidden()
        about = {"organisation_id": row["organisation_id"], "state": row["case_state"]}
        seen = sight(actor, about, task_posts(transaction, row["case_id"]))
    own = _is_theirs(actor, seen, row) and row["state"] in EFFECTIVE and row["signature"] != "slip"
    if not own and seen is not Sight.FULL:
        raise hidden()
    digest = _digest(row)
    if digest is None:
        mark = "" if row["signature"] in UNSIGNED else "（未签发）"
        return f"{row['title']}{mark}.pdf", issuing.preview(installation, row).pdf
    return f"{row['number']} {row['title']}.pdf", installation.files.get(digest)


def _is_theirs(actor: Actor, seen: Sight, row: Any) -> bool:
    """Whether a document goes to the person's organisation: by its addressee, else to the one that applied, where it is
    for its reading."""
    if row["addressee_id"] is not None:
        return seen is not Sight.NONE and row["addressee_id"] in _organisations(actor)
    return seen is Sight.OWN and bool(row["reader"] == "applicant")


def draft_file(installation: Installation, actor: Actor, document_id: str) -> tuple[str, bytes]:
    """(file name, DOCX) for editing outside, clearly unsigned; for the department alone."""
    with store.reading(installation.database) as transaction:
        query = (
            sa.select(document, tables.case.c.organisation_id, tables.case.c.state.label("case_state"))
            .join(tables.case, tables.case.c.id == document.c.case_id)
            .where(document.c.id == document_id)
        )
        row = transaction.execute(query).mappings().one_or_none()
        about = row and {"organisation_id": row["organisation_id"], "state": row["case_state"]}
        if row is None or sight(actor, about or {}, task_posts(transaction, row["case_id"])) is not Sight.FULL:
            raise hidden()
    content = Content.from_dict(decode(row["content"]))
    return f"{row['title']}（草稿，未签发）.docx", documents.word_draft(content, installation.clock.now())


def receive_document(installation: Installation, actor: Actor, document_id: str) -> None:
    """The organisation that it is addressed to confirms receipt; a second time changes nothing.

    Where the process waits for it (`[receipt]`), it hears of it with the last letter of its part of the case.
    """

    def body(transaction: Transaction) -> None:
        query = sa.select(document, tables.case.c.organisation_id, tables.case.c.state.label("case_state"))
        query = query.join(tables.case, tables.case.c.id == document.c.case_id).where(document.c.id == document_id)
        row = transaction.execute(query).mappings().one_or_none()
        about = row and {k: row[k] for k in ("organisation_id", "case_id")} | {"state": row["case_state"]}
        if row is None or row["state"] != "issued" or not _is_theirs(actor, _sight(transaction, actor, about), row):
            raise hidden()
        if row["received_at"] is not None:
            return
        step = Step(installation, transaction, load_case(transaction, row["case_id"]), actor)
        first = sa.and_(document.c.id == document_id, document.c.state == "issued", document.c.received_at.is_(None))
        values = {"received_at": step.now, "received_by": actor.person_id}
        receipt = sa.update(document).where(first).values(**values).returning(_unreceived_beside(row))
        if (taken := transaction.execute(receipt).one_or_none()) is not None:
            step.events.append(("document.received", {"document": document_id, "number": row["number"]}))
            _tell_receipt(step, row, last=not taken[0])

    command(installation, body)


def _sight(transaction: Transaction, actor: Actor, about: Any) -> Sight:
    return sight(actor, about, task_posts(transaction, about["case_id"]))


def _tell_receipt(step: Step, row: Any, *, last: bool) -> None:
    """Write the step, with what the process makes of it where it waits for just these letters and this is the last."""
    message = step.package.manifest.receipt
    waiting = [one for one in step.run.expected() if message and one.name == message and one.path == row["path"]]
    if row["signature"] == "two" and waiting and last:
        step.run.deliver(waiting[0].id, {"received_on": step.today})
        step.write()
    else:
        step.note(step.events)


def _unreceived_beside(row: Any) -> sa.ColumnElement[bool]:
    """Whether another letter of the same part is in effect and has not been received."""
    other = document.alias("other")
    part = other.c.case_id == row["case_id"], other.c.path == row["path"], other.c.signature == "two"
    open_ones = other.c.state == "issued", other.c.reader == "applicant", other.c.received_at.is_(None)
    return sa.exists().where(other.c.id != row["id"], *part, *open_ones)


def revoke_document(installation: Installation, actor_id: str | None, number: str, reason: str) -> None:
    """Take an issued document out of effect; it and its number stay, with the reason."""
    if len(reason.strip()) < 2:
        raise Invalid("请填写撤销的理由。", code="reason.missing")

    def body(transaction: Transaction) -> None:
        if not revoked(transaction, document.c.number == number, actor_id, reason.strip(), installation.clock.now()):
            raise NotFound(f"发文登记簿里没有文号“{number}”，请核对后再试。", code="document.not-found", number=number)

    command(installation, body)


def revoked(
    transaction: Transaction,
    which: Any,
    actor_id: str | None,
    reason: str,
    now: datetime,
    post_id: str | None = None,
) -> bool:
    """Within a command: the document that meets a condition is no longer in effect; false where there is none.

    `Conflict` where it is not in effect.
    """
    query = sa.select(document).where(which)
    row = transaction.execute(query).mappings().one_or_none()
    if row is None:
        return False
    head = head_of_case(transaction, row["case_id"])
    row = transaction.execute(query).mappings().one()  # as it is now that nobody else can change it
    if row["state"] != "issued" or row["number"] is None:
        word = name(DOCUMENT_STATES, row["state"])
        message = f"文号“{row['number']}”现在是“{word}”，只有已生效的文书可以撤销。"
        raise Conflict(message, code="document.not-issued")
    values = {"state": "revoked", "ended_at": now, "reason": reason}
    transaction.execute(sa.update(document).where(document.c.id == row["id"]).values(**values))
    noted = {"document": row["id"], "number": row["number"], "reason": reason}
    record_on_case(transaction, head, [("document.revoked", noted)], actor_id, now, post_id)
    return True


def verify_bytes(installation: Installation, data: bytes) -> Verdict:
    """Is this file one of ours, whole, and still in effect? The signatures decide origin and wholeness, the register
    the rest."""
    known = trust(installation)
    isolated = installation.settings.isolated_rendering
    verdict = installation.examiner.verify(data, known) if isolated else documents.verify(data, known)
    with store.reading(installation.database) as transaction:
        row = _facts(transaction, document.c.issued_sha256 == verdict.sha256)
    if row is None:
        return verdict.with_register(None, None, None)
    return verdict.with_register(row.state, row.number, row.reason, row.ended_at, row.replaced_by)


def verify_code(installation: Installation, code: str) -> DocumentFacts | None:
    """The document of a verification code, as typed or scanned."""
    letters = "".join(char for char in code.upper() if char.isalnum())
    normal = "-".join((letters[:4], letters[4:8], letters[8:12]))
    with store.reading(installation.database) as transaction:
        return _facts(transaction, document.c.code == normal)


def facts_of_file(installation: Installation, sha256: str) -> DocumentFacts | None:
    """The register's line for a file's hash."""
    with store.reading(installation.database) as transaction:
        return _facts(transaction, document.c.issued_sha256 == sha256)


def _facts(transaction: Transaction, condition: Any) -> DocumentFacts | None:
    after = document.alias("after")
    took_over = sa.and_(after.c.replaces == document.c.id, after.c.issued_at.is_not(None))
    query = (
        sa.select(
            document,
            tables.organisation.c.name.label("organisation_name"),
            sa.select(after.c.number).where(took_over).limit(1).scalar_subquery().label("replaced_by"),
            sa.select(after.c.code).where(took_over).limit(1).scalar_subquery().label("replaced_code"),
        )
        .join(tables.case, tables.case.c.id == document.c.case_id)
        .join(tables.organisation, tables.organisation.c.id == tables.case.c.organisation_id)
        .where(condition, document.c.state.in_(EFFECTIVE))
    )
    row = transaction.execute(query).mappings().one_or_none()
    if row is None:
        return None
    return DocumentFacts(
        number=row["number"],
        title=row["title"],
        organisation=row["organisation_name"],
        dated=row["dated"],
        issued_at=row["issued_at"],
        state=row["state"],
        state_name=name(DOCUMENT_STATES, row["state"]),
        sha256=row["issued_sha256"],
        reason=row["reason"],
        ended_at=row["ended_at"],
        replaced_by=row["replaced_by"] or "",
        replaced_code=row["replaced_code"] or "",
        decision=documents.Frame(row["number"], row["dated"], record=issuing.record_of(row)).digest(),
    )


def _entry(row: Any, replaced_by: str) -> documents.RegisterEntry:
    ended = row["ended_at"]
    reason = row["reason"] if ended else ""
    return documents.RegisterEntry(
        row["number"], row["state"], reason, (ended and ended.isoformat()) or "", replaced_by
    )


def register_list(installation: Installation) -> bytes:
    """The register as a signed list, for verification elsewhere: keys, and documents that took effect."""
    query = sa.select(document).where(document.c.issued_sha256.is_not(None), document.c.signature != "slip")
    with store.reading(installation.database) as transaction:
        rows = transaction.execute(query).mappings().all()
    new = {row["replaces"]: row["number"] for row in rows if row["replaces"]}
    entries = {row["issued_sha256"]: _entry(row, new.get(row["id"], "")) for row in rows}
    held = trust(installation).known or {}
    return documents.export_register(
        installation.vault, documents.RegisterList(installation.clock.now(), held, entries)
    )
