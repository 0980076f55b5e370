"""Documents on their way to effect: numbered and rendered for the signer, signed, sealed, issued.

What is slow runs outside the transaction on content frozen inside it; the first stored bytes win.
"""

from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson

from engine import documents, jobs, store
from engine.calendar import local_date
from engine.cases.issuing import NUMBERED, preview, render, reserve, reserved
from engine.cases.letters import UNFINISHED, advance_all, advance_document, find_document, of_path, supersede
from engine.cases.recording import head_of_case, record_on_case
from engine.documents import SealPlace
from engine.errors import Conflict
from engine.installation import Installation
from engine.keys import assurance
from engine.store.tables import document

if TYPE_CHECKING:
    from engine.cases.step import Step


KEY_OF_SEAL = {"authority": "seal-authority", "acceptance": "seal-acceptance"}


def issue_notice(installation: Installation, payload: dict[str, Any], done: jobs.Done) -> None:
    """Job: render and seal a notice, or sign minutes. Again without harm: what is not `reserved` is left alone."""
    with store.reading(installation.database) as transaction:
        row = find_document(transaction, payload["document"])
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
        signed = sealed_file(installation, row, rendered.pdf, replace(rendered.seal, alone=True))
    digest = installation.files.put(signed)
    with store.writing(installation.database) as transaction:
        head = head_of_case(transaction, row["case_id"])
        values = {"state": "issued", "issued_at": now, "issued_sha256": digest, "rendered_sha256": rendered.sha256}
        if advance_document(transaction, row["id"], ("reserved",), values):
            noted = {"document": row["id"], "sha256": digest, "rendered_sha256": rendered.sha256}
            events = [("document.issued", noted), *supersede(transaction, row, now)]
            record_on_case(transaction, head, events, row["sealed_by"], now)
        done(transaction)


def prepare(installation: Installation, actor_id: str, case_id: str, path: str, only: str | None = None) -> list[str]:
    """Number and render today's texts of the letters of a path; ids of those that are ready to be signed.

    A correction is prepared when it is the `only` one asked for.

    Opening the signing page again is harmless: the same number, and on another day the same number with that day's
    date, shown anew. The contents are checked (glyphs, layout) before a number is taken.
    """
    today = local_date(installation.clock.now())
    with store.reading(installation.database) as transaction:
        rows = of_path(transaction, case_id, path, ("drafted", "reserved", "rendered"), only)
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
        rows = of_path(transaction, case_id, path, ("drafted", "reserved", "rendered"), only)
        for row in rows:
            if row["state"] == "drafted":
                reserve(transaction, row, today, now)
                events.append(reserved(row))
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
        rows = of_path(transaction, case_id, path, ("drafted", "reserved", "rendered"), only)
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
        rows = of_path(transaction, case_id, path, ("signed",), only)
    for row in rows:
        place = SealPlace(**orjson.loads(row["place"]))
        pdf = installation.files.get(row["signed_sha256"])
        sealed[row["id"]] = installation.files.put(sealed_file(installation, row, pdf, place))
    return sealed


def sealed_file(installation: Installation, row: Any, pdf: bytes, place: SealPlace) -> bytes:
    signer = installation.vault.signer(KEY_OF_SEAL[row["seal_key"]])
    now, reason = installation.clock.now(), f"用印：{row['number']}"
    faces, level = installation.press.faces, assurance(installation)
    return documents.seal(pdf, place, signer, now, reason, faces=faces, assurance=level)


def store_signed(step: "Step", signed: dict[str, str]) -> None:
    """Within the command that completes the signing task: the first stored bytes win. Minutes, which are not sealed,
    take effect."""
    assert step.actor is not None
    values = {"state": "signed", "signed_at": step.now, "signed_by": step.actor.person_id}
    moved = advance_all(step.transaction, "rendered", values, document.c.signed_sha256, signed)
    if set(moved) != set(signed):
        raise Conflict("这份文书已被他人签名。", code="document.signed", documents=sorted(signed))
    step.events += [("document.signed", {"document": key, "sha256": digest}) for key, digest in signed.items()]
    minutes = {key: digest for key, digest in signed.items() if moved[key] == "minutes"}
    advance_all(
        step.transaction, "signed", {"state": "issued", "issued_at": step.now}, document.c.issued_sha256, minutes
    )
    step.events += [("document.concluded", {"document": key, "sha256": digest}) for key, digest in minutes.items()]


def store_sealed(step: "Step", sealed: dict[str, str]) -> None:
    """Within the command that completes the sealing task: the documents take effect."""
    assert step.actor is not None
    values = {"state": "issued", "issued_at": step.now, "sealed_by": step.actor.person_id}
    if set(advance_all(step.transaction, "signed", values, document.c.issued_sha256, sealed)) != set(sealed):
        raise Conflict("这份文书已被他人用印。", code="document.sealed", documents=sorted(sealed))
    step.events += [("document.issued", {"document": key, "sha256": digest}) for key, digest in sealed.items()]


def person_key(person_id: str) -> str:
    return f"person-{person_id}"
