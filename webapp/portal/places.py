"""Addresses of a form's pages, and the order in which they are gone through."""

from flask import url_for

from engine import forms
from engine.cases import TaskView
from engine.forms import FieldError, FormSchema, Page, Section
from webapp.filling import Place, bind


def address(task_id: str, place: Place) -> str:
    """The URL of a page; items are numbered from 1 there."""
    if place.index is None:
        return url_for("portal.page", task_id=task_id, key=place.key)
    return url_for("portal.item", task_id=task_id, key=place.key, number=place.index + 1, inner=place.inner)


def of_error(task_id: str, error: FieldError) -> str:
    """Where an error of the whole form can be mended."""
    url = address(task_id, Place(error.page, error.index, error.inner))
    return f"{url}#{error.anchor}" if error.anchor else url


def declaration(schema: FormSchema) -> Page | None:
    """The last page, where it only asks to declare: it stands on the page that submits, not in the task list."""
    last = schema.pages[-1]
    only_boxes = last.kind == "group" and all(entry.type in {"checkbox", "text"} for entry in last.fields)
    required = any(entry.required for entry in last.fields)
    return last if only_boxes and required and len(schema.pages) > 1 else None


def sections(task: TaskView) -> list[Section]:
    """The task list without the declaration."""
    last = declaration(task.schema)
    found = []
    for section in task.schema.sections(task.values, task.context):
        tasks = tuple(row for row in section.tasks if last is None or row.page != last.key)
        if tasks or section.list_page:
            found.append(forms.Section(section.title, tasks, section.list_page, section.problems))
    return found


def is_single(schema: FormSchema) -> bool:
    """Whether the form is one page: then a task list would only stand in the way."""
    return len(schema.pages) == 1 and schema.pages[0].kind != "list"


def following(task: TaskView, place: Place) -> Place | None:
    """The next page of the item or of the section; the list after an item; none at the end of a section."""
    if place.index is not None:
        return _after_item_page(task, place)
    for section in sections(task):
        keys = [row.page for row in section.tasks if row.index is None]
        if place.key in keys[:-1]:
            return Place(keys[keys.index(place.key) + 1])
    return None


def position(task: TaskView, place: Place) -> tuple[str, int, int]:
    """What the page belongs to, its number there, and how many there are."""
    if place.index is not None:
        parts = _parts(task, place)
        return "", parts.index(place.inner or parts[0]) + 1, len(parts)
    for section in sections(task):
        keys = [row.page for row in section.tasks if row.index is None]
        if place.key in keys:
            return section.title, keys.index(place.key) + 1, len(keys)
    return "", 1, 1


def _after_item_page(task: TaskView, place: Place) -> Place:
    parts = _parts(task, place)
    rest = parts[parts.index(place.inner or parts[0]) + 1 :]
    return Place(place.key, place.index, rest[0]) if rest else Place(place.key)


def _parts(task: TaskView, place: Place) -> list[str]:
    """The pages of an item that ask anything, given its answers."""
    keys = [inner.key for inner in task.schema.page(place.key).pages]
    asked = [key for key in keys if bind(task, Place(place.key, place.index, key)).items]
    return [key for key in keys if key in asked or key == place.inner]
