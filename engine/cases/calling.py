"""Cases that other cases call: started, answered and ended by jobs, each by its key and so never twice."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.audit import Head
from engine.cases import letters, recording
from engine.cases.advancing import advance, checked
from engine.cases.calls import ANSWERED_EARLY, FAILED, WAITING
from engine.cases.carrying import ATTACHMENTS, carry_files, carry_numbers
from engine.cases.door import separate
from engine.cases.drafting import FILE
from engine.cases.loading import Loaded, load_case, load_task
from engine.cases.reviewforms import form_of
from engine.cases.starting import draft_row, version_in_force
from engine.cases.step import Step, decode_duties
from engine.cases.transactions import command
from engine.errors import HuishenError, Invalid
from engine.identity import Actor
from engine.installation import Installation
from engine.jobs import Done
from engine.packages import RESULTS, CompiledPackage, version_named
from engine.store import Transaction, tables
from engine.store.values import decode

UNDECIDED = (WAITING, FAILED)
Row = dict[str, Any]
Payload = dict[str, Any]


# --- start -----------------------------------------------------------------------------------------------------------


def start_call(installation: Installation, payload: Payload, done: Done) -> None:
    """Open the called case with what the call hands in. Where it cannot be, the calling case says why, and the job
    comes again. While the calling case stands still nothing is begun."""
    try:
        command(installation, lambda transaction: _start(installation, transaction, payload, done))
    except HuishenError as error:
        message = error.message
        command(installation, lambda transaction: _note_failure(installation, transaction, payload["call"], message))
        raise


def _start(installation: Installation, transaction: Transaction, payload: Payload, done: Done) -> None:
    call, parent = _call_and_parent(transaction, payload["call"])
    exists = sa.select(tables.case.c.id).where(tables.case.c.id == call["child_id"])
    wanted = call["state"] in UNDECIDED and parent.case["suspended_at"] is None
    if wanted and transaction.execute(exists).first() is None:
        inputs = decode(call["inputs"])
        package = _open(installation, transaction, call, parent, inputs, payload["hops"])
        carry_numbers(installation, transaction, parent.case["id"], call["child_id"], inputs)
        _carry_files(installation, transaction, call, parent, inputs, package)
        _submit(installation, transaction, call, parent, inputs, payload["hops"])
        if call["state"] == FAILED:
            columns = {"state": WAITING, "reason": ""}
            _record_call(installation, transaction, call, parent, "call.opened", columns, {"child": call["child_id"]})
    done(transaction)


def _call_and_parent(transaction: Transaction, call_id: str) -> tuple[Row, Loaded]:
    """The call as it is while nobody else can change it: its case is locked."""
    table = tables.call
    case_id = transaction.execute(sa.select(table.c.case_id).where(table.c.id == call_id)).scalar_one()
    parent = load_case(transaction, case_id)
    call = transaction.execute(sa.select(table).where(table.c.id == call_id)).mappings().one()
    return dict(call), parent


def _open(
    installation: Installation, transaction: Transaction, call: Row, parent: Loaded, inputs: Row, hops: int
) -> CompiledPackage:
    version_id = _version(transaction, call)
    package = installation.package(transaction, version_id)
    if package.manifest.call is None:
        raise Invalid(
            f"流程“{package.title}”没有声明可以被调用；请在它的清单里加上 [call]。", code="package.not-callable"
        )
    actor = _applicant(transaction, parent)
    place = (call["id"], parent.case["call_depth"] + 1)
    row = draft_row(
        installation.clock.now(),
        call["child_id"],
        package.key,
        version_id,
        parent.organisation,
        package.title,
        actor.person_id,
        place,
    )
    handed = set(package.manifest.call.inputs) - {ATTACHMENTS}
    root = {name: value for name, value in inputs.items() if name in handed}
    loaded = Loaded(
        case=row, task={}, draft=None, root=root, organisation=parent.organisation, clauses_id=parent.clauses_id
    )
    step = Step(installation, transaction, loaded, actor, hops=hops)
    above = {"case": parent.case["id"], "number": parent.case["number"], "call": call["id"], "depth": place[1]}
    body = {"package": package.key, "version": version_id, "organisation": parent.organisation["id"], "parent": above}
    step.events.append(("case.started", body))
    step.write()
    return package


def _version(transaction: Transaction, call: Row) -> str:
    """The version that the call names by the beginning of its hash, else the one in force."""
    if not call["version"]:
        return version_in_force(transaction, call["package_key"])
    return version_named(transaction, call["package_key"], call["version"])


def _applicant(transaction: Transaction, parent: Loaded) -> Actor:
    """Who began the calling case: the facts that are handed in are theirs."""
    person = tables.person
    row = transaction.execute(sa.select(person).where(person.c.id == parent.case["created_by"])).mappings().one()
    return Actor(row["id"], row["login"], row["name"], (), row["session_epoch"])


def _carry_files(
    installation: Installation,
    transaction: Transaction,
    call: Row,
    parent: Loaded,
    inputs: Row,
    package: CompiledPackage,
) -> None:
    form_id, now = package.definition.nodes[package.manifest.submit].form_id or "", installation.clock.now()
    person_id = parent.case["created_by"]
    uploaded = {"uploaded_at": now, "uploaded_by": person_id}
    files = carry_files(transaction, call["child_id"], inputs, form_of(package, form_id), uploaded)
    if files:
        told = [{"attachment": row["id"], **{name: row[name] for name in FILE}} for row in files]
        head = recording.head_of_case(transaction, call["child_id"])
        events = [("attachment.added", body) for body in told]
        recording.record_on_case(transaction, head, events, person_id, now)


def _submit(
    installation: Installation, transaction: Transaction, call: Row, parent: Loaded, inputs: Row, hops: int
) -> None:
    """What was typed once is submitted, where the package says so and the form has no fault; else it waits, filled in."""
    task = tables.task
    query = sa.select(task.c.id, task.c.node_id).where(task.c.case_id == call["child_id"], task.c.state == "open")
    opened = transaction.execute(query.order_by(task.c.id)).first()
    if opened is None:
        return
    loaded = load_task(transaction, opened.id)
    package = installation.package(transaction, loaded.case["version_id"])
    properties = package.definition.nodes[opened.node_id].properties
    rule = package.manifest.call
    if rule is None or not rule.submits or opened.node_id != package.manifest.submit or properties.get("proof"):
        return
    actor = _applicant(transaction, parent)
    duty = separate(package, opened.node_id, decode_duties(loaded.case["duties"]), actor)
    step = Step(installation, transaction, loaded, actor, hops=hops)
    try:
        sealed = checked(step, loaded, inputs)
    except Invalid:
        return
    advance(step, loaded, sealed, duty)
    step.write()


def _note_failure(installation: Installation, transaction: Transaction, call_id: str, reason: str) -> None:
    call, parent = _call_and_parent(transaction, call_id)
    if call["state"] in UNDECIDED and call["reason"] != reason:
        columns = {"state": FAILED, "reason": reason}
        _record_call(installation, transaction, call, parent, "call.failed", columns, {"reason": reason})


def _record_call(
    installation: Installation,
    transaction: Transaction,
    call: Row,
    parent: Loaded,
    kind: str,
    columns: Row,
    noted: Row,
) -> None:
    transaction.execute(sa.update(tables.call).where(tables.call.c.id == call["id"]).values(**columns))
    body = {"call": call["id"], "node": call["node_id"], **noted, "calls_now": {call["id"]: columns}}
    head = Head(parent.case["id"], parent.case["event_seq"], parent.case["event_hash"])
    recording.record_on_case(transaction, head, [(kind, body)], None, installation.clock.now())


# --- answer ----------------------------------------------------------------------------------------------------------


def answer_call(installation: Installation, payload: Payload, done: Done) -> None:
    """Bring what came of a called case to the one that waits, once it has ended or has told its outcome (`answer-call`).

    A case that stands still is answered when it goes on.
    """

    def body(transaction: Transaction) -> None:
        call, parent = _call_and_parent(transaction, payload["call"])
        child = _child(transaction, call)
        waits = call["state"] in UNDECIDED and parent.case["suspended_at"] is None
        if waits and child is not None and (outcome := outcome_of(transaction, child)) is not None:
            child["outcome"] = outcome
            _answer(installation, transaction, call, parent, child, payload["hops"])
        done(transaction)

    command(installation, body)


def _child(transaction: Transaction, call: Row) -> Row | None:
    found = transaction.execute(sa.select(tables.case).where(tables.case.c.id == call["child_id"])).mappings()
    row = found.one_or_none()
    return None if row is None else dict(row)


def outcome_of(transaction: Transaction, child: Row) -> str | None:
    """What came of it: of a case that still runs what it told last, if anything."""
    if child["closed_at"] is not None:
        return str(child["outcome"])
    event = tables.event
    told = (event.c.chain == child["id"], event.c.kind == ANSWERED_EARLY)
    body = transaction.execute(sa.select(event.c.body).where(*told).order_by(event.c.seq.desc()).limit(1)).scalar()
    return None if body is None else str(decode(body)["outcome"])


def _answer(
    installation: Installation, transaction: Transaction, call: Row, parent: Loaded, child: Row, hops: int
) -> None:
    values = _results(transaction, installation.package(transaction, child["version_id"]), child)
    carry_numbers(installation, transaction, child["id"], parent.case["id"], values)
    step = Step(installation, transaction, parent, None, hops=hops)
    step.answers[call["id"]] = child["outcome"]
    noted = {"call": call["id"], "node": call["node_id"], "child": child["id"], "number": child["number"]}
    step.events.append(("call.answered", {**noted, "outcome": child["outcome"]}))
    step.run.answer(call["id"], values)
    step.write()


def _results(transaction: Transaction, package: CompiledPackage, child: Row) -> Row:
    """What the outputs of the call may read: outcome, results and number, and each output that the package declares."""
    scope, outcome = tables.scope, tables.outcome
    query = sa.select(scope.c["values"]).where(scope.c.case_id == child["id"], scope.c.path == "")
    text = transaction.execute(query).scalar_one_or_none()
    variables: Mapping[str, Any] = decode(text) if text else {}
    rows = transaction.execute(sa.select(outcome).where(outcome.c.case_id == child["id"]).order_by(outcome.c.item_key))
    listed = [
        {"key": row.item_key, "label": row.label, "result": row.result}
        | {"reason_public": row.reason_public, "clause": row.clause}
        for row in rows
    ]
    declared = package.manifest.call.outputs if package.manifest.call is not None else ()
    given = dict(zip(RESULTS, (child["outcome"], listed, child["number"]), strict=True))
    return {name: variables.get(name) for name in declared} | given


# --- end -------------------------------------------------------------------------------------------------------------


def end_call(installation: Installation, payload: Payload, done: Done) -> None:
    """A case that nobody waits for any more is closed by its own way of withdrawal; one never submitted simply ends."""

    def body(transaction: Transaction) -> None:
        table = tables.call
        call = dict(transaction.execute(sa.select(table).where(table.c.id == payload["call"])).mappings().one())
        child = _child(transaction, call)
        if child is not None:
            _end(installation, transaction, load_case(transaction, child["id"]), payload["why"])
        done(transaction)

    command(installation, body)


def _end(installation: Installation, transaction: Transaction, loaded: Loaded, why: str) -> None:
    rule = installation.package(transaction, loaded.case["version_id"]).manifest.withdraw
    if loaded.case["closed_at"] is not None or (rule and loaded.root.get(rule.reason) is not None):
        return
    closes = rule is not None and loaded.case["submitted_at"] is not None
    step = Step(installation, transaction, loaded, None, {rule.reason: why} if rule and closes else None)
    reason = "上级案件不再需要这件案件的结果"
    step.events.append(("case.recalled", {"why": why, "reason": reason}))
    step.case["suspended_at"], step.outcome = None, why
    if rule is not None and closes:
        step.run.jump(rule.to)
    else:
        step.run.cancel()
    letters.void_unfinished(step, reason)
    step.write()
