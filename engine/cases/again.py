"""A new application that begins with what an ended one said: nothing is typed twice."""

from typing import Any

import sqlalchemy as sa

from engine.cases import recording
from engine.cases.carrying import ATTACHMENTS, carry_files, carry_numbers
from engine.cases.door import Sight, hidden, sight
from engine.cases.drafting import FILE
from engine.cases.loading import Loaded, load_case
from engine.cases.refitting import refitted
from engine.cases.starting import TaskRef, begin, check_key, existing, version_in_force
from engine.cases.transactions import command
from engine.errors import Conflict
from engine.forms import FormSchema
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, tables
from engine.store.values import decode


def start_again(installation: Installation, actor: Actor, case_id: str, key: str) -> TaskRef:
    """Open a draft of the same process, on the version in force, with the answers and files that were submitted last.

    What the form of today no longer asks for stays behind. `NotFound` for a case of others, `Conflict`
    (`case.not-ended`) for one that still runs; raises as `start` does.
    """
    check_key(key)

    def body(transaction: Transaction) -> TaskRef:
        if (found := existing(transaction, actor, key)) is not None:
            return found
        ended = load_case(transaction, case_id, lock=False)
        if sight(actor, ended.case, ()) is not Sight.OWN:
            raise hidden()
        if ended.case["state"] != "closed" or ended.case["submitted_at"] is None:
            raise Conflict("这件申请还没有办结，不能用它重新申报。", code="case.not-ended")
        package_key = ended.case["package_key"]
        package = installation.package(transaction, version_in_force(transaction, package_key))
        schema = package.forms[package.definition.nodes[package.manifest.submit].form_id or ""]
        values = _last_answers(installation, transaction, ended, schema)
        files = {ATTACHMENTS: values.pop(ATTACHMENTS, {})}
        told = {"like": {"case": case_id, "number": ended.case["number"]}}
        reference = begin(installation, transaction, actor, package_key, key, values, told)
        carry_numbers(installation, transaction, case_id, key, values)
        _carry_files(installation, transaction, actor, key, files, schema)
        return reference

    return command(installation, body)


def _last_answers(
    installation: Installation, transaction: Transaction, ended: Loaded, schema: FormSchema
) -> dict[str, Any]:
    """What was submitted last with the form of the application."""
    package, entry = installation.package(transaction, ended.case["version_id"]), tables.entry
    form = package.definition.nodes[package.manifest.submit].form_id  # a supplement may have put the application right
    mine = (entry.c.case_id == ended.case["id"], entry.c.form_id == form)
    query = sa.select(entry.c["values"], entry.c.form_id).where(*mine).order_by(entry.c.id.desc()).limit(1)
    row = transaction.execute(query).one_or_none()
    before = package.forms.get(row.form_id) if row is not None else None
    return {} if row is None or before is None else refitted(decode(row[0]), before, schema)[0]


def _carry_files(
    installation: Installation,
    transaction: Transaction,
    actor: Actor,
    case_id: str,
    values: dict[str, Any],
    schema: FormSchema,
) -> None:
    now = installation.clock.now()
    uploaded = {"uploaded_at": now, "uploaded_by": actor.person_id}
    if files := carry_files(transaction, case_id, values, schema, uploaded):
        told = [("attachment.added", {"attachment": row["id"], **{name: row[name] for name in FILE}}) for row in files]
        recording.record_on_case(transaction, recording.head_of_case(transaction, case_id), told, actor.person_id, now)
