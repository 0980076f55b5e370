"""The life of a document: drafted, numbered, rendered, signed, sealed, issued; or voided with a reason.

A number is taken in the transaction of the act that needs it, so a rollback leaves no hole; a number whose document
cannot be finished stays in the register as voided. What is slow (rendering, signing) runs outside the transaction on
content frozen inside it; the first stored bytes win.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from engine import documents, jobs, store
from engine.audit import Head, link
from engine.calendar import local_date
from engine.cases.assignments import organisations_of
from engine.cases.door import hidden
from engine.cases.effects import Issue
from engine.cases.numbering import take_number, take_numbers
from engine.documents import Content, Frame, SealPlace
from engine.errors import Conflict, NotFound
from engine.installation import Installation
from engine.keys import assurance
from engine.packages import APPROVED
from engine.store import Transaction, new_id
from engine.store.tables import case, document, event
from engine.store.values import decode, encode

if TYPE_CHECKING:
    from engine.cases.step import Step

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without what is easily misread
NUMBERED = ("number", "year", "serial", "code", "dated")  # what a document has from the taking of its number on
OUTSIDE = ""  # goes to an organisation that is served outside of the system
UNFINISHED = ("drafted", "reserved", "rendered", "signed")
KEY_OF_SEAL = {"authority": "seal-authority", "acceptance": "seal-acceptance"}


def write_documents(step: "Step") -> None:
    """Rows, numbers and jobs of the documents that this step asked for."""
    addressees = _addressees(step)
    serials = _serials(step)
    for issue in step.effects.issues:
        rule = step.package.manifest.documents[issue.kind]
        step.installation.press.check(issue.content)
        row = _row(step, issue)
        row["addressee_id"] = addressees.get(issue.addressee)
        if issue.at_once:
            step.events.append(reserve_notice(step.transaction, row, step.now, next(serials[rule.authority])))
            step.jobs.append(notice_job(row["id"], step.now))
        elif rule.signature == "slip":
            row |= {"state": "issued", "issued_at": step.now, "dated": step.today}
            step.events.append(("slip.sent", {"document": row["id"], "kind": issue.kind}))
            _remind(step, issue.kind)
        elif rule.signature == "sheet":
            row |= {"state": "issued", "issued_at": step.now, "dated": step.today}
            step.events.append(("document.printed", {"document": row["id"], "kind": issue.kind}))
        step.rows["document"].append(row)


def _addressees(step: "Step") -> dict[str, str]:
    """Organisation ids by key, of those that a document goes to; `OUTSIDE` for one that has no account here."""
    keys = {issue.addressee for issue in step.effects.issues if issue.addressee}
    return dict.fromkeys(keys, OUTSIDE) | organisations_of(step.transaction, keys)


def _serials(step: "Step") -> dict[str, Iterator[int]]:
    """Numbers for what is numbered in this step by 机关代字, one statement each."""
    rules = step.package.manifest.documents
    wanted = Counter(rules[issue.kind].authority for issue in step.effects.issues if issue.at_once)
    return {
        authority: iter(take_numbers(step.transaction, authority, step.today.year, count))
        for authority, count in sorted(wanted.items())
    }


def _row(step: "Step", issue: Issue) -> dict[str, Any]:
    rule = step.package.manifest.documents[issue.kind]
    empty = dict.fromkeys(
        [
            "year",
            "serial",
            "number",
            "code",
            "dated",
            "rendered_sha256",
            "signed_sha256",
            "issued_sha256",
            "reserved_at",
            "signed_at",
            "signed_by",
            "issued_at",
            "sealed_by",
            "ended_at",
            "received_at",
            "received_by",
            "addressee_id",
            "replaces",
        ]
    )
    return empty | {
        "id": new_id(),
        "case_id": step.case["id"],
        "kind": issue.kind,
        "path": issue.path,
        "title": rule.title,
        "signature": rule.signature,
        "reader": rule.reader,
        "seal_key": rule.seal,
        "state": "drafted",
        "authority": rule.authority,
        "content": encode(issue.content.to_dict()),
        "record": encode(issue.record),
        "place": "",
        "drafted_at": step.now,
        "drafted_by": step.actor.person_id if step.actor else None,
        "reason": "",
    }


def _remind(step: "Step", kind: str) -> None:
    nodes = set(step.effects.slips_to.get(kind, ()))
    title = step.package.manifest.documents[kind].title
    for task in step.run.open_tasks():
        if task.node_id in nodes and task.assignment:
            name = step.package.definition.nodes[task.node_id].name
            step.effects.notices.append((task.assignment, f"{title}：{step.case['title']}，{name}已到期，请尽快办理。"))


def reserve_notice(
    transaction: Transaction, row: dict[str, Any], now: datetime, serial: int | None = None
) -> tuple[str, dict[str, Any]]:
    """Number a drafted notice, which its drafter seals by the same act; the event to record. `serial` where the number
    has been taken already, together with those of others."""
    if serial is None:
        serial = take_number(transaction, row["authority"], local_date(now).year)
    _number(row, serial, local_date(now), now)
    row["sealed_by"] = row["drafted_by"]
    return _reserved(row)


def notice_job(document_id: str, now: datetime) -> dict[str, Any]:
    """The job that renders and seals a numbered notice."""
    return jobs.row("issue-notice", f"issue-notice:{document_id}", {"document": document_id}, now)


def _reserve(transaction: Transaction, row: dict[str, Any], today: date, now: Any) -> None:
    _number(row, take_number(transaction, row["authority"], today.year), today, now)


def _number(row: dict[str, Any], serial: int, today: date, now: Any) -> None:
    row |= {
        "year": today.year,
        "serial": serial,
        "number": f"{row['authority']}〔{today.year}〕{serial}号",
        "code": new_code(),
        "state": "reserved",
        "reserved_at": now,
        "dated": today,
    }


def _reserved(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The event of a number that was taken."""
    return "document.reserved", {"document": row["id"]} | {name: row[name] for name in NUMBERED}


def new_code() -> str:
    """A verification code of 60 random bits, in three groups that a person can type."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


# --- rendering -------------------------------------------------------------------------------------------------------


def frame_of(installation: Installation, row: Any) -> Frame:
    """What the page shows beside the content: number, date, code, and the record that the file carries."""
    record = decode(row["record"]) | {"number": row["number"], "date": row["dated"].isoformat()}
    url = f"{installation.settings.public_url.rstrip('/')}/verify/{row['code']}"
    return Frame(number=row["number"], date=row["dated"], code=row["code"], verify_url=url, record=record)


def render(installation: Installation, row: Any) -> documents.Rendered:
    """The unsigned document of a row that has its number."""
    content = Content.from_dict(decode(row["content"]))
    return installation.press.render(content, frame_of(installation, row))


def preview(installation: Installation, row: Any) -> documents.Rendered:
    """The document as it would look today, marked 未签发 and without a number; a sheet as it is."""
    content = Content.from_dict(decode(row["content"]))
    frame = Frame(number="", date=local_date(installation.clock.now()), code="", verify_url="", record={})
    return installation.press.render(content, frame, preview=row["signature"] != "sheet")


def issue_notice(installation: Installation, payload: dict[str, Any], done: jobs.Done) -> None:
    """Job: render and seal a notice, or sign minutes. Again without harm: what is not `reserved` is left alone."""
    with store.reading(installation.database) as transaction:
        row = _find(transaction, payload["document"])
    if row["state"] != "reserved":
        with store.writing(installation.database) as transaction:
            done(transaction)
        return
    now = installation.clock.now()
    rendered = render(installation, row)
    if row["signature"] == "minutes":
        signer = installation.vault.signer(person_key(row["sealed_by"]))
        signed = documents.approve(rendered.pdf, None, signer, now, "审签", assurance=assurance(installation))
    else:
        assert rendered.seal is not None
        signed = _sealed(installation, row, rendered.pdf, replace(rendered.seal, alone=True))
    digest = installation.files.put(signed)
    with store.writing(installation.database) as transaction:
        head = head_of_case(transaction, row["case_id"])
        values = {"state": "issued", "issued_at": now, "issued_sha256": digest, "rendered_sha256": rendered.sha256}
        if advance_document(transaction, row["id"], ("reserved",), values):
            noted = {"document": row["id"], "sha256": digest, "rendered_sha256": rendered.sha256}
            events = [("document.issued", noted), *supersede(transaction, row, now)]
            record_on_case(transaction, head, events, row["sealed_by"], now)
        done(transaction)


def supersede(transaction: Transaction, row: dict[str, Any], now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """A document takes effect: the one that it replaces no longer is in effect; the event to record, if there is one."""
    ended = {"state": "superseded", "ended_at": now, "reason": row["reason"]}
    if row["replaces"] is None or not advance_document(transaction, row["replaces"], ("issued",), ended):
        return []
    told = {"document": row["replaces"], "by": row["id"], "number": row["number"], "reason": row["reason"]}
    return [("document.superseded", told)]


def prepare(installation: Installation, actor_id: str, case_id: str, path: str, only: str | None = None) -> list[str]:
    """Number and render today's texts of the letters of a path; ids of those that are ready to be signed.

    A correction is prepared when it is the `only` one asked for.

    Opening the signing page again is harmless: the same number, and on another day the same number with that day's
    date, shown anew. The contents are checked (glyphs, layout) before a number is taken.
    """
    today = local_date(installation.clock.now())
    with store.reading(installation.database) as transaction:
        rows = _of_path(transaction, case_id, path, ("drafted", "reserved", "rendered"), only)
    for row in rows:
        if row["state"] == "drafted":
            preview(installation, row)
    if any(row["state"] != "rendered" or row["dated"] != today for row in rows):
        numbered = _number_today(installation, actor_id, case_id, path, today, only)
        _render_now(installation, actor_id, case_id, numbered)
    return [row["id"] for row in rows]


def _number_today(
    installation: Installation, actor_id: str, case_id: str, path: str, today: date, only: str | None
) -> list[dict[str, Any]]:
    """The letters that wait to be rendered with today's date, each with its number."""
    now, events = installation.clock.now(), []
    with store.writing(installation.database) as transaction:
        head = head_of_case(transaction, case_id)
        rows = _of_path(transaction, case_id, path, ("drafted", "reserved", "rendered"), only)
        for row in rows:
            if row["state"] == "drafted":
                _reserve(transaction, row, today, now)
                events.append(_reserved(row))
            elif row["dated"] != today:
                row |= {"state": "reserved", "dated": today}
                events.append(("document.dated", {"document": row["id"], "dated": today}))
            else:
                continue
            names = (*NUMBERED, "state", "reserved_at")
            advance_document(transaction, row["id"], UNFINISHED, {name: row[name] for name in names})
        if events:
            record_on_case(transaction, head, events, actor_id, now)
    return [row for row in rows if row["state"] == "reserved"]


def _render_now(installation: Installation, actor_id: str, case_id: str, rows: list[dict[str, Any]]) -> None:
    done = [(row, render(installation, row)) for row in rows]
    digests = [installation.files.put(rendered.pdf) for _, rendered in done]
    with store.writing(installation.database) as transaction:
        head, events = head_of_case(transaction, case_id), []
        for (row, rendered), digest in zip(done, digests, strict=True):
            place = orjson.dumps(asdict(rendered.seal)).decode() if rendered.seal else ""
            values = {"state": "rendered", "rendered_sha256": digest, "place": place}
            if advance_document(transaction, row["id"], ("reserved",), values, dated=row["dated"]):
                events.append(("document.rendered", {"document": row["id"], "sha256": digest, "place": place}))
        if events:
            record_on_case(transaction, head, events, actor_id, installation.clock.now())


# --- signing and sealing ---------------------------------------------------------------------------------------------


def sign_letters(
    installation: Installation,
    actor_id: str,
    case_id: str,
    path: str,
    shown: dict[str, str],
    only: str | None = None,
    acting_for: str = "",
) -> dict[str, str]:
    """Sign what the signer saw: `shown` maps a document to the SHA-256 of the bytes on the page. -> signed SHA-256.

    A deputy's signature says whose deputy it is.

    `Conflict` where a text is not ready, is of another day, or is no longer the one shown.
    """
    now = installation.clock.now()
    signed = {}
    with store.reading(installation.database) as transaction:
        rows = _of_path(transaction, case_id, path, ("drafted", "reserved", "rendered"), only)
    for row in rows:
        if row["state"] != "rendered" or row["dated"] != local_date(now):
            raise Conflict(
                "待签文本不是今天的，请重新生成并查看后再签名。", code="document.not-today", document=row["id"]
            )
        if shown.get(row["id"]) != row["rendered_sha256"]:
            raise Conflict("待签文本已重新生成，请查看新的文本后再签名。", code="document.changed", document=row["id"])
        signer = installation.vault.signer(person_key(actor_id))
        place = SealPlace(**orjson.loads(row["place"])) if row["place"] else None
        pdf = installation.files.get(row["rendered_sha256"])
        why = f"签发（代{acting_for}）" if acting_for else "签发"
        approved = documents.approve(pdf, place, signer, now, why, assurance=assurance(installation))
        signed[row["id"]] = installation.files.put(approved)
    return signed


def seal_letters(installation: Installation, case_id: str, path: str, only: str | None = None) -> dict[str, str]:
    """Put the authority's seal on every signed letter of a path. -> issued SHA-256 by document."""
    sealed = {}
    with store.reading(installation.database) as transaction:
        rows = _of_path(transaction, case_id, path, ("signed",), only)
    for row in rows:
        place = SealPlace(**orjson.loads(row["place"]))
        pdf = installation.files.get(row["signed_sha256"])
        sealed[row["id"]] = installation.files.put(_sealed(installation, row, pdf, place))
    return sealed


def _sealed(installation: Installation, row: Any, pdf: bytes, place: SealPlace) -> bytes:
    signer = installation.vault.signer(KEY_OF_SEAL[row["seal_key"]])
    now, reason = installation.clock.now(), f"用印：{row['number']}"
    faces, level = installation.press.faces, assurance(installation)
    return documents.seal(pdf, place, signer, now, reason, faces=faces, assurance=level)


def store_signed(step: "Step", signed: dict[str, str]) -> None:
    """Within the command that completes the signing task: the first stored bytes win. Minutes, which are not sealed,
    take effect."""
    assert step.actor is not None
    values = {"state": "signed", "signed_at": step.now, "signed_by": step.actor.person_id}
    moved = _advance_all(step.transaction, "rendered", values, document.c.signed_sha256, signed)
    if set(moved) != set(signed):
        raise Conflict("这份文书已被他人签名。", code="document.signed", documents=sorted(signed))
    step.events += [("document.signed", {"document": key, "sha256": digest}) for key, digest in signed.items()]
    minutes = {key: digest for key, digest in signed.items() if moved[key] == "minutes"}
    _advance_all(
        step.transaction, "signed", {"state": "issued", "issued_at": step.now}, document.c.issued_sha256, minutes
    )
    step.events += [("document.concluded", {"document": key, "sha256": digest}) for key, digest in minutes.items()]


def store_sealed(step: "Step", sealed: dict[str, str]) -> None:
    """Within the command that completes the sealing task: the documents take effect."""
    assert step.actor is not None
    values = {"state": "issued", "issued_at": step.now, "sealed_by": step.actor.person_id}
    if set(_advance_all(step.transaction, "signed", values, document.c.issued_sha256, sealed)) != set(sealed):
        raise Conflict("这份文书已被他人用印。", code="document.sealed", documents=sorted(sealed))
    step.events += [("document.issued", {"document": key, "sha256": digest}) for key, digest in sealed.items()]


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


def person_key(person_id: str) -> str:
    return f"person-{person_id}"


# --- rows ------------------------------------------------------------------------------------------------------------


def _find(transaction: Transaction, document_id: str) -> dict[str, Any]:
    row = transaction.execute(sa.select(document).where(document.c.id == document_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("没有找到这份文书。", code="document.not-found", document=document_id)
    return dict(row)


def letters_at(transaction: Transaction, case_id: str, path: str, state: str) -> list[str]:
    """The ids of the letters that are signed or sealed at a path, and are in this state."""
    return [row["id"] for row in _of_path(transaction, case_id, path, (state,))]


def _of_path(
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


def record_on_case(
    transaction: Transaction,
    head: Head,
    events: Iterable[tuple[str, dict[str, Any]]],
    actor: str | None,
    now: Any,
    post_id: str | None = None,
    **changes: Any,
) -> None:
    """Append events to a case's chain outside a step; its revision moves, so that a step in flight begins again.

    `changes` are columns of the case that go with them.
    """
    rows = []
    for kind, body in events:
        row, head = link(head, kind, now, actor, post_id, body)
        rows.append(row)
    transaction.execute(sa.insert(event), rows)
    transaction.execute(
        sa.update(case)
        .where(case.c.id == head.chain)
        .values(event_seq=head.seq, event_hash=head.hash, revision=case.c.revision + 1, **changes)
    )


def _advance_all(
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


def head_of_case(transaction: Transaction, case_id: str) -> Head:
    """The end of a case's chain, the case locked for this transaction: to be asked before other rows are changed."""
    query = sa.select(case.c.event_seq, case.c.event_hash).where(case.c.id == case_id)
    row = transaction.execute(query.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise hidden()
    return Head(case_id, row.event_seq, row.event_hash)
