"""批量发起: one start for a list of associations - a draft each, which the association fills in - and reminders to the late.

Each case is a transaction of its own. The group and its list come first; what cannot begin stays in the list with the
reason, and is begun when somebody tries again. Nothing here decides anything.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine import audit, spreadsheet
from engine.calendar import local_date
from engine.cases.authority import authorised_post
from engine.cases.reasons import reason_of
from engine.cases.starting import beginning, check_key, version_in_force, written
from engine.cases.transactions import command
from engine.errors import Forbidden, HuishenError, Invalid, NotFound
from engine.identity import Actor, Post
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.store import Transaction, insert_into, new_id, reading, writing
from engine.store.tables import case, case_group, notification, organisation, task
from engine.store.tables import case_group_member as member

USCC = "统一社会信用代码"
MOST = 1000  # associations of one group
LONGEST_TITLE = 60


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
    """The group, how many cases this call began, and how many could not begin."""

    group_id: str
    cases: int
    faults: int


@dataclass(frozen=True)
class Listed:
    """The associations of a workbook by id, and the rows that name none: (row, sentence)."""

    organisations: tuple[str, ...]
    faults: tuple[tuple[int, str], ...] = ()


def start_group(installation: Installation, actor: Actor, wanted: NewGroup) -> Begun:
    """Keep the group and its list, then begin its cases. The same key again makes nothing twice.

    `Forbidden` without the authority `group` of the package, `Invalid` for a list or a day that cannot be.
    """
    check_key(wanted.key)
    title = reason_of(wanted.title, "请写这一批的名称，例如 2027年度换届。")[:LONGEST_TITLE]

    def body(transaction: Transaction) -> None:
        post, _ = _post(installation, transaction, actor, wanted.package_key)
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

    command(installation, body)
    return begin_members(installation, actor, wanted.key)


def begin_members(installation: Installation, actor: Actor, group_id: str) -> Begun:
    """Begin the cases of the group that have not begun, one after another."""
    with reading(installation.database) as transaction:
        _authorised(installation, transaction, actor, group_id)
        waiting = sa.select(member.c.organisation_id).where(member.c.group_id == group_id, member.c.case_id.is_(None))
        ids = transaction.execute(waiting.order_by(member.c.organisation_id)).scalars().all()
    begun = [_begin_one(installation, actor, group_id, one) for one in ids]
    return Begun(group_id, sum(begun), len(begun) - sum(begun))


def _begin_one(installation: Installation, actor: Actor, group_id: str, organisation_id: str) -> bool:
    """One case; a fault that somebody can mend stays in the list and keeps no other from beginning."""
    try:
        command(installation, lambda transaction: _begin(installation, transaction, actor, group_id, organisation_id))
    except HuishenError as error:
        with writing(installation.database) as transaction:
            _note(transaction, group_id, organisation_id, fault=error.message)
        return False
    return True


def _begin(
    installation: Installation, transaction: Transaction, actor: Actor, group_id: str, organisation_id: str
) -> None:
    group, post, version_id = _authorised(installation, transaction, actor, group_id)
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
    step.effects.notices.append((step.package.manifest.start, f"{_asked(group)}：{step.case['title']}", None))
    _note(transaction, group_id, organisation_id, case_id=written(step).case_id)


def _note(transaction: Transaction, group_id: str, organisation_id: str, case_id: str = "", fault: str = "") -> None:
    mine = (member.c.group_id == group_id, member.c.organisation_id == organisation_id, member.c.case_id.is_(None))
    values = {"fault": fault} | ({"case_id": case_id} if case_id else {})
    transaction.execute(sa.update(member).where(*mine).values(**values))


def remind_group(installation: Installation, actor: Actor, group_id: str) -> int:
    """Tell the associations that have not submitted yet, each at most once a day; how many were told."""

    def body(transaction: Transaction) -> int:
        group, _, _ = _authorised(installation, transaction, actor, group_id)
        now = installation.clock.now()
        today = local_date(now)
        query = (
            sa.select(task.c.id.label("task_id"), task.c.post_id, case.c.id, case.c.title)
            .join(case, case.c.id == task.c.case_id)
            .join(member, member.c.case_id == case.c.id)
            .where(member.c.group_id == group_id, case.c.state == "draft", task.c.state == "open")
            .order_by(case.c.id)
        )
        late = "已经过期，" if group["due_on"] is not None and group["due_on"] < today else ""
        rows = [
            {
                "id": new_id(),
                "key": f"group:{group_id}:{row.id}:{today}",
                "post_id": row.post_id,
                "case_id": row.id,
                "text": f"催办：{row.title}还没有提交，{late}{_asked(group)}",
                "at": now,
                "kind": "reminder",
                "sent_by": actor.person_id,
                "task_id": row.task_id,
            }
            for row in transaction.execute(query)
        ]
        if not rows:
            return 0
        statement = insert_into(transaction, notification).values(rows).on_conflict_do_nothing()
        told = len(transaction.execute(statement.returning(notification.c.id)).all())
        if told:
            noted = {"group": group_id, "told": told}
            audit.record(transaction, "group-reminded", now, actor.person_id, noted)
        return told

    return command(installation, body)


def read_list(installation: Installation, actor: Actor, package_key: str, data: bytes) -> Listed:
    """The associations of a workbook, known by their credit codes. `Invalid` for a file that cannot be read."""
    with reading(installation.database) as transaction:
        _post(installation, transaction, actor, package_key)
        query = sa.select(organisation.c.uscc, organisation.c.id).where(organisation.c.kind == "association")
        known = {row.uscc: row.id for row in transaction.execute(query) if row.uscc}
    found: dict[str, None] = {}
    faults = []
    for row in spreadsheet.read(data, (USCC,)):
        code = str(row.values.get(USCC) or "").upper()
        if row.faults or code not in known:
            faults.append((row.number, f"没有统一社会信用代码为“{code[:30]}”的协会，请核对，或先登记这个单位。"))
        else:
            found[known[code]] = None
    return Listed(tuple(found), tuple(faults))


# --- who may ---------------------------------------------------------------------------------------------------------


def may_group(package: CompiledPackage, actor: Actor) -> bool:
    """Whether the person opens cases of this process for associations."""
    return authorised_post(package, actor, "group") is not None


def _post(installation: Installation, transaction: Transaction, actor: Actor, package_key: str) -> tuple[Post, str]:
    """The post by which the person acts, and the version in force on which the cases run."""
    version_id = version_in_force(transaction, package_key)
    post = authorised_post(installation.package(transaction, version_id), actor, "group")
    if post is None:
        raise Forbidden("你的岗位不能批量发起这个事项。", code="case.authority", verb="group")
    return post, version_id


def _authorised(
    installation: Installation, transaction: Transaction, actor: Actor, group_id: str
) -> tuple[dict[str, Any], Post, str]:
    """The group, the post and the version in force; `NotFound` for who may not know of it, too."""
    row = transaction.execute(sa.select(case_group).where(case_group.c.id == group_id)).mappings().one_or_none()
    if row is None or not actor.is_department:
        raise NotFound("没有找到这一批，或你的岗位看不到它。", code="group.not-found")
    return dict(row), *_post(installation, transaction, actor, row["package_key"])


def _associations(transaction: Transaction, chosen: Collection[str]) -> list[str]:
    wanted = sorted(set(chosen))
    if not wanted or len(wanted) > MOST:
        raise Invalid(f"请选择协会，一批最多 {MOST} 个。", code="group.list")
    query = sa.select(organisation.c.id).where(organisation.c.id.in_(wanted), organisation.c.kind == "association")
    known = set(transaction.execute(query).scalars())
    if known != set(wanted):
        raise Invalid("名单里有不是协会的单位，请重新打开页面选择。", code="group.list")
    return wanted


def _asked(group: Mapping[str, Any]) -> str:
    day = group["due_on"]
    return f"{group['title']}，请填报" + (f"，{day.year}年{day.month}月{day.day}日前提交" if day else "")
