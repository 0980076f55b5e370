"""What a completed task does to its case, once everything allows it."""

from collections.abc import Mapping
from typing import Any

from engine import feel
from engine.calendar import local_date
from engine.cases.contexts import form_context
from engine.cases.drafting import has_files
from engine.cases.loading import Loaded
from engine.cases.materials import all_files, standing
from engine.cases.numbering import take_number
from engine.cases.personal import Sealer
from engine.cases.reviewforms import form_of
from engine.cases.step import Step, new_entry
from engine.errors import Invalid
from engine.store.values import decode


def checked(step: Step, loaded: Loaded, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The whole form, validated and sealed; `Invalid` (`task.invalid`) with every problem."""
    schema = form_of(step.package, loaded.task["form_id"])
    if values is None:
        values = decode(loaded.draft["values"]) if loaded.draft else {}
    files = standing(all_files(step.transaction, step.case["id"])) if has_files(schema) else {}
    context = form_context(step.names(), step.today, step.run.scope(loaded.task["id"]), files)
    sealer = Sealer(step.installation, step.case["id"])
    sealed = sealer.sealed(schema.clean(values, context), schema)
    if problems := schema.problems(sealed, context):
        raise Invalid("有以下问题，请改正后再提交。", code="task.invalid", problems=problems)
    sealer.write(step.transaction)
    step.sealed.extend(sealer.rows.values())
    if has_files(schema):
        sealed["attachments"] = {
            field: [{"id": row["id"], "name": row["name"], "sha256": row["sha256"]} for row in rows]
            for field, rows in files.items()
        }
    return sealed


def advance(step: Step, loaded: Loaded, sealed: Mapping[str, Any], duty: str | None) -> None:
    """End the task of the step with its values and let the process go on; the caller writes the step."""
    node = step.package.definition.nodes[loaded.task["node_id"]]
    act = node.properties.get("act")
    _submit(step, act, sealed)
    step.hold_duty(duty)
    step.end_task(loaded.task)
    entry_id = new_entry(step, loaded.task, sealed)
    kind = "task.submitted" if act in {"submit", "supplement"} else "task.completed"
    told = {"task": loaded.task["id"], "node": node.id, "entry": entry_id, "values": dict(sealed)}
    step.events.append((kind, told | _deputy(step, loaded)))
    step.run.complete(loaded.task["id"], {name: value for name, value in sealed.items() if name in node.submits})


def _deputy(step: Step, loaded: Loaded) -> dict[str, Any]:
    """Who acts for somebody else says so, by id for the record and by name for whoever reads it."""
    held = step.actor.post(loaded.task["post_id"]) if step.actor else None
    return {"acting_for": held.acting_for_id, "acting_name": held.acting_for} if held and held.acting_for else {}


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
