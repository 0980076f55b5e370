"""The task list of an application, and its pages: one thing a page, saved as one goes."""

from typing import Any

from flask import redirect, render_template, request, url_for

from engine import cases
from engine.cases import TaskView
from engine.errors import Conflict
from engine.forms import BoundList, BoundPage
from webapp import filling
from webapp.current import actor, installation
from webapp.filling import Place
from webapp.held import is_restored
from webapp.portal import places
from webapp.portal.blueprint import pages
from webapp.portal.cases import has_prints
from webapp.portal.supplementing import requests
from webapp.records import package_of
from webapp.route import pauses_of
from webapp.session import signed_in


def open_task(task_id: str) -> TaskView:
    """The task of the address, for its holder."""
    return cases.task_view(installation(), actor(), task_id)


@pages.get("/tasks/<task_id>")
@signed_in
def tasks(task_id: str) -> Any:
    """The task list; a form of one page is opened at once."""
    task = open_task(task_id)
    if task.act not in {"submit", "supplement"}:
        return redirect(url_for("desk.task", task_id=task_id))
    if places.is_single(task.schema):
        return redirect(places.address(task_id, Place(task.schema.pages[0].key)))
    sections = places.sections(task)
    rows = [row for section in sections for row in section.tasks]
    needed = [row for row in rows if row.is_done or row.problems]
    package = package_of(installation(), task.case)
    todo = next((row for row in needed if not row.is_done), None)
    return render_template(
        "portal/tasks.html",
        task=task,
        sections=sections,
        done=sum(row.is_done for row in needed),
        count=len(needed),
        ready=not any(section.problems for section in sections) and todo is None,
        go_on=todo and places.address(task_id, Place(todo.page, todo.index, todo.inner)),
        refused=_refused(task),
        prints=has_prints(package),
        pauses=pauses_of(package.definition),
        address=places.address,
        Place=Place,
    )


def _refused(task: TaskView) -> list[tuple[str, Any]]:
    """Findings by whom they concern, where the rules sent a submitted form back."""
    submit = package_of(installation(), task.case).manifest.submit
    if task.case.submitted_at is None or task.node_id != submit:
        return []
    found = [(item.label, row) for item in task.case.items for row in item.findings]
    return [*found, *(("全案", row) for row in task.case.findings)]


@pages.route("/tasks/<task_id>/form/<key>", methods=["GET", "POST"])
@signed_in
def page(task_id: str, key: str) -> Any:
    """A page of the form, or the overview of a list."""
    return _answer(open_task(task_id), Place(key))


@pages.route("/tasks/<task_id>/form/<key>/<int:number>/<inner>", methods=["GET", "POST"])
@signed_in
def item(task_id: str, key: str, number: int, inner: str) -> Any:
    """A page of one item of a list."""
    return _answer(open_task(task_id), Place(key, max(number, 1) - 1, inner))


def _answer(task: TaskView, place: Place) -> Any:
    if request.method != "POST":
        return _show(task, place, filling.bind(task, place))
    bound = filling.bind(task, place, request.form)
    if is_restored():
        return _show(task, place, bound, restored=True)
    try:
        return _list(task, place, bound) if isinstance(bound, BoundList) else _fields(task, place, bound)
    except Conflict as error:
        if not filling.is_stale(error):
            raise
        return _show(task, place, bound, changed=filling.changes(task, bound)), 409


def _list(task: TaskView, place: Place, bound: BoundList) -> Any:
    """Add or remove an item, or go on."""
    if bound.action is not None:
        filling.save(task, bound)
        if bound.added is None:
            return redirect(places.address(task.id, place))
        first = task.schema.page(place.key).pages[0].key
        return redirect(places.address(task.id, Place(place.key, bound.added, first)))
    if filling.intent() != "leave" and not bound.validate():
        return _show(task, place, bound), 422
    if place.key not in task.values:
        filling.save(task, bound)
    return redirect(url_for(".tasks", task_id=task.id))


def _fields(task: TaskView, place: Place, bound: BoundPage) -> Any:
    """Take the files, check the page unless one leaves, save it, go on."""
    if bound.action is not None or filling.intent() == "refresh":
        return _show(task, place, bound)
    if (gone := filling.removed_file()) is not None:
        filling.save(task, bound)
        cases.detach(installation(), actor(), task.id, gone)
        return redirect(places.address(task.id, place))
    task, bound, faults = filling.take_files(task, place, bound)
    leaving = filling.intent() == "leave"
    held = leaving or bound.validate()
    if faults:
        filling.mark(bound, faults)
    if faults or not held:
        return _show(task, place, bound), 422 if bound.errors else 200
    filling.save(task, bound)
    if leaving:
        return redirect(_out_of(task))
    after = places.following(open_task(task.id), place)
    if after is None and places.is_single(task.schema):
        return redirect(url_for(".check", task_id=task.id))
    return redirect(places.address(task.id, after) if after else url_for(".tasks", task_id=task.id))


def _out_of(task: TaskView) -> str:
    """Where 保存并离开 leads."""
    if places.is_single(task.schema):
        return url_for(".status", case_id=task.case.id)
    return url_for(".tasks", task_id=task.id)


def _template(bound: BoundPage | BoundList, answers_requests: bool) -> str:
    if isinstance(bound, BoundList):
        return "portal/list.html"
    return "portal/supplement.html" if answers_requests else "portal/page.html"


def _show(
    task: TaskView,
    place: Place,
    bound: BoundPage | BoundList,
    *,
    restored: bool = False,
    changed: list[filling.Change] | None = None,
) -> str:
    whole = task.schema.page(place.key)
    section, number, count = places.position(task, place)
    asked = []
    if isinstance(bound, BoundPage) and task.act == "supplement":
        asked = requests(bound, package_of(installation(), task.case))
    return render_template(
        _template(bound, bool(asked)),
        requests=asked,
        task=task,
        place=place,
        bound=bound,
        whole=whole,
        shown=whole.inner(place.inner) if place.index is not None else whole,
        section=section,
        number=number,
        count=count,
        single=places.is_single(task.schema),
        restored=restored,
        changed=changed,
        revision=task.revision if changed is not None or request.method != "POST" else filling.sent_revision(task),
        leave=_out_of(task),
        address=places.address,
        Place=Place,
    )
