"""What a case can be found by: number, title, association, the members of its list, and public opinions.

It stands with the entry that brought it, and triggers keep an index of it (migration 0005). Only what names a case and
what its form calls public goes in; no personal number ever does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from engine import forms, jobs, store
from engine.cases.reviewforms import forms_of
from engine.installation import Installation
from engine.packages import CompiledPackage
from engine.store import Transaction, grams
from engine.store.tables import case, entry, organisation, post
from engine.store.values import decode

Row = dict[str, Any]
RENAMED = "reindex-organisation"
MOST = 2000  # characters of one text
BATCH = 1000
TEXTS = frozenset({"textfield", "textarea"})


def found_by(
    package: CompiledPackage, form_id: str | None, values: Mapping[str, Any], names: Iterable[str | None] | None
) -> Row:
    """The columns of an entry that a search reads.

    `names` (number, title, association) come with the forms of the association itself: they and the members of the list
    name the case, for everybody who may know of it. The forms of others are found by their public texts.
    """
    manifest = package.manifest
    if names is not None:
        members = values.get(manifest.items) if manifest.items else None
        labels = [str(one.get(manifest.item_label) or "") for one in members or () if isinstance(one, dict)]
        text = grams.joined([*(name or "" for name in names), *labels]) if labels else ""
    else:
        schema = forms_of(package).get(form_id or "")
        text = grams.joined(_public_texts(schema, values)) if schema is not None else ""
    text = text[:MOST]
    return {"text": text, "grams": grams.grams(text), "naming": names is not None}


def _public_texts(schema: forms.FormSchema, values: Mapping[str, Any]) -> Iterator[str]:
    """Every text of a form that is not internal."""
    for page in schema.pages:
        if page.visibility == "public":
            yield from _texts(page.fields, values)


def _texts(fields: Iterable[forms.Field], values: Mapping[str, Any]) -> Iterator[str]:
    for field in fields:
        value = values.get(field.key)
        if field.visibility != "public" or field.personal is not None:
            continue
        if field.rows is not None and isinstance(value, list):
            for row in value:
                yield from _texts(field.rows.columns, row if isinstance(row, dict) else {})
        elif field.type in TEXTS and isinstance(value, str):
            yield value


def reindex_organisation(installation: Installation, payload: dict[str, Any], done: jobs.Done) -> None:
    """Job: the texts of every case of an organisation anew, after it took another name."""
    with store.reading(installation.database) as transaction:
        source = entry.join(case, case.c.id == entry.c.case_id)
        query = sa.select(entry.c.id).select_from(source).where(case.c.organisation_id == payload["organisation"])
        ids = list(transaction.execute(query.order_by(entry.c.id)).scalars())
    _rebuild(installation, ids)
    with store.writing(installation.database) as transaction:
        done(transaction)


def rebuild_index(installation: Installation, tell: Callable[[int], None] = lambda _count: None) -> int:
    """Every text anew, a transaction for a thousand entries; how many entries there are. Safe to be run again."""
    with store.writing(installation.database) as transaction:
        transaction.execute(sa.text("DELETE FROM search_index"))
        ids = list(transaction.execute(sa.select(entry.c.id).order_by(entry.c.id)).scalars())
    _rebuild(installation, ids, tell)
    return len(ids)


def _rebuild(installation: Installation, ids: list[str], tell: Callable[[int], None] = lambda _count: None) -> None:
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        with store.writing(installation.database) as transaction:
            rows = _rebuilt(installation, transaction, some)
            changing = sa.update(entry).where(entry.c.id == sa.bindparam("the_entry"))
            transaction.execute(changing, rows)
        tell(start + len(some))


def _rebuilt(installation: Installation, transaction: Transaction, ids: list[str]) -> list[Row]:
    source = entry.join(case, case.c.id == entry.c.case_id)
    source = source.join(organisation, organisation.c.id == case.c.organisation_id)
    source = source.join(post, post.c.id == entry.c.post_id)
    columns = (entry.c.id, entry.c.form_id, entry.c["values"], case.c.number, case.c.title, case.c.version_id)
    own = (post.c.organisation_id == case.c.organisation_id).label("own")
    query = sa.select(*columns, organisation.c.name, own).select_from(source).where(entry.c.id.in_(ids))
    return [
        {
            "the_entry": row["id"],
            **found_by(
                installation.package(transaction, row["version_id"]),
                row["form_id"],
                decode(row["values"]),
                (row["number"], row["title"], row["name"]) if row["own"] else None,
            ),
        }
        for row in transaction.execute(query).mappings()
    ]
