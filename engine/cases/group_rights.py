"""Who opens cases of a process for a list of associations, and so sees and reminds its groups."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from engine.cases.authority import authorised_post
from engine.cases.starting import version_in_force
from engine.errors import Forbidden, NotFound
from engine.identity import Actor, Post
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.store import Transaction, reading
from engine.store.tables import case_group, process_in_force


def grouped_processes(installation: Installation, actor: Actor) -> tuple[tuple[str, str], ...]:
    """(key, title) of the processes whose cases the person may open for associations, by title."""
    if not actor.is_department:
        return ()
    with reading(installation.database) as transaction:
        found = [(one.key, one.title) for one in _packages(installation, transaction) if may_group(one, actor)]
    return tuple(sorted(found, key=lambda pair: pair[1]))


def grouping_post(
    installation: Installation, transaction: Transaction, actor: Actor, package_key: str
) -> tuple[Post, str]:
    """The post by which the person acts, and the version in force on which the cases run. `Forbidden` without one."""
    version_id = version_in_force(transaction, package_key)
    return _post(installation, transaction, actor, version_id), version_id


def group_of(
    installation: Installation, transaction: Transaction, actor: Actor, group_id: str
) -> tuple[dict[str, Any], Post, str]:
    """The group, the post and the version in force; `NotFound` for who may not know of it, too."""
    in_force = process_in_force.c.package_key == case_group.c.package_key
    query = sa.select(case_group, process_in_force.c.version_id).outerjoin(process_in_force, in_force)
    row = transaction.execute(query.where(case_group.c.id == group_id)).mappings().one_or_none()
    if row is None or not actor.is_department:
        raise NotFound("没有找到这一批，或你的岗位看不到它。", code="group.not-found")
    version_id = row["version_id"] or version_in_force(transaction, row["package_key"])  # which says that there is none
    return dict(row), _post(installation, transaction, actor, version_id), version_id


def _post(installation: Installation, transaction: Transaction, actor: Actor, version_id: str) -> Post:
    post = authorised_post(installation.package(transaction, version_id), actor, "group")
    if post is None:
        raise Forbidden("你的岗位不能批量发起这个事项。", code="case.authority", verb="group")
    return post


def may_group(package: CompiledPackage, actor: Actor) -> bool:
    return authorised_post(package, actor, "group") is not None


def _packages(installation: Installation, transaction: Transaction) -> Iterable[CompiledPackage]:
    query = sa.select(process_in_force.c.version_id).order_by(process_in_force.c.package_key)
    return [installation.package(transaction, one) for one in transaction.execute(query).scalars().all()]
