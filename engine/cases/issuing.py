"""Documents that a step asks for: drafted as rows, numbered, and as they look on paper.

A number is taken in the transaction of the act that needs it, so a rollback leaves no hole; a number whose document
cannot be finished stays in the register as voided. What signs and seals them is `signing`.
"""

import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from engine import documents, jobs
from engine.calendar import local_date
from engine.cases.assignments import organisations_of
from engine.cases.effects import Issue
from engine.cases.numbering import take_number, take_numbers
from engine.documents import Content, Frame
from engine.installation import Installation
from engine.store import Transaction, new_id
from engine.store.values import decode, encode

if TYPE_CHECKING:
    from engine.cases.step import Step

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without what is easily misread
NUMBERED = ("number", "year", "serial", "code", "dated")  # what a document has from the taking of its number on
OUTSIDE = ""  # goes to an organisation that is served outside of the system


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
    """Whoever has the task now is told, until it is done: perhaps it was transferred, or another prepares it."""
    nodes = set(step.effects.slips_to.get(kind, ()))
    title = step.package.manifest.documents[kind].title
    for task in step.run.open_tasks():
        if task.node_id in nodes:
            name = step.package.definition.nodes[task.node_id].name
            step.effects.calls.append((task.id, f"{title}：{step.case['title']}，{name}已到期，请尽快办理。"))


def reserve_notice(
    transaction: Transaction, row: dict[str, Any], now: datetime, serial: int | None = None
) -> tuple[str, dict[str, Any]]:
    """Number a drafted notice, which its drafter seals by the same act; the event to record. `serial` where the number
    has been taken already, together with those of others."""
    if serial is None:
        serial = take_number(transaction, row["authority"], local_date(now).year)
    _number(row, serial, local_date(now), now)
    row["sealed_by"] = row["drafted_by"]
    return reserved(row)


def notice_job(document_id: str, now: datetime) -> dict[str, Any]:
    """The job that renders and seals a numbered notice."""
    return jobs.row("issue-notice", f"issue-notice:{document_id}", {"document": document_id}, now)


def reserve(transaction: Transaction, row: dict[str, Any], today: date, now: Any) -> None:
    """Number a letter that is about to be rendered."""
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


def reserved(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The event of a number that was taken."""
    return "document.reserved", {"document": row["id"]} | {name: row[name] for name in NUMBERED}


def new_code() -> str:
    """A verification code of 60 random bits, in three groups that a person can type."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def frame_of(installation: Installation, row: Any) -> Frame:
    """What the page shows beside the content: number, date, code, and the record that the file carries."""
    url = f"{installation.settings.public_url.rstrip('/')}/verify/{row['code']}"
    return Frame(number=row["number"], date=row["dated"], code=row["code"], verify_url=url, record=record_of(row))


def record_of(row: Any) -> dict[str, Any]:
    """The decision record of a numbered row."""
    record: dict[str, Any] = decode(row["record"])
    return record | {"number": row["number"], "date": row["dated"].isoformat()}


def render(installation: Installation, row: Any) -> documents.Rendered:
    """The unsigned document of a row that has its number."""
    content = Content.from_dict(decode(row["content"]))
    return installation.press.render(content, frame_of(installation, row))


def preview(installation: Installation, row: Any) -> documents.Rendered:
    """The document as it would look today, marked 未签发 and without a number; a sheet as it is."""
    content = Content.from_dict(decode(row["content"]))
    frame = Frame(number="", date=local_date(installation.clock.now()), code="", verify_url="", record={})
    return installation.press.render(content, frame, preview=row["signature"] != "sheet")
