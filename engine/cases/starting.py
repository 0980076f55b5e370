"""Start a case: the applicant's form opens as a draft."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.cases.loading import Loaded
from engine.cases.prefilling import bring_numbers
from engine.cases.step import Step
from engine.cases.transactions import command
from engine.errors import Forbidden, Invalid, NotFound
from engine.identity import Actor, Post
from engine.installation import Installation
from engine.packages import Manifest
from engine.store import Transaction, tables

KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class TaskRef:
    """Where a person goes on."""

    case_id: str
    task_id: str


def start(
    installation: Installation, actor: Actor, package_key: str, key: str, scope: dict[str, Any] | None = None
) -> TaskRef:
    """Open a draft of a process for the actor's organisation, or for the department where one of its posts starts it.

    `key` is made by the page; it becomes the case's id, so that a second click finds the case of the first. `scope`
    holds variables that are there from the start (a scenario's confirmed rules). `Forbidden` without the post that the
    package names, `NotFound` where no version is in force.
    """
    check_key(key)

    def body(transaction: Transaction) -> TaskRef:
        if (found := existing(transaction, actor, key)) is not None:
            return found
        return begin(installation, transaction, actor, package_key, key, scope or {}, {})

    return command(installation, body)


def check_key(key: str) -> None:
    """Raises `Invalid` for a key that no page made."""
    if not KEY.fullmatch(key):
        raise Invalid("这个页面已过期，请重新打开后再开始申报。", code="case.key")


def begin(
    installation: Installation,
    transaction: Transaction,
    actor: Actor,
    package_key: str,
    key: str,
    scope: Mapping[str, Any],
    told: Mapping[str, Any],
) -> TaskRef:
    """The case of the key with these variables, within a transaction; `told` goes into the record of its beginning."""
    version_id = version_in_force(transaction, package_key)
    post = _starting_post(actor, installation.package(transaction, version_id).manifest)
    organisation = {
        "id": post.organisation_id,
        "key": post.organisation_key,
        "name": post.organisation_name,
        "uscc": post.organisation_uscc,
    }
    step = beginning(installation, transaction, actor, package_key, version_id, key, organisation, scope, told)
    return written(step)


def beginning(
    installation: Installation,
    transaction: Transaction,
    actor: Actor,
    package_key: str,
    version_id: str,
    key: str,
    organisation: Mapping[str, Any],
    scope: Mapping[str, Any],
    told: Mapping[str, Any],
    post_id: str | None = None,
) -> Step:
    """A case of this organisation, begun and not written yet; `post_id` where the actor acts by another's post."""
    title = installation.package(transaction, version_id).manifest.title
    row = draft_row(installation.clock.now(), key, package_key, version_id, organisation, title, actor.person_id)
    loaded = Loaded(case=row, task={}, draft=None, root=dict(scope), organisation=dict(organisation), clauses_id="")
    step = Step(installation, transaction, loaded, actor, post_id=post_id)
    step.case["created_at"] = step.now  # the record and the row tell one moment
    body = {"package": package_key, "version": version_id, "organisation": organisation["id"], **told}
    step.events.append(("case.started", body))
    return step


def written(step: Step) -> TaskRef:
    """Write a case that begins, and bring what its organisation told before."""
    step.write()
    case = step.case
    bring_numbers(step.installation, step.transaction, case["id"], case["organisation_id"], case["package_key"])
    return TaskRef(case["id"], step.run.open_tasks()[0].id)


def existing(transaction: Transaction, actor: Actor, key: str) -> TaskRef | None:
    """The case that an earlier click on the same page began."""
    query = (
        sa.select(tables.task.c.id, tables.case.c.created_by)
        .join(tables.case, tables.case.c.id == tables.task.c.case_id)
        .where(tables.case.c.id == key)
        .order_by(tables.task.c.id)
    )
    row = transaction.execute(query).first()
    if row is None:
        return None
    if row.created_by != actor.person_id:
        raise Invalid("这个页面已过期，请重新打开后再开始申报。", code="case.key")
    return TaskRef(key, row.id)


def version_in_force(transaction: Transaction, package_key: str) -> str:
    """The version on which new cases run; `NotFound` (`package.not-in-force`) where there is none."""
    query = sa.select(tables.process_in_force.c.version_id).where(tables.process_in_force.c.package_key == package_key)
    version_id = transaction.execute(query).scalar_one_or_none()
    if version_id is None:
        raise NotFound(
            "这个事项还没有启用的流程版本，请联系流程管理人员。", code="package.not-in-force", package=package_key
        )
    return str(version_id)


def starting_post(actor: Actor, role: str, inside: bool) -> Post | None:
    """The post by which the actor may begin: one of the department where the package says so, else one outside it."""
    return next((post for post in actor.posts if post.role == role and post.is_department == inside), None)


def _starting_post(actor: Actor, manifest: Manifest) -> Post:
    post = starting_post(actor, manifest.start, manifest.starts_inside)
    if post is not None:
        return post
    who = "请由负责这个事项的岗位登录后发起" if manifest.starts_inside else "请由协会的经办人登录后申报"
    raise Forbidden(f"你的岗位不能发起这个事项，{who}。", code="case.start-post", role=manifest.start)


def draft_row(
    now: datetime,
    key: str,
    package_key: str,
    version_id: str,
    organisation: Mapping[str, Any],
    title: str,
    person_id: str,
    call: tuple[str, int] | None = None,
) -> dict[str, Any]:
    """The row of a case that begins; `call` is what calls it, and how many cases stand above it."""
    empty = dict.fromkeys(["number", "outcome", "submitted_at", "accepted_at", "closed_at", "due_on"])
    call_id, depth = call or (None, 0)
    return empty | {
        "id": key,
        "package_key": package_key,
        "version_id": version_id,
        "organisation_id": organisation["id"],
        "title": f"{organisation['name']}{title}",
        "state": "draft",
        "revision": 0,
        "created_at": now,
        "created_by": person_id,
        "due_estimated": False,
        "promise": "{}",
        "duties": "{}",
        "scope_count": 0,
        "engine_state": b"",
        "suspended_at": None,
        "review_count": 0,
        "used_days": None,
        "event_seq": 0,
        "event_hash": "",
        "call_id": call_id,
        "call_depth": depth,
    }
