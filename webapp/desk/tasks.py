"""A task: take it, decide, send back. The decision form is made from the form of the task."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import cases, forms, identity
from engine.cases import DocumentView, HistoryLine, Sight, TaskView
from engine.errors import Conflict, Forbidden, HuishenError, Invalid, NotFound
from engine.forms import BoundPage, FieldError
from engine.identity import Proof
from engine.workflow import WorkflowFault
from webapp import filling
from webapp.current import actor, installation, now
from webapp.desk import phrases
from webapp.desk.blueprint import pages
from webapp.desk.cases import screen
from webapp.desk.evidence import documents_in
from webapp.desk.inbox import neighbours
from webapp.desk.lookahead import leads_to_documents
from webapp.downloads import page_count
from webapp.filling import Place
from webapp.held import is_restored
from webapp.session import signed_in

SHOWN = "shown-"  # of a document on a signing page: the hash of the bytes that were looked at
ENDED = frozenset({"task.done", "task.cancelled", "task.claimed"})
NO_POST = "identity.no-post"  # what was decided leads to somebody who is not set up here
PASSWORD = "password"  # noqa: S105 - the name of an input


@pages.route("/tasks/<task_id>", methods=["GET", "POST"])
@signed_in
def task(task_id: str) -> Any:
    """The case with everything needed to decide, and the decision."""
    view = cases.task_view(installation(), actor(), task_id)
    if view.act in {"submit", "supplement"}:
        return redirect(url_for("portal.tasks", task_id=task_id))
    if request.method != "POST":
        return _show(view, _bound(view, None))
    bound = _bound(view, request.form)
    if is_restored():
        return _show(view, bound, restored=True)
    if filling.intent() == phrases.INSERT:
        return _show(view, _bound(view, phrases.inserted(request.form, bound)))
    if bound.action is not None or filling.intent() == "refresh":
        return _show(view, bound)
    try:
        keeps = filling.intent() in {"save", "return", "preview"} or filling.removed_file() is not None
        return _save(view, bound) if keeps else _complete(view, bound)
    except Conflict as error:
        if not filling.is_stale(error):
            raise
        return _show(view, bound, changed=filling.changes(view, bound)), 409


def _bound(view: TaskView, sent: Any) -> BoundPage:
    bound = filling.bind(view, Place(forms.WHOLE), sent)
    assert isinstance(bound, BoundPage)
    return bound


def _save(view: TaskView, bound: BoundPage) -> Any:
    """Keep what was typed and the files that came; on the way to sending back, too."""
    if (gone := filling.removed_file()) is not None:
        filling.save(view, bound)
        cases.detach(installation(), actor(), view.id, gone)
        return redirect(url_for(".task", task_id=view.id, _anchor="decide"))
    view, bound, faults = filling.take_files(view, Place(forms.WHOLE), bound)
    if faults:
        filling.mark(bound, faults)
        return _show(view, bound), 422
    filling.save(view, bound)
    if filling.intent() == "return":
        return redirect(url_for(".send_back", task_id=view.id))
    if filling.intent() == "preview":
        return redirect(url_for(".preview", task_id=view.id))
    return redirect(url_for(".task", task_id=view.id, _anchor="decide"))


def _complete(view: TaskView, bound: BoundPage) -> Any:
    view, bound, faults = filling.take_files(view, Place(forms.WHOLE), bound)
    held = bound.validate()
    if faults:
        filling.mark(bound, faults)
    if faults or not held:
        return _show(view, bound), 422 if bound.errors else 200
    shown = {key.removeprefix(SHOWN): text for key, text in request.form.items() if key.startswith(SHOWN)}
    beside = neighbours(view.id)
    try:
        proof = prove() if view.proof else None
        done = cases.complete(
            installation(), actor(), view.id, bound.merged(), filling.sent_revision(view), proof, shown
        )
    except Invalid as error:
        bound.errors = list(error.details.get("problems", ()))
        return _show(view, bound, fault=None if bound.errors else error), 422
    except Forbidden as error:
        return _show(view, bound, fault=error), 403
    except (Conflict, NotFound) as error:
        if filling.is_stale(error) or error.code in ENDED or (isinstance(error, NotFound) and error.code != NO_POST):
            raise
        return _show(view, bound, fault=error), 409
    except WorkflowFault as error:  # the diagram does not go on from what was decided
        return _show(view, bound, fault=error), 422
    number = f"{view.case.number} " if view.case.number else ""  # a draft has none
    flash(f"{number}{view.name}：已办理", "done")
    if done.again:
        return redirect(url_for(".task", task_id=done.again[0]))
    if view.case.sight is Sight.OWN:
        return redirect(url_for("portal.status", case_id=view.case.id))
    after = beside.after if beside else None
    return redirect(url_for(".inbox", next=after))


def prove() -> Proof:
    """Identity once more, by the password on the page."""
    password = request.form.get(PASSWORD, "")
    if not password:
        raise Forbidden("请输入登录口令，再次验证身份", code="identity.proof")
    return identity.prove_apart(installation().database, actor(), password[:1000], now())


@pages.app_template_test("unproved")
def is_unproved(fault: HuishenError) -> bool:
    """Whether the password is what was wrong; other faults of identities (a post nobody holds) are not about it."""
    return isinstance(fault, Forbidden) and fault.code.startswith("identity.")


def _show(
    view: TaskView,
    bound: BoundPage,
    *,
    fault: HuishenError | None = None,
    restored: bool = False,
    changed: list[filling.Change] | None = None,
) -> str:
    """The screen of the act: signing and sealing show the letters themselves, all else the evidence; an association
    sees what it is asked and no desk."""
    errors = list(bound.errors)
    if fault is not None:
        errors.append(FieldError("", fault.message, anchor=PASSWORD if is_unproved(fault) else ""))
    fresh = request.method != "POST" or changed is not None
    parts = {
        "task": view,
        "bound": bound,
        "errors": errors,
        "fault": fault,
        "restored": restored,
        "changed": changed,
        "revision": view.revision if fresh else filling.sent_revision(view),
        "beside": neighbours(view.id),
        "returned": _sent_back(view),
    }
    if view.act in {"sign", "seal"}:
        return render_template("desk/letters.html", **parts, case=view.case, **_letters(view))
    if view.case.sight is Sight.OWN:
        return render_template("portal/task.html", **parts, case=view.case)
    places = phrases.targets(bound)
    return render_template(
        "desk/case.html",
        **parts,
        **screen(view.case),
        drafts=documents_in(view, "drafted"),
        serving=_served(view),
        places=places,
        phrases=cases.phrases(installation(), actor()) if places else (),
        previews=leads_to_documents(view),
    )


def _served(view: TaskView) -> list[DocumentView]:
    """The letters that are delivered at this task; minutes stay inside."""
    found = documents_in(view, "issued") if view.act == "serve" else []
    return [letter for letter in found if letter.signature != "minutes"]


def _sent_back(view: TaskView) -> HistoryLine | None:
    """The line of the record that sent the case back to this task, until the task is done again."""
    for line in view.case.history:
        if line.text.startswith(f"{view.name}：办理完成"):
            return None
        if line.text == f"退回至{view.name}":
            return line
    return None


def _letters(view: TaskView) -> dict[str, Any]:
    """The letters to sign or seal, with the number of their pages; those that have no text of today yet."""
    state = "rendered" if view.act == "sign" else "signed"
    ready = [(letter, page_count(_bytes(letter))) for letter in documents_in(view, state)]
    waiting = documents_in(view, "drafted", "reserved") if view.act == "sign" else []
    old = [letter for letter, _ in ready if view.act == "sign" and letter.dated != view.context.today]
    return {"ready": ready, "waiting": waiting, "old": old}


def _bytes(letter: DocumentView) -> bytes:
    """Of a letter that the person was shown already."""
    assert letter.digest is not None  # it has been rendered
    return installation().files.get(letter.digest)


@pages.post("/tasks/<task_id>/claim")
@signed_in
def claim(task_id: str) -> Any:
    """Take the task."""
    cases.claim(installation(), actor(), task_id)
    return redirect(url_for(".task", task_id=task_id))


@pages.post("/tasks/<task_id>/release")
@signed_in
def release(task_id: str) -> Any:
    """Put it back for the other holders of the post."""
    cases.release(installation(), actor(), task_id)
    flash("已放回待办，同岗位的人都可以办理", "done")
    return redirect(url_for(".inbox"))


@pages.route("/tasks/<task_id>/return", methods=["GET", "POST"])
@signed_in
def send_back(task_id: str) -> Any:
    """Back to an earlier node, with the reason: inside, without stopping a clock."""
    view = cases.task_view(installation(), actor(), task_id)
    reason, to = request.form.get("reason", ""), request.form.get("to", "")
    shown = {"task": view, "case": view.case, "reason": reason, "to": to}
    if request.method != "POST" or is_restored():
        return render_template("desk/return.html", **shown)
    try:
        cases.return_task(installation(), actor(), task_id, to, reason)
    except (Invalid, Forbidden) as error:
        anchor = "to-1" if error.code == "task.no-return" else "reason"
        return render_template("desk/return.html", **shown, fault=error.message, anchor=anchor), 422
    flash(f"{view.case.number} {view.name}：已退回", "done")
    return redirect(url_for(".inbox"))
