"""Official letters at the desk: number and render them for signing, look at their pages, keep the file."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for

from engine import cases
from engine.errors import NotFound
from webapp import downloads
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.session import signed_in


@pages.post("/tasks/<task_id>/prepare")
@signed_in
def prepare(task_id: str) -> Any:
    """Take the numbers and render today's texts, to be looked at and signed."""
    cases.prepare_documents(installation(), actor(), task_id)
    return redirect(url_for(".task", task_id=task_id))


@pages.get("/cases/<case_id>/documents/<document_id>")
@signed_in
def document(case_id: str, document_id: str) -> Any:
    """A document page by page, as it stands."""
    view = cases.case_view(installation(), actor(), case_id)
    found = next((one for one in view.documents if one.id == document_id), None)
    if found is None:
        raise NotFound("没有找到这份文书，或你的岗位看不到它。", code="document.not-found")
    _, data = cases.document_file(installation(), actor(), document_id)
    back = request.args.get("task", "")
    mine = next((task for task in view.tasks if task.mine and task.id == back), None)
    return render_template("desk/document.html", case=view, document=found, count=downloads.page_count(data), task=mine)


@pages.get("/documents/<document_id>/pages/<int:number>.png")
@signed_in
def picture(document_id: str, number: int) -> Response:
    """One page as a picture of exactly the document's bytes."""
    return downloads.page_picture(document_id, number)


@pages.get("/documents/<document_id>.docx")
@signed_in
def draft(document_id: str) -> Response:
    """The text as a Word file for editing outside, clearly unsigned."""
    return downloads.draft(document_id)


@pages.get("/documents/<document_id>.pdf")
@signed_in
def file(document_id: str) -> Response:
    """The document as a file to keep."""
    return downloads.document(document_id)
