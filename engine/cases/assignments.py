"""Posts by the names that diagrams give them, looked up once a process: a post keeps its role and organisation."""

from collections.abc import Collection
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from engine.identity import find_posts
from engine.packages import CompiledPackage
from engine.store import Transaction

_known: WeakKeyDictionary[Engine, dict[str, str]] = WeakKeyDictionary()


def posts_of(transaction: Transaction, assignments: Collection[str]) -> dict[str, str]:
    """Assignment -> post id. `NotFound` with `identity.no-post` for one that does not exist (yet)."""
    known = _known.setdefault(transaction.engine, {})
    if fresh := set(assignments) - known.keys():
        known.update(find_posts(transaction, fresh))
    return {assignment: known[assignment] for assignment in assignments}


def full_assignment(assignment: str | None, package: CompiledPackage, organisation_key: str) -> str:
    """What a diagram says, with the organisation of the case where the post is one of its own."""
    role = assignment or ""
    if "@" not in role and package.manifest.posts.get(role) == "organisation":
        return f"{role}@{organisation_key}"
    return role
