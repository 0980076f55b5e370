"""Binds a page of a form: the door from the web to the rest of this package."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import NotFound
from engine.forms.binding import BoundPage
from engine.forms.formdata import RowAction, Submission
from engine.forms.generate import build_class
from engine.forms.inputs import BaseForm, Binding
from engine.forms.model import FieldError, FormContext, FormSchema, Page
from engine.forms.naming import item_name
from engine.forms.resolve import rows_of, with_keys
from engine.forms.submission import item_problems, items_of, page_problems, top_level


@dataclass(frozen=True)
class ListItem:
    """One item of a list page: its place, key and name, and what is wrong with it."""

    index: int
    key: str
    label: str
    problems: tuple[FieldError, ...]
    remove_action: str


class BoundList:
    """The overview of a list page: its items, with buttons to add and remove one."""

    def __init__(
        self, schema: FormSchema, page: Page, values: Mapping[str, Any], sent: Submission | None, context: FormContext
    ) -> None:
        self.schema, self.page, self.context = schema, page, context
        self.saved = dict(values)
        self.errors: list[FieldError] = []
        self.warnings: list[FieldError] = []
        self.revealed: tuple[str, ...] = ()
        self.form: BaseForm = build_class(page.key, ())(None, meta={"binding": Binding(context, {})})
        self.added: int | None = None
        self._rows = with_keys(rows_of(self.saved.get(page.key)))
        spec = page.list.rows
        self._may_change = spec is not None and not spec.fixed
        self._most = spec.max if spec is not None else 0
        action = sent.action(lambda name: name == page.key) if sent is not None else None
        self.action: RowAction | None = action if self._may_change else None
        self._apply()

    @property
    def items(self) -> tuple[ListItem, ...]:
        """The items in their order."""
        top = top_level(self.schema, self.merged(), self.context)
        return tuple(
            ListItem(
                index=item.index,
                key=item.key,
                label=item_name(self.page.list, item),
                problems=tuple(item_problems(self.page, item, self.context)),
                remove_action=f"remove:{self.page.key}:{item.index}" if self._may_change else "",
            )
            for item in items_of(self.page, top)
        )

    @property
    def add_action(self) -> str:
        """The value of the button that adds an item; empty where no more may be added."""
        return f"add:{self.page.key}" if self._may_change and len(self._rows) < self._most else ""

    @property
    def hidden_inputs(self) -> list[tuple[str, str]]:
        """None: the overview has buttons only."""
        return []

    def validate(self) -> bool:
        """Check the number of items and every item."""
        self.errors = page_problems(self.page, top_level(self.schema, self.merged(), self.context), self.context)
        return not self.errors

    def values(self) -> dict[str, Any]:
        """The list as it stands after the pressed button."""
        return {self.page.key: self._rows}

    def merged(self) -> dict[str, Any]:
        """The values of the whole form with this list in its place."""
        return {**self.saved, **self.values()}

    def _apply(self) -> None:
        if self.action is None:
            return
        if self.action.verb == "add" and len(self._rows) < self._most:
            taken = _attachment_rows(self.context, self.page.key)
            self._rows = with_keys([*self._rows, {}], taken)
            self.added = len(self._rows) - 1
        elif self.action.verb == "remove" and self.action.index is not None and self.action.index < len(self._rows):
            del self._rows[self.action.index]


def bind(
    schema: FormSchema,
    page_key: str,
    *,
    values: Mapping[str, Any],
    formdata: Any = None,
    context: FormContext,
    index: int | None = None,
    inner: str | None = None,
) -> BoundPage | BoundList:
    """Bind one page to the values of the whole form and, where a page was sent, to its form data.

    `page_key` `WHOLE` is the whole form as one page. On a list page `index` (from 0) and `inner` choose the item and
    its page; without `index` the overview of the list is bound. `formdata` may be any mapping or multi-dict of texts.
    Raises `NotFound` (`form.page`, `form.item`).
    """
    try:
        page = schema.page(page_key)
        inside = page.inner(inner) if page.kind == "list" and index is not None else page
    except KeyError:
        raise NotFound("没有这一页，请从任务列表重新进入", code="form.page", page=page_key) from None
    sent = Submission(formdata) if formdata is not None else None
    if page.kind == "list" and index is None:
        return BoundList(schema, page, values, sent, context)
    return BoundPage(schema, page, inside, values, sent, context, index if page.kind == "list" else None)


def _attachment_rows(context: FormContext, list_key: str) -> list[str]:
    """Keys of items that have attachments, those of removed items included: such a key is not given again."""
    return [key.split("/")[1] for key in context.attachments if key.startswith(f"{list_key}/")]
