"""What becomes of a document after it took effect: revoked (撤销), or a new one takes its place (更正、重发).

A correction says word for word what was wrong and what it is now; the new document gets a number, a signature and a
seal of its own. The old one stays, and from the moment the new one is in effect it says by which it was replaced.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import jobs, store
from engine.cases import issuing, letters, signing
from engine.cases.authority import authorise
from engine.cases.completing import is_proved, needs_proof
from engine.cases.documents import revoked
from engine.cases.door import hidden
from engine.cases.letters import advance_document
from engine.cases.loading import Loaded, load_case
from engine.cases.reasons import reason_of
from engine.cases.recording import head_of_case, record_on_case
from engine.cases.transactions import command
from engine.cases.writing import witnessed
from engine.documents import Content
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import Actor, Proof, find_posts
from engine.installation import Installation
from engine.packages import APPROVED, CompiledPackage
from engine.store import Transaction, new_id
from engine.store.tables import document, notification
from engine.store.values import decode, encode

MOST_CHANGES, MOST_TEXT = 20, 500
WORDING = ("title", "to", "blocks", "attachments", "signer", "copies", "note", "contact", "attendance")
TURNS = {"drafted": "sign", "reserved": "sign", "rendered": "sign", "signed": "seal"}  # state -> whose turn it is


@dataclass(frozen=True)
class Change:
    """What the document says wrongly, and what it shall say."""

    was: str
    now: str


@dataclass(frozen=True)
class _Held:
    """A document with its case and package, read for one person."""

    row: dict[str, Any]
    loaded: Loaded
    package: CompiledPackage


def revoke_in_register(installation: Installation, actor: Actor, document_id: str, reason: str, proof: Proof) -> None:
    """Take a document out of effect, by a post with the authority `revoke`, who proved identity once more."""
    reason = reason_of(reason, "请填写撤销的理由，验真的人会看到。")
    _prove(installation, actor, proof)

    def body(transaction: Transaction) -> None:
        held = _hold(installation, transaction, document_id)
        post_id = authorise(held.package, actor, held.loaded, "revoke")
        revoked(transaction, document.c.id == document_id, actor.person_id, reason, installation.clock.now(), post_id)

    command(installation, body)


def correct(
    installation: Installation, actor: Actor, document_id: str, reason: str, changes: Sequence[Change], proof: Proof
) -> str:
    """Draft the document that shall take the place of one in effect; without changes the same text is issued anew.

    A letter or minutes then wait for the signer; a notice is sealed at once, by this proof of identity. -> id of the
    new document. Raises `Invalid` where the text does not contain what is to be changed, `Conflict` where the document
    is not in effect or a correction is under way.
    """
    reason = reason_of(reason, "请填写更正或重发的理由，验真的人会看到。")
    _prove(installation, actor, proof)

    def body(transaction: Transaction) -> str:
        held = _hold(installation, transaction, document_id)
        post_id = authorise(held.package, actor, held.loaded, "correct")
        old = held.row
        if old["state"] != "issued" or old["signature"] == "slip":
            raise Conflict("只有现行有效的文书可以更正或重发。", code="document.not-issued", document=document_id)
        if _under_way(transaction, document_id):
            raise Conflict("这份文书的更正或重发正在办理，办完或作废以后才能再提。", code="document.correcting")
        row = _drafted(installation, old, actor, reason, changes)
        now, numbered = installation.clock.now(), []
        if row["signature"] == "notice":
            numbered = [issuing.reserve_notice(transaction, row, now)]
            jobs.defer(transaction, [issuing.notice_job(row["id"], now)])
        else:
            _tell(transaction, installation, held, row["id"], "sign", actor)
        transaction.execute(sa.insert(document), [row])
        told = {"document": row["id"], "of": document_id, "number": old["number"], "reason": reason}
        told |= {"changes": [[change.was, change.now] for change in changes], "documents": [witnessed(row)]}
        head = head_of_case(transaction, old["case_id"])
        events = [("document.redrafted", told), *numbered]
        record_on_case(transaction, head, events, actor.person_id, now, post_id)
        return str(row["id"])

    _dry_run(installation, actor, document_id, reason, changes)
    return command(installation, body)


def prepare_correction(installation: Installation, actor: Actor, document_id: str) -> None:
    """Take the number and render today's text of a correction, for its signer to see."""
    with store.reading(installation.database) as transaction:
        held = _hold(installation, transaction, document_id, lock=False)
        _take_turn(transaction, held, actor, "sign")
    signing.prepare(installation, actor.person_id, held.row["case_id"], "", document_id)


def sign_correction(installation: Installation, actor: Actor, document_id: str, shown: str, proof: Proof) -> None:
    """Sign the text that was shown (its SHA-256); minutes then take effect, a letter waits for the seal."""
    _prove(installation, actor, proof)
    with store.reading(installation.database) as transaction:
        held = _hold(installation, transaction, document_id, lock=False)
        _take_turn(transaction, held, actor, "sign")
    case_id, minutes = held.row["case_id"], held.row["signature"] == "minutes"
    signed = signing.sign_letters(installation, actor.person_id, case_id, "", {document_id: shown}, document_id)
    digest = signed.get(document_id)

    def body(transaction: Transaction) -> None:
        now, head = installation.clock.now(), head_of_case(transaction, case_id)
        _still_in_effect(transaction, held)
        values: dict[str, Any] = {"signed_at": now, "signed_by": actor.person_id, "signed_sha256": digest}
        values |= {"state": "issued", "issued_at": now, "issued_sha256": digest} if minutes else {"state": "signed"}
        if digest is None or not advance_document(transaction, document_id, ("rendered",), values):
            raise Conflict("这份文书已被他人签名。", code="document.signed", document=document_id)
        events = [("document.signed", {"document": document_id, "sha256": digest})]
        if minutes:
            events.append(("document.concluded", {"document": document_id, "sha256": digest}))
            events += letters.supersede(transaction, held.row, now)
        record_on_case(transaction, head, events, actor.person_id, now)
        if not minutes:
            _tell(transaction, installation, held, document_id, "seal", actor)

    command(installation, body)


def seal_correction(installation: Installation, actor: Actor, document_id: str, proof: Proof) -> None:
    """Seal a signed correction: it takes effect, and the old document is replaced."""
    _prove(installation, actor, proof)
    with store.reading(installation.database) as transaction:
        held = _hold(installation, transaction, document_id, lock=False)
        _take_turn(transaction, held, actor, "seal")
    case_id = held.row["case_id"]
    digest = signing.seal_letters(installation, case_id, "", document_id).get(document_id)

    def body(transaction: Transaction) -> None:
        now, head = installation.clock.now(), head_of_case(transaction, case_id)
        _still_in_effect(transaction, held)
        values = {"state": "issued", "issued_at": now, "sealed_by": actor.person_id, "issued_sha256": digest}
        if digest is None or not advance_document(transaction, document_id, ("signed",), values):
            raise Conflict("这份文书已被他人用印。", code="document.sealed", document=document_id)
        events = [("document.issued", {"document": document_id, "sha256": digest})]
        events += letters.supersede(transaction, held.row, now)
        record_on_case(transaction, head, events, actor.person_id, now)

    command(installation, body)


def drop_correction(installation: Installation, actor: Actor, document_id: str, reason: str) -> None:
    """Give up a correction that is not in effect; a number that it has stays in the register as void."""
    reason = reason_of(reason, "请填写作废的理由。")

    def body(transaction: Transaction) -> None:
        held = _hold(installation, transaction, document_id)
        post_id = authorise(held.package, actor, held.loaded, "correct")
        now, head = installation.clock.now(), head_of_case(transaction, held.row["case_id"])
        values = {"state": "voided", "ended_at": now, "reason": reason}
        states = tuple(TURNS)
        if held.row["replaces"] is None or not advance_document(transaction, document_id, states, values):
            raise Conflict("这份文书不是办理中的更正，不能作废。", code="document.not-correcting")
        told = {"document": document_id, "number": held.row["number"], "reason": reason}
        record_on_case(transaction, head, [("document.voided", told)], actor.person_id, now, post_id)

    command(installation, body)


def turn_of(package: CompiledPackage, row: Any, actor: Actor) -> str:
    """`sign` or `seal` where a correction waits for this person: of the post that signs (seals) letters of the
    process, and neither its drafter nor its signer."""
    act = TURNS.get(row["state"], "") if row["replaces"] is not None and row["signature"] in APPROVED else ""
    if not act or actor.person_id in {row["drafted_by"], row["signed_by"]}:
        return ""
    department = {post.role for post in actor.posts if post.organisation_kind == "department"}
    return act if department & _roles(package, act) else ""


def _roles(package: CompiledPackage, act: str) -> set[str]:
    """The posts that the diagram names for the act."""
    nodes = package.definition.nodes.values()
    return {node.assignment for node in nodes if node.properties.get("act") == act and node.assignment}


def _take_turn(transaction: Transaction, held: _Held, actor: Actor, act: str) -> None:
    if turn_of(held.package, held.row, actor) != act:
        verb = "签名" if act == "sign" else "用印"
        message = f"这份文书不等你{verb}：须由办理{verb}的岗位、且不是拟稿人和签发人的人办理。"
        raise Forbidden(message, code="document.turn", document=held.row["id"])
    _still_in_effect(transaction, held)


def _still_in_effect(transaction: Transaction, held: _Held) -> None:
    """What is to be replaced has not been revoked meanwhile."""
    query = sa.select(document.c.state).where(document.c.id == held.row["replaces"])
    if transaction.execute(query).scalar_one_or_none() != "issued":
        raise Conflict("原文书已经不是现行有效的，更正不能再办，请作废这份更正。", code="document.not-issued")


def _prove(installation: Installation, actor: Actor, proof: Proof) -> None:
    if not is_proved(installation, actor, proof):
        raise needs_proof()


def _hold(installation: Installation, transaction: Transaction, document_id: str, lock: bool = True) -> _Held:
    """The document with its case, which is locked by what is going to write."""
    query = sa.select(document).where(document.c.id == document_id)
    found = transaction.execute(query).mappings().one_or_none()
    if found is None:
        raise hidden()
    loaded = load_case(transaction, found["case_id"], lock=lock)
    row = transaction.execute(query).mappings().one()  # as it is now that nobody else can change it
    return _Held(dict(row), loaded, installation.package(transaction, loaded.case["version_id"]))


def _dry_run(
    installation: Installation, actor: Actor, document_id: str, reason: str, changes: Sequence[Change]
) -> None:
    """The new text can be printed: found out before anything is stored or numbered."""
    with store.reading(installation.database) as transaction:
        held = _hold(installation, transaction, document_id, lock=False)
        authorise(held.package, actor, held.loaded, "correct")
    if held.row["state"] == "issued" and held.row["signature"] != "slip":
        issuing.preview(installation, _drafted(installation, held.row, actor, reason, changes))


def _under_way(transaction: Transaction, document_id: str) -> bool:
    query = sa.select(document.c.id).where(document.c.replaces == document_id, document.c.state.in_(tuple(TURNS)))
    return transaction.execute(query).first() is not None


def _drafted(
    installation: Installation, old: dict[str, Any], actor: Actor, reason: str, changes: Sequence[Change]
) -> dict[str, Any]:
    content = decode(old["content"])
    changed = {name: corrected(content[name], changes) for name in WORDING if name in content}
    for change in changes:
        _check_change(change, [content[name] for name in WORDING if name in content])
    new = Content.from_dict({**content, **changed})
    installation.press.check(new)
    names = ("case_id", "kind", "path", "title", "signature", "reader", "seal_key", "authority")
    fresh = dict.fromkeys(str(column.name) for column in document.c) | {name: old[name] for name in names}
    return fresh | {
        "id": new_id(),
        "state": "drafted",
        "content": encode(new.to_dict()),
        "record": encode(corrected(decode(old["record"]), changes) | {"replaces": old["number"]}),
        "place": "",
        "drafted_at": installation.clock.now(),
        "drafted_by": actor.person_id,
        "reason": reason,
        "replaces": old["id"],
    }


def corrected(value: Any, changes: Sequence[Change]) -> Any:
    """The value with every text in it changed, one change after another."""
    match value:
        case str():
            for change in changes:
                value = value.replace(change.was, change.now)
            return value
        case list():
            return [corrected(one, changes) for one in value]
        case dict():
            return {key: corrected(one, changes) for key, one in value.items()}
    return value


def _check_change(change: Change, texts: Any) -> None:
    if not change.was.strip() or change.was == change.now or max(len(change.was), len(change.now)) > MOST_TEXT:
        message = f"每处更正要写明原文和改为什么，两者不同，各不超过 {MOST_TEXT} 字。"
        raise Invalid(message, code="document.change")
    if corrected(texts, [change]) == texts:
        message = f"文书里没有找到“{change.was[:60]}”，请从文书里照抄要更正的原文。"
        raise Invalid(message, code="document.change-not-found")


def _tell(
    transaction: Transaction, installation: Installation, held: _Held, document_id: str, act: str, actor: Actor
) -> None:
    """The posts whose turn it is."""
    now, verb = installation.clock.now(), "签发" if act == "sign" else "用印"
    text = f"{held.row['title']}的更正件等待{verb}，请到发文登记簿办理：{held.loaded.case['title']}"
    posts = find_posts(transaction, {role for role in _roles(held.package, act) if not role.startswith("=")})
    rows = [
        {
            "id": new_id(),
            "key": f"correction:{document_id}:{act}:{post_id}",
            "post_id": post_id,
            "case_id": held.row["case_id"],
            "text": text,
            "at": now,
            "kind": "told",
            "sent_by": actor.person_id,
        }
        for post_id in posts.values()
    ]
    if rows:
        transaction.execute(sa.insert(notification), rows)
