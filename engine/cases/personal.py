"""Personal numbers: sealed at the door of a form, shown masked, revealed with a reason that is recorded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine import forms
from engine.calendar import local_date
from engine.cases.door import Sight, hidden, sight
from engine.cases.recording import head_of_case, record_on_case
from engine.cases.sightings import task_posts
from engine.cases.transactions import command
from engine.errors import Invalid
from engine.forms.personal import read_personal
from engine.identity import Actor
from engine.installation import Installation
from engine.store import Transaction, insert_into
from engine.store.tables import case, personal

KEY = "$personal"


class Sealer:
    """Replaces typed personal numbers of one form by their keyed hash, and gathers the rows to store."""

    def __init__(self, installation: Installation, case_id: str) -> None:
        self.installation, self.case_id = installation, case_id
        self.rows: dict[str, dict[str, Any]] = {}

    def seal(self, typed: forms.Personal) -> dict[str, Any]:
        cipher = self.installation.cipher
        digest = cipher.digest(typed.kind, typed.text)
        key_id, data = cipher.encrypt(typed.text, f"{self.case_id}:{digest}")
        self.rows[digest] = {
            "case_id": self.case_id,
            "hash": digest,
            "kind": typed.kind,
            "key_id": key_id,
            "ciphertext": data,
            "created_at": self.installation.clock.now(),
        }
        return {KEY: digest, "kind": typed.kind}

    def sealed(self, values: Mapping[str, Any], schema: forms.FormSchema) -> dict[str, Any]:
        """The values as they may be stored: no number, no mask."""
        return dict(without_masks(forms.seal_personal(dict(values), schema, self.seal)))

    def drafted(self, values: Mapping[str, Any], schema: forms.FormSchema) -> dict[str, Any]:
        """The values as a draft may keep them: a number that came as text is sealed, or dropped where it does not hold."""
        kinds = {field.path: field for field in schema.personal}
        return self.sealed(_typed(dict(values), "", kinds, local_date(self.installation.clock.now())), schema)

    def write(self, transaction: Transaction) -> None:
        if self.rows:
            statement = insert_into(transaction, personal).on_conflict_do_nothing(index_elements=["case_id", "hash"])
            transaction.execute(statement, list(self.rows.values()))


def _typed(value: Any, path: str, kinds: Mapping[str, forms.PersonalField], today: date) -> Any:
    """Text at the path of a personal number as the number that it is."""
    match value:
        case list():
            return [_typed(item, f"{path}[]", kinds, today) for item in value]
        case str() | {"$typed": _} if path in kinds:
            return _number(value, kinds[path], today)
        case dict() if KEY not in value:
            return {key: _typed(item, f"{path}.{key}" if path else key, kinds, today) for key, item in value.items()}
    return value


def _number(value: Any, field: forms.PersonalField, today: date) -> forms.Personal | None:
    try:
        return read_personal(field.kind, value, field.derive, today) if isinstance(value, str) else None
    except Invalid:
        return None


def without_masks(value: Any) -> Any:
    """Masks are made when a page is shown; stored values hold the hash alone."""
    match value:
        case dict() if KEY in value:
            return {name: item for name, item in value.items() if name != "mask"}
        case dict():
            return {key: without_masks(item) for key, item in value.items()}
        case list():
            return [without_masks(item) for item in value]
    return value


def masks(installation: Installation, transaction: Transaction, case_id: str) -> dict[str, str]:
    """Hash -> masked number, of every personal number of a case; one statement."""
    query = sa.select(personal).where(personal.c.case_id == case_id)
    return masked(installation, transaction.execute(query).mappings())


def masked(installation: Installation, rows: Iterable[Any]) -> dict[str, str]:
    """Hash -> masked number, of rows that have been read."""
    return {row["hash"]: forms.mask(row["kind"], _decrypt(installation, row)) for row in rows}


def masks_of(installation: Installation, transaction: Transaction, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Case -> hash -> masked number, of several cases; one statement."""
    found: dict[str, dict[str, str]] = {}
    query = sa.select(personal).where(personal.c.case_id.in_(ids))
    for row in transaction.execute(query).mappings():
        found.setdefault(row["case_id"], {})[row["hash"]] = forms.mask(row["kind"], _decrypt(installation, row))
    return found


def with_masks(value: Any, known: Mapping[str, str]) -> Any:
    """The values as a page may show them."""
    match value:
        case dict() if KEY in value:
            return {**value, "mask": known.get(value[KEY], "（已删除）")}
        case dict():
            return {key: with_masks(item, known) for key, item in value.items()}
        case list():
            return [with_masks(item, known) for item in value]
    return value


def reveal(installation: Installation, actor: Actor, case_id: str, digest: str, reason: str) -> str:
    """The whole number; who looked and why is recorded on the case. Only the department and the own association."""
    if len(reason.strip()) < 2:
        raise Invalid("请填写查看完整号码的事由。", code="personal.reason")

    def body(transaction: Transaction) -> str:
        head = head_of_case(transaction, case_id)
        found = transaction.execute(sa.select(case).where(case.c.id == case_id)).mappings().one_or_none()
        if found is None or sight(actor, dict(found), task_posts(transaction, case_id)) < Sight.OWN:
            raise hidden()
        query = sa.select(personal).where(personal.c.case_id == case_id, personal.c.hash == digest)
        row = transaction.execute(query).mappings().one_or_none()
        if row is None:
            raise hidden()
        noted = {"hash": digest, "kind": row["kind"], "reason": reason.strip()[:200]}
        now = installation.clock.now()
        record_on_case(transaction, head, [("personal.revealed", noted)], actor.person_id, now)
        return _decrypt(installation, row)

    return command(installation, body)


def copied(installation: Installation, row: Mapping[str, Any], case_id: str) -> dict[str, Any]:
    """The row of a number for another case: what is encrypted names the case, so that no row can be moved by hand."""
    key_id, data = installation.cipher.encrypt(_decrypt(installation, row), f"{case_id}:{row['hash']}")
    return {**row, "case_id": case_id, "key_id": key_id, "ciphertext": data, "created_at": installation.clock.now()}


def _decrypt(installation: Installation, row: Any) -> str:
    return installation.cipher.decrypt(row["key_id"], row["ciphertext"], f"{row['case_id']}:{row['hash']}")
