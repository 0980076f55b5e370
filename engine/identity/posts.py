"""Posts by the names that diagrams give them: `role` in the department, `role@organisation-key` elsewhere."""

from collections.abc import Collection

import sqlalchemy as sa

from engine.errors import NotFound
from engine.store import Transaction
from engine.store.tables import organisation, post

DEPARTMENT = "department"


def find_post(transaction: Transaction, assignment: str) -> str:
    """The id of a post. `NotFound` with `identity.no-post` where it does not exist."""
    return find_posts(transaction, {assignment})[assignment]


def find_posts(transaction: Transaction, assignments: Collection[str]) -> dict[str, str]:
    """The ids of several posts, in one statement. `NotFound` names every one that does not exist."""
    wanted = {assignment: _split(assignment) for assignment in assignments}
    if not wanted:
        return {}
    roles = {role for role, _ in wanted.values()}
    keys = {key for _, key in wanted.values() if key}
    query = (
        sa.select(post.c.id, post.c.role, organisation.c.key, organisation.c.kind)
        .join(organisation, organisation.c.id == post.c.organisation_id)
        .where(post.c.role.in_(roles), sa.or_(organisation.c.kind == DEPARTMENT, organisation.c.key.in_(keys)))
        .order_by(organisation.c.key != DEPARTMENT, post.c.id)
    )
    found: dict[tuple[str, str], str] = {}
    for post_id, role, key, kind in transaction.execute(query):
        found.setdefault((role, key), post_id)
        if kind == DEPARTMENT:
            found.setdefault((role, ""), post_id)
    if missing := sorted(name for name, place in wanted.items() if place not in found):
        message = f"没有这个岗位：{'、'.join(missing)}。请管理员先用 huishen user add 设立岗位。"
        raise NotFound(message, code="identity.no-post", posts=missing)
    return {name: found[place] for name, place in wanted.items()}


def _split(assignment: str) -> tuple[str, str]:
    role, _, key = assignment.strip().partition("@")
    return role.strip(), key.strip()
