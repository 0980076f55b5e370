"""What the publisher (流程发布岗) does with versions: sees where cases run, plans a move, orders it with a reason.

The publisher sees numbers, names of steps and of variables, never what is in a case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import audit
from engine.cases.movesaid import MoveSaid, move_said
from engine.cases.moving import CaseMove, Moves, move_cases, plan_move
from engine.cases.reasons import reason_of
from engine.errors import Forbidden, Invalid, NotFound
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, reading, writing
from engine.store.tables import case, event, person, process_in_force, process_version
from engine.store.values import decode

PUBLISHER = "publisher"
MOST = 100  # cases of one plan: a move is a transaction a case, and somebody waits for the page
KIND = "cases-moved"
RECENT = 20_000  # events of the installation that are looked through for the latest moves
SHOWN = 20


@dataclass(frozen=True)
class Version:
    """One version of a process; `cases` are those that run on it."""

    id: str
    hash: str
    note: str
    at: datetime
    by: str
    in_force: bool
    cases: int


@dataclass(frozen=True)
class Process:
    """A process with all its versions, the latest first."""

    key: str
    title: str
    versions: tuple[Version, ...]

    def version(self, version_id: str) -> Version | None:
        return next((one for one in self.versions if one.id == version_id), None)

    @property
    def current(self) -> Version | None:
        return next((one for one in self.versions if one.in_force), None)


@dataclass(frozen=True)
class Moved:
    """One case of a move that was ordered: what was done to it, or why it stayed."""

    number: str
    said: MoveSaid
    obstacles: tuple[str, ...]


@dataclass(frozen=True)
class MoveOrder:
    """A move as the chain of the installation records it."""

    id: int
    title: str
    to_hash: str
    reason: str
    by: str
    at: datetime
    cases: tuple[Moved, ...]

    @property
    def refused(self) -> int:
        return sum(bool(one.obstacles) for one in self.cases)


def may_publish(actor: Actor) -> bool:
    """Who moves cases: the publisher of the department in person, since a deputy is for tasks."""
    return any(one.role == PUBLISHER and one.is_department for one in actor.own_posts)


def _refuse_others(actor: Actor) -> None:
    if not may_publish(actor):
        raise Forbidden("流程版本和案件迁移只对流程发布岗开放。", code="publishing.role")


def processes(installation: Installation, actor: Actor) -> tuple[Process, ...]:
    """Every process of the installation. `Forbidden` for others than the publisher."""
    _refuse_others(actor)
    version, running = process_version, sa.func.count(case.c.id).label("cases")
    columns = (version.c.id, version.c.package_key, version.c.hash, version.c.title, version.c.note)
    query = (
        sa.select(
            *columns, version.c.created_at, person.c.name, process_in_force.c.version_id.label("current"), running
        )
        .select_from(
            version.outerjoin(process_in_force, process_in_force.c.version_id == version.c.id)
            .outerjoin(person, person.c.id == version.c.created_by)
            .outerjoin(case, sa.and_(case.c.version_id == version.c.id, case.c.closed_at.is_(None)))
        )
        .group_by(*columns, version.c.created_at, person.c.name, process_in_force.c.version_id)
        .order_by(version.c.package_key, version.c.id.desc())
    )
    found: dict[str, list[Any]] = {}
    with reading(installation.database) as transaction:
        for row in transaction.execute(query):
            found.setdefault(row.package_key, []).append(row)
    return tuple(_process(key, rows) for key, rows in found.items())


def _process(key: str, rows: list[Any]) -> Process:
    versions = tuple(
        Version(
            row.id, row.hash, row.note, row.created_at, row.name or "系统管理命令", row.current is not None, row.cases
        )
        for row in rows
    )
    title = next((row.title for row in rows if row.current is not None), rows[0].title)
    return Process(key, title, versions)


def process_named(installation: Installation, actor: Actor, key: str) -> Process:
    """One process by its key; `NotFound` where there is none."""
    found = next((one for one in processes(installation, actor) if one.key == key), None)
    if found is None:
        raise NotFound(f"没有流程包“{key}”，请从流程版本页选择。", code="package.not-in-force", package=key)
    return found


def plan_for_publisher(
    installation: Installation, actor: Actor, key: str, to: str, origin: str = "", after: str = ""
) -> Moves:
    """What a move would do to the cases of a version (none: of every other one), so many at a time; nothing is written."""
    _refuse_others(actor)
    return plan_move(installation, key, to, origin=origin, after=after, most=MOST)


def order_move(
    installation: Installation, actor: Actor, key: str, to: str, agreed: Mapping[str, str], reason: str
) -> int:
    """Move the cases of the marks (`CaseMove.mark` by case id) and record it; the number of the record.

    A case to which something else would happen than was shown stays where it is, and the record says so.
    """
    _refuse_others(actor)
    if not agreed:
        raise Invalid("请选择要迁移的案件。", code="moving.nothing")
    if len(agreed) > MOST:
        raise Invalid(f"一次最多迁移 {MOST} 件，请分批迁移。", code="moving.too-many")
    reason = reason_of(reason, "请填写迁移的原因，写明依据和批准人。")
    title = process_named(installation, actor, key).title
    moves = move_cases(installation, actor, key, to, agreed=agreed, reason=reason)
    body = {
        "package": key,
        "title": title,
        "to": moves.version_id,
        "to_hash": moves.version_hash,
        "reason": reason,
        "cases": [_told(one, moves.at) for one in moves.cases],
    }
    with writing(installation.database) as transaction:
        return audit.record(transaction, KIND, installation.clock.now(), actor.person_id, body).seq


def _told(one: CaseMove, at: datetime) -> dict[str, Any]:
    said = move_said(one, at)
    lines = {name: list(getattr(said, name)) for name in ("tasks", "timers", "variables", "unknown")}
    return {"case": one.case_id, "number": one.number, "obstacles": list(one.obstacles), **lines}


# --- what was moved --------------------------------------------------------------------------------------------------


def move_order(installation: Installation, actor: Actor, order_id: int) -> MoveOrder:
    """A move that was ordered on the page; `NotFound` where that is another event."""
    _refuse_others(actor)
    with reading(installation.database) as transaction:
        found = _orders(transaction, event.c.seq == order_id)
    if not found:
        raise NotFound("没有这次迁移的记录，请从流程版本页选择。", code="moving.no-order")
    return found[0]


def move_orders(installation: Installation, actor: Actor) -> tuple[MoveOrder, ...]:
    """The latest moves, the last one first."""
    _refuse_others(actor)
    with reading(installation.database) as transaction:
        chain = event.c.chain == audit.INSTALLATION
        last = transaction.execute(sa.select(sa.func.max(event.c.seq)).where(chain)).scalar() or 0
        return _orders(transaction, event.c.seq > last - RECENT)


def _orders(transaction: Transaction, which: sa.ColumnElement[bool]) -> tuple[MoveOrder, ...]:
    query = sa.select(event.c.seq, event.c.at, event.c.body, person.c.name)
    query = query.select_from(event.outerjoin(person, person.c.id == event.c.actor))
    query = query.where(event.c.chain == audit.INSTALLATION, event.c.kind == KIND, which)
    rows = transaction.execute(query.order_by(event.c.seq.desc()).limit(SHOWN))
    return tuple(_order(row) for row in rows)


def _order(row: Any) -> MoveOrder:
    body = decode(row.body)
    cases = tuple(
        Moved(
            one["number"],
            MoveSaid(*(tuple(one[name]) for name in ("tasks", "timers", "variables", "unknown"))),
            tuple(one["obstacles"]),
        )
        for one in body["cases"]
    )
    by = row.name or "已注销的人员"
    return MoveOrder(row.seq, body["title"], body["to_hash"], body["reason"], by, row.at, cases)
