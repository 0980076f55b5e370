"""The events of a case as sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.cases.chases import Chase
from engine.cases.door import Sight
from engine.cases.views import DocumentView, HistoryLine
from engine.cases.words import EVENTS, OUTCOMES, PAUSES, name
from engine.identity import Actor
from engine.packages import CompiledPackage
from engine.store import Transaction
from engine.store.tables import event, person, post
from engine.store.values import decode

UNTOLD = frozenset({"attachment.added"})  # one a file, and every submission lists its files
BY_ITSELF = frozenset({"decision.evaluated", "promise.paused", "promise.resumed", "promise.kept"})  # set off by an act
OUTWARD = frozenset(
    {
        "case.started",
        "task.submitted",
        "case.withdrawn",
        "item.withdrawn",
        "case.suspended",
        "case.resumed",
        "case.terminated",
        "promise.started",
        "promise.paused",
        "promise.resumed",
        "promise.kept",
        "publicity.opened",
        "publicity.closed",
        "document.issued",
        "document.concluded",
        "document.received",
        "document.revoked",
        "document.superseded",
        "case.recounted",
        "call.opened",
        "call.answered",
        "case.answered",
        "case.recalled",
        "case.closed",
    }
)


def events_of(transaction: Transaction, case_id: str) -> list[dict[str, Any]]:
    """The chain of a case with who acted by which post, the latest first."""
    query = (
        sa.select(event, person.c.name.label("person_name"), post.c.title.label("post_title"))
        .select_from(
            event.outerjoin(person, person.c.id == event.c.actor).outerjoin(post, post.c.id == event.c.post_id)
        )
        .where(event.c.chain == case_id)
        .order_by(event.c.seq.desc())
    )
    return [dict(row) for row in transaction.execute(query).mappings()]


def lines(
    events: Iterable[Mapping[str, Any]],
    package: CompiledPackage,
    sight: Sight,
    actor: Actor,
    documents: Iterable[DocumentView] = (),
) -> tuple[HistoryLine, ...]:
    """In the order of the events. The association reads what concerns it; a consulted unit only its own acts.

    `documents` are those of the case that the person may see: what happened to one is told by its title.
    """
    titles = {one.id: one.title for one in documents}
    return tuple(_line(row, package, sight, titles) for row in events if _may_read(row, sight, actor, titles))


def _may_read(row: Mapping[str, Any], sight: Sight, actor: Actor, titles: Mapping[str, str]) -> bool:
    if sight is Sight.FULL:
        return True
    if row["kind"] in UNTOLD:
        return False
    if sight is Sight.OWN:
        # a letter between the department and others is nothing to the association, though it took effect
        about = decode(row["body"]).get("document")
        told = row["kind"] in OUTWARD and (about is None or about in titles)
        return told or row["actor"] == actor.person_id
    # What an answer set off in the process bears its author, too, and is not for a consulted unit.
    return bool(row["actor"] == actor.person_id and row["kind"].startswith("task."))


def _line(row: Mapping[str, Any], package: CompiledPackage, sight: Sight, titles: Mapping[str, str]) -> HistoryLine:
    body = decode(row["body"])
    by = "系统" if row["actor"] is None or row["kind"] in BY_ITSELF else row["person_name"] or "已注销的人员"
    if sight is Sight.FULL and row["post_title"] and by != "系统":
        deputy = f"，代{body['acting_name']}" if body.get("acting_name") else ""
        by = f"{by}（{row['post_title']}{deputy}）"
    elif sight is not Sight.FULL and row["kind"] not in {"case.started", "task.submitted", "case.withdrawn"}:
        by = "" if row["actor"] and row["kind"] not in BY_ITSELF else by
    return HistoryLine(row["at"], _text(row["kind"], body, package, titles), _detail(row["kind"], body), by)


def _text(kind: str, body: Mapping[str, Any], package: CompiledPackage, titles: Mapping[str, str]) -> str:
    nodes = package.definition.nodes
    word = name(EVENTS, kind)
    node = nodes.get(body.get("node", ""))
    if kind == "task.returned" and body.get("to") in nodes:
        return f"{word}至{nodes[body['to']].name}"
    if kind == "item.withdrawn":
        return f"{word}：{body['name']}"
    if kind == "timer.fired":
        return "、".join(body.get("names", ())) or word
    if kind == "case.closed":
        return f"{word}：{name(OUTCOMES, body.get('outcome'))}"
    if kind == "promise.paused":
        return f"{word}：{name(PAUSES, body.get('reason'))}"
    if kind == "decision.evaluated" and (found := package.decisions.get(str(body.get("decision")))) is not None:
        return f"{found.name}：{word}"
    if kind == "outcome.recorded":
        return f"{word}：{body.get('label', '')}"
    about = node.name if node else titles.get(body.get("document", ""))
    return f"{about}：{word}" if about else word


def _detail(kind: str, body: Mapping[str, Any]) -> str:
    if kind == "review.answered":
        return "同意" if body.get("opinion") == "agree" else "不同意"
    if kind == "case.started" and "parent" in body:
        return f"由 {body['parent']['number'] or '上级案件'} 发起"
    if kind == "case.started" and "group" in body:
        return f"批量发起：{body['group']['title']}"
    if kind == "case.started" and "like" in body:
        return f"沿用 {body['like']['number']} 的内容"
    if kind == "call.answered":
        return f"{body['number'] or ''}：{name(OUTCOMES, body['outcome'])}"
    if kind in {"task.warned", "task.escalated"}:
        said = Chase(int(body["days"]), body["role"]).title
        return f"{said}，报{body['title']}" if body["role"] else said
    if kind in {"case.message", "message.held"}:
        return f"{body['name']}（来自 {body['from']}）" if body.get("from") else str(body["name"])
    if kind == "message.delivered":
        return f"{body['name']}：{'、'.join(number or '草稿' for number in body['to'])}"
    if kind == "case.moved":
        why = f"：{body['reason']}" if body.get("reason") else ""
        return f"由 {body['from_hash'][:12]} 到 {body['to_hash'][:12]}{why}"
    if body.get("reason") and not kind.startswith("promise."):
        to = body.get("to_title") or "、".join(body.get("titles", ()))
        return f"{to}：{body['reason']}" if to else str(body["reason"])
    if kind == "decision.evaluated":
        numbers = "、".join(str(rule["number"]) for rule in body.get("fired", ()))
        return f"{body.get('decision')}：第 {numbers} 行" if numbers else f"{body.get('decision')}：没有匹配的行"
    if kind == "case.recounted":
        return _recounted(body)
    named = kind in {"attachment.added", "message.unheard", "case.sent", "case.registered"}
    return str(body.get("number") or (body.get("name") if named else "") or "")


def _recounted(body: Mapping[str, Any]) -> str:
    """On what ground, and the promised day where it moved."""
    day = body["case"].get("due_on")
    return f"{body['source']}" + (f"；承诺时限由 {body['before']['due_on']} 改为 {day}" if day else "")
