"""Forms that a person prints from what a case holds (套打): registration, levels of review, receipt, contents of the file.

Nothing of them is stored: whoever prints one again gets what the case holds then. They are filled in and signed on paper,
and what comes back of them is uploaded. The association prints its own from the draft of its application on.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from engine import feel, store
from engine.calendar import local_date
from engine.cases.documents import EFFECTIVE
from engine.cases.door import Sight, hidden, sight
from engine.cases.loading import Loaded, load_case
from engine.cases.materials import all_files, standing
from engine.cases.personal import masks, with_masks
from engine.cases.sightings import task_posts
from engine.cases.step import Step
from engine.documents import Content, Frame
from engine.errors import NotFound
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import CompiledPackage, Level, PrintRule
from engine.store import Transaction, tables
from engine.store.values import decode

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A form that the person may print; `members` are the labels of those of whom there is one each, else empty."""

    kind: str
    title: str
    each: bool
    members: tuple[str, ...]


def printable(installation: Installation, actor: Actor, case_id: str) -> tuple[Sheet, ...]:
    """What the person may print of a case. `NotFound` for who neither applied nor is of the department."""
    with store.reading(installation.database) as transaction:
        held = _Held(installation, transaction, actor, case_id)
        return tuple(held.sheet(rule) for rule in held.rules.values())


def print_sheet(
    installation: Installation, actor: Actor, case_id: str, kind: str, place: int | None = None
) -> tuple[str, bytes]:
    """(file name, PDF) of a form; `place` is the position of the member in the list where there is one form for each.

    Raises as `printable`; `ComposeError` where what the case holds does not fill the form.
    """
    content = sheet_content(installation, actor, case_id, kind, place)
    frame = Frame(number="", date=local_date(installation.clock.now()), code="", verify_url="", record={})
    return f"{''.join(content.title)}.pdf", installation.press.render(content, frame).pdf


def sheet_content(
    installation: Installation, actor: Actor, case_id: str, kind: str, place: int | None = None
) -> Content:
    """What a form says. Raises as `print_sheet`."""
    with store.reading(installation.database) as transaction:
        held = _Held(installation, transaction, actor, case_id)
        rule = held.rules.get(kind)
        if rule is None:
            raise NotFound("没有这种表格，或你的岗位不能打印它。", code="print.not-found")
        return held.content(rule, place)


class _Held:
    """What one case holds, as the person may see it."""

    def __init__(self, installation: Installation, transaction: Transaction, actor: Actor, case_id: str) -> None:
        self.installation, self.transaction, self.actor = installation, transaction, actor
        self.loaded: Loaded = load_case(transaction, case_id, lock=False)
        self.seen = sight(actor, self.loaded.case, task_posts(transaction, case_id))
        if self.seen not in {Sight.OWN, Sight.FULL}:
            raise hidden()
        self.step = Step(installation, transaction, self.loaded, actor)
        self.package: CompiledPackage = self.step.package
        rules = self.package.manifest.prints
        self.rules = {
            kind: rule for kind, rule in rules.items() if self.seen is Sight.FULL or rule.reader == "applicant"
        }

    def sheet(self, rule: PrintRule) -> Sheet:
        label = self.package.manifest.item_label
        members = [one.get(label) if isinstance(one, dict) else None for one in self._members(rule)]
        named = tuple(one if isinstance(one, str) and one else f"第{n}份" for n, one in enumerate(members, 1))
        return Sheet(rule.kind, rule.title, bool(rule.each), named)

    def content(self, rule: PrintRule, place: int | None) -> Content:
        values: dict[str, Any] = {**self._values(), **self.step.facts()}
        if rule.each:
            members = self._members(rule)
            if place is None or not 0 <= place < len(members):
                raise NotFound("没有这一份，请从列表里选。", code="print.not-found")
            values[rule.member] = members[place]
        values["items"] = values.get(self.package.manifest.items) or []
        template = self.package.prints[rule.kind]
        made = {
            "opinions": lambda: list(self._opinions(rule)),
            "served": self._served,
            "filed": self._filed,
            "filing": self._filing,
        }
        given = {name: values.get(name) for name in template.variables}
        given |= {name: make() for name, make in made.items() if name in template.variables}
        return template.compose(given)

    def _members(self, rule: PrintRule) -> list[Any]:
        found = self._values().get(rule.each) if rule.each else None
        return found if isinstance(found, list) else []

    def _values(self) -> dict[str, Any]:
        """The variables of the case; over them what the association has filled in and not sent yet, for itself alone."""
        node = self.package.definition.nodes.get(self.package.manifest.submit)
        schema = self.package.forms.get(node.form_id or "") if node else None
        draft = self._draft(node.form_id) if node and self.seen is Sight.OWN else {}
        values = {**self.loaded.root, **draft}
        if schema is not None:
            values = _filled("", values, frozenset(schema.fields))
        known = masks(self.installation, self.transaction, self.loaded.case["id"])
        return dict(with_masks(values, known))

    def _draft(self, form_id: str | None) -> dict[str, Any]:
        task, draft = tables.task, tables.draft
        query = (
            sa.select(draft.c["values"])
            .join(task, task.c.id == draft.c.task_id)
            .where(task.c.case_id == self.loaded.case["id"], task.c.state == "open")
            .where(task.c.form_id == form_id)
        )
        found = self.transaction.execute(query).scalar_one_or_none()
        return dict(decode(found)) if found else {}

    # --- levels of review ---

    def _opinions(self, rule: PrintRule) -> Iterator[dict[str, Any]]:
        """For every level what was last said there, and an empty box where nothing has been, or no longer counts."""
        rows = self._entries(rule.levels)
        for position, level in enumerate(rule.levels):
            earlier = {one.node for one in rule.levels[:position]}
            said = [row for row in rows if row["node_id"] == level.node and not _is_outdated(row, rows, earlier)]
            yield from (self._opinion(level, row) for row in said)
            if not said:
                yield {"level": level.title, "person": "", "date": None, "opinion": ""}

    def _entries(self, levels: tuple[Level, ...]) -> list[Values]:
        """The newest entry of every task of these levels, in the order of time."""
        entry, task, person = tables.entry, tables.task, tables.person
        query = (
            sa.select(entry, task.c.path, task.c.item_key, person.c.name.label("by"))
            .join(task, task.c.id == entry.c.task_id)
            .join(person, person.c.id == entry.c.person_id)
            .where(entry.c.case_id == self.loaded.case["id"], task.c.kind == "task")
            .where(entry.c.node_id.in_({level.node for level in levels}))
            .order_by(entry.c.id)
        )
        found = self.transaction.execute(query).mappings()
        newest = {(row["node_id"], row["path"], row["item_key"]): dict(row) for row in found}
        return sorted(newest.values(), key=lambda row: row["id"])

    def _opinion(self, level: Level, row: Values) -> dict[str, Any]:
        values = without_internal(decode(row["values"]))
        found = feel.compile_expression(level.opinion[1:]).evaluate({**self.step.names(), **values})
        said = found if isinstance(found, str) else ""
        return {"level": level.title, "person": row["by"], "date": local_date(row["at"]), "opinion": said}

    # --- what went out, and what the file holds ---

    def _documents(self) -> list[Values]:
        document = tables.document
        query = sa.select(document).where(
            document.c.case_id == self.loaded.case["id"],
            document.c.state.in_(EFFECTIVE),
            document.c.number.is_not(None),
        )
        return [dict(row) for row in self.transaction.execute(query.order_by(document.c.issued_at)).mappings()]

    def _served(self) -> list[dict[str, Any]]:
        """What the organisation that applied is served with."""
        own = [
            row
            for row in self._documents()
            if row["state"] == "issued" and row["reader"] == "applicant" and row["addressee_id"] is None
        ]
        return [{"name": row["title"], "number": row["number"], "copies": Decimal(1)} for row in own]

    def _filed(self) -> list[dict[str, Any]]:
        """The papers of the case from the oldest, each with the page on which it begins; without where that is unknown."""
        listed, page = [], 1
        for row in self._papers():
            listed.append({**row, "page": Decimal(page) if page else None})
            page = page + row["pages"] if page and row["pages"] else 0
        return listed

    def _filing(self) -> dict[str, Any]:
        papers = self._papers()
        counts = [row["pages"] for row in papers]
        return {"count": Decimal(len(papers)), "pages": Decimal(sum(counts)) if all(counts) else None}

    def _papers(self) -> list[dict[str, Any]]:
        applicant = self.loaded.organisation["name"]
        files = [
            (row["uploaded_at"], "", applicant, row["name"], row["sha256"], row["media_type"])
            for rows in standing(all_files(self.transaction, self.loaded.case["id"])).values()
            for row in rows
        ]
        issued = [
            (
                row["issued_at"],
                row["number"],
                Content.from_dict(decode(row["content"])).issuer,
                row["title"],
                row["issued_sha256"],
                "application/pdf",
            )
            for row in self._documents()
        ]
        return [
            {"number": number, "author": author, "name": name, "date": local_date(at), "pages": self._pages(sha, media)}
            for at, number, author, name, sha, media in sorted(files + issued, key=lambda one: one[0])
        ]

    def _pages(self, sha256: str, media_type: str) -> int:
        """How many sheets of paper sides a file has; 0 where it cannot be read."""
        if media_type != "application/pdf":
            return 1
        try:
            reader = PdfFileReader(io.BytesIO(self.installation.files.get(sha256)), strict=False)
            return int(reader.root["/Pages"]["/Count"])
        except (PdfError, KeyError, TypeError, ValueError, RecursionError):
            return 0


def _is_outdated(row: Values, rows: list[Values], earlier: set[str]) -> bool:
    """Whether an earlier level has spoken again since, about the same part of the case."""
    return any(
        other["node_id"] in earlier
        and other["id"] > row["id"]
        and (row["path"].startswith(other["path"]) or other["path"].startswith(row["path"]))
        for other in rows
    )


def _filled(path: str, value: Any, fields: frozenset[str]) -> Any:
    """A value with null for every field of the form that nobody has filled in yet, in the members of lists as well."""
    if isinstance(value, list):
        return [_filled(f"{path}[]", one, fields) for one in value]
    if not isinstance(value, dict) or (path and not any(one.startswith(f"{path}.") for one in fields)):
        return value
    begin = f"{path}." if path else ""
    own = {one[len(begin) :] for one in fields if one.startswith(begin)}
    blank = {key: None for key in own if "." not in key and "[]" not in key}
    return {**blank, **{key: _filled(begin + key, one, fields) for key, one in value.items()}}


def without_internal(value: Any) -> Any:
    """The values without what must never leave the department."""
    if isinstance(value, dict):
        return {key: without_internal(one) for key, one in value.items() if not key.endswith("_internal")}
    return [without_internal(one) for one in value] if isinstance(value, list) else value
