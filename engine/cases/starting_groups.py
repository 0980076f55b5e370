"""批量发起: one start for a list of associations - a draft each, which the association fills in.

The group, its list and a job for each case are stored together, and each case begins in a small transaction of its own.
A few begin before the page answers; their jobs only find what a killed process left. Many are left to the jobs, so many
a second that the steps of people find their turn between them. What cannot begin stays in the list with the reason, and
is begun when somebody tries again. Nothing here decides anything.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine import audit, jobs
from engine.calendar import local_date
from engine.cases.group_rights import group_of, grouping_post
from engine.cases.reasons import reason_of
from engine.cases.starting import beginning, check_key, written
from engine.cases.transactions import command
from engine.errors import Forbidden, HuishenError, Invalid
from engine.identity import Actor, load_actor
from engine.installation import Installation
from engine.store import Transaction, insert_into, new_id, reading, writing
from engine.store.tables import case_group, organisation
from engine.store.tables import case_group_member as member

JOB = "begin-case"
MOST = 1000  # associations of one group
AT_ONCE = 20  # so many cases begin while the person waits
PACE = 20  # cases that jobs begin in a second: SQLite has one writer, and others wait for it
LEFT = timedelta(minutes=1)  # after which a case that should have begun before the page answered was left by a process
LONGEST_TITLE = 60
STARTER_GONE = "发起这一批的人已不在这个岗位，请由在岗的人再次发起。"


@dataclass(frozen=True)
class NewGroup:
    """What a page asks for: `key` is made by the page and becomes the id of the group."""

    key: str
    package_key: str
    title: str
    due_on: date | None
    organisations: tuple[str, ...]


@dataclass(frozen=True)
class Begun:
    """The group, how many cases this call began, how many could not begin, and how many are left to jobs."""

    group_id: str
    cases: int
    faults: int
    waiting: int = 0


def start_group(installation: Installation, actor: Actor, wanted: NewGroup) -> Begun:
    """Keep the group and its list, and begin its cases, or leave them to jobs. The same key again makes nothing twice.

    `Forbidden` without the authority `group` of the package, `Invalid` for a list or a day that cannot be.
    """
    check_key(wanted.key)
    title = reason_of(wanted.title, "请写这一批的名称，例如 2027年度换届。")[:LONGEST_TITLE]

    def body(transaction: Transaction) -> None:
        post, _ = grouping_post(installation, transaction, actor, wanted.package_key)
        now = installation.clock.now()
        row = {"id": wanted.key, "package_key": wanted.package_key, "title": title, "due_on": wanted.due_on}
        row |= {"post_id": post.id, "created_by": actor.person_id, "created_at": now}
        statement = insert_into(transaction, case_group).values(row).on_conflict_do_nothing()
        if transaction.execute(statement.returning(case_group.c.id)).first() is None:
            return  # a second click; what it lists is what the first one listed
        if wanted.due_on is not None and wanted.due_on < local_date(now):
            raise Invalid("提交期限已经过去，请改成今天或以后的日期。", code="group.day")
        chosen = _associations(transaction, wanted.organisations)
        transaction.execute(sa.insert(member), [{"group_id": wanted.key, "organisation_id": one} for one in chosen])
        noted = {"group": wanted.key, "package": wanted.package_key, "title": title, "organisations": chosen}
        audit.record(transaction, "group-started", now, actor.person_id, noted)
        first = now + LEFT if len(chosen) <= AT_ONCE else now
        jobs.defer(transaction, _jobs(wanted.key, actor, chosen, first))

    command(installation, body)
    return begin_members(installation, actor, wanted.key)


def begin_members(installation: Installation, actor: Actor, group_id: str) -> Begun:
    """Begin the cases of the group that have not begun: a few one after another, many by jobs."""
    mine = (member.c.group_id == group_id, member.c.case_id.is_(None))
    with reading(installation.database) as transaction:
        group_of(installation, transaction, actor, group_id)
        waiting = sa.select(member.c.organisation_id).where(*mine)
        ids = transaction.execute(waiting.order_by(member.c.organisation_id)).scalars().all()
    if len(ids) <= AT_ONCE:
        begun = [_begin_now(installation, actor, group_id, one) for one in ids]
        return Begun(group_id, sum(begun), len(begun) - sum(begun))

    def again(transaction: Transaction) -> None:
        """Those without a fault have their jobs; who clears the fault gives the case another, so that none has two."""
        statement = sa.update(member).where(*mine, member.c.fault != "").values(fault="")
        failed = transaction.execute(statement.returning(member.c.organisation_id)).scalars().all()
        jobs.defer(transaction, _jobs(group_id, actor, sorted(failed), installation.clock.now()))

    command(installation, again)
    return Begun(group_id, 0, 0, len(ids))


def begin_case(installation: Installation, payload: dict[str, Any], done: jobs.Done) -> None:
    """The job of one case. What somebody can mend ends it with the reason in the list; anything else comes again."""

    def body(transaction: Transaction) -> None:
        today = local_date(installation.clock.now())
        actor = load_actor(transaction, payload["person"], today)
        if actor is None or not actor.is_department:
            raise Forbidden(STARTER_GONE, code="group.starter-gone")
        _begin(installation, transaction, actor, payload["group"], payload["organisation"])
        done(transaction)

    try:
        command(installation, body)
    except HuishenError as error:
        fault = STARTER_GONE if isinstance(error, Forbidden) else error.message
        _note_fault(installation, payload["group"], payload["organisation"], fault)


def _jobs(group_id: str, actor: Actor, chosen: Collection[str], first: datetime) -> list[dict[str, Any]]:
    """One for each association: no two runs of a job begin a case twice, and one that fails keeps no other."""
    told = {"group": group_id, "person": actor.person_id}
    return [
        jobs.row(JOB, f"{JOB}:{new_id()}", told | {"organisation": one}, first + timedelta(seconds=place // PACE))
        for place, one in enumerate(chosen)
    ]


def _begin_now(installation: Installation, actor: Actor, group_id: str, organisation_id: str) -> bool:
    """Whether the case began; a fault that somebody can mend keeps no other from beginning."""
    try:
        command(installation, lambda transaction: _begin(installation, transaction, actor, group_id, organisation_id))
    except HuishenError as error:
        _note_fault(installation, group_id, organisation_id, error.message)
        return False
    return True


def _begin(
    installation: Installation, transaction: Transaction, actor: Actor, group_id: str, organisation_id: str
) -> None:
    group, post, version_id = group_of(installation, transaction, actor, group_id)
    mine = (member.c.group_id == group_id, member.c.organisation_id == organisation_id)
    query = sa.select(member.c.case_id, organisation).join(organisation, organisation.c.id == member.c.organisation_id)
    row = transaction.execute(query.where(*mine).with_for_update(of=member)).mappings().one()
    if row["case_id"] is not None:
        return
    whose = {"id": organisation_id, "key": row["key"], "name": row["name"], "uscc": row["uscc"]}
    told = {"group": {"id": group_id, "title": group["title"]}}
    step = beginning(
        installation, transaction, actor, group["package_key"], version_id, new_id(), whose, {}, told, post.id
    )
    step.effects.notices.append((step.package.manifest.start, f"{asked_of(group)}：{step.case['title']}", None))
    begun = {"case_id": written(step).case_id, "fault": ""}
    transaction.execute(sa.update(member).where(*mine).values(begun))


def _note_fault(installation: Installation, group_id: str, organisation_id: str, fault: str) -> None:
    mine = (member.c.group_id == group_id, member.c.organisation_id == organisation_id, member.c.case_id.is_(None))
    with writing(installation.database) as transaction:
        transaction.execute(sa.update(member).where(*mine).values(fault=fault))


def asked_of(group: Mapping[str, Any]) -> str:
    """What the associations of a group are asked, as their notices say it."""
    day = group["due_on"]
    return f"{group['title']}，请填报" + (f"，{day.year}年{day.month}月{day.day}日前提交" if day else "")


def _associations(transaction: Transaction, chosen: Collection[str]) -> list[str]:
    wanted = sorted(set(chosen))
    if not wanted or len(wanted) > MOST:
        raise Invalid(f"请选择协会，一批最多 {MOST} 个。", code="group.list")
    query = sa.select(organisation.c.id).where(organisation.c.id.in_(wanted), organisation.c.kind == "association")
    known = set(transaction.execute(query).scalars())
    if known != set(wanted):
        raise Invalid("名单里有不是协会的单位，请重新打开页面选择。", code="group.list")
    return wanted
