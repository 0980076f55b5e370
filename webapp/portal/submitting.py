"""Check the answers, declare, submit; the confirmation."""

from typing import Any

from flask import redirect, render_template, request, url_for

from engine import cases
from engine.calendar import local_date
from engine.cases import CaseView, TaskView
from engine.errors import Conflict, Invalid
from engine.forms import BoundPage, FieldError
from webapp import filling
from webapp.current import actor, installation
from webapp.filling import Place
from webapp.held import is_restored
from webapp.portal import places
from webapp.portal.answering import open_task
from webapp.portal.blueprint import pages
from webapp.records import package_of
from webapp.route import days_of, pauses_of, route
from webapp.session import signed_in

DECLARED = "declared"


@pages.route("/tasks/<task_id>/check", methods=["GET", "POST"])
@signed_in
def check(task_id: str) -> Any:
    """Every answer with a link to change it, and the declaration."""
    task = open_task(task_id)
    last = places.declaration(task.schema)
    sent = request.form if request.method == "POST" else None
    bound = filling.bind(task, Place(last.key), sent) if last is not None else None
    assert bound is None or isinstance(bound, BoundPage)
    if request.method != "POST" or is_restored():
        return _show(task, bound)
    errors = _declaration_errors(bound)
    if errors:
        return _show(task, bound, errors), 422
    try:
        done = cases.complete(
            installation(), actor(), task.id, bound.merged() if bound else task.values, filling.sent_revision(task)
        )
    except Invalid as error:
        return _show(task, bound, list(error.details.get("problems", ()))), 422
    except Conflict as error:
        if not filling.is_stale(error):
            raise
        return _show(task, bound, stale=True), 409
    if done.again:
        return redirect(url_for(".tasks", task_id=done.again[0]))
    return redirect(url_for(".submitted", case_id=done.case_id))


def _declaration_errors(bound: BoundPage | None) -> list[FieldError]:
    if bound is not None:
        bound.validate()
        return bound.errors
    if request.form.get(DECLARED) == "yes":
        return []
    return [FieldError(DECLARED, "请勾选声明后再提交", anchor=DECLARED)]


def _show(
    task: TaskView, bound: BoundPage | None, errors: list[FieldError] | None = None, *, stale: bool = False
) -> str:
    last = places.declaration(task.schema)
    problems = [
        error for error in task.schema.problems(task.values, task.context) if last is None or error.page != last.key
    ]
    summary = [s for s in task.schema.summary(task.values, task.context) if last is None or s.page != last.key]
    return render_template(
        "portal/check.html",
        task=task,
        summary=summary,
        foreseen=cases.preview(installation(), actor(), task.id) if not problems else cases.Preview(),
        problems=problems,
        bound=bound,
        errors=errors or [],
        own_page=last.key if last is not None else "",
        stale=stale,
        revision=task.revision,
        single=places.is_single(task.schema),
        address=places.address,
        of_error=places.of_error,
        Place=Place,
    )


@pages.get("/cases/<case_id>/submitted")
@signed_in
def submitted(case_id: str) -> Any:
    """The number, what follows, and until when."""
    case = cases.case_view(installation(), actor(), case_id)
    package = package_of(installation(), case)
    coming = [step for step in route(package.definition, case) if step.state != "done"]
    first = days_of(package.definition.nodes[coming[0].node_id]) if coming else None
    return render_template(
        "portal/submitted.html",
        case=case,
        coming=coming,
        first=first,
        pauses=pauses_of(package.definition),
        **_expected(case, first or 0),
    )


def _expected(case: CaseView, first: int) -> dict[str, Any]:
    """When the first answer is due and when the case would be closed, counted from its submission."""
    if case.submitted_at is None:
        return {"answer_by": None, "expected": None}
    calendar, begun = installation().calendar(), local_date(case.submitted_at)
    closed = calendar.add(begun, first + case.promised_days) if case.promised_days else None
    return {"answer_by": calendar.add(begun, first) if first else None, "expected": closed}
