"""Complete a task: submit, supplement, decide, sign, seal, serve. One verb, its guards first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.cases import signing
from engine.cases.advancing import advance, checked
from engine.cases.door import hold, refuse_signing, separate
from engine.cases.drafting import check_revision
from engine.cases.handing import refuse_delegated
from engine.cases.loading import load_task
from engine.cases.reviewing import answer, hold_for, refuse_unanswered
from engine.cases.seconding import second_person
from engine.cases.step import Step, decode_duties
from engine.cases.transactions import command
from engine.errors import Forbidden
from engine.identity import Actor, Proof
from engine.installation import Installation
from engine.store import Transaction

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

    def __init__(self, case_id: str, path: str, act: str, acting_for: str) -> None:
        super().__init__(case_id, path, act)
        self.case_id, self.path, self.act, self.acting_for = case_id, path, act, acting_for

    def finish(self, installation: Installation, actor: Actor, shown: dict[str, str]) -> dict[str, str]:
        """Document id -> SHA-256; outside of any transaction, nothing is stored but bytes by their hash."""
        if self.act == "sign":
            return signing.sign_letters(
                installation, actor.person_id, self.case_id, self.path, shown, acting_for=self.acting_for
            )
        return signing.seal_letters(installation, self.case_id, self.path)


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
    check_revision(loaded, revision)
    if loaded.task["kind"] == "review":
        answer(installation, transaction, actor, loaded, values)
        return Completed(loaded.case["id"], loaded.case["number"], loaded.case["state"], ())
    hold(actor, loaded.task, loaded.case)
    refuse_delegated(loaded.task)
    package = installation.package(transaction, loaded.case["version_id"])
    node = package.definition.nodes[loaded.task["node_id"]]
    duty = separate(package, node.id, decode_duties(loaded.case["duties"]), actor)
    after = refuse_unanswered(transaction, loaded)
    if node.properties.get("act") in LETTERS:
        refuse_signing(actor, loaded.task)
    act, proved = node.properties.get("act"), is_proved(installation, actor, proof)
    if not proved and (node.properties.get("proof") == "true" or act in LETTERS):
        raise needs_proof()
    if letters is None and act in LETTERS:
        held = actor.post(loaded.task["post_id"])
        raise _LettersWait(loaded.case["id"], loaded.task["path"], act, held.acting_for if held else "")
    step = Step(installation, transaction, loaded, actor)
    sealed = checked(step, loaded, values)
    after = after or second_person(step, loaded, node)
    if after:
        hold_for(step, loaded, sealed, after)
        return Completed(loaded.case["id"], loaded.case["number"], loaded.case["state"], ())
    advance(step, loaded, sealed, duty)
    if not proved and any(issue.at_once for issue in step.effects.issues):
        raise needs_proof()
    _store_letters(step, act, letters or {})
    step.write()
    return Completed(step.case["id"], step.case["number"], step.case["state"], step.open_for(actor))


def is_proved(installation: Installation, actor: Actor, proof: Proof | None) -> bool:
    """Whether the person proved identity once more, just now."""
    if proof is None:
        return False
    age = installation.clock.now() - proof.at
    return proof.person_id == actor.person_id and timedelta() <= age <= PROOF_AGE


def needs_proof() -> Forbidden:
    return Forbidden("签名、用印和发出通知书前，请输入登录密码再次验证身份。", code="identity.proof")


def _store_letters(step: Step, act: str | None, letters: dict[str, str]) -> None:
    if act == "sign":
        signing.store_signed(step, letters)
    elif act == "seal":
        signing.store_sealed(step, letters)
