"""The entries and attachments of a case that a person may read."""

from typing import Any

from engine import forms
from engine.cases.contexts import form_context
from engine.cases.door import Sight
from engine.cases.materials import Submitted, of_entry
from engine.cases.personal import with_masks
from engine.cases.reviewforms import FORM, forms_of
from engine.cases.seen import Row, Seen
from engine.cases.sharing import shared_fields
from engine.cases.views import (
    AttachmentView,
    EntryView,
)


def entries(seen: Seen) -> tuple[EntryView, ...]:
    """What people answered, as far as the person may read it; of what others wrote the public fields."""
    return tuple(_entry(seen, row) for row in seen.entry_rows if seen.may_read(row))


def _entry(seen: Seen, row: Row) -> EntryView:
    schema = forms_of(seen.package).get(row["form_id"])
    values = with_masks(row["values"], seen.known)
    sections: tuple[Any, ...] = ()
    if schema is not None:
        files = of_entry(Submitted.of(row["form_id"], row["values"]), seen.every_file)
        context = form_context(seen.names(), seen.today, seen.root, files)
        found = schema.summary(values, context)
        inner = seen.sight is Sight.FULL or row["post_id"] in seen.actor.post_ids
        sections = tuple(found if inner else forms.public_only(found))
    return EntryView(
        id=row["id"],
        node_id=row["node_id"],
        node_name=_entry_name(seen, row),
        form_title=schema.title if schema else "",
        by=f"{row['person_name']}（代{row['owner_name']}）" if row["owner_name"] else row["person_name"],
        post=row["post_title"],
        organisation=row["organisation_name"],
        at=row["at"],
        sections=sections,
        values=values,
        own=row["post_id"] in seen.actor.post_ids,
    )


def _entry_name(seen: Seen, row: Row) -> str:
    node = seen.package.definition.nodes.get(row["node_id"])  # of an earlier version, where the case has moved
    name = node.name if node else next((t["name"] for t in seen.tasks if t["id"] == row["task_id"]), row["node_id"])
    return f"加签意见：{name}" if row["form_id"] == FORM else name


def attachments(seen: Seen) -> tuple[AttachmentView, ...]:
    """The files that the person may open."""
    if seen.sight < Sight.REQUEST:
        return ()
    shared = shared_fields(seen.package, seen.root, seen.actor) if seen.sight is Sight.REQUEST else None
    labels = {entry.key: entry.label for schema in seen.package.forms.values() for entry in schema.fields.values()}
    return tuple(
        AttachmentView(
            id=row["id"],
            field=row["field"],
            label=labels.get(row["field"].rsplit("/", 1)[-1], row["field"]),
            name=row["name"],
            media_type=row["media_type"],
            size=row["size"],
            sha256=row["sha256"],
            uploaded_at=row["uploaded_at"],
        )
        for field, rows in seen.files.items()
        for row in rows
        if shared is None or field in shared
    )
