"""Who acts in a scenario: the holder of the post, another person whom a step names, whoever gets a document."""

import sqlalchemy as sa

from engine import identity, store
from engine.calendar import local_date
from engine.identity import Actor
from engine.installation import Installation
from engine.keys import ensure_keys
from engine.scenarios.observed import OpenTask
from engine.store import tables


class Cast:
    """The people of an installation that nobody else uses. `signs`: who gets a post gets a key as well."""

    def __init__(self, installation: Installation, *, signs: bool) -> None:
        self.installation, self.signs = installation, signs
        self.since = local_date(installation.clock.now())
        self.holders = _holders(installation)

    def actor(self, task: OpenTask, by: str | None) -> Actor:
        """The holder of the task's post; `by` names the role of another person, who gets the post as well."""
        if by is None:
            with store.reading(self.installation.database) as transaction:
                return self._loaded(transaction, self.holders[task.post])
        with store.writing(self.installation.database) as transaction:
            person_id = self.holders[identity.find_post(transaction, by)]
            if task.post not in _posts_of(transaction, person_id):
                identity.assign(transaction, post_id=task.post, person_id=person_id, since=self.since)
            actor = self._loaded(transaction, person_id)
        if self.signs:
            ensure_keys(self.installation)
        return actor

    def holder(self, assignment: str) -> Actor:
        with store.reading(self.installation.database) as transaction:
            return self._loaded(transaction, self.holders[identity.find_post(transaction, assignment)])

    def reader(self, case_id: str, organisation_id: str) -> Actor | None:
        """Who deals with the case in an organisation to which a document goes; nobody does where it answered on paper."""
        task, post = tables.task, tables.post
        query = (
            sa.select(post.c.id)
            .join(task, task.c.post_id == post.c.id)
            .where(task.c.case_id == case_id, post.c.organisation_id == organisation_id)
            .order_by(task.c.id)
            .limit(1)
        )
        with store.reading(self.installation.database) as transaction:
            post_id = transaction.execute(query).scalar_one_or_none()
            return self._loaded(transaction, self.holders[post_id]) if post_id else None

    def _loaded(self, transaction: store.Transaction, person_id: str) -> Actor:
        actor = identity.load_actor(transaction, person_id, local_date(self.installation.clock.now()))
        assert actor is not None
        return actor


def _holders(installation: Installation) -> dict[str, str]:
    """Post -> the one who holds it from the start."""
    with store.reading(installation.database) as transaction:
        query = sa.select(tables.post_holder.c.post_id, tables.post_holder.c.person_id)
        return {row.post_id: row.person_id for row in transaction.execute(query)}


def _posts_of(transaction: store.Transaction, person_id: str) -> frozenset[str]:
    query = sa.select(tables.post_holder.c.post_id).where(tables.post_holder.c.person_id == person_id)
    return frozenset(transaction.execute(query).scalars())
