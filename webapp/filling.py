"""Fill in a task's form: bind a page, save it, take its files, say what a colleague changed meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import request

from engine import cases, forms
from engine.cases import TaskView
from engine.errors import HuishenError, Invalid
from engine.forms import BoundList, BoundPage, FieldError, Shown
from webapp.current import actor, installation

INTENT = "then"  # what the pressed button asks for: leave, save, refresh, remove-file:<id>; nothing: go on
REVISION = "revision"
REMOVE = "remove-file:"


@dataclass(frozen=True)
class Place:
    """A page of a form: its key, and on a list page the item (from 0) and the item's page."""

    key: str
    index: int | None = None
    inner: str | None = None


@dataclass(frozen=True)
class Change:
    """One answer that a colleague saved while it was being typed here."""

    label: str
    saved: str
    typed: str


def bind(task: TaskView, place: Place, sent: Any = None) -> BoundPage | BoundList:
    """The page with what was saved or, where it was sent, with what was typed."""
    return forms.bind(
        task.schema,
        place.key,
        values=task.values,
        formdata=sent,
        context=task.context,
        index=place.index,
        inner=place.inner,
    )


def intent() -> str:
    """What the pressed button asks for."""
    return request.form.get(INTENT, "")


def sent_revision(task: TaskView) -> int:
    """The revision that the page was made from."""
    text = request.form.get(REVISION, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else task.revision


def save(task: TaskView, bound: BoundPage | BoundList) -> int:
    """Keep what stands on the page; `Conflict` where a colleague saved since it was opened."""
    return cases.save_draft(installation(), actor(), task.id, bound.merged(), sent_revision(task))


def is_stale(error: HuishenError) -> bool:
    """Whether a colleague saved the form meanwhile: the page is shown again with what was typed."""
    return error.code == "case.stale"


def changes(task: TaskView, bound: BoundPage | BoundList) -> list[Change]:
    """Where the saved answers of this page differ from the typed ones."""
    saved, typed = _words(task, task.values), _words(task, bound.merged())
    paths = [path for path in {**typed, **saved} if saved.get(path) != typed.get(path)]
    empty = ("", "未填写")
    return [
        Change((typed.get(path) or saved[path])[0], saved.get(path, empty)[1], typed.get(path, empty)[1])
        for path in paths
    ]


def _words(task: TaskView, values: Any) -> dict[str, tuple[str, str]]:
    rows = [row for section in task.schema.summary(values, task.context) for row in section.rows]
    return {row.path: (row.label, row.text) for row in rows}


def _store_files(task: TaskView, bound: BoundPage) -> list[FieldError]:
    """Every file that came with the page, each judged by its content; a fault for each that was refused."""
    faults: list[FieldError] = []
    for shown in _uploads(bound.items):
        for sent in request.files.getlist(shown.input.name):
            if not sent.filename:
                continue
            try:
                _store(task, shown, sent.filename, sent.read())
            except Invalid as error:
                shown.input.errors = [error.message]
                faults.append(FieldError(shown.field.key, error.message, anchor=shown.input.name))
    return faults


def take_files(task: TaskView, place: Place, bound: BoundPage) -> tuple[TaskView, BoundPage, list[FieldError]]:
    """The page once its files are stored: the task and what is bound have them, and why some were refused."""
    faults = _store_files(task, bound)
    if any(sent.filename for sent in request.files.values()):
        task = cases.task_view(installation(), actor(), task.id)
        again = bind(task, place, request.form)
        assert isinstance(again, BoundPage)
        bound = again
    return task, bound, faults


def mark(bound: BoundPage, faults: list[FieldError]) -> None:
    """Say at its input why a file was refused; what the page says of a missing file there is dropped."""
    anchors = {fault.anchor for fault in faults}
    bound.errors = [*faults, *(error for error in bound.errors if error.anchor not in anchors)]
    for fault in faults:
        for shown in bound.items:
            for one in [shown, *(inner for row in shown.rows for inner in row.items)]:
                if one.input is not None and one.input.name == fault.anchor:
                    one.input.errors = [fault.message]


def removed_file() -> str | None:
    """The id of the file whose button to take it out again was pressed."""
    return intent().removeprefix(REMOVE) if intent().startswith(REMOVE) else None


def _store(task: TaskView, shown: Shown, name: str, data: bytes) -> None:
    upload = shown.field.upload
    if upload is not None:
        forms.inspect(data, name, accept=upload.accept, limit=upload.max_size)
    cases.attach(installation(), actor(), task.id, shown.input.attachment_key, name, data)


def _uploads(items: Iterable[Shown]) -> Iterable[Shown]:
    for shown in items:
        if shown.input is not None and shown.field.type == "filepicker":
            yield shown
        for row in shown.rows:
            yield from _uploads(row.items)
