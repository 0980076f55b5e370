"""条款台账: every clause of the register in force, what of the processes in force rests on it, what would change with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from engine import feel, packages
from engine.calendar import local_date
from engine.decisions import Clause, Table
from engine.decisions.clauses import CONFIRMED
from engine.errors import Forbidden, NotFound
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import CompiledPackage, Ground
from engine.store import Transaction, reading
from engine.store.tables import case, process_in_force

_GROUNDS: dict[tuple[str, str], tuple[Ground, ...]] = {}  # by version of process and register, which never change
_MOST_KEPT = 64


@dataclass(frozen=True)
class ClauseLine:
    """One clause of the list, as it stands today; `coming` is its next text."""

    clause: Clause
    holds: bool
    coming: Clause | None
    rows: int
    others: int

    @property
    def confirmed(self) -> bool:
        return self.clause.binding == CONFIRMED


@dataclass(frozen=True)
class ClauseList:
    """The register in force; `since` is when this version of it was put in force, `total` counts without conditions."""

    lines: tuple[ClauseLine, ...]
    total: int
    since: datetime | None


@dataclass(frozen=True)
class Resting:
    """What of one process rests on the clause."""

    package: str
    title: str
    rows: tuple[Ground, ...]
    others: tuple[Ground, ...]
    open_cases: int | None  # None for those who are not told

    @property
    def blocking(self) -> tuple[Ground, ...]:
        """The rows that would stop an application, once all that they rest on is confirmed."""
        return tuple(one for one in self.rows if one.is_rule and one.severity == "block")

    @property
    def documents(self) -> tuple[Ground, ...]:
        return tuple(one for one in self.others if one.kind == "document")


@dataclass(frozen=True)
class ClausePage:
    """One clause with everything that rests on it."""

    line: ClauseLine
    texts: tuple[Clause, ...]
    resting: tuple[Resting, ...]
    since: datetime | None


@dataclass(frozen=True)
class PartPage:
    """A part of a process in force, as its author wrote it: heads, and rows of cells; `marked` is the row that is meant."""

    package: str
    package_title: str
    kind: str
    key: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: int = 0


def clause_list(installation: Installation, actor: Actor, words: str = "", binding: str = "") -> ClauseList:
    """The clauses whose id, text or source has the words; `Forbidden` for an association."""
    _may(actor)
    today = local_date(installation.clock.now())
    with reading(installation.database) as transaction:
        version_id, since = packages.clauses_in_force(transaction)
        register = packages.load_clauses(transaction, version_id)
        found = [one for _, each in _in_force(installation, transaction, version_id) for one in each]
    lines = [_line(one, register.texts(one.id), today, found) for one in register.on(today).all()]
    wanted = [
        one
        for one in lines
        if words.strip() in f"{one.clause.id} {one.clause.text} {one.clause.source}"
        and binding in ("", one.clause.binding)
    ]
    return ClauseList(tuple(wanted), len(lines), since)


def clause_page(installation: Installation, actor: Actor, identity: str) -> ClausePage:
    """One clause; `NotFound` where the register has none of that id."""
    _may(actor)
    today = local_date(installation.clock.now())
    with reading(installation.database) as transaction:
        version_id, since = packages.clauses_in_force(transaction)
        register = packages.load_clauses(transaction, version_id)
        standing = register.on(today).get(identity)
        if standing is None:
            raise NotFound("条款台账里没有这一条，请从台账里选择。", code="clauses.not-found")
        counts = _open_cases(transaction) if actor.is_department else {}
        resting = []
        for package, each in _in_force(installation, transaction, version_id):
            own = [one for one in each if one.clause == identity]
            rows = tuple(one for one in own if one.kind == "row")
            others = tuple(one for one in own if one.kind != "row")
            told = counts.get(package.key, 0) if actor.is_department else None
            if own:
                resting.append(Resting(package.key, package.title, rows, others, told))
    found = [one for each in resting for one in (*each.rows, *each.others)]
    texts = register.texts(identity)
    return ClausePage(_line(standing, texts, today, found), texts, tuple(resting), since)


def clause_part(installation: Installation, actor: Actor, package_key: str, kind: str, key: str) -> PartPage:
    """What a clause leads to of the process in force, by the kinds of `Ground`; `NotFound` for anything else."""
    _may(actor)
    with reading(installation.database) as transaction:
        version_id = packages.in_force(transaction, package_key)
        package = installation.package(transaction, version_id) if version_id else None
        template = _template(transaction, version_id, package, key) if package and version_id else ""
    shown = _part(package, kind, key) if package is not None else None
    if package is not None and kind == "document" and template:
        lines = tuple((line,) for line in template.splitlines() if line.strip())
        shown = Shown(package.manifest.documents[key].title, ("模板的文字，花括号里是办理时填入的内容",), lines)
    if package is None or shown is None:
        raise NotFound("现行的流程里没有这一项，请从条款台账里选择。", code="clauses.no-part")
    return PartPage(package_key, package.title, kind, key, *shown)


class Shown(NamedTuple):
    """A part before it has its process."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: int = 0


def reads_clauses(actor: Actor) -> bool:
    """The rules are for everybody who reviews; an association reads the guide of its process."""
    return any(post.organisation_kind not in ("association", "external") for post in actor.posts)


def _may(actor: Actor) -> None:
    if not reads_clauses(actor):
        raise Forbidden("条款台账供审核单位查看；申报的条件和材料见办事指南。", code="clauses.role")


def _line(standing: Clause, texts: tuple[Clause, ...], today: date, found: list[Ground]) -> ClauseLine:
    coming = next((one for one in texts if one.effective_from and one.effective_from > today), None)
    own = [one for one in found if one.clause == standing.id]
    rows = sum(one.kind == "row" for one in own)
    return ClauseLine(standing, standing.holds_on(today), None if coming is standing else coming, rows, len(own) - rows)


def _in_force(
    installation: Installation, transaction: Transaction, clauses_id: str
) -> list[tuple[CompiledPackage, tuple[Ground, ...]]]:
    """Every process in force with what of it rests on a clause of the register."""
    query = sa.select(process_in_force.c.version_id).order_by(process_in_force.c.package_key)
    found = []
    for version_id in transaction.execute(query).scalars().all():
        package = installation.package(transaction, version_id)
        key = (package.hash, clauses_id)
        if key not in _GROUNDS:
            known = packages.load_clauses(transaction, clauses_id).ids
            told = packages.grounds(packages.load_package(transaction, version_id), package, known)
            if len(_GROUNDS) >= _MOST_KEPT:
                _GROUNDS.clear()
            _GROUNDS[key] = told
        found.append((package, _GROUNDS[key]))
    return found


def _open_cases(transaction: Transaction) -> Mapping[str, int]:
    """How many submitted cases of each process go on."""
    query = (
        sa.select(case.c.package_key, sa.func.count())
        .where(case.c.number.is_not(None), case.c.closed_at.is_(None))
        .group_by(case.c.package_key)
    )
    return {row[0]: row[1] for row in transaction.execute(query)}


def _template(transaction: Transaction, version_id: str, package: CompiledPackage, key: str) -> str:
    rule = package.manifest.documents.get(key)
    files = packages.load_package(transaction, version_id).files if rule is not None else {}
    return files.get(rule.template, b"").decode(errors="replace") if rule is not None else ""


def _part(package: CompiledPackage, kind: str, key: str) -> Shown | None:
    if kind == "row" and key in package.decisions and isinstance(package.decisions[key].logic, Table):
        decision, table = package.decisions[key], package.decisions[key].logic
        heads = [one.label for one in table.inputs] + [one.label or one.name for one in table.outputs]
        rows = [
            (*(one.text for one in rule.tests), *(one.text if one is not None else "" for one in rule.outputs))
            for rule in table.rules
        ]
        return Shown(decision.name or key, tuple(heads), tuple(rows))
    if kind == "form" and key in package.forms:
        form = package.forms[key]
        asked = [(field.label, path) for path, field in form.fields.items()]
        return Shown(form.title, ("问什么", "变量"), tuple(asked))
    if kind == "parameter" and key in package.manifest.parameters:
        return _parameters(package, key)
    if kind == "promise" and package.manifest.promise is not None:
        promise = package.manifest.promise
        days = (f"{promise.working_days} 个工作日", promise.clause, promise.certainty)
        return Shown("承诺办理时限", ("承诺", "依据", "把握"), (days,))
    if kind == "condition" and package.manifest.conditions:
        told = tuple((one.text, one.clause or "—", one.certainty or "—") for one in package.manifest.conditions)
        return Shown("申报前要具备的条件", ("条件", "依据", "把握"), told)
    if kind == "node" and key in package.definition.nodes:
        return _nodes(package, key)
    return None


def _parameters(package: CompiledPackage, key: str) -> Shown:
    """All of them, since one is judged beside the others."""
    told = [(p.title, feel.written(p.value), p.clause, p.certainty) for p in package.manifest.parameters.values()]
    heads = ("参数", "现值", "依据", "把握")
    return Shown("参数", heads, tuple(told), 1 + list(package.manifest.parameters).index(key))


def _nodes(package: CompiledPackage, key: str) -> Shown:
    """The steps of the diagram in its order, with who does each and what its author says of it."""
    nodes = [node for node in package.definition.nodes.values() if node.name]
    told = [(node.name, node.lane or "", node.documentation or "") for node in nodes]
    marked = next((place for place, node in enumerate(nodes, 1) if node.id == key), 0)
    return Shown("流程图各环节", ("环节", "谁办", "说明"), tuple(told), marked)
