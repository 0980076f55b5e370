"""The task list: what is done, what is lacking, where to go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.forms.checking import Place, is_empty
from engine.forms.display import files_of
from engine.forms.faults import MISSING
from engine.forms.model import Field, FieldError, FormContext, FormSchema, Page, attachment_key
from engine.forms.naming import item_name
from engine.forms.resolve import Level, Row
from engine.forms.submission import is_asked, item_problems, items_of, page_problems, top_level

NOT_STARTED, IN_PROGRESS, DONE, WRONG = "未开始", "进行中", "已完成", "有问题"


@dataclass(frozen=True)
class Task:
    """One row of the task list: a page, or an item of a list page (`index`), and where to go on in it (`inner`)."""

    page: str
    title: str
    status: str
    hint: str = ""
    index: int | None = None
    inner: str | None = None
    key: str = ""
    missing: tuple[str, ...] = ()
    problems: tuple[FieldError, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do here."""
        return self.status == DONE


@dataclass(frozen=True)
class Section:
    """A heading of the task list with its rows. `list_page` is the key of the list whose items they are."""

    title: str
    tasks: tuple[Task, ...]
    list_page: str = ""
    problems: tuple[FieldError, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do under this heading."""
        return not self.problems and all(task.is_done for task in self.tasks)


def form_sections(schema: FormSchema, values: Mapping[str, Any], context: FormContext) -> list[Section]:
    """The task list of a form: pages of one `section` together, the items of each list, the attachments."""
    top = top_level(schema, values, context)
    found: list[Section] = []
    for page in schema.pages:
        if not is_asked(page, top):
            continue
        if page.kind == "list":
            found.append(_list_section(page, top, context))
            continue
        title = page.section or ("材料" if page.kind == "files" else schema.title)
        task = _page_task(page, top, context)
        if found and found[-1].title == title and not found[-1].list_page:
            found[-1] = Section(title, (*found[-1].tasks, task))
        else:
            found.append(Section(title, (task,)))
    return found


def missing_labels(errors: Sequence[FieldError]) -> tuple[str, ...]:
    """What is lacking, each named once."""
    return tuple(dict.fromkeys(error.label for error in errors if error.code == MISSING))


def _list_section(page: Page, top: Level, context: FormContext) -> Section:
    items = items_of(page, top)
    tasks = tuple(_item_task(page, item, top, context) for item in items)
    own = [error for error in page_problems(page, top, context) if error.index is None]
    noun = page.list.rows.item_noun if page.list.rows else "条"
    title = page.section or page.title
    return Section(f"{title}（{len(items)} {noun}）", tasks, page.key, tuple(own))


def _page_task(page: Page, top: Level, context: FormContext) -> Task:
    problems = page_problems(page, top, context)
    started = _is_started(page.fields, top, context, Place())
    return _task(page.key, page.title, problems, started, page.hint)


def _item_task(page: Page, item: Row, top: Level, context: FormContext) -> Task:
    problems = item_problems(page, item, context)
    place = Place(row_key=item.key)
    started = any(_is_started(inner.fields, item.level, context, place) for inner in page.pages)
    title = item_name(page.list, item)
    wrong = [error.inner for error in problems if error.code != MISSING] or [error.inner for error in problems]
    inner = wrong[0] if wrong else page.pages[0].key
    return _task(page.key, title, problems, started, "", item.index, inner, item.key)


def _task(
    page: str,
    title: str,
    problems: Sequence[FieldError],
    started: bool,
    hint: str,
    index: int | None = None,
    inner: str | None = None,
    key: str = "",
) -> Task:
    missing = missing_labels(problems)
    wrong = [error for error in problems if error.code != MISSING]
    if wrong:
        status, hint = WRONG, wrong[0].message
    elif not started:
        status = NOT_STARTED
    elif missing:
        status, hint = (
            IN_PROGRESS,
            "还差：" + "、".join(missing[:3]) + (f"等 {len(missing)} 项" if len(missing) > 3 else ""),
        )
    else:
        status = DONE
    return Task(page, title, status, hint, index, inner, key, missing, tuple(problems))


def _is_started(fields: Sequence[Field], level: Level, context: FormContext, place: Place) -> bool:
    """Whether the page was saved once, or filled in from elsewhere."""
    for entry in fields:
        if entry.type == "filepicker":
            if files_of(context.attachments.get(attachment_key(entry, place.row_key))):
                return True
        elif entry.key in level.local and not (entry.readonly and is_empty(entry, level.local[entry.key])):
            return True
    return False
