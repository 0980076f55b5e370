"""Posts and organisations by the names that diagrams give them, looked up once a process: they keep them."""

from collections.abc import Collection
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import Engine

from engine.identity import find_posts
from engine.packages import CompiledPackage
from engine.store import Transaction
from engine.store.tables import organisation

_known: WeakKeyDictionary[Engine, dict[str, str]] = WeakKeyDictionary()
_organisations: WeakKeyDictionary[Engine, dict[str, str]] = WeakKeyDictionary()


def posts_of(transaction: Transaction, assignments: Collection[str]) -> dict[str, str]:
    """Assignment -> post id. `NotFound` with `identity.no-post` for one that does not exist (yet)."""
    known = _known.setdefault(transaction.engine, {})
    if fresh := set(assignments) - known.keys():
        known.update(find_posts(transaction, fresh))
    return {assignment: known[assignment] for assignment in assignments}


def organisations_of(transaction: Transaction, keys: Collection[str]) -> dict[str, str]:
    """Key -> organisation id, of those that have one."""
    known = _organisations.setdefault(transaction.engine, {})
    if fresh := sorted(set(keys) - known.keys()):
        query = sa.select(organisation.c.key, organisation.c.id).where(organisation.c.key.in_(fresh))
        known.update({row.key: row.id for row in transaction.execute(query)})
    return {key: known[key] for key in keys if key in known}


def full_assignment(assignment: str | None, package: CompiledPackage, organisation_key: str) -> str:
    """What a diagram says, with the organisation of the case where the post is one of its own."""
    role = assignment or ""
    if "@" not in role and package.manifest.posts.get(role) == "organisation":
        return f"{role}@{organisation_key}"
    return role
