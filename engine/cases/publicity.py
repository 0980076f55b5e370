"""What a process makes public, and how the record follows: members of a case open to objection for some days.

Everybody may read a publicity while it is open; what is shown are the fields that a publicity notice may say, and no
others. It is open exactly while the process waits for the message that an objection sends (`[publicity]` of the package).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import workflow
from engine.calendar import local_date
from engine.cases.effects import Effects, Opened
from engine.cases.rules import member_key, members_of
from engine.errors import Invalid
from engine.packages import CompiledPackage
from engine.store import new_id
from engine.store.tables import objection, publicity
from engine.store.values import encode

if TYPE_CHECKING:
    from engine.cases.step import Step

SHOWN = ("gender", "birth", "employer", "title", "post")  # beside the label; a day of birth is told as its month
DECISIONS = ("dismissed", "upheld", "separate")


def opened(package: CompiledPackage, effects: Effects, today: date, step: workflow.Step) -> dict[str, Any]:
    """Action `open-publicity`: the members named by `members`, from today until the day of `until`."""
    wanted, until = step.properties["members"], step.properties["until"]
    if not isinstance(wanted, list) or not isinstance(until, date):
        message = f"{step.node_id} 的 members 要是主键的列表，until 要是日期；请检查流程图。"
        raise Invalid(message, code="action.publicity", element=step.node_id)
    closes_on = local_date(until) if isinstance(until, datetime) else until
    members = members_of(package, step.scope)
    told = [_public(one, package.manifest.item_label) for one in members if member_key(one) in wanted]
    effects.opened.append(Opened(new_id(), step.path, told, closes_on))
    return {"publicity": {"id": effects.opened[-1].id, "starts": today, "ends": closes_on}}


def decided(effects: Effects, step: workflow.Step) -> dict[str, Any]:
    """Action `decide-objection`: what became of one."""
    result = step.properties["result"]
    if result not in DECISIONS:
        message = f"{step.node_id} 给出的异议结论不在 {'、'.join(DECISIONS)} 之中；请检查流程图。"
        raise Invalid(message, code="action.objection", element=step.node_id)
    effects.decided.append((str(step.properties["objection"]), result))
    return {}


def _public(member: Mapping[str, Any], label: str) -> dict[str, Any]:
    shown = {name: member.get(name) for name in SHOWN}
    birth = shown["birth"]
    shown["birth"] = f"{birth.year}年{birth.month}月" if isinstance(birth, date) else None
    return {"key": member_key(member), "label": str(member.get(label) or ""), **shown}


def open_paths(package: CompiledPackage, run: workflow.Run) -> frozenset[str]:
    """Where the process waits for objections."""
    rule = package.manifest.publicity
    return frozenset(e.path for e in run.expected() if rule is not None and e.name == rule.message)


def follow(step: "Step") -> None:
    """Rows and events of what this step opened, of what it closed, and of objections that it decided."""
    for one in step.effects.opened:
        row = {
            "id": one.id,
            "case_id": step.case["id"],
            "path": one.path,
            "members": encode(one.members),
            "opened_on": step.today,
            "closes_on": one.closes_on,
            "closed_at": None,
        }
        step.rows["publicity"].append(row)
        body = {"publicity": one.id, "path": one.path, "members": one.members}
        step.events.append(("publicity.opened", body | {"opened_on": step.today, "closes_on": one.closes_on}))
    if ended := sorted(step.publicised - open_paths(step.package, step.run)):
        which = (publicity.c.case_id == step.case["id"], publicity.c.path.in_(ended), publicity.c.closed_at.is_(None))
        step.transaction.execute(sa.update(publicity).where(*which).values(closed_at=step.now))
        step.events.append(("publicity.closed", {"paths": ended}))
    for identity, state in step.effects.decided:
        mine = (objection.c.id == identity, objection.c.case_id == step.case["id"])
        step.transaction.execute(sa.update(objection).where(*mine).values(state=state))
        step.events.append(("objection.decided", {"objection": identity, "result": state}))
