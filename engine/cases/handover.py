"""Hand-over (离岗交接): somebody leaves, and all that waits on the person goes to a successor, with a receipt.

Posts, claimed tasks and unfinished countersigns go over in one transaction; delegations end, the account is closed, and
a job withdraws the signing certificate. A task that the successor may not have (separation of duties) goes back to its
post.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine import audit, jobs
from engine.audit import Head, link
from engine.calendar import local_date
from engine.cases.deputies import exclusive_roles
from engine.cases.reasons import reason_of
from engine.cases.signing import person_key
from engine.cases.step import decode_duties
from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import Actor, separation
from engine.identity.actors import held_on
from engine.installation import Installation
from engine.keys import provide_key, withdraw_key
from engine.store import Transaction, insert_into, new_id, reading, writing
from engine.store.tables import case, delegation, event, handover, person, post, post_holder, task
from engine.store.values import decode, encode

OFFICERS = ("division_head", "secadmin")  # who may hand over for somebody else, in the own organisation
JOB = "withdraw-certificate"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Handed:
    """One task of the receipt; `went` says where: to the successor, or back to its post and why."""

    number: str
    title: str
    step: str
    kind: str  # 待办 or 加签
    went: str


@dataclass(frozen=True)
class Receipt:
    """A hand-over to read, to print and to confirm."""

    id: str
    leaving: str
    successor: str
    successor_id: str
    by: str
    reason: str
    at: datetime
    posts: tuple[str, ...]
    tasks: tuple[Handed, ...]
    received_at: datetime | None


def hand_over(installation: Installation, actor: Actor | None, leaving_id: str, successor_id: str, reason: str) -> str:
    """All that somebody holds goes to the successor; the id of the receipt. No actor: the command line.

    `Forbidden` for those who may not, `NotFound` for nobody, `Conflict` where the successor would hold two posts that
    exclude each other.
    """
    reason = reason_of(reason, "请填写离岗的原因。")
    if leaving_id == successor_id:
        raise Conflict("接替的人不能是离岗的人。", code="handover.same")
    now, today = installation.clock.now(), local_date(installation.clock.now())
    installation.calendar()
    with writing(installation.database) as transaction:
        people = _people(transaction, leaving_id, successor_id)
        posts = _posts(transaction, [leaving_id, successor_id], today)
        mine = [row for row in posts if row["person_id"] == leaving_id]
        _refuse_strangers(actor, mine)
        _refuse_two_posts(installation, transaction, [*mine, *posts], people[successor_id])
        told = _move_tasks(installation, transaction, leaving_id, successor_id, people, actor, reason, now)
        _move_posts(transaction, mine, successor_id, today)
        provide_key(installation, transaction, successor_id, [row["id"] for row in mine])
        _close(transaction, leaving_id, now)
        receipt = {
            "id": new_id(),
            "leaving_id": leaving_id,
            "successor_id": successor_id,
            "by_id": actor.person_id if actor else None,
            "reason": reason,
            "at": now,
            "posts": encode([row["title"] for row in mine]),
            "tasks": encode(told),
        }
        transaction.execute(sa.insert(handover), receipt)
        payload = {"person": leaving_id, "reason": reason}
        jobs.defer(transaction, [jobs.row(JOB, f"{JOB}:{receipt['id']}", payload, now)])
        noted = {"receipt": receipt["id"], "from": leaving_id, "to": successor_id, "reason": reason, "tasks": told}
        audit.record(transaction, "handed-over", now, actor.person_id if actor else None, noted)
    return str(receipt["id"])


def _people(transaction: Transaction, *ids: str) -> dict[str, str]:
    rows = transaction.execute(sa.select(person.c.id, person.c.name).where(person.c.id.in_(ids), person.c.active))
    found = {row.id: row.name for row in rows}
    if len(found) != len(ids):
        raise NotFound("没有找到这个人员，或账号已停用。", code="identity.no-person")
    return found


def _posts(transaction: Transaction, ids: list[str], today: date) -> list[Row]:
    columns = (post.c.id, post.c.role, post.c.title, post.c.organisation_id, post_holder.c.person_id)
    query = sa.select(*columns).join(post_holder, post_holder.c.post_id == post.c.id)
    query = query.where(post_holder.c.person_id.in_(ids), held_on(today)).order_by(post.c.id)
    return [dict(row) for row in transaction.execute(query).mappings()]


def _refuse_strangers(actor: Actor | None, posts: list[Row]) -> None:
    if actor is None:
        return
    places = {one.organisation_id for one in actor.own_posts if one.role in OFFICERS}
    if not posts or not {row["organisation_id"] for row in posts} <= places:
        raise Forbidden("离岗交接由本单位的处长或安全管理员办理。", code="handover.role")


def _refuse_two_posts(installation: Installation, transaction: Transaction, posts: list[Row], name: str) -> None:
    for place in {row["organisation_id"] for row in posts}:
        titles = {row["role"]: row["title"] for row in posts if row["organisation_id"] == place}
        for group in exclusive_roles(installation, transaction):
            if len(clash := sorted(group & titles.keys())) > 1:
                both = "、".join(titles[role] for role in clash)
                raise Conflict(f"{both}须由不同的人担任，不能都交给{name}。", code="handover.exclusive", roles=clash)


def _move_posts(transaction: Transaction, mine: list[Row], successor_id: str, today: date) -> None:
    if not mine:
        return
    ids, leaving = [row["id"] for row in mine], mine[0]["person_id"]
    ended = sa.update(post_holder).where(post_holder.c.post_id.in_(ids), post_holder.c.person_id == leaving)
    transaction.execute(ended.values(until=today - timedelta(days=1)))
    rows = [{"post_id": key, "person_id": successor_id, "since": today, "until": None} for key in ids]
    statement = insert_into(transaction, post_holder)
    # who holds it already keeps the day from which it is held
    keep = statement.on_conflict_do_update(index_elements=["post_id", "person_id"], set_={"until": None})
    transaction.execute(keep, rows)


def _move_tasks(
    installation: Installation,
    transaction: Transaction,
    leaving_id: str,
    successor_id: str,
    people: Mapping[str, str],
    actor: Actor | None,
    reason: str,
    now: datetime,
) -> list[dict[str, Any]]:
    """Claimed tasks and reviews, each with an event of its case; what the receipt says of them."""
    claimed = (task.c.claimed_by == leaving_id, task.c.state == "open")
    locked = sa.select(case).where(case.c.id.in_(sa.select(task.c.case_id).where(*claimed))).order_by(case.c.id)
    cases = {row["id"]: dict(row) for row in transaction.execute(locked.with_for_update()).mappings()}
    rows = [dict(row) for row in transaction.execute(sa.select(task).where(*claimed).order_by(task.c.id)).mappings()]
    heads = {key: Head(key, row["event_seq"], row["event_hash"]) for key, row in cases.items()}
    events, moved, told = [], [], []
    for row in rows:
        of = cases[row["case_id"]]
        clash = _separated(installation, transaction, of, row, successor_id)
        values = {"claimed_by": None if clash else successor_id, "claimed_at": None if clash else now}
        body = {"task": row["id"], "node": row["node_id"], "from": leaving_id, "to": values["claimed_by"]}
        body |= {"to_title": people[successor_id], "reason": reason, "tasks_now": {row["id"]: values}}
        made, heads[of["id"]] = link(
            heads[of["id"]], "task.handed-over", now, actor.person_id if actor else None, row["post_id"], body
        )
        events.append(made)
        moved.append({"the_task": row["id"], **values})
        went = "放回岗位：接替人在本案办过互斥的环节" if clash else f"交{people[successor_id]}"
        told.append(
            {
                "number": of["number"] or "草稿",
                "title": of["title"],
                "step": row["name"],
                "kind": "加签" if row["kind"] == "review" else "待办",
                "went": went,
            }
        )
    _store(transaction, events, moved, heads)
    return told


def _store(
    transaction: Transaction, events: list[dict[str, Any]], moved: list[dict[str, Any]], heads: Mapping[str, Head]
) -> None:
    """Three statements, however many tasks there are."""
    if not moved:
        return
    transaction.execute(sa.insert(event), events)
    transaction.execute(sa.update(task).where(task.c.id == sa.bindparam("the_task")), moved)
    changing = sa.update(case).where(case.c.id == sa.bindparam("the_case"))
    changing = changing.values(
        event_seq=sa.bindparam("seq"), event_hash=sa.bindparam("digest"), revision=case.c.revision + 1
    )
    ends = [{"the_case": key, "seq": head.seq, "digest": head.hash} for key, head in heads.items()]
    transaction.execute(changing, ends)


def _separated(installation: Installation, transaction: Transaction, of: Row, row: Row, successor_id: str) -> bool:
    package = installation.package(transaction, of["version_id"])
    node = package.definition.nodes.get(row["node_id"])
    duty = node.properties.get("duty") if node else None
    held = decode_duties(of["duties"])
    return duty is not None and separation(held, package.manifest.exclusive, duty, successor_id) is not None


def _close(transaction: Transaction, leaving_id: str, now: datetime) -> None:
    theirs = sa.or_(delegation.c.owner_id == leaving_id, delegation.c.deputy_id == leaving_id)
    transaction.execute(sa.update(delegation).where(theirs, delegation.c.ended_at.is_(None)).values(ended_at=now))
    closed = sa.update(person).where(person.c.id == leaving_id)
    transaction.execute(closed.values(active=False, session_epoch=person.c.session_epoch + 1))


def withdraw_certificate(installation: Installation, payload: dict[str, Any], done: jobs.Done) -> None:
    """Job: the certificate with which somebody signed is withdrawn; what was signed before stays valid."""
    key = person_key(payload["person"])
    with suppress(NotFound, Conflict):  # there never was one, or it is withdrawn already
        withdraw_key(installation, key, payload["reason"])
    with writing(installation.database) as transaction:
        done(transaction)


# --- the receipt -----------------------------------------------------------------------------------------------------


def receipt(installation: Installation, actor: Actor, receipt_id: str) -> Receipt:
    """For the successor, for whoever handed over, and for the officers of the organisation; `NotFound` for others."""
    leaving, successor, by = person.alias("leaving"), person.alias("successor"), person.alias("by")
    source = (
        handover.join(leaving, leaving.c.id == handover.c.leaving_id)
        .join(successor, successor.c.id == handover.c.successor_id)
        .outerjoin(by, by.c.id == handover.c.by_id)
    )
    names = (leaving.c.name.label("leaving"), successor.c.name.label("successor"), by.c.name.label("by"))
    query = sa.select(handover, *names).select_from(source).where(handover.c.id == receipt_id)
    with reading(installation.database) as transaction:
        row = transaction.execute(query).one_or_none()
    allowed = row is not None and (
        actor.person_id in {row.successor_id, row.by_id} or any(one.role in OFFICERS for one in actor.own_posts)
    )
    if row is None or not allowed:
        raise NotFound("没有找到这份交接回执。", code="handover.not-found")
    return Receipt(
        id=row.id,
        leaving=row.leaving,
        successor=row.successor,
        successor_id=row.successor_id,
        by=row.by or "系统管理命令",
        reason=row.reason,
        at=row.at,
        posts=tuple(_read(row.posts)),
        tasks=tuple(Handed(**one) for one in _read(row.tasks)),
        received_at=row.received_at,
    )


def _read(text: str) -> list[Any]:
    found: list[Any] = decode(text)
    return found


def confirm_receipt(installation: Installation, actor: Actor, receipt_id: str) -> None:
    """The successor has looked at what came over; recorded, and harmless when done again."""
    which = sa.and_(handover.c.id == receipt_id, handover.c.successor_id == actor.person_id)
    with writing(installation.database) as transaction:
        now = installation.clock.now()
        statement = sa.update(handover).where(which, handover.c.received_at.is_(None)).values(received_at=now)
        if transaction.execute(statement).rowcount == 1:
            audit.record(transaction, "handover-received", now, actor.person_id, {"receipt": receipt_id})


@dataclass(frozen=True)
class Staff:
    """Somebody of the organisation: what would go over."""

    id: str
    name: str
    posts: str
    claimed: int


def may_hand_over(actor: Actor) -> bool:
    return any(one.role in OFFICERS for one in actor.own_posts)


def staff(installation: Installation, actor: Actor) -> tuple[Staff, ...]:
    """Everybody with a post in the organisation of the officer, with how many tasks each has taken."""
    places = {one.organisation_id for one in actor.own_posts if one.role in OFFICERS}
    if not places:
        raise Forbidden("离岗交接由本单位的处长或安全管理员办理。", code="handover.role")
    waiting = sa.select(sa.func.count()).where(task.c.claimed_by == person.c.id, task.c.state == "open")
    source = person.join(post_holder, post_holder.c.person_id == person.c.id)
    source = source.join(post, post.c.id == post_holder.c.post_id)
    query = (
        sa.select(
            person.c.id, person.c.name, post.c.title, waiting.correlate(person).scalar_subquery().label("claimed")
        )
        .select_from(source)
        .where(post.c.organisation_id.in_(places), held_on(local_date(installation.clock.now())), person.c.active)
        .order_by(person.c.name, post.c.title)
    )
    found: dict[str, list[Any]] = {}
    with reading(installation.database) as transaction:
        for row in transaction.execute(query):
            found.setdefault(row.id, []).append(row)
    return tuple(
        Staff(key, rows[0].name, "、".join(row.title for row in rows), rows[0].claimed) for key, rows in found.items()
    )


def receipts(installation: Installation, actor: Actor) -> tuple[tuple[str, str, datetime, bool], ...]:
    """(id, who left, when, confirmed) of what the person took over or handed over, the latest first."""
    leaving = person.alias("leaving")
    mine = sa.or_(handover.c.successor_id == actor.person_id, handover.c.by_id == actor.person_id)
    query = sa.select(handover.c.id, leaving.c.name, handover.c.at, handover.c.received_at).select_from(
        handover.join(leaving, leaving.c.id == handover.c.leaving_id)
    )
    with reading(installation.database) as transaction:
        rows = transaction.execute(query.where(mine).order_by(handover.c.id.desc()).limit(20))
        return tuple((row.id, row.name, row.at, row.received_at is not None) for row in rows)
