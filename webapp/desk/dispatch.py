"""One document of the register: its life, its text, and revoking, correcting, signing and sealing a correction."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import cases
from engine.cases import Change, DispatchView
from engine.errors import Conflict, Forbidden, HuishenError, Invalid
from engine.identity import Proof
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.desk.tasks import PASSWORD, is_unproved, prove
from webapp.downloads import page_count
from webapp.held import is_restored
from webapp.session import signed_in

CHANGES = 5  # places for changes on the page


@pages.get("/register/<document_id>")
@signed_in
def dispatch(document_id: str) -> Any:
    """What the register holds of it, and its pages."""
    return _page(cases.dispatch_view(installation(), actor(), document_id))


@pages.post("/register/<document_id>/prepare")
@signed_in
def prepare_correction(document_id: str) -> Any:
    """Number and today's text of a correction, to be looked at and signed."""
    cases.prepare_correction(installation(), actor(), document_id)
    return redirect(url_for(".dispatch", document_id=document_id))


@pages.post("/register/<document_id>/sign")
@signed_in
def sign_correction(document_id: str) -> Any:
    """Sign what was shown."""
    shown = request.form.get("shown", "")
    return _done(
        document_id,
        "已签名",
        lambda proof: cases.sign_correction(installation(), actor(), document_id, shown, proof),
    )


@pages.post("/register/<document_id>/seal")
@signed_in
def seal_correction(document_id: str) -> Any:
    """Seal what was signed."""
    return _done(
        document_id,
        "已用印，新文书生效",
        lambda proof: cases.seal_correction(installation(), actor(), document_id, proof),
    )


@pages.route("/register/<document_id>/revoke", methods=["GET", "POST"])
@signed_in
def revoke(document_id: str) -> Any:
    """Take it out of effect, with the reason that everybody who verifies it reads."""
    view = _allowed(document_id, "revoke")

    def run(proof: Proof) -> None:
        cases.revoke_in_register(installation(), actor(), document_id, request.form.get("reason", ""), proof)

    return _form(view, "desk/revoke.html", "已撤销", run)


@pages.route("/register/<document_id>/correct", methods=["GET", "POST"])
@signed_in
def correct(document_id: str) -> Any:
    """Draft the document that takes its place."""
    view = _allowed(document_id, "correct")
    pairs = [(request.form.get(f"was-{n}", ""), request.form.get(f"now-{n}", "")) for n in range(1, CHANGES + 1)]

    def run(proof: Proof) -> None:
        changes = [Change(was.strip(), now.strip()) for was, now in pairs if was.strip() or now.strip()]
        if not changes and request.form.get("same") != "yes":
            raise Invalid("请写明至少一处更正，或者勾选“内容不变，重新发一份”。", code="document.change")
        reason = request.form.get("reason", "")
        cases.correct(installation(), actor(), document_id, reason, changes, proof)

    return _form(view, "desk/correct.html", "已起草更正，原文书在新文书生效时被代替", run, pairs=pairs)


@pages.route("/register/<document_id>/drop", methods=["POST"])
@signed_in
def drop_correction(document_id: str) -> Any:
    """Give a correction up."""
    try:
        cases.drop_correction(installation(), actor(), document_id, request.form.get("reason", ""))
    except Invalid as error:
        return _page(cases.dispatch_view(installation(), actor(), document_id), error, "reason"), 422
    flash("这份更正已作废", "done")
    return redirect(url_for(".register"))


def _allowed(document_id: str, verb: str) -> DispatchView:
    view = cases.dispatch_view(installation(), actor(), document_id)
    if verb not in view.verbs:
        raise Forbidden("你的岗位不能对这份文书这样办理，或者它的状态已经变化。", code="case.authority", verb=verb)
    return view


def _form(view: DispatchView, template: str, told: str, run: Callable[[Proof], None], **more: Any) -> Any:
    """A page that asks a reason and the password; what was typed stays where something is missing."""
    typed = {"reason": request.form.get("reason", ""), "same": request.form.get("same", "")}
    if request.method != "POST" or is_restored():
        return render_template(template, view=view, typed=typed, **more)
    try:
        run(prove())
    except (Invalid, Forbidden, Conflict) as error:
        anchor = {"reason.missing": "reason", "document.change": "was-1", "document.change-not-found": "was-1"}
        place = PASSWORD if is_unproved(error) else anchor.get(error.code, "")
        page = render_template(template, view=view, typed=typed, fault=error, anchor=place, **more)
        return page, 403 if isinstance(error, Forbidden) else 422
    flash(f"{view.document.number}：{told}", "done")
    return redirect(url_for(".dispatch", document_id=view.document.id))


def _done(document_id: str, told: str, run: Callable[[Proof], None]) -> Any:
    """An act by the button beside the text itself."""
    try:
        run(prove())
    except (Forbidden, Conflict) as error:
        anchor = PASSWORD if is_unproved(error) else ""
        status = 403 if isinstance(error, Forbidden) else 409
        return _page(cases.dispatch_view(installation(), actor(), document_id), error, anchor), status
    flash(told, "done")
    return redirect(url_for(".dispatch", document_id=document_id))


def _page(view: DispatchView, fault: HuishenError | None = None, anchor: str = "") -> str:
    _, data = cases.document_file(installation(), actor(), view.document.id)
    return render_template("desk/dispatch.html", view=view, count=page_count(data), fault=fault, anchor=anchor)
