"""What a form file says, as plain immutable data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.errors import Invalid
from engine.forms.conditions import Condition
from engine.forms.patterns import Pattern

if TYPE_CHECKING:
    from engine.forms.progress import Section
    from engine.forms.summary import SummarySection

TEXT_TYPES = frozenset({"textfield", "textarea"})
CHOICE_TYPES = frozenset({"select", "radio"})
ROW_KEY = "_key"
WHOLE = "*"


@dataclass(frozen=True)
class Problem:
    """One fault of a form file: the component's id or key, a code such as `form.key`, a sentence."""

    element: str
    code: str
    message: str


class FormProblems(Invalid):
    """Raised when a form file cannot be read; `problems` has all of them."""

    code = "form.problems"

    def __init__(self, problems: Sequence[Problem], file: str) -> None:
        first = problems[0]
        more = f"；另有 {len(problems) - 1} 处" if len(problems) > 1 else ""
        super().__init__(f"表单 {file} 有问题：{first.element}：{first.message}{more}", file=file)
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Option:
    """One choice: the value that is stored and the words that are shown."""

    value: Any
    label: str


@dataclass(frozen=True)
class Choices:
    """Where the options of a field come from: fixed ones, a list of the context, or a FEEL list."""

    fixed: tuple[Option, ...] = ()
    key: str = ""
    expression: Condition | None = None


@dataclass(frozen=True)
class Limits:
    """What `validate` asks of a value."""

    min: Decimal | None = None
    max: Decimal | None = None
    decimals: int = 0
    min_length: int | None = None
    max_length: int | None = None
    pattern: Pattern | None = None
    pattern_message: str = ""
    check: str = ""


@dataclass(frozen=True)
class PersonalRule:
    """A number that is sealed: its kind, when that kind holds (else another document), what it tells besides."""

    kind: str
    when: Condition | None = None
    derive: tuple[str, ...] = ()


@dataclass(frozen=True)
class Over:
    """A list whose rows are given by the case: one block a row, none added, none removed."""

    rows: Condition
    key: Condition
    label: Condition


@dataclass(frozen=True)
class Rows:
    """A list of rows: its columns, how many, how a row is called; `fixed` where rows are neither added nor removed."""

    columns: tuple[Field, ...]
    min: int = 0
    max: int = 100
    item_label: Condition | None = None
    item_noun: str = "条"
    over: Over | None = None
    fixed: bool = False


@dataclass(frozen=True)
class Upload:
    """What an attachment may be. Sizes in bytes."""

    accept: tuple[str, ...]
    max_size: int
    multiple: bool = False


@dataclass(frozen=True)
class Rule:
    """A FEEL condition that must not be false, and the sentence shown when it is."""

    condition: Condition
    message: str


@dataclass(frozen=True)
class Field:
    """One component that holds a value (or, of type `text`, a sentence between the others)."""

    key: str
    path: str
    type: str
    label: str
    element: str
    hint: str = ""
    required: bool = False
    required_when: Condition | None = None
    hide: tuple[Condition, ...] = ()
    choices: Choices | None = None
    limits: Limits = Limits()
    personal: PersonalRule | None = None
    rows: Rows | None = None
    upload: Upload | None = None
    rules: tuple[Rule, ...] = ()
    default: Condition | None = None
    initial: Any = None
    readonly: bool = False
    visibility: str = "public"
    width: str = ""
    autocomplete: str = ""
    prefix: str = ""
    suffix: str = ""
    legend: str = ""
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def holds_value(self) -> bool:
        """Whether an answer to this component stands in the values; attachments stand in the context instead."""
        return self.type not in ("text", "filepicker")


@dataclass(frozen=True)
class Page:
    """One page: fields of a group, attachments, or a list whose items have pages of their own."""

    key: str
    title: str
    kind: str
    fields: tuple[Field, ...]
    hint: str = ""
    hide: tuple[Condition, ...] = ()
    pages: tuple[Page, ...] = ()
    section: str = ""
    visibility: str = "public"

    @property
    def list(self) -> Field:
        """The list of a `list` page."""
        return self.fields[0]

    @property
    def item_label(self) -> Condition | None:
        """How an item of a `list` page is called, by FEEL over the item."""
        return self.list.rows.item_label if self.kind == "list" and self.list.rows else None

    def inner(self, key: str | None) -> Page:
        """The inner page of that key, the first without one. Raises `KeyError`."""
        if key is None:
            return self.pages[0]
        return next_page(self.pages, key)


@dataclass(frozen=True)
class PersonalField:
    """Where a personal number stands in the values."""

    path: str
    kind: str
    derive: tuple[str, ...]


@dataclass(frozen=True)
class FormContext:
    """What a form asks of its surroundings.

    `today` is the local date; `options` answers `valuesKey`; `scope` are the case's variables for FEEL;
    `attachments` maps an attachment key (see `attachment_key`) to the stored files: objects or mappings with `name`.
    """

    today: date
    options: Mapping[str, Sequence[tuple[Any, str]]] = field(default_factory=dict)
    scope: Mapping[str, Any] = field(default_factory=dict)
    attachments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FieldError:
    """What is wrong and where, so that a page can link to it.

    `field` is the path inside the page (`resume[0].org`), `anchor` the id of the input to jump to; `index` and
    `inner` name the item and its page on a list page. `code` is `missing` where nothing was given.
    """

    field: str
    message: str
    page: str = ""
    index: int | None = None
    inner: str | None = None
    anchor: str = ""
    code: str = "invalid"
    label: str = ""
    part: str = ""


@dataclass(frozen=True)
class FormSchema:
    """A form file that was read without problems."""

    id: str
    title: str
    pages: tuple[Page, ...]
    conditions: tuple[Condition, ...] = ()
    _classes: dict[tuple[str, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def top(self) -> tuple[Field, ...]:
        """All fields of the top level; a list page gives its list."""
        return tuple(entry for page in self.pages for entry in page.fields)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field by its path: `org_name`, `candidates[].id_no`, `candidates[].resume[].org`."""
        return {entry.path: entry for entry in walk(self.top) if entry.type != "text"}

    @cached_property
    def personal(self) -> tuple[PersonalField, ...]:
        """The fields whose numbers are sealed."""
        return tuple(
            PersonalField(entry.path, entry.personal.kind, entry.personal.derive)
            for entry in walk(self.top)
            if entry.personal is not None
        )

    @cached_property
    def whole(self) -> Page:
        """The whole form as one page, for a decision on one screen: titles of pages become legends."""
        if len(self.pages) == 1 and self.pages[0].kind != "list":
            return replace(self.pages[0], key=WHOLE)
        fields = [
            replace(entry, legend=entry.legend or ("" if page.kind == "list" else page.title))
            for page in self.pages
            for entry in page.fields
        ]
        return Page(WHOLE, self.title, "group", tuple(fields))

    def page(self, key: str) -> Page:
        """The page of that key; `WHOLE` is all of them as one. Raises `KeyError`."""
        return self.whole if key == WHOLE else next_page(self.pages, key)

    def given_keys(self, context: FormContext) -> frozenset[str]:
        """The keys of the rows that the case gives to the lists of this form."""
        from engine.forms.conditions import base_scope
        from engine.forms.resolve import given_rows

        scope = base_scope(context.today, context.scope)
        return frozenset(row.key for entry in self.top for row in given_rows(entry, scope))

    def problems(self, values: Mapping[str, Any], context: FormContext) -> list[FieldError]:
        """Everything that stands between these values and submission."""
        from engine.forms.submission import form_problems

        return form_problems(self, values, context)

    def clean(self, values: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
        """The values to submit: answers to visible fields only, plain data read as typed values.

        Personal numbers given as text become `Personal`: call this before `seal_personal`.
        """
        from engine.forms.submission import clean_values

        return clean_values(self, values, context)

    def sections(self, values: Mapping[str, Any], context: FormContext) -> list[Section]:
        """The task list: pages and items with their status and what they lack."""
        from engine.forms.progress import form_sections

        return form_sections(self, values, context)

    def summary(self, values: Mapping[str, Any], context: FormContext) -> list[SummarySection]:
        """Every visible answer in words, to check before submission and to read in a case."""
        from engine.forms.summary import form_summary

        return form_summary(self, values, context)


def walk(fields: Sequence[Field]) -> Iterator[Field]:
    """These fields and the columns of their lists, depth first."""
    for entry in fields:
        yield entry
        if entry.rows is not None:
            yield from walk(entry.rows.columns)


def next_page(pages: Sequence[Page], key: str) -> Page:
    """The page of that key. Raises `KeyError`."""
    for page in pages:
        if page.key == key:
            return page
    raise KeyError(key)


def attachment_key(entry: Field, row_key: str | None = None) -> str:
    """The key of an attachment in `FormContext.attachments`; `row_key` is the key of the item it belongs to."""
    return entry.key if row_key is None else f"{entry.path.split('[')[0]}/{row_key}/{entry.key}"
