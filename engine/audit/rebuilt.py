"""A case as its events alone tell it: what every row of it should say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.audit.chain import fingerprint_of
from engine.store.values import decode, encode

PERSONAL = "$personal"  # in a submitted form: the keyed hash that stands for a personal number
Columns = dict[str, Any]
Rows = dict[str, Columns]


@dataclass(frozen=True)
class Told:
    """One event, read: when, by whom, for which post, and what it says."""

    seq: int
    kind: str
    at: datetime
    actor: str | None
    post_id: str | None
    body: Any

    @classmethod
    def of(cls, row: Any) -> "Told":
        """An event whose text somebody made unreadable tells nothing."""
        try:
            body = decode(row.body)
        except (ValueError, TypeError, KeyError):
            body = None
        return cls(row.seq, row.kind, row.at, row.actor, row.post_id, body)


@dataclass
class Rebuilt:
    """Rows by key as far as events determine them; a column that no event speaks of is left out.

    `case` has one row, under the empty key. `engine` is the SHA-256 of the state of the process. The values of a scope
    are those of its variables.
    """

    case: Columns = field(default_factory=dict)
    engine: str = ""
    scope: Rows = field(default_factory=dict)
    task: Rows = field(default_factory=dict)
    timer: Rows = field(default_factory=dict)
    entry: Rows = field(default_factory=dict)
    outcome: Rows = field(default_factory=dict)
    document: Rows = field(default_factory=dict)
    call: Rows = field(default_factory=dict)
    awaited: Rows = field(default_factory=dict)
    message: Rows = field(default_factory=dict)
    receipt: Rows = field(default_factory=dict)
    attachment: Rows = field(default_factory=dict)
    personal: Rows = field(default_factory=dict)
    publicity: Rows = field(default_factory=dict)
    objection: Rows = field(default_factory=dict)
    unreadable: list[int] = field(default_factory=list)  # events that do not say what their kind says


def rebuild(events: Iterable[Told]) -> Rebuilt:
    """Follow the events of one case in their order."""
    found = Rebuilt()
    for event in events:
        try:
            _follow(found, event)
        except (KeyError, TypeError, ValueError, AttributeError):
            found.unreadable.append(event.seq)
    return found


def _follow(found: Rebuilt, event: Told) -> None:
    if "opened" in event.body:
        _take_step(found, event)
    for key, columns in event.body.get("tasks_now", {}).items():
        found.task.setdefault(key, {}).update(columns)
    found.case |= event.body.get("case_now", {})
    for name in ("call", "message", "receipt"):
        for key, columns in event.body.get(f"{name}s_now", {}).items():
            getattr(found, name).setdefault(key, {}).update(columns)
    if "awaited" in event.body:
        found.awaited = {key: dict(columns) for key, columns in event.body["awaited"].items()}
    if (follow := _FOLLOWED.get(event.kind)) is not None:
        follow(found, event)


# --- a step of the process -------------------------------------------------------------------------------------------


def _take_step(found: Rebuilt, event: Told) -> None:
    body = event.body
    found.case |= {**body.get("case", {}), "state": body["state"], "promise": body["promise"]}
    found.engine = body.get("engine", "")
    for path in body["ended_scopes"]:
        found.scope.pop(path, None)
    for path, written in body["variables"].items():
        found.scope.setdefault(path, {}).update(written)
    _follow_tasks(found, event)
    _follow_timers(found, event)
    _add_documents(found, event)


def _add_documents(found: Rebuilt, event: Told) -> None:
    for row in event.body.get("documents", ()):
        found.document[row["id"]] = {name: value for name, value in row.items() if name != "id"}


def _follow_tasks(found: Rebuilt, event: Told) -> None:
    for one in event.body["opened"]:
        found.task[one["task"]] = {
            "node_id": one["node"],
            "name": one["name"],
            "path": one["path"],
            "item_key": one["item"],
            "form_id": one["form"],
            "post_id": one["post"],
            "due_at": one["due"],
            "due_estimated": one["estimated"],
            "created_at": event.at,
            "state": "open",
            "kind": "task",
            "position": "",
            "question": "",
            **dict.fromkeys(("claimed_by", "claimed_at", "ended_at", "ended_by", "parent_id", "owner_post_id")),
            **dict.fromkeys(("asked_by", "held_by")),
        }
    for one in event.body["moved"]:
        found.task.setdefault(one["task"], {}).update(due_at=one["due"], due_estimated=one["estimated"])
    for key in event.body["unasked"]:
        found.task.setdefault(key, {}).update(state="cancelled", ended_at=event.at, ended_by=None)
    for one in event.body["closed"]:
        ended = {"state": one["state"], "ended_at": event.at, "ended_by": one["by"]}
        found.task.setdefault(one["task"], {}).update(ended)


def _follow_timers(found: Rebuilt, event: Told) -> None:
    """A step lists the timers that wait after it: those that it no longer lists have fired, or were dropped."""
    waiting = {one["timer"]: one for one in event.body["timers"]}
    for key, row in found.timer.items():
        if row["state"] in {"armed", "stopped"} and key not in waiting:
            row["state"] = "fired" if row["due_at"] <= event.at else "dropped"
    for key, one in waiting.items():
        found.timer.setdefault(key, {}).update(node_id=one["node"], due_at=one["due"], state="armed")


# --- what single events say ------------------------------------------------------------------------------------------


def _start(found: Rebuilt, event: Told) -> None:
    found.case |= {
        "package_key": event.body["package"],
        "version_id": event.body["version"],
        "organisation_id": event.body["organisation"],
        "created_at": event.at,
        "created_by": event.actor,
        "call_id": event.body.get("parent", {}).get("call"),
        "call_depth": event.body.get("parent", {}).get("depth", 0),
    }


def _enter(found: Rebuilt, event: Told) -> None:
    """A submitted form; an added reviewer's belongs to the review, not to the task that waits for it."""
    body = event.body
    task = body.get("review") or body["task"]
    found.entry[body["entry"]] = {
        "task_id": task,
        "node_id": body["node"],
        "form_id": found.task.get(task, {}).get("form_id") or "",
        "person_id": event.actor,
        "post_id": event.post_id,
        "at": event.at,
        "values": body["values"],
        "acting_for": body.get("acting_for"),
    }
    _mention(found, body["values"])


def _mention(found: Rebuilt, value: Any) -> None:
    """Every personal number of a submitted form has its row."""
    match value:
        case {"$personal": digest, "kind": kind}:
            found.personal[digest] = {"kind": kind}
        case dict():
            for item in value.values():
                _mention(found, item)
        case list():
            for item in value:
                _mention(found, item)


def _claim(found: Rebuilt, event: Told) -> None:
    taken = event.kind == "task.claimed"
    claimed = {"claimed_by": event.actor if taken else None, "claimed_at": event.at if taken else None}
    found.task.setdefault(event.body["task"], {}).update(claimed)


def _stop(found: Rebuilt, _event: Told) -> None:
    """No timer fires while a case stands still."""
    for row in found.timer.values():
        if row["state"] == "armed":
            row["state"] = "stopped"


def _move(found: Rebuilt, event: Told) -> None:
    """What the new version no longer waits for did not fire; in a case that stands still nothing new may."""
    for key in event.body["dropped"]:
        if key in found.timer:
            found.timer[key]["state"] = "dropped"
    if found.case.get("suspended_at") is not None:
        _stop(found, event)


def _record_outcome(found: Rebuilt, event: Told) -> None:
    body = event.body
    found.outcome[body["key"]] = {
        "label": body["name"],
        "result": body["result"],
        "reason_public": body["reason_public"],
        "clause": body["clause"],
        "at": event.at,
    }


def _publicise(found: Rebuilt, event: Told) -> None:
    body = event.body
    row = {name: body[name] for name in ("path", "opened_on", "closes_on")}
    members = fingerprint_of(encode(body["members"]).encode())
    found.publicity[body["publicity"]] = {**row, "members": members, "closed_at": None}


def _end_publicity(found: Rebuilt, event: Told) -> None:
    for row in found.publicity.values():
        if row["path"] in event.body["paths"] and row["closed_at"] is None:
            row["closed_at"] = event.at


def _object(found: Rebuilt, event: Told) -> None:
    body = event.body
    row = {name: body[name] for name in ("named", "files", "digest")}
    row |= {"publicity_id": body["publicity"], "item_key": body["item"], "received_at": event.at, "state": "open"}
    found.objection[body["objection"]] = row


def _decide_objection(found: Rebuilt, event: Told) -> None:
    found.objection.setdefault(event.body["objection"], {})["state"] = event.body["result"]


def _add_file(found: Rebuilt, event: Told) -> None:
    """Bytes that are there already keep their row, and count again where they had been taken out."""
    body = event.body
    row = {name: body[name] for name in ("field", "name", "media_type", "size", "sha256")}
    row |= {"uploaded_at": event.at, "uploaded_by": event.actor}
    found.attachment.setdefault(body["attachment"], row)["removed_at"] = None


def _remove_file(found: Rebuilt, event: Told) -> None:
    found.attachment.setdefault(event.body["attachment"], {})["removed_at"] = event.at


def _recount(found: Rebuilt, event: Told) -> None:
    body = event.body
    found.case |= body["case"]
    found.engine = body["engine"]
    for one in body["tasks"]:
        found.task.setdefault(one["task"], {}).update(due_at=one["due"], due_estimated=one["estimated"])
    for one in body["timers"]:
        found.timer.setdefault(one["timer"], {})["due_at"] = one["due"]


def _document(state: str | None, by: str, moment: str, *names: str) -> Callable[[Rebuilt, Told], None]:
    """What happens to a document: its new state, the columns for who and when, and what the event tells beside."""

    def follow(found: Rebuilt, event: Told) -> None:
        row = found.document.setdefault(event.body["document"], {})
        row |= {name: event.body[name] for name in names if name in event.body}
        row |= {"state": state} if state else {}
        row |= {by: event.actor} if by else {}
        row |= {moment: event.at} if moment else {}

    return follow


def _bytes(column: str, follow: Callable[[Rebuilt, Told], None]) -> Callable[[Rebuilt, Told], None]:
    """The same, with the hash of the file in a column of its own."""

    def both(found: Rebuilt, event: Told) -> None:
        follow(found, event)
        if "sha256" in event.body:
            found.document[event.body["document"]][column] = event.body["sha256"]

    return both


_NUMBER = ("number", "year", "serial", "code", "dated")
_FOLLOWED: Mapping[str, Callable[[Rebuilt, Told], None]] = {
    "case.started": _start,
    "case.recounted": _recount,
    "case.suspended": _stop,
    "case.moved": _move,
    "review.answered": _enter,
    "task.submitted": _enter,
    "task.completed": _enter,
    "task.claimed": _claim,
    "task.released": _claim,
    "outcome.recorded": _record_outcome,
    "publicity.opened": _publicise,
    "publicity.closed": _end_publicity,
    "objection.received": _object,
    "objection.decided": _decide_objection,
    "attachment.added": _add_file,
    "attachment.removed": _remove_file,
    "document.reserved": _document("reserved", "", "reserved_at", *_NUMBER),
    "document.dated": _document("reserved", "", "", "dated"),
    "document.rendered": _bytes("rendered_sha256", _document("rendered", "", "", "place")),
    "document.signed": _bytes("signed_sha256", _document("signed", "signed_by", "signed_at")),
    "document.issued": _bytes("issued_sha256", _document("issued", "sealed_by", "issued_at", "rendered_sha256")),
    "document.concluded": _bytes("issued_sha256", _document("issued", "", "issued_at")),
    "document.received": _document(None, "received_by", "received_at"),
    "document.voided": _document("voided", "", "ended_at", "reason"),
    "document.redrafted": _add_documents,
    "document.superseded": _document("superseded", "", "ended_at", "reason"),
    "document.revoked": _document("revoked", "", "ended_at", "reason"),
}
