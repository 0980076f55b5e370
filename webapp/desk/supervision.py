"""Supervision (电子监察): figures with their tables, the tasks behind each of them, slips that urge, the export."""

from io import BytesIO
from typing import Any

from flask import Response, redirect, render_template, request, send_file, url_for

from engine import cases
from engine.errors import Conflict, Invalid
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.desk.filtering import Asked, Choice
from webapp.desk.finding import STATES
from webapp.security import limiter, person_or_address
from webapp.session import signed_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MANY = "每人每小时最多导出 20 次，请过一会儿再导出。"


@pages.get("/supervision/")
@signed_in
def supervision() -> Any:
    """What waits where, what took how long."""
    asked = Asked.of_request("supervision")
    view = cases.supervision(installation(), actor(), asked.criteria)
    people = cases.people(installation(), actor())
    overdue = cases.most_overdue(installation(), actor(), asked.criteria)
    page = render_template("desk/supervision.html", view=view, asked=asked, overdue=overdue, people=people)
    return page, asked.status


@pages.get("/supervision/tasks")
@signed_in
def overseen() -> Any:
    """The open tasks that a figure stands for."""
    asked = Asked.of_request("overseen")
    found = cases.overseen(installation(), actor(), asked.criteria, request.args.get("after") or None)
    return render_template(
        "desk/overseen.html",
        inbox=found,
        asked=asked,
        steps=asked.steps((heap.package, heap.node, heap.name) for heap in found.heaps),
        units=[Choice(*unit) for unit in cases.units(installation(), actor())],
        may_urge=cases.may_urge(actor()),
    ), asked.status


@pages.route("/supervision/tasks/<task_id>/urge", methods=["GET", "POST"])
@signed_in
def urge(task_id: str) -> Any:
    """Send a slip about an open task."""
    typed = {"days": request.form.get("days", "3"), "reason": request.form.get("reason", "")}
    about = cases.urgeable(installation(), actor(), task_id)
    if request.method != "POST":
        return render_template("desk/urge.html", about=about, typed=typed)
    days = int(typed["days"]) if typed["days"].isascii() and typed["days"].isdecimal() else 0
    try:
        slip_id = cases.urge(installation(), actor(), task_id, days, typed["reason"])
    except (Invalid, Conflict) as error:
        anchor = "days" if error.code == "task.days" else "reason"
        page = render_template("desk/urge.html", about=about, typed=typed, fault=error.message, anchor=anchor)
        return page, 422 if isinstance(error, Invalid) else 409
    return redirect(url_for(".slip", slip_id=slip_id))


@pages.get("/slips/<slip_id>")
@signed_in
def slip(slip_id: str) -> Any:
    """A slip to read and to print."""
    return render_template("desk/slip.html", slip=cases.slip(installation(), actor(), slip_id))


@pages.route("/supervision/export", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"], key_func=person_or_address, error_message=MANY)
@signed_in
def export() -> Any:
    """The list of cases as a workbook: conditions, columns, the reason."""
    asked = Asked.of(request.form if request.method == "POST" else request.args, "supervision")
    chosen = request.form.getlist("column") if request.method == "POST" else list(cases.USUAL_COLUMNS)
    parts = {
        "asked": asked,
        "columns": cases.EXPORT_COLUMNS,
        "chosen": chosen,
        "states": [Choice(state, cases.STATES[state]) for state in STATES],
        "reason": request.form.get("reason", ""),
    }
    if request.method != "POST" or asked.fault:
        if not cases.may_urge(actor()):
            return redirect(url_for(".supervision"))
        return render_template("desk/export.html", **parts), asked.status
    try:
        made = cases.export_cases(installation(), actor(), asked.criteria, chosen, str(parts["reason"]))
    except Invalid as error:
        anchor = {"export.reason": "reason", "export.columns": "column-1"}.get(error.code, "words")
        return render_template("desk/export.html", **parts, fault=error.message, anchor=anchor), 422
    return _file(made)


def _file(made: cases.Export) -> Response:
    return send_file(BytesIO(made.data), mimetype=XLSX, download_name=made.name, as_attachment=True)
