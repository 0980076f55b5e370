"""WTForms fields for the components of a form: they keep the typed text, whatever it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import Field as WTField
from wtforms import Form
from wtforms.utils import unset_value
from wtforms.widgets import TextArea, TextInput

from engine.forms.dates import PART_LABELS, PARTS, split_date
from engine.forms.faults import Fault, Unread
from engine.forms.formdata import Submission
from engine.forms.model import ROW_KEY, Field, FormContext, attachment_key
from engine.forms.personal import is_sealed
from engine.forms.resolve import GivenRow, rows_of, with_keys
from engine.forms.typed import read_parts, show_parts, show_text

ROW_FIELD = "_row"
_SAFE_KEY = re.compile(r"[A-Za-z0-9-]{1,40}")


@dataclass(frozen=True)
class Binding:
    """What the inputs of one bound page share; `given` has the rows of lists that the case gives."""

    context: FormContext
    given: Mapping[str, list[GivenRow]]
    row_key: str | None = None


@dataclass(frozen=True)
class InputOption:
    """One radio button, check box or option of a select."""

    id: str
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class DatePart:
    """One of the three inputs of a date."""

    id: str
    name: str
    label: str
    text: str
    wrong: bool
    digits: int


class BaseForm(Form):
    """A page or a row; its class attributes are made from a form file."""

    class Meta:
        binding: Binding


class Input(WTField):
    """One text input. `entry` is the component, `data` the value, `texts` what stands in the inputs."""

    widget: Any = TextInput()

    def __init__(self, label: str, entry: Field, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.entry = entry
        self.texts: dict[str, str] = {}
        self.errors: list[str] = []
        self.options: list[InputOption] = []
        self.wrong_part = ""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take what was sent; where this input was not on the page, what was saved."""
        self.process_errors = []
        self.object_data = None if data is unset_value else data
        if formdata is None or self.entry.readonly or not self.was_sent(formdata):
            self.load(self.object_data)
        else:
            self.receive(formdata)

    def was_sent(self, formdata: Submission) -> bool:
        """Whether the page had this input: it said so, or a text came."""
        shown = formdata.was_shown(self.name)
        return self.name in formdata if shown is None else shown

    def load(self, value: Any) -> None:
        """Show a saved value."""
        self.data = value
        self.texts = show_parts(self.entry, value)

    def receive(self, formdata: Submission) -> None:
        """Read typed text; what cannot be read stays as it is."""
        self.texts = {"text": formdata.first(self.name) or ""}
        try:
            self.data = read_parts(self.entry, self.texts)
        except Fault:
            self.data = Unread(self.texts)

    def _value(self) -> str:
        return self.texts.get("text", "")


class TextAreaInput(Input):
    """Several lines of text."""

    widget = TextArea()


class PersonalInput(Input):
    """A number that is sealed once typed: an empty input keeps the one that was sealed before."""

    def load(self, value: Any) -> None:
        self.data = value
        self.texts = {"text": "" if is_sealed(value) else show_parts(self.entry, value)["text"]}

    def receive(self, formdata: Submission) -> None:
        text = formdata.first(self.name) or ""
        self.texts = {"text": text}
        kept = self.object_data if is_sealed(self.object_data) else None
        self.data = Unread(self.texts) if text.strip() else kept

    @property
    def mask(self) -> str:
        """The number on file with its middle starred; empty where there is none."""
        return str(self.object_data.get("mask", "")) if is_sealed(self.object_data) else ""


class DateInput(Input):
    """Three inputs: year, month, day. One text such as `2026-11-23` under the field's own name is read too."""

    def was_sent(self, formdata: Submission) -> bool:
        shown = formdata.was_shown(self.name)
        names = [self.name, *(f"{self.name}-{part}" for part in PARTS)]
        return any(name in formdata for name in names) if shown is None else shown

    def receive(self, formdata: Submission) -> None:
        whole = formdata.first(self.name)
        parts = {part: formdata.first(f"{self.name}-{part}") or "" for part in PARTS}
        self.texts = split_date(whole) if whole and not any(parts.values()) else parts
        try:
            self.data = read_parts(self.entry, self.texts)
        except Fault:
            self.data = Unread(self.texts)

    def _value(self) -> str:
        return "-".join(self.texts.get(part, "") for part in PARTS) if any(self.texts.values()) else ""

    @property
    def parts(self) -> list[DatePart]:
        """The three inputs; where an error names no part, all three are marked."""
        return [
            DatePart(
                id=f"{self.name}-{part}",
                name=f"{self.name}-{part}",
                label=PART_LABELS[part],
                text=self.texts.get(part, ""),
                wrong=bool(self.errors) and self.wrong_part in ("", part),
                digits=4 if part == "year" else 2,
            )
            for part in PARTS
        ]


class ChoiceInput(Input):
    """One of several; the text becomes the option's value once the options are known."""

    def was_sent(self, formdata: Submission) -> bool:
        return formdata.was_shown(self.name) is not False

    def receive(self, formdata: Submission) -> None:
        text = formdata.first(self.name)
        self.texts = {"text": text or ""}
        self.data = text or None


class ChecklistInput(ChoiceInput):
    """Any of several."""

    def load(self, value: Any) -> None:
        self.data = value
        self.texts = {}

    def receive(self, formdata: Submission) -> None:
        self.data = [text for text in formdata.getlist(self.name) if text]


class CheckboxInput(Input):
    """A single box to tick."""

    def was_sent(self, formdata: Submission) -> bool:
        return formdata.was_shown(self.name) is not False

    def load(self, value: Any) -> None:
        self.data = value
        self.texts = {"text": "true" if value is True else ""}

    def receive(self, formdata: Submission) -> None:
        self.data = bool(formdata.first(self.name))
        self.texts = {"text": "true" if self.data else ""}


class FileInput(Input):
    """An attachment; its files stand in the context, not in the values."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.object_data = self.data = None

    @property
    def attachment_key(self) -> str:
        """The key under which its files are stored."""
        return attachment_key(self.entry, self.meta.binding.row_key)

    @property
    def attachments(self) -> list[Any]:
        """The files that are there."""
        found = self.meta.binding.context.attachments.get(self.attachment_key) or ()
        return list(found) if isinstance(found, list | tuple) else [found]


@dataclass(frozen=True)
class RowInput:
    """One row of a list: its inputs, its key, its place and what it is called."""

    form: Any
    index: int
    key: str
    prefix: str
    saved: Mapping[str, Any]
    given: GivenRow | None = None

    @property
    def label(self) -> str:
        """The name of a row that the case gives; else empty."""
        return self.given.label if self.given is not None else ""


class RowsInput(Input):
    """Rows of inputs, added and removed by submit buttons, or one for each row that the case gives."""

    def __init__(self, label: str, entry: Field, row_form: type[BaseForm], **kwargs: Any) -> None:
        super().__init__(label, entry, **kwargs)
        self.row_form = row_form
        self.rows: list[RowInput] = []

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.process_errors = []
        self.object_data = None if data is unset_value else data
        saved = with_keys(rows_of(self.object_data)) if not self.is_given else rows_of(self.object_data)
        if self.is_given:
            self._take_given(formdata, saved)
        elif formdata is None or not self.was_sent(formdata) or self.is_fixed:
            sent = formdata if self.is_fixed else None
            self.rows = [self._row(sent, index, str(row[ROW_KEY]), row) for index, row in enumerate(saved)]
        else:
            self._receive_rows(formdata, saved)
        if formdata is not None and self.name in formdata.blank and self.add_action:
            self._add_blank(saved)

    def was_sent(self, formdata: Submission) -> bool:
        shown = formdata.was_shown(self.name)
        return bool(formdata.indices(self.name)) or shown is True

    @property
    def is_given(self) -> bool:
        """Whether the case gives the rows."""
        return bool(self.entry.rows and self.entry.rows.over)

    @property
    def is_fixed(self) -> bool:
        """Whether rows are neither added nor removed."""
        return bool(self.entry.rows and self.entry.rows.fixed)

    @property
    def add_action(self) -> str:
        """The value of the button that adds a row; empty where none may be added."""
        spec = self.entry.rows
        return f"add:{self.name}" if spec and not self.is_fixed and len(self.rows) < spec.max else ""

    def remove_action(self, row: RowInput) -> str:
        """The value of the button that removes this row; empty where rows are fixed."""
        return f"remove:{self.name}:{row.index}" if not self.is_fixed else ""

    def _take_given(self, formdata: Submission | None, saved: list[dict[str, Any]]) -> None:
        known = {str(row.get("key")): row for row in saved}
        given = self.meta.binding.given.get(self.name, [])
        self.rows = [
            self._row(formdata, index, row.key, known.get(row.key, {}), row) for index, row in enumerate(given)
        ]

    def _receive_rows(self, formdata: Submission, saved: list[dict[str, Any]]) -> None:
        known = {str(row[ROW_KEY]): row for row in saved}
        keys = [self._sent_key(formdata, index) for index in formdata.indices(self.name)]
        fresh = with_keys([{ROW_KEY: key} for key in keys], list(known))
        self.rows = [
            self._row(formdata, index, row[ROW_KEY], known.get(row[ROW_KEY], {})) for index, row in enumerate(fresh)
        ]

    def _sent_key(self, formdata: Submission, index: int) -> str:
        key = formdata.first(f"{self.name}-{index}-{ROW_FIELD}") or ""
        return key if _SAFE_KEY.fullmatch(key) else ""

    def _add_blank(self, saved: list[dict[str, Any]]) -> None:
        present = [{ROW_KEY: row.key} for row in self.rows]
        keyed = with_keys([*present, {}], [str(row[ROW_KEY]) for row in saved])
        self.rows.append(self._row(None, len(self.rows), str(keyed[-1][ROW_KEY]), {}))

    def _row(
        self,
        formdata: Submission | None,
        index: int,
        key: str,
        saved: Mapping[str, Any],
        given: GivenRow | None = None,
    ) -> RowInput:
        prefix = f"{self.name}-{index if given is None else given.slug}-"
        shared = self.meta.binding
        columns = self.entry.rows.columns if self.entry.rows else ()
        data = {entry.key: saved.get(entry.key) for entry in columns}
        if given is not None:
            data.update({entry.key: given.data.get(entry.key) for entry in columns if entry.readonly})
        binding = Binding(shared.context, shared.given, key)
        sent: Any = formdata
        form = self.row_form(sent, prefix=prefix, data=data, meta={"binding": binding})
        return RowInput(form, index, key, prefix, saved, given)

    @property
    def data(self) -> Any:
        """The rows as values."""
        return [_row_value(row) for row in self.rows]

    @data.setter
    def data(self, value: Any) -> None:
        """WTForms sets this; rows come from `process` alone."""


INPUTS: dict[str, type[Input]] = {
    "textfield": Input,
    "textarea": TextAreaInput,
    "number": Input,
    "datetime": DateInput,
    "select": ChoiceInput,
    "radio": ChoiceInput,
    "checklist": ChecklistInput,
    "checkbox": CheckboxInput,
    "filepicker": FileInput,
    "dynamiclist": RowsInput,
}


def input_options(field: Input, options: Any) -> list[InputOption]:
    """The buttons of a choice, with the chosen ones marked."""
    chosen = field.data if isinstance(field.data, list | tuple) else [field.data]
    texts = {show_text(value) for value in chosen if value is not None}
    return [
        InputOption(f"{field.id}-{number}", show_text(option.value), option.label, show_text(option.value) in texts)
        for number, option in enumerate(options)
    ]


def _row_value(row: RowInput) -> dict[str, Any]:
    named = {"key": row.key, "label": row.label} if row.given is not None else {ROW_KEY: row.key}
    return {**row.saved, **named, **form_values(row.form)}


def form_values(form: Any) -> dict[str, Any]:
    """The values of the inputs of a page or row; attachments have none."""
    return {field.short_name: field.data for field in form if field.entry.holds_value}
