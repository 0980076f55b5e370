"""What a case left, as files by name: documents, entries, opinions, events, attachments, and the keys to judge them by."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from engine import documents, store
from engine.audit.chain import utc_text
from engine.errors import Conflict, NotFound
from engine.installation import Installation
from engine.keys import trust
from engine.store import tables
from engine.store.values import decode

EFFECTIVE = ("issued", "revoked", "superseded")


@dataclass(frozen=True)
class Item:
    """One file of the bundle: its kind, its title, who made it and when."""

    name: str
    kind: str
    title: str
    by: str
    at: str
    data: bytes


@dataclass(frozen=True)
class CaseContents:
    """`facts`: number, title, organisation, state, outcome, dates; `register`: the signed list for its documents."""

    facts: Mapping[str, str]
    items: tuple[Item, ...]
    root: bytes
    register: bytes


def collect(installation: Installation, number: str, *, closing: bool = False) -> CaseContents:
    """Everything of the case with this number. `NotFound`, or `Conflict` when it has not ended; `closing`: it is about to
    end, and must pass the checks first."""
    with store.reading(installation.database) as transaction:
        case = _one(transaction, sa.select(tables.case).where(tables.case.c.number == number))
        if case is None:
            raise NotFound(f"没有编号为 {number} 的案件。", code="case.not-found")
        if case["closed_at"] is None and not closing:
            raise Conflict(f"案件 {number} 还没有办结，不能归档。", code="archive.not-closed")
        held = _Held(installation, transaction, case)
        items = (*held.documents(), *held.entries(), held.opinions(), held.events(), *held.attachments())
        facts, register = held.facts(), held.register()
    root = x509.load_der_x509_certificate(installation.vault.root()).public_bytes(Encoding.PEM)
    return CaseContents(facts, items, root, register)


def _one(transaction: store.Transaction, query: Any) -> Any:
    return transaction.execute(query).mappings().one_or_none()


class _Held:
    """The rows of one case, read once."""

    def __init__(self, installation: Installation, transaction: store.Transaction, case: Any) -> None:
        self._installation, self._case = installation, case
        self._organisation = transaction.execute(
            sa.select(tables.organisation.c.name).where(tables.organisation.c.id == case["organisation_id"])
        ).scalar_one()
        self._people = dict(transaction.execute(sa.select(tables.person.c.id, tables.person.c.name)).all())
        self._posts = dict(transaction.execute(sa.select(tables.post.c.id, tables.post.c.title)).all())
        self._nodes = installation.package(transaction, case["version_id"]).definition.nodes
        self._entries = self._of(transaction, tables.entry, tables.entry.c.at)
        self._documents = [
            row
            for row in self._of(transaction, tables.document, tables.document.c.id)
            if row["state"] in EFFECTIVE and row["issued_sha256"]
        ]
        self._attachments = self._of(transaction, tables.attachment, tables.attachment.c.uploaded_at)
        query = sa.select(tables.event).where(tables.event.c.chain == case["id"]).order_by(tables.event.c.seq)
        self._events = transaction.execute(query).mappings().all()

    def _of(self, transaction: store.Transaction, table: sa.Table, order: Any) -> list[Any]:
        query = sa.select(table).where(table.c.case_id == self._case["id"]).order_by(order, table.c.id)
        return list(transaction.execute(query).mappings())

    def facts(self) -> dict[str, str]:
        case = self._case
        moments = {name: case[name] for name in ("created_at", "submitted_at", "accepted_at", "closed_at")}
        told = {name: utc_text(moment) if moment else "" for name, moment in moments.items()}
        return {
            "number": case["number"],
            "title": case["title"],
            "organisation": self._organisation,
            "state": case["state"],
            "outcome": case["outcome"] or "",
            "chain": case["id"],
        } | told

    def documents(self) -> Iterator[Item]:
        for row in self._documents:
            data = self._installation.files.get(row["issued_sha256"])
            name = f"documents/{_file_name(row['number'] or row['kind'])}.pdf"
            by = self._people.get(row["signed_by"] or row["sealed_by"], "")
            yield Item(name, "document", f"{row['title']} {row['number']}", by, utc_text(row["issued_at"]), data)

    def entries(self) -> Iterator[Item]:
        for position, row in enumerate(self._entries, 1):
            told = self._entry(row) | {"values": plain(decode(row["values"]))}
            name = f"entries/{position:03}-{_file_name(row['node_id'])}.json"
            yield Item(name, "entry", told["node"], told["by"], told["at"], _json(told))

    def _entry(self, row: Any) -> dict[str, Any]:
        node = self._nodes.get(row["node_id"])
        return {
            "entry": row["id"],
            "form": row["form_id"],
            "node": node.name if node else row["node_id"],
            "by": self._people.get(row["person_id"], ""),
            "post": self._posts.get(row["post_id"], ""),
            "at": utc_text(row["at"]),
        }

    def opinions(self) -> Item:
        """The chain of opinions: who thought what in which step, in order."""
        chain = [
            self._entry(row)
            | {
                key: plain(one)
                for key, one in decode(row["values"]).items()
                if re.search("opinion|decision|result", key)
            }
            for row in self._entries
        ]
        return Item("opinions.json", "opinions", "意见链", "", self._now(), _json(chain))

    def events(self) -> Item:
        lines = []
        for row in self._events:
            kept = {
                name: row[name] for name in ("chain", "seq", "kind", "actor", "post_id", "body", "previous", "hash")
            }
            lines.append(json.dumps(kept | {"at": utc_text(row["at"])}, ensure_ascii=False, sort_keys=True))
        return Item("events.jsonl", "events", "事件链", "", self._now(), ("\n".join(lines) + "\n").encode())

    def attachments(self) -> Iterator[Item]:
        for row in self._attachments:
            if row["removed_at"] is None:
                name = f"attachments/{row['sha256'][:12]}-{_file_name(row['name'])}"
                data = self._installation.files.get(row["sha256"])
                by = self._people.get(row["uploaded_by"], "")
                yield Item(name, "attachment", row["name"], by, utc_text(row["uploaded_at"]), data)

    def register(self) -> bytes:
        entries = {
            row["issued_sha256"]: documents.RegisterEntry(row["number"] or "", row["state"], row["reason"])
            for row in self._documents
        }
        known = trust(self._installation).known or {}
        listed = documents.RegisterList(self._installation.clock.now(), known, entries)
        return documents.export_register(self._installation.vault, listed)

    def _now(self) -> str:
        return utc_text(self._installation.clock.now())


def _file_name(text: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w.〔〕（）()-]", "_", text).strip(".")[:80] or "_"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def plain(value: Any) -> Any:
    """A stored value in JSON's own types, for readers without this system."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value if value is None or isinstance(value, bool | int | str) else str(value)
