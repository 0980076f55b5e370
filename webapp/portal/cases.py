"""A case as its association follows it: progress, documents, receipt, withdrawal."""

import secrets
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from engine import cases
from engine.cases import CaseView, Sight
from engine.errors import Conflict, Invalid
from engine.packages import CompiledPackage
from webapp import downloads
from webapp.current import actor, installation
from webapp.desk.evidence import called, items_title
from webapp.held import is_restored
from webapp.portal.blueprint import pages
from webapp.records import package_of
from webapp.route import route
from webapp.session import signed_in


def own_case(case_id: str) -> CaseView:
    """A case of the own association."""
    return cases.case_view(installation(), actor(), case_id)


def has_prints(package: CompiledPackage) -> bool:
    """Whether there are forms that the association prints."""
    return any(rule.reader == "applicant" for rule in package.manifest.prints.values())


@pages.get("/cases/<case_id>")
@signed_in
def status(case_id: str) -> Any:
    """How far it is, in plain words; others than the association have their own page."""
    case = own_case(case_id)
    if case.sight is not Sight.OWN:
        return redirect(url_for("desk.case", case_id=case_id))
    mine = [task for task in case.tasks if task.mine]
    if case.state == "draft" and mine:
        return redirect(url_for(".tasks", task_id=mine[0].id))
    package = package_of(installation(), case)
    steps = route(package.definition, case)
    shown = {"case": case, "mine": mine, "steps": steps, "items_title": items_title(package)}
    names = {item.key: called(item, package) for item in case.items}
    return render_template(
        "portal/status.html", **shown, called=names, prints=has_prints(package), page_key=secrets.token_hex(16)
    )


@pages.route("/cases/<case_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(case_id: str) -> Any:
    """Take the application back, with a reason."""
    case, reason = own_case(case_id), request.form.get("reason", "")
    if request.method != "POST" or is_restored():
        return render_template("portal/withdraw.html", case=case, reason=reason)
    try:
        cases.withdraw(installation(), actor(), case_id, reason)
    except Invalid as error:
        return render_template("portal/withdraw.html", case=case, reason=reason, fault=error.message), 422
    return redirect(url_for(".status", case_id=case_id))


@pages.route("/cases/<case_id>/items/<key>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw_item(case_id: str, key: str) -> Any:
    """Take one member of the list back alone, with a reason; the others go on."""
    case, reason = own_case(case_id), request.form.get("reason", "")
    item = next((one for one in case.items if one.key == key), None)
    if item is None or key not in case.withdrawable_items:
        raise Conflict("现在不能单独撤回这一项，请看办理进度。", code="item.not-withdrawable", key=key)
    shown = {"case": case, "item": item, "reason": reason, "items_title": items_title(package_of(installation(), case))}
    if request.method != "POST" or is_restored():
        return render_template("portal/withdraw_item.html", **shown)
    try:
        cases.withdraw_item(installation(), actor(), case_id, key, reason)
    except Invalid as error:
        return render_template("portal/withdraw_item.html", **shown, fault=error.message), 422
    return redirect(url_for(".status", case_id=case_id))


@pages.post("/cases/<case_id>/again")
@signed_in
def again(case_id: str) -> Any:
    """A new application with what this one said; the key of the page makes a second click harmless."""
    task = cases.start_again(installation(), actor(), case_id, request.form.get("key", ""))
    return redirect(url_for(".tasks", task_id=task.task_id))


@pages.get("/cases/<case_id>/answers")
@signed_in
def answers(case_id: str) -> Any:
    """What was submitted, to read again or to print."""
    return render_template("portal/answers.html", case=own_case(case_id))


@pages.post("/cases/<case_id>/documents/<document_id>/receive")
@signed_in
def receive(case_id: str, document_id: str) -> Any:
    """Confirm receipt."""
    cases.receive_document(installation(), actor(), document_id)
    return redirect(url_for(".status", case_id=case_id, _anchor="documents"))


@pages.get("/documents/<document_id>.pdf")
@signed_in
def document(document_id: str) -> Response:
    """A document in effect, as a file to keep."""
    return downloads.document(document_id)


@pages.get("/attachments/<attachment_id>")
@signed_in
def attachment(attachment_id: str) -> Response:
    """A file that was uploaded."""
    return downloads.attachment(attachment_id)
