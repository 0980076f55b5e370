"""Deputies (代理): somebody acts for the holder of a post, for a time, in one process or all, signing only where said.

A deputy cannot pass the post on, and nobody comes to hold two posts of which a process wants two people.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from engine import audit
from engine.calendar import local_date
from engine.cases.reasons import reason_of
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.identity import Actor
from engine.identity.actors import held_on
from engine.installation import Installation
from engine.keys import provide_key
from engine.packages import CompiledPackage
from engine.store import Transaction, new_id, reading, writing
from engine.store.tables import delegation, organisation, person, post, post_holder, process_in_force

LONGEST = 180  # days
# Whatever the processes say: who runs the machines, who keeps its secrets and who audits it; who designs and publishes.
ALWAYS = (("sysadmin", "secadmin", "auditor"), ("process_designer", "publisher"))


@dataclass(frozen=True)
class Deputy:
    """One delegation as a list shows it; `state` is 未开始, 代理中, 已结束."""

    id: str
    post: str
    owner: str
    deputy: str
    since: date
    until: date
    package_key: str
    signs: bool
    reason: str
    state: str
    is_given: bool  # by the person who looks


@dataclass(frozen=True)
class Colleague:
    """Who may be asked to act for somebody."""

    id: str
    name: str
    posts: str


def appoint_deputy(
    installation: Installation,
    actor: Actor,
    post_id: str,
    deputy_id: str,
    since: date,
    until: date,
    reason: str,
    package_key: str = "",
    signs: bool = False,
) -> str:
    """Let a colleague act for oneself in a post of one's own; the id of the delegation. Recorded.

    `Forbidden` for a post that is not one's own, or that one is only a deputy in; `Invalid` for days that do not fit;
    `Conflict` where the colleague would hold two posts that exclude each other, or the time is given away already.
    """
    reason = reason_of(reason, "请填写代理的原因，例如：出差、休假。")
    if post_id not in {one.id for one in actor.own_posts}:
        raise Forbidden("只能把自己的岗位交人代理；代理来的岗位不能再交给别人。", code="delegation.not-own")
    today = local_date(installation.clock.now())
    if not today <= since <= until or until - since > timedelta(days=LONGEST):
        raise Invalid(f"代理从今天或以后开始，最长 {LONGEST} 天，结束日期不早于开始日期。", code="delegation.days")
    with writing(installation.database) as transaction:
        if deputy_id not in {one.id for one in _colleagues(transaction, actor, post_id, today)}:
            raise Forbidden("请从同单位的人员中选择代理人。", code="delegation.to")
        _refuse_overlap(transaction, actor.person_id, post_id, since, until)
        _refuse_two_posts(installation, transaction, deputy_id, post_id, today, package_key)
        row = {
            "id": new_id(),
            "post_id": post_id,
            "owner_id": actor.person_id,
            "deputy_id": deputy_id,
            "since": since,
            "until": until,
            "package_key": package_key,
            "signs": signs,
            "reason": reason,
        }
        now = installation.clock.now()
        transaction.execute(sa.insert(delegation), row | {"made_at": now})
        provide_key(installation, transaction, deputy_id, [post_id])
        audit.record(transaction, "deputy-appointed", now, actor.person_id, row, post_id)
    return str(row["id"])


def _refuse_overlap(transaction: Transaction, owner_id: str, post_id: str, since: date, until: date) -> None:
    other = sa.select(delegation.c.id).where(
        delegation.c.owner_id == owner_id,
        delegation.c.post_id == post_id,
        delegation.c.ended_at.is_(None),
        delegation.c.since <= until,
        delegation.c.until >= since,
    )
    if transaction.execute(other.limit(1)).first() is not None:
        raise Conflict("这段时间这个岗位已经有人代理，请先结束那一次。", code="delegation.overlap")


def _refuse_two_posts(
    installation: Installation, transaction: Transaction, person_id: str, post_id: str, today: date, package_key: str
) -> None:
    wanted = transaction.execute(sa.select(post.c.role, post.c.organisation_id).where(post.c.id == post_id)).one()
    roles = {
        row.role
        for row in transaction.execute(_held_by(person_id, today))
        if row.organisation_id == wanted.organisation_id
    }
    for group in exclusive_roles(installation, transaction, package_key):
        clash = sorted((roles & group) - {wanted.role})
        if wanted.role in group and clash:
            titles = sa.select(post.c.title).where(
                post.c.role.in_([wanted.role, clash[0]]), post.c.organisation_id == wanted.organisation_id
            )
            both = "、".join(transaction.execute(titles.order_by(post.c.title)).scalars())
            raise Conflict(f"{both}须由不同的人担任，不能由此人代理。", code="delegation.exclusive", roles=clash)


def _held_by(person_id: str, today: date) -> Any:
    """Posts of a person from today on: own ones, and those in which the person is a deputy."""
    own = sa.select(post.c.role, post.c.organisation_id).join(post_holder, post_holder.c.post_id == post.c.id)
    acting = sa.select(post.c.role, post.c.organisation_id).join(delegation, delegation.c.post_id == post.c.id)
    return sa.union_all(
        own.where(
            post_holder.c.person_id == person_id, sa.or_(post_holder.c.until.is_(None), post_holder.c.until >= today)
        ),
        acting.where(delegation.c.deputy_id == person_id, delegation.c.ended_at.is_(None), delegation.c.until >= today),
    )


def exclusive_roles(
    installation: Installation, transaction: Transaction, package_key: str = ""
) -> list[frozenset[str]]:
    """Groups of roles of which nobody may hold two: as the processes in force separate the duties of their steps."""
    query = sa.select(process_in_force.c.version_id)
    if package_key:
        query = query.where(process_in_force.c.package_key == package_key)
    versions = transaction.execute(query).scalars().all()
    found = [frozenset(group) for group in ALWAYS]
    for version in versions:
        found += _exclusive_in(installation.package(transaction, version))
    return list(dict.fromkeys(found))


def _exclusive_in(package: CompiledPackage) -> list[frozenset[str]]:
    roles: dict[str, set[str]] = {}
    for node in package.definition.nodes.values():
        duty, role = node.properties.get("duty"), (node.assignment or "").partition("@")[0]
        if duty and role and not role.startswith("="):
            roles.setdefault(duty, set()).add(role)
    groups = (frozenset().union(*(roles.get(duty, set()) for duty in group)) for group in package.manifest.exclusive)
    return [group for group in groups if len(group) > 1]


def end_deputy(installation: Installation, actor: Actor, delegation_id: str) -> None:
    """End a delegation that one has given or taken over; recorded. Ending it twice is harmless."""
    with writing(installation.database) as transaction:
        mine = sa.or_(delegation.c.owner_id == actor.person_id, delegation.c.deputy_id == actor.person_id)
        row = transaction.execute(sa.select(delegation).where(delegation.c.id == delegation_id, mine)).one_or_none()
        if row is None:
            raise NotFound("没有找到这次代理。", code="delegation.not-found")
        if row.ended_at is not None:
            return
        now = installation.clock.now()
        transaction.execute(sa.update(delegation).where(delegation.c.id == delegation_id).values(ended_at=now))
        audit.record(transaction, "deputy-ended", now, actor.person_id, {"id": delegation_id}, row.post_id)


def deputies(installation: Installation, actor: Actor) -> tuple[Deputy, ...]:
    """What the person has given and taken over, the latest first."""
    owner, deputy = person.alias("owner"), person.alias("deputy")
    source = (
        delegation.join(post, post.c.id == delegation.c.post_id)
        .join(owner, owner.c.id == delegation.c.owner_id)
        .join(deputy, deputy.c.id == delegation.c.deputy_id)
    )
    mine = sa.or_(delegation.c.owner_id == actor.person_id, delegation.c.deputy_id == actor.person_id)
    columns = (post.c.title, owner.c.name.label("owner"), deputy.c.name.label("deputy"))
    query = sa.select(delegation, *columns).select_from(source).where(mine).order_by(delegation.c.id.desc()).limit(50)
    today = local_date(installation.clock.now())
    with reading(installation.database) as transaction:
        return tuple(
            Deputy(
                row.id,
                row.title,
                row.owner,
                row.deputy,
                row.since,
                row.until,
                row.package_key,
                row.signs,
                row.reason,
                _state(row, today),
                row.owner_id == actor.person_id,
            )
            for row in transaction.execute(query)
        )


def _state(row: Any, today: date) -> str:
    if row.ended_at is not None or row.until < today:
        return "已结束"
    return "未开始" if row.since > today else "代理中"


def colleagues(installation: Installation, actor: Actor) -> tuple[Colleague, ...]:
    """Who holds a post in an organisation in which the person holds one."""
    with reading(installation.database) as transaction:
        return tuple(_colleagues(transaction, actor, None, local_date(installation.clock.now())))


def _colleagues(transaction: Transaction, actor: Actor, post_id: str | None, today: date) -> list[Colleague]:
    own = [one for one in actor.own_posts if post_id in {None, one.id}]
    source = person.join(post_holder, post_holder.c.person_id == person.c.id).join(
        post, post.c.id == post_holder.c.post_id
    )
    source = source.join(organisation, organisation.c.id == post.c.organisation_id)
    query = (
        sa.select(person.c.id, person.c.name, post.c.title)
        .select_from(source)
        .where(organisation.c.id.in_({one.organisation_id for one in own}), person.c.active, held_on(today))
        .where(person.c.id != actor.person_id)
        .order_by(person.c.name, post.c.title)
    )
    found: dict[str, list[Any]] = {}
    for row in transaction.execute(query):
        found.setdefault(row.id, []).append(row)
    return [Colleague(key, rows[0].name, "、".join(row.title for row in rows)) for key, rows in found.items()]
