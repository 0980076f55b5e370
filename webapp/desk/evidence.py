"""What a reviewer judges by, arranged from a case: people with findings, the application with its changes, opinions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import cases, forms
from engine.cases import AttachmentView, CaseView, EntryView, ItemView, TaskView
from engine.forms import Field, SummaryRow, SummarySection
from engine.packages import APPROVED, CompiledPackage

APPLICANT_ACTS = frozenset({"submit", "supplement"})
MOST_FACTS = 12
OPEN_OPINIONS, SHORT = 2, 12  # how many of the latest are open; one with more rows pushes the others away
LIGHTS = {"block": "red", "manual": "yellow", "warn": "yellow"}


@dataclass(frozen=True)
class Fact:
    """One answer about a person; `personal` opens the whole number."""

    label: str
    text: str
    personal: str = ""


@dataclass(frozen=True)
class PersonCard:
    """One member of the case's list with what is to be known at a glance."""

    item: ItemView
    subtitle: str
    facts: tuple[Fact, ...]
    rows: tuple["ChangedRow", ...]

    def count(self, severity: str) -> int:
        """How many findings of that severity."""
        return sum(finding["severity"] == severity for finding in self.item.findings)

    @property
    def light(self) -> str:
        """The colour of the gravest finding; green without any."""
        found = [severity for severity in LIGHTS if self.count(severity)]
        return LIGHTS[found[0]] if found else "green"

    @property
    def verdict(self) -> str:
        """What the rules say, in words."""
        words = {"block": "条不符合", "manual": "条需判断", "warn": "条提示"}
        found = [f"{self.count(severity)} {word}" for severity, word in words.items() if self.count(severity)]
        return "，".join(found) or "规则核验没有提示"


@dataclass(frozen=True)
class ChangedRow:
    """An answer of the application; `before` is what it was in the submission before, None where it is the same."""

    row: SummaryRow
    before: str | None


@dataclass(frozen=True)
class ApplicationPart:
    """One section of the application."""

    title: str
    rows: tuple[ChangedRow, ...]


@dataclass(frozen=True)
class Answer:
    """What one unit says of one person: the first answer as the word, the others as remarks."""

    word: str
    remarks: tuple[str, ...]
    is_plain: bool


@dataclass(frozen=True)
class MatrixRow:
    """One unit of a joint check; without answers while it is waited for. `own` is what it says of the whole case."""

    unit: str
    entry: EntryView | None
    answers: tuple[Answer | None, ...]
    own: Answer | None = None


@dataclass(frozen=True)
class Matrix:
    """A joint check: units down, people across; `own` heads what is said of the whole case, empty where nothing is."""

    node_id: str
    title: str
    people: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    own: str = ""

    @property
    def answered(self) -> int:
        """How many units have answered."""
        return sum(row.entry is not None for row in self.rows)


@dataclass(frozen=True)
class FileRow:
    """An attachment, and whose it is where it belongs to a member of the list."""

    view: AttachmentView
    owner: str


@dataclass(frozen=True)
class Evidence:
    """The left side of the screen."""

    items_title: str
    is_checked: bool  # by rules of the package; else nothing is said of rules
    people: tuple[PersonCard, ...]
    application: tuple[ApplicationPart, ...]
    submitted: EntryView | None
    supplements: tuple[EntryView, ...]
    matrices: tuple[Matrix, ...]
    opinions: tuple[EntryView, ...]
    files: tuple[FileRow, ...]

    @property
    def changed(self) -> int:
        """How many answers differ from the submission before."""
        rows = [row for part in self.application for row in part.rows]
        rows += [row for card in self.people for row in card.rows]
        return sum(row.before is not None for row in rows)

    @property
    def unfolded(self) -> frozenset[str]:
        """The ids of the opinions to open at once: the latest, where they are short."""
        latest = self.opinions[-OPEN_OPINIONS:]
        return frozenset(one.id for one in latest if sum(len(part.rows) for part in one.sections) <= SHORT)

    def findings(self, severity: str) -> int:
        """How many findings of that severity, over all people."""
        return sum(card.count(severity) for card in self.people)


def evidence(case: CaseView, package: CompiledPackage) -> Evidence:
    """Arrange what the person may see of a case."""
    nodes = package.definition.nodes
    acts = {entry.id: nodes[entry.node_id].properties.get("act", "") for entry in case.entries}
    submissions = [entry for entry in case.entries if acts[entry.id] == "submit"]
    answers = _with_changes(submissions)
    loops = {entry.node_id for entry in case.entries if nodes[entry.node_id].loop is not None}
    loops |= {task.node_id for task in case.tasks if nodes[task.node_id].loop is not None}
    last = submissions[-1] if submissions else None
    names = {item.key: item.label for item in case.items}
    return Evidence(
        items_title=items_title(package),
        is_checked=bool(package.manifest.rules),
        people=tuple(_card(item, package, answers.get(item.key, ())) for item in case.items),
        application=tuple(_parts(last, answers)),
        submitted=last,
        supplements=tuple(entry for entry in case.entries if acts[entry.id] == "supplement"),
        matrices=tuple(_matrix(case, package, node_id) for node_id in sorted(loops)),
        opinions=tuple(e for e in case.entries if acts[e.id] not in APPLICANT_ACTS and e.node_id not in loops),
        files=tuple(FileRow(file, names.get(_row_of(file), "")) for file in case.attachments),
    )


def items_title(package: CompiledPackage) -> str:
    """What the members of the case's list are called (人选): the label of the list in the applicant's form."""
    form = package.forms[package.definition.nodes[package.manifest.submit].form_id or ""]
    found = form.fields.get(package.manifest.items)
    return found.label if found is not None else ""


def _row_of(file: AttachmentView) -> str:
    parts = file.field.split("/")
    return parts[1] if len(parts) == 3 else ""


# --- people ---


def _card(item: ItemView, package: CompiledPackage, rows: tuple[ChangedRow, ...]) -> PersonCard:
    facts = tuple(_facts(item, package))
    return PersonCard(item, called(item, package), facts, rows)


def called(item: ItemView, package: CompiledPackage) -> str:
    """What the forms call a member besides its name (拟任会长), from the label of a list over the members."""
    items = package.manifest.items
    for schema in package.forms.values():
        for entry in schema.fields.values():
            over = entry.rows.over if entry.rows else None
            if over is not None and over.rows.names == {items}:
                text = over.label.evaluate({**item.facts, "row": item.facts})
                if isinstance(text, str):
                    return text.removeprefix(item.label).lstrip("，, ")
    return ""


def _facts(item: ItemView, package: CompiledPackage) -> Iterator[Fact]:
    """The fields that the form marks `fact`, else the first ones that were answered."""
    manifest = package.manifest
    columns = _columns(package)
    marked = [entry for entry in columns if entry.properties.get("fact") == "true"]
    found = 0
    for entry in marked or columns:
        value = item.facts.get(entry.key)
        if entry.key == manifest.item_label or value is None or entry.rows is not None or found == MOST_FACTS:
            continue
        options = entry.choices.fixed if entry.choices else ()
        text = forms.display(entry, value, options)
        if text:
            found += 1
            yield Fact(entry.label, text, str(value.get("$personal", "")) if isinstance(value, Mapping) else "")


def _columns(package: CompiledPackage) -> list[Field]:
    form = package.forms[package.definition.nodes[package.manifest.submit].form_id or ""]
    prefix = f"{package.manifest.items}[]."
    return [
        entry
        for path, entry in form.fields.items()
        if path.startswith(prefix) and "[]" not in path.removeprefix(prefix) and entry.holds_value
    ]


# --- the application ---


def _with_changes(submissions: list[EntryView]) -> dict[str, tuple[ChangedRow, ...]]:
    """The rows of the last submission by member key and page, each with what it was before."""
    if not submissions:
        return {}
    before: dict[str, str] = {}
    if len(submissions) > 1:
        before = {row.path: row.text for section in submissions[-2].sections for row in section.rows}
    found: dict[str, tuple[ChangedRow, ...]] = {}
    for section in submissions[-1].sections:
        rows = tuple(ChangedRow(row, _changed(row, before)) for row in section.rows)
        key = section.key or f"page:{section.page}:{section.title}"
        found[key] = (*found.get(key, ()), *rows)
    return found


def _changed(row: SummaryRow, before: dict[str, str]) -> str | None:
    if not before or row.files:
        return None
    was = before.get(row.path, "未填写")
    return was if was != row.text else None


def _parts(entry: EntryView | None, answers: Mapping[str, tuple[ChangedRow, ...]]) -> Iterator[ApplicationPart]:
    for section in entry.sections if entry is not None else ():
        if not section.key:
            yield ApplicationPart(section.title, answers[f"page:{section.page}:{section.title}"])


# --- joint checks ---


def _matrix(case: CaseView, package: CompiledPackage, node_id: str) -> Matrix:
    keys = [item.key for item in case.items]
    entries = [entry for entry in case.entries if entry.node_id == node_id]
    rows = [
        MatrixRow(one.organisation, one, tuple(_answer(one, key) for key in keys), _said(_own(one, keys)))
        for one in entries
    ]
    waiting = sorted(task.organisation for task in case.tasks if task.node_id == node_id)
    rows += [MatrixRow(name, None, tuple(None for _ in keys)) for name in waiting]
    head = next((row.label for one in entries for row in _own(one, keys)), "")
    title = _scope_name(package, node_id)
    return Matrix(node_id, title, tuple(item.label for item in case.items), tuple(rows), head)


def _own(entry: EntryView, keys: list[str]) -> list[SummaryRow]:
    """What is answered of no member of the case's list."""
    return [row for section in entry.sections if section.key not in keys for row in section.rows if not row.is_empty]


def _said(rows: list[SummaryRow]) -> Answer | None:
    if not rows:
        return None
    first, *others = rows
    return Answer(first.text, tuple(f"{row.label}：{row.text}" for row in others), not others)


def _scope_name(package: CompiledPackage, node_id: str) -> str:
    """A joint check is called after the sub-process that holds it."""
    node = package.definition.nodes.get(node_id)  # none where it is of an earlier version and the case has moved
    scope = package.definition.nodes.get(node.scope) if node else None
    return (scope.name if scope else "") or (node.name if node else node_id)


def _answer(entry: EntryView, key: str) -> Answer | None:
    section: SummarySection | None = next((one for one in entry.sections if one.key == key), None)
    if section is None or not section.rows:
        return None
    first, *others = section.rows
    remarks = tuple(row.text for row in others if not row.is_empty)
    return Answer(first.text, remarks, not remarks)


def documents_in(task: TaskView, *states: str) -> list[Any]:
    """The letters that are signed or sealed at a task, in these states: those of its part of the case.

    A correction is not the process's, and minutes that somebody signs at once wait for nobody.
    """
    found = [one for one in task.case.documents if one.state in states and one.signature in APPROVED]
    found = [one for one in found if one.replaces is None and (one.signature, one.state) != ("minutes", "reserved")]
    return [one for one in found if cases.is_at(one.path, task.path)]
