"""Posts by the names that diagrams give them, looked up once a process: a post keeps its role and organisation."""

from collections.abc import Collection
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from engine.identity import find_posts
from engine.store import Transaction

_known: WeakKeyDictionary[Engine, dict[str, str]] = WeakKeyDictionary()


def posts_of(transaction: Transaction, assignments: Collection[str]) -> dict[str, str]:
    """Assignment -> post id. `NotFound` with `identity.no-post` for one that does not exist (yet)."""
    known = _known.setdefault(transaction.engine, {})
    if fresh := set(assignments) - known.keys():
        known.update(find_posts(transaction, fresh))
    return {assignment: known[assignment] for assignment in assignments}
