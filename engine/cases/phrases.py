"""Phrases for opinions (意见常用语): a person's own, and those that a post shares."""

from dataclasses import dataclass

import sqlalchemy as sa

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.identity import Actor
from engine.installation import Installation
from engine.store import new_id, reading, writing
from engine.store.tables import phrase, post

LONGEST = 500
MOST = 50  # of a person, and of a post


@dataclass(frozen=True)
class Phrase:
    """`post` is the title of the post that shares it; empty: the person's own."""

    id: str
    text: str
    post: str


def phrases(installation: Installation, actor: Actor) -> tuple[Phrase, ...]:
    """The person's own first, then those of the posts held, each in the order of their making."""
    held = sorted(one.id for one in actor.posts)
    query = (
        sa.select(phrase.c.id, phrase.c.text, post.c.title)
        .select_from(phrase.outerjoin(post, post.c.id == phrase.c.post_id))
        .where(sa.or_(phrase.c.person_id == actor.person_id, phrase.c.post_id.in_(held)))
        .order_by(phrase.c.post_id.is_not(None), phrase.c.id)
    )
    with reading(installation.database) as transaction:
        return tuple(Phrase(row.id, row.text, row.title or "") for row in transaction.execute(query))


def keep_phrase(installation: Installation, actor: Actor, text: str, post_id: str = "") -> None:
    """For oneself, or for everybody who holds a post of one's own. `Invalid` for an empty or too long text."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Invalid(f"常用语须为 1 到 {LONGEST} 字。", code="phrase.text")
    if post_id and post_id not in {one.id for one in actor.own_posts}:
        raise Forbidden("只能为自己的岗位添加常用语。", code="phrase.post")
    owner = {"post_id": post_id, "person_id": None} if post_id else {"post_id": None, "person_id": actor.person_id}
    mine = phrase.c.post_id == post_id if post_id else phrase.c.person_id == actor.person_id
    with writing(installation.database) as transaction:
        kept = list(transaction.execute(sa.select(phrase.c.text).where(mine)).scalars())
        if text in kept:
            return
        if len(kept) >= MOST:
            raise Conflict(f"最多保存 {MOST} 条，请先删去不用的。", code="phrase.full")
        transaction.execute(sa.insert(phrase), {"id": new_id(), "text": text, **owner})


def drop_phrase(installation: Installation, actor: Actor, phrase_id: str) -> None:
    """One's own, or one of a post of one's own. `NotFound` for others."""
    own = sorted(one.id for one in actor.own_posts)
    mine = sa.or_(phrase.c.person_id == actor.person_id, phrase.c.post_id.in_(own))
    with writing(installation.database) as transaction:
        if transaction.execute(sa.delete(phrase).where(phrase.c.id == phrase_id, mine)).rowcount != 1:
            raise NotFound("没有找到这条常用语。", code="phrase.not-found")
