"""A case on one screen, to look at; the whole of a masked number, for a reason."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for

from engine import cases
from engine.calendar import local_date
from engine.cases import CaseView, Sight
from engine.errors import Invalid
from engine.packages import CompiledPackage
from webapp import downloads
from webapp.current import actor, installation, today
from webapp.desk.blueprint import pages
from webapp.desk.evidence import evidence
from webapp.held import is_restored
from webapp.records import package_of
from webapp.route import route
from webapp.security import embed_files, limiter, person_or_address
from webapp.session import signed_in
from webapp.track import track

TOO_MANY = "每人每小时最多查看 30 个、每天最多 100 个完整号码，请过一会儿再看。"


@pages.get("/cases/<case_id>")
@signed_in
def case(case_id: str) -> Any:
    """The case without a decision: what was done, what is open and with whom."""
    view = cases.case_view(installation(), actor(), case_id)
    if view.sight is Sight.OWN:
        return redirect(url_for("portal.status", case_id=case_id))
    return render_template("desk/case.html", **screen(view))


def screen(view: CaseView) -> dict[str, Any]:
    """What every page about a case shows at its left and its head."""
    package: CompiledPackage = package_of(installation(), view)
    opened = next((file for file in view.attachments if file.id == request.args.get("file")), None)
    if opened is not None:
        embed_files()
    return {
        "case": view,
        "evidence": evidence(view, package),
        "steps": route(package.definition, view) if view.steps else (),
        "track": _track(view),
        "opened": opened,
        "may_reveal": view.sight is Sight.FULL,
        "is_full": view.sight is Sight.FULL,
        "prints": view.sight is Sight.FULL and bool(package.manifest.prints),
    }


def _track(view: CaseView) -> Any:
    if view.clocks is None:
        return ()
    end = view.clocks.kept_on or (local_date(view.closed_at) if view.closed_at else today())
    return track(view.clocks, installation().calendar(), end)


@pages.route("/cases/<case_id>/reveal/<digest>", methods=["GET", "POST"])
@limiter.limit("30 per hour; 100 per day", methods=["POST"], key_func=person_or_address, error_message=TOO_MANY)
@signed_in
def reveal(case_id: str, digest: str) -> Any:
    """A whole number; who looked and why is recorded."""
    view, reason = cases.case_view(installation(), actor(), case_id), request.form.get("reason", "")
    shown = {"case": view, "digest": digest, "reason": reason}
    if request.method != "POST" or is_restored():
        return render_template("desk/reveal.html", **shown)
    try:
        number = cases.reveal(installation(), actor(), case_id, digest, reason)
    except Invalid as error:
        return render_template("desk/reveal.html", **shown, fault=error.message), 422
    return render_template("desk/reveal.html", **shown, number=number)


@pages.route("/cases/<case_id>/objections/<objection_id>", methods=["GET", "POST"])
@limiter.limit("60 per hour", methods=["POST"], key_func=person_or_address)
@signed_in
def objection(case_id: str, objection_id: str) -> Any:
    """Who objects, and what they say; who looked and why is recorded."""
    view, reason = cases.case_view(installation(), actor(), case_id), request.form.get("reason", "")
    shown = {"case": view, "reason": reason}
    if request.method != "POST" or is_restored():
        return render_template("desk/objection.html", **shown)
    try:
        said = cases.read_objection(installation(), actor(), objection_id, reason)
    except Invalid as error:
        return render_template("desk/objection.html", **shown, fault=error.message), 422
    return render_template("desk/objection.html", **shown, said=said)


@pages.get("/objections/<objection_id>/files/<int:place>")
@signed_in
def objection_file(objection_id: str, place: int) -> Response:
    """What was sent with an objection."""
    return downloads.objection_file(objection_id, place)


@pages.get("/attachments/<attachment_id>")
@signed_in
def attachment(attachment_id: str) -> Response:
    """An uploaded file."""
    return downloads.attachment(attachment_id)
