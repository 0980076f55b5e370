"""Complete a task: submit, supplement, decide, sign, seal, serve. One verb, its guards first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine import feel
from engine.calendar import local_date
from engine.cases import issuing
from engine.cases.contexts import form_context
from engine.cases.door import hold, separate
from engine.cases.drafting import check_revision, has_files
from engine.cases.loading import Loaded, load_task
from engine.cases.materials import all_files, standing
from engine.cases.numbering import take_number
from engine.cases.personal import Sealer
from engine.cases.step import Step, decode_duties, new_entry
from engine.cases.transactions import command
from engine.errors import Forbidden, Invalid
from engine.identity import Actor, Proof
from engine.installation import Installation
from engine.store import Transaction
from engine.store.values import decode

PROOF_AGE = timedelta(minutes=5)  # how long an identity that was proved again stays proved
LETTERS = frozenset({"sign", "seal"})  # acts that put a signature on the letters of the case


@dataclass(frozen=True)
class Completed:
    """What the person is told."""

    case_id: str
    number: str | None
    state: str
    again: tuple[str, ...]  # tasks now open for the same person's posts in this case


def complete(
    installation: Installation,
    actor: Actor,
    task_id: str,
    values: Mapping[str, Any] | None,
    revision: int,
    proof: Proof | None = None,
    shown: Mapping[str, str] | None = None,
) -> Completed:
    """End the task with the values of its form (none: those of the saved draft) and let the process go on.

    `shown` is what a signer saw: document id -> SHA-256 of the bytes. Raises `Forbidden` (other post, separation of
    duties, identity not proved), `Conflict` (done by another, stale page, text of another day), `Invalid`
    (`task.invalid`, with `problems`: the form's errors).
    """

    def attempt(letters: dict[str, str] | None) -> Completed:
        return command(
            installation, lambda t: _complete(installation, t, actor, task_id, values, revision, proof, letters)
        )

    try:
        return attempt(None)
    except _LettersWait as waiting:
        return attempt(waiting.finish(installation, actor, dict(shown or {})))


class _LettersWait(Exception):
    """Everything that stands in the way was checked: now sign or seal, which is slow, and come again with the bytes."""

    def __init__(self, case_id: str, act: str) -> None:
        super().__init__(case_id, act)
        self.case_id, self.act = case_id, act

    def finish(self, installation: Installation, actor: Actor, shown: dict[str, str]) -> dict[str, str]:
        """Document id -> SHA-256; outside of any transaction, nothing is stored but bytes by their hash."""
        if self.act == "sign":
            return issuing.sign_letters(installation, actor.person_id, self.case_id, shown)
        return issuing.seal_letters(installation, self.case_id)


def _complete(
    installation: Installation,
    transaction: Transaction,
    actor: Actor,
    task_id: str,
    values: Mapping[str, Any] | None,
    revision: int,
    proof: Proof | None,
    letters: dict[str, str] | None,
) -> Completed:
    loaded = load_task(transaction, task_id)
    hold(actor, loaded.task, loaded.case)
    check_revision(loaded, revision)
    package = installation.package(transaction, loaded.case["version_id"])
    node = package.definition.nodes[loaded.task["node_id"]]
    duty = separate(package, node.id, decode_duties(loaded.case["duties"]), actor)
    act, proved = node.properties.get("act"), _proved(installation, actor, proof)
    if not proved and (node.properties.get("proof") == "true" or act in LETTERS):
        raise _needs_proof()
    if letters is None and act in LETTERS:
        raise _LettersWait(loaded.case["id"], act)
    step = Step(installation, transaction, loaded, actor)
    sealed = _checked(step, loaded, values)
    _submit(step, act, sealed)
    step.hold_duty(duty)
    step.end_task(loaded.task)
    entry_id = new_entry(step, loaded.task, sealed)
    kind = "task.submitted" if act in {"submit", "supplement"} else "task.completed"
    step.events.append((kind, {"task": task_id, "node": node.id, "entry": entry_id, "values": sealed}))
    step.run.complete(task_id, {name: value for name, value in sealed.items() if name in node.submits})
    if not proved and any(package.manifest.documents[i.kind].signature == "notice" for i in step.effects.issues):
        raise _needs_proof()
    _store_letters(step, act, letters or {})
    step.write()
    return Completed(step.case["id"], step.case["number"], step.case["state"], step.open_for(actor))


def _proved(installation: Installation, actor: Actor, proof: Proof | None) -> bool:
    if proof is None:
        return False
    age = installation.clock.now() - proof.at
    return proof.person_id == actor.person_id and timedelta() <= age <= PROOF_AGE


def _needs_proof() -> Forbidden:
    return Forbidden("签名、用印和发出通知书前，请输入登录密码再次验证身份。", code="identity.proof")


def _checked(step: Step, loaded: Loaded, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The whole form, validated and sealed; `Invalid` with every problem."""
    schema = step.package.forms[loaded.task["form_id"]]
    if values is None:
        values = decode(loaded.draft["values"]) if loaded.draft else {}
    files = standing(all_files(step.transaction, step.case["id"])) if has_files(schema) else {}
    context = form_context(step.names(), step.today, step.run.scope(loaded.task["id"]), files)
    sealer = Sealer(step.installation, step.case["id"])
    sealed = sealer.sealed(schema.clean(values, context), schema)
    if problems := schema.problems(sealed, context):
        raise Invalid("有以下问题，请改正后再提交。", code="task.invalid", problems=problems)
    sealer.write(step.transaction)
    if has_files(schema):
        sealed["attachments"] = {
            field: [{"id": row["id"], "name": row["name"], "sha256": row["sha256"]} for row in rows]
            for field, rows in files.items()
        }
    return sealed


def _submit(step: Step, act: str | None, values: Mapping[str, Any]) -> None:
    """The first submission gives the case its number, its title and its day."""
    if act != "submit" or step.case["submitted_at"] is not None:
        return
    year = local_date(step.now).year
    prefix = step.package.manifest.case_prefix
    step.case["number"] = f"{prefix}-{year}-{take_number(step.transaction, prefix, year):04d}"
    step.case["submitted_at"] = step.now
    title = step.package.manifest.case_title
    if title.startswith("="):
        text = feel.compile_expression(title[1:]).evaluate({**step.names(), **values})
        title = text if isinstance(text, str) else step.case["title"]
    step.case["title"] = title[:200]
    step.refresh_facts()


def _store_letters(step: Step, act: str | None, letters: dict[str, str]) -> None:
    if act == "sign":
        issuing.store_signed(step, letters)
    elif act == "seal":
        issuing.store_sealed(step, letters)
